/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"
#include "cluster-options.h"
#include "conversion-report.h"
#include "interruption.h"
#include "output.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#define CHECKPOINTS_MAX    64
#define REESTIMATE_DEFAULT 20
#define BATCHES_MAX        10000
#define STEPS_MAX          1000000000
#define SAMPLES_MAX        1000000000
#define RATE_MIN           1e-12
#define RATE_MAX           100

typedef struct
{
  FxaClusterTexts texts;
  char *size, *activation_bits, *intermediate, *scaling, *exponents, *calibrate, *batch_size,
    *reestimate;
  char *finetune, *rate, *samples, *threads;
  char *json_path, *output_path;
  gboolean is_unsigned;

  FxaConversionPlan plan;
  GPtrArray *conversions; /* owned; of FxaConversion */
} Conversions;

static void
conversions_clear (Conversions *self)
{
  fxa_cluster_texts_clear (&self->texts);
  g_free (self->size);
  g_free (self->activation_bits);
  g_free (self->intermediate);
  g_free (self->scaling);
  g_free (self->exponents);
  g_free (self->calibrate);
  g_free (self->batch_size);
  g_free (self->reestimate);
  g_free (self->finetune);
  g_free (self->rate);
  g_free (self->samples);
  g_free (self->threads);
  g_free (self->json_path);
  g_free (self->output_path);
  g_clear_pointer (&self->conversions, g_ptr_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Conversions, conversions_clear)

static gboolean
parse_options (Conversions *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "method", 'm', 0, G_OPTION_ARG_FILENAME, &self->texts.method,
      N_ ("How weights become codes (default opt, or linear for more than 2 bits): opt, twn, and "
          "hier, rms-refit and rms-literal, which are reconstructed; linear, power; none: plain "
          "words"), "METHOD" },
    { "cluster", 'n', 0, G_OPTION_ARG_FILENAME, &self->size,
      N_ ("Kernels or weights that share a scale (default 4)"), "N" },
    fxa_cluster_texts_make_bits (&self->texts),
    fxa_cluster_texts_make_granularity (&self->texts),
    fxa_cluster_texts_make_terms (&self->texts),
    fxa_cluster_texts_make_asymmetric (&self->texts),
    { "last", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.last,
      N_ ("Weights of the last layer: 8 bits (default), or clusters"), "8|clusters" },
    { "activation-bits", 'a', 0, G_OPTION_ARG_FILENAME, &self->activation_bits,
      N_ ("Bits of activations, 2 to 16 (default 8); 32 with --method none: float"), "P" },
    { "intermediate", 0, 0, G_OPTION_ARG_FILENAME, &self->intermediate,
      N_ ("Bits that a cluster's sum is reduced to before it is multiplied by its scale, 8 to 16; "
          "0 (default): it is exact"), "P" },
    { "unsigned", 0, 0, G_OPTION_ARG_NONE, &self->is_unsigned,
      N_ ("Let activations that are never negative have no sign, and a bit more"), NULL },
    { "scaling", 0, 0, G_OPTION_ARG_FILENAME, &self->scaling,
      N_ ("Rule of exponents: abs-max (default), ristretto, niti, overflow-rate"), "RULE" },
    { "exponents", 0, 0, G_OPTION_ARG_FILENAME, &self->exponents,
      N_ ("From calibration (default), each batch's own, or from batches before"),
      "static|dynamic|predictive" },
    { "calibrate", 0, 0, G_OPTION_ARG_FILENAME, &self->calibrate,
      N_ ("Batches that exponents are calibrated on (default 20)"), "B" },
    { "batch-size", 0, 0, G_OPTION_ARG_FILENAME, &self->batch_size,
      N_ ("Samples of such a batch (default 128)"), "S" },
    { "reestimate", 'r', 0, G_OPTION_ARG_FILENAME, &self->reestimate,
      N_ ("Batches that batch normalization is estimated anew on (default 20); 0: not at all"),
      "B" },
    { "finetune", 'f', 0, G_OPTION_ARG_FILENAME, &self->finetune,
      N_ ("Then train so many steps with converted weights, and convert again"), "STEPS" },
    { "rate", 0, 0, G_OPTION_ARG_FILENAME, &self->rate,
      N_ ("Rate of fine-tuning (default: a fiftieth of the run's)"), "RATE" },
    { "samples", 0, 0, G_OPTION_ARG_FILENAME, &self->samples,
      N_ ("Test samples that accuracy is measured on (default: all)"), "N" },
    { "threads", 't', 0, G_OPTION_ARG_FILENAME, &self->threads,
      N_ ("Threads (default: processors); results do not depend on it"), "N" },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->json_path,
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &self->output_path,
      N_ ("Write the converted network, for evaluate; of one checkpoint"), "FILE" },
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_convert, entries, argc, argv, 1, CHECKPOINTS_MAX);
}

