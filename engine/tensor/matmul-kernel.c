/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/matmul-kernel-private.h"

#include "number/vector-unit-private.h"

const FxpMatmulKernels *
fxp_matmul_kernels_get (void)
{
  switch (fxp_vector_unit_get ())
    {
#if FXP_HAVE_AVX512
    case FXP_VECTOR_AVX512_VNNI:
    case FXP_VECTOR_AVX512:
      return &fxp_matmul_kernels_avx512;
#endif
#if FXP_HAVE_AVX2
    case FXP_VECTOR_AVX2:
      return &fxp_matmul_kernels_avx2;
#endif
    default:
      return &fxp_matmul_kernels_plain;
    }
}

__int128
fxp_kernel_dot_i64 (const gint64 *a, const gint64 *b, gsize n)
{
  __int128 sum = 0;

  for (gsize p = 0; p < n; p++)
    sum += (__int128)a[p] * b[p];
  return sum;
}

gint64
fxp_kernel_saturate_i64 (const gint64 *a,
                         const gint64 *b,
                         gsize n,
                         gint64 min,
                         gint64 max,
                         gboolean *left)
{
  gint64 sum = 0;

  for (gsize p = 0; p < n; p++)
    {
      __int128 next = (__int128)a[p] * b[p] + sum;

      if (next < min || next > max)
        *left = TRUE;
      sum = (gint64)CLAMP (next, min, max);
    }
  return sum;
}
