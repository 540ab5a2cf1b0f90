/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/mat-check-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* libmatio goes on in silence where packed data are damaged or the file ends, so a file is looked
 * at as a whole before it is read: a header of 128 bytes, then elements of a type, a size and that
 * many bytes (MAT-File Format, "Level 5 MAT-Files").  It is here too that a load can be cancelled
 * and tells how far it is, which the library does not allow for. */

#define HEADER_SIZE     128
#define VERSION_AT      124
#define VERSION_5       0x0100
#define TYPE_COMPRESSED 15
#define PIECE           65536

typedef struct
{
  GInputStream *stream;
  FxpProgress *progress;
  gboolean is_swapped; /* the file has the other byte order */
  guint64 offset;
  guint8 in[PIECE];
  guint8 out[PIECE];
} Check;

static void
check_free (Check *self)
{
  g_clear_object (&self->stream);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Check, check_free)

static gboolean
set_truncated (guint64 offset, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("ends at offset %" PRIu64 ", expected a whole MATLAB 5 file"),
               offset);
  return FALSE;
}

/* Reads @n bytes into self->in, or none at all where the file may end here. */
static gboolean
read_piece (Check *self, gsize n, gboolean *at_end, GCancellable *cancellable, GError **error)
{
  gsize n_read = 0;

  if (!g_input_stream_read_all (self->stream, self->in, n, &n_read, cancellable, error))
    return FALSE;
  self->offset += n_read;
  fxp_progress_advance (self->progress, n_read);
  if (at_end != NULL)
    *at_end = n_read == 0;
  return n_read == n || (at_end != NULL && n_read == 0) || set_truncated (self->offset, error);
}

static guint32
get_word (const Check *self, const guint8 *from)
{
  guint32 word;

  memcpy (&word, from, sizeof word);
  return self->is_swapped ? GUINT32_SWAP_LE_BE (word) : word;
}

static gboolean
check_header (Check *self, GCancellable *cancellable, GError **error)
{
  guint16 version;
  guint16 order;

  if (!read_piece (self, HEADER_SIZE, NULL, cancellable, error))
    return FALSE;
  memcpy (&version, self->in + VERSION_AT, sizeof version);
  memcpy (&order, self->in + VERSION_AT + 2, sizeof order);
  /* The writer's own 'MI', most significant byte first. */
  self->is_swapped = order == GUINT16_SWAP_LE_BE ('M' << 8 | 'I');
  if (self->is_swapped)
    version = GUINT16_SWAP_LE_BE (version);
  if ((self->is_swapped || order == ('M' << 8 | 'I')) && version == VERSION_5)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("version 0x%04x at offset %d, expected 0x%04x as of MATLAB's save -v7 or -v6"),
               version,
               VERSION_AT,
               VERSION_5);
  return FALSE;
}

/* Unpacks what is in self->in; @is_whole once the end of the packed data was seen. */
static gboolean
unpack (Check *self,
        GConverter *inflate,
        gsize n,
        gboolean *is_whole,
        GCancellable *cancellable,
        GError **error)
{
  const guint8 *from = self->in;

  while (n > 0 && !*is_whole)
    {
      g_autoptr (GError) local_error = NULL;
      gsize n_used = 0;
      gsize n_made = 0;
      GConverterResult result;

      /* A few bytes may stand for very many. */
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      result = g_converter_convert (inflate,
                                    from,
                                    n,
                                    self->out,
                                    PIECE,
                                    G_CONVERTER_NO_FLAGS,
                                    &n_used,
                                    &n_made,
                                    &local_error);
      if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_PARTIAL_INPUT))
        return TRUE;
      if (result == G_CONVERTER_ERROR)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("packed data damaged before offset %" PRIu64
                          ", expected a whole MATLAB 5 file"),
                       self->offset);
          return FALSE;
        }
      *is_whole = result == G_CONVERTER_FINISHED;
      from += n_used;
      n -= n_used;
    }
  return TRUE;
}

static gboolean
check_compressed (Check *self, guint32 n, GCancellable *cancellable, GError **error)
{
  g_autoptr (GConverter) inflate =
    G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_ZLIB));
  gboolean is_whole = FALSE;

  while (n > 0)
    {
      guint32 n_now = MIN (n, PIECE);

      if (!read_piece (self, n_now, NULL, cancellable, error) ||
          !unpack (self, inflate, n_now, &is_whole, cancellable, error))
        return FALSE;
      n -= n_now;
    }
  return is_whole || set_truncated (self->offset, error);
}

static gboolean
check_plain (Check *self, guint64 n, GCancellable *cancellable, GError **error)
{
  while (n > 0)
    {
      gsize n_now = MIN (n, PIECE);

      if (!read_piece (self, n_now, NULL, cancellable, error))
        return FALSE;
      n -= n_now;
    }
  return TRUE;
}

static gboolean
check_elements (Check *self, GCancellable *cancellable, GError **error)
{
  gboolean at_end = FALSE;

  while (TRUE)
    {
      guint32 type;
      guint32 n;

      if (!read_piece (self, 8, &at_end, cancellable, error))
        return FALSE;
      if (at_end)
        return TRUE;
      type = get_word (self, self->in);
      n = get_word (self, self->in + 4);
      if (type == TYPE_COMPRESSED ? !check_compressed (self, n, cancellable, error)
                                  : !check_plain (self, n, cancellable, error))
        return FALSE;
    }
}

gboolean
fxp_mat_check (GFile *file, FxpProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (Check) self = NULL;
  g_autofree char *place = g_file_get_parse_name (file);
  GFileInputStream *stream = g_file_read (file, cancellable, error);

  if (stream == NULL)
    return FALSE;
  self = g_new0 (Check, 1);
  self->stream = G_INPUT_STREAM (stream);
  self->progress = progress;
  if (check_header (self, cancellable, error) && check_elements (self, cancellable, error))
    return TRUE;
  g_prefix_error (error, "%s: ", place);
  return FALSE;
}
