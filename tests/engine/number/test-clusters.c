/* SPDX-License-Identifier: MIT */
#include "config.h"

#include <math.h>
#include <string.h>

#include "number/error.h"
#include "weight-layer.h"

/* The cluster of a weight, told apart by what it shares with others. */
static gboolean
is_shared (const FxpClusterOptions *options, gsize n_inputs, const gsize a[3], const gsize b[3])
{
  gsize size = MIN (options->size, n_inputs);

  switch (options->granularity)
    {
    case FXP_GRANULARITY_LAYER:
      return TRUE;
    case FXP_GRANULARITY_FILTER:
      return a[0] == b[0];
    case FXP_GRANULARITY_KERNELS:
      return a[0] == b[0] && a[1] / size == b[1] / size;
    default:
      return a[0] == b[0] && a[1] / size == b[1] / size && a[2] == b[2];
    }
}

/* Every granularity divides the weights as it says, with a short last cluster and with more asked
 * for than there are inputs. */
static void
test_division (void)
{
  static const guint sizes[] = {1, 3, 4, 7, 100};
  g_auto (Layer) layer = new_layer (3, 7, 4, 1);

  for (guint g = 0; g < FXP_N_GRANULARITIES; g++)
    for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
      {
        FxpClusterOptions options = new_options (FXP_CLUSTER_OPTIMAL, 2, g, sizes[s]);
        g_autoptr (FxpClusters) clusters = make (&layer, options);
        guint found[200] = {0};
        gsize n_used = 0;

        for (gsize i = 0; i < layer.n; i++)
          {
            const gsize a[3] = {i / 28, i / 4 % 7, i % 4};
            gsize cluster = fxp_clusters_find (clusters, a[0], a[1], a[2]);

            g_assert_cmpuint (cluster, <, fxp_clusters_get_n_clusters (clusters));
            n_used += found[cluster]++ == 0;
            for (gsize k = 0; k < i; k++)
              {
                const gsize b[3] = {k / 28, k / 4 % 7, k % 4};

                g_assert_cmpint (cluster == fxp_clusters_find (clusters, b[0], b[1], b[2]),
                                 ==,
                                 is_shared (&options, 7, a, b));
              }
          }
        g_assert_cmpuint (n_used, ==, fxp_clusters_get_n_clusters (clusters));
      }
}

static void
test_effective_size (void)
{
  static const struct
  {
    FxpGranularity granularity;
    guint size, effective;
    gsize n_clusters;
  } rows[] = {
    {FXP_GRANULARITY_KERNELS, 4, 4, 6},
    {FXP_GRANULARITY_KERNELS, 64, 7, 3},
    {FXP_GRANULARITY_WEIGHTS, 4, 4, 24},
    {FXP_GRANULARITY_WEIGHTS, 8, 7, 12},
    {FXP_GRANULARITY_FILTER, 4, 7, 3},
    {FXP_GRANULARITY_LAYER, 4, 21, 1},
  };
  g_auto (Layer) layer = new_layer (3, 7, 4, 1);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (FxpClusters) clusters =
        make (&layer, new_options (FXP_CLUSTER_OPTIMAL, 2, rows[i].granularity, rows[i].size));

      g_assert_cmpuint (fxp_clusters_get_effective_size (clusters), ==, rows[i].effective);
      g_assert_cmpuint (fxp_clusters_get_n_clusters (clusters), ==, rows[i].n_clusters);
      g_assert_cmpfloat (get_report (clusters).bits_per_weight,
                         ==,
                         2.0 + 8.0 * (double)rows[i].n_clusters / (double)layer.n);
    }
}

