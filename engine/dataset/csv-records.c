/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/csv-records-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define PIECE 65536
/* 65,535 columns of 200 characters fit; a file without line ends does not fill the memory. */
#define LINE_MAX_BYTES (16 * 1024 * 1024)

struct _FxpCsvRecords
{
  FxpByteReader *reader;
  char separator; /* 0 until the first line that is not blank */
  gsize line;
  char *place;
  GPtrArray *fields;
  gboolean is_at_end;
  char *buffer; /* buffer[first..end-1] is read and not yet used */
  gsize first;
  gsize end;
  gsize size;
};

FxpCsvRecords *
fxp_csv_records_new (FxpByteReader *reader)
{
  FxpCsvRecords *self = g_new0 (FxpCsvRecords, 1);

  self->reader = reader;
  self->fields = g_ptr_array_new ();
  return self;
}

void
fxp_csv_records_free (FxpCsvRecords *self)
{
  if (self == NULL)
    return;
  fxp_byte_reader_free (self->reader);
  g_ptr_array_unref (self->fields);
  g_free (self->place);
  g_free (self->buffer);
  g_free (self);
}

const char *
fxp_csv_records_get_name (const FxpCsvRecords *self)
{
  return fxp_byte_reader_get_name (self->reader);
}

gsize
fxp_csv_records_get_line (const FxpCsvRecords *self)
{
  return self->line;
}

const char *
fxp_csv_records_get_place (FxpCsvRecords *self)
{
  g_free (self->place);
  self->place = g_strdup_printf ("%s:%zu", fxp_csv_records_get_name (self), self->line);
  return self->place;
}

/* Reads one more piece behind what there is; one byte is left free for a final NUL. */
static gboolean
read_piece (FxpCsvRecords *self, GCancellable *cancellable, GError **error)
{
  gssize n;

  if (self->first > 0)
    memmove (self->buffer, self->buffer + self->first, self->end - self->first);
  self->end -= self->first;
  self->first = 0;
  if (self->size < self->end + PIECE + 1)
    {
      self->size = MAX (2 * self->size, self->end + PIECE + 1);
      self->buffer = g_realloc (self->buffer, self->size);
    }
  n = fxp_byte_reader_read (self->reader, self->buffer + self->end, PIECE, cancellable, error);
  if (n < 0)
    return FALSE;
  self->end += n;
  self->is_at_end = n < PIECE;
  return TRUE;
}

/* Cuts off the next line, NUL-terminated in place of its end. NULL at the end or on error. */
static char *
next_line (FxpCsvRecords *self, gsize *length, GCancellable *cancellable, GError **error)
{
  gsize n_searched = 0;
  char *line;
  char *line_end = NULL;

  self->line++;
  if (self->buffer == NULL && !read_piece (self, cancellable, error))
    return NULL;
  while (TRUE)
    {
      line = self->buffer + self->first;
      line_end = memchr (line + n_searched, '\n', self->end - self->first - n_searched);
      if (line_end != NULL || self->is_at_end)
        break;
      n_searched = self->end - self->first;
      if (n_searched > LINE_MAX_BYTES)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("%s: a line of more than %d bytes, expected a shorter one"),
                       fxp_csv_records_get_place (self),
                       LINE_MAX_BYTES);
          return NULL;
        }
      if (!read_piece (self, cancellable, error))
        return NULL;
    }
  if (line_end == NULL && self->first == self->end)
    return NULL;
  if (line_end == NULL)
    line_end = self->buffer + self->end;
  self->first = MIN ((gsize)(line_end - self->buffer) + 1, self->end);
  if (line_end > line && line_end[-1] == '\r')
    line_end--;
  *line_end = '\0';
  *length = (gsize)(line_end - line);
  return line;
}

static gboolean
check_text (FxpCsvRecords *self, const char *line, gsize length, GError **error)
{
  const char *bad = NULL;

  if (!g_utf8_validate_len (line, length, &bad))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: byte 0x%02x at position %zu of the line, expected UTF-8 text"),
                   fxp_csv_records_get_place (self),
                   (guint8)*bad,
                   (gsize)(bad - line) + 1);
      return FALSE;
    }
  for (gsize i = 0; i < length; i++)
    if (g_ascii_iscntrl (line[i]) && line[i] != '\t')
      {
        g_set_error (error,
                     FXP_ERROR,
                     FXP_ERROR_DATASET,
                     _ ("%s: control character 0x%02x at position %zu of the line, expected text"),
                     fxp_csv_records_get_place (self),
                     (guint8)line[i],
                     i + 1);
        return FALSE;
      }
  return TRUE;
}

