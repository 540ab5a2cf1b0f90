/* SPDX-License-Identifier: MIT */
/* Fine-tuning of clustered weights; tests with a letter and a number are acceptance tests of the
 * second paper. */
#include "trial.h"

#include "inference/conversion.h"
#include "inference/model-private.h"
#include "number/error.h"
#include "training/fine-tuning.h"
#include "training/test-job-private.h"

#include <math.h>

#define N_EPOCHS 8
#define EPOCH    44 /* steps */

/* A float network that has learnt the digits, so narrow that clusters cost it something, and its
 * data. */
static FxpCheckpoint *trained;
static FxpDataset *dataset;
static double trained_accuracy;

static double
get_accuracy (FxpTwins *twins)
{
  g_autoptr (FxpTestJob) job = fxp_test_job_new (twins);
  FxpTest test;

  while (!fxp_test_job_is_done (job))
    g_assert_true (fxp_test_job_advance (job));
  fxp_test_job_get_test (job, &test);
  return test.test.accuracy[0];
}

static void
train (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("dataset.name",
                           "digits",
                           "network.topology",
                           "8C3P-BN-8C3P-BN-MP2-12C3P-BN-GAP-10",
                           "precision.*.*.format",
                           "float",
                           "training.rate",
                           "0.1",
                           "training.momentum",
                           "0.9",
                           "training.batch",
                           "32",
                           "training.twin",
                           "false",
                           "training.schedule",
                           "cosine",
                           "training.schedule-steps",
                           "352",
                           NULL);
  Trial *trial;

  dataset = drive_load_data (experiment);
  trial = trial_new_with_data (experiment, dataset, 2);
  while (trial->twins->position.cursor.epoch < N_EPOCHS)
    trial_train (trial, 1);
  trained_accuracy = get_accuracy (trial->twins);
  trained = fxp_twins_checkpoint (trial->twins, g_strdup (""));
  trial_free (trial);
}

/* @size: N; of @bits 2 ternary, of more linear; 0: plain words of 8. */
static FxpModel *
make_model (guint size, guint bits)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTrained) source = fxp_trained_new_from_checkpoint (trained, &error);
  FxpConversionOptions options;
  FxpModel *model;

  g_assert_no_error (error);
  fxp_conversion_options_init (&options);
  options.clusters.size = MAX (size, 1);
  options.clusters.bits = bits;
  if (size == 0)
    options.clusters.method = FXP_CLUSTER_NONE;
  else if (bits > 2)
    options.clusters.method = FXP_CLUSTER_LINEAR;
  model = fxp_conversion_cluster (source, &options, &error);
  g_assert_no_error (error);
  return model;
}

static FxpCheckpoint *
tune (const FxpModel *model,
      guint64 n_steps,
      double rate,
      guint n_threads,
      FxpFineTuningResult *result)
{
  const FxpFineTuningOptions options = {n_steps, rate};
  g_autoptr (GError) error = NULL;
  FxpCheckpoint *checkpoint = fxp_fine_tuning_run (trained,
                                                   dataset,
                                                   model,
                                                   &options,
                                                   n_threads,
                                                   NULL,
                                                   NULL,
                                                   NULL,
                                                   result,
                                                   &error);

  g_assert_no_error (error);
  return checkpoint;
}

/* Twins that go on from @checkpoint. */
static Trial *
resume (const FxpCheckpoint *checkpoint)
{
  Trial *trial = trial_new_with_data (checkpoint->experiment, dataset, 2);

  fxp_twins_free (trial->twins);
  trial->twins = fxp_twins_new_from_checkpoint (checkpoint,
                                                dataset,
                                                trial->scratch,
                                                trial->team,
                                                &trial->lookout);
  g_assert_nonnull (trial->twins);
  return trial;
}

/* At a rate of next to nothing the running statistics of normalization alone go on, and become
 * those of the clusters there are, as if estimated anew. */
