/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/criteria.h"
#include <math.h>

/* The digits that the specification names. */
static void
test_bias (void)
{
  double low = 0.25, high = 0.5;

  g_assert_cmpfloat_with_epsilon (fxp_bias_of_gaussian (0.125), 0.00130, 5e-6);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_gaussian (0.25), 0.00522, 5e-6);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_gaussian (0.5), 0.02107, 5e-6);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_gaussian (1), 0.0862, 5e-5);
  while (high - low > 1e-9)
    {
      const double middle = (low + high) / 2;

      if (fxp_bias_of_gaussian (middle) < 0.01)
        low = middle;
      else
        high = middle;
    }
  g_assert_cmpfloat_with_epsilon (low, 0.3454, 0.005 * 0.3454);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_laplace (0.25), 0.0303, 5e-5);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_laplace (0.125), 0.0149, 5e-5);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_laplace (0.0625), 0.0074, 5e-5);
}

/* Small steps: u^2 / 12 and u sqrt (2) / 12; large ones: the bin's lower end, u / 2. */
static void
test_bias_ends (void)
{
  double before = 0;

  g_assert_cmpfloat_with_epsilon (fxp_bias_of_gaussian (0x1p-10), 0x1p-20 / 12, 1e-12);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_laplace (0x1p-10), 0x1p-10 * G_SQRT2 / 12, 1e-7);
  for (double u = 0x1p-8; u < 1e6; u *= 1.01)
    {
      const double bias = fxp_bias_of_gaussian (u);

      g_assert_cmpfloat (bias, >, before);
      g_assert_cmpfloat (bias, <, 1);
      before = bias;
    }
  g_assert_cmpfloat_with_epsilon (before, 1, 1e-5);
  /* On both sides of where the tail's expansion takes over. */
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_gaussian (64),
                                  fxp_bias_of_gaussian (nextafter (64, 65)),
                                  1e-7);
  g_assert_cmpfloat_with_epsilon (fxp_bias_of_laplace (1e6), 1, 1e-5);
}

/* The mean of |x| in the first bin, from normal numbers made two at a time (Box and Muller).  A
 * million of them leave a deviation of 12 % in so small a bias, so there are more. */
static void
check_by_chance (double u, guint n)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (7);
  double sum = 0, bias;
  guint n_in = 0;

  for (guint i = 0; i < n; i++)
    {
      const double radius = sqrt (-2 * log (1 - g_rand_double (random)));
      const double angle = 2 * G_PI * g_rand_double (random);
      const double values[] = {fabs (radius * cos (angle)), fabs (radius * sin (angle))};

      for (guint j = 0; j < 2; j++)
        if (values[j] >= u / 2 && values[j] < 3 * u / 2)
          {
            sum += values[j];
            n_in++;
          }
    }
  bias = fabs (u - sum / n_in) / (sum / n_in);
  g_assert_cmpfloat_with_epsilon (bias / fxp_bias_of_gaussian (u), 1, 0.1);
}

static void
test_bias_by_chance (void)
{
  check_by_chance (0.25, 8000000);
  check_by_chance (0.5, 500000);
  check_by_chance (1, 500000);
}

static void
test_clipping (void)
{
  g_assert_cmpfloat_with_epsilon (fxp_clipping_of_gaussian (2), 0.0455, 5e-5);
  g_assert_cmpfloat_with_epsilon (fxp_clipping_of_gaussian (1.96), 0.05, 5e-6);
  g_assert_cmpfloat (fxp_clipping_of_gaussian (0), ==, 1);
  g_assert_cmpfloat (fxp_clipping_of_gaussian (100), ==, 0);
  for (double r = 0; r < 37; r += 0.0037)
    g_assert_cmpfloat_with_epsilon (fxp_clipping_of_gaussian (r) / erfc (r / G_SQRT2), 1, 5e-13);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/gaussian/6.9-bias", test_bias);
  g_test_add_func ("/gaussian/6.9-bias-by-chance", test_bias_by_chance);
  g_test_add_func ("/gaussian/bias-ends", test_bias_ends);
  g_test_add_func ("/gaussian/6.10-clipping", test_clipping);
  return g_test_run ();
}
