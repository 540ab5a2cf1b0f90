/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/window-product-private.h"

#include "tensor/column-norm-private.h"

/* The weights of a direct convolution, brought into the order in which its sums run, and packed. */

/* Columns that are brought into order side by side. */
#define BAND FXP_STRIP_COLUMNS

enum
{
  SLOT_PLAN,
  SLOT_ARRANGED,
  SLOT_PACKED,
};

/* Weights on their way, in bands of columns. */
typedef struct
{
  FxpWindowProduct *product;
  gconstpointer weights;
  guint8 *arranged; /* lines of all phases */
  gsize line_bytes;
  guint64 *norms; /* of each band */
} Packing;

static gsize
get_tap (const FxpPhase *phase, gsize i)
{
  return phase->tap + (gsize)((gssize)i * phase->tap_step);
}

/* Where in the summed order channel @c of tap (@i, @j) of the frame comes. */
static gsize
get_place (const FxpWindowProduct *self,
           const FxpPhase *row,
           const FxpPhase *column,
           gsize c,
           gsize i,
           gsize j)
{
  if (!fxp_window_product_is_float (self))
    return (i * column->n_taps + j) * self->frame.n_channels + c;
  return (c * row->n_taps + fxp_phase_get_ascending (row, i)) * column->n_taps +
         fxp_phase_get_ascending (column, j);
}

#define DEFINE_ARRANGE(type)                                                                       \
  static void arrange_##type (const FxpWindowProduct *self,                                        \
                              const FxpPhase *row,                                                 \
                              const FxpPhase *column,                                              \
                              const type *restrict weights,                                        \
                              gsize first,                                                         \
                              gsize last,                                                          \
                              type *restrict to)                                                   \
  {                                                                                                \
    const gboolean forward = self->way == FXP_WINDOW_FORWARD;                                      \
    const gsize n_taps = self->kernel * self->kernel, n_columns = self->n_columns;                 \
    const gsize filter_stride = self->n_channels * n_taps;                                         \
    const gsize summed_stride = forward ? n_taps : filter_stride;                                  \
    const gsize column_stride = forward ? filter_stride : n_taps;                                  \
                                                                                                   \
    for (gsize c = 0; c < self->frame.n_channels; c++)                                             \
      for (gsize i = 0; i < row->n_taps; i++)                                                      \
        for (gsize j = 0; j < column->n_taps; j++)                                                 \
          {                                                                                        \
            const gsize tap = get_tap (row, i) * self->kernel + get_tap (column, j);               \
            const type *restrict from = weights + c * summed_stride + tap;                         \
            type *restrict line = to + get_place (self, row, column, c, i, j) * n_columns;         \
                                                                                                   \
            for (gsize k = first; k < last; k++)                                                   \
              line[k] = from[k * column_stride];                                                   \
          }                                                                                        \
  }

DEFINE_ARRANGE (guint8)
DEFINE_ARRANGE (guint16)
DEFINE_ARRANGE (guint32)
#undef DEFINE_ARRANGE

static gsize
count_lines (const FxpWindowProduct *self, const FxpPhase *row, const FxpPhase *column)
{
  return row->n_taps * column->n_taps * self->frame.n_channels;
}

/* Columns @first..@last - 1 of one phase: a line for each place in the summed order. */
static void
arrange (const FxpWindowProduct *self,
         const FxpPhase *row,
         const FxpPhase *column,
         gconstpointer weights,
         gsize first,
         gsize last,
         gpointer to)
{
  switch (fxp_storage_get_size (fxp_format_get_storage (self->weight_format)))
    {
    case 1:
      arrange_guint8 (self, row, column, weights, first, last, to);
      break;
    case 2:
      arrange_guint16 (self, row, column, weights, first, last, to);
      break;
    default:
      arrange_guint32 (self, row, column, weights, first, last, to);
      break;
    }
}

/* Norms are of the lines of all phases, though a position sees those of one. */
static guint64
measure (const Packing *self, gsize first, gsize last)
{
  const FxpWindowProduct *product = self->product;
  const gsize n_lines = product->frame.n_channels * product->kernel * product->kernel;
  const gsize code_size = self->line_bytes / product->n_columns;
  const FxpMatrix matrix = {self->arranged + first * code_size,
                            product->weight_format,
                            product->n_columns,
                            1};

  return fxp_column_norm_measure (&matrix, n_lines, last - first);
}

static void
arrange_bands (gpointer data, gsize first_band, gsize last_band)
{
  const Packing *self = data;
  FxpWindowProduct *product = self->product;
  const gsize n_phases = product->n_phases;

  for (gsize band = first_band; band < last_band; band++)
    {
      const gsize first = band * BAND, last = MIN (first + BAND, product->n_columns);
      guint8 *lines = self->arranged;

      for (gsize pair = 0; pair < n_phases * n_phases; pair++)
        {
          const FxpPhase *row = &product->rows[pair / n_phases];
          const FxpPhase *column = &product->columns[pair % n_phases];

          arrange (product, row, column, self->weights, first, last, lines);
          lines += count_lines (product, row, column) * self->line_bytes;
        }
      if (!fxp_window_product_is_float (product))
        self->norms[band] = measure (self, first, last);
    }
}

