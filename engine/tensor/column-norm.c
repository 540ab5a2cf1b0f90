/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/column-norm-private.h"
#include "tensor/frame-rows-private.h"

/* Rows whose magnitudes surely fit 32 bits, of 16 bits each. */
#define ROWS_AT_ONCE 65536

guint64
fxp_column_norm_measure (const FxpMatrix *matrix, gsize n_rows, gsize n_columns)
{
  const FxpStorage storage = fxp_format_get_storage (matrix->format);
  const gsize size = fxp_storage_get_size (storage);
  const FxpNormAdder add = fxp_frame_rows_get ()->add_norms[storage];
  guint64 greatest = 0;

  g_return_val_if_fail (matrix->column_stride == 1, G_MAXUINT64);

  for (gsize column = 0; column < n_columns; column += FXP_NORM_BAND)
    {
      const gsize n = MIN (n_columns - column, FXP_NORM_BAND);
      guint64 norms[FXP_NORM_BAND] = {0};

      for (gsize row = 0; row < n_rows; row += ROWS_AT_ONCE)
        add ((const guint8 *)matrix->data + (row * matrix->row_stride + column) * size,
             MIN (n_rows - row, ROWS_AT_ONCE),
             n,
             matrix->row_stride,
             norms);
      for (gsize i = 0; i < n; i++)
        greatest = MAX (greatest, norms[i]);
    }
  return greatest;
}

gboolean
fxp_column_norm_fits (guint64 norm, FxpFormat a)
{
  const guint64 least = (guint64)-fxp_format_get_min_code (a);
  const guint64 greatest = (guint64)fxp_format_get_max_code (a);

  return norm == 0 || MAX (least, greatest) <= (guint64)G_MAXINT32 / norm;
}
