/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/loops-private.h"

#include "number/vector-unit-private.h"

const FxpLoops *
fxp_loops_get (void)
{
  switch (fxp_vector_unit_get ())
    {
#if FXP_HAVE_AVX512
    case FXP_VECTOR_AVX512_VNNI:
    case FXP_VECTOR_AVX512:
      return &fxp_loops_avx512;
#endif
#if FXP_HAVE_AVX2
    case FXP_VECTOR_AVX2:
      return &fxp_loops_avx2;
#endif
    default:
      return &fxp_loops_plain;
    }
}
