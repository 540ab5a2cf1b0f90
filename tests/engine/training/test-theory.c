/* SPDX-License-Identifier: MIT */
/* What is measured of a checkpoint's float network, away from the run. */
#include "trial.h"

#include "dataset/dataset-private.h"
#include "number/error.h"
#include "training/theory.h"

typedef struct
{
  Trial *trial;
  FxpCheckpoint *checkpoint;
  FxpTheoryOptions options;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "4C3-MP2-12-10",
                                                                "training.batch",
                                                                "32",
                                                                NULL);

  self->trial = trial_new (experiment, 1, 87);
  self->checkpoint = fxp_twins_checkpoint (self->trial->twins, g_strdup (""));
  fxp_theory_options_init (&self->options, self->trial->dataset);
  self->options.n_samples = 40;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  fxp_checkpoint_unref (self->checkpoint);
  trial_free (self->trial);
}

static FxpNoiseGains *
measure (Fixture *self, guint n_threads)
{
  g_autoptr (GError) error = NULL;
  FxpNoiseGains *gains = fxp_theory_measure_gains (self->checkpoint,
                                                   self->trial->dataset,
                                                   &self->options,
                                                   n_threads,
                                                   NULL,
                                                   NULL,
                                                   NULL,
                                                   &error);

  g_assert_no_error (error);
  return gains;
}

static void
assert_same_gains (const FxpNoiseGains *a, const FxpNoiseGains *b)
{
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (a), ==, fxp_noise_gains_get_n_samples (b));
  g_assert_cmpuint (fxp_noise_gains_get_n_layers (a), ==, fxp_noise_gains_get_n_layers (b));
  for (guint16 layer = 0; layer < fxp_noise_gains_get_n_layers (a); layer++)
    for (guint16 role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_ACTIVATION; role++)
      {
        const FxpTensorId id = {layer, role};

        g_assert_cmpfloat (fxp_noise_gains_get (a, id), >, 0);
        g_assert_cmpfloat (fxp_noise_gains_get (a, id), ==, fxp_noise_gains_get (b, id));
      }
}

static void
test_determinism (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpNoiseGains) first = measure (self, 1);
  g_autoptr (FxpNoiseGains) second = measure (self, 1);
  g_autoptr (FxpNoiseGains) together = measure (self, 3);
  g_autoptr (FxpNoiseGains) of_all = NULL;

  g_assert_cmpuint (fxp_noise_gains_get_n_samples (first), ==, 40);
  assert_same_gains (first, second);
  assert_same_gains (first, together);
  /* A slice has no more samples than there are. */
  self->options.n_samples = 100000;
  of_all = measure (self, 2);
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (of_all),
                    ==,
                    fxp_dataset_get_n (self->trial->dataset, FXP_SPLIT_TEST));
}

/* The twin of a run and the same network on its own are the same to it. */
static void
test_float_run (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) alone =
    fxp_theory_get_baseline_experiment (self->checkpoint->experiment);
  Trial *run = trial_new (alone, 1, 87);
  g_autoptr (FxpCheckpoint) checkpoint = fxp_twins_checkpoint (run->twins, g_strdup (""));
  g_autoptr (FxpNoiseGains) of_twin = measure (self, 1);
  g_autoptr (FxpNoiseGains) of_run = NULL;
  g_autoptr (GError) error = NULL;

  of_run = fxp_theory_measure_gains (checkpoint,
                                     run->dataset,
                                     &self->options,
                                     1,
                                     NULL,
                                     NULL,
                                     NULL,
                                     &error);
  g_assert_no_error (error);
  assert_same_gains (of_twin, of_run);
  trial_free (run);
}

typedef struct
{
  guint n;
  double share;
  GThread *thread;
  GCancellable *cancellable; /* cancelled when it is told of something */
} Told;

