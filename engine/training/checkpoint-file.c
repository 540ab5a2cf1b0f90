/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"
#include "training/checkpoint-content-private.h"
#include "training/new-file.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* The bytes: magic (8), version (4), zeros (4), length of what follows the head (8), SHA-256 of it
 * (32), then one GVariant; all little-endian. */
#define MAGIC         "roundoff"
#define VERSION       3
#define AT_VERSION    8
#define AT_ZEROS      12
#define AT_LENGTH     16
#define AT_CHECKSUM   24
#define HEAD_BYTES    56
#define CHECKSUM_SIZE 32

#define FILE_BYTES_MAX (G_GUINT64_CONSTANT (1) << 32)

static void
put_u32 (guint8 *to, guint32 value)
{
  value = GUINT32_TO_LE (value);
  memcpy (to, &value, sizeof value);
}

static void
put_u64 (guint8 *to, guint64 value)
{
  value = GUINT64_TO_LE (value);
  memcpy (to, &value, sizeof value);
}

static guint32
get_u32 (const guint8 *from)
{
  guint32 value;

  memcpy (&value, from, sizeof value);
  return GUINT32_FROM_LE (value);
}

static guint64
get_u64 (const guint8 *from)
{
  guint64 value;

  memcpy (&value, from, sizeof value);
  return GUINT64_FROM_LE (value);
}

static void
sum_bytes (const guint8 *data, gsize n_bytes, guint8 *digest)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize size = CHECKSUM_SIZE;

  g_checksum_update (checksum, data, n_bytes);
  g_checksum_get_digest (checksum, digest, &size);
}

/* Between little-endian and the machine's order. */
static void
swap_bytes (GVariant **content)
{
#if G_BYTE_ORDER != G_LITTLE_ENDIAN
  GVariant *swapped = g_variant_byteswap (*content);

  g_variant_unref (*content);
  *content = swapped;
#endif
}

GBytes *
fxp_checkpoint_to_bytes (const FxpCheckpoint *self)
{
  g_autoptr (GVariant) content = NULL;
  gsize n_bytes;
  guint8 *bytes;

  g_return_val_if_fail (self != NULL, NULL);

  content = fxp_checkpoint_pack (self);
  swap_bytes (&content);
  n_bytes = g_variant_get_size (content);
  bytes = g_malloc0 (HEAD_BYTES + n_bytes);
  memcpy (bytes, MAGIC, strlen (MAGIC));
  put_u32 (bytes + AT_VERSION, VERSION);
  put_u64 (bytes + AT_LENGTH, n_bytes);
  g_variant_store (content, bytes + HEAD_BYTES);
  sum_bytes (bytes + HEAD_BYTES, n_bytes, bytes + AT_CHECKSUM);
  return g_bytes_new_take (bytes, HEAD_BYTES + n_bytes);
}

void
fxp_checkpoint_set_broken (GError **error, const char *name, gsize offset, const char *format, ...)
{
  g_autofree char *what = NULL;
  va_list args;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_CHECKPOINT,
               /* translators: file name, position in the file, what is wrong there */
               _ ("%s: offset %zu: %s"),
               name,
               offset,
               what);
}

/* What the head says lies behind it is the rest of the file, neither more nor less. */
static gboolean
check_length (const char *name, guint64 length, guint64 size, GError **error)
{
  if (length > size - HEAD_BYTES)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 size,
                                 _ ("the file ends; expected %" PRIu64 " bytes behind the head"),
                                 length);
      return FALSE;
    }
  if (length < size - HEAD_BYTES)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 HEAD_BYTES + length,
                                 _ ("%" PRIu64 " bytes too many; expected the end of the file"),
                                 size - HEAD_BYTES - length);
      return FALSE;
    }
  return TRUE;
}

