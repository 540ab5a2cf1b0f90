/* SPDX-License-Identifier: MIT */
/* Work that is put off, given up or taken up again, and what it leaves behind. */
#include "course-drive.h"

#include "training/checkpoint-content-private.h"

#include <math.h>

/* @data: how often it is still to say no. */
static gboolean
after_some (gpointer data)
{
  guint *n_left = data;

  return *n_left == 0 || --*n_left == 0;
}

/* Epochs of 9 steps, and 8 chunks of an evaluation behind each. */
static FxpExperiment *
make_tested (void)
{
  return drive_make_experiment ("dataset.samples",
                                "2090",
                                "dataset.test-share",
                                "0.95",
                                "training.batch",
                                "12",
                                "training.record-every",
                                "4",
                                "training.evaluate-every",
                                "1",
                                NULL);
}

static void
advance_to_test (FxpCourse *course)
{
  while (course->job == NULL)
    fxp_course_advance (course);
  fxp_course_advance (course);
  g_assert_nonnull (course->job);
}

static char *
get_state_bytes (FxpCourse *course)
{
  g_autoptr (FxpCheckpoint) checkpoint = fxp_twins_checkpoint (course->twins, g_strdup (""));
  g_autoptr (GVariant) content = fxp_checkpoint_pack (checkpoint);

  return g_compute_checksum_for_data (G_CHECKSUM_SHA256,
                                      g_variant_get_data (content),
                                      g_variant_get_size (content));
}

static void
assert_same_records (FxpSnapshot *a, FxpSnapshot *b)
{
  gsize n_a, n_b;
  const FxpRecord *records_a = fxp_snapshot_get_records (a, &n_a);
  const FxpRecord *records_b = fxp_snapshot_get_records (b, &n_b);

  g_assert_cmpmem (records_a, n_a * sizeof *records_a, records_b, n_b * sizeof *records_b);
}

/* However an evaluation is put off, what comes of the run is the same. */
static void
test_pause_test (void)
{
  g_autoptr (FxpExperiment) experiment = make_tested ();
  FxpCourse *straight = make_course (experiment), *course = make_course (experiment);
  g_autoptr (FxpSnapshot) told = NULL;
  g_autoptr (FxpSnapshot) a = NULL;
  g_autoptr (FxpSnapshot) b = NULL;
  double share;
  gsize n;

  fxp_course_run (straight, 3, 0);
  go (straight);
  fxp_course_run (course, 3, 0);
  advance_to_test (course);
  fxp_course_pause (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_PAUSED);
  g_assert_cmpint (fxp_course_get_due (course), ==, G_MAXINT64);
  told = fxp_course_take_snapshot (course);
  g_assert_cmpint (fxp_snapshot_get_activity (told, &share), ==, FXP_ACTIVITY_TEST);
  g_assert_cmpfloat (share, >, 0);
  g_assert_cmpfloat (share, <, 1);
  /* Records before it are told of, its own is not yet. */
  fxp_snapshot_get_records (told, &n);
  g_assert_cmpuint (n, ==, 2);
  fxp_course_set_view (course, FXP_VIEW_NONE, 0);
  fxp_course_run (course, 3, 0);
  g_assert_nonnull (course->job);
  g_assert_cmpint (fxp_course_get_due (course), ==, 0);
  go (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_FINISHED);
  a = fxp_course_take_snapshot (straight);
  b = fxp_course_take_snapshot (course);
  fxp_snapshot_absorb (b, g_steal_pointer (&told));
  assert_same_records (a, b);
  g_assert_cmpint (fxp_snapshot_get_activity (b, NULL), ==, FXP_ACTIVITY_NONE);
  g_assert_cmpuint (fxp_snapshot_get_confusion (b)->step, ==, fxp_snapshot_get_step (b));
  fxp_course_free (straight);
  fxp_course_free (course);
}