static char
find_separator (const char *line)
{
  static const char choices[] = {'\t', ';', ','};
  guint counts[G_N_ELEMENTS (choices)] = {0};
  gboolean is_quoted = FALSE;
  guint best = G_N_ELEMENTS (choices) - 1;

  for (const char *at = line; *at != '\0'; at++)
    {
      if (*at == '"')
        is_quoted = !is_quoted;
      for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
        if (!is_quoted && *at == choices[i])
          counts[i]++;
    }
  for (guint i = G_N_ELEMENTS (choices); i-- > 0;)
    if (counts[i] >= counts[best] && counts[i] > 0)
      best = i;
  return choices[best];
}

static gboolean
is_space (const FxpCsvRecords *self, char c)
{
  return c == ' ' || (c == '\t' && self->separator != '\t');
}

/* Unquotes in place from behind the opening quote; returns what follows the closing one, or NULL
 * if there is none. */
static char *
unquote (char *from)
{
  char *to = from;

  while (*from != '\0')
    {
      if (from[0] == '"' && from[1] != '"')
        {
          *to = '\0';
          return from + 1;
        }
      if (from[0] == '"')
        from++;
      *to++ = *from++;
    }
  return NULL;
}

/* Adds the field at *@at, and moves *@at to the separator or NUL behind it. */
static gboolean
add_field (FxpCsvRecords *self, char **at, GError **error)
{
  char *field = *at;
  char *end;

  while (is_space (self, *field))
    field++;
  if (*field == '"')
    {
      field++;
      end = unquote (field);
      while (end != NULL && is_space (self, *end))
        end++;
      if (end == NULL || (*end != '\0' && *end != self->separator))
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       end == NULL ? _ ("%s: column %u: a quote without its end, expected both on "
                                        "one line")
                                   : _ ("%s: column %u: text behind the closing quote, expected a "
                                        "separator"),
                       fxp_csv_records_get_place (self),
                       self->fields->len + 1);
          return FALSE;
        }
      *at = end;
    }
  else
    {
      char *last;

      end = field;
      while (*end != '\0' && *end != self->separator)
        end++;
      for (last = end; last > field && is_space (self, last[-1]); last--)
        ;
      *at = end;
      /* The separator itself is overwritten by the caller. */
      if (last < end)
        *last = '\0';
    }
  g_ptr_array_add (self->fields, field);
  return TRUE;
}

static gboolean
split (FxpCsvRecords *self, char *line, GError **error)
{
  char *at = line;

  g_ptr_array_set_size (self->fields, 0);
  while (TRUE)
    {
      gboolean is_last;

      if (self->fields->len == FXP_CSV_COLUMNS_MAX)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("%s: more than %d columns, expected fewer"),
                       fxp_csv_records_get_place (self),
                       FXP_CSV_COLUMNS_MAX);
          return FALSE;
        }
      if (!add_field (self, &at, error))
        return FALSE;
      is_last = *at == '\0';
      *at++ = '\0';
      if (is_last)
        return TRUE;
    }
}

const char *const *
fxp_csv_records_next (FxpCsvRecords *self,
                      guint *n_fields,
                      GCancellable *cancellable,
                      GError **error)
{
  char *line;
  gsize length;

  do
    {
      line = next_line (self, &length, cancellable, error);
      if (line == NULL)
        return NULL;
      if (self->line == 1 && g_str_has_prefix (line, "\xef\xbb\xbf"))
        {
          line += 3;
          length -= 3;
        }
      if (!check_text (self, line, length, error))
        return NULL;
    }
  while (line[strspn (line, " \t")] == '\0');

  if (self->separator == '\0')
    self->separator = find_separator (line);
  if (!split (self, line, error))
    return NULL;
  *n_fields = self->fields->len;
  return (const char *const *)self->fields->pdata;
}
