/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>
#include <string.h>

#include "number/clustering-private.h"
#include "weight-layer.h"

static double
get_error_real (const Layer *layer, FxpGranularity granularity, guint size)
{
  g_autoptr (FxpClusters) clusters =
    make (layer, new_options (FXP_CLUSTER_OPTIMAL, 2, granularity, size));

  return get_report (clusters).error_real;
}

/* Scale before it is quantized, by fitting the cluster's own weights. */
static double
fit_plainly (const Layer *layer, const FxpClusters *clusters, gsize cluster)
{
  const FxpClusterOptions *options = fxp_clusters_get_options (clusters);
  const FxpWeightShape *shape = &layer->shape;
  g_autofree double *weights = g_new (double, layer->n);
  g_autofree gint8 *codes = g_new (gint8, layer->n);
  gsize n = 0;

  for (gsize i = 0; i < layer->n; i++)
    if (fxp_clusters_find (clusters,
                           i / shape->n_pixels / shape->n_inputs,
                           i / shape->n_pixels % shape->n_inputs,
                           i % shape->n_pixels) == cluster)
      weights[n++] = layer->weights[i];
  if (options->granularity == FXP_GRANULARITY_WEIGHTS)
    return fxp_cluster_fit (options->method, weights, n, 1, codes).scale;
  return fxp_cluster_fit (options->method, weights, n / shape->n_pixels, shape->n_pixels, codes)
    .scale;
}

/* alpha_q = clip ([alpha 2^-e], 0, 255) 2^e, e = floor (log2 max alpha) - 7. */
static void
test_scale_formula (void)
{
  g_auto (Layer) layer = new_layer (5, 10, 9, 2);

  for (guint g = 0; g < FXP_N_GRANULARITIES; g++)
    for (guint method = FXP_CLUSTER_OPTIMAL; method <= FXP_CLUSTER_RMS_REFIT; method++)
      {
        g_autoptr (FxpClusters) clusters = make (&layer, new_options (method, 2, g, 4));
        gsize n = fxp_clusters_get_n_clusters (clusters);
        const guint16 *scales = fxp_clusters_get_scales (clusters, 0);
        double max = 0.0;
        int exponent;

        for (gsize i = 0; i < n; i++)
          max = MAX (max, fit_plainly (&layer, clusters, i));
        frexp (max, &exponent);
        exponent = exponent - 1 - 7;
        g_assert_cmpint (fxp_clusters_get_exponent (clusters), ==, exponent);
        for (gsize i = 0; i < n; i++)
          {
            double scale = ldexp (fit_plainly (&layer, clusters, i), -exponent);

            g_assert_cmpuint (scales[i], ==, (guint)MIN (floor (scale + 0.5), 255.0));
          }
      }
}

/* T10: nested clusters only gain from being finer, and groups of weights from being groups of one
 * pixel. */
static void
test_refinement (void)
{
  static const gsize n_pixels[] = {1, 9};

  for (guint k = 0; k < 2; k++)
    {
      g_auto (Layer) layer = new_layer (8, 64, n_pixels[k], 10 + k);

      for (guint size = 1; size <= 32; size *= 2)
        {
          double kernels = get_error_real (&layer, FXP_GRANULARITY_KERNELS, size);
          double weights = get_error_real (&layer, FXP_GRANULARITY_WEIGHTS, size);

          g_assert_cmpfloat (kernels,
                             <=,
                             get_error_real (&layer, FXP_GRANULARITY_KERNELS, 2 * size) + 1e-12);
          g_assert_cmpfloat (weights,
                             <=,
                             get_error_real (&layer, FXP_GRANULARITY_WEIGHTS, 2 * size) + 1e-12);
          if (n_pixels[k] == 1)
            g_assert_cmpfloat (weights, ==, kernels);
          else
            g_assert_cmpfloat (weights, <, kernels);
        }
      g_assert_cmpfloat (get_error_real (&layer, FXP_GRANULARITY_KERNELS, 64),
                         ==,
                         get_error_real (&layer, FXP_GRANULARITY_FILTER, 1));
      g_assert_cmpfloat (get_error_real (&layer, FXP_GRANULARITY_FILTER, 1),
                         <,
                         get_error_real (&layer, FXP_GRANULARITY_LAYER, 1));
    }
}