/* The values are scale x code x 2^e, and report and threshold tell of them. */
static void
test_decode (void)
{
  g_auto (Layer) layer = new_layer (4, 6, 9, 3);
  g_autofree double *values = g_new (double, layer.n);

  for (guint g = 0; g < FXP_N_GRANULARITIES; g++)
    {
      g_autoptr (FxpClusters) clusters = make (&layer, new_options (FXP_CLUSTER_TWN, 2, g, 4));
      const gint8 *codes = fxp_clusters_get_codes (clusters, 0);
      const guint16 *scales = fxp_clusters_get_scales (clusters, 0);
      double step = ldexp (1.0, fxp_clusters_get_exponent (clusters)), energy = 0.0, error = 0.0;
      FxpClusterReport report = get_report (clusters);
      guint64 n_nonzero = 0;

      fxp_clusters_decode (clusters, values);
      for (gsize i = 0; i < layer.n; i++)
        {
          gsize cluster = fxp_clusters_find (clusters, i / 54, i / 9 % 6, i % 9);
          double rest = layer.weights[i] - values[i];

          g_assert_cmpfloat (values[i], ==, scales[cluster] * codes[i] * step);
          g_assert_cmpint (fabs (layer.weights[i]) > fxp_clusters_get_threshold (clusters, cluster),
                           ==,
                           codes[i] != 0);
          n_nonzero += codes[i] != 0;
          energy += layer.weights[i] * layer.weights[i];
          error += rest * rest;
        }
      g_assert_cmpfloat (fabs (report.energy - energy), <=, 1e-12);
      g_assert_cmpfloat (fabs (report.error - error), <=, 1e-12);
      g_assert_cmpuint (report.n, ==, layer.n);
      g_assert_cmpuint (report.n_nonzero, ==, n_nonzero);
      g_assert_cmpuint (report.n_nonfinite, ==, 0);
    }
}

/* Clusters whose scale rounds to 0, of zeros, or that keep nothing (T15) are counted, and their
 * codes are 0. */
static void
test_vanished (void)
{
  static const double weights[] = {1.0, 1e-4, 0.0, -1e-9};
  static const FxpWeightShape shape = {4, 1, 1};
  FxpClusterOptions options = new_options (FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_FILTER, 1);
  g_autoptr (FxpClusters) clusters = fxp_clusters_new (&options, &shape, weights);
  g_autoptr (FxpClusters) literal = NULL;
  FxpClusterReport report;

  g_assert_cmpuint (get_report (clusters).n_vanished, ==, 3);
  g_assert_cmpmem (fxp_clusters_get_codes (clusters, 0), 4, ((const gint8[]){1, 0, 0, 0}), 4);

  options.method = FXP_CLUSTER_RMS_LITERAL;
  literal = fxp_clusters_new (&options, &shape, weights);
  report = get_report (literal);
  g_assert_cmpuint (report.n_vanished, ==, 4);
  g_assert_cmpuint (report.n_nonzero, ==, 0);
  g_assert_cmpfloat (report.error, ==, report.energy);
}

/* Layers of zeros, and of NaN, infinity and what float32 does not hold, of every kind of codes. */
static void
test_no_weights (void)
{
  static const double zeros[12] = {0};
  static const double wild[] =
    {NAN, INFINITY, -INFINITY, 1e300, -1e300, NAN, NAN, NAN, 1e200, 0, 0, 0};
  static const FxpWeightShape shape = {2, 2, 3};

  for (guint method = FXP_CLUSTER_OPTIMAL; method < FXP_N_CLUSTER_METHODS; method++)
    for (guint g = 0; g < FXP_N_GRANULARITIES; g++)
      {
        FxpClusterOptions options = new_options (method, 2, g, 2);
        g_autoptr (FxpClusters) clusters = fxp_clusters_new (&options, &shape, zeros);
        g_autoptr (FxpClusters) of_wild = fxp_clusters_new (&options, &shape, wild);
        FxpClusterReport report = get_report (clusters);
        double values[12];

        g_assert_cmpuint (report.n_vanished, ==, report.n_clusters);
        g_assert_cmpfloat (report.energy, ==, 0.0);
        g_assert_cmpfloat (report.error, ==, 0.0);
        g_assert_cmpuint (report.n_nonfinite, ==, 0);
        report = get_report (of_wild);
        g_assert_cmpuint (report.n_vanished, ==, report.n_clusters);
        g_assert_cmpuint (report.n_nonfinite, ==, 9);
        fxp_clusters_decode (of_wild, values);
        for (gsize i = 0; i < 12; i++)
          g_assert_cmpfloat (values[i], ==, 0.0);
      }
}