/* Head only: @n_bytes are there of the whole file's @size bytes. */
static gboolean
check_head (const char *name, const guint8 *head, gsize n_bytes, guint64 size, GError **error)
{
  guint32 version;

  if (n_bytes < strlen (MAGIC) || memcmp (head, MAGIC, strlen (MAGIC)) != 0)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 0,
                                 _ ("this is no checkpoint; expected it to begin with “roundoff”"));
      return FALSE;
    }
  if (n_bytes < HEAD_BYTES)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 n_bytes,
                                 _ ("the file ends; expected a head of %d bytes"),
                                 HEAD_BYTES);
      return FALSE;
    }
  version = get_u32 (head + AT_VERSION);
  if (version != VERSION)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_VERSION,
                   version > VERSION
                     ? _ ("%s: offset %d: a newer program wrote this checkpoint, version %u; "
                          "expected version %d")
                     : _ ("%s: offset %d: an older program wrote this checkpoint, version %u; "
                          "expected version %d"),
                   name,
                   AT_VERSION,
                   version,
                   VERSION);
      return FALSE;
    }
  if (get_u32 (head + AT_ZEROS) != 0)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 AT_ZEROS,
                                 _ ("found %u; expected 0"),
                                 get_u32 (head + AT_ZEROS));
      return FALSE;
    }
  return check_length (name, get_u64 (head + AT_LENGTH), size, error);
}

FxpCheckpoint *
fxp_checkpoint_new_from_bytes (GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (GVariant) content = NULL;
  g_autoptr (GBytes) rest = NULL;
  guint8 digest[CHECKSUM_SIZE];
  gsize n_bytes;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);

  data = g_bytes_get_data (bytes, &n_bytes);
  if (!check_head (name, data, n_bytes, n_bytes, error))
    return NULL;
  sum_bytes (data + HEAD_BYTES, n_bytes - HEAD_BYTES, digest);
  if (memcmp (digest, data + AT_CHECKSUM, CHECKSUM_SIZE) != 0)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 AT_CHECKSUM,
                                 _ ("the checksum does not match; expected an undamaged file"));
      return NULL;
    }
  rest = g_bytes_new_from_bytes (bytes, HEAD_BYTES, n_bytes - HEAD_BYTES);
  content = g_variant_new_from_bytes (G_VARIANT_TYPE (FXP_CHECKPOINT_TYPE), rest, FALSE);
  g_variant_ref_sink (content);
  swap_bytes (&content);
  return fxp_checkpoint_unpack (content, name, HEAD_BYTES, error);
}

/* Reads the head first, so that no file makes us take more memory than it has bytes, and no
 * device is read for ever. */
static GBytes *
read_file (GFile *file, const char *name, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFileInputStream) stream = g_file_read (file, cancellable, error);
  g_autoptr (GFileInfo) info = NULL;
  g_autofree guint8 *bytes = NULL;
  guint8 head[HEAD_BYTES];
  gsize n_head, n_rest;
  guint64 size;

  if (stream == NULL)
    return NULL;
  info =
    g_file_input_stream_query_info (stream, G_FILE_ATTRIBUTE_STANDARD_SIZE, cancellable, error);
  if (info == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream),
                                                head,
                                                HEAD_BYTES,
                                                &n_head,
                                                cancellable,
                                                error))
    return NULL;
  size = g_file_info_get_size (info);
  if (!check_head (name, head, n_head, MAX (size, n_head), error))
    return NULL;
  bytes = size <= FILE_BYTES_MAX ? g_try_malloc (size) : NULL;
  if (bytes == NULL)
    {
      fxp_checkpoint_set_broken (error,
                                 name,
                                 AT_LENGTH,
                                 _ ("found %" PRIu64 " bytes, which is more than memory "
                                    "takes; expected at most %" PRIu64),
                                 size,
                                 FILE_BYTES_MAX);
      return NULL;
    }
  memcpy (bytes, head, HEAD_BYTES);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream),
                                bytes + HEAD_BYTES,
                                size - HEAD_BYTES,
                                &n_rest,
                                cancellable,
                                error))
    return NULL;
  return g_bytes_new_take (g_steal_pointer (&bytes), HEAD_BYTES + n_rest);
}

FxpCheckpoint *
fxp_checkpoint_load (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autofree char *name = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  name = g_file_get_parse_name (file);
  bytes = read_file (file, name, cancellable, error);
  if (bytes == NULL)
    return NULL;
  return fxp_checkpoint_new_from_bytes (bytes, name, error);
}

gboolean
fxp_checkpoint_save (const FxpCheckpoint *self,
                     GFile *file,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL && G_IS_FILE (file), FALSE);

  bytes = fxp_checkpoint_to_bytes (self);
  return fxp_new_file_save (file,
                            g_bytes_get_data (bytes, NULL),
                            g_bytes_get_size (bytes),
                            cancellable,
                            error);
}
