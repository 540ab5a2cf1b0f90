/* SPDX-License-Identifier: MIT */
/* Members of JSON objects, and how a whole one reaches its file. */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* What is not finite becomes null. */
void fxa_json_add_number (JsonBuilder *builder, const char *name, double value);
void fxa_json_add_text (JsonBuilder *builder, const char *name, const char *value); /* NULL: null */
void fxa_json_add_boolean (JsonBuilder *builder, const char *name, gboolean value);
/* Beyond what JSON's readers hold in an integer, 2^63 - 1, it is a text of digits. */
void fxa_json_add_integer (JsonBuilder *builder, const char *name, guint64 value);
void fxa_json_begin_object (JsonBuilder *builder, const char *name);
void fxa_json_begin_array (JsonBuilder *builder, const char *name);
/* The whole, without a line feed behind. */
char *fxa_json_to_text (JsonNode *root) G_GNUC_WARN_UNUSED_RESULT;
/* Ends the object, which is all there is, and writes it, with a line feed behind.  @path `-` is
 * standard output; else writes beside and renames. */
gboolean fxa_json_save (JsonBuilder *builder, const char *path, GError **error);

G_END_DECLS
