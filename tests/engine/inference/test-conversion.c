/* SPDX-License-Identifier: MIT */
/* Which layer gets which weights, and what is refused. */
#include "inference/conversion.h"
#include "inference/model-private.h"
#include "number/error.h"
#include "trained-net.h"

#define TOPOLOGY "6C3P-BN-MP2-8C3-BN-12FC-10"

static FxpModel *
convert (const FxpConversionOptions *options)
{
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (GError) error = NULL;
  FxpModel *model = fxp_conversion_cluster (trained, options, &error);

  g_assert_no_error (error);
  return model;
}

static void
check_layer (FxpClusters *clusters, gboolean is_plain, guint bits)
{
  g_assert_cmpint (fxp_clusters_is_plain (clusters), ==, is_plain);
  g_assert_cmpuint (fxp_clusters_get_options (clusters)->bits, ==, bits);
}

static void
test_layers (void)
{
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  for (guint last = 0; last < 2; last++)
    {
      g_autoptr (FxpModel) model = NULL;

      options.last = last == 0 ? FXP_LAST_WEIGHTS_BYTE : FXP_LAST_WEIGHTS_CLUSTERS;
      model = convert (&options);
      g_assert_cmpuint (fxp_model_get_n_weighted (model), ==, 4);
      check_layer (fxp_model_get_clusters (model, 0), TRUE, 8);
      check_layer (fxp_model_get_clusters (model, 1), FALSE, 2);
      check_layer (fxp_model_get_clusters (model, 2), FALSE, 2);
      check_layer (fxp_model_get_clusters (model, 3), last == 0, last == 0 ? 8 : 2);
    }
}

/* Without clusters there are plain words, of few bits between the first layer and the last. */
static void
test_plain (void)
{
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  for (guint bits = 2; bits <= 8; bits++)
    {
      g_autoptr (FxpModel) model = NULL;

      options.clusters.bits = bits;
      model = convert (&options);
      check_layer (fxp_model_get_clusters (model, 0), TRUE, 8);
      check_layer (fxp_model_get_clusters (model, 1), TRUE, bits);
      check_layer (fxp_model_get_clusters (model, 2), TRUE, bits);
      check_layer (fxp_model_get_clusters (model, 3), TRUE, 8);
    }
}

/* Off: nothing is converted, and the model is the network it was made from. */
static void
test_off (void)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;
  FxpLayerReport *reports;

  fxp_conversion_options_init (&options);
  g_assert_false (fxp_conversion_options_is_off (&options));
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  g_assert_true (fxp_conversion_options_is_off (&options));
  model = convert (&options);
  g_assert_cmpuint (model->n_nodes, ==, 0);
  g_assert_null (fxp_model_get_clusters (model, 1));
  g_assert_true (fxp_format_is_float (fxp_model_get_input_format (model, 1)));
  g_assert_nonnull (fxp_model_get_trained (model));
  reports = fxp_model_report (model);
  g_assert_cmpuint (reports[1].bits, ==, 32);
  g_assert_cmpfloat (reports[1].weights.error, ==, 0);
  g_assert_cmpuint (reports[1].weights.n, ==, 8 * 6 * 9);
  fxp_layer_reports_free (reports, 4);
}

/* A copy is changed and the model stays. */
static void
test_copy (void)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) copy = NULL;
  g_autoptr (GError) error = NULL;
  FxpNode *node;

  fxp_conversion_options_init (&options);
  model = convert (&options);
  copy = fxp_model_copy (model);
  node = fxp_model_get_product (copy, 1);
  node->mean[0] += 1.0;
  g_assert_true (fxp_node_form_affine (copy, node, &error));
  g_assert_true (fxp_model_set_exponent (copy, 0, 3, &error));
  g_assert_no_error (error);
  g_assert_cmpint (node->offsets[0], !=, fxp_model_get_product (model, 1)->offsets[0]);
  g_assert_cmpint (node->offsets[1], ==, fxp_model_get_product (model, 1)->offsets[1]);
  g_assert_cmpint (copy->nodes[0].format.frac_bits, ==, -3);
  g_assert_cmpint (model->nodes[0].format.frac_bits, !=, -3);
  g_assert_true (fxp_model_get_clusters (copy, 1) == fxp_model_get_clusters (model, 1));
}

/* Fewer inputs than N: a cluster is the whole filter, and the report says how large it is. */
static void
test_few_inputs (void)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;
  FxpLayerReport *reports;

  fxp_conversion_options_init (&options);
  options.clusters.size = 64;
  model = convert (&options);
  reports = fxp_model_report (model);
  g_assert_cmpstr (reports[0].name, ==, "conv1");
  g_assert_cmpstr (reports[3].name, ==, "fc2");
  g_assert_cmpuint (reports[1].effective_size, ==, 6);
  g_assert_cmpuint (reports[1].weights.n_clusters, ==, 8);
  g_assert_cmpuint (reports[2].effective_size, ==, 32);
  g_assert_cmpuint (reports[1].bits, ==, 2);
  g_assert_cmpfloat (reports[1].weights.error, >, 0);
  g_assert_cmpfloat (reports[1].weights.error, <, 0.5 * reports[1].weights.energy);
  g_assert_cmpuint (reports[1].scale_min, <=, reports[1].scale_median);
  g_assert_cmpuint (reports[1].scale_median, <=, reports[1].scale_max);
  g_assert_cmpuint (reports[1].scale_max, >=, 128);
  g_assert_cmpfloat (reports[1].shift, ==, 0);
  g_assert_true (isnan (reports[2].shift));
  fxp_layer_reports_free (reports, 4);
}

