/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "dataset/places-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A new generated set is a row here and a row in synthetic.c; a new file format is a row in
 * file-formats.c; a published set that is looked for by name is a row in places.c. */
static const FxpBuiltin builtins[] = {
  {"circle", N_ ("A disc of one class inside a ring of the other."), fxp_synthetic_load},
  {"xor", N_ ("Four squares; opposite ones are of one class."), fxp_synthetic_load},
  {"gauss", N_ ("Two round clouds of points, one of each class."), fxp_synthetic_load},
  {"spiral", N_ ("Two spiral arms wound into each other."), fxp_synthetic_load},
  {"digits",
   N_ ("1,797 handwritten digits of 8x8 pixels from the UCI repository."),
   fxp_digits_load},
};

static const FxpBuiltin *
find_builtin (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (builtins); i++)
    if (strcmp (builtins[i].name, name) == 0)
      return &builtins[i];
  return NULL;
}

const char *const *
fxp_dataset_get_builtin_names (void)
{
  static const char *names[G_N_ELEMENTS (builtins) + 1];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (builtins); i++)
        names[i] = builtins[i].name;
      g_once_init_leave (&is_made, 1);
    }
  return names;
}

const char *
fxp_dataset_get_builtin_description (const char *name)
{
  const FxpBuiltin *builtin;

  g_return_val_if_fail (name != NULL, NULL);

  builtin = find_builtin (name);
  return builtin != NULL ? _ (builtin->description) : fxp_places_get_description (name);
}

gboolean
fxp_dataset_is_name (const char *name)
{
  g_return_val_if_fail (name != NULL, FALSE);

  return find_builtin (name) != NULL || fxp_places_get_description (name) != NULL;
}

static FxpDataset *
load_by_name (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  const FxpBuiltin *builtin = find_builtin (source->name);
  g_autofree char *names = NULL;
  g_autofree char *published = NULL;

  if (builtin != NULL)
    return builtin->load (source, cancellable, error);
  if (fxp_places_get_description (source->name) != NULL)
    return fxp_places_load (source, cancellable, error);
  names = g_strjoinv (", ", (char **)fxp_dataset_get_builtin_names ());
  published = g_strjoinv (", ", (char **)fxp_dataset_get_published_names ());
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("dataset.name: “%s” is not a built-in set, expected one of %s, %s"),
               source->name,
               names,
               published);
  return NULL;
}

FxpDataset *
fxp_dataset_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxpDataset) self = NULL;

  g_return_val_if_fail (source != NULL, NULL);
  g_return_val_if_fail ((source->name == NULL) != (source->path == NULL), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
      !fxp_dataset_check_shares (source, error))
    return NULL;
  self = source->name != NULL ? load_by_name (source, cancellable, error)
                              : fxp_file_format_load (source, cancellable, error);
  if (self == NULL || !fxp_dataset_set_aside (self, source, cancellable, error) ||
      (source->normalize && !fxp_dataset_normalize (self, cancellable, error)))
    return NULL;
  if (source->progress != NULL)
    source->progress (1, source->progress_data);
  return g_steal_pointer (&self);
}
