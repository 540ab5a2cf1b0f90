/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli-settings.h"
#include "cli.h"
#include "comparison.h"
#include "figure.h"
#include "headless-run.h"
#include "output.h"
#include "progress.h"
#include "summary.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EPOCHS_MAX 1000000000
#define STEPS_MAX  G_MAXINT64

/* In the order in which they are written; JSON is last, as standard output may be a pipe that
 * nobody reads any more. */
typedef enum
{
  OUTPUT_CSV,
  OUTPUT_PLOT,
  OUTPUT_CHECKPOINT,
  OUTPUT_EXPORT,
  OUTPUT_LOG,
  OUTPUT_JSON,
  N_OUTPUTS
} OutputKind;

/* What the command line asked for, and the outputs it opened. */
typedef struct
{
  char *epochs_text, *steps_text, *threads_text, *seeds_text;
  guint64 epochs, steps, threads, seeds; /* 0: not given */
  char *compare;                         /* systems to train instead, or NULL */
  char **settings;
  char *paths[N_OUTPUTS];
  char *resume_path;

  FxpExperiment *experiment;
  FxpCheckpoint *resumed;
  FxpCsv *csv;       /* NULL also once it failed */
  GError *csv_error; /* why it did, while the run went on */
  FxaFigure *figure;
  FxaProgress *progress;
  FxpRecord record; /* the newest */
} Training;

static void
training_clear (Training *self)
{
  g_free (self->epochs_text);
  g_free (self->steps_text);
  g_free (self->threads_text);
  g_free (self->seeds_text);
  g_free (self->compare);
  g_strfreev (self->settings);
  for (guint kind = 0; kind < N_OUTPUTS; kind++)
    g_free (self->paths[kind]);
  g_free (self->resume_path);
  g_clear_error (&self->csv_error);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->resumed, fxp_checkpoint_unref);
  g_clear_pointer (&self->csv, fxp_csv_free);
  g_clear_pointer (&self->figure, fxa_figure_free);
  g_clear_pointer (&self->progress, fxa_progress_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Training, training_clear)

static gboolean
parse_options (Training *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "epochs", 'e', 0, G_OPTION_ARG_FILENAME, &self->epochs_text,
      N_ ("Stop after N epochs in all (default: the experiment's)"), "N" },
    { "steps", 'n', 0, G_OPTION_ARG_FILENAME, &self->steps_text,
      N_ ("Stop after N steps in all"), "N" },
    fxa_settings_make_entry (&self->settings),
    { "threads", 't', 0, G_OPTION_ARG_FILENAME, &self->threads_text,
      N_ ("Threads of large products (default: processors); results do not depend on it"), "N" },
    { "csv", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_CSV],
      N_ ("Write every record as a row"), "FILE" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_JSON],
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { "plot", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_PLOT],
      N_ ("Draw the charts as .png, .svg or .pdf"), "FILE" },
    { "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_CHECKPOINT],
      N_ ("Write the final state, to resume from"), "FILE" },
    { "resume", 0, 0, G_OPTION_ARG_FILENAME, &self->resume_path,
      N_ ("Start from a checkpoint's state; without an experiment, with its settings "
          "too"), "FILE" },
    { "export", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_EXPORT],
      N_ ("Write every stored code, its format and the float twin as .npz"), "FILE" },
    { "log", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_LOG],
      N_ ("Write the run's events, to replay"), "FILE" },
    { "compare", 0, 0, G_OPTION_ARG_FILENAME, &self->compare,
      N_ ("Instead train FL, FX and these systems, such as BN,SQ,TG,C-1, and print what they cost "
          "and their test errors"), "LIST" },
    { "seeds", 0, 0, G_OPTION_ARG_FILENAME, &self->seeds_text,
      N_ ("Seeds to average what is compared over (default 1)"), "N" },
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_train, entries, argc, argv, 0, 1);
}

