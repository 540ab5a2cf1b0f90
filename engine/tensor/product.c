/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/product-private.h"

static inline guint64
get_magnitude (gint64 sum)
{
  return sum < 0 ? -(guint64)sum : (guint64)sum;
}

static inline double *
get_out (const FxpProduct *self, const FxpTile *tile)
{
  return self->out + tile->row * self->out_stride + tile->column;
}

static void
form_short (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  gint32 sums[FXP_TILE_SIZE];
  guint64 peak;

  fxp_packed_pair_form_short (&self->pair,
                              tile->row,
                              tile->n_rows,
                              tile->column,
                              sums,
                              tile->stride);
  peak = self->kernels->put_i32 (sums, tile, self->step, get_out (self, tile), self->out_stride);
  counts->peak = MAX (counts->peak, peak);
}

/* Counts nothing.  A strip that is filled up with zeros reaches too far. */
static void
form_sums (const FxpProduct *self, const FxpTile *tile)
{
  const gboolean is_full = tile->n_columns == tile->stride;
  gint32 *out = self->sums + tile->row * self->out_stride + tile->column;
  gint32 sums[FXP_TILE_SIZE];

  fxp_packed_pair_form_short (&self->pair,
                              tile->row,
                              tile->n_rows,
                              tile->column,
                              is_full ? out : sums,
                              is_full ? self->out_stride : tile->stride);
  if (!is_full)
    for (gsize r = 0; r < tile->n_rows; r++)
      memcpy (out + r * self->out_stride,
              sums + r * tile->stride,
              tile->n_columns * sizeof (gint32));
}

static void
form_long (const FxpProduct *self, const FxpTile *tile, gint64 *sums)
{
  if (self->is_packed)
    fxp_packed_pair_form_long (&self->pair, tile->row, tile->n_rows, tile->column, sums);
  else
    self->kernels->dot_i32 (&self->a, &self->b, tile, sums);
}

static guint64
put_long (const FxpProduct *self, const FxpTile *tile, const gint64 *sums)
{
  return self->kernels->put_i64 (sums, tile, self->step, get_out (self, tile), self->out_stride);
}

static void
form_fitting (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  gint64 sums[FXP_TILE_SIZE];
  guint64 peak;

  form_long (self, tile, sums);
  peak = put_long (self, tile, sums);
  counts->peak = MAX (counts->peak, peak);
}

static inline gint64
wrap (gint64 sum, guint bits)
{
  guint shift = FXP_SUM_BITS_MAX - bits;

  return (gint64)((guint64)sum << shift) >> shift;
}

static void
form_wrapping (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  gint64 sums[FXP_TILE_SIZE];

  form_long (self, tile, sums);
  for (gsize r = 0; r < tile->n_rows; r++)
    for (gsize c = 0; c < tile->n_columns; c++)
      {
        gint64 *sum = &sums[r * tile->stride + c];
        gint64 wrapped = wrap (*sum, self->bits);

        counts->peak = MAX (counts->peak, get_magnitude (*sum));
        counts->n_overflowed += wrapped != *sum;
        *sum = wrapped;
      }
  put_long (self, tile, sums);
}

static void
form_peak (const FxpProduct *self, const FxpTile *tile, gint64 *sums, FxpSumCounts *counts)
{
  form_long (self, tile, sums);
  for (gsize r = 0; r < tile->n_rows; r++)
    for (gsize c = 0; c < tile->n_columns; c++)
      counts->peak = MAX (counts->peak, get_magnitude (sums[r * tile->stride + c]));
}

/* The exact sums are formed first, for the peak alone. */
static void
form_saturating (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  gint64 sums[FXP_TILE_SIZE], left[FXP_TILE_SIZE];

  form_peak (self, tile, sums, counts);
  self->kernels->saturate_i32 (&self->a, &self->b_strips, self->min, self->max, tile, sums, left);
  for (gsize r = 0; r < tile->n_rows; r++)
    for (gsize c = 0; c < tile->n_columns; c++)
      counts->n_overflowed += left[r * tile->stride + c] != 0;
  put_long (self, tile, sums);
}

