/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/npy-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

/* https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, versions 1.0 to 3.0:
 * magic, version, length of the head, the head as a Python literal, then the elements. */

#define MAGIC     "\x93NUMPY"
#define MAGIC_LEN 6
/* The heads of plain arrays take 128 bytes. */
#define HEAD_MAX 4096
/* Elements converted at once. */
#define PIECE 1024

static void
set_error (FxpByteReader *reader, const char *found, const char *expected, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               /* translators: file, what was found in it, what was expected */
               _ ("%s: %s, expected %s"),
               fxp_byte_reader_get_name (reader),
               found,
               expected);
}

/* Reads @n bytes or fails. */
static gboolean
read_all (FxpByteReader *reader,
          gpointer buffer,
          gsize n,
          const char *expected,
          GCancellable *cancellable,
          GError **error)
{
  gssize n_read = fxp_byte_reader_read (reader, buffer, n, cancellable, error);
  g_autofree char *found = NULL;

  if (n_read < 0)
    return FALSE;
  if ((gsize)n_read == n)
    return TRUE;
  found = g_strdup_printf (_ ("ends at offset %zu"), fxp_byte_reader_get_offset (reader));
  set_error (reader, found, expected, error);
  return FALSE;
}

/* The first group of @pattern in @text, or NULL. */
static GMatchInfo *
match (const char *pattern, const char *text)
{
  g_autoptr (GRegex) regex = g_regex_new (pattern, 0, 0, NULL);
  GMatchInfo *info = NULL;

  if (g_regex_match (regex, text, 0, &info))
    return info;
  g_match_info_free (info);
  return NULL;
}

static gboolean
parse_type (FxpByteReader *reader, const char *text, FxpNpyHead *head, GError **error)
{
  static const char *const types[] =
    {"b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f4", "f8", NULL};
  g_autoptr (GMatchInfo) info = match ("'descr'\\s*:\\s*'([<>|=]?)(\\w*)'", text);
  g_autofree char *order = NULL;
  g_autofree char *type = NULL;
  g_autofree char *found = NULL;

  if (info != NULL)
    {
      order = g_match_info_fetch (info, 1);
      type = g_match_info_fetch (info, 2);
    }
  if (type != NULL && g_strv_contains (types, type))
    {
      head->kind = type[0];
      head->size = (guint)(type[1] - '0');
      head->is_big_endian = order[0] == '>';
      return TRUE;
    }
  found = g_strdup_printf (_ ("elements of type “%s”"), type != NULL ? type : "");
  set_error (reader, found, _ ("integers of 1 to 8 bytes or reals of 4 or 8"), error);
  return FALSE;
}

static gboolean
parse_shape (FxpByteReader *reader, const char *text, FxpNpyHead *head, GError **error)
{
  g_autoptr (GMatchInfo) info = match ("'shape'\\s*:\\s*\\(([\\d\\s,]*)\\)", text);
  g_autofree char *dims = info != NULL ? g_match_info_fetch (info, 1) : g_strdup ("");
  g_auto (GStrv) fields = g_strsplit (dims, ",", -1);
  gboolean fits = TRUE;
  g_autofree char *found = NULL;

  head->shape.rank = 0;
  head->n = 1;
  for (guint i = 0; fields[i] != NULL && fits; i++)
    {
      guint64 size;

      /* (3,) has nothing behind its comma. */
      if (*g_strstrip (fields[i]) == '\0')
        continue;
      fits = head->shape.rank < FXP_RANK_MAX &&
             g_ascii_string_to_unsigned (fields[i], 10, 1, FXP_DATASET_BYTES_MAX, &size, NULL) &&
             head->n <= FXP_DATASET_BYTES_MAX / size;
      if (fits)
        {
          head->shape.dim[head->shape.rank++] = (gsize)size;
          head->n *= (gsize)size;
        }
    }
  if (fits && head->shape.rank > 0)
    return TRUE;
  g_strdelimit (dims, "\n\r\t\v\f", ' ');
  found = g_strdup_printf (_ ("shape (%.60s)"), dims);
  set_error (reader, found, _ ("1 to 4 sizes of 1 or more and 4 GiB in all at most"), error);
  return FALSE;
}