static void
tell_cb (double share, FxpNoiseGains *so_far, gpointer data)
{
  Told *self = data;

  g_assert_cmpfloat (share, >=, self->share);
  g_assert_cmpfloat (share, <=, 1);
  g_assert_true (g_thread_self () == self->thread);
  if (so_far != NULL)
    g_assert_cmpfloat_with_epsilon (fxp_noise_gains_get_n_samples (so_far) / 40.0, share, 1e-9);
  self->share = share;
  self->n++;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
test_progress (Fixture *self, gconstpointer data)
{
  Told told = {.thread = g_thread_self ()};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpNoiseGains) gains = fxp_theory_measure_gains (self->checkpoint,
                                                              self->trial->dataset,
                                                              &self->options,
                                                              1,
                                                              tell_cb,
                                                              &told,
                                                              NULL,
                                                              &error);

  g_assert_no_error (error);
  g_assert_cmpuint (told.n, >=, 2);
  g_assert_cmpfloat (told.share, ==, 1);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Told told = {.thread = g_thread_self (), .cancellable = cancellable};
  FxpMismatch mismatch;
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_theory_measure_gains (self->checkpoint,
                                           self->trial->dataset,
                                           &self->options,
                                           1,
                                           tell_cb,
                                           &told,
                                           cancellable,
                                           &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpfloat (told.share, <, 1);
  g_clear_error (&error);
  g_assert_false (fxp_theory_measure_mismatch (self->checkpoint,
                                               self->trial->dataset,
                                               self->checkpoint->experiment,
                                               &self->options,
                                               1,
                                               cancellable,
                                               &mismatch,
                                               &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static GAsyncResult *
wait_for (GAsyncResult **result)
{
  while (*result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return *result;
}

static void
test_async (Fixture *self, gconstpointer data)
{
  Told told = {.thread = g_thread_self ()};
  g_autoptr (FxpNoiseGains) expected = measure (self, 1);
  g_autoptr (FxpNoiseGains) gains = NULL;
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) of_mismatch = NULL;
  g_autoptr (GError) error = NULL;
  FxpMismatch mismatch = {0};
  guint n_told;

  fxp_theory_measure_gains_async (self->checkpoint,
                                  self->trial->dataset,
                                  &self->options,
                                  2,
                                  tell_cb,
                                  &told,
                                  NULL,
                                  drive_result_cb,
                                  &result);
  fxp_theory_measure_mismatch_async (self->checkpoint,
                                     self->trial->dataset,
                                     self->checkpoint->experiment,
                                     &self->options,
                                     1,
                                     NULL,
                                     drive_result_cb,
                                     &of_mismatch);
  gains = fxp_theory_measure_gains_finish (wait_for (&result), &error);
  g_assert_no_error (error);
  assert_same_gains (gains, expected);
  g_assert_true (fxp_theory_measure_mismatch_finish (wait_for (&of_mismatch), &mismatch, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (mismatch.n, ==, 40);
  /* Nothing is told behind the result. */
  n_told = told.n;
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (told.n, ==, n_told);
}

static void
test_async_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  self->options.n_samples = 100000;
  fxp_theory_measure_gains_async (self->checkpoint,
                                  self->trial->dataset,
                                  &self->options,
                                  1,
                                  NULL,
                                  NULL,
                                  cancellable,
                                  drive_result_cb,
                                  &result);
  g_cancellable_cancel (cancellable);
  g_assert_null (fxp_theory_measure_gains_finish (wait_for (&result), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_mismatch (Fixture *self, gconstpointer data)
{
  FxpExperiment *experiment = self->checkpoint->experiment;
  g_autoptr (FxpExperiment) as_float = fxp_theory_get_baseline_experiment (experiment);
  g_autoptr (FxpExperiment) coarse = NULL;
  g_autoptr (GError) error = NULL;
  FxpExperiment *experiments[2] = {as_float, NULL};

  coarse = fxp_experiment_with_value (experiment, "precision.*.weight.format", "Q1.0", &error);
  g_assert_no_error (error);
  experiments[1] = coarse;
  for (guint i = 0; i < G_N_ELEMENTS (experiments); i++)
    {
      FxpMismatch one, three;

      fxp_theory_measure_mismatch (self->checkpoint,
                                   self->trial->dataset,
                                   experiments[i],
                                   &self->options,
                                   1,
                                   NULL,
                                   &one,
                                   &error);
      g_assert_no_error (error);
      fxp_theory_measure_mismatch (self->checkpoint,
                                   self->trial->dataset,
                                   experiments[i],
                                   &self->options,
                                   3,
                                   NULL,
                                   &three,
                                   &error);
      g_assert_no_error (error);
      g_assert_cmpuint (one.n, ==, 40);
      g_assert_cmpuint (three.n_different, ==, one.n_different);
      g_assert_true ((one.n_different > 0) == (i == 1));
    }
}

static void
assert_refused (FxpCheckpoint *checkpoint,
                FxpDataset *dataset,
                const FxpTheoryOptions *options,
                FxpError code,
                const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (
    fxp_theory_measure_gains (checkpoint, dataset, options, 1, NULL, NULL, NULL, &error));
  g_assert_error (error, FXP_ERROR, (int)code);
  g_test_message ("%s", error->message);
  g_assert_nonnull (strstr (error->message, words));
}

static FxpSamples *
make_samples_of_one_class (guint n)
{
  FxpSamples *samples = fxp_samples_new (2, sizeof (float));
  float *features;

  g_assert_true (fxp_samples_reserve (samples, n, n, "one", NULL));
  features = samples->features;
  for (guint i = 0; i < 2 * n; i++)
    features[i] = i * 0.01f;
  memset (samples->labels, 0, n * sizeof samples->labels[0]);
  samples->n = n;
  return samples;
}

static void
test_one_class (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("network.topology", "2-3-1", NULL);
  g_autoptr (FxpDataset) dataset = fxp_dataset_new ("one",
                                                    &FXP_SHAPE_1 (2),
                                                    1,
                                                    make_samples_of_one_class (20),
                                                    make_samples_of_one_class (5));
  Trial *trial = self->trial;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;

  fxp_twins_free (trial->twins);
  trial->twins = fxp_twins_new (experiment, dataset, trial->scratch, trial->team, &trial->lookout);
  trial_train (trial, 3);
  checkpoint = fxp_twins_checkpoint (trial->twins, g_strdup (""));
  assert_refused (checkpoint, dataset, &self->options, FXP_ERROR_DATASET, "one class");
}

static void
test_errors (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) spiral = fxp_experiment_new ();
  g_autoptr (FxpDataset) other = drive_load_data (spiral);
  g_autoptr (FxpExperiment) fixed = drive_make_experiment ("training.twin", "false", NULL);
  Trial *trial = trial_new (fixed, 1, 3);
  g_autoptr (FxpCheckpoint) without = fxp_twins_checkpoint (trial->twins, g_strdup (""));
  FxpTheoryOptions of_validation = self->options;
  FxpMismatch mismatch;
  g_autoptr (GError) error = NULL;

  of_validation.slice = FXP_SPLIT_VALIDATION;
  assert_refused (without,
                  trial->dataset,
                  &self->options,
                  FXP_ERROR_CHECKPOINT,
                  "no float network");
  assert_refused (self->checkpoint, other, &self->options, FXP_ERROR_CHECKPOINT, "spiral");
  assert_refused (self->checkpoint,
                  self->trial->dataset,
                  &of_validation,
                  FXP_ERROR_DATASET,
                  "no validation samples");
  g_assert_false (fxp_theory_measure_mismatch (self->checkpoint,
                                               self->trial->dataset,
                                               spiral,
                                               &self->options,
                                               1,
                                               NULL,
                                               &mismatch,
                                               &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  trial_free (trial);
}

static void
test_options (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("dataset.validation-share", "0.2", NULL);
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  FxpTheoryOptions options;

  g_assert_cmpint (self->options.slice, ==, FXP_SPLIT_TEST);
  fxp_theory_options_init (&options, dataset);
  g_assert_cmpint (options.slice, ==, FXP_SPLIT_VALIDATION);
  g_assert_cmpuint (options.n_samples, ==, 500);
  g_assert_false (options.caps_samples);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *path;
    void (*func) (Fixture *self, gconstpointer data);
  } tests[] = {
    {"/training/theory/determinism", test_determinism},
    {"/training/theory/float-run", test_float_run},
    {"/training/theory/progress", test_progress},
    {"/training/theory/cancel", test_cancel},
    {"/training/theory/async", test_async},
    {"/training/theory/async-cancel", test_async_cancel},
    {"/training/theory/mismatch", test_mismatch},
    {"/training/theory/one-class", test_one_class},
    {"/training/theory/errors", test_errors},
    {"/training/theory/options", test_options},
  };

  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    g_test_add (tests[i].path, Fixture, NULL, set_up, tests[i].func, tear_down);

  return g_test_run ();
}
