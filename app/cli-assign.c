/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "assign-options.h"
#include "assignment-report.h"
#include "baseline.h"
#include "cli-settings.h"
#include "cli.h"
#include "comparison.h"
#include "output.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <stdlib.h>

#define EPOCHS_MAX  1000000000
#define SAMPLES_MAX 1000000

typedef enum
{
  OUTPUT_CHECKPOINT,
  OUTPUT_EXPERIMENT,
  OUTPUT_JSON,
  N_OUTPUTS
} OutputKind;

/* What the command line asked for, and what came of it. */
typedef struct
{
  FxaAssignTexts texts;
  char *samples_text, *epochs_text, *threads_text, *seeds_text;
  char **settings;
  char *compare;
  char *paths[N_OUTPUTS];
  gboolean caps_samples;
  guint64 samples, epochs, threads, seeds; /* 0: not given */
  FxpAssignmentOptions options;
  const char *name; /* of the experiment, borrowed */
  gboolean is_run;  /* the baseline is to be run, else it is in a checkpoint */

  FxpExperiment *experiment;
  FxpCheckpoint *checkpoint;
  FxpDataset *dataset;
  FxpAssignment *assignment;
  FxpMismatch mismatch;
  FxaComparison *comparison;
  FxaProgress *progress;
  guint n_threads;
  gboolean interrupted;
} Assigning;

static void
assigning_clear (Assigning *self)
{
  fxa_assign_texts_clear (&self->texts);
  g_free (self->samples_text);
  g_free (self->epochs_text);
  g_free (self->threads_text);
  g_free (self->seeds_text);
  g_strfreev (self->settings);
  g_free (self->compare);
  for (guint kind = 0; kind < N_OUTPUTS; kind++)
    g_free (self->paths[kind]);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_pointer (&self->assignment, fxp_assignment_unref);
  g_clear_pointer (&self->comparison, fxa_comparison_free);
  g_clear_pointer (&self->progress, fxa_progress_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Assigning, assigning_clear)

static gboolean
parse_options (Assigning *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "variant", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.variant,
      N_ ("Constants of the paper, as far as it is known (default), or of its released code"),
      "paper|code" },
    { "target", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.target,
      N_ ("Greatest bound on the probability of a mismatch, 0 to 1 (default 0.01)"), "P" },
    { "extra-bits", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.extra_bits,
      N_ ("Bits of W and A beyond those that meet the target (default 0)"), "N" },
    { "smoothing", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.smoothing,
      N_ ("c: gradients' deviations times this, for peaks that averaging flattened"), "C" },
    { "range", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.range,
      N_ ("k: range of G_A in deviations"), "K" },
    { "fourth-root", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.fourth_root,
      N_ ("Whether the sizes of G_W and G_A count where noise is bounded"), "on|off" },
    { "bits-max", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.bits_max,
      N_ ("Greatest word length (default 24)"), "N" },
    { "input-bits", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.input_bits,
      N_ ("Word length of the input (default 8); 0: from its noise gain"), "N" },
    { "lock", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &self->texts.locks,
      N_ ("Leave a tensor as it is, such as 1.weight or *.activation; may be repeated"),
      "LAYER.ROLE" },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &self->samples_text,
      N_ ("Samples that noise gains are measured on (default 500)"), "N" },
    { "cap-samples", 0, 0, G_OPTION_ARG_NONE, &self->caps_samples,
      N_ ("Let no sample contribute more than 1 to the bound"), NULL },
    { "epochs", 'e', 0, G_OPTION_ARG_FILENAME, &self->epochs_text,
      N_ ("Epochs of the baseline and of what is compared (default: the experiment's)"), "N" },
    fxa_settings_make_entry (&self->settings),
    { "threads", 't', 0, G_OPTION_ARG_FILENAME, &self->threads_text,
      N_ ("Threads of large products (default: processors); results do not depend on it"), "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_JSON],
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_EXPERIMENT],
      N_ ("Write the experiment with its precision assigned, to train"), "FILE.roundoff" },
    { "checkpoint", 0, 0, G_OPTION_ARG_FILENAME, &self->paths[OUTPUT_CHECKPOINT],
      N_ ("Write the baseline run's final state, to assign from again"), "FILE" },
    { "compare", 0, 0, G_OPTION_ARG_FILENAME, &self->compare,
      N_ ("Then train FL, FX and these systems, such as BN,SQ,TG,C-1"), "LIST" },
    { "seeds", 0, 0, G_OPTION_ARG_FILENAME, &self->seeds_text,
      N_ ("Seeds to average what is compared over (default 1)"), "N" },
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_assign, entries, argc, argv, 1, 1);
}

