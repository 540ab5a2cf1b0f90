/* SPDX-License-Identifier: MIT */
/* The bytes of a file in order, decompressed where they are gzip; for the loaders. */
#pragma once

#ifndef FXP_COMPILATION
#  error "byte-reader-private.h is for engine/ and tests/ only"
#endif

#include "dataset/progress-private.h"

G_BEGIN_DECLS

typedef struct _FxpByteReader FxpByteReader;

/* Gzip is told by its first two bytes, not by the file's name. */
FxpByteReader *fxp_byte_reader_open (GFile *file,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* @name stands in error messages. */
FxpByteReader *
fxp_byte_reader_new (GInputStream *stream, const char *name) G_GNUC_WARN_UNUSED_RESULT;
void fxp_byte_reader_free (FxpByteReader *self);
/* Lets @progress, which must outlive the reader, count the stored bytes as they are used. */
void fxp_byte_reader_set_progress (FxpByteReader *self, FxpProgress *progress);

/* Fills @buffer unless the data end first; returns the number of bytes, or -1.  Damaged or cut off
 * gzip data are FXP_ERROR_DATASET; what GIO reports keeps its code and gets the name in front. */
gssize fxp_byte_reader_read (FxpByteReader *self,
                             gpointer buffer,
                             gsize n,
                             GCancellable *cancellable,
                             GError **error);
const char *fxp_byte_reader_get_name (const FxpByteReader *self);
/* Decompressed bytes read so far. */
gsize fxp_byte_reader_get_offset (const FxpByteReader *self);

/* How many bytes a reader of @file will give: the size of a plain file; of a gzip file what its
 * last four bytes say (RFC 1952, ISIZE), a hint that is nothing to rely on.  0 if neither can be
 * told.  @is_packed may be NULL. */
guint64
fxp_byte_reader_guess_size (GFile *file, gboolean *is_packed, GCancellable *cancellable);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpByteReader, fxp_byte_reader_free)

G_END_DECLS