static gboolean
parse_words (Conversions *self)
{
  FxpConversionOptions *options = &self->plan.options;
  g_autoptr (GError) error = NULL;

  if (self->scaling != NULL && !fxp_scaling_parse (self->scaling, &options->scaling, &error))
    fxa_cli_fail_text (FXA_EXIT_USAGE, "convert: --scaling: %s", error->message);
  else if (self->exponents != NULL &&
           !fxp_exponents_parse (self->exponents, &options->exponents, &error))
    fxa_cli_fail_text (FXA_EXIT_USAGE, "convert: --exponents: %s", error->message);
  else
    return TRUE;
  return FALSE;
}

/* Whole numbers; those that are not given stay as they are. */
static gboolean
parse_counts (Conversions *self)
{
  FxaConversionPlan *plan = &self->plan;
  guint64 size = plan->options.clusters.size, bits = plan->options.activation_bits;
  guint64 intermediate = plan->options.intermediate_bits;
  guint64 calibrate = plan->options.calibration_batches;
  guint64 batch_size = plan->options.calibration_size;
  guint64 reestimate = REESTIMATE_DEFAULT;
  guint64 threads = MIN (g_get_num_processors (), FXA_THREADS_MAX);

  if (!fxa_cli_parse_count ("convert: --cluster", self->size, 1, FXP_CLUSTER_SIZE_MAX, &size) ||
      !fxa_cli_parse_count ("convert: --activation-bits", self->activation_bits, 2, 32, &bits) ||
      !fxa_cli_parse_count ("convert: --intermediate", self->intermediate, 0, 16, &intermediate) ||
      !fxa_cli_parse_count ("convert: --calibrate", self->calibrate, 1, BATCHES_MAX, &calibrate) ||
      !fxa_cli_parse_count ("convert: --batch-size", self->batch_size, 1, 4096, &batch_size) ||
      !fxa_cli_parse_count ("convert: --reestimate",
                            self->reestimate,
                            0,
                            BATCHES_MAX,
                            &reestimate) ||
      !fxa_cli_parse_count ("convert: --finetune",
                            self->finetune,
                            1,
                            STEPS_MAX,
                            &plan->tuning.n_steps) ||
      !fxa_cli_parse_count ("convert: --samples",
                            self->samples,
                            1,
                            SAMPLES_MAX,
                            &plan->n_samples) ||
      !fxa_cli_parse_count ("convert: --threads", self->threads, 1, FXA_THREADS_MAX, &threads))
    return FALSE;
  plan->options.clusters.size = (guint)size;
  plan->options.activation_bits = (guint)bits;
  plan->options.intermediate_bits = (guint)intermediate;
  plan->options.calibration_batches = (guint)calibrate;
  plan->options.calibration_size = (guint)batch_size;
  plan->reestimate = (guint)reestimate;
  plan->n_threads = (guint)threads;
  return TRUE;
}

