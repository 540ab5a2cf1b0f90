/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/moments-kernel-private.h"
#include "number/random.h"
#include "number/vector-unit-private.h"

#include <math.h>

static float *
draw (gsize n, double offset)
{
  const FxpNoise noise = fxp_noise_new (9, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  float *values = g_new (float, n + 1);

  for (gsize i = 0; i < n; i++)
    values[i] = (float)(2.0 * fxp_noise_uniform (noise, i) - 1.0 + offset);
  return values;
}

static const gsize lengths[] = {1, 7, 8, 31, 32, 33, 100, 4095, 4096, 4097, 20000, 100003};

static void
test_against_plain (void)
{
  g_autoptr (FxpMeasuring) measuring = fxp_measuring_new (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (double offset = -3.0; offset <= 3.0; offset += 1.5)
      {
        const gsize n = lengths[i];
        g_autofree float *values = draw (n, offset);
        const FxpMoments moments = fxp_measuring_get_moments (measuring, values, n);
        const FxpExtrema extrema = fxp_measuring_get_extrema (measuring, values, n);
        long double mean = 0.0L, variance = 0.0L;
        double least = INFINITY, greatest = -INFINITY;

        for (gsize j = 0; j < n; j++)
          {
            mean += values[j] / (long double)n;
            least = MIN (least, values[j]);
            greatest = MAX (greatest, values[j]);
          }
        for (gsize j = 0; j < n; j++)
          variance += (values[j] - mean) * (values[j] - mean) / n;
        g_assert_cmpuint (moments.n, ==, n);
        g_assert_cmpfloat (fabs (moments.sum / n - (double)mean), <=, 1e-12);
        g_assert_cmpfloat (fabs (fxp_moments_get_variance (&moments) - (double)variance),
                           <=,
                           1e-12);
        g_assert_cmpfloat (extrema.min, ==, least);
        g_assert_cmpfloat (extrema.max, ==, greatest);
      }
}

static void
test_equal (void)
{
  g_autoptr (FxpMeasuring) measuring = fxp_measuring_new (NULL);
  float values[100];
  FxpMoments moments;

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = 0.1f;
  moments = fxp_measuring_get_moments (measuring, values, G_N_ELEMENTS (values));
  g_assert_cmpfloat (fxp_moments_get_variance (&moments), ==, 0.0);
  memset (values, 0, sizeof values);
  moments = fxp_measuring_get_moments (measuring, values, G_N_ELEMENTS (values));
  g_assert_cmpfloat (fxp_moments_get_variance (&moments), ==, 0.0);
  moments = fxp_measuring_get_moments (measuring, values, 0);
  g_assert_true (isnan (fxp_moments_get_variance (&moments)));
}

/* Wherever it lies, what is not finite is told. */
static void
test_nonfinite (void)
{
  static const float bad[] = {NAN, -NAN, INFINITY, -INFINITY};
  g_autoptr (FxpMeasuring) measuring = fxp_measuring_new (NULL);
  const gsize n = 9001;
  g_autofree float *values = draw (n, 0.0);

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    for (gsize at = 0; at < n; at += 37)
      {
        const float kept = values[at];
        FxpMoments moments;
        FxpExtrema extrema;

        values[at] = bad[i];
        moments = fxp_measuring_get_moments (measuring, values, n);
        extrema = fxp_measuring_get_extrema (measuring, values, n);
        values[at] = kept;
        g_assert_true (isnan (fxp_moments_get_variance (&moments)));
        g_assert_true (isnan (extrema.min) && isnan (extrema.max));
      }
}

static void
test_extremes (void)
{
  const float values[] = {-0.0f, 0.0f, 1e-45f, -1e-45f, -3e38f, 3e38f};
  g_autoptr (FxpMeasuring) measuring = fxp_measuring_new (NULL);
  FxpExtrema extrema = fxp_measuring_get_extrema (measuring, values, 6);

  g_assert_cmpfloat (extrema.min, ==, (double)-3e38f);
  g_assert_cmpfloat (extrema.max, ==, (double)3e38f);
  extrema = fxp_measuring_get_extrema (measuring, values, 4);
  g_assert_cmpfloat (extrema.min, ==, (double)-1e-45f);
  g_assert_cmpfloat (extrema.max, ==, (double)1e-45f);
  extrema = fxp_measuring_get_extrema (measuring, values + 3, 2);
  g_assert_cmpfloat (extrema.max, ==, (double)-1e-45f);
}

static void
check_kernel (const FxpMomentsKernel *kernel)
{
  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autofree float *values = draw (lengths[i], 0.25);
      const FxpMoments expected = fxp_moments_kernel_plain.add_up (values, lengths[i]);
      const FxpMoments found = kernel->add_up (values, lengths[i]);
      const FxpKeyExtrema keys = fxp_moments_kernel_plain.compare (values, lengths[i]);
      const FxpKeyExtrema other = kernel->compare (values, lengths[i]);

      g_assert_cmpmem (&found, sizeof found, &expected, sizeof expected);
      g_assert_cmpmem (&other, sizeof other, &keys, sizeof keys);
    }
}

static void
test_vectors (void)
{
  check_kernel (fxp_moments_kernel_get ());
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    check_kernel (&fxp_moments_kernel_avx2);
#endif
}

static void
test_threads (void)
{
  const gsize n = 5000003;
  g_autofree float *values = draw (n, 0.1);
  FxpMoments first = {0};

  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (FxpTeam) team = fxp_team_new (n_threads);
      g_autoptr (FxpMeasuring) measuring = fxp_measuring_new (team);
      const FxpMoments moments = fxp_measuring_get_moments (measuring, values, n);

      if (n_threads == 1)
        first = moments;
      g_assert_cmpmem (&moments, sizeof moments, &first, sizeof first);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/moments/against-plain", test_against_plain);
  g_test_add_func ("/moments/equal", test_equal);
  g_test_add_func ("/moments/nonfinite", test_nonfinite);
  g_test_add_func ("/moments/extremes", test_extremes);
  g_test_add_func ("/moments/vectors", test_vectors);
  g_test_add_func ("/moments/threads", test_threads);
  return g_test_run ();
}
