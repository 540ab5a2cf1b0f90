/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli-settings.h"
#include "cli.h"
#include "cost-report.h"
#include "output.h"

#include <glib/gi18n.h>
#include <stdlib.h>

typedef struct
{
  char *json_path, *energy_path;
  char **settings;

  FxpExperiment *experiment;
  FxpCostTable *costs, *stochastic;
  FxpEnergyTable *energies;
} Costing;

static void
costing_clear (Costing *self)
{
  g_free (self->json_path);
  g_free (self->energy_path);
  g_strfreev (self->settings);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->costs, fxp_cost_table_free);
  g_clear_pointer (&self->stochastic, fxp_cost_table_free);
  g_clear_pointer (&self->energies, fxp_energy_table_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Costing, costing_clear)

static gboolean
parse_options (Costing *self, int *argc, char ***argv)
{
  /* clang-format off */
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_FILENAME, &self->json_path,
      N_ ("Write the result as JSON; - is standard output"), "FILE" },
    { "energy", 0, 0, G_OPTION_ARG_FILENAME, &self->energy_path,
      N_ ("Take energies of operations from a copy of data/energy.ini"), "FILE" },
    fxa_settings_make_entry (&self->settings),
    { NULL },
  };
  /* clang-format on */

  return fxa_cli_parse (&fxa_command_cost, entries, argc, argv, 1, 1) &&
         fxa_settings_check ("cost", self->settings);
}

static gboolean
check_output (const Costing *self, const char *name, GError **error)
{
  const FxaOutput output = {
    .option = "--json",
    .path = self->json_path,
    .may_be_standard_output = TRUE,
  };
  const char *inputs[3] = {NULL};
  guint n = 0;

  if (g_file_test (name, G_FILE_TEST_EXISTS))
    inputs[n++] = name;
  if (self->energy_path != NULL)
    inputs[n++] = self->energy_path;
  return fxa_outputs_check (&output, 1, inputs, error);
}

static FxpCostTable *
weigh (FxpExperiment *experiment, const char *system, FxpDataset *dataset, GError **error)
{
  g_autoptr (FxpExperiment) other = fxp_system_apply (experiment, system, error);

  if (other == NULL)
    return NULL;
  return fxp_cost_table_new (other,
                             dataset != NULL ? fxp_dataset_get_shape (dataset) : NULL,
                             error);
}

static gboolean
count (Costing *self, GError **error)
{
  g_autoptr (FxpDataset) dataset = NULL;
  g_autoptr (GFile) file =
    self->energy_path != NULL ? g_file_new_for_path (self->energy_path) : NULL;

  self->energies = fxp_energy_table_load (file, error);
  if (self->energies == NULL)
    return FALSE;
  /* Reading data may take long, and they may not be here: only for a shape that nothing else says.
   */
  if (!fxp_cost_is_self_contained (self->experiment))
    {
      g_autoptr (FxaProgress) progress = fxa_progress_new ();

      dataset = fxa_cli_load_dataset (self->experiment, progress, NULL, error);
      if (dataset == NULL)
        return FALSE;
    }
  self->costs = weigh (self->experiment, "FX", dataset, error);
  if (self->costs == NULL)
    return FALSE;
  self->stochastic = weigh (self->experiment, "SQ", dataset, error);
  return self->stochastic != NULL;
}

static gboolean
report (const Costing *self, GError **error)
{
  const FxaCostReport costs = {
    .experiment = self->experiment,
    .costs = self->costs,
    .stochastic = self->stochastic,
    .energies = self->energies,
  };
  g_autoptr (JsonBuilder) builder = NULL;

  if (g_strcmp0 (self->json_path, "-") != 0)
    fxa_cost_report_print (&costs);
  if (self->json_path == NULL)
    return TRUE;
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  fxa_json_add_text (builder, "program", "roundoff-cli " ROUNDOFF_VERSION);
  fxa_json_add_text (builder, "title", fxp_experiment_get_settings (self->experiment)->title);
  fxa_cost_report_add_json (&costs, builder);
  return fxa_json_save (builder, self->json_path, error);
}

static int
run_cost (int argc, char **argv)
{
  g_auto (Costing) self = {0};
  g_autoptr (GError) error = NULL;

  if (!parse_options (&self, &argc, &argv))
    return FXA_EXIT_USAGE;
  self.experiment = fxa_cli_load_experiment (argv[1], &error);
  if (self.experiment == NULL || !fxa_settings_apply (self.settings, &self.experiment, &error) ||
      !check_output (&self, argv[1], &error) || !count (&self, &error) || !report (&self, &error))
    return fxa_cli_fail (error->domain == G_OPTION_ERROR ? FXA_EXIT_USAGE : FXA_EXIT_FAILURE,
                         error);
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_cost = {
  .name = "cost",
  .arguments = "EXPERIMENT-OR-PRESET",
  .summary = N_ ("Count what storing, computing and sending take, beside 32-bit float"),
  .run = run_cost,
};