static gboolean
check_usage (Assigning *self)
{
  if (!fxa_settings_check ("assign", self->settings) ||
      !fxa_assign_texts_parse (&self->texts, &self->options) ||
      !fxa_cli_parse_count ("assign: --samples",
                            self->samples_text,
                            1,
                            SAMPLES_MAX,
                            &self->samples) ||
      !fxa_cli_parse_count ("assign: --epochs", self->epochs_text, 1, EPOCHS_MAX, &self->epochs) ||
      !fxa_cli_parse_count ("assign: --seeds", self->seeds_text, 1, FXA_SEEDS_MAX, &self->seeds) ||
      !fxa_cli_parse_count ("assign: --threads",
                            self->threads_text,
                            1,
                            FXA_THREADS_MAX,
                            &self->threads))
    return FALSE;
  if (self->seeds > 0 && self->compare == NULL)
    {
      fxa_cli_fail_text (FXA_EXIT_USAGE,
                         _ ("assign: --seeds: nothing is compared, expected --compare too"));
      return FALSE;
    }
  return self->compare == NULL || fxa_comparison_check ("assign", self->compare);
}

/* The experiment of the command line, with the settings on top. */
static gboolean
load_experiment (Assigning *self, GError **error)
{
  self->is_run = !fxa_baseline_is_checkpoint (self->name);
  if (self->is_run)
    {
      self->experiment = fxa_cli_load_experiment (self->name, error);
      return self->experiment != NULL &&
             fxa_settings_apply (self->settings, &self->experiment, error);
    }
  if (self->epochs > 0 && self->compare == NULL)
    g_set_error (error,
                 G_OPTION_ERROR,
                 G_OPTION_ERROR_BAD_VALUE,
                 _ ("assign: --epochs: %s is a checkpoint, so no baseline is run, expected an "
                    "experiment"),
                 self->name);
  else if (self->paths[OUTPUT_CHECKPOINT] != NULL)
    g_set_error (error,
                 G_OPTION_ERROR,
                 G_OPTION_ERROR_BAD_VALUE,
                 _ ("assign: --checkpoint: %s is a checkpoint itself, so no baseline is run, "
                    "expected an experiment"),
                 self->name);
  else
    {
      FxpExperiment *old;

      self->checkpoint = fxa_baseline_load (self->name, error);
      if (self->checkpoint == NULL)
        return FALSE;
      old = fxp_checkpoint_get_experiment (self->checkpoint);
      self->experiment = fxp_experiment_ref (old);
      if (!fxa_settings_apply (self->settings, &self->experiment, error))
        return FALSE;
      if (!fxp_experiment_needs_reset (old, self->experiment))
        return TRUE;
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("%s: its data, network and seed are those of its run, expected settings that "
                      "leave them"),
                   self->name);
    }
  return FALSE;
}

static gboolean
check_outputs (const Assigning *self, GError **error)
{
  const FxaOutput outputs[] = {
    {.option = "--checkpoint", .path = self->paths[OUTPUT_CHECKPOINT]},
    {.option = "--output",
     .path = self->paths[OUTPUT_EXPERIMENT],
     .replaces = self->is_run ? self->name : NULL},
    {.option = "--json", .path = self->paths[OUTPUT_JSON], .may_be_standard_output = TRUE},
  };
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  const char *inputs[3] = {NULL};
  guint n = 0;

  /* A preset is no file, so a file may have its name. */
  if (g_file_test (self->name, G_FILE_TEST_EXISTS))
    inputs[n++] = self->name;
  if (settings->dataset_path != NULL)
    inputs[n++] = settings->dataset_path;
  return fxa_outputs_check (outputs, G_N_ELEMENTS (outputs), inputs, error);
}

static guint64
get_epochs (const Assigning *self)
{
  return self->epochs > 0 ? self->epochs : fxp_experiment_get_settings (self->experiment)->epochs;
}

static gboolean
run_baseline (Assigning *self, GError **error)
{
  g_autoptr (GFile) file = NULL;

  self->checkpoint = fxa_baseline_run (self->experiment,
                                       self->dataset,
                                       get_epochs (self),
                                       self->n_threads,
                                       self->progress,
                                       &self->interrupted,
                                       error);
  if (self->checkpoint == NULL)
    return FALSE;
  if (self->paths[OUTPUT_CHECKPOINT] == NULL)
    return TRUE;
  file = g_file_new_for_path (self->paths[OUTPUT_CHECKPOINT]);
  return fxp_checkpoint_save (self->checkpoint, file, NULL, error);
}

static void
gains_cb (double share, FxpNoiseGains *so_far, gpointer progress)
{
  fxa_progress_work (progress, share);
}

/* Of the experiment's whole schedule, even where the baseline is shorter: it is for runs to come.
 */
static double
get_min_rate (const Assigning *self)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->experiment);
  const double epochs = MAX (get_epochs (self), settings->epochs);
  const double steps = epochs * fxa_cli_get_steps_per_epoch (self->experiment, self->dataset);

  return fxp_criteria_get_min_rate (settings,
                                    MAX ((guint64)steps,
                                         fxp_checkpoint_get_step (self->checkpoint)));
}

