/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/packing-kernel-private.h"

#include "number/vector-unit-private.h"

#define HALF_STRIP (FXP_STRIP_COLUMNS / 2)

static const FxpStripFillers *
get_fillers (void)
{
  switch (fxp_vector_unit_get ())
    {
#if FXP_HAVE_AVX512
    case FXP_VECTOR_AVX512_VNNI:
    case FXP_VECTOR_AVX512:
      return &fxp_strip_fillers_avx512;
#endif
#if FXP_HAVE_AVX2
    case FXP_VECTOR_AVX2:
      return &fxp_strip_fillers_avx2;
#endif
    default:
      return &fxp_strip_fillers_plain;
    }
}

gsize
fxp_packing_get_n_columns (gsize n_columns)
{
  return (n_columns + HALF_STRIP - 1) / HALF_STRIP * HALF_STRIP;
}

gsize
fxp_packing_get_n_bytes (gsize n_steps, gsize n_columns)
{
  return n_steps * fxp_packing_get_n_columns (n_columns) * FXP_STEP_BYTES;
}

gsize
fxp_packing_find_strip (gsize n_steps, gsize column)
{
  return n_steps * column * FXP_STEP_BYTES;
}

void
fxp_packing_fill (const FxpMatrix *matrix,
                  gsize n_rows,
                  gsize n_columns,
                  FxpElement element,
                  FxpPart part,
                  gsize first_step,
                  gsize n_steps,
                  gpointer target)
{
  const FxpStorage storage = fxp_format_get_storage (matrix->format);
  const FxpStripFiller fill = get_fillers ()->fill[element][part][storage];
  const gsize strip_size =
    FXP_STRIP_COLUMNS * matrix->column_stride * fxp_storage_get_size (storage);
  FxpStripFilling strip = {
    .source = matrix->data,
    .row_stride = matrix->row_stride,
    .column_stride = matrix->column_stride,
    .n_rows = n_rows,
    .step = (float)fxp_format_get_step (matrix->format),
  };

  g_return_if_fail (fill != NULL);

  for (gsize column = 0; column < n_columns; column += FXP_STRIP_COLUMNS)
    {
      strip.n_columns = MIN (n_columns - column, FXP_STRIP_COLUMNS);
      strip.width = fxp_packing_get_n_columns (strip.n_columns);
      strip.target = (guint8 *)target + fxp_packing_find_strip (n_steps, column) +
                     first_step * strip.width * FXP_STEP_BYTES;
      fill (&strip);
      strip.source = (const guint8 *)strip.source + strip_size;
    }
}
