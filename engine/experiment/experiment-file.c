/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-scan-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include "number/new-file.h"
#include <glib/gi18n-lib.h>
#include <string.h>

/* The largest possible experiment takes a fraction of this; anything longer is another file. */
#define SIZE_MAX_BYTES (1024 * 1024)

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

static gboolean
check_text (const char *text, gsize length, const char *name, GError **error)
{
  const char *nul = memchr (text, '\0', length);
  const char *end = NULL;

  if (length > SIZE_MAX_BYTES)
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_RANGE,
                 _ ("%s: it is larger than %d bytes, which no experiment is"),
                 name,
                 SIZE_MAX_BYTES);
  else if (nul != NULL)
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_PARSE,
                 _ ("%s: byte %zu is zero; expected text"),
                 name,
                 (gsize)(nul - text));
  else if (!g_utf8_validate (text, length, &end))
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_PARSE,
                 _ ("%s: byte %zu is not part of a character; expected text in UTF-8"),
                 name,
                 (gsize)(end - text));
  else
    return TRUE;
  return FALSE;
}

/* The defaults, without what belongs to the default data only. */
static FxpExperiment *
new_blank (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  FxpExperiment *blank = fxp_experiment_copy (experiment);
  FxpSettings *settings = fxp_experiment_edit_settings (blank);

  g_free (settings->title);
  g_free (settings->description);
  settings->title = g_strdup ("");
  settings->description = g_strdup ("");
  g_clear_pointer (&settings->dataset_name, g_free);
  return blank;
}

static gboolean
apply_entry (FxpExperiment *self,
             const FxpScanEntry *entry,
             GKeyFile *file,
             const char *name,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autofree char *value = g_key_file_get_string (file, entry->group, entry->name, &local_error);
  gboolean done;

  /* A wrong escape sequence sets the error, and yet a value comes back. */
  if (local_error != NULL)
    {
      g_autofree char *raw = g_key_file_get_value (file, entry->group, entry->name, NULL);
      g_autofree char *found = fxp_quote (raw != NULL ? raw : "");

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s has a backslash that is none of \\s, \\t, \\n, \\r and \\\\"),
                   found);
      done = FALSE;
    }
  else if (entry->key != NULL)
    done = fxp_key_set (entry->key, self, value, error);
  else
    done = fxp_precision_set (self, &entry->place, entry->name, value, error);
  if (!done)
    g_prefix_error (error, "%s:%u: [%s] %s: ", name, entry->line, entry->group, entry->name);
  return done;
}

/* When an entry applies: the topology decides which layers there are, a method which clusters can
 * be, and what is said of one layer or tensor overrides what is said of all, wherever in the file it
 * stands. */
static guint
get_turn (const FxpScanEntry *entry)
{
  if (entry->key != NULL)
    return g_str_equal (entry->name, "topology") || g_str_equal (entry->name, "method") ? 0 : 1;
  return 2 + (entry->place.column != FXP_PLACE_ALL ? 1 : 0) +
         (entry->place.layer != FXP_PLACE_ALL ? 2 : 0);
}

#define N_TURNS 6

static gboolean
check_dataset (const GArray *entries, const char *name, GError **error)
{
  const FxpScanEntry *first = NULL;

  for (guint i = 0; i < entries->len; i++)
    {
      const FxpScanEntry *entry = &g_array_index (entries, FxpScanEntry, i);

      if (!g_str_equal (entry->group, "dataset") ||
          (!g_str_equal (entry->name, "name") && !g_str_equal (entry->name, "path")))
        continue;
      if (first != NULL)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_PARSE,
                       _ ("%s:%u: [dataset] %s: line %u gives %s already; expected one of both"),
                       name,
                       entry->line,
                       entry->name,
                       first->line,
                       first->name);
          return FALSE;
        }
      first = entry;
    }
  if (first != NULL)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s: [dataset] has neither name nor path; expected one of both"),
               name);
  return FALSE;
}

/* What the cell of @entry reads after it has been applied to @self. */
static char *
get_outcome (const FxpExperiment *self, const FxpScanEntry *entry, GKeyFile *file)
{
  g_autoptr (FxpExperiment) copy = fxp_experiment_copy (self);
  g_autofree char *value = g_key_file_get_string (file, entry->group, entry->name, NULL);

  /* It was applied before without an error. */
  fxp_precision_set (copy, &entry->place, entry->name, value, NULL);
  return fxp_precision_get (copy, &entry->place, entry->name);
}

static const FxpScanEntry *
find_entry (const GArray *entries, const FxpPlace *place, const char *name)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const FxpScanEntry *entry = &g_array_index (entries, FxpScanEntry, i);

      if (entry->key == NULL && entry->place.layer == place->layer &&
          entry->place.column == place->column && g_str_equal (entry->name, name))
        return entry;
    }
  return NULL;
}

