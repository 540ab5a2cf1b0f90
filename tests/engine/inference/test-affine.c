/* SPDX-License-Identifier: MIT */
/* How far sums reach (1.4.7), and A and B. */
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "inference/model-private.h"
#include "network/normalizer-private.h"
#include "number/error.h"
#include "trained-net.h"

#define OUTPUT_MAX ((gint64)1 << 52)

static FxpModel *
convert (FxpTrained *trained, guint activation_bits, GError **error)
{
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.activation_bits = activation_bits;
  return fxp_conversion_cluster (trained, &options, error);
}

static FxpClusters *
make_extreme (gsize n_inputs, gint8 code, guint16 scale)
{
  const FxpWeightShape shape = {1, n_inputs, 1};
  g_autofree gint8 *codes = g_malloc (n_inputs);
  g_autoptr (GError) error = NULL;
  FxpClusterOptions options;
  FxpClusters *clusters;

  fxp_cluster_options_init (&options);
  options.granularity = FXP_GRANULARITY_FILTER;
  memset (codes, code, n_inputs);
  clusters = fxp_clusters_new_from_parts (&options, &shape, codes, &scale, 0, &error);
  g_assert_no_error (error);
  return clusters;
}

/* F10: Cin K^2 up to 66 311 products of a signed byte with the greatest scale stay in 32 bits. */
static void
test_bound (void)
{
  g_autoptr (FxpClusters) within = make_extreme (66311, -1, 255);
  g_autoptr (FxpClusters) beyond = make_extreme (66312, 1, 255);
  const guint64 one = 127 * 255;

  g_assert_cmpuint (fxp_clusters_get_sum_bound (within, 127), ==, 66311 * one);
  g_assert_cmpuint (fxp_clusters_get_sum_bound (within, 127), <=, G_MAXINT32);
  g_assert_cmpuint (fxp_clusters_get_sum_bound (beyond, 127), >, G_MAXINT32);
  g_assert_cmpuint (fxp_clusters_get_sum_bound (beyond, G_MAXUINT64 / 2), ==, G_MAXUINT64);
  g_assert_cmpuint (fxp_clusters_get_sum_bound (beyond, 0), ==, 0);
}

/* A layer of side x side inputs whose codes are all 1 and scales all 255, behind one of one filter.
 */
static FxpTrained *
make_wide (gsize side)
{
  const FxpShape input = FXP_SHAPE_3 (1, side, side);
  const gsize n = side * side;
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("1C1-2FC-10", "relu");
  g_autofree double *first = g_new (double, 1);
  g_autofree double *weights = g_new (double, 2 * n);
  g_autofree double *last = g_new0 (double, 2 * TRAINED_NET_CLASSES);
  g_autofree double *zeros = g_new0 (double, TRAINED_NET_CLASSES);
  const FxpTrainedLayer layers[] = {
    {.n_units = 1, .n_inputs = 1, .n_pixels = 1, .weights = first, .bias = zeros},
    {.n_units = 2, .n_inputs = n, .n_pixels = 1, .weights = weights, .bias = zeros},
    {.n_units = 10, .n_inputs = 2, .n_pixels = 1, .weights = last, .bias = zeros},
  };

  first[0] = 1;
  for (gsize i = 0; i < 2 * n; i++)
    weights[i] = 255.0 / 128;
  return fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
}

