/* SPDX-License-Identifier: MIT */
#include "trial.h"

#include "training/prediction-private.h"
#include "training/test-job-private.h"

#include <math.h>

static FxpExperiment *
make_digits (void)
{
  return drive_make_experiment ("dataset.name",
                                "digits",
                                "dataset.validation-share",
                                "0.2",
                                "network.topology",
                                "64-12-10",
                                NULL);
}

static void
finish (FxpTestJob *job)
{
  while (!fxp_test_job_is_done (job))
    g_assert_true (fxp_test_job_advance (job));
}

/* Sample by sample, what a forward pass of one twin says. */
static const double *
look_at (const Trial *trial, guint twin, FxpSplit split, guint32 row, guint16 *label)
{
  const FxpStep step = {.step = FXP_STEP_EVALUATION};
  FxpNetwork *network = trial->twins->networks[twin];
  g_autofree double *inputs = g_new (double, fxp_shape_get_n (&trial->twins->position.input));

  fxp_dataset_gather (trial->dataset, split, &row, 1, inputs, label);
  g_assert_true (fxp_network_forward (network, inputs, 1, &step));
  return fxp_network_get_logits (network);
}

static void
check_score (const Trial *trial, FxpSplit split, const FxpScore *score)
{
  gsize n = fxp_dataset_get_n (trial->dataset, split);

  g_assert_cmpuint (n, >, 0);
  for (guint twin = 0; twin < 2; twin++)
    {
      guint n_correct = 0;
      double loss = 0;

      for (guint32 row = 0; row < n; row++)
        {
          guint16 label;
          const double *logits = look_at (trial, twin, split, row, &label);
          FxpPrediction prediction = fxp_prediction_make (logits, 10);

          n_correct += prediction.winner == label;
          loss += fxp_prediction_get_loss (&prediction, logits, label) / n;
        }
      g_assert_cmpfloat (score->accuracy[twin], ==, (double)n_correct / n);
      g_assert_cmpfloat_with_epsilon (score->loss[twin], loss, 1e-9);
    }
}

/* Of samples of which the two choose another class. */
static void
check_mismatch (const Trial *trial, FxpSplit split, const FxpScore *score)
{
  gsize n = fxp_dataset_get_n (trial->dataset, split);
  guint n_different = 0;

  for (guint32 row = 0; row < n; row++)
    {
      guint winners[2];

      for (guint twin = 0; twin < 2; twin++)
        winners[twin] = fxp_prediction_find_winner (look_at (trial, twin, split, row, NULL), 10);
      n_different += winners[0] != winners[1];
    }
  g_assert_cmpuint (n_different, >, 0);
  g_assert_cmpfloat (score->mismatch, ==, (double)n_different / n);
}

static void
test_scores (void)
{
  g_autoptr (FxpExperiment) experiment = make_digits ();
  Trial *trial = trial_new (experiment, 1, 60);
  g_autoptr (FxpTestJob) job = fxp_test_job_new (trial->twins);
  FxpTest test;

  finish (job);
  fxp_test_job_get_test (job, &test);
  check_score (trial, FXP_SPLIT_VALIDATION, &test.validation);
  check_score (trial, FXP_SPLIT_TEST, &test.test);
  check_mismatch (trial, FXP_SPLIT_VALIDATION, &test.validation);
  check_mismatch (trial, FXP_SPLIT_TEST, &test.test);
  g_assert_cmpfloat (test.validation.accuracy[0], !=, test.test.accuracy[0]);
  trial_free (trial);
}

static void
test_without_validation (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("training.twin", "false", NULL);
  Trial *trial = trial_new (experiment, 1, 1);
  g_autoptr (FxpTestJob) job = fxp_test_job_new (trial->twins);
  FxpTest test;

  finish (job);
  fxp_test_job_get_test (job, &test);
  g_assert_true (isnan (test.validation.accuracy[0]));
  g_assert_true (isnan (test.validation.loss[0]));
  g_assert_false (isnan (test.test.accuracy[0]));
  g_assert_true (isnan (test.test.accuracy[1]));
  g_assert_true (isnan (test.test.mismatch));
  trial_free (trial);
}

static void
test_confusion (void)
{
  g_autoptr (FxpExperiment) experiment = make_digits ();
  Trial *trial = trial_new (experiment, 1, 60);
  g_autoptr (FxpTestJob) job = fxp_test_job_new (trial->twins);
  gsize n = fxp_dataset_get_n (trial->dataset, FXP_SPLIT_TEST);
  g_autofree guint32 *expected = g_new0 (guint32, 100);
  FxpConfusion *confusion;
  FxpTest test;

  finish (job);
  fxp_test_job_get_test (job, &test);
  confusion = fxp_test_job_steal_confusion (job);
  g_assert_cmpuint (confusion->step, ==, 60);
  g_assert_cmpuint (confusion->n_classes, ==, 10);
  g_assert_cmpuint (confusion->n, ==, n);
  for (guint twin = 0; twin < 2; twin++)
    {
      guint64 n_correct = 0;

      memset (expected, 0, 100 * sizeof *expected);
      for (guint32 row = 0; row < n; row++)
        {
          guint16 label;
          const double *logits = look_at (trial, twin, FXP_SPLIT_TEST, row, &label);

          expected[label * 10 + fxp_prediction_make (logits, 10).winner]++;
        }
      g_assert_cmpmem (confusion->counts[twin], 400, expected, 400);
      for (guint i = 0; i < 10; i++)
        n_correct += confusion->counts[twin][i * 11];
      g_assert_cmpfloat (test.test.accuracy[twin], ==, (double)n_correct / n);
    }
  fxp_picture_unref (confusion);
  trial_free (trial);
}

