/* SPDX-License-Identifier: MIT */
/* Batch normalization estimated anew. */
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "number/error.h"
#include "trained-net.h"

static FxpModel *
convert (const char *topology, FxpTrained **trained)
{
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  *trained = trained_net_new (topology, "relu");
  fxp_conversion_options_init (&options);
  options.calibration_batches = 4;
  options.calibration_size = 64;
  model = fxp_conversion_cluster (*trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

static FxpModel *
reestimate (FxpModel *model, FxpDataset *dataset, guint n_batches, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  FxpModel *changed =
    fxp_conversion_reestimate (model, dataset, n_batches, n_threads, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return changed;
}

static void
assert_same (const FxpModel *a, const FxpModel *b)
{
  for (guint layer = 0; layer < fxp_model_get_n_weighted (a); layer++)
    {
      const FxpNode *x = fxp_model_get_product (a, layer), *y = fxp_model_get_product (b, layer);
      const gsize n = x->output.dim[0];

      g_assert_true (fxp_format_equal (x->format, y->format));
      g_assert_cmpmem (x->offsets, n * sizeof (gint64), y->offsets, n * sizeof (gint64));
      g_assert_cmpmem (x->factors, n * sizeof (gint16), y->factors, n * sizeof (gint16));
      if (x->gamma == NULL)
        continue;
      g_assert_cmpmem (x->mean, n * sizeof (double), y->mean, n * sizeof (double));
      g_assert_cmpmem (x->variance, n * sizeof (double), y->variance, n * sizeof (double));
    }
}

/* P6: the same batches give the same statistics, for a model that has them already too; and with
 * any number of threads. */
static void
test_twice (void)
{
  static const char *const topologies[] = {
    "6C3P-BN-MP2-8C3-BN-AP2-12FC-BN-10",
    "6C3P-BN-RES(8/2)-RES(8)-GAP-10",
    "6C3P-MP2-8C3-BN-12FC-10",
  };
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();

  for (guint i = 0; i < G_N_ELEMENTS (topologies); i++)
    {
      g_autoptr (FxpTrained) trained = NULL;
      g_autoptr (FxpModel) model = convert (topologies[i], &trained);
      g_autoptr (FxpModel) once = reestimate (model, dataset, 6, 1);
      g_autoptr (FxpModel) again = reestimate (model, dataset, 6, 3);
      g_autoptr (FxpModel) twice = reestimate (once, dataset, 6, 1);

      g_assert_false (fxp_model_is_reestimated (model));
      g_assert_true (fxp_model_is_reestimated (once));
      assert_same (once, again);
      assert_same (once, twice);
    }
}

/* With a first layer whose sums are great, so that its exponent depends on A and B. */
static FxpModel *
convert_great (void)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpExperiment) experiment =
    trained_net_make_experiment ("6C3P-BN-8C3P-8C3P-BN-GAP-12FC-10", "relu");
  FxpTrainedLayer *layers = trained_net_make_layers (experiment);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  for (gsize i = 0; i < 6 * 9; i++)
    ((double *)layers[0].weights)[i] *= 0x1p30;
  trained = fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  trained_net_free_layers (layers, fxp_experiment_get_n_weighted (experiment));
  fxp_conversion_options_init (&options);
  options.calibration_size = 64;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

/* What was learnt for the data before, however far off or no number, and exponents that came of it
 * have no say: they would leave their mark on the grids on which the first batches' B lie. */
static void
test_nothing_of_before (void)
{
  static const double means[] = {0, 1e25, -1e25}, variances[] = {1, 0, NAN};
  static const int distances[] = {0, 30, -30};
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpModel) model = convert_great ();
  g_autoptr (FxpModel) expected = reestimate (model, dataset, 3, 1);

  for (guint i = 0; i < 27; i++)
    {
      g_autoptr (FxpModel) other = fxp_model_copy (model);
      g_autoptr (FxpModel) changed = NULL;
      g_autoptr (GError) error = NULL;

      for (guint node = 0; node < other->n_nodes; node++)
        {
          FxpNode *self = &other->nodes[node];

          fxp_model_set_exponent (other,
                                  (int)node,
                                  distances[i / 9] - self->format.frac_bits,
                                  &error);
          g_assert_no_error (error);
          if (self->gamma == NULL)
            continue;
          self->mean[1] = means[i % 3];
          self->variance[2] = variances[i / 3 % 3];
        }
      changed = reestimate (other, dataset, 3, 1);
      assert_same (changed, expected);
    }
}

/* Nor has the range that inputs were expected to have: it is that of the batches.  Of 4 bits, as
 * pixels are multiples of 1/16, which 8 bits have room for in either range. */
static void
test_inputs (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new ("6C3P-BN-8C3P-BN-GAP-10", "relu");
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) expected = NULL;
  g_autoptr (FxpModel) changed = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.activation_bits = 4;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  expected = reestimate (model, dataset, 3, 1);
  /* As a model from a file, whose experiment is its own. */
  g_clear_pointer (&model->trained, fxp_trained_unref);
  trained_net_set (&model->experiment, "dataset.normalize", "true");
  changed = reestimate (model, dataset, 3, 1);
  assert_same (changed, expected);
}

