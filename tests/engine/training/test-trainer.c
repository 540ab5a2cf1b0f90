/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "number/error.h"
#include "training/snapshot-private.h"

#include <glib/gstdio.h>
#include <math.h>

static void
test_starts_paused (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot = drive_wait (drive, 0);

  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_PAUSED);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 0);
  g_assert_cmpuint (fxp_snapshot_get_serial (snapshot), ==, 0);
  g_assert_true (isnan (fxp_snapshot_get_test_accuracy (snapshot, FALSE)));
  g_assert_null (fxp_snapshot_get_field (snapshot));
  g_assert_null (fxp_snapshot_get_cause (snapshot));
  drive_free (drive);
}

static void
test_steps (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot;
  guint64 serial;

  fxp_trainer_step (drive->trainer, 10);
  serial = fxp_trainer_step (drive->trainer, 20);
  snapshot = drive_wait (drive, serial);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 30);
  g_assert_cmpfloat_with_epsilon (fxp_snapshot_get_epoch (snapshot), 30 / 25.0, 1e-12);
  snapshot = drive_wait (drive, fxp_trainer_step_epoch (drive->trainer));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 50);
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_PAUSED);
  snapshot = drive_wait (drive, fxp_trainer_step_epoch (drive->trainer));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 75);
  snapshot = drive_wait (drive, fxp_trainer_step (drive->trainer, 0));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 75);
  g_assert_cmpuint (drive->records->len, ==, 3);
  drive_free (drive);
}

static void
test_learns (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name", "gauss", NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot = drive_wait (drive, fxp_trainer_run_until (drive->trainer, 40, 0));
  const FxpTensorView *view;

  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_FINISHED);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 1000);
  g_assert_cmpfloat (fxp_snapshot_get_test_accuracy (snapshot, FALSE), >=, 0.95);
  g_assert_cmpfloat (fxp_snapshot_get_test_accuracy (snapshot, TRUE), >=, 0.95);
  view = fxp_snapshot_get_tensor (snapshot, (FxpTensorId){1, FXP_ROLE_WEIGHT_GRAD});
  g_assert_nonnull (view);
  g_assert_cmpuint (view->statistics.counts.n, ==, 1000 * 64);
  g_assert_cmpuint (fxp_statistics_get_n (&view->statistics), ==, 40 * 64);
  g_assert_cmpuint (fxp_snapshot_get_layer (snapshot, 1)->sum.n, >, 0);
  g_assert_cmpuint (fxp_snapshot_get_layer (snapshot, 1)->n_updates, >, 0);
  drive_free (drive);
}

static void
test_no_record_lost (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("training.record-every", "1", "training.evaluate-every", "1000", NULL);
  Drive *drive = drive_new (experiment, 1);
  guint64 serial = fxp_trainer_run_until (drive->trainer, 0, 3000);

  /* A reader that looks now and then. */
  for (guint i = 0; i < 20; i++)
    {
      g_usleep (2000);
      g_main_context_iteration (NULL, FALSE);
    }
  drive_wait (drive, serial);
  g_assert_cmpuint (drive->records->len, ==, 3000);
  for (guint i = 0; i < drive->records->len; i++)
    g_assert_cmpuint (g_array_index (drive->records, FxpRecord, i).step, ==, i + 1);
  drive_free (drive);
}

static void
test_live_change (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot;
  const FxpTensorRecord *cell;
  guint64 serial;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 50));
  drive_set (drive, "precision.2.weight.format", "Q2.5", NULL);
  drive_set (drive, "precision.2.weight.format", "Q2.4", NULL);
  drive_set (drive, "precision.2.weight.format", "Q2.3", &serial);
  snapshot = drive_wait_serial (drive, serial);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 50);
  g_assert_cmpuint (fxp_snapshot_get_run (snapshot), ==, 0);
  snapshot = drive_wait (drive, fxp_trainer_step (drive->trainer, 25));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 75);
  g_assert_true (fxp_experiment_equal (fxp_snapshot_get_experiment (snapshot),
                                       fxp_trainer_get_experiment (drive->trainer)));
  g_assert_cmpuint (drive->events->len, >=, 1);
  g_assert_cmpstr (g_ptr_array_index (drive->events, drive->events->len - 1),
                   ==,
                   "50: precision.2.weight.format=Q2.3");
  cell = &g_array_index (drive->cells, FxpTensorRecord, 7 * FXP_N_ROLES);
  g_assert_cmpuint (cell->word_bits, ==, 6);
  cell -= 3 * FXP_N_ROLES;
  g_assert_cmpuint (cell->word_bits, ==, 12);
  drive_free (drive);
}

