/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#define TITLE_WIDTH 38

/* NULL if the data of @settings are on this computer, else why not. */
static char *
find_lack (const FxpSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;

  if (settings->dataset_path != NULL)
    return g_file_test (settings->dataset_path, G_FILE_TEST_EXISTS)
             ? NULL
             : g_strdup_printf (_ ("dataset.path: %s is not there"), settings->dataset_path);
  if (g_strv_contains (fxp_dataset_get_builtin_names (), settings->dataset_name))
    return NULL;
  path = fxp_dataset_find_published (settings->dataset_name, NULL, &error);
  return path != NULL ? NULL : g_strdup (error->message);
}

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
      g_autofree char *lack = NULL;
      const char *title;

      if (preset == NULL)
        return fxa_cli_fail (FXA_EXIT_FAILURE, error);
      lack = find_lack (fxp_experiment_get_settings (preset));
      title = fxp_experiment_get_settings (preset)->title;
      /* Its padding counts bytes. */
      g_print ("%-24s %s%*s  %s\n",
               *name,
               title,
               (int)MAX (TITLE_WIDTH - g_utf8_strlen (title, -1), 0),
               "",
               lack == NULL ? _ ("data are here") : _ ("data are missing"));
      if (lack != NULL)
        g_print ("    %s\n", lack);
    }
  return EXIT_SUCCESS;
}

const FxaCommand fxa_command_presets = {
  .name = "presets",
  .arguments = "",
  .summary = N_ ("List the experiments that come with Roundoff, and whether their data are here"),
  .run = run_presets,
};