static double
get_tuned_accuracy (const FxpCheckpoint *checkpoint)
{
  Trial *trial = resume (checkpoint);
  g_autoptr (FxpExperiment) still =
    fxp_experiment_with_value (trial->twins->experiment, "training.rate", "1e-30", NULL);
  double accuracy;

  fxp_twins_set_experiment (trial->twins, still);
  trial_train (trial, EPOCH);
  accuracy = get_accuracy (trial->twins);
  trial_free (trial);
  return accuracy;
}

static void
test_experiment (void)
{
  g_autoptr (FxpModel) model = make_model (64, 2);
  g_autoptr (FxpModel) plain = make_model (0, 8);
  const FxpFineTuningOptions options = {10, 0}, faster = {10, 0.01};
  g_autoptr (FxpExperiment) experiment = fxp_fine_tuning_get_experiment (model, &options);
  g_autoptr (FxpExperiment) other = fxp_fine_tuning_get_experiment (plain, &faster);
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  const FxpClusterOptions *clusters = &fxp_experiment_get_settings (other)->clusters;

  g_assert_cmpfloat (settings->rate, ==, 0.1 / 50);
  g_assert_cmpfloat (settings->momentum, ==, 0.9);
  g_assert_cmpint (settings->schedule, ==, FXP_SCHEDULE_CONSTANT);
  g_assert_false (settings->twin);
  g_assert_true (
    fxp_cluster_options_equal (&settings->clusters, &fxp_model_get_options (model)->clusters));
  g_assert_cmpint (settings->last_weights, ==, FXP_LAST_WEIGHTS_BYTE);
  for (guint16 layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint16 role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (experiment, id);

        if (!fxp_experiment_has_tensor (experiment, id))
          continue;
        g_assert_true (fxp_format_is_float (quantizer->format) == (role != FXP_ROLE_ACTIVATION));
        if (role != FXP_ROLE_ACTIVATION)
          continue;
        g_assert_cmpuint (quantizer->format.word_bits, ==, 8);
        g_assert_cmpint (quantizer->rounding, ==, FXP_ROUND_NEAREST_UP);
        g_assert_cmpint (quantizer->overflow, ==, FXP_OVERFLOW_SATURATE_SYMMETRIC);
      }
  g_assert_true (
    fxp_format_equal (fxp_experiment_get_quantizer (experiment,
                                                    (FxpTensorId){0, FXP_ROLE_ACTIVATION})
                        ->format,
                      fxp_model_get_input_format (model, 0)));
  /* Behind a mean, the range that its operands need. */
  g_assert_true (
    fxp_format_equal (fxp_experiment_get_quantizer (experiment,
                                                    (FxpTensorId){3, FXP_ROLE_ACTIVATION})
                        ->format,
                      fxp_model_get_product (model, 2)->format));

  g_assert_cmpfloat (fxp_experiment_get_settings (other)->rate, ==, 0.01);
  g_assert_cmpint (clusters->method, ==, FXP_CLUSTER_POWER);
  g_assert_cmpint (clusters->granularity, ==, FXP_GRANULARITY_LAYER);
  g_assert_cmpuint (clusters->bits, ==, 8);
}

/* Plain words in a model and the clusters that stand for them in training are the same values. */
static void
test_plain_words (void)
{
  g_autoptr (FxpModel) model = make_model (0, 8);
  FxpFineTuningResult result;
  g_autoptr (FxpCheckpoint) tuned = tune (model, 0, 0, 1, &result);
  Trial *trial = resume (tuned);
  const FxpStep step = {.step = FXP_STEP_EVALUATION};
  g_autofree double *inputs = g_new0 (double, fxp_shape_get_n (fxp_dataset_get_shape (dataset)));

  g_assert_true (isnan (result.loss_first) && isnan (result.loss_last) && !result.diverged);
  fxp_network_forward (trial->twins->networks[0], inputs, 1, &step);
  for (guint layer = 0; layer < fxp_model_get_n_weighted (model); layer++)
    {
      const FxpTensor *used = fxp_network_get_used_weights (trial->twins->networks[0], layer);
      g_autofree double *values = g_new (double, used->n);

      fxp_clusters_decode (fxp_model_get_clusters (model, layer), values);
      for (gsize i = 0; i < used->n; i++)
        g_assert_cmpfloat (fxp_tensor_get_value (used, i), ==, values[i]);
    }
  trial_free (trial);
}

