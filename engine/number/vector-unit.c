/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vector-unit-private.h"

static const char *const names[FXP_N_VECTOR_UNITS] = {
  [FXP_VECTOR_PLAIN] = "plain",
  [FXP_VECTOR_AVX2] = "avx2",
  [FXP_VECTOR_AVX512] = "avx512",
  [FXP_VECTOR_AVX512_VNNI] = "vnni",
};

static int most_allowed = FXP_N_VECTOR_UNITS - 1;

static FxpVectorUnit
detect (void)
{
#if FXP_HAVE_AVX512
  if (__builtin_cpu_supports ("avx512f") && __builtin_cpu_supports ("avx512bw") &&
      __builtin_cpu_supports ("avx512dq") && __builtin_cpu_supports ("avx512vl"))
    return __builtin_cpu_supports ("avx512vnni") ? FXP_VECTOR_AVX512_VNNI : FXP_VECTOR_AVX512;
#endif
#if FXP_HAVE_AVX2
  if (__builtin_cpu_supports ("avx2"))
    return FXP_VECTOR_AVX2;
#endif
  return FXP_VECTOR_PLAIN;
}

/* What the user allows. */
static FxpVectorUnit
read_environment (void)
{
  const char *text = g_getenv ("ROUNDOFF_VECTORS");

  if (text == NULL)
    return FXP_N_VECTOR_UNITS - 1;
  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    if (g_str_equal (text, names[unit]))
      return (FxpVectorUnit)unit;
  g_warning ("ROUNDOFF_VECTORS: \"%s\" is not plain, avx2, avx512 or vnni", text);
  return FXP_N_VECTOR_UNITS - 1;
}

FxpVectorUnit
fxp_vector_unit_get (void)
{
  static gsize best; /* and one */

  if (g_once_init_enter (&best))
    g_once_init_leave (&best, (gsize)MIN (detect (), read_environment ()) + 1);
  return MIN ((FxpVectorUnit)g_atomic_int_get (&most_allowed), (FxpVectorUnit)(best - 1));
}

void
fxp_vector_unit_limit (FxpVectorUnit most)
{
  g_return_if_fail (most < FXP_N_VECTOR_UNITS);

  g_atomic_int_set (&most_allowed, (int)most);
}

const char *
fxp_vector_unit_get_name (FxpVectorUnit self)
{
  g_return_val_if_fail (self < FXP_N_VECTOR_UNITS, NULL);

  return names[self];
}
