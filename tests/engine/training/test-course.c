/* SPDX-License-Identifier: MIT */
#include "course-drive.h"

#include <math.h>
#include <sys/resource.h>

static void
assert_tells (const FxpSnapshot *snapshot, guint run, guint n_layers, gsize n, gsize n_events)
{
  gsize n_found;

  g_assert_nonnull (snapshot);
  g_assert_cmpuint (fxp_snapshot_get_run (snapshot), ==, run);
  g_assert_cmpuint (fxp_snapshot_get_n_weighted (snapshot), ==, n_layers);
  fxp_snapshot_get_records (snapshot, &n_found);
  g_assert_cmpuint (n_found, ==, n);
  fxp_snapshot_get_events (snapshot, &n_found);
  g_assert_cmpuint (n_found, ==, n_events);
}

/* Records of a run that ended before anybody took them come in a snapshot of that run. */
static void
test_untaken_runs (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("training.record-every", "1", NULL);
  FxpCourse *course = make_course (experiment);
  g_autoptr (FxpSnapshot) newest = NULL;

  fxp_course_run (course, 0, 10);
  go (course);
  fxp_course_reset (course);
  fxp_course_take_steps (course, 20);
  go (course);
  change (course, "network.topology", "2-4-2");
  fxp_course_reset (course);
  change (course, "network.topology", "2-4-4-4-2");
  fxp_course_run (course, 0, 30);
  go (course);

  newest = fxp_course_take_snapshot (course);
  assert_tells (newest, 4, 4, 30, 1);
  assert_tells (newest->earlier, 2, 2, 0, 1);
  assert_tells (newest->earlier->earlier, 1, 3, 20, 0);
  assert_tells (newest->earlier->earlier->earlier, 0, 3, 10, 0);
  g_assert_null (newest->earlier->earlier->earlier->earlier);
  fxp_course_free (course);
}

/* An epoch that is tested brings a record; so does the end, out of turn: it adds one and moves
 * none. */
static void
test_records (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("training.record-every", "10", "training.evaluate-every", "2", NULL);
  const guint expected[] = {10, 20, 30, 33, 40, 50, 60, 70, 80};
  FxpCourse *course = make_course (experiment);
  g_autoptr (FxpSnapshot) snapshot = NULL;
  const FxpRecord *records;
  gsize n;

  /* Of 25 steps each. */
  g_assert_cmpuint (course->twins->position.n_samples, ==, 250);
  fxp_course_run (course, 0, 33);
  go (course);
  g_assert_cmpuint (course->twins->position.interval.n_steps, ==, 3);
  fxp_course_take_steps (course, 50);
  go (course);
  snapshot = fxp_course_take_snapshot (course);
  records = fxp_snapshot_get_records (snapshot, &n);
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (records[i].step, ==, expected[i]);
      g_assert_true (isnan (records[i].test_accuracy_fixed) !=
                     (expected[i] == 33 || expected[i] == 50));
      g_assert_false (isnan (records[i].loss_fixed));
    }
  g_assert_cmpuint (course->twins->position.interval.n_steps, ==, 3);
  fxp_course_free (course);
}

/* Running goes on behind a reset, stepping does not. */
static void
test_reset (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  FxpCourse *course = make_course (experiment);

  fxp_course_run (course, 0, 100);
  fxp_course_advance (course);
  fxp_course_reset (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_RUNNING);
  go (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_FINISHED);
  g_assert_cmpuint (course->twins->position.step, ==, 100);
  fxp_course_reset (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_PAUSED);
  fxp_course_take_steps (course, 5);
  fxp_course_advance (course);
  fxp_course_reset (course);
  g_assert_cmpint (course->state, ==, FXP_STATE_PAUSED);
  g_assert_cmpuint (course->twins->position.step, ==, 0);
  g_assert_cmpuint (course->run, ==, 3);
  fxp_course_free (course);
}

