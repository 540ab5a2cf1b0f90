/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/packed-pair-private.h"

/* Slots of the scratch memory; product has the first ones. */
enum
{
  SLOT_ROWS = 3,
  SLOT_STRIPS,
  SLOT_HIGH_STRIPS,
  SLOT_LOW_STRIPS,
};

/* Steps whose part of a strip stays in the nearest cache, beside the rows, while all rows of a
 * block go over it. */
#define BLOCK_STEPS 128

/* Rows at such a distance fall on the same places of the nearest cache. */
#define UNLUCKY_STRIDE 2048
/* So many strips pay for packing those. */
#define UNLUCKY_STRIPS 3

/* Packs columns of a matrix, a range of them at a time. */
typedef struct
{
  const FxpMatrix *matrix;
  gsize n_rows;
  FxpElement element;
  FxpPart part;
  gsize n_steps;
  guint8 *target;
} PackingJob;

static void
pack_range (gpointer data, gsize first, gsize last)
{
  const PackingJob *self = data;
  const gsize size = fxp_storage_get_size (fxp_format_get_storage (self->matrix->format));
  FxpMatrix columns = *self->matrix;

  columns.data = (const guint8 *)columns.data + first * columns.column_stride * size;
  fxp_packing_fill (&columns,
                    self->n_rows,
                    last - first,
                    self->element,
                    self->part,
                    0,
                    self->n_steps,
                    self->target + fxp_packing_find_strip (self->n_steps, first));
}

static const guint8 *
pack (const FxpPackedPair *self,
      const FxpMatrix *matrix,
      gsize n_rows,
      gsize n_columns,
      FxpPart part,
      FxpScratch *scratch,
      guint slot,
      FxpTeam *team)
{
  PackingJob job = {
    .matrix = matrix,
    .n_rows = n_rows,
    .element = self->packing.element,
    .part = part,
    .n_steps = self->n_steps,
    .target = fxp_scratch_get (scratch, slot, fxp_packing_get_n_bytes (self->n_steps, n_columns)),
  };

  fxp_team_run (team,
                n_columns,
                FXP_STRIP_COLUMNS,
                (guint64)n_rows * n_columns * FXP_TEAM_MOVE_WORK,
                pack_range,
                &job);
  return job.target;
}

/* Rows of whole steps, of elements as they are stored; an unsigned code that fits the signed type
 * has the same bits in both. */
static gboolean
lie_ready (const FxpPackedPair *self, const FxpMatrix *a, gsize k)
{
  const FxpStorage storage = fxp_format_get_storage (a->format);
  const gsize n_per_step = fxp_element_get_n_per_step (self->packing.element);
  const gsize row_stride = a->row_stride * FXP_STEP_BYTES / n_per_step;

  if (a->column_stride != 1 || k % n_per_step != 0 ||
      fxp_storage_get_size (storage) != FXP_STEP_BYTES / n_per_step)
    return FALSE;
  if (self->packing.element == FXP_ELEMENT_F32 && storage != FXP_STORAGE_F32)
    return FALSE;
  return row_stride % UNLUCKY_STRIDE != 0 || self->n_rows < FXP_STRIP_COLUMNS ||
         self->n_columns < UNLUCKY_STRIPS * FXP_STRIP_COLUMNS;
}

static void
take_rows (FxpPackedPair *self, const FxpMatrix *a, gsize k, FxpScratch *scratch, FxpTeam *team)
{
  const FxpMatrix turned = {a->data, a->format, a->column_stride, a->row_stride};

  self->is_borrowed = lie_ready (self, a, k);
  if (self->is_borrowed)
    {
      self->rows = a->data;
      self->row_stride =
        a->row_stride * FXP_STEP_BYTES / fxp_element_get_n_per_step (self->packing.element);
      return;
    }
  self->rows = pack (self, &turned, k, self->n_rows, FXP_PART_WHOLE, scratch, SLOT_ROWS, team);
  self->row_stride = FXP_STEP_BYTES;
}

