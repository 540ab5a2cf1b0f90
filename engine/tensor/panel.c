/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/panel-copy-private.h"

#include <string.h>

/* Copying columns into strips costs as much as it saves when they are read this often. */
#define STRIP_READS_MIN 8

static const gsize operand_sizes[FXP_N_OPERANDS] = {
  [FXP_OPERAND_I32] = sizeof (gint32),
  [FXP_OPERAND_I64] = sizeof (gint64),
};

gboolean
fxp_operand_holds (FxpOperand operand, FxpFormat format)
{
  guint signed_bits = format.word_bits + (format.is_signed ? 0 : 1);

  switch (operand)
    {
    case FXP_OPERAND_I32:
      return signed_bits <= 32;
    case FXP_OPERAND_I64:
      return TRUE;
    case FXP_N_OPERANDS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* An unsigned code that fits the signed type has the same bits in both. */
static gboolean
lies_ready (FxpOperand operand, FxpStorage storage)
{
  switch (operand)
    {
    case FXP_OPERAND_I32:
      return storage == FXP_STORAGE_I32 || storage == FXP_STORAGE_U32;
    case FXP_OPERAND_I64:
    case FXP_N_OPERANDS:
    default:
      return FALSE;
    }
}

FxpPanel
fxp_panel_new (const FxpMatrix *matrix,
               gboolean turned,
               gsize n_rows,
               gsize n,
               FxpOperand operand,
               gsize padding,
               FxpScratch *scratch,
               guint slot)
{
  FxpStorage storage = fxp_format_get_storage (matrix->format);
  gsize size = operand_sizes[operand];
  gsize lanes = MAX (padding / size, 1);
  gsize padded_n = (n + lanes - 1) / lanes * lanes;
  FxpPanelCopy copy = {
    .source = matrix->data,
    .row_stride = turned ? matrix->column_stride : matrix->row_stride,
    .column_stride = turned ? matrix->row_stride : matrix->column_stride,
    .n_rows = n_rows,
    .n_columns = n,
    .target_stride = padded_n,
  };

  if (copy.column_stride == 1 && n == padded_n && lies_ready (operand, storage))
    return (FxpPanel){matrix->data, n_rows, copy.row_stride, n, 0};

  copy.target = fxp_scratch_get (scratch, slot, n_rows * padded_n * size);
  if (n < padded_n)
    for (gsize row = 0; row < n_rows; row++)
      memset ((guint8 *)copy.target + (row * padded_n + n) * size, 0, (padded_n - n) * size);
  fxp_panel_copy (&copy, storage, operand);
  return (FxpPanel){copy.target, n_rows, padded_n, padded_n, 0};
}

FxpPanel
fxp_panel_new_strips (const FxpMatrix *matrix,
                      gsize n_rows,
                      gsize n,
                      FxpOperand operand,
                      gsize n_reads,
                      FxpScratch *scratch,
                      guint slot)
{
  FxpStorage storage = fxp_format_get_storage (matrix->format);
  gsize code_size = fxp_storage_get_size (storage), size = operand_sizes[operand];
  gsize n_strips = (n + FXP_STRIP - 1) / FXP_STRIP, strip_size = n_rows * FXP_STRIP * size;
  guint8 *strips;
  FxpPanelCopy copy = {
    .source = matrix->data,
    .row_stride = matrix->row_stride,
    .column_stride = matrix->column_stride,
    .n_rows = n_rows,
    .target_stride = FXP_STRIP,
  };

  if (n_reads < STRIP_READS_MIN && copy.column_stride == 1 && n % FXP_STRIP == 0 &&
      lies_ready (operand, storage))
    return (FxpPanel){matrix->data, n_rows, copy.row_stride, n, FXP_STRIP};

  copy.target = strips = fxp_scratch_get (scratch, slot, n_strips * strip_size);
  if (n % FXP_STRIP != 0)
    memset (strips + (n_strips - 1) * strip_size, 0, strip_size);
  for (gsize column = 0; column < n; column += FXP_STRIP)
    {
      copy.n_columns = MIN (n - column, FXP_STRIP);
      fxp_panel_copy (&copy, storage, operand);
      copy.source = (const guint8 *)copy.source + FXP_STRIP * matrix->column_stride * code_size;
      copy.target = (guint8 *)copy.target + strip_size;
    }
  return (FxpPanel){strips, n_rows, FXP_STRIP, n, n_rows * FXP_STRIP};
}