static void
test_wide (void)
{
  /* 257 x 257 = 66 049 inputs, and 258 x 258 = 66 564. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpTrained) trained = make_wide (257 + i);
      g_autoptr (FxpModel) model = convert (trained, 8, &error);
      FxpLayerReport *reports;

      g_assert_no_error (error);
      reports = fxp_model_report (model);
      g_assert_false (fxp_model_is_wide (model, 0));
      g_assert_cmpint (fxp_model_is_wide (model, 1), ==, i == 1);
      g_assert_cmpint (reports[1].is_wide, ==, i == 1);
      g_assert_cmpuint (reports[1].scale_min, ==, 255);
      fxp_layer_reports_free (reports, 3);
    }
}

typedef struct
{
  gint64 least, greatest;
} Ends;

static void
find_ends_cb (FxpInteger *engine, guint node, const gint64 *sums, gsize n, gpointer data)
{
  Ends *ends = data;
  FxpModel *model = fxp_integer_get_model (engine);

  if (model->nodes[node].weighted != 1)
    return;
  for (gsize i = 0; i < n * 2; i++)
    {
      ends->least = MIN (ends->least, sums[i]);
      ends->greatest = MAX (ends->greatest, sums[i]);
    }
}

/* F10: at the limit, with every code and scale at its end, nothing overflows; and beyond it sums
 * have 64 bits. */
static void
test_extreme (void)
{
  for (guint i = 0; i < 2; i++)
    {
      const gsize n = (257 + i) * (257 + i);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpTrained) trained = make_wide (257 + i);
      g_autoptr (FxpModel) converted = convert (trained, 8, &error);
      g_autoptr (FxpModel) model = NULL;
      g_autoptr (FxpInteger) engine = NULL;
      g_autofree double *inputs = g_new (double, n);
      Ends ends = {0, 0};

      g_assert_no_error (error);
      model = fxp_model_copy (converted);
      /* The first layer's outputs saturate. */
      for (gsize j = 0; j < n; j++)
        inputs[j] = 100;
      for (int node = 0; node < (int)model->n_nodes; node++)
        g_assert_true (fxp_model_set_exponent (model, node, node == 0 ? -12 : 0, &error));
      engine = fxp_integer_new (model, NULL);
      fxp_integer_set_sight (engine, find_ends_cb, &ends);
      g_assert_true (fxp_integer_run (engine, inputs, 1, NULL));
      g_assert_cmpint (ends.least, ==, 0);
      g_assert_cmpint (ends.greatest, ==, (gint64)n * 127 * 255);
    }
}

/* Counted anew, weight by weight. */
static double
bound_unit (const FxpModel *model, const FxpNode *node, gsize unit)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  const gsize n = shape->n_inputs * shape->n_pixels;
  const gint8 *codes = fxp_clusters_get_codes (node->clusters, 0) + unit * n;
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    sum += ABS (codes[i]) *
           (double)fxp_clusters_get_scales (node->clusters, 0)
             [fxp_clusters_find (node->clusters, unit, i / shape->n_pixels, i % shape->n_pixels)];
  return sum * fxp_codes_get_max (fxp_model_get_format (model, node->from));
}

static void
check_node (const FxpModel *model, const FxpNode *node)
{
  const int exponent = fxp_node_get_exponent (model, node);
  double max = 0;

  for (gsize i = 0; i < node->output.dim[0]; i++)
    {
      const double real = node->gamma == NULL
                            ? 1.0
                            : node->gamma[i] / sqrt (node->variance[i] + FXP_NORMALIZER_EPSILON);
      const double factor = ldexp (node->factors[i], node->factor_exponent);
      const double offset = node->beta[i] - (node->mean != NULL ? factor * node->mean[i] : 0);

      max = fmax (max, fabs (real));
      g_assert_cmpfloat_with_epsilon (factor, real, ldexp (1.0, node->factor_exponent));
      g_assert_cmpfloat_with_epsilon (ldexp ((double)node->offsets[i], exponent),
                                      offset,
                                      ldexp (0.5, exponent) + 1e-300);
      g_assert_cmpfloat (bound_unit (model, node, i) * ABS (node->factors[i]) +
                           (double)ABS (node->offsets[i]),
                         <=,
                         OUTPUT_MAX);
    }
  /* All 16 bits are used. */
  g_assert_cmpfloat (ldexp (max, -node->factor_exponent), >=, 1 << 14);
  g_assert_cmpfloat (ldexp (max, -node->factor_exponent), <, 1 << 15);
  if (!node->is_last)
    g_assert_cmpint (-node->format.frac_bits, >=, exponent);
}

static void
test_affine (void)
{
  g_autoptr (FxpTrained) trained = trained_net_new ("6C3P-BN-MP2-8C3-12FC-BN-10", "relu");
  static const guint bits[] = {2, 8, 16};

  for (guint i = 0; i < G_N_ELEMENTS (bits); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpModel) model = convert (trained, bits[i], &error);

      g_assert_no_error (error);
      for (guint layer = 0; layer < fxp_model_get_n_weighted (model); layer++)
        check_node (model, fxp_model_get_product (model, layer));
    }
}

