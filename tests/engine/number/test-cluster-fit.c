/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <string.h>

#include "number/cluster-fit-private.h"
#include "number/elementary.h"
#include "weight-draws.h"

#define N_SAMPLES 100000

static void
test_examples (void)
{
  static const double four[] = {0.9, -0.5, 0.3, 0.1}, ones[] = {1, 1, 1, 1}, zeros[5] = {0};
  static const double nine[] = {.05, -.02, .8, -.75, .4, -.35, .1, 0, -.6};
  gint8 codes[9];
  FxpClusterFit fit;

  /* T1 */
  fit = fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, four, 4, 1, codes);
  assert_near (fit.scale, 0.7, 1e-15);
  assert_near (fit.threshold, 0.35, 1e-15);
  assert_near (fit.error, 0.18, 1e-15);
  g_assert_cmpmem (codes, 4, ((const gint8[]){1, -1, 0, 0}), 4);
  g_assert_cmpuint (fit.n, ==, 4);
  g_assert_cmpuint (fit.n_kept, ==, 2);
  /* T2 */
  fit = fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, ones, 2, 2, codes);
  g_assert_cmpfloat (fit.scale, ==, 1.0);
  g_assert_cmpfloat (fit.error, ==, 0.0);
  g_assert_cmpuint (fit.n_kept, ==, 4);
  /* T4 */
  fit = fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, nine, 1, 9, codes);
  assert_near (fit.scale, 0.58, 1e-15);
  assert_near (fit.error, 0.1759, 1e-15);
  g_assert_cmpuint (fit.n_kept, ==, 5);
  g_assert_cmpmem (codes, 9, ((const gint8[]){0, 0, 1, -1, 1, -1, 0, 0, -1}), 9);
  /* T3, of every method */
  for (gsize i = 0; i < G_N_ELEMENTS (ternary); i++)
    {
      memset (codes, 7, sizeof codes);
      fit = fxp_cluster_fit (ternary[i], zeros, 5, 1, codes);
      g_assert_cmpfloat (fit.scale, ==, 0.0);
      g_assert_cmpfloat (fit.threshold, ==, 0.0);
      g_assert_cmpfloat (fit.error, ==, 0.0);
      g_assert_cmpuint (fit.n_kept, ==, 0);
      g_assert_cmpmem (codes, 5, ((const gint8[5]){0}), 5);
    }
}

/* The least error of any codes in {-1, 0, 1}^n with the scale that suits them best. */
static double
search_least_error (const double *weights, gsize n)
{
  double energy = get_energy (weights, n), least = energy;
  guint n_vectors = 1;

  for (gsize i = 0; i < n; i++)
    n_vectors *= 3;
  for (guint vector = 0; vector < n_vectors; vector++)
    {
      guint rest = vector, n_kept = 0;
      double product = 0.0;

      for (gsize i = 0; i < n; i++, rest /= 3)
        {
          int code = (int)(rest % 3) - 1;

          product += code * weights[i];
          n_kept += code != 0;
        }
      if (n_kept > 0 && product > 0.0)
        least = MIN (least, energy - product * product / n_kept);
    }
  return least;
}

/* T5, and T6 with it: kept >= scale / 2 >= dropped. */
static void
test_brute_force (void)
{
  for (guint64 trial = 0; trial < 1000; trial++)
    {
      gsize n = 1 + trial % 8;
      double weights[8];
      gint8 codes[8];
      FxpClusterFit fit;

      fill (weights, n, trial);
      fit = fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, weights, n, 1, codes);
      assert_near (fit.error, get_error (weights, codes, fit.scale, n), 1e-12);
      g_assert_cmpfloat (fit.error, <=, search_least_error (weights, n) + 1e-12);
      assert_near (fit.threshold, fit.scale / 2.0, 1e-15);
      for (gsize i = 0; i < n; i++)
        {
          g_assert_cmpint (codes[i],
                           ==,
                           fabs (weights[i]) <= fit.threshold ? 0
                           : weights[i] < 0                   ? -1
                                                              : 1);
        }
    }
}

