/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/cluster-kernel-private.h"

#include "number/vector-unit-private.h"

gsize
fxp_step_kind_get_n_codes (FxpStepKind self)
{
  static const gsize n_codes[FXP_N_STEPS] = {
    [FXP_STEP_QUAD] = 4,
    [FXP_STEP_PAIR] = 2,
    [FXP_STEP_SINGLE] = 1,
  };

  g_return_val_if_fail (self < FXP_N_STEPS, 1);

  return n_codes[self];
}

const FxpClusterKernels *
fxp_cluster_kernels_get (void)
{
  switch (fxp_vector_unit_get ())
    {
#if FXP_HAVE_AVX512
    case FXP_VECTOR_AVX512_VNNI:
      return &fxp_cluster_kernels_vnni;
    case FXP_VECTOR_AVX512:
      return &fxp_cluster_kernels_avx512;
#endif
#if FXP_HAVE_AVX2
    case FXP_VECTOR_AVX2:
      return &fxp_cluster_kernels_avx2;
#endif
    default:
      return &fxp_cluster_kernels_plain;
    }
}
