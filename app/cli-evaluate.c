/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "baseline.h"
#include "cli.h"
#include "evaluation-report.h"
#include "interruption.h"
#include "output.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>

#define SAMPLES_MAX 1000000000
#define BATCH_MAX   65536

typedef struct
{
  char *engine, *samples, *batch, *threads;
  char *float_path, *json_path;

  FxpEngine which;
  guint64 n_samples, n_batch, n_threads;
  FxpModel *model;
  FxpDataset *dataset;
  FxpInferenceResult result;
} Evaluating;

static void
evaluating_clear (Evaluating *self)
{
  g_free (self->engine);
  g_free (self->samples);
  g_free (self->batch);
  g_free (self->threads);
  g_free (self->float_path);
  g_free (self->json_path);
  g_clear_pointer (&self->model, fxp_model_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Evaluating, evaluating_clear)

static gboolean
parse_options (Evaluating *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "engine", 0, 0, G_OPTION_ARG_FILENAME, &self->engine,
      N_ ("Integers alone (default), the simulation of them in doubles, or both, which compares "
          "every layer's output; exit status 1 if they differ"),
      "integer|simulated|both" },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &self->samples,
      N_ ("Test samples (default: all)"), "N" },
    { "batch", 0, 0, G_OPTION_ARG_FILENAME, &self->batch,
      N_ ("Samples at a time (default: as fits the cache)"), "B" },
    { "time-float", 0, 0, G_OPTION_ARG_FILENAME, &self->float_path,
      N_ ("Time the float network of this checkpoint in turn with it"), "CHECKPOINT" },
    { "threads", 't', 0, G_OPTION_ARG_FILENAME, &self->threads,
      N_ ("Threads (default: processors); results do not depend on it"), "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->json_path,
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_evaluate, entries, argc, argv, 1, 1);
}

static gboolean
check_usage (Evaluating *self)
{
  g_autoptr (GError) error = NULL;

  self->which = FXP_ENGINE_INTEGER;
  self->n_threads = MIN (g_get_num_processors (), FXA_THREADS_MAX);
  if (self->engine != NULL && !fxp_engine_parse (self->engine, &self->which, &error))
    {
      fxa_cli_fail_text (FXA_EXIT_USAGE, "evaluate: --engine: %s", error->message);
      return FALSE;
    }
  return fxa_cli_parse_count ("evaluate: --samples",
                              self->samples,
                              1,
                              SAMPLES_MAX,
                              &self->n_samples) &&
         fxa_cli_parse_count ("evaluate: --batch", self->batch, 1, BATCH_MAX, &self->n_batch) &&
         fxa_cli_parse_count ("evaluate: --threads",
                              self->threads,
                              1,
                              FXA_THREADS_MAX,
                              &self->n_threads);
}

static gboolean
check_output (const Evaluating *self, const char *path, GError **error)
{
  const FxaOutput output = {
    .option = "--json",
    .path = self->json_path,
    .may_be_standard_output = TRUE,
  };
  const char *inputs[] = {path, self->float_path, NULL};

  return fxa_outputs_check (&output, 1, inputs, error);
}

/* The model, together with the float network that is to be timed. */
static gboolean
load (Evaluating *self, const char *path, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) float_file = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (FxpTrained) trained = NULL;
  FxpModel *whole;

  self->model = fxp_model_load (file, cancellable, error);
  if (self->model == NULL)
    return FALSE;
  if (self->float_path == NULL)
    return TRUE;
  float_file = g_file_new_for_path (self->float_path);
  checkpoint = fxp_checkpoint_load (float_file, cancellable, error);
  trained = checkpoint != NULL ? fxp_trained_new_from_checkpoint (checkpoint, error) : NULL;
  if (trained == NULL)
    return FALSE;
  whole = fxp_model_with_trained (self->model, trained, error);
  if (whole == NULL)
    {
      g_prefix_error (error, "--time-float %s: ", self->float_path);
      return FALSE;
    }
  fxp_model_unref (self->model);
  self->model = whole;
  return TRUE;
}