typedef double (*Draw) (FxpNoise noise, guint32 i);

static double
draw_laplace (FxpNoise noise, guint32 i)
{
  double u = fxp_noise_uniform (noise, i) - 0.5;

  return (u < 0.0 ? 1.0 : -1.0) * fxp_log (1.0 - 2.0 * fabs (u));
}

static double
draw_uniform (FxpNoise noise, guint32 i)
{
  return 2.0 * fxp_noise_uniform (noise, i) - 1.0;
}

/* T7 */
static void
test_closed_forms (void)
{
  static const struct
  {
    Draw draw;
    double scale, scale_within, kept, kept_within, error, error_within;
  } rows[] = {
    {fxp_noise_normal, 1.224, 0.01, 0.541, 0.01, 0.190, 0.003},
    {draw_laplace, 2.0, 0.05, 0.368, 0.01, 0.264, 0.006},
    {draw_uniform, 0.667, 0.005, 0.667, 0.01, 0.111, 0.002},
  };
  g_autofree double *weights = g_new (double, N_SAMPLES);
  g_autofree gint8 *codes = g_new (gint8, N_SAMPLES);

  for (gsize k = 0; k < G_N_ELEMENTS (rows); k++)
    {
      FxpNoise noise = new_noise (7 + k);
      FxpClusterFit fit;

      for (guint32 i = 0; i < N_SAMPLES; i++)
        weights[i] = rows[k].draw (noise, i);
      fit = fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, weights, N_SAMPLES, 1, codes);
      assert_near (fit.scale, rows[k].scale, rows[k].scale_within);
      assert_near ((double)fit.n_kept / N_SAMPLES, rows[k].kept, rows[k].kept_within);
      assert_near (fit.error / get_energy (weights, N_SAMPLES),
                   rows[k].error,
                   rows[k].error_within);
    }
}

/* T8, T9 and T6 on clusters of several kernels. */
static void
test_least_error (void)
{
  for (guint64 trial = 0; trial < 500; trial++)
    {
      gsize n_pixels = trial % 2 == 0 ? 9 : 1, n_kernels = 1 + trial % 7, n = n_kernels * n_pixels;
      double weights[N_MAX], sum = 0.0, squares = 0.0;
      gint8 best_codes[N_MAX], codes[N_MAX];
      FxpClusterFit best;

      fill (weights, n, trial);
      best = fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, weights, n_kernels, n_pixels, best_codes);
      for (gsize i = 0; i < G_N_ELEMENTS (ternary); i++)
        {
          FxpClusterFit fit = fxp_cluster_fit (ternary[i], weights, n_kernels, n_pixels, codes);

          g_assert_cmpfloat (best.error, <=, fit.error + 1e-12);
          assert_near (fit.error, get_error (weights, codes, fit.scale, n), 1e-12);
        }
      for (gsize i = 0; i < n; i++)
        if (best_codes[i] != 0)
          {
            sum += fabs (weights[i]);
            squares += weights[i] * weights[i];
          }
      if (best.n_kept == 0)
        continue;
      assert_near (best.scale, sum / best.n_kept, 1e-12);
      g_assert_cmpfloat (sqrt (squares / best.n_kept), >=, best.scale * (1.0 - 1e-15));
    }
}

/* T11: a power of two, a sign and an order of the weights pass through.  Sums of the other methods
 * are of another order then, so only the optimum's scale is the same to the bit. */
