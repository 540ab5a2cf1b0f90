/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"
#include "headless-run.h"
#include "progress.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

static void
snapshot_cb (FxpSnapshot *snapshot, gpointer data)
{
  fxa_progress_update (data, snapshot);
}

/* As when the user asks for it. */
static gboolean
train_until (FxaHeadlessRun *run, guint64 step, GError **error)
{
  if (step == 0 || fxa_headless_run_until (run, 0, step))
    return TRUE;
  g_set_error_literal (error,
                       G_IO_ERROR,
                       G_IO_ERROR_CANCELLED,
                       _ ("interrupted before the end of the log, so there is no fingerprint"));
  return FALSE;
}

/* Trains to each edit, applies it, and on to the end. */
static FxpCheckpoint *
replay (const FxpRun *log, guint n_threads, FxaProgress *progress, GError **error)
{
  g_autoptr (FxpDataset) dataset = fxa_cli_load_dataset (log->experiment, progress, NULL, error);
  g_autoptr (FxaHeadlessRun) run = NULL;

  if (dataset == NULL)
    return NULL;
  run = fxa_headless_run_new (log->experiment, dataset, n_threads, error);
  if (run == NULL)
    return NULL;
  fxa_progress_begin_run (progress, 0, log->last_step, 0);
  fxa_headless_run_set_snapshot_func (run, snapshot_cb, progress);
  for (guint i = 0; i < log->edits->len; i++)
    {
      const FxpEdit *edit = &g_array_index (log->edits, FxpEdit, i);
      guint64 serial;

      if (!train_until (run, edit->step, error) ||
          !fxp_trainer_set_experiment (fxa_headless_run_get_trainer (run),
                                       edit->experiment,
                                       NULL,
                                       &serial,
                                       error))
        return NULL;
    }
  if (!train_until (run, log->last_step, error))
    return NULL;
  return fxa_headless_run_get_checkpoint (run, error);
}

static int
run_replay (int argc, char **argv)
{
  g_autofree char *threads_text = NULL;
  guint64 threads = MIN (g_get_num_processors (), FXA_THREADS_MAX);
  const GOptionEntry entries[] = {{"threads",
                                   't',
                                   0,
                                   G_OPTION_ARG_FILENAME,
                                   &threads_text,
                                   N_ ("Threads of large products (default: processors)"),
                                   "N"},
                                  {NULL}};
  g_autoptr (GError) error = NULL;
  g_autoptr (GFile) file = NULL;
  g_autoptr (FxpRun) log = NULL;
  g_autoptr (FxaProgress) progress = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;

  if (!fxa_cli_parse (&fxa_command_replay, entries, &argc, &argv, 1, 1) ||
      !fxa_cli_parse_count ("replay: --threads", threads_text, 1, FXA_THREADS_MAX, &threads))
    return FXA_EXIT_USAGE;
  file = g_file_new_for_path (argv[1]);
  log = fxp_run_load (file, NULL, &error);
  if (log == NULL)
    return fxa_cli_fail (FXA_EXIT_FAILURE, error);
  progress = fxa_progress_new ();
  checkpoint = replay (log, (guint)threads, progress, &error);
  g_clear_pointer (&progress, fxa_progress_free);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return fxa_cli_fail (FXA_EXIT_INTERRUPTED, error);
  if (checkpoint == NULL)
    return fxa_cli_fail (FXA_EXIT_FAILURE, error);
  g_print ("%s\n", fxp_checkpoint_get_fingerprint (checkpoint));
  if (log->fingerprint != NULL &&
      strcmp (log->fingerprint, fxp_checkpoint_get_fingerprint (checkpoint)) != 0)
    return fxa_cli_fail_text (FXA_EXIT_FAILURE,
                              _ ("%s: recorded fingerprint %s, the replay has another"),
                              argv[1],
                              log->fingerprint);
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_replay = {
  .name = "replay",
  .arguments = "LOG",
  .summary = N_ ("Repeat a logged run with all its edits and compare the fingerprint"),
  .run = run_replay,
};