/* One epoch gains at least half of what clusters of whole filters, N being that large, cost. */
static void
test_gap (void)
{
  g_autoptr (FxpModel) model = make_model (64, 2);
  FxpFineTuningResult still, moving;
  g_autoptr (FxpCheckpoint) before = tune (model, 0, 0, 2, &still);
  g_autoptr (FxpCheckpoint) after = tune (model, EPOCH, 0, 2, &moving);
  const double accuracy_before = get_tuned_accuracy (before);
  const double accuracy_after = get_tuned_accuracy (after);

  g_test_message ("float %g, clusters %g, fine-tuned %g; loss %g to %g",
                  trained_accuracy,
                  accuracy_before,
                  accuracy_after,
                  moving.loss_first,
                  moving.loss_last);
  g_assert_false (still.diverged || moving.diverged);
  g_assert_cmpuint (moving.n_steps, ==, EPOCH);
  g_assert_cmpfloat (moving.loss_last, <, moving.loss_first);
  g_assert_cmpfloat (accuracy_before, <, trained_accuracy - 0.01);
  g_assert_cmpfloat (accuracy_after - accuracy_before,
                     >=,
                     0.5 * (trained_accuracy - accuracy_before));
}

/* Fifty times the rate it learnt with. */
static void
test_diverged (void)
{
  g_autoptr (FxpModel) model = make_model (64, 2);
  FxpFineTuningResult result;
  g_autoptr (FxpCheckpoint) tuned = tune (model, 40, 50 * 0.1, 2, &result);

  g_test_message ("loss %g to %g in %u steps",
                  result.loss_first,
                  result.loss_last,
                  (guint)result.n_steps);
  g_assert_true (result.diverged);
  g_assert_nonnull (tuned);
}

/* Half the way, through a file's bytes, then the rest as any run goes on: as if it had gone
 * straight, with any number of threads. */
static void
test_resume (void)
{
  g_autoptr (FxpModel) model = make_model (4, 2);
  FxpFineTuningResult result;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) straight = tune (model, 30, 0, 1, &result);
  g_autoptr (FxpCheckpoint) half = tune (model, 13, 0, 2, &result);
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (half);
  g_autoptr (FxpCheckpoint) read = fxp_checkpoint_new_from_bytes (bytes, "half", &error);
  g_autoptr (FxpCheckpoint) end = NULL;
  Trial *trial;

  g_assert_no_error (error);
  trial = resume (read);
  trial_train (trial, 17);
  end = fxp_twins_checkpoint (trial->twins, g_strdup (""));
  g_assert_cmpuint (fxp_checkpoint_get_step (end), ==, fxp_checkpoint_get_step (straight));
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (end),
                   ==,
                   fxp_checkpoint_get_fingerprint (straight));
  trial_free (trial);
}

/* What was fine-tuned converts: its masters are what it learnt, not a float network's words. */
static void
test_convert_again (void)
{
  g_autoptr (FxpModel) model = make_model (4, 2);
  FxpFineTuningResult result;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) tuned = tune (model, 5, 0, 1, &result);
  g_autoptr (FxpTrained) source = fxp_trained_new_from_checkpoint (tuned, &error);
  const FxpStored *stored = fxp_checkpoint_get_stored (tuned, FALSE, 1, FXP_LEARNT_WEIGHT);
  const FxpStored *old = fxp_checkpoint_get_stored (trained, FALSE, 1, FXP_LEARNT_WEIGHT);
  const float *words;
  guint twin;

  g_assert_no_error (error);
  g_assert_false (fxp_checkpoint_find_float (tuned->experiment, &twin));
  words = g_bytes_get_data (stored->data, NULL);
  g_assert_cmpfloat (fxp_trained_get_layer (source, 1)->weights[7], ==, words[7]);
  g_assert_false (g_bytes_equal (stored->data, old->data));
}

