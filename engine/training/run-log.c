/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/quotation-private.h"
#include "number/error.h"
#include "training/run-log-private.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

#define HEADER        "# roundoff run log "
#define VERSION       1
#define LOG_BYTES_MAX (64u << 20)
#define FINGERPRINT   64 /* hexadecimal digits */

/* A log being read. */
typedef struct
{
  const char *name;
  guint line;        /* counts from 1 */
  GString *settings; /* text of the header under way, or NULL */
  FxpRun *run;       /* the newest one */
} Reading;

static void
edit_clear (gpointer data)
{
  FxpEdit *edit = data;

  g_clear_pointer (&edit->experiment, fxp_experiment_unref);
}

static FxpRun *
run_new (FxpExperiment *experiment)
{
  FxpRun *self = g_new0 (FxpRun, 1);

  self->experiment = experiment;
  self->edits = g_array_new (FALSE, FALSE, sizeof (FxpEdit));
  g_array_set_clear_func (self->edits, edit_clear);
  return self;
}

void
fxp_run_free (FxpRun *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_array_unref (self->edits);
  g_free (self->fingerprint);
  g_free (self);
}

/* The settings at the end of the run. */
static FxpExperiment *
get_newest (const FxpRun *run)
{
  if (run->edits->len == 0)
    return run->experiment;
  return g_array_index (run->edits, FxpEdit, run->edits->len - 1).experiment;
}

static gboolean
  G_GNUC_PRINTF (3, 4) fail (const Reading *self, GError **error, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, FXP_ERROR, FXP_ERROR_PARSE, "%s:%u: %s", self->name, self->line, what);
  return FALSE;
}

static gboolean
fail_on (const Reading *self, GError **error, const char *found, const char *expected)
{
  g_autofree char *quoted = fxp_quote (found);

  return fail (self, error, _ ("found %s; expected %s"), quoted, expected);
}

static gboolean
read_header (Reading *self, const char *line, GError **error)
{
  guint64 version;

  if (!g_ascii_string_to_unsigned (line + strlen (HEADER), 10, 1, G_MAXUINT32, &version, NULL))
    return fail (self, error, _ ("the log has no version; expected “%s%d”"), HEADER, VERSION);
  if (version > VERSION)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_VERSION,
                   _ ("%s:%u: a newer program wrote this run log, version %" PRIu64
                      "; expected version %d"),
                   self->name,
                   self->line,
                   version,
                   VERSION);
      return FALSE;
    }
  /* Blank lines in place of what is before the settings: errors in them name lines of the log. */
  self->settings = g_string_new (NULL);
  for (guint i = 0; i < self->line; i++)
    g_string_append_c (self->settings, '\n');
  return TRUE;
}

/* The lines of the header are over: a run begins. */
static gboolean
end_header (Reading *self, GError **error)
{
  FxpExperiment *experiment;

  if (self->settings == NULL)
    return TRUE;
  experiment =
    fxp_experiment_new_from_data (self->settings->str, self->settings->len, self->name, error);
  g_string_free (g_steal_pointer (&self->settings), TRUE);
  if (experiment == NULL)
    return FALSE;
  g_clear_pointer (&self->run, fxp_run_free);
  self->run = run_new (experiment);
  return TRUE;
}

/* Reads ` key="value"` at @text and moves behind it. */
static gboolean
read_change (const Reading *self, const char **text, FxpExperiment **experiment, GError **error)
{
  const char *key = *text + 1;
  const char *equals = strchr (key, '=');
  const char *end;
  g_autofree char *name = NULL;
  g_autofree char *escaped = NULL;
  g_autofree char *value = NULL;
  FxpExperiment *changed;

  if (**text != ' ' || equals == NULL || equals[1] != '"')
    return fail_on (self, error, *text, _ ("key=\"value\""));
  for (end = equals + 2; *end != '\0' && *end != '"'; end++)
    if (*end == '\\' && end[1] != '\0')
      end++;
  if (*end != '"')
    return fail (self, error, _ ("found no end of the value; expected a quotation mark"));
  name = g_strndup (key, equals - key);
  escaped = g_strndup (equals + 2, end - equals - 2);
  value = g_strcompress (escaped);
  changed = fxp_experiment_with_value (*experiment, name, value, error);
  if (changed == NULL)
    {
      g_prefix_error (error, "%s:%u: ", self->name, self->line);
      return FALSE;
    }
  fxp_experiment_unref (*experiment);
  *experiment = changed;
  *text = end + 1;
  return TRUE;
}

/* The step behind @word; @rest is what follows it. */
static gboolean
read_step (const Reading *self, const char *text, guint64 *step, const char **rest, GError **error)
{
  char *end;
  guint64 last = self->run->last_step;

  *step = g_ascii_strtoull (text, &end, 10);
  if (!g_ascii_isdigit (*text) || *step > G_MAXINT64 || *step < last)
    {
      g_autofree char *expected =
        g_strdup_printf (_ ("a step from %" PRIu64 " on"), last);

      return fail_on (self, error, text, expected);
    }
  *rest = end;
  return TRUE;
}