/* T12 */
static void
test_lone_weights (void)
{
  g_auto (Layer) layer = new_layer (4, 8, 9, 12);

  g_assert_cmpfloat (get_error_real (&layer, FXP_GRANULARITY_WEIGHTS, 1), ==, 0.0);
}

/* T13 on a normal layer. */
static void
test_scale_loss (void)
{
  g_auto (Layer) layer = new_layer (64, 64, 9, 13);

  for (guint size = 1; size <= 64; size *= 4)
    {
      g_autoptr (FxpClusters) clusters =
        make (&layer, new_options (FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, size));
      FxpClusterReport report = get_report (clusters);
      const guint16 *scales = fxp_clusters_get_scales (clusters, 0);
      double squares = 0.0, max = 0.0;

      for (gsize i = 0; i < report.n_clusters; i++)
        {
          squares += (double)scales[i] * scales[i];
          max = MAX (max, scales[i]);
        }
      g_assert_cmpfloat (sqrt (squares / (double)report.n_clusters), >=, max / 16.0);
      g_assert_cmpfloat (10.0 * log10 (report.error / report.error_real), <, 0.1);
    }
}

/* T16: Gaussian energy left behind one to four steps. */
static void
test_residual (void)
{
  static const double left[] = {0.192, 0.043, 0.018, 0.0071};
  g_auto (Layer) layer = new_layer (1, 100000, 1, 16);

  for (guint terms = 1; terms <= FXP_CLUSTER_TERMS_MAX; terms++)
    {
      FxpClusterOptions options = new_options (FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_LAYER, 1);
      g_autoptr (FxpClusters) clusters = NULL;
      FxpClusterReport report;

      options.terms = terms;
      clusters = make (&layer, options);
      report = get_report (clusters);
      g_assert_cmpuint (fxp_clusters_get_n_terms (clusters), ==, terms);
      g_test_message ("%u terms leave %.4f", terms, report.error_real / report.energy);
      g_assert_cmpfloat (fabs (report.error_real / report.energy / left[terms - 1] - 1.0), <, 0.05);
      g_assert_cmpfloat (report.bits_per_weight, ==, terms * (2.0 + 8.0 / 100000));
    }
}

/* Two terms of one sign each: a weight has a code in one of them at most, and either is the optimum
 * of its sign alone. */
static void
test_asymmetric (void)
{
  g_auto (Layer) layer = new_layer (4, 16, 9, 20);
  FxpClusterOptions options = new_options (FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4);
  g_autoptr (FxpClusters) clusters = NULL;
  double error = 0.0;

  for (gsize i = 0; i < layer.n; i++)
    layer.weights[i] += 0.05;
  options.asymmetric = TRUE;
  options.terms = 2;
  clusters = make (&layer, options);
  g_assert_cmpuint (fxp_clusters_get_n_terms (clusters), ==, 4);
  for (guint term = 0; term < 4; term++)
    for (gsize i = 0; i < layer.n; i++)
      {
        int code = fxp_clusters_get_codes (clusters, term)[i];

        g_assert_true (code == 0 || code == (term % 2 == 0 ? 1 : -1));
        if (code != 0 && term % 2 == 1)
          g_assert_cmpint (fxp_clusters_get_codes (clusters, term - 1)[i], ==, 0);
      }

  options.terms = 1;
  g_clear_pointer (&clusters, fxp_clusters_unref);
  clusters = make (&layer, options);
  for (gsize first = 0; first < layer.n; first += 36)
    for (int sign = -1; sign <= 1; sign += 2)
      {
        double part[36];
        gint8 codes[36];

        for (gsize i = 0; i < 36; i++)
          part[i] = MAX (sign * layer.weights[first + i], 0.0);
        error += fxp_cluster_fit (FXP_CLUSTER_OPTIMAL, part, 4, 9, codes).error;
      }
  g_assert_cmpfloat_with_epsilon (get_report (clusters).error_real, error, 1e-9 * error);
}