typedef struct
{
  GCancellable *cancellable;
  guint n_told;
  guint64 n_steps;
  gint64 cancelled; /* monotonic time */
} Listener;

static void
cancel_cb (double share, const FxpFineTuningResult *so_far, gpointer data)
{
  Listener *self = data;

  self->n_told++;
  g_assert_cmpuint (so_far->n_steps, >, self->n_steps);
  self->n_steps = so_far->n_steps;
  g_assert_cmpfloat_with_epsilon (share, so_far->n_steps / 1e6, 1e-9);
  g_assert_true (isfinite (so_far->loss_first) && isfinite (so_far->loss_last));
  self->cancelled = g_get_monotonic_time ();
  g_cancellable_cancel (self->cancellable);
}

static void
test_cancel (void)
{
  g_autoptr (FxpModel) model = make_model (4, 2);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const FxpFineTuningOptions options = {1000000, 0};
  Listener listener = {.cancellable = cancellable};
  FxpFineTuningResult result;

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpCheckpoint) tuned = fxp_fine_tuning_run (trained,
                                                             dataset,
                                                             model,
                                                             &options,
                                                             1,
                                                             cancel_cb,
                                                             &listener,
                                                             cancellable,
                                                             &result,
                                                             &error);

      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_null (tuned);
    }
  g_assert_cmpint (g_get_monotonic_time () - listener.cancelled, <, G_USEC_PER_SEC / 2);
  g_assert_cmpuint (listener.n_told, ==, 1);
}

/* A checkpoint of another topology, and data of another shape. */
static void
test_refused (void)
{
  g_autoptr (FxpModel) model = make_model (4, 2);
  g_autoptr (FxpExperiment) toy = drive_make_experiment ("network.topology", "2-8-2", NULL);
  Trial *trial = trial_new (toy, 1, 1);
  g_autoptr (FxpCheckpoint) other = fxp_twins_checkpoint (trial->twins, g_strdup (""));
  const FxpFineTuningOptions options = {1, 0};
  const struct
  {
    const FxpCheckpoint *checkpoint;
    FxpDataset *dataset;
    FxpError code;
    const char *part;
  } rows[] = {
    {other, dataset, FXP_ERROR_CHECKPOINT, "network is 2-8-2; expected 8C3P"},
    {trained, trial->dataset, FXP_ERROR_SHAPE, "8C3P"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      FxpFineTuningResult result;
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpCheckpoint) tuned = fxp_fine_tuning_run (rows[i].checkpoint,
                                                             rows[i].dataset,
                                                             model,
                                                             &options,
                                                             1,
                                                             NULL,
                                                             NULL,
                                                             NULL,
                                                             &result,
                                                             &error);

      g_assert_null (tuned);
      g_assert_error (error, FXP_ERROR, (int)rows[i].code);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, rows[i].part));
    }
  trial_free (trial);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);
  train ();
  g_test_add_func ("/training/fine-tuning/experiment", test_experiment);
  g_test_add_func ("/training/fine-tuning/plain-words", test_plain_words);
  g_test_add_func ("/training/fine-tuning/R4-gap", test_gap);
  g_test_add_func ("/training/fine-tuning/R5-diverged", test_diverged);
  g_test_add_func ("/training/fine-tuning/R7-resume", test_resume);
  g_test_add_func ("/training/fine-tuning/convert-again", test_convert_again);
  g_test_add_func ("/training/fine-tuning/cancel", test_cancel);
  g_test_add_func ("/training/fine-tuning/refused", test_refused);
  status = g_test_run ();
  fxp_checkpoint_unref (trained);
  fxp_dataset_unref (dataset);
  return status;
}
