/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-scan-private.h"
#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <string.h>

typedef struct
{
  const char *name;
  guint line;
  char *group;    /* owned; NULL before the first */
  FxpPlace place; /* where the group is of the precision matrix */
  gboolean is_precision;
  gboolean has_version;
  GArray *entries;
  GHashTable *seen; /* "[group]" and "[group] key" to the line */
} Scan;

static void
scan_clear (Scan *self)
{
  g_free (self->group);
  g_clear_pointer (&self->entries, g_array_unref);
  g_hash_table_unref (self->seen);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Scan, scan_clear)

static void
entry_clear (gpointer data)
{
  FxpScanEntry *self = data;

  g_free (self->group);
  g_free (self->name);
}

/* Sets an error at the current line; @place is "[group]", "[group] key" or NULL. */
static gboolean G_GNUC_PRINTF (5, 6)
  fail (const Scan *self, const char *place, FxpError code, GError **error, const char *reason, ...)
{
  g_autofree char *why = NULL;
  va_list args;

  va_start (args, reason);
  why = g_strdup_vprintf (reason, args);
  va_end (args);
  g_set_error (error,
               FXP_ERROR,
               code,
               "%s:%u: %s%s%s",
               self->name,
               self->line,
               place != NULL ? place : "",
               place != NULL ? ": " : "",
               why);
  return FALSE;
}

/* Takes @place, and says no if it was there before. */
static gboolean
mark_seen (Scan *self, const char *place, GError **error)
{
  guint line = GPOINTER_TO_UINT (g_hash_table_lookup (self->seen, place));

  if (line > 0)
    return fail (self,
                 place,
                 FXP_ERROR_PARSE,
                 error,
                 _ ("it is already on line %u; expected it once"),
                 line);
  g_hash_table_insert (self->seen, g_strdup (place), GUINT_TO_POINTER (self->line));
  return TRUE;
}

static gboolean
is_settings_group (const char *group)
{
  guint n;
  const FxpKey *keys = fxp_keys_get (&n);

  for (guint i = 0; i < n; i++)
    if (g_str_equal (keys[i].group, group))
      return TRUE;
  return FALSE;
}

static gboolean
check_group (Scan *self, const char *group, GError **error)
{
  g_auto (GStrv) words = g_strsplit (group, " ", 4);
  g_autofree char *found = fxp_quote (group);

  self->is_precision = g_str_equal (words[0] != NULL ? words[0] : "", "precision");
  if (self->is_precision && g_strv_length (words) == 3)
    {
      if (fxp_place_parse (words[1], words[2], &self->place, error))
        return TRUE;
      g_prefix_error (error, "%s:%u: %s: ", self->name, self->line, found);
      return FALSE;
    }
  if (!self->is_precision && is_settings_group (group))
    return TRUE;
  return fail (self,
               NULL,
               FXP_ERROR_PARSE,
               error,
               _ ("%s is not a group; expected experiment, dataset, augmentation, network, "
                  "training, clusters or precision LAYER ROLE"),
               found);
}

static gboolean
take_group (Scan *self, const char *line, GError **error)
{
  gsize length = strlen (line);
  g_autofree char *found = fxp_quote (line);

  if (line[length - 1] != ']')
    return fail (self,
                 NULL,
                 FXP_ERROR_PARSE,
                 error,
                 _ ("%s does not end with the bracket that closes the group"),
                 found);
  if (self->group == NULL && !g_str_equal (line, "[experiment]"))
    return fail (self,
                 NULL,
                 FXP_ERROR_PARSE,
                 error,
                 _ ("%s is not [experiment], which must come first with version=%d"),
                 found,
                 FXP_EXPERIMENT_VERSION);
  g_free (self->group);
  self->group = g_strndup (line + 1, length - 2);
  return check_group (self, self->group, error) && mark_seen (self, line, error);
}

#define VERSION_PLACE "[experiment] version"

