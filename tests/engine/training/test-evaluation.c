/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include "training/evaluation-private.h"
#include "training/test-job-private.h"

#include <math.h>

static gboolean
run_test (const FxpTwins *twins, FxpTest *test)
{
  g_autoptr (FxpTestJob) job = fxp_test_job_new (twins);

  while (!fxp_test_job_is_done (job))
    if (!fxp_test_job_advance (job))
      return FALSE;
  fxp_test_job_get_test (job, test);
  return TRUE;
}

/* One by one, with the argmax found anew. */
static void
test_accuracy (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("dataset.name", "gauss", "dataset.samples", "1111", NULL);
  Trial *trial = trial_new (experiment, 1, 100);
  gsize n = fxp_dataset_get_n (trial->dataset, FXP_SPLIT_TEST);
  FxpStep step = {.step = FXP_STEP_EVALUATION};
  guint n_correct[2] = {0};
  FxpTest test;

  trial->n_asked = 0;
  g_assert_true (run_test (trial->twins, &test));
  /* Once for a chunk, and in the midst of those that take long. */
  g_assert_cmpuint (trial->n_asked, >=, (n + 255) / 256);
  for (guint32 row = 0; row < n; row++)
    for (guint twin = 0; twin < 2; twin++)
      {
        double inputs[2];
        guint16 label;
        const double *logits;

        fxp_dataset_gather (trial->dataset, FXP_SPLIT_TEST, &row, 1, inputs, &label);
        fxp_network_forward (trial->twins->networks[twin], inputs, 1, &step);
        logits = fxp_network_get_logits (trial->twins->networks[twin]);
        n_correct[twin] += (logits[1] > logits[0]) == label;
      }
  for (guint twin = 0; twin < 2; twin++)
    {
      g_assert_cmpfloat (test.test.accuracy[twin], ==, (double)n_correct[twin] / n);
      g_assert_cmpfloat (test.test.accuracy[twin], >, 0.8);
      g_assert_cmpfloat (test.test.loss[twin], >, 0);
      g_assert_cmpfloat (test.test.loss[twin], <, 1);
    }
  trial_free (trial);
}

static void
test_changes_nothing (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("precision.*.*.rounding", "stochastic", NULL);
  Trial *watched = trial_new (experiment, 1, 0);
  Trial *alone = trial_new (experiment, 2, 0);
  g_autoptr (FxpCheckpoint) a = NULL;
  g_autoptr (FxpCheckpoint) b = NULL;
  g_autoptr (FxpSnapshot) seen_a = fxp_snapshot_new (3);
  g_autoptr (FxpSnapshot) seen_b = fxp_snapshot_new (3);

  for (guint i = 0; i < 50; i++)
    {
      FxpTest test;

      trial_train (watched, 1);
      trial_train (alone, 1);
      g_assert_true (run_test (watched->twins, &test));
      fxp_picture_unref (fxp_evaluation_make_field (watched->twins, 20));
    }
  a = fxp_twins_checkpoint (watched->twins, g_strdup (""));
  b = fxp_twins_checkpoint (alone->twins, g_strdup (""));
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (a), ==, fxp_checkpoint_get_fingerprint (b));
  fxp_twins_fill_snapshot (watched->twins, seen_a);
  fxp_twins_fill_snapshot (alone->twins, seen_b);
  g_assert_cmpmem (seen_a->tensors,
                   3 * FXP_N_ROLES * sizeof *seen_a->tensors,
                   seen_b->tensors,
                   3 * FXP_N_ROLES * sizeof *seen_b->tensors);
  g_assert_cmpmem (seen_a->layers,
                   3 * sizeof *seen_a->layers,
                   seen_b->layers,
                   3 * sizeof *seen_b->layers);
  trial_free (watched);
  trial_free (alone);
}

static void
test_interrupted (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("dataset.samples", "5000", "dataset.test-share", "0.9", NULL);
  Trial *trial = trial_new (experiment, 1, 0);
  FxpTest test;

  trial->n_allowed = 3;
  g_assert_false (run_test (trial->twins, &test));
  g_assert_cmpuint (trial->n_asked, ==, 4);
  trial->n_asked = 0;
  g_assert_null (fxp_evaluation_make_field (trial->twins, 64));
  g_assert_cmpuint (trial->n_asked, ==, 4);
  trial_free (trial);
}

/* The grid's points lie where the data's do: the top row is the greatest ordinate. */
static void
test_field (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("network.topology", "2-2", NULL);
  Trial *trial = trial_new (experiment, 1, 0);
  FxpStep step = {.step = FXP_STEP_EVALUATION};
  FxpField *field = fxp_evaluation_make_field (trial->twins, 37);

  g_assert_nonnull (field);
  for (guint row = 0; row < 37; row++)
    for (guint column = 0; column < 37; column++)
      {
        double width = field->max - field->min;
        double inputs[2] = {field->min + width * (column + 0.5) / 37,
                            field->max - width * (row + 0.5) / 37};
        const double *logits;

        fxp_network_forward (trial->twins->networks[1], inputs, 1, &step);
        logits = fxp_network_get_logits (trial->twins->networks[1]);
        g_assert_cmpuint (field->classes[1][row * 37 + column], ==, logits[1] > logits[0]);
        g_assert_cmpfloat_with_epsilon (field->confidence[1][row * 37 + column],
                                        1 / (1 + exp (-fabs (logits[1] - logits[0]))),
                                        1e-5);
      }
  fxp_picture_unref (field);
  g_assert_null (fxp_evaluation_make_field (trial->twins, 0));
  g_assert_null (fxp_evaluation_make_sheet (trial->twins));
  trial_free (trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/evaluation/accuracy", test_accuracy);
  g_test_add_func ("/training/evaluation/changes-nothing", test_changes_nothing);
  g_test_add_func ("/training/evaluation/interrupted", test_interrupted);
  g_test_add_func ("/training/evaluation/field", test_field);

  return g_test_run ();
}
