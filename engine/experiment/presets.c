/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment.h"

#include "data/roundoff-data.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

#define FOLDER "/io/github/roundoff/Roundoff/presets/"

static GBytes *
lookup (const char *file)
{
  g_autofree char *path = g_strconcat (FOLDER, file, NULL);

  return g_resource_lookup_data (roundoff_data_get_resource (),
                                 path,
                                 G_RESOURCE_LOOKUP_FLAGS_NONE,
                                 NULL);
}

char **
fxp_presets_list (void)
{
  g_autoptr (GBytes) bytes = lookup ("order");
  g_autofree char *text = NULL;

  g_assert (bytes != NULL);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  return g_strsplit (g_strchomp (text), "\n", -1);
}

FxpExperiment *
fxp_preset_load (const char *name, GError **error)
{
  g_auto (GStrv) names = fxp_presets_list ();
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *file = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  if (!g_strv_contains ((const char *const *)names, name))
    {
      g_autofree char *found = fxp_quote (name);
      g_autofree char *choices = g_strjoinv (", ", names);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ (
                     "%s is not a preset; expected one of %s (roundoff-cli presets tells of each)"),
                   found,
                   choices);
      return NULL;
    }
  file = g_strconcat (name, ".roundoff", NULL);
  bytes = lookup (file);
  g_assert (bytes != NULL);
  return fxp_experiment_new_from_data (g_bytes_get_data (bytes, NULL),
                                       g_bytes_get_size (bytes),
                                       file,
                                       error);
}
