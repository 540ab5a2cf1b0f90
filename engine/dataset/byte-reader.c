/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/byte-reader-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Small enough that a cancel is seen at once, large enough that a read costs nothing. */
#define RAW_SIZE 65536

struct _FxpByteReader
{
  char *name;
  GInputStream *stream;
  FxpProgress *progress;    /* borrowed, or NULL */
  GConverter *gunzip;       /* NULL while the data are plain */
  gboolean is_begun;        /* the first bytes have been looked at */
  gboolean is_at_end;       /* of the raw bytes */
  gboolean is_member_ended; /* of a gzip member; the next may follow */
  gsize offset;
  gsize raw_first; /* raw bytes not yet used: raw[raw_first..raw_end-1] */
  gsize raw_end;
  guint8 raw[RAW_SIZE];
};

FxpByteReader *
fxp_byte_reader_new (GInputStream *stream, const char *name)
{
  FxpByteReader *self = g_new0 (FxpByteReader, 1);

  g_return_val_if_fail (G_IS_INPUT_STREAM (stream), NULL);

  self->stream = g_object_ref (stream);
  self->name = g_strdup (name);
  return self;
}

FxpByteReader *
fxp_byte_reader_open (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autofree char *name = g_file_get_parse_name (file);

  if (stream == NULL)
    return NULL;
  return fxp_byte_reader_new (G_INPUT_STREAM (stream), name);
}

void
fxp_byte_reader_free (FxpByteReader *self)
{
  if (self == NULL)
    return;
  g_clear_object (&self->gunzip);
  g_clear_object (&self->stream);
  g_free (self->name);
  g_free (self);
}

void
fxp_byte_reader_set_progress (FxpByteReader *self, FxpProgress *progress)
{
  self->progress = progress;
}

const char *
fxp_byte_reader_get_name (const FxpByteReader *self)
{
  return self->name;
}

gsize
fxp_byte_reader_get_offset (const FxpByteReader *self)
{
  return self->offset;
}

/* Reads on until two raw bytes are there, as many as a gzip magic has, or the data end. */
static gboolean
refill (FxpByteReader *self, GCancellable *cancellable, GError **error)
{
  gsize n_left = self->raw_end - self->raw_first;

  if (n_left >= 2 || self->is_at_end)
    return TRUE;
  memmove (self->raw, self->raw + self->raw_first, n_left);
  self->raw_first = 0;
  self->raw_end = n_left;
  while (!self->is_at_end && self->raw_end < 2)
    {
      gssize n = g_input_stream_read (self->stream,
                                      self->raw + self->raw_end,
                                      RAW_SIZE - self->raw_end,
                                      cancellable,
                                      error);
      if (n < 0)
        {
          g_prefix_error (error, "%s: ", self->name);
          return FALSE;
        }
      self->is_at_end = n == 0;
      self->raw_end += n;
      if (self->progress != NULL)
        fxp_progress_advance (self->progress, (gsize)n);
    }
  return TRUE;
}

static gboolean
is_gzip (const FxpByteReader *self)
{
  const guint8 *raw = self->raw + self->raw_first;

  return self->raw_end - self->raw_first >= 2 && raw[0] == 0x1f && raw[1] == 0x8b;
}

static gsize
copy_plain (FxpByteReader *self, guint8 *buffer, gsize n)
{
  gsize n_copied = MIN (n, self->raw_end - self->raw_first);

  memcpy (buffer, self->raw + self->raw_first, n_copied);
  self->raw_first += n_copied;
  return n_copied;
}

/* What follows a whole gzip member must be another one, as `gzip` and `cat` make them. */
static gboolean
begin_member (FxpByteReader *self, GError **error)
{
  if (!is_gzip (self))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: other bytes follow the gzip data of %zu bytes, expected the end of the "
                      "file"),
                   self->name,
                   self->offset);
      return FALSE;
    }
  g_converter_reset (self->gunzip);
  self->is_member_ended = FALSE;
  return TRUE;
}

static gssize
gunzip_some (FxpByteReader *self, guint8 *buffer, gsize n, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  gsize n_used = 0;
  gsize n_made = 0;
  GConverterResult result = g_converter_convert (self->gunzip,
                                                 self->raw + self->raw_first,
                                                 self->raw_end - self->raw_first,
                                                 buffer,
                                                 n,
                                                 G_CONVERTER_NO_FLAGS,
                                                 &n_used,
                                                 &n_made,
                                                 &local_error);
  if (result == G_CONVERTER_ERROR)
    {
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
        g_set_error (error,
                     FXP_ERROR,
                     FXP_ERROR_DATASET,
                     _ ("%s: the gzip data end in the middle, after %zu decompressed bytes, "
                        "expected a whole file"),
                     self->name,
                     self->offset);
      else
        g_set_error (error,
                     FXP_ERROR,
                     FXP_ERROR_DATASET,
                     _ ("%s: the gzip data are damaged after %zu decompressed bytes, expected a "
                        "whole file"),
                     self->name,
                     self->offset);
      return -1;
    }
  self->raw_first += n_used;
  self->is_member_ended = result == G_CONVERTER_FINISHED;
  return (gssize)n_made;
}

gssize
fxp_byte_reader_read (FxpByteReader *self,
                      gpointer buffer,
                      gsize n,
                      GCancellable *cancellable,
                      GError **error)
{
  guint8 *out = buffer;
  gsize n_done = 0;

  while (n_done < n)
    {
      gssize n_new;

      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !refill (self, cancellable, error))
        return -1;
      if (!self->is_begun && is_gzip (self))
        self->gunzip = G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
      self->is_begun = TRUE;

      if (self->raw_first == self->raw_end && (self->gunzip == NULL || self->is_member_ended))
        break;
      if (self->gunzip == NULL)
        n_new = (gssize)copy_plain (self, out + n_done, n - n_done);
      else if (self->is_member_ended && !begin_member (self, error))
        return -1;
      else
        n_new = gunzip_some (self, out + n_done, MIN (n - n_done, 16 * RAW_SIZE), error);
      if (n_new < 0)
        return -1;
      n_done += n_new;
      self->offset += n_new;
    }
  return (gssize)n_done;
}

guint64
fxp_byte_reader_guess_size (GFile *file, gboolean *is_packed, GCancellable *cancellable)
{
  /* What is wrong with the file is for a reader to find. */
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, NULL);
  GInputStream *input = G_INPUT_STREAM (stream);
  GSeekable *seekable = G_SEEKABLE (stream);
  gboolean is_gzip_file;
  guint8 magic[2] = {0};
  guint32 size = 0;
  gsize n;

  if (stream == NULL || !g_input_stream_read_all (input, magic, 2, &n, cancellable, NULL))
    return 0;
  is_gzip_file = magic[0] == 0x1f && magic[1] == 0x8b;
  if (is_packed != NULL)
    *is_packed = is_gzip_file;
  if (!g_seekable_seek (seekable,
                        is_gzip_file ? -(goffset)sizeof size : 0,
                        G_SEEK_END,
                        cancellable,
                        NULL))
    return 0;
  if (!is_gzip_file)
    return (guint64)g_seekable_tell (seekable);
  if (!g_input_stream_read_all (input, &size, sizeof size, &n, cancellable, NULL))
    return 0;
  return GUINT32_FROM_LE (size);
}