static void
test_coalesces_in_order (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot;
  guint64 serial;

  /* Sent while the worker is busy, so that they wait for each other. */
  fxp_trainer_run (drive->trainer);
  for (guint i = 2; i <= 30; i++)
    {
      g_autofree char *bits = g_strdup_printf ("%u", i);

      drive_set (drive, "precision.1.activation.bits", bits, NULL);
    }
  drive_set (drive, "training.rate", "0.25", &serial);
  snapshot = drive_wait_serial (drive, serial);
  g_assert_cmpfloat (fxp_experiment_get_settings (fxp_snapshot_get_experiment (snapshot))->rate,
                     ==,
                     0.25);
  g_assert_cmpuint (drive->events->len, >=, 1);
  g_assert_cmpuint (drive->events->len, <=, 30);
  g_assert_nonnull (
    strstr (g_ptr_array_index (drive->events, drive->events->len - 1), "training.rate=0.25"));
  /* The order of steps is the order of events. */
  for (guint i = 1; i < drive->events->len; i++)
    g_assert_cmpuint (g_ascii_strtoull (g_ptr_array_index (drive->events, i - 1), NULL, 10),
                      <=,
                      g_ascii_strtoull (g_ptr_array_index (drive->events, i), NULL, 10));
  drive_wait (drive, fxp_trainer_pause (drive->trainer));
  drive_free (drive);
}

static void
test_reset (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("training.record-every", "5", NULL);
  Drive *drive = drive_new (experiment, 1);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  FxpSnapshot *snapshot;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 100));
  first = drive_fingerprint (drive);
  snapshot = drive_wait (drive, fxp_trainer_reset (drive->trainer));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 0);
  g_assert_cmpuint (fxp_snapshot_get_run (snapshot), ==, 1);
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_PAUSED);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 100));
  second = drive_fingerprint (drive);
  g_assert_cmpstr (first, ==, second);
  g_assert_cmpuint (drive->records->len, ==, 40);
  for (guint i = 0; i < 20; i++)
    drive_assert_same_float (g_array_index (drive->records, FxpRecord, i).loss_fixed,
                             g_array_index (drive->records, FxpRecord, 20 + i).loss_fixed);
  drive_free (drive);
}

