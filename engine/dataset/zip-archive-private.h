/* SPDX-License-Identifier: MIT */
/* The members of a zip archive as input streams, decompressed; for npz.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "zip-archive-private.h is for engine/ and tests/ only"
#endif

#include "dataset/progress-private.h"

G_BEGIN_DECLS

typedef struct _FxpZipArchive FxpZipArchive;

/* @progress, which may be NULL and must outlive the archive, counts the stored bytes. */
FxpZipArchive *fxp_zip_archive_open (GFile *file,
                                     FxpProgress *progress,
                                     GCancellable *cancellable,
                                     GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxp_zip_archive_free (FxpZipArchive *self);
/* Moves on to the next member and returns its name, borrowed until the next call; NULL at the end
 * and on error. */
const char *fxp_zip_archive_next (FxpZipArchive *self, GCancellable *cancellable, GError **error);
/* The data of the present member; of use until the next call of fxp_zip_archive_next(). */
GInputStream *fxp_zip_archive_get_stream (FxpZipArchive *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpZipArchive, fxp_zip_archive_free)

G_END_DECLS