/* An all-zero layer, and one cluster of zeros among others. */
static void
test_dead (void)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment (TOPOLOGY, "relu");
  FxpTrainedLayer *layers = trained_net_make_layers (experiment);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpLayerReport *reports;

  memset ((double *)layers[1].weights, 0, 4 * 9 * sizeof (double));
  memset ((double *)layers[2].weights, 0, 12 * 32 * sizeof (double));
  trained = fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  trained_net_free_layers (layers, 4);
  fxp_conversion_options_init (&options);
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  reports = fxp_model_report (model);
  g_assert_cmpuint (reports[1].weights.n_vanished, ==, 1);
  g_assert_cmpuint (reports[1].scale_min, ==, 0);
  g_assert_cmpuint (reports[2].weights.n_nonzero, ==, 0);
  g_assert_cmpuint (reports[2].weights.n_vanished, ==, reports[2].weights.n_clusters);
  g_assert_cmpfloat (reports[2].weights.error, ==, 0);
  fxp_layer_reports_free (reports, 4);
}

/* Weights of another topology. */
static void
test_another (void)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment (TOPOLOGY, "relu");
  g_autoptr (FxpExperiment) other =
    trained_net_make_experiment ("6C3P-BN-MP2-9C3-BN-12FC-10", "relu");
  FxpTrainedLayer *layers = trained_net_make_layers (other);
  g_autoptr (FxpTrained) trained =
    fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;

  trained_net_free_layers (layers, 4);
  fxp_conversion_options_init (&options);
  g_assert_null (fxp_conversion_cluster (trained, &options, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_cmpstr (error->message,
                   ==,
                   "conv2: found 9x6x9 weights; expected 8x6x9, as the topology has them");
}

static void
check_options (const FxpConversionOptions *options, const char *expected)
{
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_conversion_cluster (trained, options, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_options (void)
{
  FxpConversionOptions options, bad;

  fxp_conversion_options_init (&options);
  bad = options;
  bad.activation_bits = 17;
  check_options (&bad, "activation bits: 17 is out of range; expected 2 to 16, or 32 for float");
  bad = options;
  bad.activation_bits = 32;
  check_options (&bad,
                 "activation bits: float activations leave nothing to convert, but the clusters' "
                 "method is opt; expected none, or 2 to 16 bits");
  bad = options;
  bad.last = FXP_LAST_WEIGHTS_FLOAT;
  check_options (&bad,
                 "float weights of the last layer have no integer form; expected 8 or clusters");
  bad = options;
  bad.scaling = FXP_SCALING_PREDICTIVE;
  check_options (&bad,
                 "predictive is no rule for exponents that are calibrated; expected abs-max, "
                 "ristretto, niti or overflow-rate");
  bad = options;
  bad.scaling = FXP_SCALING_OVERFLOW_RATE;
  bad.activation_bits = 2;
  check_options (&bad,
                 "activation bits: 2, of which every code but 0 counts as overflow; expected more, "
                 "or abs-max, ristretto or niti instead of overflow-rate");
  bad = options;
  bad.calibration_batches = 0;
  check_options (&bad, "calibration batches: 0 is out of range; expected 1 to 10000");
  bad = options;
  bad.calibration_size = 4097;
  check_options (&bad, "samples of a calibration batch: 4097 is out of range; expected 1 to 4096");
}

static void
test_exponents_nicks (void)
{
  g_autoptr (GError) error = NULL;
  FxpExponents parsed;

  for (guint i = 0; i < FXP_N_EXPONENTS; i++)
    {
      g_assert_true (fxp_exponents_parse (fxp_exponents_get_nick (i), &parsed, &error));
      g_assert_cmpuint (parsed, ==, i);
    }
  g_assert_false (fxp_exponents_parse ("fixed", &parsed, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_nonnull (
    strstr (error->message, "is no way to choose exponents; expected static, dynamic or"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/conversion/layers", test_layers);
  g_test_add_func ("/conversion/plain", test_plain);
  g_test_add_func ("/conversion/off", test_off);
  g_test_add_func ("/conversion/copy", test_copy);
  g_test_add_func ("/conversion/few-inputs", test_few_inputs);
  g_test_add_func ("/conversion/dead", test_dead);
  g_test_add_func ("/conversion/another-topology", test_another);
  g_test_add_func ("/conversion/options", test_options);
  g_test_add_func ("/conversion/exponents", test_exponents_nicks);
  return g_test_run ();
}
