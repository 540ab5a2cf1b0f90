/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/sums-private.h"

/* Rows whose sums of 32 bits are held at a time: a few tiles of every unit. */
#define GROUP_ROWS 48

#define HIGH_SHIFT 8

/* Some rows on their way through the segments. */
typedef struct
{
  const FxpMicroKernels *kernels;
  FxpSumKernel sum;
  gsize n_rows, n_columns;
  guint shift;
  gboolean adds; /* to what is in the sums */
  gint64 *sums;
  gsize stride;
} Group;

static void
add_segment (Group *self, const FxpRows *segment, gconstpointer strip)
{
  gint32 sums[GROUP_ROWS * FXP_STRIP_COLUMNS];

  self->sum (segment, self->n_rows, strip, self->n_columns, FALSE, sums, self->n_columns);
  self->kernels->widen (sums,
                        self->n_rows,
                        self->n_columns,
                        self->shift,
                        self->adds,
                        self->sums,
                        self->stride);
  self->adds = TRUE;
}

/* Segments of as many whole blocks as fit. */
static void
add_blocks (Group *self, const FxpRows *rows, gsize n_steps_max, const guint8 *strip)
{
  const gsize n_bytes = rows->n_steps * self->n_columns * FXP_STEP_BYTES; /* of a block */
  const gsize n_blocks_max = n_steps_max / MAX (rows->n_steps, 1);
  FxpRows segment = *rows;

  for (gsize block = 0; block < rows->n_blocks; block += segment.n_blocks)
    {
      segment.block_offsets = rows->block_offsets + block;
      segment.n_blocks = MIN (rows->n_blocks - block, n_blocks_max);
      add_segment (self, &segment, strip + block * n_bytes);
    }
}

/* Segments of parts of a block. */
static void
add_pieces (Group *self, const FxpRows *rows, gsize n_steps_max, const guint8 *strip)
{
  FxpRows segment = *rows;

  segment.n_blocks = 1;
  for (gsize block = 0; block < rows->n_blocks; block++)
    {
      segment.block_offsets = rows->block_offsets + block;
      for (gsize step = 0; step < rows->n_steps; step += segment.n_steps)
        {
          segment.data = rows->data + step * rows->step_stride;
          segment.n_steps = MIN (rows->n_steps - step, n_steps_max);
          add_segment (self, &segment, strip);
          strip += segment.n_steps * self->n_columns * FXP_STEP_BYTES;
        }
    }
}

void
fxp_sums_form (const FxpMicroKernels *kernels,
               FxpElement element,
               const FxpRows *rows,
               gsize n_rows,
               gconstpointer strip,
               gsize n_columns,
               FxpPart part,
               gsize limit,
               gboolean adds,
               gint64 *sums,
               gsize stride)
{
  const gsize n_steps_max = limit / fxp_element_get_n_per_step (element);
  FxpRows group_rows = *rows;

  g_return_if_fail (element != FXP_ELEMENT_F32);
  g_return_if_fail (n_steps_max > 0);

  for (gsize row = 0; row < n_rows; row += GROUP_ROWS)
    {
      Group group = {
        .kernels = kernels,
        .sum = kernels->sum[element],
        .n_rows = MIN (n_rows - row, GROUP_ROWS),
        .n_columns = n_columns,
        .shift = part == FXP_PART_HIGH ? HIGH_SHIFT : 0,
        .adds = adds,
        .sums = sums + row * stride,
        .stride = stride,
      };

      group_rows.data = rows->data + row * rows->row_stride;
      if (rows->n_blocks == 0 || rows->n_steps == 0)
        add_segment (&group, rows, strip);
      else if (rows->n_steps <= n_steps_max)
        add_blocks (&group, &group_rows, n_steps_max, strip);
      else
        add_pieces (&group, &group_rows, n_steps_max, strip);
    }
}