static void
evaluation_cb (double share, const FxpInferenceResult *so_far, gpointer progress)
{
  fxa_progress_work (progress, share);
}

static gboolean
evaluate (Evaluating *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxaProgress) progress = fxa_progress_new ();

  self->dataset =
    fxa_cli_load_dataset (fxp_model_get_experiment (self->model), progress, cancellable, error);
  if (self->dataset == NULL)
    return FALSE;
  /* The float network has no integers, so it is what is left. */
  if (self->engine == NULL && fxp_conversion_options_is_off (fxp_model_get_options (self->model)))
    self->which = FXP_ENGINE_SIMULATED;
  fxa_progress_begin_work (progress, _ ("evaluation"));
  return fxp_evaluation_run (self->model,
                             self->dataset,
                             FXP_SPLIT_TEST,
                             self->n_samples,
                             (guint)self->n_batch,
                             self->which,
                             self->float_path != NULL,
                             (guint)self->n_threads,
                             evaluation_cb,
                             progress,
                             cancellable,
                             &self->result,
                             error);
}

static gboolean
work (Evaluating *self, const char *path, GError **error)
{
  g_autoptr (FxaInterruption) interruption = fxa_interruption_new ();
  GCancellable *cancellable = fxa_interruption_get_cancellable (interruption);

  return load (self, path, cancellable, error) && evaluate (self, cancellable, error);
}

static gboolean
report (const FxaEvaluationReport *self, const char *json_path, GError **error)
{
  g_autoptr (JsonBuilder) builder = NULL;

  if (g_strcmp0 (json_path, "-") != 0)
    fxa_evaluation_report_print (self);
  if (json_path == NULL)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_evaluation_report_add_json (self, builder);
  return fxa_json_save (builder, json_path, error);
}

/* Whether @path holds what `train` writes instead. */
static gboolean
is_training_checkpoint (const char *path)
{
  static const char magic[] = "roundoff";
  char head[sizeof magic] = "";
  FILE *file;

  if (!fxa_baseline_is_checkpoint (path))
    return FALSE;
  file = fopen (path, "rb");
  if (file == NULL)
    return FALSE;
  if (fread (head, 1, sizeof magic - 1, file) < sizeof magic - 1)
    head[0] = '\0';
  fclose (file);
  return g_str_equal (head, magic);
}

static int
run_evaluate (int argc, char **argv)
{
  g_auto (Evaluating) self = {0};
  g_autoptr (GError) error = NULL;
  FxaEvaluationReport found;

  if (!parse_options (&self, &argc, &argv) || !check_usage (&self))
    return FXA_EXIT_USAGE;
  if (is_training_checkpoint (argv[1]))
    return fxa_cli_fail_text (FXA_EXIT_FAILURE,
                              _ ("%s: this is a checkpoint of a training run, expected a converted "
                                 "network (roundoff-cli convert %s --output FILE)"),
                              argv[1],
                              argv[1]);
  if (!check_output (&self, argv[1], &error) || !work (&self, argv[1], &error))
    return fxa_cli_fail_work (error);
  found = (FxaEvaluationReport){.model = self.model, .result = &self.result};
  if (!report (&found, self.json_path, &error))
    return fxa_cli_fail (FXA_EXIT_FAILURE, error);
  if (!fxa_evaluation_agrees (&self.result))
    {
      g_autofree char *difference = fxa_evaluation_describe_difference (&found);

      return fxa_cli_fail_text (FXA_EXIT_FAILURE, "%s", difference);
    }
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_evaluate = {
  .name = "evaluate",
  .arguments = "FILE",
  .summary = N_ ("Run a network that convert wrote, in integers alone or beside their simulation, "
                 "and count what it does"),
  .run = run_evaluate,
};
