/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/micro-kernel-private.h"

#include "number/vector-unit-private.h"

gsize
fxp_element_get_n_per_step (FxpElement self)
{
  static const gsize n_per_step[FXP_N_ELEMENTS] = {
    [FXP_ELEMENT_I8] = 4,
    [FXP_ELEMENT_I16] = 2,
    [FXP_ELEMENT_F32] = 1,
  };

  g_return_val_if_fail (self < FXP_N_ELEMENTS, 1);

  return n_per_step[self];
}

const FxpMicroKernels *
fxp_micro_kernels_get (void)
{
  switch (fxp_vector_unit_get ())
    {
#if FXP_HAVE_AVX512
    case FXP_VECTOR_AVX512_VNNI:
      return &fxp_micro_kernels_vnni;
    case FXP_VECTOR_AVX512:
      return &fxp_micro_kernels_avx512;
#endif
#if FXP_HAVE_AVX2
    case FXP_VECTOR_AVX2:
      return &fxp_micro_kernels_avx2;
#endif
    default:
      return &fxp_micro_kernels_plain;
    }
}