typedef struct
{
  guint node;     /* whose */
  double *values; /* sums as reals */
  gsize n;
} Sums;

static void
keep_sums_cb (FxpInteger *engine, guint node, const gint64 *sums, gsize n, gpointer data)
{
  Sums *self = data;
  FxpModel *model = fxp_integer_get_model (engine);
  const int exponent = fxp_node_get_sum_exponent (model, &model->nodes[node]);

  if (node != self->node)
    return;
  self->n = n * fxp_shape_get_n (&model->nodes[node].output);
  self->values = g_new (double, self->n);
  for (gsize i = 0; i < self->n; i++)
    self->values[i] = ldexp ((double)sums[i], exponent);
}

/* One batch of all samples: the first layer's statistics are those of its real sums. */
static void
test_values (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  const gsize n = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert ("6C3-BN-10", &trained);
  g_autoptr (FxpModel) whole = fxp_model_copy (model);
  g_autoptr (FxpModel) changed = NULL;
  g_autofree guint32 *rows = g_new (guint32, n);
  g_autofree double *inputs = g_new (double, n * 64);
  g_autoptr (FxpInteger) engine = NULL;
  Sums sums = {0};

  whole->options.calibration_size = 4096;
  changed = reestimate (whole, dataset, 1, 1);
  engine = fxp_integer_new (changed, NULL);
  for (guint32 i = 0; i < n; i++)
    rows[i] = i;
  fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, rows, n, inputs, NULL);
  fxp_integer_set_sight (engine, keep_sums_cb, &sums);
  g_assert_true (fxp_integer_run (engine, inputs, n, NULL));
  for (gsize c = 0; c < 6; c++)
    {
      double mean = 0, variance = 0;

      for (gsize i = c; i < sums.n; i += 6)
        mean += sums.values[i] / (double)(sums.n / 6);
      for (gsize i = c; i < sums.n; i += 6)
        variance += (sums.values[i] - mean) * (sums.values[i] - mean) / (double)(sums.n / 6);
      g_assert_cmpfloat_with_epsilon (changed->nodes[0].mean[c], mean, 1e-9);
      g_assert_cmpfloat_with_epsilon (changed->nodes[0].variance[c], variance, 1e-9);
    }
  g_free (sums.values);
}

/* The same of the second layer, whose inputs are those of a first one that is normalized with what
 * this batch showed: the model that comes of it has the same sums, but for what static exponents
 * round otherwise. */
