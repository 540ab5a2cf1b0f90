/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"

#include <glib/gi18n.h>
#include <stdlib.h>

static int
run_presets (int argc, char **argv)
{
  const GOptionEntry entries[] = {{NULL}};
  g_auto (GStrv) names = NULL;

  if (!fxa_cli_parse (&fxa_command_presets, entries, &argc, &argv, 0, 0))
    return FXA_EXIT_USAGE;
  names = fxp_presets_list ();
  for (char **name = names; *name != NULL; name++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) preset = fxp_preset_load (*name, &error);

      if (preset == NULL)
        return fxa_cli_fail (FXA_EXIT_FAILURE, error);
      g_print ("%-14s %s\n", *name, fxp_experiment_get_settings (preset)->description);
    }
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_presets = {
  .name = "presets",
  .arguments = "",
  .summary = N_ ("List the experiments that come with Roundoff, a name and a sentence per line"),
  .run = run_presets,
};
