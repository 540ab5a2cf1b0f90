/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/exponent-private.h"
#include <float.h>

/* Powers of two are themselves, and their neighbours on either side are told apart. */
static void
test_powers (void)
{
  for (int n = -1000; n <= 1000; n++)
    {
      const double power = ldexp (1, n);
      const double above = nextafter (power, INFINITY), below = nextafter (power, 0);

      g_assert_cmpint (fxp_floor_log2 (power), ==, n);
      g_assert_cmpint (fxp_ceil_log2 (power), ==, n);
      g_assert_cmpint (fxp_floor_log2 (above), ==, n);
      g_assert_cmpint (fxp_ceil_log2 (above), ==, n + 1);
      g_assert_cmpint (fxp_floor_log2 (below), ==, n - 1);
      g_assert_cmpint (fxp_ceil_log2 (below), ==, n);
      g_assert_cmpfloat (fxp_log2 (power), ==, n);
    }
}

static void
test_halves (void)
{
  for (int n = 1; n <= 500; n++)
    {
      const double half = ldexp (1, 2 * n - 1); /* log2 sqrt is n - 1/2 */

      g_assert_cmpint (fxp_round_log2_sqrt (half), ==, n);
      g_assert_cmpint (fxp_round_log2_sqrt (nextafter (half, 0)), ==, n - 1);
      g_assert_cmpint (fxp_round_log2_sqrt (1 / half), ==, -n);
      g_assert_cmpint (fxp_round_log2_sqrt (nextafter (1 / half, INFINITY)), ==, -(n - 1));
    }
  g_assert_cmpint (fxp_round_log2_sqrt (1), ==, 0);
}

static void
test_sweep (void)
{
  for (double x = 1e-5; x < 1e5; x *= 1.0003)
    {
      g_assert_cmpint (fxp_round_log2_sqrt (x), ==, (int)round (log2 (sqrt (x))));
      g_assert_cmpfloat_with_epsilon (fxp_log2 (x), log2 (x), 1e-14);
    }
  g_assert_cmpint (fxp_floor_log2 (DBL_TRUE_MIN), ==, -1074);
  g_assert_cmpint (fxp_ceil_log2 (DBL_MAX), ==, 1024);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exponent/powers", test_powers);
  g_test_add_func ("/exponent/halves", test_halves);
  g_test_add_func ("/exponent/sweep", test_sweep);
  return g_test_run ();
}