static gboolean
check_usage (Conversions *self, int n_checkpoints)
{
  FxaConversionPlan *plan = &self->plan;
  g_autoptr (GError) error = NULL;

  fxp_conversion_options_init (&plan->options);
  plan->options.is_unsigned = self->is_unsigned;
  if (!parse_counts (self) || !parse_words (self) ||
      !fxa_cluster_texts_parse (&self->texts,
                                "convert",
                                &plan->options.clusters,
                                &plan->options.last) ||
      !fxa_cli_parse_number ("convert: --rate", self->rate, RATE_MIN, RATE_MAX, &plan->tuning.rate))
    return FALSE;
  if (!fxp_conversion_options_validate (&plan->options, &error))
    fxa_cli_fail_text (FXA_EXIT_USAGE, "convert: %s", error->message);
  else if (self->rate != NULL && self->finetune == NULL)
    fxa_cli_fail_text (FXA_EXIT_USAGE,
                       _ ("convert: --rate: nothing is trained, expected --finetune too"));
  else if (self->finetune != NULL && fxp_conversion_options_is_off (&plan->options))
    fxa_cli_fail_text (FXA_EXIT_USAGE,
                       _ ("convert: --finetune: nothing is converted, expected a method or bits of "
                          "activations to train with"));
  else if (self->output_path != NULL && n_checkpoints > 1)
    fxa_cli_fail_text (FXA_EXIT_USAGE,
                       _ ("convert: --output: there are %d checkpoints, expected one"),
                       n_checkpoints);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_outputs (const Conversions *self, char **checkpoints, GError **error)
{
  const FxaOutput outputs[] = {
    {.option = "--output", .path = self->output_path},
    {.option = "--json", .path = self->json_path, .may_be_standard_output = TRUE},
  };

  return fxa_outputs_check (outputs,
                            G_N_ELEMENTS (outputs),
                            (const char *const *)checkpoints,
                            error);
}

/* Stages are told as they come, unless JSON is all that is asked for. */
static gboolean
convert (Conversions *self, char **checkpoints, GError **error)
{
  const gboolean is_told = g_strcmp0 (self->json_path, "-") != 0;
  g_autoptr (FxaInterruption) interruption = fxa_interruption_new ();

  self->conversions = g_ptr_array_new_with_free_func ((GDestroyNotify)fxa_conversion_free);
  if (is_told)
    fxa_conversion_report_print_plan (&self->plan);
  for (char **path = checkpoints; *path != NULL; path++)
    {
      FxaConversion *conversion =
        fxa_conversion_run (&self->plan,
                            *path,
                            is_told ? fxa_conversion_report_print_stage : NULL,
                            fxa_interruption_get_cancellable (interruption),
                            error);

      if (conversion == NULL)
        return FALSE;
      g_ptr_array_add (self->conversions, conversion);
      if (is_told)
        fxa_conversion_report_print (conversion);
    }
  return TRUE;
}

static gboolean
report (const Conversions *self, GError **error)
{
  FxaConversion *const *conversions = (FxaConversion *const *)self->conversions->pdata;
  const guint n = self->conversions->len;
  g_autoptr (JsonBuilder) builder = NULL;

  if (self->output_path != NULL)
    {
      g_autoptr (GFile) file = g_file_new_for_path (self->output_path);

      if (!fxp_model_save (conversions[0]->model, file, NULL, error))
        return FALSE;
    }
  if (n > 1 && g_strcmp0 (self->json_path, "-") != 0)
    fxa_conversion_report_print_means (conversions, n);
  if (self->json_path == NULL)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_conversion_report_add_json (&self->plan, conversions, n, builder);
  return fxa_json_save (builder, self->json_path, error);
}

static int
run_convert (int argc, char **argv)
{
  g_auto (Conversions) self = {0};
  g_autoptr (GError) error = NULL;

  if (!parse_options (&self, &argc, &argv) || !check_usage (&self, argc - 1))
    return FXA_EXIT_USAGE;
  if (!check_outputs (&self, argv + 1, &error) || !convert (&self, argv + 1, &error) ||
      !report (&self, &error))
    return fxa_cli_fail_work (error);
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_convert = {
  .name = "convert",
  .arguments = "CHECKPOINT…",
  .summary = N_ ("Convert trained networks to few-bit weights in clusters and dynamic fixed point "
                 "(Mellempudi et al. 2017, reconstructed where the paper could not be read), and "
                 "say what is lost"),
  .run = run_convert,
};
