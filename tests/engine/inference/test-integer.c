/* SPDX-License-Identifier: MIT */
/* The integer engine against the contract read literally, on every vector unit. */
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "number/vector-unit-private.h"
#include "inference-reference.h"
#include "tensor/team-private.h"
#include "trained-net.h"

#define N_SAMPLES 5

typedef struct
{
  const char *name;
  const char *topology;
  const char *activation;
  FxpClusterMethod method;
  FxpGranularity granularity;
  guint size, bits;
  guint activation_bits;
  gboolean is_unsigned;
  guint terms;
  gboolean asymmetric;
  guint channels; /* 0: the digits' 1 x 8 x 8; else so many x 7 x 9 */
  guint intermediate_bits;
} Case;

static const Case cases[] = {
  {"8a-8w", "5C3P-BN-MP2-18C3P-BN-9C1-BN-GAP-10", "relu", FXP_CLUSTER_NONE, 0, 1, 8, 8},
  {"4w", "8C3P-BN-MP2-18C3P-BN-33C1-BN-GAP-10", "relu", FXP_CLUSTER_LINEAR, 2, 4, 4, 8},
  {"clusters-4", "8C3P-BN-MP2-18C3P-BN-33C1-BN-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8},
  {"clusters-1", "6C3P-BN-MP2-18C3P-BN-9C1-BN-AP2-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 1, 2, 8},
  {"clusters-3", "7C3P-BN-18C5P2/2-BN-9C1-BN-GAP-10", "relu", FXP_CLUSTER_TWN, 2, 3, 2, 8},
  {"clusters-64", "64C3P-MP2-48C3P-16C1-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 64, 2, 8},
  {"long", "64C3P-MP2-48C3P-16C1-GAP-10", "relu", FXP_CLUSTER_LINEAR, 2, 64, 4, 8},
  {"fgq-4", "8C3P-BN-MP2-18C3P-BN-33C1-BN-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 3, 4, 2, 8},
  {"fgq-3", "7C3P-BN-MP2-18C2/2-BN-33C1-BN-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 3, 3, 2, 8},
  {"layer", "6C3P-BN-17C3P-BN-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 0, 1, 2, 8},
  {"filter", "6C3P-BN-17C3P-BN-GAP-10", "hard-tanh", FXP_CLUSTER_OPTIMAL, 1, 1, 2, 8},
  {"power", "6C3P-BN-17C3P-BN-GAP-10", "relu", FXP_CLUSTER_POWER, 2, 4, 4, 8},
  {"residual", "6C3P-BN-17C3P-BN-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8, FALSE, 3},
  {"asymmetric", "6C3P-17C3P-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8, FALSE, 2, TRUE},
  {"signed", "8C3P-BN-18C3P-BN-MP2-9C1-AP3-10", "hard-tanh", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8},
  {"clipped", "8C3P-BN-18C3P-BN-AP2-9C1-10", "clipped-relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8},
  {"unsigned", "8C3P-BN-18C3P-BN-MP2-9C1-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8, TRUE},
  {"4a", "8C3P-BN-18C3P-BN-MP2-9C1-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 4},
  {"12a", "8C3P-BN-18C3P-BN-MP2-9C1-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 12},
  {"16a", "8C3P-BN-18C3P-BN-MP2-9C1-10", "relu", FXP_CLUSTER_NONE, 0, 1, 8, 16},
  {"16u", "8C3P-BN-18C3P-BN-MP2-9C1-10", "relu", FXP_CLUSTER_POWER, 2, 5, 3, 16, TRUE},
  {"dense", "33FC-70FC-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 7, 2, 8},
  {"dense-of-image", "3C3-MP2-21FC-10", "relu", FXP_CLUSTER_OPTIMAL, 3, 4, 2, 8},
  {"block", "8C3P-BN-RES(8)-RES(20/2,I)-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8},
  {"colour", "8C3P-BN-18C3/2-BN-GAP-10", "relu", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8, .channels = 3},
  {"colour-16a", "8C5P-BN-AP2-18C3P-10", "relu", FXP_CLUSTER_TWN, 3, 5, 2, 16, .channels = 4},
  {"colour-dense", "33FC-40FC-10", "relu", FXP_CLUSTER_LINEAR, 2, 4, 3, 8, .channels = 3},
  {"colour-fgq", "3C3P-9C3P/3-MP2-10", "relu", FXP_CLUSTER_OPTIMAL, 3, 2, 2, 8, .channels = 5},
  {"8i",
   "8C3P-BN-18C3P-BN-9C1-10",
   "relu",
   FXP_CLUSTER_OPTIMAL,
   2,
   4,
   2,
   8,
   .intermediate_bits = 8},
  {"12i", "8C3P-BN-18C3P-BN-9C1-10", "relu", FXP_CLUSTER_TWN, 3, 4, 2, 12, .intermediate_bits = 12},
  {"8i-fc", "3C3-MP2-21FC-10", "hard-tanh", FXP_CLUSTER_LINEAR, 2, 3, 5, 8, .intermediate_bits = 8},
  {"projection", "6C3P-BN-RES(9/2)-GAP-10", "hard-tanh", FXP_CLUSTER_OPTIMAL, 2, 4, 2, 8},
};

static FxpModel *
convert (const Case *this_case)
{
  const FxpShape colour = FXP_SHAPE_3 (this_case->channels, 7, 9), digit = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpTrained) trained = trained_net_new_on (this_case->topology,
                                                       this_case->activation,
                                                       this_case->channels > 0 ? &colour : &digit);
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  fxp_conversion_options_init (&options);
  options.activation_bits = this_case->activation_bits;
  options.is_unsigned = this_case->is_unsigned;
  options.clusters.method = this_case->method;
  options.clusters.granularity = this_case->granularity;
  options.clusters.size = this_case->size;
  options.clusters.bits = this_case->bits;
  options.intermediate_bits = this_case->intermediate_bits;
  options.clusters.terms = MAX (this_case->terms, 1);
  options.clusters.asymmetric = this_case->asymmetric;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

static double *
draw_inputs (const FxpModel *model, gsize n)
{
  return trained_net_draw (n * fxp_shape_get_n (&model->input), 40, 0, 0.3, 0.5);
}

/* What the formulas make of @inputs. */
static Reference *
refer (const FxpModel *model, gboolean is_dynamic, const double *inputs)
{
  Reference *self = reference_new (model, N_SAMPLES);

  self->exponents = is_dynamic ? FXP_EXPONENTS_DYNAMIC : FXP_EXPONENTS_STATIC;
  reference_run (self, inputs);
  return self;
}

static void
compare_node (const char *name, const FxpInteger *engine, const Reference *reference, int node)
{
  const ReferenceOutput *output = &reference->outputs[node + 1];
  const gsize n = reference->n * output->n_features;
  int exponent;
  const gint32 *codes = fxp_integer_get_codes (engine, node, &exponent);

  if (exponent != output->exponent)
    g_test_message ("%s: node %d has another exponent", name, node);
  g_assert_cmpint (exponent, ==, output->exponent);
  for (gsize i = 0; i < n; i++)
    {
      if (codes[i] != output->codes[i])
        g_test_message ("%s, %s: node %d, output %zu of %zu",
                        name,
                        fxp_vector_unit_get_name (fxp_vector_unit_get ()),
                        node,
                        i,
                        n);
      g_assert_cmpint (codes[i], ==, output->codes[i]);
    }
}

static void
compare (const char *name, const FxpInteger *engine, const Reference *reference)
{
  const FxpModel *model = reference->model;
  const ReferenceOutput *last = &reference->outputs[model->n_nodes];
  const double *logits = fxp_integer_get_logits (engine);
  FxpInferenceCounts counts;

  for (int i = FXP_NODE_INPUT; i + 1 < (int)model->n_nodes; i++)
    compare_node (name, engine, reference, i);
  for (gsize i = 0; i < reference->n * last->n_features; i++)
    g_assert_cmpfloat (logits[i], ==, ldexp ((double)last->codes[i], last->exponent));
  fxp_integer_get_counts (engine, &counts);
  g_assert_cmpuint (counts.n_saturated, ==, reference->n_clipped);
}

static void
check_units (const char *name, FxpModel *model, gboolean is_dynamic, const double *inputs)
{
  g_autoptr (Reference) reference = refer (model, is_dynamic, inputs);
  g_autoptr (FxpTeam) team = fxp_team_new (3);

  for (FxpVectorUnit unit = FXP_VECTOR_PLAIN; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      g_autoptr (FxpInteger) engine = NULL;

      fxp_vector_unit_limit (unit);
      engine = fxp_integer_new (model, unit % 2 == 0 ? team : NULL);
      fxp_integer_set_dynamic (engine, is_dynamic);
      fxp_integer_keep (engine);
      g_assert_true (fxp_integer_run (engine, inputs, N_SAMPLES, NULL));
      compare (name, engine, reference);
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* Static exponents one below what the batch needs, so that codes are clipped. */
static void
tighten (FxpModel *model, const double *inputs)
{
  g_autoptr (FxpInteger) engine = fxp_integer_new (model, NULL);
  g_autoptr (GError) error = NULL;

  fxp_integer_set_dynamic (engine, TRUE);
  fxp_integer_keep (engine);
  for (int i = FXP_NODE_INPUT; i + 1 < (int)model->n_nodes; i++)
    {
      int exponent;

      g_assert_true (fxp_integer_run (engine, inputs, N_SAMPLES, NULL));
      fxp_integer_get_codes (engine, i, &exponent);
      fxp_model_set_exponent (model, i, exponent - (i == FXP_NODE_INPUT ? 0 : 1), &error);
      g_assert_no_error (error);
    }
}

static void
test_case (gconstpointer data)
{
  const Case *this_case = data;
  g_autoptr (FxpModel) model = convert (this_case);
  g_autofree double *inputs = draw_inputs (model, N_SAMPLES);

  check_units (this_case->name, model, FALSE, inputs);
  check_units (this_case->name, model, TRUE, inputs);
  tighten (model, inputs);
  check_units (this_case->name, model, FALSE, inputs);
}

/* Weights as in F10: clusters of a whole filter, all codes @code and the scale 255. */
static FxpModel *
make_extreme (gsize n_inputs, gint8 code, FxpExperiment *experiment)
{
  const FxpShape input = FXP_SHAPE_1 (n_inputs);
  const FxpWeightShape shape = {2, n_inputs, 1};
  g_autofree gint8 *codes = g_malloc (2 * n_inputs);
  const guint16 scales[2] = {255, 254};
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;
  FxpNode *node;

  fxp_conversion_options_init (&options);
  options.clusters.granularity = FXP_GRANULARITY_FILTER;
  model = fxp_model_new (NULL, experiment, &input, 2, &options);
  g_assert_true (fxp_model_build_nodes (model, &error));
  g_assert_no_error (error);
  memset (codes, code, 2 * n_inputs);
  node = &model->nodes[0];
  node->clusters =
    fxp_clusters_new_from_parts (&options.clusters, &shape, codes, scales, 0, &error);
  g_assert_no_error (error);
  node->beta = g_new0 (double, 2);
  g_assert_true (fxp_model_set_exponent (model, FXP_NODE_INPUT, 0, &error));
  g_assert_true (fxp_model_set_exponent (model, 0, 0, &error));
  g_assert_no_error (error);
  return model;
}

/* Saturated inputs, so that every product is @code times 127. */
static void
check_extreme (gsize n, gint8 code, gboolean is_wide)
{
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("2", "relu");
  g_autoptr (FxpModel) model = make_extreme (n, code, experiment);
  g_autofree double *inputs = g_new (double, n);

  g_assert_cmpint (model->nodes[0].is_wide, ==, is_wide);
  for (gsize k = 0; k < n; k++)
    inputs[k] = 1000;
  for (FxpVectorUnit unit = FXP_VECTOR_PLAIN; unit < FXP_N_VECTOR_UNITS; unit++)
    {
      g_autoptr (FxpInteger) engine = NULL;
      const double *logits;

      fxp_vector_unit_limit (unit);
      engine = fxp_integer_new (model, NULL);
      g_assert_true (fxp_integer_run (engine, inputs, 1, NULL));
      logits = fxp_integer_get_logits (engine);
      g_assert_cmpfloat (logits[0], ==, code * 255.0 * 127.0 * n);
      g_assert_cmpfloat (logits[1], ==, code * 254.0 * 127.0 * n);
    }
  fxp_vector_unit_limit (FXP_N_VECTOR_UNITS - 1);
}

/* F10: at the limit of 66 311 products sums of extreme codes stay in 32 bits, one beyond it they
 * are formed in 64; both are right, on every unit. */
static void
test_limit (void)
{
  for (gint8 code = -1; code <= 1; code += 2)
    {
      check_extreme (66311, code, FALSE);
      check_extreme (66312, code, TRUE);
    }
}

/* Sums of a cluster around those that no longer fit 16 bits: of codes up to 127, of such that were
 * raised to 255, and with and without sign. */
static void
test_short_limit (void)
{
  static const guint16 sizes[] = {128, 129, 257, 258, 259, 260, 515, 516, 517};

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gint8 code = -1; code <= 1; code += 2)
      check_extreme (sizes[i], code, FALSE);
}

/* Codes of clusters but 0, by an image's places of their outputs. */
static guint64
count_nonzero (const FxpModel *model)
{
  guint64 n = 0;

  for (guint i = 0; i < model->n_nodes; i++)
    {
      const FxpNode *node = &model->nodes[i];
      FxpClusterReport report;

      if (node->kind != FXP_NODE_PRODUCT || fxp_clusters_is_plain (node->clusters))
        continue;
      fxp_clusters_get_report (node->clusters, &report);
      n += report.n_nonzero * fxp_shape_get_n (&node->output) / node->output.dim[0];
    }
  return n;
}

/* C2: what the engine counts on the demo network; @n_multiplies per image. */
static void
test_counts (void)
{
  static const struct
  {
    FxpGranularity granularity;
    guint size;
    guint64 n_multiplies;
    double percent;
    FxpClusterMethod method; /* of clusters, but none is the default */
  } expected[] = {
    {FXP_GRANULARITY_KERNELS, 1, 0, 74.7008},
    {FXP_GRANULARITY_KERNELS, 2, 0, 85.5946},
    {FXP_GRANULARITY_KERNELS, 4, 577664, 91.0415},
    {FXP_GRANULARITY_KERNELS, 8, 0, 93.7650},
    {FXP_GRANULARITY_KERNELS, 16, 0, 95.1267},
    {FXP_GRANULARITY_KERNELS, 32, 0, 95.8076},
    {FXP_GRANULARITY_KERNELS, 64, 0, 96.0508},
    {FXP_GRANULARITY_WEIGHTS, 1, 0, 0},
    {FXP_GRANULARITY_WEIGHTS, 2, 0, 48.2442},
    {FXP_GRANULARITY_WEIGHTS, 4, 1781888, 72.3664},
    {FXP_GRANULARITY_WEIGHTS, 8, 0, 84.4274},
    {FXP_GRANULARITY_WEIGHTS, 16, 0, 90.4579},
    {FXP_GRANULARITY_WEIGHTS, 32, 0, 93.4732},
    {FXP_GRANULARITY_WEIGHTS, 64, 0, 94.1054},
    /* Shifts are no multiplications. */
    {FXP_GRANULARITY_KERNELS, 4, 226432, 96.4885, FXP_CLUSTER_POWER},
  };
  static const char topology[] =
    "1x28x28-32C3P-BN-MP2-64C3P-BN-MP2-64C3P-BN-128C1-BN-64C1-BN-GAP-10";
  const FxpShape input = FXP_SHAPE_3 (1, 28, 28);
  g_autoptr (FxpTrained) trained = trained_net_new_on (topology, "relu", &input);
  g_autofree double *inputs = trained_net_draw (3 * 784, 40, 0, 0.3, 0.5);

  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autoptr (FxpModel) model = NULL;
      g_autoptr (FxpInteger) engine = NULL;
      g_autoptr (GError) error = NULL;
      FxpConversionOptions options;
      FxpInferenceCounts counts;

      fxp_conversion_options_init (&options);
      options.clusters.granularity = expected[i].granularity;
      options.clusters.size = expected[i].size;
      if (expected[i].method != FXP_CLUSTER_NONE)
        options.clusters.method = expected[i].method;
      model = fxp_conversion_cluster (trained, &options, &error);
      g_assert_no_error (error);
      engine = fxp_integer_new (model, NULL);
      g_assert_true (fxp_integer_run (engine, inputs, 3, NULL));
      fxp_integer_get_counts (engine, &counts);
      g_assert_cmpuint (counts.n_images, ==, 3);
      g_assert_cmpuint (counts.n_macs, ==, 3 * 6448256);
      if (expected[i].n_multiplies > 0)
        g_assert_cmpuint (counts.n_multiplies, ==, 3 * expected[i].n_multiplies);
      g_assert_cmpfloat_with_epsilon (100 * fxp_inference_counts_get_share_replaced (&counts),
                                      expected[i].percent,
                                      0.00005001);
      /* Of clusters every product is an addition or a zero; the first and last layer have none. */
      g_assert_cmpuint (counts.n_adds + counts.n_skipped,
                        ==,
                        3 * (6448256 - 28 * 28 * 9 * 32 - 640));
      g_assert_cmpuint (counts.n_adds, ==, 3 * count_nonzero (model));
      g_assert_cmpuint (counts.n_shifts,
                        ==,
                        expected[i].method == FXP_CLUSTER_POWER ? 3 * (577664 - 226432) : 0);
      g_assert_cmpuint (counts.n_affine,
                        ==,
                        3 * (32 * 784 + 64 * 196 + 64 * 49 + 128 * 49 + 64 * 49 + 10));
    }
}

typedef struct
{
  guint n_calls;
  gsize n;
  gint64 first;
} Seen;

static void
see (FxpInteger *engine, guint node, const gint64 *sums, gsize n, gpointer data)
{
  Seen *self = data;

  self->n_calls++;
  self->n = n;
  if (node == 0)
    {
      self->first = sums[0];
      /* Every output becomes B. */
      for (gsize i = 0; i < fxp_integer_get_model (engine)->nodes[0].output.dim[0]; i++)
        fxp_integer_get_model (engine)->nodes[0].factors[i] = 0;
    }
}

/* Who looks at sums sees them before A and B, and may change these. */
static void
test_sight (void)
{
  g_autoptr (FxpModel) model = convert (&cases[2]);
  g_autofree double *inputs = draw_inputs (model, N_SAMPLES);
  g_autoptr (FxpInteger) engine = fxp_integer_new (model, NULL);
  g_autoptr (Reference) reference = refer (model, FALSE, inputs);
  g_autoptr (Reference) changed = NULL;
  Seen seen = {0};

  fxp_integer_keep (engine);
  fxp_integer_set_sight (engine, see, &seen);
  g_assert_true (fxp_integer_run (engine, inputs, N_SAMPLES, NULL));
  g_assert_cmpuint (seen.n_calls, ==, 4);
  g_assert_cmpuint (seen.n, ==, N_SAMPLES);
  g_assert_cmpint (seen.first,
                   ==,
                   (gint64)reference_sum (&model->nodes[0], &reference->outputs[0], 0, 0, 0, 0));
  changed = refer (model, FALSE, inputs);
  compare ("sight", engine, changed);
}

static void
test_cancel (void)
{
  g_autoptr (FxpModel) model = convert (&cases[2]);
  g_autofree double *inputs = draw_inputs (model, N_SAMPLES);
  g_autoptr (FxpInteger) engine = fxp_integer_new (model, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  FxpInferenceCounts counts;

  g_cancellable_cancel (cancellable);
  g_assert_false (fxp_integer_run (engine, inputs, N_SAMPLES, cancellable));
  fxp_integer_get_counts (engine, &counts);
  g_assert_cmpuint (counts.n_images, ==, 0);
  g_assert_true (fxp_integer_run (engine, inputs, N_SAMPLES, NULL));
}

/* P3: a sample's result does not depend on what it is together with. */
static void
test_batches (void)
{
  g_autoptr (FxpModel) model = convert (&cases[2]);
  g_autofree double *inputs = draw_inputs (model, N_SAMPLES);
  g_autoptr (FxpTeam) team = fxp_team_new (4);
  g_autoptr (FxpInteger) whole = fxp_integer_new (model, team);
  g_autoptr (FxpInteger) single = fxp_integer_new (model, NULL);

  g_assert_true (fxp_integer_run (whole, inputs, N_SAMPLES, NULL));
  for (gsize i = 0; i < N_SAMPLES; i++)
    {
      g_assert_true (
        fxp_integer_run (single, inputs + i * fxp_shape_get_n (&model->input), 1, NULL));
      g_assert_cmpmem (fxp_integer_get_logits (single),
                       10 * sizeof (double),
                       fxp_integer_get_logits (whole) + 10 * i,
                       10 * sizeof (double));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/integer/nodes/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }

  g_test_add_func ("/integer/F10-limit", test_limit);
  g_test_add_func ("/integer/short-limit", test_short_limit);
  g_test_add_func ("/integer/C2-counts", test_counts);
  g_test_add_func ("/integer/sight", test_sight);
  g_test_add_func ("/integer/cancel", test_cancel);
  g_test_add_func ("/integer/P3-batches", test_batches);

  return g_test_run ();
}