/* What changes the layers of a small normalized network before it is converted. */
typedef void (*Change) (FxpTrainedLayer *layers);

static FxpModel *
convert_changed (Change change, GError **error)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("4C3-BN-6C3-BN-10", "relu");
  FxpTrainedLayer *layers = trained_net_make_layers (experiment);
  g_autoptr (FxpTrained) trained = NULL;

  change (layers);
  trained = fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  trained_net_free_layers (layers, 3);
  return convert (trained, 8, error);
}

static void
fade (FxpTrainedLayer *layers)
{
  for (gsize i = 0; i < layers[1].n_units; i++)
    ((double *)layers[1].gamma)[i] *= 1e-12;
}

/* Where gamma has faded A would lie so deep that B has no room: A gives up low bits that nobody
 * would have seen. */
static void
test_faded (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert_changed (fade, &error);
  const FxpNode *node;

  g_assert_no_error (error);
  node = fxp_model_get_product (model, 1);
  for (gsize i = 0; i < node->output.dim[0]; i++)
    {
      g_assert_cmpfloat (bound_unit (model, node, i) * ABS (node->factors[i]) +
                           (double)ABS (node->offsets[i]),
                         <=,
                         OUTPUT_MAX);
      g_assert_cmpfloat_with_epsilon (ldexp ((double)node->offsets[i],
                                             fxp_node_get_exponent (model, node)),
                                      node->beta[i],
                                      1e-9);
    }
}

static void
fade_wholly (FxpTrainedLayer *layers)
{
  for (gsize i = 0; i < layers[1].n_units; i++)
    ((double *)layers[1].gamma)[i] = 0;
}

static void
test_no_gamma (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert_changed (fade_wholly, &error);
  const FxpNode *node;

  g_assert_no_error (error);
  node = fxp_model_get_product (model, 1);
  for (gsize i = 0; i < node->output.dim[0]; i++)
    g_assert_cmpint (node->factors[i], ==, 0);
}

static void
diverge (FxpTrainedLayer *layers)
{
  ((double *)layers[1].variance)[2] = NAN;
}

static void
diverge_bias (FxpTrainedLayer *layers)
{
  ((double *)layers[2].bias)[0] = INFINITY;
}

static void
blow_up (FxpTrainedLayer *layers)
{
  ((double *)layers[1].gamma)[0] = 1e200;
}

static void
check_refused (Change change, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = convert_changed (change, &error);

  g_assert_null (model);
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message, ==, expected);
}

static void
test_refused (void)
{
  check_refused (diverge,
                 "conv2: batch normalization of channel 3 holds no number; expected a network that "
                 "has not diverged");
  check_refused (diverge_bias,
                 "fc1: the bias of unit 1 is no number; expected a network that has not diverged");
  check_refused (blow_up,
                 "conv2: its outputs may reach 2^148; expected a network that has not diverged");
}

/* Codes of 8 bits with scales, inputs of 16: beyond 2^40 nothing is left of A. */
static void
test_too_wide (void)
{
  g_autoptr (FxpTrained) trained = make_wide (258);
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.activation_bits = 16;
  options.clusters.method = FXP_CLUSTER_LINEAR;
  options.clusters.bits = 8;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_null (model);
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_true (g_str_has_prefix (error->message, "fc1: its sums may reach "));
  g_assert_true (g_str_has_suffix (error->message,
                                   "expected at most 2^40: fewer bits of weights or activations, "
                                   "or fewer inputs"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/affine/F10-bound", test_bound);
  g_test_add_func ("/affine/F10-wide", test_wide);
  g_test_add_func ("/affine/F10-extreme", test_extreme);
  g_test_add_func ("/affine/factors", test_affine);
  g_test_add_func ("/affine/faded", test_faded);
  g_test_add_func ("/affine/no-gamma", test_no_gamma);
  g_test_add_func ("/affine/refused", test_refused);
  g_test_add_func ("/affine/too-wide", test_too_wide);
  return g_test_run ();
}