static gboolean
assign (Assigning *self, GError **error)
{
  FxpBaseline *baseline = fxp_checkpoint_get_baseline (self->checkpoint);
  g_autofree gboolean *locks = NULL;
  g_autoptr (FxpNoiseGains) gains = NULL;
  FxpTheoryOptions theory;

  fxp_theory_options_init (&theory, self->dataset);
  theory.caps_samples = self->caps_samples;
  if (self->samples > 0)
    theory.n_samples = (guint)self->samples;
  locks = fxa_assign_texts_make_locks (&self->texts, self->experiment, error);
  if (locks == NULL)
    return FALSE;
  if (baseline == NULL)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: the baseline run has %" PRIu64 " steps, expected more than %d, before "
                      "which gradients are not looked at: more epochs, or smaller batches"),
                   self->name,
                   fxp_checkpoint_get_step (self->checkpoint),
                   FXP_BASELINE_SKIPPED);
      return FALSE;
    }
  fxa_progress_begin_work (self->progress, _ ("noise gains"));
  gains = fxp_theory_measure_gains (self->checkpoint,
                                    self->dataset,
                                    &theory,
                                    self->n_threads,
                                    gains_cb,
                                    self->progress,
                                    NULL,
                                    error);
  if (gains == NULL)
    return FALSE;
  self->assignment = fxp_assignment_new (self->experiment,
                                         baseline,
                                         gains,
                                         &self->options,
                                         get_min_rate (self),
                                         locks,
                                         error);
  return self->assignment != NULL &&
         fxp_theory_measure_mismatch (self->checkpoint,
                                      self->dataset,
                                      fxp_assignment_get_experiment (self->assignment),
                                      &theory,
                                      self->n_threads,
                                      NULL,
                                      &self->mismatch,
                                      error);
}

static gboolean
compare (Assigning *self, GError **error)
{
  self->comparison = fxa_comparison_new (fxp_assignment_get_experiment (self->assignment),
                                         self->compare,
                                         self->seeds > 0 ? (guint)self->seeds : 1);
  return fxa_comparison_run (self->comparison,
                             get_epochs (self),
                             0,
                             self->n_threads,
                             self->progress,
                             &self->interrupted,
                             error);
}

static gboolean
write_outputs (Assigning *self, GError **error)
{
  const FxaAssignmentReport report = {
    .title = fxp_experiment_get_settings (self->experiment)->title,
    .assignment = self->assignment,
    .mismatch = self->mismatch,
  };
  g_autoptr (JsonBuilder) builder = NULL;

  if (self->paths[OUTPUT_EXPERIMENT] != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (self->paths[OUTPUT_EXPERIMENT]);

      if (!fxp_experiment_save (fxp_assignment_get_experiment (self->assignment),
                                file,
                                NULL,
                                error))
        return FALSE;
    }
  if (g_strcmp0 (self->paths[OUTPUT_JSON], "-") != 0)
    {
      fxa_assignment_report_print (&report);
      if (self->comparison != NULL)
        {
          g_print ("\n");
          fxa_comparison_print (self->comparison);
        }
    }
  if (self->paths[OUTPUT_JSON] == NULL)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_json_add_text (builder, "title", report.title);
  fxa_assignment_report_add_json (&report, builder);
  if (self->comparison != NULL)
    fxa_comparison_add_json (self->comparison, builder);
  return fxa_json_save (builder, self->paths[OUTPUT_JSON], error);
}

/* From data to outputs. */
static gboolean
work (Assigning *self, GError **error)
{
  self->n_threads =
    self->threads > 0 ? (guint)self->threads : MIN (g_get_num_processors (), FXA_THREADS_MAX);
  self->progress = fxa_progress_new ();
  self->dataset = fxa_cli_load_dataset (self->experiment, self->progress, NULL, error);
  if (self->dataset == NULL || (self->is_run && !run_baseline (self, error)))
    return FALSE;
  if (self->interrupted)
    {
      g_clear_pointer (&self->progress, fxa_progress_free);
      return TRUE;
    }
  if (!assign (self, error) || (self->compare != NULL && !compare (self, error)))
    return FALSE;
  g_clear_pointer (&self->progress, fxa_progress_free);
  return write_outputs (self, error);
}

static int
run_assign (int argc, char **argv)
{
  g_auto (Assigning) self = {0};
  g_autoptr (GError) error = NULL;

  if (!parse_options (&self, &argc, &argv) || !check_usage (&self))
    return FXA_EXIT_USAGE;
  self.name = argv[1];
  if (!load_experiment (&self, &error) || !check_outputs (&self, &error) || !work (&self, &error))
    {
      g_clear_pointer (&self.progress, fxa_progress_free);
      return fxa_cli_fail (error->domain == G_OPTION_ERROR ? FXA_EXIT_USAGE : FXA_EXIT_FAILURE,
                           error);
    }
  if (self.interrupted && self.assignment == NULL)
    return fxa_cli_fail_text (FXA_EXIT_INTERRUPTED,
                              _ ("interrupted in the baseline run: nothing is assigned"));
  return self.interrupted ? FXA_EXIT_INTERRUPTED : EXIT_SUCCESS;
}

const FxaCommand fxa_command_assign = {
  .name = "assign",
  .arguments = "EXPERIMENT-PRESET-OR-CHECKPOINT",
  .summary = N_ ("Assign a precision to every tensor from a float run, by the criteria of Sakr and "
                 "Shanbhag (ICLR 2019), reconstructed where the paper could not be read, and say "
                 "why"),
  .run = run_assign,
};
