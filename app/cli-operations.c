/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"
#include "cluster-options.h"
#include "operations-report.h"
#include "output.h"

#include <glib/gi18n.h>
#include <stdlib.h>
#include <string.h>

#define SIZES_DEFAULT "1,2,4,8,16,32,64" /* as the help says */
#define SIZES_MAX     64

typedef struct
{
  FxaClusterTexts texts;
  char *sizes_text, *input, *density_text, *json_path;
  gboolean first_out, by_outputs, with_layers;

  FxpOperationOptions options;
  GArray *sizes; /* owned; of guint */
  double density;
  FxpWork *work;
} Counting;

static void
counting_clear (Counting *self)
{
  fxa_cluster_texts_clear (&self->texts);
  g_free (self->sizes_text);
  g_free (self->input);
  g_free (self->density_text);
  g_free (self->json_path);
  g_clear_pointer (&self->sizes, g_array_unref);
  g_clear_pointer (&self->work, fxp_work_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Counting, counting_clear)

static gboolean
parse_options (Counting *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "cluster", 'n', 0, G_OPTION_ARG_FILENAME, &self->sizes_text,
      N_ ("Sizes of clusters, with a row for each (default 1,2,4,8,16,32,64)"), "N,..." },
    fxa_cluster_texts_make_granularity (&self->texts),
    fxa_cluster_texts_make_bits (&self->texts),
    fxa_cluster_texts_make_terms (&self->texts),
    fxa_cluster_texts_make_asymmetric (&self->texts),
    { "last", 0, 0, G_OPTION_ARG_FILENAME, &self->texts.last,
      N_ ("Weights of the last layer: 8 bits, or clusters (default, as in the paper)"),
      "8|clusters" },
    { "first-out", 0, 0, G_OPTION_ARG_NONE, &self->first_out,
      N_ ("Leave the first layer's operations out of what is counted"), NULL },
    { "by-outputs", 0, 0, G_OPTION_ARG_NONE, &self->by_outputs,
      N_ ("Let clusters lie along outputs instead of inputs, to compare"), NULL },
    { "density", 0, 0, G_OPTION_ARG_FILENAME, &self->density_text,
      N_ ("Share of weights in clusters that are not zero (default 0.541, a Gaussian's)"), "D" },
    { "input", 0, 0, G_OPTION_ARG_FILENAME, &self->input,
      N_ ("Shape of the input, where the topology's text does not say it"), "CxHxW" },
    { "layers", 0, 0, G_OPTION_ARG_NONE, &self->with_layers,
      N_ ("Tell of every layer too"), NULL },
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->json_path,
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_operations, entries, argc, argv, 1, 1);
}

static gboolean
parse_sizes (Counting *self)
{
  g_auto (GStrv) parts =
    g_strsplit (self->sizes_text != NULL ? self->sizes_text : SIZES_DEFAULT, ",", SIZES_MAX);

  self->sizes = g_array_new (FALSE, FALSE, sizeof (guint));
  for (char **part = parts; *part != NULL; part++)
    {
      guint64 size = 0;
      guint value;

      if (!fxa_cli_parse_count ("operations: --cluster", *part, 1, FXP_CLUSTER_SIZE_MAX, &size))
        return FALSE;
      value = (guint)size;
      g_array_append_val (self->sizes, value);
    }
  if (self->sizes->len == 0)
    return fxa_cli_parse_count ("operations: --cluster", "", 1, FXP_CLUSTER_SIZE_MAX, NULL);
  /* One row where sizes make no difference. */
  if (self->options.clusters.granularity == FXP_GRANULARITY_LAYER ||
      self->options.clusters.granularity == FXP_GRANULARITY_FILTER)
    g_array_set_size (self->sizes, 1);
  return TRUE;
}

static gboolean
check_usage (Counting *self)
{
  FxpLastWeights last = FXP_LAST_WEIGHTS_CLUSTERS;

  self->density = FXP_OPERATIONS_DENSITY;
  fxp_operation_options_init (&self->options);
  if (!fxa_cluster_texts_parse (&self->texts, "operations", &self->options.clusters, &last) ||
      !parse_sizes (self) ||
      !fxa_cli_parse_number ("operations: --density", self->density_text, 0, 1, &self->density))
    return FALSE;
  self->options.last_is_byte = last == FXP_LAST_WEIGHTS_BYTE;
  self->options.first_counts = !self->first_out;
  self->options.by_outputs = self->by_outputs;
  return TRUE;
}

/* A network's text, behind the shape of the input where that is given. */
static FxpWork *
count_text (const Counting *self, const char *text, GError **error)
{
  g_autofree char *whole =
    self->input != NULL ? g_strconcat (self->input, "-", text, NULL) : g_strdup (text);
  g_autoptr (FxpTopology) topology = fxp_topology_parse (whole, error);

  return topology != NULL ? fxp_work_new (topology, NULL, error) : NULL;
}

