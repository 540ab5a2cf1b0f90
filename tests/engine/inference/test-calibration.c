/* SPDX-License-Identifier: MIT */
/* Static exponents from calibration batches. */
#include "inference/calibration-data-private.h"
#include "inference/conversion.h"
#include "inference/integer-private.h"
#include "number/error.h"
#include "trained-net.h"

#define TOPOLOGY "6C3P-BN-MP2-8C3-BN-AP2-12FC-10"

static FxpModel *
convert (const char *topology, FxpScaling scaling, guint bits, FxpTrained **trained)
{
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  *trained = trained_net_new (topology, "relu");
  fxp_conversion_options_init (&options);
  options.scaling = scaling;
  options.activation_bits = bits;
  options.calibration_batches = 5;
  options.calibration_size = 64;
  model = fxp_conversion_cluster (*trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

static FxpModel *
calibrate (FxpModel *model, FxpDataset *dataset, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  FxpModel *calibrated =
    fxp_conversion_calibrate (model, dataset, n_threads, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return calibrated;
}

static gboolean
is_same (const FxpModel *a, const FxpModel *b)
{
  gboolean same = fxp_format_equal (a->input_format, b->input_format);

  for (guint i = 0; i < a->n_nodes; i++)
    {
      const FxpNode *x = &a->nodes[i], *y = &b->nodes[i];
      const gsize n = x->output.dim[0];

      same &= fxp_format_equal (x->format, y->format);
      if (x->kind == FXP_NODE_PRODUCT)
        same &= memcmp (x->offsets, y->offsets, n * sizeof *x->offsets) == 0 &&
                memcmp (x->factors, y->factors, n * sizeof *x->factors) == 0;
    }
  return same;
}

static void
move_exponents (FxpModel *model, int distance)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < model->n_nodes; i++)
    fxp_model_set_exponent (model, (int)i, distance - model->nodes[i].format.frac_bits, &error);
  g_assert_no_error (error);
}

/* The greatest magnitude of each node's values over the first @n training samples of the data, all
 * exponents as fine as the batch lets them be. */
static void
measure (FxpModel *model, FxpDataset *dataset, double *peaks)
{
  const gsize n = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  g_autofree guint32 *rows = g_new (guint32, n);
  g_autofree double *inputs = g_new (double, n * 64);
  g_autoptr (FxpInteger) engine = fxp_integer_new (model, NULL);

  for (guint32 i = 0; i < n; i++)
    rows[i] = i;
  fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, rows, n, inputs, NULL);
  fxp_integer_set_dynamic (engine, TRUE);
  g_assert_true (fxp_integer_run (engine, inputs, n, NULL));
  for (guint i = 0; i < model->n_nodes; i++)
    peaks[i] = fxp_integer_get_peak (engine, (int)i);
}

/* With all training samples for calibration, as abs-max has it: the greatest value fills the word,
 * by more than half. */
static void
test_abs_max (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) guessed = convert (TOPOLOGY, FXP_SCALING_ABS_MAX, 8, &trained);
  g_autoptr (FxpModel) whole = fxp_model_copy (guessed);
  g_autoptr (FxpModel) model = NULL;
  g_autofree double *peaks = NULL;

  whole->options.calibration_batches = 1;
  whole->options.calibration_size = 4096;
  model = calibrate (whole, dataset, 1);
  peaks = g_new (double, model->n_nodes);
  measure (model, dataset, peaks);
  /* Pixels reach 1. */
  g_assert_cmpint (model->input_format.frac_bits, ==, 6);
  for (guint i = 0; i < model->n_nodes; i++)
    {
      const FxpNode *node = &model->nodes[i];
      const double mantissa = ldexp (peaks[i], node->format.frac_bits);

      if (node->is_last || node->kind == FXP_NODE_MAXIMUM)
        continue;
      g_assert_cmpfloat (mantissa, >=, 64);
      g_assert_cmpfloat (mantissa, <, 128);
    }
  g_assert_true (fxp_format_equal (model->nodes[1].format, model->nodes[0].format));
  g_assert_true (fxp_format_is_float (model->nodes[model->n_nodes - 1].format));
}

/* Batches of one sample each: what decides is the greatest of all of them, not that of the last one
 * nor of those that came first.  Each has exponents of its own on the way, so that values differ a
 * little from those of one batch. */
static void
test_all_batches (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) guessed = convert (TOPOLOGY, FXP_SCALING_ABS_MAX, 8, &trained);
  g_autoptr (FxpModel) single = fxp_model_copy (guessed);
  g_autoptr (FxpModel) model = NULL;
  g_autofree double *peaks = NULL;

  single->options.calibration_batches = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  single->options.calibration_size = 1;
  model = calibrate (single, dataset, 1);
  peaks = g_new (double, model->n_nodes);
  measure (model, dataset, peaks);
  for (guint i = 0; i < model->n_nodes; i++)
    if (!model->nodes[i].is_last)
      {
        g_assert_cmpfloat (ldexp (peaks[i], model->nodes[i].format.frac_bits), <, 132);
        g_assert_cmpfloat (ldexp (peaks[i], model->nodes[i].format.frac_bits), >, 60);
      }
}

