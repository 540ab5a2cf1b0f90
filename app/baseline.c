/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "baseline.h"

#include "cli.h"
#include "headless-run.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* A checkpoint's head has zeros this early, which no experiment has at all. */
#define HEAD_BYTES 24

gboolean
fxa_baseline_is_checkpoint (const char *path)
{
  char head[HEAD_BYTES];
  gsize n;
  FILE *file;

  /* A pipe or a folder is no checkpoint, and opening the former would wait for a writer. */
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  file = fopen (path, "rb");
  if (file == NULL)
    return FALSE;
  n = fread (head, 1, sizeof head, file);
  fclose (file);
  return memchr (head, '\0', n) != NULL;
}

FxpCheckpoint *
fxa_baseline_load (const char *path, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FxpCheckpoint) checkpoint = fxp_checkpoint_load (file, NULL, error);

  if (checkpoint == NULL)
    return NULL;
  if (fxp_checkpoint_get_baseline (checkpoint) != NULL)
    return g_steal_pointer (&checkpoint);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_CHECKPOINT,
               _ (
                 "%s: nothing was recorded of a float network, expected a checkpoint of a run with "
                 "a float twin (training.twin) or all in float, an epoch long or more"),
               path);
  return NULL;
}

static void
snapshot_cb (FxpSnapshot *snapshot, gpointer progress)
{
  fxa_progress_update (progress, snapshot);
}

FxpCheckpoint *
fxa_baseline_run (FxpExperiment *experiment,
                  FxpDataset *dataset,
                  guint64 epochs,
                  guint n_threads,
                  FxaProgress *progress,
                  gboolean *interrupted,
                  GError **error)
{
  g_autoptr (FxpExperiment) baseline = fxp_theory_get_baseline_experiment (experiment);
  g_autoptr (FxaHeadlessRun) run = fxa_headless_run_new (baseline, dataset, n_threads, error);
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  FxpSnapshot *snapshot;

  if (run == NULL)
    return NULL;
  fxa_progress_set_subject (progress, _ ("baseline"));
  fxa_progress_begin_run (progress, epochs, 0, fxa_cli_get_steps_per_epoch (baseline, dataset));
  fxa_headless_run_set_snapshot_func (run, snapshot_cb, progress);
  *interrupted = !fxa_headless_run_until (run, epochs, 0);
  checkpoint = fxa_headless_run_get_checkpoint (run, error);
  fxa_headless_run_set_snapshot_func (run, NULL, NULL);
  fxa_headless_run_stop (run);
  if (checkpoint == NULL)
    return NULL;
  snapshot = fxp_trainer_get_snapshot (fxa_headless_run_get_trainer (run));
  if (fxp_snapshot_get_state (snapshot) != FXP_STATE_DIVERGED)
    return g_steal_pointer (&checkpoint);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("the baseline run diverged (%s), expected one that learns; a lower training.rate "
                  "may help"),
               fxp_snapshot_get_cause (snapshot));
  return NULL;
}
