/* SPDX-License-Identifier: MIT */
/* A GVariant in a file: in front what kind of file it is, which version of it, and a checksum, so
 * that every damaged byte is found.  Any thread. */
#pragma once

#ifndef FXP_COMPILATION
#  error "envelope-private.h is for engine/ and tests/ only"
#endif

#include <gio/gio.h>

G_BEGIN_DECLS

/* What stands in front of the GVariant. */
#define FXP_ENVELOPE_HEAD_BYTES  56
#define FXP_ENVELOPE_MAGIC_BYTES 8

/* One kind of file. */
typedef struct
{
  const char *magic; /* FXP_ENVELOPE_MAGIC_BYTES characters */
  guint32 version, version_min;
  const char *const *types; /* of the GVariant, from version_min up */
  const char *other;        /* what is said of a file without the magic, to be translated */
} FxpEnvelope;

/* @content, of the newest type, may be floating. */
GBytes *fxp_envelope_seal (const FxpEnvelope *self, GVariant *content) G_GNUC_WARN_UNUSED_RESULT;
/* What was sealed, in the machine's order of bytes, its data FXP_ENVELOPE_HEAD_BYTES behind the
 * beginning of @bytes; it may still be laid out wrong.  FXP_ERROR_CHECKPOINT says what is wrong and
 * at which offset of the file @name, FXP_ERROR_VERSION that an older or newer program wrote it. */
GVariant *fxp_envelope_open (const FxpEnvelope *self,
                             GBytes *bytes,
                             const char *name,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Reads a file as far as it can be one of these: looks at its head first, so that no file makes us
 * take more memory than it has bytes, and no device is read for ever. */
GBytes *fxp_envelope_read (const FxpEnvelope *self,
                           GFile *file,
                           const char *name,
                           GCancellable *cancellable,
                           GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Where the data of @part, a child of the @content that was opened, stand in the file. */
gsize fxp_envelope_find_offset (GVariant *content, GVariant *part);
/* FXP_ERROR_CHECKPOINT, one sentence: file, offset, what is wrong. */
void
fxp_envelope_set_broken (GError **error, const char *name, gsize offset, const char *format, ...)
  G_GNUC_PRINTF (4, 5);

G_END_DECLS
