/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/envelope-private.h"

#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <string.h>

/* The bytes: magic (8), version (4), zeros (4), length of what follows the head (8), SHA-256 of it
 * (32), then one GVariant; all little-endian. */
#define AT_VERSION    MAGIC_BYTES
#define AT_ZEROS      12
#define AT_LENGTH     16
#define AT_CHECKSUM   24
#define HEAD_BYTES    FXP_ENVELOPE_HEAD_BYTES
#define MAGIC_BYTES   FXP_ENVELOPE_MAGIC_BYTES
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

static const GVariantType *
get_type (const FxpEnvelope *self, guint32 version)
{
  return G_VARIANT_TYPE (self->types[version - self->version_min]);
}

GBytes *
fxp_envelope_seal (const FxpEnvelope *self, GVariant *content)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (content);
  gsize n_bytes;
  guint8 *bytes;

  g_return_val_if_fail (g_variant_is_of_type (content, get_type (self, self->version)), NULL);
  g_return_val_if_fail (strlen (self->magic) == MAGIC_BYTES, NULL);

  swap_bytes (&owned);
  n_bytes = g_variant_get_size (owned);
  bytes = g_malloc0 (HEAD_BYTES + n_bytes);
  memcpy (bytes, self->magic, MAGIC_BYTES);
  put_u32 (bytes + AT_VERSION, self->version);
  put_u64 (bytes + AT_LENGTH, n_bytes);
  g_variant_store (owned, bytes + HEAD_BYTES);
  sum_bytes (bytes + HEAD_BYTES, n_bytes, bytes + AT_CHECKSUM);
  return g_bytes_new_take (bytes, HEAD_BYTES + n_bytes);
}

gsize
fxp_envelope_find_offset (GVariant *content, GVariant *part)
{
  const guint8 *base = g_variant_get_data (content);
  const guint8 *data = g_variant_get_data (part);

  /* What is empty has no data. */
  return HEAD_BYTES + (data == NULL ? 0 : data - base);
}

void
fxp_envelope_set_broken (GError **error, const char *name, gsize offset, const char *format, ...)
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
      fxp_envelope_set_broken (error,
                               name,
                               size,
                               _ ("the file ends; expected %" PRIu64 " bytes behind the head"),
                               length);
      return FALSE;
    }
  if (length < size - HEAD_BYTES)
    {
      fxp_envelope_set_broken (error,
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
check_head (const FxpEnvelope *self,
            const char *name,
            const guint8 *head,
            gsize n_bytes,
            guint64 size,
            GError **error)
{
  guint32 version;

  if (n_bytes < MAGIC_BYTES || memcmp (head, self->magic, MAGIC_BYTES) != 0)
    {
      fxp_envelope_set_broken (error, name, 0, "%s", _ (self->other));
      return FALSE;
    }
  if (n_bytes < HEAD_BYTES)
    {
      fxp_envelope_set_broken (error,
                               name,
                               n_bytes,
                               _ ("the file ends; expected a head of %d bytes"),
                               HEAD_BYTES);
      return FALSE;
    }
  version = get_u32 (head + AT_VERSION);
  if (version > self->version || version < self->version_min)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_VERSION,
                   version > self->version
                     ? _ ("%s: offset %d: a newer program wrote this file, version %u; expected "
                          "version %u to %u")
                     : _ ("%s: offset %d: an older program wrote this file, version %u; expected "
                          "version %u to %u"),
                   name,
                   AT_VERSION,
                   version,
                   self->version_min,
                   self->version);
      return FALSE;
    }
  if (get_u32 (head + AT_ZEROS) != 0)
    {
      fxp_envelope_set_broken (error,
                               name,
                               AT_ZEROS,
                               _ ("found %u; expected 0"),
                               get_u32 (head + AT_ZEROS));
      return FALSE;
    }
  return check_length (name, get_u64 (head + AT_LENGTH), size, error);
}

GVariant *
fxp_envelope_open (const FxpEnvelope *self, GBytes *bytes, const char *name, GError **error)
{
  g_autoptr (GBytes) rest = NULL;
  guint8 digest[CHECKSUM_SIZE];
  GVariant *content;
  gsize n_bytes;
  const guint8 *data;

  g_return_val_if_fail (bytes != NULL && name != NULL, NULL);

  data = g_bytes_get_data (bytes, &n_bytes);
  if (!check_head (self, name, data, n_bytes, n_bytes, error))
    return NULL;
  sum_bytes (data + HEAD_BYTES, n_bytes - HEAD_BYTES, digest);
  if (memcmp (digest, data + AT_CHECKSUM, CHECKSUM_SIZE) != 0)
    {
      fxp_envelope_set_broken (error,
                               name,
                               AT_CHECKSUM,
                               _ ("the checksum does not match; expected an undamaged file"));
      return NULL;
    }
  rest = g_bytes_new_from_bytes (bytes, HEAD_BYTES, n_bytes - HEAD_BYTES);
  content = g_variant_new_from_bytes (get_type (self, get_u32 (data + AT_VERSION)), rest, FALSE);
  g_variant_ref_sink (content);
  swap_bytes (&content);
  return content;
}

GBytes *
fxp_envelope_read (const FxpEnvelope *self,
                   GFile *file,
                   const char *name,
                   GCancellable *cancellable,
                   GError **error)
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
  /* A pipe has no size, and a file may grow while it is read. */
  size = MAX ((guint64)g_file_info_get_size (info), n_head);
  if (!check_head (self, name, head, n_head, size, error))
    return NULL;
  bytes = size <= FILE_BYTES_MAX ? g_try_malloc (size) : NULL;
  if (bytes == NULL)
    {
      fxp_envelope_set_broken (error,
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
