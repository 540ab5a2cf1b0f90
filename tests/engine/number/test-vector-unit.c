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

/* What the environment allows, in a process that has not looked yet. */
static void
test_environment (void)
{
  FxpVectorUnit best = fxp_vector_unit_get ();

  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      const char *name = fxp_vector_unit_get_name ((FxpVectorUnit)unit);
      g_autofree char *pattern =
        g_strdup_printf ("*unit: %s\n*",
                         fxp_vector_unit_get_name (MIN ((FxpVectorUnit)unit, best)));

      g_setenv ("ROUNDOFF_VECTORS", name, TRUE);
      g_test_trap_subprocess ("/number/vector-unit/environment/subprocess/print", 0, 0);
      g_test_trap_assert_passed ();
      g_test_trap_assert_stdout (pattern);
    }
  g_setenv ("ROUNDOFF_VECTORS", "mmx", TRUE);
  g_test_trap_subprocess ("/number/vector-unit/environment/subprocess/print", 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*\"mmx\" is not plain, avx2, avx512 or vnni*");
  g_unsetenv ("ROUNDOFF_VECTORS");
}

static void
test_environment_print (void)
{
  g_print ("unit: %s\n", fxp_vector_unit_get_name (fxp_vector_unit_get ()));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Whoever runs this may have limited it. */
  if (!g_test_subprocess ())
    g_unsetenv ("ROUNDOFF_VECTORS");

  g_test_add_func ("/number/vector-unit/limit", test_limit);
  g_test_add_func ("/number/vector-unit/environment", test_environment);
  g_test_add_func ("/number/vector-unit/environment/subprocess/print", test_environment_print);

  return g_test_run ();
}
