/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "fxp.h"
#include "json-writer.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void
fxa_json_add_number (JsonBuilder *builder, const char *name, double value)
{
  json_builder_set_member_name (builder, name);
  if (isfinite (value))
    json_builder_add_double_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
fxa_json_add_text (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  if (value != NULL)
    json_builder_add_string_value (builder, value);
  else
    json_builder_add_null_value (builder);
}

void
fxa_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

void
fxa_json_add_integer (JsonBuilder *builder, const char *name, guint64 value)
{
  g_autofree char *digits = NULL;

  if (value <= G_MAXINT64)
    {
      json_builder_set_member_name (builder, name);
      json_builder_add_int_value (builder, (gint64)value);
      return;
    }
  digits = g_strdup_printf ("%" PRIu64, value);
  fxa_json_add_text (builder, name, digits);
}

void
fxa_json_begin_object (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_object (builder);
}

void
fxa_json_begin_array (JsonBuilder *builder, const char *name)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
}

/* json-glib 1.6 puts ".0" behind every number without a point, even behind an exponent: 1e-300.0,
 * which no reader takes.  Texts are passed over whole. */
char *
fxa_json_to_text (JsonNode *root)
{
  static const char numbers[] = "(\"(?:[^\"\\\\]++|\\\\.)*+\")|(e[-+]?[0-9]+)\\.0\\b";
  g_autoptr (GError) error = NULL;
  g_autoptr (GRegex) regex = g_regex_new (numbers, 0, 0, &error);
  g_autofree char *text = json_to_string (root, TRUE);
  char *mended;

  g_assert_no_error (error);
  mended = g_regex_replace (regex, text, -1, 0, "\\1\\2", 0, &error);
  g_assert_no_error (error);
  return mended;
}

gboolean
fxa_json_save (JsonBuilder *builder, const char *path, GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autofree char *text = NULL;
  g_autofree char *lines = NULL;
  g_autoptr (GFile) file = NULL;

  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  text = fxa_json_to_text (root);
  lines = g_strconcat (text, "\n", NULL);
  if (strcmp (path, "-") == 0)
    {
      /* Not g_print(): JSON is UTF-8 whatever the locale says. */
      fputs (lines, stdout);
      return TRUE;
    }
  file = g_file_new_for_path (path);
  return fxp_new_file_save (file, lines, strlen (lines), NULL, error);
}