/* A tensor that two layers share can be named by either, but not with two formats. */
static gboolean
check_shared (const FxpExperiment *self,
              const GArray *entries,
              GKeyFile *file,
              const char *name,
              GError **error)
{
  for (guint i = 0; i < entries->len; i++)
    {
      const FxpScanEntry *entry = &g_array_index (entries, FxpScanEntry, i);
      const FxpScanEntry *other;
      FxpPlace owner = entry->place;
      g_autofree char *outcome = NULL;
      g_autofree char *other_outcome = NULL;

      if (entry->key != NULL || !fxp_place_find_owner (&owner, self))
        continue;
      other = find_entry (entries, &owner, entry->name);
      if (other == NULL)
        continue;
      outcome = get_outcome (self, entry, file);
      other_outcome = get_outcome (self, other, file);
      if (g_strcmp0 (outcome, other_outcome) == 0)
        continue;
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s:%u: [%s] %s: layer %d has this tensor in common with layer %d, and line "
                      "%u says %s; expected the same or one of both"),
                   name,
                   entry->line,
                   entry->group,
                   entry->name,
                   entry->place.layer + 1,
                   owner.layer + 1,
                   other->line,
                   other_outcome);
      return FALSE;
    }
  return TRUE;
}

FxpExperiment *
fxp_experiment_new_from_data (const char *text, gssize length, const char *name, GError **error)
{
  g_autoptr (FxpExperiment) self = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GArray) entries = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *copy = NULL;
  const char *start;

  g_return_val_if_fail (text != NULL && name != NULL, NULL);

  if (length < 0)
    length = strlen (text);
  if (!check_text (text, length, name, error))
    return NULL;
  copy = g_strndup (text, length);
  start = g_str_has_prefix (copy, BYTE_ORDER_MARK) ? copy + strlen (BYTE_ORDER_MARK) : copy;
  entries = fxp_experiment_scan (start, name, error);
  if (entries == NULL || !check_dataset (entries, name, error))
    return NULL;
  if (!g_key_file_load_from_data (file, start, strlen (start), G_KEY_FILE_NONE, &local_error))
    {
      g_set_error (error, FXP_ERROR, FXP_ERROR_PARSE, "%s: %s", name, local_error->message);
      return NULL;
    }
  self = new_blank ();
  for (guint turn = 0; turn < N_TURNS; turn++)
    for (guint i = 0; i < entries->len; i++)
      {
        const FxpScanEntry *entry = &g_array_index (entries, FxpScanEntry, i);

        if (get_turn (entry) == turn && !apply_entry (self, entry, file, name, error))
          return NULL;
      }
  if (!check_shared (self, entries, file, name, error))
    return NULL;
  return g_steal_pointer (&self);
}

char *
fxp_experiment_to_data (const FxpExperiment *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  guint n;
  const FxpKey *keys = fxp_keys_get (&n);

  g_return_val_if_fail (self != NULL, NULL);

  g_key_file_set_integer (file, "experiment", "version", FXP_EXPERIMENT_VERSION);
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *value = keys[i].type->get (&keys[i], self);

      if (value != NULL && *value != '\0')
        g_key_file_set_string (file, keys[i].group, keys[i].name, value);
    }
  fxp_precision_write (self, file);
  return g_key_file_to_data (file, NULL, NULL);
}

/* At most one byte more than an experiment may have, so that an endless file ends here too. */
static char *
read_text (GFile *file, gsize *length, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree char *text = NULL;

  if (stream == NULL)
    return NULL;
  text = g_malloc (SIZE_MAX_BYTES + 1);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream),
                                text,
                                SIZE_MAX_BYTES + 1,
                                length,
                                cancellable,
                                error))
    return NULL;
  return g_steal_pointer (&text);
}

/* A path in a file is meant from where the file is. */
static void
resolve_path (FxpExperiment *self, GFile *file)
{
  const char *path = fxp_experiment_get_settings (self)->dataset_path;
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autoptr (GFile) resolved = NULL;
  g_autofree char *absolute = NULL;
  FxpSettings *settings;

  if (path == NULL || g_path_is_absolute (path) || folder == NULL)
    return;
  resolved = g_file_resolve_relative_path (folder, path);
  absolute = g_file_get_path (resolved);
  if (absolute == NULL || !g_utf8_validate (absolute, -1, NULL))
    return;
  settings = fxp_experiment_edit_settings (self);
  g_free (settings->dataset_path);
  settings->dataset_path = g_steal_pointer (&absolute);
}

static void
prefix_file (GError **error, GFile *file)
{
  g_autofree char *name = g_file_get_parse_name (file);

  if (error != NULL && *error != NULL && strstr ((*error)->message, name) == NULL)
    g_prefix_error (error, "%s: ", name);
}

FxpExperiment *
fxp_experiment_load (GFile *file, GCancellable *cancellable, GError **error)
{
  FxpExperiment *self;
  g_autofree char *basename = NULL;
  g_autofree char *name = NULL;
  g_autofree char *text = NULL;
  gsize length = 0;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  text = read_text (file, &length, cancellable, error);
  if (text == NULL)
    {
      prefix_file (error, file);
      return NULL;
    }
  basename = g_file_get_basename (file);
  name = g_filename_display_name (basename);
  self = fxp_experiment_new_from_data (text, length, name, error);
  if (self != NULL)
    resolve_path (self, file);
  return self;
}

gboolean
fxp_experiment_save (const FxpExperiment *self,
                     GFile *file,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL && G_IS_FILE (file), FALSE);

  text = fxp_experiment_to_data (self);
  return fxp_new_file_save (file, text, strlen (text), cancellable, error);
}