void
fxp_packed_pair_init (FxpPackedPair *self,
                      const FxpPacking *packing,
                      const FxpMatrix *a,
                      const FxpMatrix *b,
                      gsize m,
                      gsize n,
                      gsize k,
                      FxpScratch *scratch,
                      FxpTeam *team)
{
  const gsize n_per_step = fxp_element_get_n_per_step (packing->element);

  self->kernels = fxp_micro_kernels_get ();
  self->packing = *packing;
  self->n_columns = fxp_packing_get_n_columns (n);
  self->n_steps = (k + n_per_step - 1) / n_per_step;
  self->n_rows = m;
  take_rows (self, a, k, scratch, team);
  if (packing->is_whole)
    self->strips[FXP_PART_WHOLE] = pack (self, b, k, n, FXP_PART_WHOLE, scratch, SLOT_STRIPS, team);
  if (packing->is_split)
    {
      self->strips[FXP_PART_HIGH] =
        pack (self, b, k, n, FXP_PART_HIGH, scratch, SLOT_HIGH_STRIPS, team);
      self->strips[FXP_PART_LOW] =
        pack (self, b, k, n, FXP_PART_LOW, scratch, SLOT_LOW_STRIPS, team);
    }
  else
    self->strips[FXP_PART_WHOLE] = pack (self, b, k, n, FXP_PART_WHOLE, scratch, SLOT_STRIPS, team);
}

gsize
fxp_packed_pair_get_width (const FxpPackedPair *self, gsize column)
{
  return MIN (self->n_columns - column, FXP_STRIP_COLUMNS);
}

static const gsize no_offset = 0;

/* The rows from @row on, and how many of @n_rows lie in a row there. */
static gsize
find_rows (const FxpPackedPair *self, gsize row, gsize n_rows, FxpRows *rows)
{
  const gsize n_whole = fxp_packing_get_n_columns (self->n_rows);
  const gsize width = MIN (n_whole - row, FXP_STRIP_COLUMNS);

  *rows = (FxpRows){
    .data = self->rows + row * self->row_stride,
    .row_stride = self->row_stride,
    .step_stride = FXP_STEP_BYTES,
    .block_offsets = &no_offset,
    .n_blocks = 1,
    .n_steps = self->n_steps,
  };
  if (self->is_borrowed)
    return n_rows;
  rows->data = self->rows + fxp_packing_find_strip (self->n_steps, row);
  rows->step_stride = width * FXP_STEP_BYTES;
  return MIN (n_rows, width);
}

void
fxp_packed_pair_form_short (const FxpPackedPair *self,
                            gsize row,
                            gsize n_rows,
                            gsize column,
                            gpointer sums,
                            gsize stride)
{
  const FxpSumKernel sum = self->kernels->sum[self->packing.element];
  const gsize width = fxp_packed_pair_get_width (self, column);
  const guint8 *strip =
    self->strips[FXP_PART_WHOLE] + fxp_packing_find_strip (self->n_steps, column);
  gsize step = 0;

  do
    {
      const gsize n_steps = MIN (self->n_steps - step, BLOCK_STEPS);
      gsize r = 0;

      while (r < n_rows)
        {
          FxpRows rows;
          const gsize n = find_rows (self, row + r, n_rows - r, &rows);

          rows.data += step * rows.step_stride;
          rows.n_steps = n_steps;
          sum (&rows,
               n,
               strip + step * width * FXP_STEP_BYTES,
               width,
               step > 0,
               (guint8 *)sums + r * stride * FXP_STEP_BYTES,
               stride);
          r += n;
        }
      step += n_steps;
    }
  while (step < self->n_steps);
}

void
fxp_packed_pair_form_long (const FxpPackedPair *self,
                           gsize row,
                           gsize n_rows,
                           gsize column,
                           gint64 *sums)
{
  const gsize width = fxp_packed_pair_get_width (self, column);
  const gsize offset = fxp_packing_find_strip (self->n_steps, column);
  gsize n;

  for (gsize r = 0; r < n_rows; r += n)
    {
      FxpRows rows;

      n = find_rows (self, row + r, n_rows - r, &rows);
      for (FxpPart part = FXP_PART_WHOLE; part <= FXP_PART_LOW; part++)
        if ((part != FXP_PART_WHOLE) == self->packing.is_split)
          fxp_sums_form (self->kernels,
                         self->packing.element,
                         &rows,
                         n,
                         self->strips[part] + offset,
                         width,
                         part,
                         self->packing.limits[part],
                         part == FXP_PART_LOW,
                         sums + r * width,
                         width);
    }
}

void
fxp_packed_pair_saturate (const FxpPackedPair *self,
                          gsize row,
                          gsize n_rows,
                          gsize column,
                          gint32 min,
                          gint32 max,
                          gint32 *sums,
                          guint32 *left)
{
  const gsize width = fxp_packed_pair_get_width (self, column);
  const gsize offset = fxp_packing_find_strip (self->n_steps, column);
  gsize n;

  for (gsize r = 0; r < n_rows; r += n)
    {
      FxpRows rows;

      n = find_rows (self, row + r, n_rows - r, &rows);
      self->kernels->saturate (&rows,
                               n,
                               self->strips[FXP_PART_WHOLE] + offset,
                               width,
                               min,
                               max,
                               sums + r * width,
                               left + r * width,
                               width);
    }
}