static FxpWork *
count_experiment (const Counting *self, const char *name, GError **error)
{
  g_autoptr (FxpExperiment) experiment = fxa_cli_load_experiment (name, error);
  g_autoptr (FxaProgress) progress = NULL;
  g_autoptr (FxpDataset) dataset = NULL;
  FxpTopology *topology;

  if (experiment == NULL)
    return NULL;
  topology = fxp_experiment_get_topology (experiment);
  if (self->input != NULL || fxp_cost_is_self_contained (experiment))
    return count_text (self, fxp_topology_get_text (topology), error);
  /* Only the data know the shape. */
  progress = fxa_progress_new ();
  dataset = fxa_cli_load_dataset (experiment, progress, NULL, error);
  return dataset != NULL ? fxp_work_new (topology, fxp_dataset_get_shape (dataset), error) : NULL;
}

static gboolean
is_one_of (char **names, const char *name)
{
  return g_strv_contains ((const char *const *)names, name);
}

static FxpWork *
load_work (const Counting *self, const char *name, GError **error)
{
  g_auto (GStrv) shapes = fxp_work_list_presets ();
  g_auto (GStrv) experiments = fxp_presets_list ();
  g_autoptr (FxpTopology) topology = NULL;
  g_autoptr (GError) local_error = NULL;

  if (is_one_of (shapes, name))
    {
      if (self->input == NULL)
        return fxp_work_new_preset (name, error);
      g_set_error (error,
                   G_OPTION_ERROR,
                   G_OPTION_ERROR_BAD_VALUE,
                   _ ("operations: --input: %s has shapes of its own, expected a topology"),
                   name);
      return NULL;
    }
  if (g_str_has_suffix (name, ".ini"))
    {
      g_autoptr (GFile) file = g_file_new_for_path (name);

      return fxp_work_load (file, error);
    }
  if (is_one_of (experiments, name) || strchr (name, G_DIR_SEPARATOR) != NULL ||
      g_str_has_suffix (name, ".roundoff") || g_file_test (name, G_FILE_TEST_EXISTS))
    return count_experiment (self, name, error);
  topology = fxp_topology_parse (name, &local_error);
  /* Every topology has digits in front; a word is a name that is not known. */
  if (topology != NULL || g_ascii_isdigit (*name))
    return count_text (self, name, error);
  else
    {
      g_autofree char *choices = g_strjoinv (", ", shapes);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("“%.40s” is no network, expected one of %s, an experiment or its preset, or "
                      "a topology such as 3x32x32-16C3P-GAP-10"),
                   name,
                   choices);
    }
  return NULL;
}

static gboolean
check_output (const Counting *self, const char *name, GError **error)
{
  const FxaOutput output = {
    .option = "--json",
    .path = self->json_path,
    .may_be_standard_output = TRUE,
  };
  const char *inputs[2] = {g_file_test (name, G_FILE_TEST_EXISTS) ? name : NULL};

  return fxa_outputs_check (&output, 1, inputs, error);
}

static gboolean
report (const Counting *self, GError **error)
{
  const FxaOperationsReport counted = {
    .work = self->work,
    .options = self->options,
    .density = self->density,
    .sizes = (const guint *)self->sizes->data,
    .n_sizes = self->sizes->len,
    .with_layers = self->with_layers,
  };
  g_autoptr (JsonBuilder) builder = NULL;

  if (g_strcmp0 (self->json_path, "-") != 0)
    fxa_operations_report_print (&counted);
  if (self->json_path == NULL)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_operations_report_add_json (&counted, builder);
  return fxa_json_save (builder, self->json_path, error);
}

static int
run_operations (int argc, char **argv)
{
  g_auto (Counting) self = {0};
  g_autoptr (GError) error = NULL;

  if (!parse_options (&self, &argc, &argv) || !check_usage (&self))
    return FXA_EXIT_USAGE;
  if (check_output (&self, argv[1], &error))
    self.work = load_work (&self, argv[1], &error);
  if (self.work == NULL || !report (&self, &error))
    return fxa_cli_fail (error->domain == G_OPTION_ERROR ? FXA_EXIT_USAGE : FXA_EXIT_FAILURE,
                         error);
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_operations = {
  .name = "operations",
  .arguments = "NETWORK-TOPOLOGY-OR-EXPERIMENT",
  .summary = N_ ("Count the multiplications that clusters of weights replace (Mellempudi et al. "
                 "2017), what weights take to store, and how fast that could be"),
  .run = run_operations,
};