/* Counts begin anew for the cell that changed, and for no other. */
static void
test_counts (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("training.statistics-every", "3", NULL);
  FxpCourse *course = make_course (experiment);
  g_autoptr (FxpSnapshot) before = NULL;
  g_autoptr (FxpSnapshot) after = NULL;
  const FxpTensorId changed = {1, FXP_ROLE_WEIGHT}, same = {0, FXP_ROLE_WEIGHT};

  fxp_course_take_steps (course, 20);
  go (course);
  before = fxp_course_take_snapshot (course);
  g_assert_cmpuint (fxp_snapshot_get_tensor (before, changed)->statistics.counts.n, ==, 20 * 64);
  g_assert_cmpuint (fxp_snapshot_get_tensor (before, same)->statistics.counts.n, ==, 20 * 16);
  g_assert_cmpuint (fxp_statistics_get_n (&fxp_snapshot_get_tensor (before, same)->statistics),
                    ==,
                    7 * 16);
  change (course, "precision.2.weight.format", "Q1.4");
  fxp_course_take_steps (course, 10);
  go (course);
  after = fxp_course_take_snapshot (course);
  g_assert_cmpuint (fxp_snapshot_get_tensor (after, changed)->statistics.counts.n, ==, 10 * 64);
  g_assert_cmpuint (fxp_snapshot_get_tensor (after, same)->statistics.counts.n, ==, 30 * 16);
  g_assert_cmpuint (fxp_snapshot_get_layer (after, 1)->sum.n,
                    <,
                    fxp_snapshot_get_layer (before, 1)->sum.n);
  g_assert_cmpuint (fxp_snapshot_get_layer (after, 0)->sum.n,
                    >,
                    fxp_snapshot_get_layer (before, 0)->sum.n);
  fxp_course_free (course);
}

/* What is told of a tensor and a layer is of the steps since the record before. */
static void
test_shares (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("training.record-every",
                                                                "5",
                                                                "training.statistics-every",
                                                                "1",
                                                                "precision.*.activation.format",
                                                                "Q0.3",
                                                                "precision.3.weight.format",
                                                                "float",
                                                                NULL);
  const FxpTensorId activation = {1, FXP_ROLE_ACTIVATION}, as_float = {2, FXP_ROLE_WEIGHT};
  const FxpFormat format = fxp_experiment_get_quantizer (experiment, activation)->format;
  FxpCourse *course = make_course (experiment);
  FxpQuantizeCounts before = {0};
  guint64 n_updates = 0, n_lost = 0;

  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (FxpSnapshot) snapshot = NULL;
      const FxpTensorRecord *cells, *cell;
      const FxpStatistics *seen;
      const FxpLayerRecord *layer;
      const FxpLayerView *view;

      fxp_course_take_steps (course, 5);
      go (course);
      snapshot = fxp_course_take_snapshot (course);
      cells = fxp_snapshot_get_tensor_records (snapshot, 0);
      cell = &cells[activation.layer * FXP_N_ROLES + activation.role];
      seen = &fxp_snapshot_get_tensor (snapshot, activation)->statistics;
      g_assert_cmpfloat (cell->overflowed, >, 0);
      g_assert_cmpfloat (cell->overflowed,
                         ==,
                         (float)((double)(seen->counts.n_overflowed - before.n_overflowed) /
                                 (seen->counts.n - before.n)));
      g_assert_false (isnan (cell->bias));
      if (i == 0)
        g_assert_cmpfloat (cell->bias, ==, (float)fxp_statistics_get_bias (seen, format));
      before = seen->counts;
      cell = &cells[as_float.layer * FXP_N_ROLES + as_float.role];
      g_assert_true (isnan (cell->overflowed) && isnan (cell->bias));

      layer = &fxp_snapshot_get_layer_records (snapshot, 0)[1];
      view = fxp_snapshot_get_layer (snapshot, 1);
      g_assert_cmpuint (view->n_updates, >, n_updates);
      g_assert_cmpfloat (layer->lost,
                         ==,
                         (float)((double)(view->n_lost_updates - n_lost) /
                                 (view->n_updates - n_updates)));
      g_assert_cmpfloat (layer->stopped, <=, layer->lost);
      n_updates = view->n_updates;
      n_lost = view->n_lost_updates;
    }
  fxp_course_free (course);
}