static gboolean
take_version (Scan *self, const char *name, const char *value, GError **error)
{
  guint64 version;

  if (!g_str_equal (name, "version"))
    {
      g_autofree char *found = fxp_quote (name);

      return fail (self,
                   NULL,
                   FXP_ERROR_PARSE,
                   error,
                   _ ("the first key is %s; expected version=%d"),
                   found,
                   FXP_EXPERIMENT_VERSION);
    }
  if (!fxp_parse_count (value, 1, G_MAXUINT64, &version, error))
    {
      g_prefix_error (error, "%s:%u: " VERSION_PLACE ": ", self->name, self->line);
      return FALSE;
    }
  if (version > FXP_EXPERIMENT_VERSION)
    return fail (self,
                 VERSION_PLACE,
                 FXP_ERROR_VERSION,
                 error,
                 _ ("a newer program wrote version %s of this file; expected %d"),
                 value,
                 FXP_EXPERIMENT_VERSION);
  self->has_version = TRUE;
  return mark_seen (self, VERSION_PLACE, error);
}

static char *
list_names (const Scan *self)
{
  g_autoptr (GString) names = g_string_new (NULL);
  guint n;
  const FxpKey *keys = fxp_keys_get (&n);

  if (self->is_precision)
    return fxp_place_list_fields (&self->place);
  for (guint i = 0; i < n; i++)
    if (g_str_equal (keys[i].group, self->group))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", keys[i].name);
  return g_string_free (g_steal_pointer (&names), FALSE);
}

static gboolean
is_known (const Scan *self, const char *place, const FxpScanEntry *entry)
{
  if (self->is_precision)
    return fxp_place_has_field (&self->place, entry->name);
  return entry->key != NULL || g_str_equal (place, VERSION_PLACE);
}

static gboolean
take_key (Scan *self, const char *name, GError **error)
{
  g_autofree char *place = g_strdup_printf ("[%s] %s", self->group, name);
  FxpScanEntry entry = {
    .line = self->line,
    .group = self->group,
    .name = (char *)name,
    .key = self->is_precision ? NULL : fxp_key_find (self->group, name),
    .place = self->place,
  };

  if (!is_known (self, place, &entry))
    {
      g_autofree char *found = fxp_quote (name);
      g_autofree char *names = list_names (self);

      return fail (self,
                   NULL,
                   FXP_ERROR_PARSE,
                   error,
                   _ ("[%s] has no key %s; expected one of %s"),
                   self->group,
                   found,
                   names);
    }
  if (!mark_seen (self, place, error))
    return FALSE;
  entry.group = g_strdup (self->group);
  entry.name = g_strdup (name);
  g_array_append_val (self->entries, entry);
  return TRUE;
}

/* @line has no space around it and is not empty. */
static gboolean
take_line (Scan *self, char *line, GError **error)
{
  char *equals = strchr (line, '=');

  if (*line == '#')
    return TRUE;
  if (*line == '[')
    return take_group (self, line, error);
  if (equals == NULL || equals == line)
    {
      g_autofree char *found = fxp_quote (line);

      return fail (self,
                   NULL,
                   FXP_ERROR_PARSE,
                   error,
                   _ ("%s is none of [group], key=value and # comment"),
                   found);
    }
  *equals = '\0';
  g_strchomp (line);
  if (self->group == NULL)
    {
      g_autofree char *found = fxp_quote (line);

      return fail (self,
                   NULL,
                   FXP_ERROR_PARSE,
                   error,
                   _ ("the key %s comes before [experiment], which must come first"),
                   found);
    }
  if (!self->has_version)
    return take_version (self, line, g_strchug (equals + 1), error);
  return take_key (self, line, error);
}

GArray *
fxp_experiment_scan (const char *text, const char *name, GError **error)
{
  g_auto (Scan) self = {.name = name};
  const char *end;

  self.entries = g_array_new (FALSE, FALSE, sizeof (FxpScanEntry));
  g_array_set_clear_func (self.entries, entry_clear);
  self.seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (const char *at = text; *at != '\0'; at = *end == '\n' ? end + 1 : end)
    {
      g_autofree char *line = NULL;

      end = at + strcspn (at, "\n");
      line = g_strndup (at, end - at);
      g_strstrip (line);
      self.line++;
      if (*line != '\0' && !take_line (&self, line, error))
        return NULL;
    }
  if (!self.has_version)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_PARSE,
                   _ ("%s:%u: the file ends without [experiment] and version=%d"),
                   name,
                   MAX (self.line, 1),
                   FXP_EXPERIMENT_VERSION);
      return NULL;
    }
  return g_steal_pointer (&self.entries);
}