/* What a file holds makes the same values, and nothing is known of where they came from. */
static void
test_parts (void)
{
  g_auto (Layer) layer = new_layer (4, 10, 9, 30);
  g_autofree double *values = g_new (double, layer.n), *again = g_new (double, layer.n);
  const FxpClusterOptions rows[] = {
    new_options (FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4),
    {FXP_CLUSTER_TWN, 2, FXP_GRANULARITY_WEIGHTS, 3, 2, TRUE},
    new_options (FXP_CLUSTER_LINEAR, 5, FXP_GRANULARITY_FILTER, 1),
    new_options (FXP_CLUSTER_POWER, 4, FXP_GRANULARITY_KERNELS, 4),
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpClusters) clusters = make (&layer, rows[i]);
      g_autoptr (FxpClusters) stored =
        fxp_clusters_new_from_parts (&rows[i],
                                     &layer.shape,
                                     fxp_clusters_get_codes (clusters, 0),
                                     fxp_clusters_get_scales (clusters, 0),
                                     fxp_clusters_get_exponent (clusters),
                                     &error);
      FxpClusterReport report;

      g_assert_no_error (error);
      fxp_clusters_decode (clusters, values);
      fxp_clusters_decode (stored, again);
      g_assert_cmpmem (values, layer.n * sizeof *values, again, layer.n * sizeof *values);
      g_assert_true (fxp_cluster_options_equal (fxp_clusters_get_options (stored), &rows[i]));
      g_assert_true (isnan (fxp_clusters_get_threshold (stored, 0)));
      report = get_report (stored);
      g_assert_true (isnan (report.energy) && isnan (report.error) && isnan (report.error_real));
      g_assert_cmpuint (report.n_nonzero, ==, get_report (clusters).n_nonzero);
    }
}

static void
assert_refused (const FxpClusterOptions *options,
                const gint8 *codes,
                const guint16 *scales,
                int exponent,
                const char *message)
{
  static const FxpWeightShape shape = {1, 3, 1};
  g_autoptr (GError) error = NULL;
  FxpClusters *clusters =
    fxp_clusters_new_from_parts (options, &shape, codes, scales, exponent, &error);

  g_assert_null (clusters);
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_parts_errors (void)
{
  FxpClusterOptions options = new_options (FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_FILTER, 1);
  static const gint8 codes[] = {1, 0, -1, 0, 1, 0}, wide[] = {1, -2, 0};
  static const guint16 scale[] = {255, 3}, great[] = {256};

  assert_refused (&options, wide, scale, 0, "code of weight 1 in term 0: -2, expected -1 to 1");
  assert_refused (&options, codes, great, 0, "scale of cluster 0: 256, expected 0 to 255");
  assert_refused (&options, codes, scale, 97, "exponent of clusters: 97, expected -126 to 96");
  assert_refused (&options, codes, scale, -127, "exponent of clusters: -127, expected -126 to 96");
  options.asymmetric = TRUE;
  assert_refused (&options, codes, scale, 0, "code of weight 2 in term 0: -1, expected 0 to 1");
  options = new_options (FXP_CLUSTER_POWER, 2, FXP_GRANULARITY_FILTER, 1);
  assert_refused (&options,
                  codes,
                  scale,
                  0,
                  "scale of cluster 0: 255, expected a power of two up to 32768");
  options.terms = 9;
  assert_refused (&options, codes, scale, 0, "terms of clusters: 9, expected 1 to 4");
  assert_refused (&options, wide, NULL, 0, "code of weight 1 in term 0: -2, expected -1 to 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/number/clusters/division", test_division);
  g_test_add_func ("/number/clusters/effective-size", test_effective_size);
  g_test_add_func ("/number/clusters/decode", test_decode);
  g_test_add_func ("/number/clusters/vanished", test_vanished);
  g_test_add_func ("/number/clusters/no-weights", test_no_weights);
  g_test_add_func ("/number/clusters/parts", test_parts);
  g_test_add_func ("/number/clusters/parts-errors", test_parts_errors);

  return g_test_run ();
}