static void
test_refuses (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (FxpExperiment) other = drive_make_experiment ("network.topology", "3-4-2", NULL);
  g_autoptr (FxpExperiment) digits =
    drive_make_experiment ("dataset.name", "digits", "network.topology", "64-10", NULL);
  g_autoptr (FxpDataset) data = drive_load_data (experiment);
  g_autoptr (FxpDataset) images = drive_load_data (digits);
  g_autoptr (GError) error = NULL;
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot;
  guint64 serial = 7;

  g_assert_null (fxp_trainer_new (other, data, 1, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (fxp_trainer_set_experiment (drive->trainer, other, NULL, &serial, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_false (fxp_trainer_set_experiment (drive->trainer, experiment, images, &serial, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_cmpuint (serial, ==, 7);
  g_assert_true (fxp_trainer_get_experiment (drive->trainer) == experiment);
  g_clear_error (&error);

  fxp_trainer_set_experiment (drive->trainer, digits, images, &serial, &error);
  g_assert_no_error (error);
  snapshot = drive_wait (drive, fxp_trainer_step (drive->trainer, 3));
  g_assert_cmpuint (fxp_snapshot_get_n_weighted (snapshot), ==, 1);
  g_assert_true (fxp_trainer_get_dataset (drive->trainer) == images);
  drive_free (drive);
}

/* Values near the end of float32: the twin meets infinity, the fixed-point run its range. */
static void
test_diverges (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("fxp-diverges-XXXXXX.csv", &path, &error);
  g_autoptr (GString) table = g_string_new (NULL);
  g_autoptr (FxpExperiment) experiment = NULL;
  Drive *drive;
  FxpSnapshot *snapshot;
  guint64 step, serial;

  g_assert_no_error (error);
  g_close (fd, NULL);
  for (guint i = 0; i < 40; i++)
    g_string_append_printf (table, "%s,0.%u,%u\n", i % 10 == 3 ? "3e38" : "0.5", i, i % 2);
  g_assert_true (g_file_set_contents (path, table->str, -1, NULL));
  experiment = drive_make_experiment ("dataset.path", path, NULL);
  drive = drive_new (experiment, 1);
  g_assert_cmpint (g_remove (path), ==, 0);

  snapshot = drive_wait (drive, fxp_trainer_run_until (drive->trainer, 10, 0));
  step = fxp_snapshot_get_step (snapshot);
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_DIVERGED);
  g_test_message ("%s", fxp_snapshot_get_cause (snapshot));
  g_assert_true (g_str_has_prefix (fxp_snapshot_get_cause (snapshot), "float twin: "));
  /* It cannot go on as it is... */
  snapshot = drive_wait (drive, fxp_trainer_run (drive->trainer));
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_DIVERGED);
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, step);
  /* ...but without the one that failed. */
  drive_set (drive, "training.twin", "false", &serial);
  snapshot = drive_wait (drive, serial);
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_PAUSED);
  g_assert_null (fxp_snapshot_get_cause (snapshot));
  snapshot = drive_wait (drive, fxp_trainer_step (drive->trainer, 50));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, step + 50);
  g_assert_true (
    isnan (g_array_index (drive->records, FxpRecord, drive->records->len - 1).loss_float));
  g_assert_true (isnan (fxp_snapshot_get_test_accuracy (snapshot, TRUE)));
  g_assert_false (isnan (fxp_snapshot_get_test_accuracy (snapshot, FALSE)));
  drive_free (drive);
}

static void
test_finishes (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("training.evaluate-every", "1000000", NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot = drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, 60));
  const FxpRecord *last;

  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_FINISHED);
  g_assert_cmpuint (drive->records->len, ==, 3);
  last = &g_array_index (drive->records, FxpRecord, 2);
  g_assert_cmpuint (last->step, ==, 60);
  g_assert_false (isnan (last->test_accuracy_fixed));
  g_assert_cmpfloat (last->test_accuracy_fixed,
                     ==,
                     (float)fxp_snapshot_get_test_accuracy (snapshot, FALSE));
  /* It is there already, and tested. */
  snapshot = drive_wait (drive, fxp_trainer_run_until (drive->trainer, 1, 0));
  g_assert_cmpint (fxp_snapshot_get_state (snapshot), ==, FXP_STATE_FINISHED);
  g_assert_cmpuint (drive->records->len, ==, 3);
  snapshot = drive_wait (drive, fxp_trainer_run_until (drive->trainer, 3, 0));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), ==, 75);
  g_assert_cmpuint (drive->records->len, ==, 4);
  drive_free (drive);
}

static void
test_speed (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  gint64 began = g_get_monotonic_time ();
  FxpSnapshot *snapshot;

  fxp_trainer_set_speed (drive->trainer, 200);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 21));
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 20 * G_USEC_PER_SEC / 200);
  /* A command does not wait for the step after next week. */
  fxp_trainer_set_speed (drive->trainer, 1e-6);
  fxp_trainer_run (drive->trainer);
  snapshot = drive_wait (drive, fxp_trainer_pause (drive->trainer));
  g_assert_cmpuint (fxp_snapshot_get_step (snapshot), <=, 22);
  fxp_trainer_run (drive->trainer);
  fxp_trainer_set_speed (drive->trainer, 0);
  drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, 1000));
  drive_free (drive);
}

/* Ends soon in the midst of whatever it does. */
static void
test_quits (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.samples",
                                                                "400000",
                                                                "dataset.test-share",
                                                                "0.9",
                                                                "network.topology",
                                                                "2-64-64-2",
                                                                NULL);
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);

  for (guint i = 0; i < 4; i++)
    {
      g_autoptr (GError) error = NULL;
      FxpTrainer *trainer = fxp_trainer_new (experiment, dataset, 1 + i % 2, &error);
      gint64 began;

      g_assert_no_error (error);
      if (i < 2)
        fxp_trainer_run_until (trainer, 0, 3);
      else
        fxp_trainer_set_view (trainer, FXP_VIEW_FIELD, 1024);
      g_usleep (20000);
      began = g_get_monotonic_time ();
      fxp_trainer_stop (trainer);
      g_test_message ("%" G_GINT64_FORMAT " us", g_get_monotonic_time () - began);
      /* 50 ms on a machine that has nothing else to do. */
      g_assert_cmpint (g_get_monotonic_time () - began, <, G_USEC_PER_SEC / 2);
      fxp_trainer_stop (trainer);
      g_assert_cmpuint (fxp_trainer_run (trainer), >, 0);
      g_assert_finalize_object (trainer);
    }
}