/* Steps asked for come behind the evaluation under way. */
static void
test_step_after_test (void)
{
  g_autoptr (FxpExperiment) experiment = make_tested ();
  FxpCourse *course = make_course (experiment);
  g_autoptr (FxpSnapshot) snapshot = NULL;
  const FxpRecord *records;
  gsize n;

  fxp_course_take_steps (course, 9);
  advance_to_test (course);
  fxp_course_pause (course);
  fxp_course_take_steps (course, 1);
  go (course);
  g_assert_cmpuint (course->twins->position.step, ==, 10);
  fxp_course_finish_epoch (course);
  go (course);
  g_assert_cmpuint (course->twins->position.step, ==, 18);
  snapshot = fxp_course_take_snapshot (course);
  records = fxp_snapshot_get_records (snapshot, &n);
  g_assert_cmpuint (records[2].step, ==, 9);
  g_assert_false (isnan (records[2].test_accuracy_fixed));
  g_assert_cmpuint (records[n - 1].step, ==, 18);
  g_assert_false (isnan (records[n - 1].test_accuracy_fixed));
  fxp_course_free (course);
}

static void
skip (FxpCourse *course)
{
  fxp_course_skip_test (course);
}

static void
edit (FxpCourse *course)
{
  change (course, "precision.1.weight.format", "Q1.4");
}

static void
reset (FxpCourse *course)
{
  fxp_course_reset (course);
}

static void
replace_topology (FxpCourse *course)
{
  change (course, "network.topology", "2-4-2");
}

static void
end (FxpCourse *course)
{
  fxp_course_end (course);
}

/* Given up for whatever reason, it leaves its record, without figures, in the run it belongs to. */
static void
test_give_up_test (void)
{
  void (*const reasons[]) (FxpCourse *) = {skip, edit, reset, replace_topology, end};

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autoptr (FxpExperiment) experiment = make_tested ();
      FxpCourse *course = make_course (experiment);
      g_autoptr (FxpSnapshot) newest = NULL;
      const FxpRecord *records;
      FxpSnapshot *first;
      gsize n;

      fxp_course_run (course, 3, 0);
      advance_to_test (course);
      reasons[i](course);
      g_assert_null (course->job);
      g_assert_cmpint (course->state, ==, FXP_STATE_RUNNING);
      newest = fxp_course_take_snapshot (course);
      first = newest->earlier != NULL ? newest->earlier : newest;
      g_assert_cmpuint (fxp_snapshot_get_run (first), ==, 0);
      records = fxp_snapshot_get_records (first, &n);
      g_assert_cmpuint (n, ==, 3);
      g_assert_cmpuint (records[2].step, ==, 9);
      g_assert_true (isnan (records[2].test_accuracy_fixed));
      g_assert_true (isnan (records[2].test_loss_float));
      g_assert_false (isnan (records[2].loss_fixed));
      g_assert_true (isnan (fxp_snapshot_get_test_accuracy (newest, FALSE)));
      go (course);
      g_assert_cmpint (course->state, ==, FXP_STATE_FINISHED);
      fxp_course_free (course);
    }
}

/* At the end of a run it ends without; asked to run there again, it is tested after all. */
static void
test_skip_last_test (void)
{
  g_autoptr (FxpExperiment) experiment = make_tested ();
  FxpCourse *course = make_course (experiment);

  fxp_course_run (course, 0, 5);
  advance_to_test (course);
  fxp_course_skip_test (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_FINISHED);
  g_assert_true (isnan (course->test.test.accuracy[0]));
  fxp_course_run (course, 0, 5);
  g_assert_cmpint (course->state, ==, FXP_STATE_RUNNING);
  go (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_FINISHED);
  g_assert_false (isnan (course->test.test.accuracy[0]));
  /* Nothing to skip. */
  fxp_course_skip_test (course);
  fxp_course_free (course);
}