static void
test_equivariance (void)
{
  for (guint64 trial = 0; trial < 300; trial++)
    for (gsize m = 0; m < G_N_ELEMENTS (ternary); m++)
      {
        const gsize n = 36;
        double weights[N_MAX], changed[N_MAX];
        gint8 codes[N_MAX], changed_codes[N_MAX];
        FxpClusterFit fit, changed_fit;
        guint32 order[N_MAX];

        fill (weights, n, trial);
        fit = fxp_cluster_fit (ternary[m], weights, 4, 9, codes);
        for (gsize i = 0; i < n; i++)
          changed[i] = -0x1p-7 * weights[i];
        changed_fit = fxp_cluster_fit (ternary[m], changed, 4, 9, changed_codes);
        g_assert_cmpfloat (changed_fit.scale, ==, 0x1p-7 * fit.scale);
        g_assert_cmpfloat (changed_fit.threshold, ==, 0x1p-7 * fit.threshold);
        for (gsize i = 0; i < n; i++)
          g_assert_cmpint (changed_codes[i], ==, -codes[i]);

        if (ternary[m] != FXP_CLUSTER_OPTIMAL)
          continue;
        for (guint32 i = 0; i < n; i++)
          order[i] = i;
        fxp_noise_shuffle (new_noise (trial + 1000), order, (guint32)n);
        for (gsize i = 0; i < n; i++)
          changed[i] = weights[order[i]];
        changed_fit = fxp_cluster_fit (ternary[m], changed, 4, 9, changed_codes);
        g_assert_cmpfloat (changed_fit.scale, ==, fit.scale);
        for (gsize i = 0; i < n; i++)
          g_assert_cmpint (changed_codes[i], ==, codes[order[i]]);
      }
}

/* T15: the scale of a lone weight is no less than the weight, so it is not above it. */
static void
test_literal_keeps_nothing (void)
{
  static const double weights[] = {0.75, -3.0, 1e-3, 1.0 / 3.0};
  gint8 code = 7;

  for (gsize i = 0; i < G_N_ELEMENTS (weights); i++)
    {
      FxpClusterFit fit = fxp_cluster_fit (FXP_CLUSTER_RMS_LITERAL, weights + i, 1, 1, &code);

      g_assert_cmpint (code, ==, 0);
      g_assert_cmpuint (fit.n_kept, ==, 0);
      g_assert_cmpfloat (fit.scale, ==, 0.0);
      g_assert_cmpfloat (fit.threshold, ==, fabs (weights[i]));
      assert_near (fit.error, weights[i] * weights[i], 1e-15);
    }
}

/* One sign alone is the fit of the weights of that sign, the others taken away. */
static void
test_one_sign (void)
{
  static const FxpClusterMethod methods[] = {FXP_CLUSTER_OPTIMAL, FXP_CLUSTER_TWN};

  for (guint64 trial = 0; trial < 200; trial++)
    for (gsize m = 0; m < G_N_ELEMENTS (methods); m++)
      for (int sign = -1; sign <= 1; sign += 2)
        {
          double weights[N_MAX], alone[N_MAX], room[FXP_CLUSTER_FIT_ROOM * N_MAX];
          gint8 codes[N_MAX], alone_codes[N_MAX];
          gsize n = 1 + trial % N_MAX, n_alone = 0;
          FxpClusterFit fit, alone_fit;

          fill (weights, n, trial);
          for (gsize i = 0; i < n; i++)
            if (sign * weights[i] > 0.0)
              alone[n_alone++] = weights[i];
          fit = fxp_cluster_fit_in_room (methods[m], sign, weights, n, 1, room, codes);
          alone_fit = fxp_cluster_fit (methods[m], alone, n_alone, 1, alone_codes);
          g_assert_cmpfloat (fit.scale, ==, alone_fit.scale);
          g_assert_cmpfloat (fit.threshold, ==, alone_fit.threshold);
          for (gsize i = 0, k = 0; i < n; i++)
            g_assert_cmpint (codes[i], ==, sign * weights[i] > 0.0 ? alone_codes[k++] : 0);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/cluster-fit/T1-T4-examples", test_examples);
  g_test_add_func ("/number/cluster-fit/T5-T6-brute-force", test_brute_force);
  g_test_add_func ("/number/cluster-fit/T7-closed-forms", test_closed_forms);
  g_test_add_func ("/number/cluster-fit/T8-T9-least-error", test_least_error);
  g_test_add_func ("/number/cluster-fit/T11-equivariance", test_equivariance);
  g_test_add_func ("/number/cluster-fit/T15-literal-keeps-nothing", test_literal_keeps_nothing);
  g_test_add_func ("/number/cluster-fit/one-sign", test_one_sign);

  return g_test_run ();
}
