/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cli-settings.h"
#include "cli.h"

#include <glib/gi18n.h>
#include <string.h>

GOptionEntry
fxa_settings_make_entry (char ***settings)
{
  return (GOptionEntry){
    .long_name = "set",
    .short_name = 's',
    .arg = G_OPTION_ARG_FILENAME_ARRAY,
    .arg_data = settings,
    .description = N_ ("Change a setting, such as training.rate=0.1 or "
                       "precision.*.weight.format=Q1.6; may be repeated"),
    .arg_description = "KEY=VALUE",
  };
}

gboolean
fxa_settings_check (const char *command, char **settings)
{
  for (char **setting = settings; setting != NULL && *setting != NULL; setting++)
    if (strchr (*setting, '=') == NULL || **setting == '=' || !g_utf8_validate (*setting, -1, NULL))
      {
        fxa_cli_fail_text (FXA_EXIT_USAGE,
                           _ ("%s: --set %s: expected KEY=VALUE in UTF-8"),
                           command,
                           *setting);
        return FALSE;
      }
  return TRUE;
}

gboolean
fxa_settings_apply (char **settings, FxpExperiment **experiment, GError **error)
{
  for (char **setting = settings; setting != NULL && *setting != NULL; setting++)
    {
      const char *equals = strchr (*setting, '=');
      g_autofree char *key = g_strndup (*setting, equals - *setting);
      FxpExperiment *changed = fxp_experiment_with_value (*experiment, key, equals + 1, error);

      if (changed == NULL)
        {
          g_prefix_error (error, "--set ");
          return FALSE;
        }
      fxp_experiment_unref (*experiment);
      *experiment = changed;
    }
  return TRUE;
}
