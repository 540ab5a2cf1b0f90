/* SPDX-License-Identifier: MIT */
/* Steps and evaluations that take long: what is told of them, and how soon they end. */
#include "drive.h"

#include <math.h>

/* A step takes some seconds, a chunk of an evaluation about one. */
static FxpExperiment *
make_slow (void)
{
  return drive_make_experiment ("dataset.name",
                                "digits",
                                "dataset.test-share",
                                "0.5",
                                "network.topology",
                                "64C3P-64C3P-64C3P-64C3P-10",
                                "training.batch",
                                "600",
                                NULL);
}

/* Until the worker tells that it is about this. */
static FxpSnapshot *
wait_for_activity (Drive *drive, FxpActivity activity, double *share)
{
  FxpSnapshot *snapshot;

  do
    {
      g_main_context_iteration (NULL, TRUE);
      snapshot = fxp_trainer_get_snapshot (drive->trainer);
    }
  while (snapshot == NULL || fxp_snapshot_get_activity (snapshot, share) != activity);
  return snapshot;
}

/* The share of a step rises, and what is told besides is what was before it. */
static void
test_step_told (void)
{
  g_autoptr (FxpExperiment) experiment = make_slow ();
  Drive *drive = drive_new (experiment, 1);
  double first, share;
  FxpSnapshot *snapshot;

  fxp_trainer_run (drive->trainer);
  snapshot = wait_for_activity (drive, FXP_ACTIVITY_STEP, &first);
  g_assert_cmpfloat (first, >, 0);
  g_assert_cmpfloat (first, <, 1);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 0);
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_RUNNING);
  g_assert_cmpuint (fxp_snapshot_get_layer (snapshot, 0)->sum.n, ==, 0);
  do
    snapshot = wait_for_activity (drive, FXP_ACTIVITY_STEP, &share);
  while (share < first + 0.1);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 0);
  drive_free (drive);
}

/* A quit does not wait for the end of a step, which leaves nothing behind. */
static void
test_quit_in_step (void)
{
  g_autoptr (FxpExperiment) experiment = make_slow ();

  for (guint threads = 1; threads <= 2; threads++)
    {
      Drive *drive = drive_new (experiment, threads);
      FxpSnapshot *snapshot;
      double share;
      gint64 began;

      fxp_trainer_run (drive->trainer);
      wait_for_activity (drive, FXP_ACTIVITY_STEP, &share);
      began = g_get_monotonic_time ();
      fxp_trainer_stop (drive->trainer);
      g_test_message ("%" G_GINT64_FORMAT " us", g_get_monotonic_time () - began);
      /* 50 ms on a machine that has nothing else to do. */
      g_assert_cmpint (g_get_monotonic_time () - began, <, G_USEC_PER_SEC / 2);
      snapshot = fxp_trainer_get_snapshot (drive->trainer);
      g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 0);
      g_assert_cmpuint (drive->records->len, ==, 0);
      g_assert_cmpuint (fxp_snapshot_get_layer (snapshot, 0)->sum.n, ==, 0);
      g_assert_cmpint (fxp_snapshot_get_activity (snapshot, NULL), ==, FXP_ACTIVITY_NONE);
      drive_free (drive);
    }
}

/* Commands are obeyed between the chunks of an evaluation, and it is told of. */
static void
test_commands_in_test (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.samples",
                                                                "1000000",
                                                                "dataset.test-share",
                                                                "0.95",
                                                                "network.topology",
                                                                "2-64-64-2",
                                                                NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot;
  double share;

  fxp_trainer_run_until (drive->trainer, 0, 2);
  wait_for_activity (drive, FXP_ACTIVITY_TEST, &share);
  g_assert_cmpuint (drive->records->len, ==, 0);
  snapshot = drive_wait_serial (drive, fxp_trainer_pause (drive->trainer));
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_PAUSED);
  g_assert_cmpint (fxp_snapshot_get_activity (snapshot, &share), ==, FXP_ACTIVITY_TEST);
  g_assert_cmpfloat (share, >, 0);
  g_assert_cmpfloat (share, <, 1);
  g_assert_cmpuint (drive->records->len, ==, 0);
  fxp_checkpoint_unref (drive_checkpoint (drive));
  snapshot = drive_wait_serial (drive, fxp_trainer_set_view (drive->trainer, FXP_VIEW_FIELD, 8));
  g_assert_cmpint (fxp_snapshot_get_activity (snapshot, NULL), ==, FXP_ACTIVITY_TEST);
  snapshot = drive_wait_serial (drive, fxp_trainer_skip_test (drive->trainer));
  g_assert_cmpint (fxp_snapshot_get_activity (snapshot, NULL), ==, FXP_ACTIVITY_NONE);
  g_assert_cmpuint (drive->records->len, ==, 1);
  g_assert_true (isnan (g_array_index (drive->records, FxpRecord, 0).test_accuracy_fixed));
  g_assert_null (fxp_snapshot_get_confusion (snapshot));
  drive_free (drive);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/long-work/step-told", test_step_told);
  g_test_add_func ("/training/long-work/quit-in-step", test_quit_in_step);
  g_test_add_func ("/training/long-work/commands-in-test", test_commands_in_test);

  return g_test_run ();
}