/* A state saved in the midst of an evaluation is that behind it. */
static void
test_save_in_test (void)
{
  g_autoptr (FxpExperiment) experiment = make_tested ();
  FxpCourse *course = make_course (experiment);
  g_autofree char *within = NULL;
  g_autofree char *behind = NULL;

  fxp_course_run (course, 0, 9);
  advance_to_test (course);
  within = get_state_bytes (course);
  go (course);
  behind = get_state_bytes (course);
  g_assert_cmpstr (within, ==, behind);
  fxp_course_free (course);
}

/* Both have counted the same. */
static void
assert_same_seen (FxpCourse *straight, FxpCourse *course)
{
  g_autoptr (FxpSnapshot) a = fxp_course_take_snapshot (straight);
  g_autoptr (FxpSnapshot) b = fxp_course_take_snapshot (course);

  for (guint layer = 0; layer < fxp_snapshot_get_n_weighted (a); layer++)
    {
      const FxpLayerView *x = fxp_snapshot_get_layer (a, layer);
      const FxpLayerView *y = fxp_snapshot_get_layer (b, layer);

      g_assert_cmpmem (x, sizeof *x, y, sizeof *y);
      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          FxpTensorId id = {layer, role};
          const FxpTensorView *s = fxp_snapshot_get_tensor (a, id);
          const FxpTensorView *t = fxp_snapshot_get_tensor (b, id);

          g_assert_true ((s == NULL) == (t == NULL));
          if (s != NULL)
            g_assert_cmpmem (s, sizeof *s, t, sizeof *t);
        }
    }
}

/* Given up at any point, a step is as if it had never begun: also in what was counted. */
static void
test_interrupted_step (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "4C3P-BN-RES(4)-D20-10",
                                                                "training.momentum",
                                                                "0.5",
                                                                "training.batch",
                                                                "16",
                                                                NULL);
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  guint n_left = G_MAXUINT, n_given_up = 0;
  FxpCourse *straight = make_course (experiment);
  FxpCourse *course = fxp_course_new (experiment, dataset, 1, after_some, &n_left);
  g_autofree char *state_straight = NULL;
  g_autofree char *state = NULL;

  fxp_course_run (straight, 0, 12);
  fxp_course_run (course, 0, 12);
  for (guint step = 0; step < 11; step++)
    {
      g_autofree char *before = get_state_bytes (course);

      fxp_course_advance (straight);
      /* Asked for the first time in this step, and no more. */
      n_left = 1;
      course->lookout.asked = 0;
      fxp_course_advance (course);
      if (course->twins->position.step == step)
        {
          g_autofree char *after = get_state_bytes (course);
          g_autoptr (FxpSnapshot) told = fxp_course_take_snapshot (course);

          g_assert_cmpstr (before, ==, after);
          g_assert_cmpuint (fxp_snapshot_get_step (told), ==, step);
          g_assert_cmpint (fxp_snapshot_get_activity (told, NULL), ==, FXP_ACTIVITY_NONE);
          n_given_up++;
          n_left = G_MAXUINT;
          fxp_course_advance (course);
        }
      g_assert_cmpuint (course->twins->position.step, ==, step + 1);
    }
  g_assert_cmpuint (n_given_up, ==, 11);
  assert_same_seen (straight, course);
  state_straight = get_state_bytes (straight);
  state = get_state_bytes (course);
  g_assert_cmpstr (state, ==, state_straight);
  fxp_course_free (straight);
  fxp_course_free (course);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/interruption/pause-test", test_pause_test);
  g_test_add_func ("/training/interruption/step-after-test", test_step_after_test);
  g_test_add_func ("/training/interruption/give-up-test", test_give_up_test);
  g_test_add_func ("/training/interruption/skip-last-test", test_skip_last_test);
  g_test_add_func ("/training/interruption/save-in-test", test_save_in_test);
  g_test_add_func ("/training/interruption/interrupted-step", test_interrupted_step);

  return g_test_run ();
}
