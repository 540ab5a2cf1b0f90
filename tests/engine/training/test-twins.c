/* SPDX-License-Identifier: MIT */
/* What a run is a function of: its settings, its seed, and the edits with their steps. */
#include "drive.h"

#include "training/run-log.h"
#include <glib/gstdio.h>

/* Every cell draws, epochs end in the midst of records, and the last batch is a smaller one. */
static FxpExperiment *
make_experiment (void)
{
  return drive_make_experiment ("precision.*.*.rounding",
                                "stochastic",
                                "precision.1.weight.format",
                                "Q1.3",
                                "precision.2.bias.format",
                                "Q4.7",
                                "training.batch",
                                "7",
                                "training.record-every",
                                "10",
                                "training.statistics-every",
                                "7",
                                "training.evaluate-every",
                                "2",
                                NULL);
}

static FxpExperiment *
make_images (void)
{
  return drive_make_experiment ("dataset.name",
                                "digits",
                                "network.topology",
                                "4C3-MP2-10",
                                "precision.*.*.rounding",
                                "stochastic",
                                "training.batch",
                                "32",
                                NULL);
}

/* All that a run can have of state. */
static FxpExperiment *
make_residual (void)
{
  return drive_make_experiment ("dataset.name",
                                "digits",
                                "dataset.validation-share",
                                "0.3",
                                "dataset.normalize",
                                "true",
                                "augmentation.crop",
                                "1",
                                "network.topology",
                                "4C3P-BN-RES(6/2)-RES(6,D10)-GAP-8FC-BN-D20-10",
                                "precision.*.*.rounding",
                                "stochastic",
                                "precision.2.momentum.format",
                                "Q0.9",
                                "precision.1.gamma.format",
                                "Q2.5",
                                "training.momentum",
                                "0.875",
                                "training.weight-decay",
                                "0.001",
                                "training.schedule",
                                "cosine",
                                "training.schedule-steps",
                                "50",
                                "training.batch",
                                "32",
                                "training.record-every",
                                "7",
                                NULL);
}

static void
test_threads (void)
{
  FxpExperiment *(*makers[]) (void) = {make_experiment, make_images, make_residual};

  for (guint i = 0; i < G_N_ELEMENTS (makers); i++)
    {
      g_autoptr (FxpExperiment) experiment = makers[i]();
      char *fingerprints[2];
      Drive *drives[2];

      for (guint k = 0; k < 2; k++)
        {
          drives[k] = drive_new (experiment, 1 + k);
          drive_wait (drives[k], fxp_trainer_run_until (drives[k]->trainer, 0, 60));
          fingerprints[k] = drive_fingerprint (drives[k]);
        }
      g_assert_cmpstr (fingerprints[0], ==, fingerprints[1]);
      drive_assert_same_records (drives[0], 0, drives[1], 0);
      for (guint k = 0; k < 2; k++)
        {
          drive_free (drives[k]);
          g_free (fingerprints[k]);
        }
    }
}

/* Half the way, through a file's bytes, then the rest: as if it had gone straight. */
static void
check_resume (FxpExperiment *experiment, guint half, guint end)
{
  g_autofree char *straight_print = NULL;
  g_autofree char *resumed_print = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) saved = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (GBytes) bytes = NULL;
  Drive *straight = drive_new (experiment, 1);
  Drive *first = drive_new (experiment, 1);
  Drive *second = drive_new (experiment, 2);
  guint n_before = 0;
  guint64 serial;

  drive_wait (straight, fxp_trainer_run_until (straight->trainer, 0, end));
  straight_print = drive_fingerprint (straight);

  drive_wait (first, fxp_trainer_run_until (first->trainer, 0, half));
  saved = drive_checkpoint (first);
  bytes = fxp_checkpoint_to_bytes (saved);
  checkpoint = fxp_checkpoint_new_from_bytes (bytes, "half", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (checkpoint),
                   ==,
                   fxp_checkpoint_get_fingerprint (saved));
  g_assert_cmpuint (fxp_checkpoint_get_step (checkpoint), ==, half);

  fxp_trainer_restore (second->trainer, checkpoint, &serial, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fxp_snapshot_get_step (drive_wait (second, serial)), ==, half);
  g_assert_cmpuint (second->run, ==, 1);
  drive_wait (second, fxp_trainer_run_until (second->trainer, 0, end));
  resumed_print = drive_fingerprint (second);
  g_assert_cmpstr (straight_print, ==, resumed_print);

  while (g_array_index (straight->records, FxpRecord, n_before).step <= half)
    n_before++;
  drive_assert_same_records (straight, n_before, second, 0);
  drive_free (straight);
  drive_free (first);
  drive_free (second);
}

