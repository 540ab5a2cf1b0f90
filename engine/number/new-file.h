/* SPDX-License-Identifier: MIT */
/* A file that is written beside its place and put there when it is whole: until then an older one
 * stays as it is, and what is given up leaves nothing behind. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _FxpNewFile FxpNewFile;

/* Errors name @file.  What is there already must be a regular file; a link to one stays a link. */
FxpNewFile *fxp_new_file_open (GFile *file,
                               GCancellable *cancellable,
                               GError **error) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_new_file_write (FxpNewFile *self,
                             gconstpointer data,
                             gsize n_bytes,
                             GCancellable *cancellable,
                             GError **error);
/* Puts it in its place, on the disk. */
gboolean fxp_new_file_commit (FxpNewFile *self, GCancellable *cancellable, GError **error);
void fxp_new_file_free (FxpNewFile *self);

/* All of it at once. */
gboolean fxp_new_file_save (GFile *file,
                            gconstpointer data,
                            gsize n_bytes,
                            GCancellable *cancellable,
                            GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpNewFile, fxp_new_file_free)

G_END_DECLS
