/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/norm-loop-private.h"

#include "number/vector-unit-private.h"

const FxpNormLoop *
fxp_norm_loop_get (void)
{
#if FXP_HAVE_AVX512
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX512)
    return &fxp_norm_loop_avx512;
#endif
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    return &fxp_norm_loop_avx2;
#endif
  return &fxp_norm_loop_plain;
}