/* Behind batch normalization the products of a layer are counted in steps of G_Z, else of G_A. */
static void
test_sum_counts (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("network.topology", "2-6FC-BN-2", NULL);
  const char *const keys[] = {"precision.*.norm-grad.format", "precision.*.activation-grad.format"};
  FxpCourse *course = make_course (experiment);

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (FxpSnapshot) snapshot = NULL;

      fxp_course_take_steps (course, 5);
      go (course);
      change (course, keys[i], "Q-1.9");
      snapshot = fxp_course_take_snapshot (course);
      g_assert_true ((fxp_snapshot_get_layer (snapshot, 0)->sum.n == 0) == (i == 0));
      g_assert_true ((fxp_snapshot_get_layer (snapshot, 1)->sum.n == 0) == (i == 1));
    }
  fxp_course_free (course);
}

/* A schedule is what an edit at that step would be. */
static void
test_schedule (void)
{
  g_autoptr (FxpExperiment) scheduled = drive_make_experiment ("training.rate",
                                                               "0.5",
                                                               "training.schedule",
                                                               "steps",
                                                               "training.schedule-steps",
                                                               "10,20",
                                                               "training.schedule-factor",
                                                               "0.25",
                                                               "training.record-every",
                                                               "1",
                                                               NULL);
  g_autoptr (FxpExperiment) edited =
    drive_make_experiment ("training.rate", "0.5", "training.record-every", "1", NULL);
  FxpCourse *a = make_course (scheduled), *b = make_course (edited);
  g_autoptr (FxpCheckpoint) checkpoint_a = NULL;
  g_autoptr (FxpCheckpoint) checkpoint_b = NULL;
  g_autoptr (FxpSnapshot) told = NULL;
  const FxpRecord *records;
  gsize n;

  fxp_course_take_steps (a, 24);
  go (a);
  for (guint i = 0; i < 3; i++)
    {
      const char *const rates[] = {"0.5", "0.125", "0.03125"};

      change (b, "training.rate", rates[i]);
      fxp_course_take_steps (b, i < 2 ? 10 : 4);
      go (b);
    }
  checkpoint_a = fxp_twins_checkpoint (a->twins, g_strdup (""));
  checkpoint_b = fxp_twins_checkpoint (b->twins, g_strdup (""));
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (checkpoint_a),
                   ==,
                   fxp_checkpoint_get_fingerprint (checkpoint_b));
  told = fxp_course_take_snapshot (a);
  g_assert_cmpfloat (fxp_snapshot_get_rate (told), ==, 0.03125);
  records = fxp_snapshot_get_records (told, &n);
  g_assert_cmpuint (n, ==, 24);
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (records[i].rate, ==, i < 10 ? 0.5 : i < 20 ? 0.125 : 0.03125);
  fxp_course_free (a);
  fxp_course_free (b);
}

/* On a thread of its own, as it cannot be taken back. */
static gpointer
give_way_cb (gpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("training.batch", "12", NULL);
  FxpCourse *course = make_course (experiment);
  int before = getpriority (PRIO_PROCESS, 0), watched, beside;

  fxp_course_set_view (course, FXP_VIEW_FIELD, 16);
  watched = getpriority (PRIO_PROCESS, 0);
  fxp_course_give_way (course);
  beside = getpriority (PRIO_PROCESS, 0);
  fxp_course_free (course);
  return GINT_TO_POINTER (before <= watched && watched < beside);
}

static void
test_gives_way (void)
{
  if (getpriority (PRIO_PROCESS, 0) > 9)
    {
      g_test_skip ("the test itself runs at a low priority, which threads cannot raise");
      return;
    }
  g_assert_true (
    GPOINTER_TO_INT (g_thread_join (g_thread_new ("gives-way", give_way_cb, NULL))));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/course/untaken-runs", test_untaken_runs);
  g_test_add_func ("/training/course/records", test_records);
  g_test_add_func ("/training/course/reset", test_reset);
  g_test_add_func ("/training/course/counts", test_counts);
  g_test_add_func ("/training/course/shares", test_shares);
  g_test_add_func ("/training/course/sum-counts", test_sum_counts);
  g_test_add_func ("/training/course/schedule", test_schedule);
  g_test_add_func ("/training/course/gives-way", test_gives_way);

  return g_test_run ();
}