/* 2.4 */
static void
test_linear (void)
{
  g_auto (Layer) layer = new_layer (3, 8, 9, 24);

  for (guint bits = FXP_CLUSTER_BITS_MIN; bits <= FXP_CLUSTER_BITS_MAX; bits++)
    {
      g_autoptr (FxpClusters) clusters =
        make (&layer, new_options (FXP_CLUSTER_LINEAR, bits, FXP_GRANULARITY_KERNELS, 4));
      int greatest = (1 << (bits - 1)) - 1;

      for (gsize i = 0; i < layer.n; i++)
        {
          gsize first = i / 36 * 36;
          double max = 0.0, y;

          for (gsize k = first; k < first + 36; k++)
            max = MAX (max, fabs (layer.weights[k]));
          y = layer.weights[i] / (max / greatest);
          g_assert_cmpint (fxp_clusters_get_codes (clusters, 0)[i],
                           ==,
                           (int)CLAMP (floor (y + 0.5), -greatest, greatest));
        }
      g_assert_cmpfloat (get_report (clusters).bits_per_weight, ==, bits + 8.0 / 36);
    }
}

/* Dynamic fixed point, an exponent per cluster; one that lies too far below the others is raised.
 */
static void
test_power (void)
{
  static const double weights[] = {3.7, -1.0, 0.99, 0.4, 0.0, 0.0, 1e-6, -0.9e-4};
  static const FxpWeightShape shape = {4, 2, 1};
  FxpClusterOptions options = new_options (FXP_CLUSTER_POWER, 8, FXP_GRANULARITY_FILTER, 1);
  g_autoptr (FxpClusters) clusters = fxp_clusters_new (&options, &shape, weights);
  const guint16 *scales = fxp_clusters_get_scales (clusters, 0);
  const gint8 *codes = fxp_clusters_get_codes (clusters, 0);

  /* Greatest: e = -5, so that -20 is the least; the last cluster's own is -20, floor (log2 0.9e-4)
   * = -14. */
  g_assert_cmpint (fxp_clusters_get_exponent (clusters), ==, -20);
  g_assert_cmpmem (scales, 8, ((const guint16[]){1 << 15, 1 << 13, 1, 1}), 8);
  g_assert_cmpmem (codes, 8, ((const gint8[]){118, -32, 127, 51, 0, 0, 1, -94}), 8);
  g_assert_cmpuint (get_report (clusters).n_vanished, ==, 1);
}

/* An exponent further below than 15 is raised, its codes are rounded anew, to 0 at last. */
static void
test_power_apart (void)
{
  static const double weights[] = {1.0, 0x1p-20, 0x1.8p-30, 0x1p-23};
  static const FxpWeightShape shape = {4, 1, 1};
  FxpClusterOptions options = new_options (FXP_CLUSTER_POWER, 4, FXP_GRANULARITY_FILTER, 1);
  g_autoptr (FxpClusters) clusters = fxp_clusters_new (&options, &shape, weights);

  g_assert_cmpint (fxp_clusters_get_exponent (clusters), ==, -17);
  g_assert_cmpmem (fxp_clusters_get_scales (clusters, 0),
                   8,
                   ((const guint16[]){1 << 15, 1, 1, 1}),
                   8);
  /* 2^-20 is an eighth of the step. */
  g_assert_cmpmem (fxp_clusters_get_codes (clusters, 0), 4, ((const gint8[]){4, 0, 0, 0}), 4);
  g_assert_cmpuint (get_report (clusters).n_vanished, ==, 3);
  g_assert_cmpfloat (get_report (clusters).error_real, ==, 0.0);
  g_assert_cmpfloat (get_report (clusters).error, >, 0.0);
}