/* The same for any number of threads, and whatever the exponents were before. */
static void
test_repeats (void)
{
  static const FxpScaling scalings[] = {FXP_SCALING_ABS_MAX,
                                        FXP_SCALING_RISTRETTO,
                                        FXP_SCALING_NITI,
                                        FXP_SCALING_OVERFLOW_RATE};
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();

  for (guint i = 0; i < G_N_ELEMENTS (scalings); i++)
    {
      g_autoptr (FxpTrained) trained = NULL;
      g_autoptr (FxpModel) guessed = convert (TOPOLOGY, scalings[i], 8, &trained);
      g_autoptr (FxpModel) model = calibrate (guessed, dataset, 1);
      g_autoptr (FxpModel) again = calibrate (guessed, dataset, 3);
      g_autoptr (FxpModel) twice = calibrate (model, dataset, 1);

      g_assert_true (is_same (model, again));
      g_assert_true (is_same (model, twice));
    }
}

/* Ristretto leaves activations one integer bit less, so the greatest saturate, and two where they
 * are a power of two, as white pixels are (1.2); that halves what comes behind. */
static void
test_rules (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpTrained) other = NULL;
  g_autoptr (FxpModel) a = convert (TOPOLOGY, FXP_SCALING_ABS_MAX, 8, &trained);
  g_autoptr (FxpModel) b = convert (TOPOLOGY, FXP_SCALING_RISTRETTO, 8, &other);
  g_autoptr (FxpModel) abs_max = calibrate (a, dataset, 1);
  g_autoptr (FxpModel) ristretto = calibrate (b, dataset, 1);

  g_assert_cmpint (abs_max->input_format.frac_bits, ==, 6);
  g_assert_cmpint (ristretto->input_format.frac_bits, ==, 8);
  g_assert_cmpint (ristretto->nodes[0].format.frac_bits, >, abs_max->nodes[0].format.frac_bits);
}

/* Layers without batch normalization behind each other: exponents guessed from bounds are far off,
 * and the calibrated ones are those of a model that was near from the start. */
static void
test_deep (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) guessed =
    convert ("32FC-32FC-32FC-32FC-32FC-32FC-32FC-10", FXP_SCALING_ABS_MAX, 8, &trained);
  g_autoptr (FxpModel) model = calibrate (guessed, dataset, 1);
  g_autoptr (FxpModel) again = calibrate (model, dataset, 1);

  g_assert_true (is_same (model, again));
  g_assert_cmpint (model->nodes[6].format.frac_bits, >, guessed->nodes[6].format.frac_bits + 8);
}

/* Exponents that were far off, finer or coarser, have no say in the result: what a pass over the
 * first batch saw while they were wrong is forgotten. */
static void
test_far_off (void)
{
  static const FxpScaling scalings[] = {FXP_SCALING_ABS_MAX, FXP_SCALING_OVERFLOW_RATE};
  static const char *const topologies[] = {TOPOLOGY, "6C3P-BN-RES(8/2)-RES(8,NOBN)-GAP-10"};
  static const int distances[] = {40, 25, -40};
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();

  for (guint i = 0; i < G_N_ELEMENTS (scalings) * G_N_ELEMENTS (topologies); i++)
    {
      g_autoptr (FxpTrained) trained = NULL;
      g_autoptr (FxpModel) guessed = convert (topologies[i / 2], scalings[i % 2], 8, &trained);
      g_autoptr (FxpModel) model = calibrate (guessed, dataset, 1);

      for (guint k = 0; k < G_N_ELEMENTS (distances); k++)
        {
          g_autoptr (FxpModel) moved = fxp_model_copy (guessed);
          g_autoptr (FxpModel) again = NULL;

          move_exponents (moved, distances[k]);
          again = calibrate (moved, dataset, 1);
          g_assert_true (is_same (model, again));
        }
    }
}

/* Where a layer gives nothing but its bias, and that is lost while its input's exponent is far too
 * great, it has its own exponent one pass later than the layer in front of it: there are as many
 * passes as that takes. */
