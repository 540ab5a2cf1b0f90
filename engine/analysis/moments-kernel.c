/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/moments-kernel-private.h"

#include "number/vector-unit-private.h"

const FxpMomentsKernel *
fxp_moments_kernel_get (void)
{
#if FXP_HAVE_AVX512
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX512)
    return &fxp_moments_kernel_avx512;
#endif
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    return &fxp_moments_kernel_avx2;
#endif
  return &fxp_moments_kernel_plain;
}
