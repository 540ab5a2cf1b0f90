/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "text-table.h"

struct _FxaTextTable
{
  guint n_columns, n_left;
  GPtrArray *cells; /* owned, of char *; row by row */
};

FxaTextTable *
fxa_text_table_new (guint n_columns, guint n_left)
{
  FxaTextTable *self;

  g_return_val_if_fail (n_columns > 0, NULL);

  self = g_new0 (FxaTextTable, 1);
  self->n_columns = n_columns;
  self->n_left = n_left;
  self->cells = g_ptr_array_new_with_free_func (g_free);
  return self;
}

void
fxa_text_table_free (FxaTextTable *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->cells);
  g_free (self);
}

void
fxa_text_table_take (FxaTextTable *self, char *text)
{
  g_ptr_array_add (self->cells, text != NULL ? text : g_strdup (""));
}

void
fxa_text_table_add (FxaTextTable *self, const char *text)
{
  fxa_text_table_take (self, g_strdup (text));
}

void
fxa_text_table_end_row (FxaTextTable *self)
{
  while (self->cells->len % self->n_columns != 0)
    fxa_text_table_take (self, NULL);
}

/* In characters: padding does not count bytes. */
static int
get_width (const FxaTextTable *self, guint column)
{
  glong width = 0;

  for (guint i = column; i < self->cells->len; i += self->n_columns)
    width = MAX (width, g_utf8_strlen (self->cells->pdata[i], -1));
  return (int)width;
}

void
fxa_text_table_print (FxaTextTable *self)
{
  g_autofree int *widths = g_new (int, self->n_columns);
  g_autoptr (GString) line = g_string_new (NULL);

  fxa_text_table_end_row (self);
  for (guint column = 0; column < self->n_columns; column++)
    widths[column] = get_width (self, column);
  for (guint i = 0; i < self->cells->len; i++)
    {
      const guint column = i % self->n_columns;
      const char *text = self->cells->pdata[i];
      const int padding = widths[column] - (int)g_utf8_strlen (text, -1);

      if (column < self->n_left)
        g_string_append_printf (line, "%s%*s", text, padding, "");
      else
        g_string_append_printf (line, "%*s%s", padding, "", text);
      g_string_append (line, "  ");
      if (column + 1 < self->n_columns)
        continue;
      g_print ("%s\n", g_strchomp (line->str));
      g_string_truncate (line, 0);
    }
}