static void
test_one_by_one (void)
{
  g_autoptr (FxpExperiment) experiment =
    trained_net_make_experiment ("8FC-8FC-8FC-8FC-8FC-8FC-8FC-10", "relu");
  const guint n = fxp_experiment_get_n_weighted (experiment);
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  FxpTrainedLayer *layers = trained_net_make_layers (experiment);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) guessed = NULL;
  g_autoptr (FxpModel) moved = NULL;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;

  for (guint i = 0; i < n; i++)
    memset ((gpointer)layers[i].weights, 0, layers[i].n_units * layers[i].n_inputs * 8);
  trained = fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  fxp_conversion_options_init (&options);
  guessed = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  moved = fxp_model_copy (guessed);
  move_exponents (moved, 40);
  model = calibrate (moved, dataset, 1);
  for (guint i = 0; i + 1 < n; i++)
    {
      double bias = 0;

      for (gsize unit = 0; unit < layers[i].n_units; unit++)
        bias = fmax (bias, layers[i].bias[unit]);
      g_assert_cmpint (model->nodes[i].format.frac_bits, ==, 6 - ilogb (bias));
    }
  trained_net_free_layers (layers, n);
}

/* The greatest value of the first layer, with the exponents that @model has, in the last one of @n
 * batches. */
static double
find_peak (FxpModel *model, FxpDataset *dataset, guint n)
{
  g_auto (FxpCalibrationData) data = {0};
  g_autoptr (FxpInteger) engine = fxp_integer_new (model, NULL);
  g_autoptr (GError) error = NULL;

  fxp_calibration_data_init (&data, model, dataset, n, &error);
  g_assert_no_error (error);
  fxp_calibration_data_gather (&data, n - 1);
  fxp_integer_set_dynamic (engine, TRUE);
  g_assert_true (fxp_integer_run (engine, data.inputs, data.size, NULL));
  return fxp_integer_get_peak (engine, 0);
}

/* A layer of one filter, calibrated with samples one by one, in an order of their own. */
static FxpModel *
convert_with_seed (guint seed)
{
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("1C3-10", "relu");
  const guint n = fxp_experiment_get_n_weighted (experiment);
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  FxpTrainedLayer *layers = trained_net_make_layers (experiment);
  g_autofree char *text = g_strdup_printf ("%u", seed);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  trained_net_set (&experiment, "experiment.seed", text);
  trained = fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  trained_net_free_layers (layers, n);
  fxp_conversion_options_init (&options);
  options.calibration_size = 1;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

/* Every batch counts, the second and the last one too: the first layer's exponent is that of the
 * greatest value in as many samples as are asked for. */
static void
test_each_batch (void)
{
  enum
  {
    N_BATCHES = 3,
    N_SEEDS = 40
  };
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  guint n_risen[N_BATCHES] = {0};

  for (guint seed = 1; seed <= N_SEEDS; seed++)
    {
      g_autoptr (FxpModel) single = convert_with_seed (seed);
      double peak = 0;

      for (guint n = 1; n <= N_BATCHES; n++)
        {
          g_autoptr (FxpModel) model = NULL;
          const double before = peak;

          single->options.calibration_batches = n;
          model = calibrate (single, dataset, 1);
          peak = fmax (peak, find_peak (model, dataset, n));
          g_assert_cmpint (model->nodes[0].format.frac_bits, ==, 6 - ilogb (peak));
          n_risen[n - 1] += ilogb (peak) > ilogb (before);
        }
    }
  /* Of each batch some did, or nothing would have been seen. */
  for (guint i = 1; i < N_BATCHES; i++)
    g_assert_cmpuint (n_risen[i], >, 0);
}

static void
count_cb (double share, gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (share, >=, *last);
  g_assert_cmpfloat (share, <=, 1);
  *last = share;
}

static void
test_progress (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) guessed = convert (TOPOLOGY, FXP_SCALING_ABS_MAX, 8, &trained);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = NULL;
  double last = 0;

  model = fxp_conversion_calibrate (guessed, dataset, 1, count_cb, &last, cancellable, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (last, ==, 1);
  g_cancellable_cancel (cancellable);
  g_assert_null (fxp_conversion_calibrate (guessed, dataset, 1, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_other_data (void)
{
  const FxpDatasetSource source = {.name = "xor", .n_samples = 50, .test_share = 0.5, .seed = 1};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, &error);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = convert (TOPOLOGY, FXP_SCALING_ABS_MAX, 8, &trained);

  g_assert_no_error (error);
  g_assert_null (fxp_conversion_calibrate (model, dataset, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_cmpstr (error->message,
                   ==,
                   "data set xor has samples of 2 in 2 classes; expected 1x8x8 in 10, which the "
                   "network was trained with");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calibration/abs-max", test_abs_max);
  g_test_add_func ("/calibration/all-batches", test_all_batches);
  g_test_add_func ("/calibration/repeats", test_repeats);
  g_test_add_func ("/calibration/rules", test_rules);
  g_test_add_func ("/calibration/deep", test_deep);
  g_test_add_func ("/calibration/far-off", test_far_off);
  g_test_add_func ("/calibration/one-by-one", test_one_by_one);
  g_test_add_func ("/calibration/each-batch", test_each_batch);
  g_test_add_func ("/calibration/progress", test_progress);
  g_test_add_func ("/calibration/other-data", test_other_data);
  return g_test_run ();
}
