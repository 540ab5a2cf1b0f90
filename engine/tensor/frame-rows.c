/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/frame-rows-private.h"

#include "number/vector-unit-private.h"

const FxpFrameRows *
fxp_frame_rows_get (void)
{
#if FXP_HAVE_AVX512
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX512)
    return &fxp_frame_rows_avx512;
#endif
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    return &fxp_frame_rows_avx2;
#endif
  return &fxp_frame_rows_plain;
}