static void
test_checkpoint_after_stop (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;
  Drive *drive = drive_new (experiment, 1);

  fxp_trainer_stop (drive->trainer);
  fxp_trainer_checkpoint_async (drive->trainer, NULL, drive_result_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fxp_trainer_checkpoint_finish (drive->trainer, result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_object (&result);
  drive_free (drive);
}

/* Signals come where the trainer was made. */
static void
test_context (void)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  g_autoptr (GError) error = NULL;
  FxpTrainer *trainer;

  g_main_context_push_thread_default (context);
  trainer = fxp_trainer_new (experiment, dataset, 1, &error);
  g_assert_no_error (error);
  g_main_context_pop_thread_default (context);
  while (fxp_trainer_get_snapshot (trainer) == NULL)
    g_main_context_iteration (context, TRUE);
  g_assert_finalize_object (trainer);
}

static void
test_log_error (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nowhere/run.log");
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot = drive_wait (drive, fxp_trainer_set_log_file (drive->trainer, nowhere));

  g_assert_nonnull (fxp_snapshot_get_log_error (snapshot));
  snapshot = drive_wait (drive, fxp_trainer_step (drive->trainer, 5));
  g_assert_nonnull (fxp_snapshot_get_log_error (snapshot));
  snapshot = drive_wait (drive, fxp_trainer_set_log_file (drive->trainer, NULL));
  g_assert_null (fxp_snapshot_get_log_error (snapshot));
  drive_free (drive);
}

static void
stop_cb (FxpTrainer *trainer, gpointer data)
{
  (*(guint *)data)++;
  fxp_trainer_stop (trainer);
}

static void
test_stop_in_handler (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  g_autoptr (GError) error = NULL;
  FxpTrainer *trainer = fxp_trainer_new (experiment, dataset, 1, &error);
  guint n = 0;

  g_assert_no_error (error);
  g_signal_connect (trainer, "snapshot", G_CALLBACK (stop_cb), &n);
  fxp_trainer_run (trainer);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (trainer);
}

static void
stop_in_answer_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (GError) error = NULL;

  checkpoint = fxp_trainer_checkpoint_finish (FXP_TRAINER (source), result, &error);
  g_assert_no_error (error);
  fxp_trainer_stop (FXP_TRAINER (source));
  (*(guint *)data)++;
}

/* The snapshot that brought the checkpoint is let go of meanwhile. */
static void
test_stop_in_answer (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  g_autoptr (GError) error = NULL;
  FxpTrainer *trainer = fxp_trainer_new (experiment, dataset, 1, &error);
  guint n = 0;

  g_assert_no_error (error);
  fxp_trainer_run (trainer);
  fxp_trainer_checkpoint_async (trainer, NULL, stop_in_answer_cb, &n);
  while (n == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (trainer);
}

/* Disposed of without a word while it runs. */
static void
test_dispose_running (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 2);

  fxp_trainer_run (drive->trainer);
  g_assert_finalize_object (drive->trainer);
  g_array_unref (drive->records);
  g_array_unref (drive->cells);
  g_ptr_array_unref (drive->events);
  g_free (drive);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/trainer/starts-paused", test_starts_paused);
  g_test_add_func ("/training/trainer/steps", test_steps);
  g_test_add_func ("/training/trainer/learns", test_learns);
  g_test_add_func ("/training/trainer/no-record-lost", test_no_record_lost);
  g_test_add_func ("/training/trainer/live-change", test_live_change);
  g_test_add_func ("/training/trainer/coalesces-in-order", test_coalesces_in_order);
  g_test_add_func ("/training/trainer/reset", test_reset);
  g_test_add_func ("/training/trainer/refuses", test_refuses);
  g_test_add_func ("/training/trainer/diverges", test_diverges);
  g_test_add_func ("/training/trainer/finishes", test_finishes);
  g_test_add_func ("/training/trainer/speed", test_speed);
  g_test_add_func ("/training/trainer/quits", test_quits);
  g_test_add_func ("/training/trainer/checkpoint-after-stop", test_checkpoint_after_stop);
  g_test_add_func ("/training/trainer/stop-in-handler", test_stop_in_handler);
  g_test_add_func ("/training/trainer/stop-in-answer", test_stop_in_answer);
  g_test_add_func ("/training/trainer/dispose-running", test_dispose_running);
  g_test_add_func ("/training/trainer/context", test_context);
  g_test_add_func ("/training/trainer/log-error", test_log_error);

  return g_test_run ();
}
