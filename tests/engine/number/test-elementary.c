/* SPDX-License-Identifier: MIT */
/* The bounds here are those stated in elementary.c; the reference is libm in long double. */
#include "config.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/elementary.h"

/* Largest error over @n steps from @x on, each adding @add and multiplying by @factor. */
static double
worst (double (*function) (double),
       long double (*reference) (long double),
       gboolean relative,
       double x,
       double add,
       double factor,
       guint n)
{
  long double largest = 0.0L;

  for (guint i = 0; i < n; i++, x = x * factor + add)
    {
      long double expected = reference (x);
      long double error = fabsl ((long double)function (x) - expected);

      if (relative && expected != 0.0L)
        error /= fabsl (expected);
      largest = MAX (largest, error);
    }

  return (double)largest;
}

static void
test_exp (void)
{
  g_assert_cmpfloat (worst (fxp_exp, expl, TRUE, -708.3, 0.0141, 1.0, 100000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_exp, expl, TRUE, -2.0, 4e-5, 1.0, 100000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_exp, expl, TRUE, 1e-300, 0.0, 1.01, 70000), <, 4e-16);
  /* Subnormal results: to one unit of their grid. */
  g_assert_cmpfloat (worst (fxp_exp, expl, FALSE, -745.3, 0.0037, 1.0, 10000), <=, 0x1p-1074);

  g_assert_cmpfloat (fxp_exp (0.0), ==, 1.0);
  g_assert_cmpfloat (fxp_exp (-0.0), ==, 1.0);
  g_assert_cmpfloat (fxp_exp (-INFINITY), ==, 0.0);
  g_assert_cmpfloat (fxp_exp (-746.0), ==, 0.0);
  g_assert_cmpfloat (fxp_exp (-DBL_MAX), ==, 0.0);
  g_assert_cmpfloat (fxp_exp (INFINITY), ==, INFINITY);
  g_assert_cmpfloat (fxp_exp (709.79), ==, INFINITY);
  g_assert_cmpfloat (fxp_exp (DBL_MAX), ==, INFINITY);
  g_assert_cmpfloat (fxp_exp (709.78), <, INFINITY);
  g_assert_true (isnan (fxp_exp (NAN)));
}

static void
test_log (void)
{
  g_assert_cmpfloat (worst (fxp_log, logl, TRUE, 0x1p-1074, 0.0, 1.015, 95000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_log, logl, TRUE, 0.5, 1.7e-5, 1.0, 100000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_log, logl, TRUE, 1.0 - 1e-9, 2.1e-14, 1.0, 100000), <, 4e-16);

  g_assert_cmpfloat (fxp_log (1.0), ==, 0.0);
  g_assert_cmpfloat (fxp_log (0.0), ==, -INFINITY);
  g_assert_cmpfloat (fxp_log (-0.0), ==, -INFINITY);
  g_assert_cmpfloat (fxp_log (INFINITY), ==, INFINITY);
  g_assert_true (isnan (fxp_log (-1.0)));
  g_assert_true (isnan (fxp_log (-INFINITY)));
  g_assert_true (isnan (fxp_log (NAN)));
}

static void
test_tanh (void)
{
  g_assert_cmpfloat (worst (fxp_tanh, tanhl, TRUE, -23.0, 4.7e-4, 1.0, 100000), <, 8e-16);
  g_assert_cmpfloat (worst (fxp_tanh, tanhl, TRUE, -0.6, 1.2e-5, 1.0, 100000), <, 8e-16);
  g_assert_cmpfloat (worst (fxp_tanh, tanhl, TRUE, 1e-300, 0.0, 1.008, 80000), <, 8e-16);

  g_assert_cmpfloat (fxp_tanh (0.0), ==, 0.0);
  g_assert_true (signbit (fxp_tanh (-0.0)));
  g_assert_cmpfloat (fxp_tanh (0x1p-1074), ==, 0x1p-1074);
  g_assert_cmpfloat (fxp_tanh (INFINITY), ==, 1.0);
  g_assert_cmpfloat (fxp_tanh (-INFINITY), ==, -1.0);
  g_assert_true (isnan (fxp_tanh (NAN)));
  for (double x = 0.0; x < 25.0; x += 0.01)
    {
      g_assert_cmpfloat (fxp_tanh (-x), ==, -fxp_tanh (x));
      g_assert_cmpfloat (fxp_tanh (x), <=, 1.0);
    }
}

static void
test_sin_cos (void)
{
  g_assert_cmpfloat (worst (fxp_sin, sinl, FALSE, -1e5, 1.9999, 1.0, 100000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_cos, cosl, FALSE, -1e5, 1.9999, 1.0, 100000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_sin, sinl, FALSE, -7.0, 1.4e-4, 1.0, 100000), <, 4e-16);
  g_assert_cmpfloat (worst (fxp_cos, cosl, FALSE, -7.0, 1.4e-4, 1.0, 100000), <, 4e-16);

  /* Next to multiples of pi, where most of the argument cancels. */
  for (int k = -63661; k <= 63661; k += 7)
    {
      double x = k * 1.5707963267948966;
      g_assert_cmpfloat (fabs (fxp_sin (x) - sin (x)), <, 4e-16);
      g_assert_cmpfloat (fabs (fxp_cos (x) - cos (x)), <, 4e-16);
    }

  g_assert_cmpfloat (fxp_sin (0.0), ==, 0.0);
  g_assert_cmpfloat (fxp_cos (0.0), ==, 1.0);
  g_assert_cmpfloat (fabs (fxp_sin (1e5) - sin (1e5)), <, 4e-16);
  g_assert_true (isnan (fxp_sin (1.00001e5)));
  g_assert_true (isnan (fxp_cos (-INFINITY)));
  g_assert_true (isnan (fxp_cos (NAN)));
}

/* The same bits with every compiler and CPU: results of runs are compared between machines. */
static void
test_same_bits (void)
{
  static double (*const functions[]) (double) = {fxp_exp, fxp_log, fxp_tanh, fxp_sin, fxp_cos};
  g_autoptr (GChecksum) digest = g_checksum_new (G_CHECKSUM_SHA256);

  for (gsize k = 0; k < G_N_ELEMENTS (functions); k++)
    for (int i = 1; i <= 20000; i++)
      {
        double result = functions[k](0x1.05p-11 * i);
        guint64 bits;

        memcpy (&bits, &result, sizeof bits);
        bits = GUINT64_TO_LE (bits);
        g_checksum_update (digest, (const guchar *)&bits, sizeof bits);
      }

  g_assert_cmpstr (g_checksum_get_string (digest),
                   ==,
                   "093b391553edabdadc12e711508f9d3db1af2a757879abfbe9540f2c366ff368");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/elementary/exp", test_exp);
  g_test_add_func ("/number/elementary/log", test_log);
  g_test_add_func ("/number/elementary/tanh", test_tanh);
  g_test_add_func ("/number/elementary/sin-cos", test_sin_cos);
  g_test_add_func ("/number/elementary/same-bits", test_same_bits);

  return g_test_run ();
}