static void
test_one_pass (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  const gsize n = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), n_units = 8;
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert ("6C3-BN-8C3-BN-10", &trained);
  g_autoptr (FxpModel) whole = fxp_model_copy (model);
  g_autoptr (FxpModel) changed = NULL;
  g_autofree guint32 *rows = g_new (guint32, n);
  g_autofree double *inputs = g_new (double, n * 64);
  g_autoptr (FxpInteger) engine = NULL;
  Sums sums = {.node = 1};

  whole->options.calibration_size = 4096;
  changed = reestimate (whole, dataset, 1, 1);
  engine = fxp_integer_new (changed, NULL);
  for (guint32 i = 0; i < n; i++)
    rows[i] = i;
  fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, rows, n, inputs, NULL);
  fxp_integer_set_sight (engine, keep_sums_cb, &sums);
  g_assert_true (fxp_integer_run (engine, inputs, n, NULL));
  for (gsize c = 0; c < n_units; c++)
    {
      const FxpNode *node = &changed->nodes[1];
      double mean = 0, square = 0, deviation;

      for (gsize i = c; i < sums.n; i += n_units)
        {
          mean += sums.values[i] / (double)(sums.n / n_units);
          square += sums.values[i] * sums.values[i] / (double)(sums.n / n_units);
        }
      deviation = sqrt (square - mean * mean);
      g_assert_cmpfloat (fabs (node->mean[c] - mean), <=, 0.02 * deviation);
      g_assert_cmpfloat (fabs (sqrt (node->variance[c]) - deviation), <=, 0.02 * deviation);
    }
  g_free (sums.values);
}

/* Batches whose statistics are averaged are near those of all samples at once, and so are those of
 * the layer behind, which sees normalized inputs while they are gathered. */
static void
test_average (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert ("6C3-BN-8C3-BN-10", &trained);
  g_autoptr (FxpModel) whole = fxp_model_copy (model);
  g_autoptr (FxpModel) at_once = NULL;
  g_autoptr (FxpModel) averaged = reestimate (model, dataset, 10000, 1);

  whole->options.calibration_size = 4096;
  at_once = reestimate (whole, dataset, 1, 1);
  for (guint layer = 0; layer < 2; layer++)
    {
      const FxpNode *a = fxp_model_get_product (averaged, layer);
      const FxpNode *b = fxp_model_get_product (at_once, layer);

      for (gsize c = 0; c < a->output.dim[0]; c++)
        {
          g_assert_cmpfloat_with_epsilon (a->mean[c], b->mean[c], 0.05 * sqrt (b->variance[c]));
          g_assert_cmpfloat_with_epsilon (a->variance[c], b->variance[c], 0.1 * b->variance[c]);
        }
    }
}

/* The report tells how far the centres have moved. */
static void
test_shift (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert ("6C3-BN-8C3-BN-10", &trained);
  g_autoptr (FxpModel) changed = reestimate (model, dataset, 4, 1);
  FxpLayerReport *before = fxp_model_report (model);
  FxpLayerReport *after = fxp_model_report (changed);

  for (guint i = 0; i < 2; i++)
    {
      g_assert_cmpfloat (before[i].shift, ==, 0);
      g_assert_cmpfloat (after[i].shift, >, 0.01);
    }
  g_assert_true (isnan (after[2].shift));
  fxp_layer_reports_free (before, 3);
  fxp_layer_reports_free (after, 3);
}

static void
test_refused (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert ("6C3-MP2-10", &trained);
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_conversion_reestimate (model, dataset, 4, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_cmpstr (error->message,
                   ==,
                   "topology 6C3-MP2-10: no layer has batch normalization, so there is nothing to "
                   "estimate anew; expected at least one with BN behind it");
}

static void
test_off (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new ("6C3-BN-10", "relu");
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) calibrated = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  calibrated = fxp_conversion_calibrate (model, dataset, 1, NULL, NULL, NULL, &error);
  g_assert_true (calibrated == model);
  g_assert_null (fxp_conversion_reestimate (model, dataset, 4, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
}

static void
test_cancelled (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert ("6C3-BN-10", &trained);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  g_assert_null (fxp_conversion_reestimate (model, dataset, 4, 1, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reestimation/P6-twice", test_twice);
  g_test_add_func ("/reestimation/nothing-of-before", test_nothing_of_before);
  g_test_add_func ("/reestimation/inputs", test_inputs);
  g_test_add_func ("/reestimation/values", test_values);
  g_test_add_func ("/reestimation/one-pass", test_one_pass);
  g_test_add_func ("/reestimation/average", test_average);
  g_test_add_func ("/reestimation/shift", test_shift);
  g_test_add_func ("/reestimation/refused", test_refused);
  g_test_add_func ("/reestimation/off", test_off);
  g_test_add_func ("/reestimation/cancelled", test_cancelled);
  return g_test_run ();
}