/* Whether the weights, though not all of their format, keep the sums within 32 bits. */
static gboolean
keep_short (const Packing *self, gsize n_bands)
{
  guint64 greatest = 0;

  for (gsize band = 0; band < n_bands; band++)
    greatest = MAX (greatest, self->norms[band]);
  return fxp_column_norm_fits (greatest, self->product->frame.format);
}

/* One strip of one phase; blocks end with whole steps. */
static void
pack_strip (const Packing *self, gsize pair, gsize first, const guint8 *lines)
{
  const FxpWindowProduct *product = self->product;
  const FxpPhase *column = &product->columns[pair % product->n_phases];
  const gsize n_blocks =
    fxp_window_product_get_n_blocks (product, &product->rows[pair / product->n_phases]);
  const gsize n_steps = fxp_window_product_get_n_steps (product, column);
  const gsize n_lines = fxp_window_product_is_float (product)
                          ? column->n_taps
                          : column->n_taps * product->frame.n_channels;
  const gsize code_size = self->line_bytes / product->n_columns;
  const gsize offset =
    product->packed_offsets[pair] + fxp_packing_find_strip (n_blocks * n_steps, first);

  for (guint part = 0; part < fxp_summation_get_n_parts (&product->summation); part++)
    for (gsize block = 0; block < n_blocks; block++)
      {
        const FxpMatrix matrix = {
          .data = lines + block * n_lines * self->line_bytes + first * code_size,
          .format = product->weight_format,
          .row_stride = product->n_columns,
          .column_stride = 1,
        };

        fxp_packing_fill (&matrix,
                          n_lines,
                          MIN (product->n_columns - first, FXP_STRIP_COLUMNS),
                          product->summation.element,
                          fxp_summation_get_part (&product->summation, part),
                          block * n_steps,
                          n_blocks * n_steps,
                          product->packed[part] + offset);
      }
}

static void
pack_strips (gpointer data, gsize first_strip, gsize last_strip)
{
  const Packing *self = data;
  const FxpWindowProduct *product = self->product;
  const gsize n_phases = product->n_phases;

  for (gsize strip = first_strip; strip < last_strip; strip++)
    {
      const guint8 *lines = self->arranged;

      for (gsize pair = 0; pair < n_phases * n_phases; pair++)
        {
          pack_strip (self, pair, strip * FXP_STRIP_COLUMNS, lines);
          lines += count_lines (product,
                                &product->rows[pair / n_phases],
                                &product->columns[pair % n_phases]) *
                   self->line_bytes;
        }
    }
}

/* Where the phases begin; returns the bytes of all. */
static gsize
place_phases (FxpWindowProduct *self)
{
  const gsize n_phases = self->n_phases;
  gsize n_bytes = 0;

  for (gsize pair = 0; pair < n_phases * n_phases; pair++)
    {
      self->packed_offsets[pair] = n_bytes;
      n_bytes +=
        fxp_packing_get_n_bytes (fxp_window_product_get_n_blocks (self,
                                                                  &self->rows[pair / n_phases]) *
                                   fxp_window_product_get_n_steps (self,
                                                                   &self->columns[pair % n_phases]),
                                 self->n_columns);
    }
  return n_bytes;
}

void
fxp_window_product_pack (FxpWindowProduct *self,
                         const FxpWindow *window,
                         gconstpointer weights,
                         FxpScratch *scratch,
                         FxpTeam *team,
                         guint slot)
{
  const gsize n_pairs = self->n_phases * self->n_phases;
  const gsize n_bands = (self->n_columns + BAND - 1) / BAND;
  const gsize n_codes = self->frame.n_channels * self->kernel * self->kernel * self->n_columns;
  const gsize code_size = fxp_storage_get_size (fxp_format_get_storage (self->weight_format));
  Packing packing = {
    .product = self,
    .weights = weights,
    .arranged = fxp_scratch_get (scratch, slot + SLOT_ARRANGED, n_codes * code_size),
    .line_bytes = self->n_columns * code_size,
  };
  gsize n_bytes;

  self->rows = fxp_scratch_get (scratch,
                                slot + SLOT_PLAN,
                                2 * self->n_phases * sizeof (FxpPhase) +
                                  n_pairs * (1 + self->n_blocks_max) * sizeof (gsize) +
                                  n_bands * sizeof (guint64));
  self->columns = self->rows + self->n_phases;
  self->packed_offsets = (gsize *)(gpointer)(self->columns + self->n_phases);
  self->block_offsets = self->packed_offsets + n_pairs;
  packing.norms = (guint64 *)(self->block_offsets + n_pairs * self->n_blocks_max);
  fxp_window_product_plan (self, window);
  n_bytes = place_phases (self);

  fxp_team_run (team, n_bands, 1, n_codes * FXP_TEAM_MOVE_WORK, arrange_bands, &packing);
  if (!fxp_window_product_is_float (self) && keep_short (&packing, n_bands))
    fxp_summation_shorten (&self->summation);
  self->packed[0] = fxp_scratch_get (scratch,
                                     slot + SLOT_PACKED,
                                     fxp_summation_get_n_parts (&self->summation) * n_bytes);
  self->packed[1] = self->packed[0] + n_bytes;
  fxp_team_run (team, n_bands, 1, n_codes * FXP_TEAM_MOVE_WORK, pack_strips, &packing);
}
