/* SPDX-License-Identifier: MIT */
/* Checkpoints as a hostile program would write them. */
#pragma once

#include <gio/gio.h>

/* Head and content with a right checksum, whatever the content; @number is the version. */
static inline GBytes *
make_bytes (guint32 number, gconstpointer content, gsize n_bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  GByteArray *bytes = g_byte_array_new ();
  guint32 version[2] = {GUINT32_TO_LE (number), 0};
  guint64 length = GUINT64_TO_LE (n_bytes);
  guint8 digest[32];
  gsize digest_len = sizeof digest;

  g_checksum_update (checksum, content, n_bytes);
  g_checksum_get_digest (checksum, digest, &digest_len);
  g_byte_array_append (bytes, (const guint8 *)"roundoff", 8);
  g_byte_array_append (bytes, (const guint8 *)version, sizeof version);
  g_byte_array_append (bytes, (const guint8 *)&length, sizeof length);
  g_byte_array_append (bytes, digest, sizeof digest);
  g_byte_array_append (bytes, content, n_bytes);
  return g_byte_array_free_to_bytes (bytes);
}
