/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/run-log-private.h"

#include <string.h>

struct _FxpRunLog
{
  GString *text;             /* owned: header and edits of the run so far */
  GFileOutputStream *stream; /* owned, or NULL */
  char *error;               /* owned, or NULL */
};

FxpRunLog *
fxp_run_log_new (void)
{
  FxpRunLog *self = g_new0 (FxpRunLog, 1);

  self->text = g_string_new (NULL);
  return self;
}

static void
take_error (FxpRunLog *self, GError *error)
{
  g_clear_object (&self->stream);
  g_free (self->error);
  self->error = g_strdup (error->message);
  g_error_free (error);
}

static void
close_file (FxpRunLog *self)
{
  GError *error = NULL;

  if (self->stream != NULL && !g_output_stream_close (G_OUTPUT_STREAM (self->stream), NULL, &error))
    take_error (self, error);
  g_clear_object (&self->stream);
}

void
fxp_run_log_free (FxpRunLog *self)
{
  close_file (self);
  g_string_free (self->text, TRUE);
  g_free (self->error);
  g_free (self);
}

/* To the file at once: what is logged survives whatever comes next. */
static void
write_text (FxpRunLog *self, const char *text, gsize length)
{
  GError *error = NULL;

  if (self->stream == NULL)
    return;
  if (!g_output_stream_write_all (G_OUTPUT_STREAM (self->stream),
                                  text,
                                  length,
                                  NULL,
                                  NULL,
                                  &error) ||
      !g_output_stream_flush (G_OUTPUT_STREAM (self->stream), NULL, &error))
    take_error (self, error);
}

static void
write_from (FxpRunLog *self, gsize first)
{
  write_text (self, self->text->str + first, self->text->len - first);
}

static void
set_header (FxpRunLog *self, const FxpExperiment *experiment)
{
  g_autofree char *data = fxp_experiment_to_data (experiment);
  g_auto (GStrv) lines = NULL;

  if (g_str_has_suffix (data, "\n"))
    data[strlen (data) - 1] = '\0';
  lines = g_strsplit (data, "\n", -1);
  g_string_assign (self->text, "# roundoff run log 1\n");
  for (guint i = 0; lines[i] != NULL; i++)
    g_string_append_printf (self->text, "| %s\n", lines[i]);
}

void
fxp_run_log_begin (FxpRunLog *self, const FxpExperiment *experiment)
{
  set_header (self, experiment);
  write_from (self, 0);
}

void
fxp_run_log_reset (FxpRunLog *self, const FxpExperiment *experiment)
{
  set_header (self, experiment);
  write_text (self, "reset\n", strlen ("reset\n"));
}

void
fxp_run_log_resume (FxpRunLog *self, const char *text)
{
  g_string_assign (self->text, text);
  write_from (self, 0);
}

void
fxp_run_log_edit (FxpRunLog *self, guint64 step, const char *const *changes)
{
  gsize first = self->text->len;

  g_string_append_printf (self->text, "edit %" G_GUINT64_FORMAT, step);
  for (guint i = 0; changes[i] != NULL; i++)
    {
      const char *equals = strchr (changes[i], '=');
      g_autofree char *value = NULL;

      g_assert (equals != NULL);
      value = g_strescape (equals + 1, NULL);
      g_string_append_printf (self->text,
                              " %.*s=\"%s\"",
                              (int)(equals - changes[i]),
                              changes[i],
                              value);
    }
  g_string_append_c (self->text, '\n');
  write_from (self, first);
}

void
fxp_run_log_end (FxpRunLog *self, guint64 step, const char *fingerprint)
{
  g_autofree char *line = g_strdup_printf ("end %" G_GUINT64_FORMAT " %s\n", step, fingerprint);

  write_text (self, line, strlen (line));
}

const char *
fxp_run_log_get_text (const FxpRunLog *self)
{
  return self->text->str;
}

void
fxp_run_log_set_file (FxpRunLog *self, GFile *file)
{
  GError *error = NULL;

  close_file (self);
  g_clear_pointer (&self->error, g_free);
  if (file == NULL)
    return;
  self->stream = g_file_append_to (file, G_FILE_CREATE_NONE, NULL, &error);
  if (self->stream == NULL)
    take_error (self, error);
  else
    write_from (self, 0);
}

gboolean
fxp_run_log_is_writing (const FxpRunLog *self)
{
  return self->stream != NULL;
}

const char *
fxp_run_log_get_error (const FxpRunLog *self)
{
  return self->error;
}
