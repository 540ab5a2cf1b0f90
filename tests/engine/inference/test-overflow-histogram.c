/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/overflow-histogram-private.h"
#include "number/random.h"

#include <math.h>

#define N 100000

/* Codes of 10 bits of normal draws of deviation @sigma, of the exponent abs-max gives them. */
static int
draw (double sigma, gint32 *codes)
{
  const FxpNoise noise = fxp_noise_new (3, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  g_autofree double *values = g_new (double, N);
  double max = 0;
  int exponent;

  for (guint i = 0; i < N; i++)
    {
      values[i] = sigma * fxp_noise_normal (noise, i);
      max = fmax (max, fabs (values[i]));
    }
  frexp (max, &exponent);
  exponent -= 9;
  for (guint i = 0; i < N; i++)
    codes[i] = MIN ((gint32)floor (ldexp (values[i], -exponent) + 0.5), 511);
  return exponent;
}

/* F11: words of 10 bits and M = 1e-4 come to rest where 3.89 <= 2^r / s < 7.78, wherever they
 * begin; r = e + 9. */
static void
test_rest (void)
{
  static const double sigmas[] = {0.01, 0.3, 1, 7, 30};
  g_autofree gint32 *codes = g_new (gint32, N);
  const FxpFormat format = FXP_FORMAT_SIGNED (10, 0);

  for (guint i = 0; i < G_N_ELEMENTS (sigmas); i++)
    for (int start = -20; start <= 20; start += 10)
      {
        g_autofree FxpOverflowHistogram *histogram = g_new0 (FxpOverflowHistogram, 1);
        const int exponent = draw (sigmas[i], codes);
        double ratio;

        fxp_overflow_histogram_add (histogram, 511, codes, N, exponent);
        ratio = ldexp (1, fxp_overflow_histogram_settle (histogram, format, start) + 9) / sigmas[i];
        g_assert_cmpfloat (ratio, >=, 3.89 * 0.95);
        g_assert_cmpfloat (ratio, <, 7.78 * 1.05);
      }
}

/* |v| >= L(r): one code that fills the word in each of ten thousand is just what may be. */
static void
test_share (void)
{
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 0);
  g_autofree gint32 *codes = g_new0 (gint32, 10000);
  g_autofree FxpOverflowHistogram *one = g_new0 (FxpOverflowHistogram, 1);
  g_autofree FxpOverflowHistogram *two = g_new0 (FxpOverflowHistogram, 1);

  codes[0] = -127;
  codes[1] = 63;
  fxp_overflow_histogram_add (one, 127, codes, 10000, -4);
  /* At -5 the 63 becomes 126, which does not fill it; at -6 both would. */
  g_assert_cmpint (fxp_overflow_histogram_settle (one, format, 0), ==, -5);
  codes[1] = 64;
  fxp_overflow_histogram_add (two, 127, codes, 10000, -4);
  g_assert_cmpint (fxp_overflow_histogram_settle (two, format, 0), ==, -4);
}

static void
test_nothing (void)
{
  static const gint32 zeros[100];
  FxpOverflowHistogram histogram = {0};

  g_assert_cmpint (fxp_overflow_histogram_settle (&histogram, FXP_FORMAT_SIGNED (8, 0), -3),
                   ==,
                   -3);
  fxp_overflow_histogram_add (&histogram, 127, zeros, 100, -5);
  g_assert_cmpint (fxp_overflow_histogram_settle (&histogram, FXP_FORMAT_SIGNED (8, 0), -3),
                   ==,
                   -3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/overflow-histogram/F11-rest", test_rest);
  g_test_add_func ("/overflow-histogram/share", test_share);
  g_test_add_func ("/overflow-histogram/nothing", test_nothing);
  return g_test_run ();
}