static gboolean
read_edit (Reading *self, const char *text, GError **error)
{
  g_autoptr (FxpExperiment) experiment = NULL;
  FxpEdit edit;
  const char *rest;

  if (!read_step (self, text, &edit.step, &rest, error))
    return FALSE;
  experiment = fxp_experiment_ref (get_newest (self->run));
  while (*rest != '\0')
    if (!read_change (self, &rest, &experiment, error))
      return FALSE;
  edit.experiment = g_steal_pointer (&experiment);
  g_array_append_val (self->run->edits, edit);
  self->run->last_step = edit.step;
  g_clear_pointer (&self->run->fingerprint, g_free);
  return TRUE;
}

static gboolean
read_end (Reading *self, const char *text, GError **error)
{
  guint64 step;
  const char *rest;

  if (!read_step (self, text, &step, &rest, error))
    return FALSE;
  if (*rest != ' ' || strlen (rest + 1) != FINGERPRINT ||
      strspn (rest + 1, "0123456789abcdef") != FINGERPRINT)
    return fail_on (self, error, rest, _ ("a fingerprint of 64 digits"));
  self->run->last_step = step;
  g_free (self->run->fingerprint);
  self->run->fingerprint = g_strdup (rest + 1);
  return TRUE;
}

static void
read_reset (Reading *self)
{
  FxpRun *again = run_new (fxp_experiment_ref (get_newest (self->run)));

  fxp_run_free (self->run);
  self->run = again;
}

static gboolean
read_line (Reading *self, const char *line, GError **error)
{
  if (self->settings != NULL && line[0] == '|')
    {
      g_string_append (self->settings, line + (line[1] == ' ' ? 2 : 1));
      g_string_append_c (self->settings, '\n');
      return TRUE;
    }
  if (!end_header (self, error))
    return FALSE;
  if (g_str_has_prefix (line, HEADER))
    return read_header (self, line, error);
  if (self->run == NULL)
    return fail (self, error, _ ("this is no run log; expected “%s%d”"), HEADER, VERSION);
  if (g_str_has_prefix (line, "edit "))
    return read_edit (self, line + strlen ("edit "), error);
  if (g_str_has_prefix (line, "end "))
    return read_end (self, line + strlen ("end "), error);
  if (g_str_equal (line, "reset"))
    {
      read_reset (self);
      return TRUE;
    }
  return fail_on (self, error, line, _ ("edit, reset or end"));
}

static gboolean
read_lines (Reading *self, const char *text, gsize length, GError **error)
{
  const char *end = text + length;

  while (text < end)
    {
      const char *newline = memchr (text, '\n', end - text);
      g_autofree char *line = NULL;

      self->line++;
      if (newline == NULL)
        return fail (self, error, _ ("the line breaks off; expected its end"));
      line = g_strndup (text, newline - text);
      if (!g_utf8_validate (text, newline - text, NULL))
        return fail (self, error, _ ("found bytes that are no text; expected UTF-8"));
      if (!read_line (self, line, error))
        return FALSE;
      text = newline + 1;
    }
  self->line++;
  if (!end_header (self, error))
    return FALSE;
  if (self->run == NULL)
    return fail (self, error, _ ("the file ends; expected “%s%d”"), HEADER, VERSION);
  return TRUE;
}

FxpRun *
fxp_run_new_from_data (const char *text, gssize length, const char *name, GError **error)
{
  Reading reading = {.name = name};

  g_return_val_if_fail (text != NULL && name != NULL, NULL);

  if (!read_lines (&reading, text, length < 0 ? strlen (text) : (gsize)length, error))
    g_clear_pointer (&reading.run, fxp_run_free);
  if (reading.settings != NULL)
    g_string_free (reading.settings, TRUE);
  return reading.run;
}

FxpRun *
fxp_run_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GFileInputStream) stream = NULL;
  g_autoptr (GString) text = g_string_new (NULL);
  gsize n_read;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_parse_name (file);
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;
  do
    {
      char piece[16384];

      if (!g_input_stream_read_all (G_INPUT_STREAM (stream),
                                    piece,
                                    sizeof piece,
                                    &n_read,
                                    cancellable,
                                    error))
        return NULL;
      g_string_append_len (text, piece, n_read);
      if (text->len > LOG_BYTES_MAX)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_PARSE,
                       _ ("%s: found more than %u bytes; expected a run log"),
                       name,
                       LOG_BYTES_MAX);
          return NULL;
        }
    }
  while (n_read > 0);
  return fxp_run_new_from_data (text->str, text->len, name, error);
}
