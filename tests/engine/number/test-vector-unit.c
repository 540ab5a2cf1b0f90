/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/vector-unit-private.h"

static void
test_limit (void)
{
  FxpVectorUnit best = fxp_vector_unit_get ();

  g_test_message ("best vector unit here: %d", best);
  for (int most = 0; most < FXP_N_VECTOR_UNITS; most++)
    {
      fxp_vector_unit_limit ((FxpVectorUnit)most);
      g_assert_cmpint (fxp_vector_unit_get (), ==, MIN (most, (int)best));
    }
  g_assert_cmpint (fxp_vector_unit_get (), ==, best);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/vector-unit/limit", test_limit);

  return g_test_run ();
}
