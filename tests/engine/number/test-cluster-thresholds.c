/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <stdlib.h>

#include "weight-draws.h"

static int
compare_descending (const void *a, const void *b)
{
  double difference = *(const double *)b - *(const double *)a;

  return difference > 0.0 ? 1 : difference < 0.0 ? -1 : 0;
}

/* What (A) of 2.2 takes from a kernel, by trying every support. */
static double
measure_plainly (FxpClusterMethod method, const double *kernel, gsize n)
{
  double sorted[N_MAX], least = INFINITY, best = 0.0;

  for (gsize i = 0; i < n; i++)
    sorted[i] = fabs (kernel[i]);
  qsort (sorted, n, sizeof *sorted, compare_descending);
  for (gsize k = 1; k <= n; k++)
    {
      double mean = 0.0, square = 0.0, scale, error = 0.0;

      for (gsize i = 0; i < k; i++)
        {
          mean += sorted[i] / (double)k;
          square += sorted[i] * sorted[i] / (double)k;
        }
      scale = method == FXP_CLUSTER_HIERARCHICAL ? mean : sqrt (square);
      for (gsize i = 0; i < n; i++)
        error += (sorted[i] - (i < k ? scale : 0.0)) * (sorted[i] - (i < k ? scale : 0.0));
      if (error < least - 1e-12)
        {
          least = error;
          best = method == FXP_CLUSTER_HIERARCHICAL ? sorted[k - 1] : scale;
        }
    }
  return best;
}

/* Error of the best of the thresholds A_s, by (B) to (D) as they are written. */
static double
search_hierarchical (FxpClusterMethod method,
                     const double *weights,
                     gsize n_kernels,
                     gsize n_pixels)
{
  const gsize n = n_kernels * n_pixels;
  double kernels[N_MAX], least = INFINITY;

  for (gsize i = 0; i < n_kernels; i++)
    kernels[i] = measure_plainly (method, weights + i * n_pixels, n_pixels);
  qsort (kernels, n_kernels, sizeof *kernels, compare_descending);
  for (gsize s = 1; s <= n_kernels; s++)
    {
      double square = 0.0, threshold, sum = 0.0, scale, error = 0.0;
      gint8 codes[N_MAX] = {0};
      guint n_kept = 0;

      for (gsize i = 0; i < s; i++)
        square += kernels[i] * kernels[i] / (double)s;
      /* The same number, rounded otherwise, is not above an RMS scale, and at a least magnitude. */
      threshold = sqrt (square) * (method == FXP_CLUSTER_HIERARCHICAL ? 1.0 - 1e-14 : 1.0 + 1e-14);
      for (gsize i = 0; i < n; i++)
        if (fabs (weights[i]) > threshold)
          {
            codes[i] = weights[i] < 0.0 ? -1 : 1;
            sum += fabs (weights[i]);
            n_kept++;
          }
      scale = method == FXP_CLUSTER_RMS_LITERAL ? threshold : n_kept > 0 ? sum / n_kept : 0.0;
      error = get_error (weights, codes, scale, n);
      least = MIN (least, error);
    }
  return least;
}

static void
test_hierarchical (void)
{
  for (guint64 trial = 1; trial < 600; trial++)
    {
      gsize n_pixels = trial % 2 == 0 ? 9 : 1, n_kernels = 1 + trial % 7;
      double weights[N_MAX];
      gint8 codes[N_MAX];

      if (trial % 3 == 0)
        continue; /* equal magnitudes: there rounding decides what lies above a threshold */
      fill (weights, n_kernels * n_pixels, trial);
      for (gsize i = 2; i < G_N_ELEMENTS (ternary); i++)
        {
          FxpClusterFit fit = fxp_cluster_fit (ternary[i], weights, n_kernels, n_pixels, codes);

          assert_near (fit.error,
                       search_hierarchical (ternary[i], weights, n_kernels, n_pixels),
                       1e-11);
        }
    }
}

/* The relative errors of the specification's table, 2.2, which were measured on two layers of 3 x 3
 * and two of 1 x 1 kernels; what is trained is nearly normal. */
static void
test_table (void)
{
  static const guint sizes[] = {4, 64};
  static const double expected[][2] = {{0.139, 0.186},
                                       {0.148, 0.189},
                                       {0.212, 0.247},
                                       {0.309, 0.345},
                                       {0.340, 0.400}};
  g_autofree double *weights = g_new (double, 64 * 9);
  g_autofree gint8 *codes = g_new (gint8, 64 * 9);

  for (gsize m = 0; m < G_N_ELEMENTS (ternary); m++)
    for (gsize k = 0; k < G_N_ELEMENTS (sizes); k++)
      {
        double relative = 0.0;

        for (gsize n_pixels = 1; n_pixels <= 9; n_pixels += 8)
          {
            const gsize n = sizes[k] * n_pixels;
            double energy = 0.0, error = 0.0;

            for (guint64 trial = 0; trial < 20000 / n; trial++)
              {
                FxpNoise noise = new_noise (trial);

                for (gsize i = 0; i < n; i++)
                  weights[i] = fxp_noise_normal (noise, (guint32)i);
                energy += get_energy (weights, n);
                error += fxp_cluster_fit (ternary[m], weights, sizes[k], n_pixels, codes).error;
              }
            relative += error / energy / 2.0;
          }
        g_test_message ("%s, N = %u: %.3f",
                        fxp_cluster_method_get_nick (ternary[m]),
                        sizes[k],
                        relative);
        assert_near (relative, expected[m][k], 0.012);
      }
}

static void
test_twn (void)
{
  static const double weights[] = {1.0, -0.5, 0.31, 0.3, -0.1};
  gint8 codes[5];
  FxpClusterFit fit = fxp_cluster_fit (FXP_CLUSTER_TWN, weights, 5, 1, codes);

  assert_near (fit.threshold, 0.7 * 2.21 / 5, 1e-15);
  assert_near (fit.scale, 1.81 / 3, 1e-15);
  g_assert_cmpmem (codes, 5, ((const gint8[]){1, -1, 1, 0, 0}), 5);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/cluster-thresholds/hierarchical", test_hierarchical);
  g_test_add_func ("/number/cluster-thresholds/table", test_table);
  g_test_add_func ("/number/cluster-thresholds/twn", test_twn);

  return g_test_run ();
}