/* A comparison is many runs, of which only the table is kept. */
static int
check_comparison (const Training *self)
{
  if (self->compare == NULL)
    return self->seeds == 0 ? EXIT_SUCCESS
                            : fxa_cli_fail_text (FXA_EXIT_USAGE,
                                                 _ ("train: --seeds: nothing is compared, expected "
                                                    "--compare too"));
  if (!fxa_comparison_check ("train", self->compare))
    return FXA_EXIT_USAGE;
  for (guint kind = 0; kind < OUTPUT_JSON; kind++)
    if (self->paths[kind] != NULL || self->resume_path != NULL)
      return fxa_cli_fail_text (FXA_EXIT_USAGE,
                                _ ("train: --compare: trains several systems from their start, "
                                   "expected no --resume and no output but --json"));
  return EXIT_SUCCESS;
}

static int
check_usage (Training *self, int argc)
{
  if (argc < 2 && self->resume_path == NULL)
    return fxa_cli_fail_text (FXA_EXIT_USAGE,
                              _ ("train: expected an experiment file or a preset; try "
                                 "“roundoff-cli presets”"));
  if (!fxa_cli_parse_count ("train: --epochs", self->epochs_text, 1, EPOCHS_MAX, &self->epochs) ||
      !fxa_cli_parse_count ("train: --steps", self->steps_text, 1, STEPS_MAX, &self->steps) ||
      !fxa_cli_parse_count ("train: --threads",
                            self->threads_text,
                            1,
                            FXA_THREADS_MAX,
                            &self->threads) ||
      !fxa_cli_parse_count ("train: --seeds", self->seeds_text, 1, FXA_SEEDS_MAX, &self->seeds))
    return FXA_EXIT_USAGE;
  if (self->resume_path != NULL && self->resume_path[0] == '\0')
    return fxa_cli_fail_text (FXA_EXIT_USAGE,
                              _ ("train: --resume: the name is empty, expected a checkpoint"));
  if (!fxa_settings_check ("train", self->settings))
    return FXA_EXIT_USAGE;
  return check_comparison (self);
}

