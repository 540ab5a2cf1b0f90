/* SPDX-License-Identifier: MIT */
#include "inference/conversion.h"
#include "inference/evaluation.h"
#include "inference/model-private.h"
#include "number/error.h"
#include "trained-net.h"

#define TOPOLOGY "8C3P-BN-MP2-18C3P-BN-9C1-BN-GAP-10"

typedef struct
{
  guint n_calls;
  double share;
  guint64 n;
  GCancellable *cancellable; /* to be cancelled at the first call, or NULL */
} Watch;

static FxpModel *
convert (FxpTrained *trained, FxpExponents exponents, FxpDataset *dataset)
{
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *calibrated;

  fxp_conversion_options_init (&options);
  options.exponents = exponents;
  options.calibration_batches = 2;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  calibrated = fxp_conversion_calibrate (model, dataset, 1, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return calibrated;
}

static void
watch (double share, const FxpInferenceResult *so_far, gpointer data)
{
  Watch *self = data;

  g_assert_cmpfloat (share, >, self->share);
  g_assert_cmpuint (so_far->n, >, self->n);
  self->share = share;
  self->n = so_far->n;
  self->n_calls++;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/* P1: every value of every layer, with == between integers and doubles. */
static void
test_agreement (gconstpointer data)
{
  const FxpExponents exponents = GPOINTER_TO_UINT (data);
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (FxpModel) model = convert (trained, exponents, dataset);
  g_autoptr (GError) error = NULL;
  FxpInferenceResult result;
  Watch seen = {0};

  g_assert_true (fxp_evaluation_run (model,
                                     dataset,
                                     FXP_SPLIT_TEST,
                                     100,
                                     32,
                                     FXP_ENGINE_BOTH,
                                     FALSE,
                                     2,
                                     watch,
                                     &seen,
                                     NULL,
                                     &result,
                                     &error));
  g_assert_no_error (error);
  g_assert_true (result.is_compared);
  g_assert_cmpuint (result.n, ==, 100);
  g_assert_cmpuint (result.n_agreed, ==, 100);
  g_assert_cmpuint (result.n_values, ==, 100 * (8 * 64 + 8 * 16 + 18 * 16 + 9 * 16 + 9 + 10));
  g_assert_cmpuint (result.counts.n_images, ==, 100);
  g_assert_cmpuint (seen.n_calls, ==, 4);
  g_assert_cmpfloat (seen.share, ==, 1.0);
  g_assert_true (isnan (result.float_seconds));
}

static FxpInferenceResult
compare (FxpModel *model, FxpDataset *dataset, guint64 n_max, guint batch)
{
  g_autoptr (GError) error = NULL;
  FxpInferenceResult result;

  g_assert_true (fxp_evaluation_run (model,
                                     dataset,
                                     FXP_SPLIT_TEST,
                                     n_max,
                                     batch,
                                     FXP_ENGINE_BOTH,
                                     FALSE,
                                     2,
                                     NULL,
                                     NULL,
                                     NULL,
                                     &result,
                                     &error));
  g_assert_no_error (error);
  return result;
}

/* A model that breaks the contract, as no file and no function gives one: the output of its second
 * product lies on a finer grid than y, which doubles can do and integers cannot, as they would have
 * to shift to the left.  There y is the sum itself, and all but small ones saturate alike: so the
 * engines agree on some samples and not on others.  What is told of that must fit what shorter
 * evaluations say. */
static void
test_difference (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (FxpModel) model = convert (trained, FXP_EXPONENTS_STATIC, dataset);
  g_autoptr (FxpModel) broken = fxp_model_copy (model);
  FxpNode *node = fxp_model_get_product (broken, 1);
  const guint index = (guint)(node - broken->nodes);
  FxpInferenceResult whole, other;

  for (gsize i = 0; i < node->output.dim[0]; i++)
    {
      node->factors[i] = 1;
      node->offsets[i] = 0;
    }
  node->format.frac_bits = (gint8)(-fxp_node_get_exponent (broken, node) + 1);
  whole = compare (broken, dataset, 0, 32);
  g_assert_cmpuint (whole.n_agreed, <, whole.n);
  g_assert_cmpuint (whole.n_agreed, >, 0);
  g_assert_cmpuint (whole.first_node, ==, index);
  g_assert_cmpuint (whole.first_sample, <, whole.n);
  /* Neither batches nor threads have a say. */
  other = compare (broken, dataset, 0, 7);
  g_assert_cmpuint (other.n_agreed, ==, whole.n_agreed);
  g_assert_cmpuint (other.first_sample, ==, whole.first_sample);
  g_assert_cmpuint (other.first_node, ==, whole.first_node);
  /* Up to it all agree, and it does not. */
  other = compare (broken, dataset, whole.first_sample + 1, 0);
  g_assert_cmpuint (other.n_agreed, ==, whole.first_sample);
  g_assert_cmpuint (other.first_sample, ==, whole.first_sample);
  if (whole.first_sample > 0)
    {
      other = compare (broken, dataset, whole.first_sample, 0);
      g_assert_cmpuint (other.n_agreed, ==, other.n);
    }
  /* The model it was copied from is as good as before. */
  other = compare (model, dataset, 0, 0);
  g_assert_cmpuint (other.n_agreed, ==, other.n);
}

/* P3: with static exponents neither batch nor threads nor engine have a say. */
static void
test_independence (void)
{
  static const struct
  {
    guint batch, n_threads;
    FxpEngine engine;
  } ways[] = {
    {0, 1, FXP_ENGINE_INTEGER},
    {1, 2, FXP_ENGINE_INTEGER},
    {37, 3, FXP_ENGINE_INTEGER},
    {16, 2, FXP_ENGINE_SIMULATED},
  };
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (FxpModel) model = convert (trained, FXP_EXPONENTS_STATIC, dataset);
  g_autoptr (GError) error = NULL;
  FxpInferenceResult results[G_N_ELEMENTS (ways)];

  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_assert_true (fxp_evaluation_run (model,
                                         dataset,
                                         FXP_SPLIT_TEST,
                                         0,
                                         ways[i].batch,
                                         ways[i].engine,
                                         FALSE,
                                         ways[i].n_threads,
                                         NULL,
                                         NULL,
                                         NULL,
                                         &results[i],
                                         &error));
      g_assert_no_error (error);
      g_assert_cmpuint (results[i].n, ==, fxp_dataset_get_n (dataset, FXP_SPLIT_TEST));
      g_assert_cmpuint (results[i].n_correct, ==, results[0].n_correct);
      if (ways[i].engine == FXP_ENGINE_INTEGER)
        g_assert_cmpmem (&results[i].counts,
                         sizeof results[i].counts,
                         &results[0].counts,
                         sizeof results[0].counts);
    }
}

static void
test_times_float (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (FxpModel) model = convert (trained, FXP_EXPONENTS_STATIC, dataset);
  g_autoptr (GError) error = NULL;
  FxpInferenceResult result;

  g_assert_true (fxp_evaluation_run (model,
                                     dataset,
                                     FXP_SPLIT_TEST,
                                     64,
                                     16,
                                     FXP_ENGINE_INTEGER,
                                     TRUE,
                                     1,
                                     NULL,
                                     NULL,
                                     NULL,
                                     &result,
                                     &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (result.seconds, >, 0);
  g_assert_cmpfloat (result.float_seconds, >, 0);
}

static void
test_cancel (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (FxpModel) model = convert (trained, FXP_EXPONENTS_STATIC, dataset);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  Watch seen = {.cancellable = cancellable};
  FxpInferenceResult result;

  g_assert_false (fxp_evaluation_run (model,
                                      dataset,
                                      FXP_SPLIT_TEST,
                                      0,
                                      8,
                                      FXP_ENGINE_BOTH,
                                      FALSE,
                                      1,
                                      watch,
                                      &seen,
                                      cancellable,
                                      &result,
                                      &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (seen.n_calls, ==, 1);
}

/* The float network has no integers, but the other engine is that network. */
static void
test_off (void)
{
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "tanh");
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpInferenceResult result;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  g_assert_false (fxp_evaluation_run (model,
                                      dataset,
                                      FXP_SPLIT_TEST,
                                      8,
                                      0,
                                      FXP_ENGINE_INTEGER,
                                      FALSE,
                                      1,
                                      NULL,
                                      NULL,
                                      NULL,
                                      &result,
                                      &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_clear_error (&error);
  g_assert_true (fxp_evaluation_run (model,
                                     dataset,
                                     FXP_SPLIT_TEST,
                                     8,
                                     0,
                                     FXP_ENGINE_SIMULATED,
                                     FALSE,
                                     1,
                                     NULL,
                                     NULL,
                                     NULL,
                                     &result,
                                     &error));
  g_assert_no_error (error);
  g_assert_cmpuint (result.n, ==, 8);
}

static void
test_other_data (void)
{
  const FxpDatasetSource source = {.name = "xor", .n_samples = 20, .test_share = 0.5};
  g_autoptr (FxpDataset) dataset = trained_net_load_data ();
  g_autoptr (FxpTrained) trained = trained_net_new (TOPOLOGY, "relu");
  g_autoptr (FxpModel) model = convert (trained, FXP_EXPONENTS_STATIC, dataset);
  g_autoptr (FxpDataset) other = NULL;
  g_autoptr (GError) error = NULL;
  FxpInferenceResult result;

  other = fxp_dataset_load (&source, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (fxp_evaluation_run (model,
                                      other,
                                      FXP_SPLIT_TEST,
                                      0,
                                      0,
                                      FXP_ENGINE_INTEGER,
                                      FALSE,
                                      1,
                                      NULL,
                                      NULL,
                                      NULL,
                                      &result,
                                      &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
}

static void
test_nicks (void)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < FXP_N_ENGINES; i++)
    {
      FxpEngine engine;

      g_assert_true (fxp_engine_parse (fxp_engine_get_nick (i), &engine, &error));
      g_assert_cmpint (engine, ==, i);
    }
  g_assert_false (fxp_engine_parse ("steam", &(FxpEngine){0}, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < FXP_N_EXPONENTS; i++)
    {
      g_autofree char *path =
        g_strdup_printf ("/evaluation/P1-agreement/%s", fxp_exponents_get_nick (i));

      g_test_add_data_func (path, GUINT_TO_POINTER (i), test_agreement);
    }
  g_test_add_func ("/evaluation/difference", test_difference);
  g_test_add_func ("/evaluation/P3-independence", test_independence);
  g_test_add_func ("/evaluation/times-float", test_times_float);
  g_test_add_func ("/evaluation/cancel", test_cancel);
  g_test_add_func ("/evaluation/off", test_off);
  g_test_add_func ("/evaluation/other-data", test_other_data);
  g_test_add_func ("/evaluation/nicks", test_nicks);

  return g_test_run ();
}
