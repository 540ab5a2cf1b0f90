/* SPDX-License-Identifier: MIT */
/* Relative quantization bias, from the values next to zero. */
#include "config.h"

#include <math.h>

#include "number/statistics.h"

static const FxpNoise source = {{0x13198a2eu, 0x03707344u}};

/* Ends of the bin next to zero: the lower belongs to it, the upper does not. */
static void
test_first (void)
{
  static const double values[] = {0.0,
                                  0x1.fffffffffffffp-5,
                                  0x1p-4,
                                  -0x1p-4,
                                  0.125,
                                  -0.15,
                                  0x1.7ffffffffffffp-3,
                                  -0x1.8p-3,
                                  0x1.8p-3,
                                  1.0,
                                  INFINITY,
                                  NAN};
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 3);
  FxpStatistics statistics;
  double sum;

  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, format, values, NULL, G_N_ELEMENTS (values));
  g_assert_cmpuint (statistics.n_first, ==, 5);
  sum = 0x1p-4 + 0x1p-4 + 0.125 + 0.15 + 0x1.7ffffffffffffp-3;
  g_assert_cmpfloat_with_epsilon (statistics.sum_first, sum, 1e-15);
  g_assert_cmpfloat_with_epsilon (fxp_statistics_get_bias (&statistics, format),
                                  fabs (0.125 - sum / 5.0) / (sum / 5.0),
                                  1e-12);
  fxp_statistics_clear (&statistics);
  g_assert_cmpuint (statistics.n_first, ==, 0);
  g_assert_cmpfloat (statistics.sum_first, ==, 0.0);
}

/* A density that falls by the same share everywhere, of standard deviation 1. */
static double
draw_laplace (guint32 i)
{
  double u = fxp_noise_uniform (source, i) - 0.5;

  return copysign (M_SQRT1_2 * log (1.0 - 2.0 * fabs (u)), u);
}

/* Relative quantization bias of a million values, within 10 percent of what the densities say
 * (first paper 2.3).  For a Gaussian and a step of a quarter of the deviation that is just below
 * one standard error; draws are the same in every run.  A Laplacian's eta exceeds the 1 percent
 * that the paper's rule promises of a Gaussian. */
static void
test_bias (void)
{
  enum
  {
    N = 1000000
  };
  static const struct
  {
    gint8 frac_bits; /* step / sigma = 2^-frac_bits */
    gboolean is_laplace;
    double percent;
  } rows[] = {{2, FALSE, 0.522}, {1, FALSE, 2.107}, {2, TRUE, 3.03}};
  g_autofree double *values = g_new (double, N);

  for (gsize row = 0; row < G_N_ELEMENTS (rows); row++)
    {
      const FxpFormat format = FXP_FORMAT_SIGNED (8, rows[row].frac_bits);
      FxpStatistics statistics;
      double percent;

      for (guint32 i = 0; i < N; i++)
        values[i] = rows[row].is_laplace ? draw_laplace (i) : fxp_noise_normal (source, i);
      fxp_statistics_clear (&statistics);
      fxp_statistics_add (&statistics, format, values, NULL, N);
      percent = 100.0 * fxp_statistics_get_bias (&statistics, format);
      g_test_message ("step %g: eta %g %%, expected %g %%",
                      fxp_format_get_step (format),
                      percent,
                      rows[row].percent);
      g_assert_cmpfloat_with_epsilon (percent / rows[row].percent, 1.0, 0.1);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/bias/ends", test_first);
  /* Numbered as the acceptance tests of the first paper's specification. */
  g_test_add_func ("/number/6.9-bias", test_bias);

  return g_test_run ();
}
