/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/sum-loop-private.h"

#include "number/vector-unit-private.h"

const FxpSumLoop *
fxp_sum_loop_get (void)
{
#if FXP_HAVE_AVX512
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX512)
    return &fxp_sum_loop_avx512;
#endif
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    return &fxp_sum_loop_avx2;
#endif
  return &fxp_sum_loop_plain;
}