static void
test_plain (void)
{
  static const double weights[] = {3.7, -1.0, 0.01, 0.015625, -3.99, NAN};
  static const FxpWeightShape shape = {2, 3, 1};
  g_autoptr (FxpClusters) clusters = fxp_clusters_new_plain (8, &shape, weights);
  double values[6];

  g_assert_true (fxp_clusters_is_plain (clusters));
  g_assert_cmpuint (fxp_clusters_get_n_clusters (clusters), ==, 1);
  g_assert_cmpuint (fxp_clusters_get_scales (clusters, 0)[0], ==, 1);
  g_assert_cmpint (fxp_clusters_get_exponent (clusters), ==, -5);
  g_assert_true (isnan (fxp_clusters_get_threshold (clusters, 0)));
  /* [0.5] is 1, and -127.68 saturates at -127. */
  g_assert_cmpmem (fxp_clusters_get_codes (clusters, 0),
                   6,
                   ((const gint8[]){118, -32, 0, 1, -127, 0}),
                   6);
  fxp_clusters_decode (clusters, values);
  g_assert_cmpfloat (values[0], ==, 3.6875);
  g_assert_cmpuint (get_report (clusters).n_nonfinite, ==, 1);
  g_assert_cmpfloat (get_report (clusters).bits_per_weight, ==, 8.0);
}

/* A second run leaves nothing of the first. */
static void
test_again (void)
{
  g_auto (Layer) a = new_layer (4, 10, 9, 40);
  g_auto (Layer) b = new_layer (4, 10, 9, 41);
  g_autofree double *values = g_new (double, a.n), *again = g_new (double, a.n);

  for (guint method = FXP_CLUSTER_OPTIMAL; method < FXP_N_CLUSTER_METHODS; method++)
    {
      FxpClusterOptions options = new_options (method, 2, FXP_GRANULARITY_KERNELS, 4);
      g_autoptr (FxpClustering) clustering = fxp_clustering_new (&options, &a.shape);
      g_autoptr (FxpClusters) clusters = make (&b, options);
      FxpClusterReport report = get_report (clusters), found;

      a.weights[7] = NAN;
      fxp_clustering_run (clustering, a.weights);
      found = get_report (fxp_clustering_run (clustering, b.weights));
      g_assert_cmpmem (&found, sizeof found, &report, sizeof report);
      fxp_clusters_decode (clusters, values);
      fxp_clusters_decode (fxp_clustering_run (clustering, b.weights), again);
      g_assert_cmpmem (values, a.n * sizeof *values, again, a.n * sizeof *values);
    }
}

/* The weights of a network for Fashion-MNIST, at every method: told, and far below what a person
 * notices. */
static void
test_speed (void)
{
  static const gsize shapes[][3] =
    {{32, 1, 9}, {64, 32, 9}, {64, 64, 9}, {128, 64, 1}, {64, 128, 1}, {10, 64, 1}};
  static const guint sizes[] = {1, 4, 64};

  for (guint method = FXP_CLUSTER_OPTIMAL; method < FXP_N_CLUSTER_METHODS; method++)
    for (guint g = FXP_GRANULARITY_LAYER; g < FXP_N_GRANULARITIES; g++)
      for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
        {
          gint64 used = 0;

          for (gsize i = 0; i < G_N_ELEMENTS (shapes); i++)
            {
              g_auto (Layer) layer = new_layer (shapes[i][0], shapes[i][1], shapes[i][2], i);
              gint64 start = g_get_monotonic_time ();
              g_autoptr (FxpClusters) clusters =
                make (&layer, new_options (method, 2, g, sizes[s]));

              used += g_get_monotonic_time () - start;
            }
          g_test_message ("%s, %s, N = %u: %.2f ms",
                          fxp_cluster_method_get_nick (method),
                          fxp_granularity_get_nick (g),
                          sizes[s],
                          (double)used / 1000.0);
          g_assert_cmpint (used, <, 1000000);
        }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/clustering/scale-formula", test_scale_formula);
  g_test_add_func ("/number/clustering/T10-refinement", test_refinement);
  g_test_add_func ("/number/clustering/T12-lone-weights", test_lone_weights);
  g_test_add_func ("/number/clustering/T13-scale-loss", test_scale_loss);
  g_test_add_func ("/number/clustering/T16-residual", test_residual);
  g_test_add_func ("/number/clustering/asymmetric", test_asymmetric);
  g_test_add_func ("/number/clustering/linear", test_linear);
  g_test_add_func ("/number/clustering/power", test_power);
  g_test_add_func ("/number/clustering/power-apart", test_power_apart);
  g_test_add_func ("/number/clustering/plain", test_plain);
  g_test_add_func ("/number/clustering/again", test_again);
  g_test_add_func ("/number/clustering/speed", test_speed);

  return g_test_run ();
}