static int
compare_mistakes (gconstpointer a, gconstpointer b)
{
  const FxpMistake *x = a, *y = b;

  if (x->loss != y->loss)
    return x->loss > y->loss ? -1 : 1;
  return x->row < y->row ? -1 : 1;
}

/* All of them, sorted. */
static GArray *
list_mistakes (const Trial *trial, guint twin)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (FxpMistake));

  for (guint32 row = 0; row < fxp_dataset_get_n (trial->dataset, FXP_SPLIT_TEST); row++)
    {
      guint16 label;
      const double *logits = look_at (trial, twin, FXP_SPLIT_TEST, row, &label);
      FxpPrediction prediction = fxp_prediction_make (logits, 10);
      FxpMistake mistake = {.row = row,
                            .label = label,
                            .predicted = prediction.winner,
                            .confidence = prediction.confidence,
                            .loss = fxp_prediction_get_loss (&prediction, logits, label)};

      if (prediction.winner != label)
        g_array_append_val (list, mistake);
    }
  g_array_sort (list, compare_mistakes);
  return list;
}

static void
check_mistakes (const Trial *trial, gboolean few)
{
  g_autoptr (FxpTestJob) job = fxp_test_job_new (trial->twins);
  FxpConfusion *confusion;

  finish (job);
  confusion = fxp_test_job_steal_confusion (job);
  for (guint twin = 0; twin < 2; twin++)
    {
      g_autoptr (GArray) list = list_mistakes (trial, twin);
      guint n = MIN (list->len, FXP_MISTAKES_MAX);

      g_assert_true ((list->len <= FXP_MISTAKES_MAX) == few);
      g_assert_cmpuint (confusion->n_mistakes[twin], ==, n);
      g_assert_cmpmem (confusion->mistakes[twin],
                       n * sizeof (FxpMistake),
                       list->data,
                       n * sizeof (FxpMistake));
    }
  fxp_picture_unref (confusion);
}

static void
test_mistakes (void)
{
  g_autoptr (FxpExperiment) experiment = make_digits ();
  /* Weights that are all zero leave every sample as likely: the rows decide. */
  g_autoptr (FxpExperiment) flat = drive_make_experiment ("dataset.name",
                                                          "digits",
                                                          "network.topology",
                                                          "64-10",
                                                          "precision.*.weight.format",
                                                          "Q9.-8",
                                                          NULL);
  Trial *many = trial_new (experiment, 1, 5);
  Trial *few = trial_new (experiment, 1, 1500);
  Trial *ties = trial_new (flat, 1, 0);
  g_autoptr (FxpTestJob) job = fxp_test_job_new (ties->twins);
  FxpConfusion *confusion;

  check_mistakes (many, FALSE);
  check_mistakes (few, TRUE);
  finish (job);
  confusion = fxp_test_job_steal_confusion (job);
  for (guint i = 1; i < FXP_MISTAKES_MAX; i++)
    {
      const FxpMistake *mistakes = confusion->mistakes[0];

      g_assert_cmpfloat (mistakes[i].loss, ==, mistakes[i - 1].loss);
      g_assert_cmpuint (mistakes[i].row, >, mistakes[i - 1].row);
    }
  fxp_picture_unref (confusion);
  trial_free (many);
  trial_free (few);
  trial_free (ties);
}

/* A chunk that was given up is looked at again, and counts once. */
static void
test_given_up (void)
{
  g_autoptr (FxpExperiment) experiment = make_digits ();
  Trial *trial = trial_new (experiment, 1, 20);
  g_autoptr (FxpTestJob) straight = fxp_test_job_new (trial->twins);
  g_autoptr (FxpTestJob) job = fxp_test_job_new (trial->twins);
  FxpConfusion *expected, *found;
  FxpTest a, b;

  finish (straight);
  trial->n_asked = 0;
  for (guint n = 1; !fxp_test_job_is_done (job); n++)
    {
      trial->n_allowed = n % 2 == 0 ? G_MAXUINT : trial->n_asked;
      /* At the next layer. */
      trial->lookout.asked = 0;
      g_assert_true (fxp_test_job_advance (job) == (n % 2 == 0));
    }
  fxp_test_job_get_test (straight, &a);
  fxp_test_job_get_test (job, &b);
  g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
  expected = fxp_test_job_steal_confusion (straight);
  found = fxp_test_job_steal_confusion (job);
  g_assert_cmpuint (found->n, ==, expected->n);
  g_assert_cmpmem (found->counts[1], 400, expected->counts[1], 400);
  fxp_picture_unref (expected);
  fxp_picture_unref (found);
  trial_free (trial);
}

/* From nothing to all, and in between what is done. */
static void
test_share (void)
{
  g_autoptr (FxpExperiment) experiment = make_digits ();
  Trial *trial = trial_new (experiment, 1, 1);
  g_autoptr (FxpTestJob) job = fxp_test_job_new (trial->twins);
  double share = 0;

  while (!fxp_test_job_is_done (job))
    {
      g_assert_true (fxp_test_job_advance (job));
      g_assert_cmpfloat (trial->lookout.share, >, share);
      share = trial->lookout.share;
      g_assert_cmpfloat (share == 1, ==, fxp_test_job_is_done (job));
    }
  trial_free (trial);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/test-job/scores", test_scores);
  g_test_add_func ("/training/test-job/without-validation", test_without_validation);
  g_test_add_func ("/training/test-job/confusion", test_confusion);
  g_test_add_func ("/training/test-job/mistakes", test_mistakes);
  g_test_add_func ("/training/test-job/given-up", test_given_up);
  g_test_add_func ("/training/test-job/share", test_share);

  return g_test_run ();
}