/* The head's text, NUL-terminated. */
static char *
read_text (FxpByteReader *reader, GCancellable *cancellable, GError **error)
{
  const char *expected = _ ("the head of a .npy array");
  g_autofree char *text = NULL;
  guint8 raw[MAGIC_LEN + 2 + 4] = {0};
  gsize n;

  if (!read_all (reader, raw, MAGIC_LEN + 2 + 2, expected, cancellable, error))
    return NULL;
  if (memcmp (raw, MAGIC, MAGIC_LEN) != 0 || raw[MAGIC_LEN] < 1 || raw[MAGIC_LEN] > 3)
    {
      set_error (reader, _ ("other bytes at offset 0"), expected, error);
      return NULL;
    }
  /* The length has four bytes from version 2.0 on. */
  if (raw[MAGIC_LEN] > 1 &&
      !read_all (reader, raw + MAGIC_LEN + 4, 2, expected, cancellable, error))
    return NULL;
  n = raw[8] | (gsize)raw[9] << 8 | (gsize)raw[10] << 16 | (gsize)raw[11] << 24;
  if (n > HEAD_MAX)
    {
      g_autofree char *found = g_strdup_printf (_ ("a head of %zu bytes"), n);

      set_error (reader, found, _ ("a short one, as of a plain array"), error);
      return NULL;
    }
  text = g_malloc0 (n + 1);
  if (!read_all (reader, text, n, expected, cancellable, error))
    return NULL;
  if (strlen (text) < n || !g_utf8_validate (text, (gssize)n, NULL))
    {
      set_error (reader, _ ("a head that is not text"), expected, error);
      return NULL;
    }
  return g_steal_pointer (&text);
}

gboolean
fxp_npy_read_head (FxpByteReader *reader,
                   FxpNpyHead *head,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autofree char *text = read_text (reader, cancellable, error);
  g_autoptr (GMatchInfo) fortran = NULL;
  guint n_wide = 0;

  if (text == NULL || !parse_type (reader, text, head, error) ||
      !parse_shape (reader, text, head, error))
    return FALSE;
  fortran = match ("'fortran_order'\\s*:\\s*True", text);
  for (guint i = 0; i < head->shape.rank; i++)
    n_wide += head->shape.dim[i] > 1;
  head->is_fortran = fortran != NULL && n_wide > 1;
  return TRUE;
}

gboolean
fxp_npy_is_bytes (const FxpNpyHead *head)
{
  return head->kind == 'u' && head->size == 1;
}

static gboolean
read_elements (FxpByteReader *reader,
               const FxpNpyHead *head,
               gpointer to,
               gsize n,
               GCancellable *cancellable,
               GError **error)
{
  g_autofree char *expected =
    g_strdup_printf (_ ("%zu elements of %u bytes as its head says"), head->n, head->size);

  return read_all (reader, to, n * head->size, expected, cancellable, error);
}

/* The element at @from, which need not be aligned. */
static double
convert (const FxpNpyHead *head, const guint8 *from)
{
  guint64 bits = 0;
  float single;
  double real;

  for (guint i = 0; i < head->size; i++)
    bits = bits << 8 | from[head->is_big_endian ? i : head->size - 1 - i];
  switch (head->kind)
    {
    case 'i':
      /* Sign extension from the top byte. */
      if (head->size < 8 && bits >> (8 * head->size - 1) != 0)
        bits |= G_MAXUINT64 << (8 * head->size);
      return (double)(gint64)bits;
    case 'f':
      if (head->size == sizeof single)
        {
          guint32 half = (guint32)bits;

          memcpy (&single, &half, sizeof single);
          return (double)single;
        }
      memcpy (&real, &bits, sizeof real);
      return real;
    default:
      return (double)bits;
    }
}

gboolean
fxp_npy_read_values (FxpByteReader *reader,
                     const FxpNpyHead *head,
                     double *values,
                     gsize n,
                     GCancellable *cancellable,
                     GError **error)
{
  guint8 raw[PIECE * sizeof (double)];

  while (n > 0)
    {
      gsize n_now = MIN (n, PIECE);

      if (!read_elements (reader, head, raw, n_now, cancellable, error))
        return FALSE;
      for (gsize i = 0; i < n_now; i++)
        {
          values[i] = convert (head, raw + i * head->size);
          if (!isfinite (values[i]))
            {
              gsize at = fxp_byte_reader_get_offset (reader) - (n_now - i) * head->size;
              g_autofree char *found = g_strdup_printf (_ ("%g at offset %zu"), values[i], at);

              set_error (reader, found, _ ("finite numbers"), error);
              return FALSE;
            }
        }
      values += n_now;
      n -= n_now;
    }
  return TRUE;
}

gboolean
fxp_npy_read_bytes (FxpByteReader *reader,
                    const FxpNpyHead *head,
                    guint8 *bytes,
                    gsize n,
                    GCancellable *cancellable,
                    GError **error)
{
  g_assert (fxp_npy_is_bytes (head));

  return read_elements (reader, head, bytes, n, cancellable, error);
}

gboolean
fxp_npy_check_end (FxpByteReader *reader, GCancellable *cancellable, GError **error)
{
  g_autofree char *found = NULL;
  guint8 more;
  gsize n_expected = fxp_byte_reader_get_offset (reader);
  gssize n = fxp_byte_reader_read (reader, &more, 1, cancellable, error);

  if (n <= 0)
    return n == 0;
  found = g_strdup_printf (_ ("more bytes after offset %zu"), n_expected);
  set_error (reader, found, _ ("the end of the array as its head says"), error);
  return FALSE;
}