static void
test_resume (void)
{
  g_autoptr (FxpExperiment) experiment = make_experiment ();
  g_autoptr (FxpExperiment) images = make_images ();
  g_autoptr (FxpExperiment) residual = make_residual ();

  check_resume (experiment, 73, 200);
  check_resume (experiment, 100, 180);
  check_resume (images, 33, 60);
  check_resume (residual, 17, 42);
}

/* Edits at some steps, written down, then done again from what was written. */
static void
test_replay (void)
{
  g_autoptr (FxpExperiment) experiment = make_experiment ();
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "fxp-replay-XXXXXX", NULL);
  g_autoptr (GFile) file = NULL;
  g_autoptr (FxpRun) run = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *fingerprint = NULL;
  g_autofree char *replayed = NULL;
  Drive *drive = drive_new (experiment, 1);
  FxpSnapshot *snapshot;
  guint64 serial;
  int fd;

  fd = g_mkstemp (path);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  file = g_file_new_for_path (path);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 31));
  drive_set (drive, "precision.2.weight.format", "Q1.4", &serial);
  drive_wait (drive, serial);
  /* Only now: what was before is written all the same. */
  fxp_trainer_set_log_file (drive->trainer, file);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 40));
  drive_set (drive, "training.batch", "11", &serial);
  drive_wait (drive, serial);
  drive_set (drive, "precision.*.activation.overflow", "wrap", &serial);
  drive_wait (drive, serial);
  drive_set (drive, "experiment.title", "a \"title\" = \\ n\xc3\xa4 it", &serial);
  drive_wait (drive, serial);
  snapshot = drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, 120));
  g_assert_null (fxp_snapshot_get_log_error (snapshot));
  fingerprint = drive_fingerprint (drive);
  drive_free (drive);

  run = fxp_run_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (fxp_experiment_equal (run->experiment, experiment));
  g_assert_cmpuint (run->last_step, ==, 120);
  g_assert_cmpstr (run->fingerprint, ==, fingerprint);
  g_assert_cmpuint (run->edits->len, ==, 4);

  drive = drive_new (run->experiment, 1);
  for (guint i = 0; i < run->edits->len; i++)
    {
      const FxpEdit *edit = &g_array_index (run->edits, FxpEdit, i);

      drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, edit->step));
      fxp_trainer_set_experiment (drive->trainer, edit->experiment, NULL, &serial, &error);
      g_assert_no_error (error);
      drive_wait (drive, serial);
    }
  drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, run->last_step));
  replayed = drive_fingerprint (drive);
  g_assert_cmpstr (replayed, ==, fingerprint);
  drive_free (drive);
  g_assert_cmpint (g_remove (path), ==, 0);
}

/* A run that goes on from a checkpoint knows what was done before it. */
static void
test_log_of_resumed (void)
{
  g_autoptr (FxpExperiment) experiment = make_experiment ();
  g_autofree char *path = g_build_filename (g_get_tmp_dir (), "fxp-resumed-XXXXXX", NULL);
  g_autoptr (GFile) file = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (FxpRun) run = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *fingerprint = NULL;
  Drive *drive = drive_new (experiment, 1);
  guint64 serial;
  int fd = g_mkstemp (path);

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  file = g_file_new_for_path (path);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 20));
  drive_set (drive, "training.rate", "0.3", &serial);
  drive_wait (drive, serial);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 20));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);

  drive = drive_new (experiment, 1);
  fxp_trainer_set_log_file (drive->trainer, file);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 7));
  fxp_trainer_restore (drive->trainer, checkpoint, &serial, &error);
  g_assert_no_error (error);
  drive_wait (drive, serial);
  g_assert_cmpfloat (fxp_experiment_get_settings (fxp_trainer_get_experiment (drive->trainer))
                       ->rate,
                     ==,
                     0.3);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 10));
  drive_set (drive, "training.batch", "9", &serial);
  drive_wait (drive, serial);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 10));
  fingerprint = drive_fingerprint (drive);
  drive_free (drive);

  run = fxp_run_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (run->edits->len, ==, 2);
  g_assert_cmpuint (g_array_index (run->edits, FxpEdit, 0).step, ==, 20);
  g_assert_cmpuint (g_array_index (run->edits, FxpEdit, 1).step, ==, 50);
  g_assert_cmpuint (run->last_step, ==, 60);
  g_assert_cmpstr (run->fingerprint, ==, fingerprint);
  g_assert_cmpint (g_remove (path), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/twins/threads", test_threads);
  g_test_add_func ("/training/twins/resume", test_resume);
  g_test_add_func ("/training/twins/replay", test_replay);
  g_test_add_func ("/training/twins/log-of-resumed", test_log_of_resumed);

  return g_test_run ();
}