static void
form_saturating_short (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  gint64 exact[FXP_TILE_SIZE];
  gint32 sums[FXP_TILE_SIZE];
  guint32 left[FXP_TILE_SIZE];

  form_peak (self, tile, exact, counts);
  fxp_packed_pair_saturate (&self->pair,
                            tile->row,
                            tile->n_rows,
                            tile->column,
                            (gint32)self->min,
                            (gint32)self->max,
                            sums,
                            left);
  for (gsize r = 0; r < tile->n_rows; r++)
    for (gsize c = 0; c < tile->n_columns; c++)
      counts->n_overflowed += left[r * tile->stride + c] != 0;
  self->kernels->put_i32 (sums, tile, self->step, get_out (self, tile), self->out_stride);
}

static gint64
sum_wide (const FxpProduct *self, const gint64 *a, const gint64 *b, FxpSumCounts *counts)
{
  __int128 exact = fxp_kernel_dot_i64 (a, b, self->a.n);
  unsigned __int128 magnitude = exact < 0 ? -(unsigned __int128)exact : (unsigned __int128)exact;
  gboolean left = exact < self->min || exact > self->max;
  gint64 sum;

  if (self->mode == FXP_SUM_SATURATE)
    {
      left = FALSE;
      sum = fxp_kernel_saturate_i64 (a, b, self->a.n, self->min, self->max, &left);
    }
  else if (self->mode == FXP_SUM_WRAP)
    sum = wrap ((gint64)(guint64)exact, self->bits);
  else
    sum = (gint64)CLAMP (exact, self->min, self->max);
  counts->n_overflowed += left;
  counts->peak = MAX (counts->peak, (guint64)MIN (magnitude, (guint64)1 << 63));
  return sum;
}

static void
form_wide (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  for (gsize r = 0; r < tile->n_rows; r++)
    {
      const gint64 *a = (const gint64 *)self->a.data + (tile->row + r) * self->a.stride;
      double *out = get_out (self, tile) + r * self->out_stride;

      for (gsize c = 0; c < tile->n_columns; c++)
        {
          const gint64 *b = (const gint64 *)self->b.data + (tile->column + c) * self->b.stride;

          out[c] = (double)sum_wide (self, a, b, counts) * self->step;
        }
    }
}

static void
form_float (const FxpProduct *self, const FxpTile *tile)
{
  float sums[FXP_TILE_SIZE];

  fxp_packed_pair_form_short (&self->pair,
                              tile->row,
                              tile->n_rows,
                              tile->column,
                              sums,
                              tile->stride);
  self->kernels->put_f32 (sums, tile, get_out (self, tile), self->out_stride);
}

static void
form_tile (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  switch (self->kind)
    {
    case FXP_PRODUCT_SHORT:
      form_short (self, tile, counts);
      break;
    case FXP_PRODUCT_SUMS:
      form_sums (self, tile);
      break;
    case FXP_PRODUCT_FITTING:
      form_fitting (self, tile, counts);
      break;
    case FXP_PRODUCT_WRAPPING:
      form_wrapping (self, tile, counts);
      break;
    case FXP_PRODUCT_SATURATING:
      form_saturating (self, tile, counts);
      break;
    case FXP_PRODUCT_SATURATING_SHORT:
      form_saturating_short (self, tile, counts);
      break;
    case FXP_PRODUCT_WIDE:
      form_wide (self, tile, counts);
      break;
    case FXP_PRODUCT_FLOAT:
      form_float (self, tile);
      break;
    default:
      g_return_if_reached ();
    }
}

/* The rows of a tile stay in the second cache while all strips of columns pass. */
void
fxp_product_form (const FxpProduct *self,
                  gsize row,
                  gsize last_row,
                  gsize column,
                  gsize last_column,
                  FxpSumCounts *counts)
{
  for (gsize r = row; r < last_row; r += FXP_TILE_ROWS)
    for (gsize c = column; c < last_column; c += FXP_TILE_COLUMNS)
      {
        const gsize n_columns = MIN (last_column - c, FXP_TILE_COLUMNS);
        const FxpTile tile = {
          .row = r,
          .column = c,
          .n_rows = MIN (last_row - r, FXP_TILE_ROWS),
          .n_columns = n_columns,
          .stride = fxp_packing_get_n_columns (n_columns),
        };

        form_tile (self, &tile, counts);
      }
}
