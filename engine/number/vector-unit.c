/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vector-unit-private.h"

static int most_allowed = FXP_N_VECTOR_UNITS - 1;

FxpVectorUnit
fxp_vector_unit_get (void)
{
  FxpVectorUnit most = (FxpVectorUnit)g_atomic_int_get (&most_allowed);

#if FXP_HAVE_AVX2
  if (most >= FXP_VECTOR_AVX2 && __builtin_cpu_supports ("avx2"))
    return FXP_VECTOR_AVX2;
#endif

  return MIN (most, FXP_VECTOR_PLAIN);
}

void
fxp_vector_unit_limit (FxpVectorUnit most)
{
  g_return_if_fail (most < FXP_N_VECTOR_UNITS);

  g_atomic_int_set (&most_allowed, (int)most);
}
