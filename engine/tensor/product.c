/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/product-private.h"

static inline guint64
get_magnitude (gint64 sum)
{
  return sum < 0 ? -(guint64)sum : (guint64)sum;
}

static inline guint64
get_peak (const gint64 *sums, gsize n, guint64 peak)
{
  for (gsize i = 0; i < n; i++)
    peak = MAX (peak, get_magnitude (sums[i]));
  return peak;
}

static inline double *
get_out (const FxpProduct *self, const FxpTile *tile, gsize row)
{
  return self->out + (tile->row + row) * self->out_stride + tile->column;
}

/* The same tile with rows of sums that a column kernel fills in whole vectors. */
static FxpTile
pad_tile (const FxpProduct *self, const FxpTile *tile)
{
  gsize lanes = self->kernels->vector_size / sizeof (gint32);
  FxpTile padded = *tile;

  padded.stride = (tile->n_columns + lanes - 1) / lanes * lanes;
  return padded;
}

static void
form_short (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  const gsize n = tile->n_rows * tile->n_columns;
  const double step = self->step;
  gint32 sums[FXP_TILE_SIZE];
  gint32 least = 0, greatest = 0;

  self->form_short (&self->a, &self->b, tile, sums);
  for (gsize i = 0; i < n; i++)
    {
      least = MIN (least, sums[i]);
      greatest = MAX (greatest, sums[i]);
    }
  counts->peak = MAX (counts->peak, MAX (get_magnitude (least), (guint64)greatest));
  if (tile->n_columns == self->out_stride)
    {
      double *restrict out = get_out (self, tile, 0);

      for (gsize i = 0; i < n; i++)
        out[i] = sums[i] * step;
      return;
    }
  for (gsize r = 0; r < tile->n_rows; r++)
    {
      const gint32 *restrict from = sums + r * tile->stride;
      double *restrict out = get_out (self, tile, r);

      for (gsize c = 0; c < tile->n_columns; c++)
        out[c] = from[c] * step;
    }
}

static void
put_sums (const FxpProduct *self, const FxpTile *tile, const gint64 *sums)
{
  for (gsize r = 0; r < tile->n_rows; r++)
    {
      const gint64 *restrict from = sums + r * tile->stride;
      double *restrict out = get_out (self, tile, r);

      for (gsize c = 0; c < tile->n_columns; c++)
        out[c] = (double)from[c] * self->step;
    }
}

static void
form_fitting (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  gint64 sums[FXP_TILE_SIZE];

  self->form (&self->a, &self->b, self->block, tile, sums);
  counts->peak = get_peak (sums, tile->n_rows * tile->n_columns, counts->peak);
  put_sums (self, tile, sums);
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
  const gsize n = tile->n_rows * tile->n_columns;
  gint64 sums[FXP_TILE_SIZE];

  self->form (&self->a, &self->b, self->block, tile, sums);
  counts->peak = get_peak (sums, n, counts->peak);
  for (gsize i = 0; i < n; i++)
    {
      gint64 wrapped = wrap (sums[i], self->bits);

      counts->n_overflowed += wrapped != sums[i];
      sums[i] = wrapped;
    }
  put_sums (self, tile, sums);
}

/* The exact sums are formed first, for the peak alone. */
static void
form_saturating (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  const FxpTile padded = pad_tile (self, tile);
  gint64 sums[FXP_TILE_SIZE], left[FXP_TILE_SIZE];

  self->form (&self->a, &self->b, self->block, tile, sums);
  counts->peak = get_peak (sums, tile->n_rows * tile->n_columns, counts->peak);
  self->saturate (&self->a, &self->b_strips, self->min, self->max, &padded, sums, left);
  for (gsize r = 0; r < tile->n_rows; r++)
    for (gsize c = 0; c < tile->n_columns; c++)
      counts->n_overflowed += left[r * padded.stride + c] != 0;
  put_sums (self, &padded, sums);
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
      double *out = get_out (self, tile, r);

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
  const FxpTile padded = pad_tile (self, tile);

  self->kernels->columns_f32 (&self->a, &self->b_strips, &padded, sums);
  for (gsize r = 0; r < tile->n_rows; r++)
    {
      const float *restrict from = sums + r * padded.stride;
      double *restrict out = get_out (self, tile, r);

      for (gsize c = 0; c < tile->n_columns; c++)
        out[c] = from[c];
    }
}

static void
form_tile (const FxpProduct *self, const FxpTile *tile, FxpSumCounts *counts)
{
  switch (self->kind)
    {
    case FXP_PRODUCT_SHORT:
      form_short (self, tile, counts);
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

/* A tile's columns stay in the cache while all rows go over them. */
void
fxp_product_form (const FxpProduct *self,
                  gsize row,
                  gsize last_row,
                  gsize column,
                  gsize last_column,
                  FxpSumCounts *counts)
{
  for (gsize c = column; c < last_column; c += FXP_TILE_COLUMNS)
    for (gsize r = row; r < last_row; r += FXP_TILE_ROWS)
      {
        const gsize n_columns = MIN (last_column - c, FXP_TILE_COLUMNS);
        const FxpTile tile = {
          .row = r,
          .column = c,
          .n_rows = MIN (last_row - r, FXP_TILE_ROWS),
          .n_columns = n_columns,
          .stride = n_columns,
        };

        form_tile (self, &tile, counts);
      }
}