/* The experiment of the command line, or else of the checkpoint, with the settings on top. */
static gboolean
load_experiment (Training *self, const char *name, GError **error)
{
  if (self->resume_path != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (self->resume_path);

      self->resumed = fxp_checkpoint_load (file, NULL, error);
      if (self->resumed == NULL)
        return FALSE;
    }
  if (name != NULL)
    self->experiment = fxa_cli_load_experiment (name, error);
  else
    self->experiment = fxp_experiment_ref (fxp_checkpoint_get_experiment (self->resumed));
  if (self->experiment == NULL || !fxa_settings_apply (self->settings, &self->experiment, error))
    return FALSE;
  if (self->resumed != NULL &&
      fxp_experiment_needs_reset (fxp_checkpoint_get_experiment (self->resumed), self->experiment))
    {
      g_auto (GStrv) changes =
        fxp_experiment_diff (fxp_checkpoint_get_experiment (self->resumed), self->experiment);
      g_autofree char *list = g_strjoinv (", ", changes);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("%s: cannot go on with %s; a checkpoint keeps its data, topology and seed, "
                      "and "
                      "has a twin only if it was made with one"),
                   self->resume_path,
                   list);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_outputs (const Training *self, const char *name, GError **error)
{
  const FxaOutput outputs[] = {
    {.option = "--csv", .path = self->paths[OUTPUT_CSV]},
    {.option = "--plot", .path = self->paths[OUTPUT_PLOT]},
    {.option = "--checkpoint",
     .path = self->paths[OUTPUT_CHECKPOINT],
     .replaces = self->resume_path},
    {.option = "--export", .path = self->paths[OUTPUT_EXPORT]},
    {.option = "--log", .path = self->paths[OUTPUT_LOG], .appends = TRUE},
    {.option = "--json", .path = self->paths[OUTPUT_JSON], .may_be_standard_output = TRUE},
  };
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();

  /* A preset is no file, so a file may have its name. */
  if (name != NULL && g_file_test (name, G_FILE_TEST_EXISTS))
    g_ptr_array_add (inputs, (gpointer)name);
  if (self->resume_path != NULL)
    g_ptr_array_add (inputs, self->resume_path);
  if (fxp_experiment_get_settings (self->experiment)->dataset_path != NULL)
    g_ptr_array_add (inputs, fxp_experiment_get_settings (self->experiment)->dataset_path);
  g_ptr_array_add (inputs, NULL);
  return fxa_outputs_check (outputs,
                            G_N_ELEMENTS (outputs),
                            (const char *const *)inputs->pdata,
                            error);
}

static gboolean
open_outputs (Training *self, GError **error)
{
  if (self->paths[OUTPUT_CSV] != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (self->paths[OUTPUT_CSV]);

      self->csv = fxp_csv_new (file, self->experiment, error);
      if (self->csv == NULL)
        return FALSE;
    }
  if (self->paths[OUTPUT_PLOT] != NULL)
    {
      self->figure = fxa_figure_new (self->paths[OUTPUT_PLOT], self->experiment, error);
      if (self->figure == NULL)
        return FALSE;
    }
  /* A run may take days, and what is missing then is found out at its end. */
  if (self->paths[OUTPUT_EXPORT] != NULL && !fxp_npz_prepare (error))
    {
      g_prefix_error (error, "%s: ", self->paths[OUTPUT_EXPORT]);
      return FALSE;
    }
  return TRUE;
}

static void
snapshot_cb (FxpSnapshot *snapshot, gpointer data)
{
  Training *self = data;
  gsize n;
  const FxpRecord *records = fxp_snapshot_get_records (snapshot, &n);

  if (n > 0)
    self->record = records[n - 1];
  if (self->figure != NULL)
    fxa_figure_add (self->figure, snapshot);
  fxa_progress_update (self->progress, snapshot);
  /* A full disk is no reason to lose the run: a checkpoint may go to another one. */
  if (self->csv != NULL && !fxp_csv_add (self->csv, snapshot, &self->csv_error))
    g_clear_pointer (&self->csv, fxp_csv_free);
}

static gboolean
start_from (Training *self, FxpTrainer *trainer, GError **error)
{
  guint64 serial;

  if (self->paths[OUTPUT_LOG] != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (self->paths[OUTPUT_LOG]);

      fxp_trainer_set_log_file (trainer, file);
    }
  if (self->resumed == NULL)
    return TRUE;
  if (fxp_trainer_restore (trainer, self->resumed, &serial, error) &&
      fxp_trainer_set_experiment (trainer, self->experiment, NULL, &serial, error))
    return TRUE;
  g_prefix_error (error, "%s: ", self->resume_path);
  return FALSE;
}

static gboolean
write_output (Training *self,
              OutputKind kind,
              FxpCheckpoint *checkpoint,
              const FxaSummary *summary,
              GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (self->paths[kind]);
  const char *log_error = fxp_snapshot_get_log_error (summary->snapshot);

  switch (kind)
    {
    case OUTPUT_CSV:
      if (self->csv_error != NULL)
        g_propagate_error (error, g_steal_pointer (&self->csv_error));
      return self->csv != NULL && fxp_csv_close (self->csv, error);
    case OUTPUT_PLOT:
      return fxa_figure_save (self->figure, error);
    case OUTPUT_CHECKPOINT:
      return fxp_checkpoint_save (checkpoint, file, NULL, error);
    case OUTPUT_EXPORT:
      return fxp_npz_save (checkpoint, file, NULL, error);
    case OUTPUT_LOG:
      if (log_error != NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", self->paths[kind], log_error);
      return log_error == NULL;
    case OUTPUT_JSON:
      return fxa_summary_save_json (summary, self->paths[kind], error);
    case N_OUTPUTS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

/* All that can be, whatever happens to one of them; the first failure is told. */
static gboolean
write_outputs (Training *self, FxpCheckpoint *checkpoint, const FxaSummary *summary, GError **error)
{
  GError *first = NULL;

  for (guint kind = 0; kind < N_OUTPUTS; kind++)
    if (self->paths[kind] != NULL)
      write_output (self, kind, checkpoint, summary, first == NULL ? &first : NULL);
  if (first == NULL)
    return TRUE;
  g_propagate_error (error, first);
  return FALSE;
}

static guint
get_n_threads (const Training *self)
{
  return self->threads > 0 ? (guint)self->threads : MIN (g_get_num_processors (), FXA_THREADS_MAX);
}

/* The experiment's, unless the command line says when to stop. */
static guint64
get_epochs (const Training *self)
{
  return self->epochs == 0 && self->steps == 0
           ? fxp_experiment_get_settings (self->experiment)->epochs
           : self->epochs;
}

static gboolean
compare (Training *self, gboolean *interrupted, GError **error)
{
  g_autoptr (FxaComparison) comparison =
    fxa_comparison_new (self->experiment, self->compare, MAX ((guint)self->seeds, 1));
  g_autoptr (JsonBuilder) builder = NULL;

  self->progress = fxa_progress_new ();
  if (!fxa_comparison_run (comparison,
                           get_epochs (self),
                           self->steps,
                           get_n_threads (self),
                           self->progress,
                           interrupted,
                           error))
    return FALSE;
  g_clear_pointer (&self->progress, fxa_progress_free);
  if (g_strcmp0 (self->paths[OUTPUT_JSON], "-") != 0)
    fxa_comparison_print (comparison);
  if (self->paths[OUTPUT_JSON] == NULL)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_json_add_text (builder, "title", fxp_experiment_get_settings (self->experiment)->title);
  fxa_comparison_add_json (comparison, builder);
  return fxa_json_save (builder, self->paths[OUTPUT_JSON], error);
}

static gboolean
train (Training *self, gboolean *interrupted, GError **error)
{
  const guint n_threads = get_n_threads (self);
  const guint64 epochs = get_epochs (self);
  g_autoptr (FxpDataset) dataset = NULL;
  g_autoptr (FxaHeadlessRun) run = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  FxaSummary summary;

  self->progress = fxa_progress_new ();
  dataset = fxa_cli_load_dataset (self->experiment, self->progress, NULL, error);
  if (dataset == NULL)
    return FALSE;
  run = fxa_headless_run_new (self->experiment, dataset, n_threads, error);
  if (run == NULL || !open_outputs (self, error) ||
      !start_from (self, fxa_headless_run_get_trainer (run), error))
    return FALSE;
  fxa_progress_begin_run (self->progress,
                          epochs,
                          self->steps,
                          fxa_cli_get_steps_per_epoch (self->experiment, dataset));
  self->record.loss_fixed = self->record.loss_float = NAN;
  fxa_headless_run_set_snapshot_func (run, snapshot_cb, self);
  *interrupted = !fxa_headless_run_until (run, epochs, self->steps);
  checkpoint = fxa_headless_run_get_checkpoint (run, error);
  if (checkpoint == NULL)
    return FALSE;
  fxa_headless_run_set_snapshot_func (run, NULL, NULL);
  g_clear_pointer (&self->progress, fxa_progress_free);
  fxa_headless_run_stop (run);
  summary = (FxaSummary){
    .experiment = self->experiment,
    .snapshot = fxp_trainer_get_snapshot (fxa_headless_run_get_trainer (run)),
    .record = self->record,
    .fingerprint = fxp_checkpoint_get_fingerprint (checkpoint),
    .seconds = fxa_headless_run_get_seconds (run),
    .samples = fxa_headless_run_get_samples (run),
    .n_threads = n_threads,
    .interrupted = *interrupted,
  };
  if (!write_outputs (self, checkpoint, &summary, error))
    return FALSE;
  if (g_strcmp0 (self->paths[OUTPUT_JSON], "-") != 0)
    fxa_summary_print (&summary);
  return TRUE;
}

static int
run_train (int argc, char **argv)
{
  g_auto (Training) self = {0};
  g_autoptr (GError) error = NULL;
  gboolean interrupted = FALSE;
  int status;

  if (!parse_options (&self, &argc, &argv))
    return FXA_EXIT_USAGE;
  status = check_usage (&self, argc);
  if (status != EXIT_SUCCESS)
    return status;
  if (!load_experiment (&self, argc > 1 ? argv[1] : NULL, &error) ||
      !check_outputs (&self, argc > 1 ? argv[1] : NULL, &error) ||
      !(self.compare != NULL ? compare : train) (&self, &interrupted, &error))
    {
      g_clear_pointer (&self.progress, fxa_progress_free);
      return fxa_cli_fail (error->domain == G_OPTION_ERROR ? FXA_EXIT_USAGE : FXA_EXIT_FAILURE,
                           error);
    }
  return interrupted ? FXA_EXIT_INTERRUPTED : EXIT_SUCCESS;
}

const FxaCommand fxa_command_train = {
  .name = "train",
  .arguments = "EXPERIMENT-OR-PRESET",
  .summary = N_ ("Train an experiment file or a preset in fixed point beside its float twin"),
  .run = run_train,
};
