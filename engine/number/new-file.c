/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/new-file.h"

#include <errno.h>
#include <gio/gfiledescriptorbased.h>
#include <glib/gi18n-lib.h>
#include <stdlib.h>
#include <unistd.h>

#define ATTEMPTS_MAX 100

struct _FxpNewFile
{
  GFile *file;               /* owned: its place */
  GFile *beside;             /* owned; NULL once in place */
  GFileOutputStream *stream; /* owned */
};

static gboolean
prefix_name (const FxpNewFile *self, GError **error)
{
  g_autofree char *name = g_file_get_parse_name (self->file);

  g_prefix_error (error, "%s: ", name);
  return FALSE;
}

/* A rename would replace a device or a pipe by a file, which nobody means. */
static gboolean
check_place (const FxpNewFile *self, GCancellable *cancellable, GError **error)
{
  GFileType type = g_file_query_file_type (self->file, G_FILE_QUERY_INFO_NONE, cancellable);

  if (type == G_FILE_TYPE_UNKNOWN || type == G_FILE_TYPE_REGULAR)
    return TRUE;
  if (type == G_FILE_TYPE_DIRECTORY)
    g_set_error (error,
                 G_IO_ERROR,
                 G_IO_ERROR_IS_DIRECTORY,
                 _ ("this is a folder; expected the name of a file"));
  else
    g_set_error (error,
                 G_IO_ERROR,
                 G_IO_ERROR_NOT_REGULAR_FILE,
                 _ ("this is no regular file; expected one, or a new name"));
  return FALSE;
}

static gboolean
create_beside (FxpNewFile *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (self->file);
  g_autofree char *basename = g_file_get_basename (self->file);

  if (folder == NULL)
    {
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_IS_DIRECTORY,
                   _ ("this is a folder; expected the name of a file"));
      return FALSE;
    }
  for (guint attempt = 0; attempt < ATTEMPTS_MAX; attempt++)
    {
      /* Short, as the whole name may already be as long as names can be. */
      g_autofree char *name = g_strdup_printf (".%.8s-%08x", basename, g_random_int ());
      g_autoptr (GFile) beside = g_file_get_child (folder, name);
      g_autoptr (GError) local_error = NULL;

      self->stream = g_file_create (beside, G_FILE_CREATE_NONE, cancellable, &local_error);
      if (self->stream != NULL)
        {
          self->beside = g_steal_pointer (&beside);
          return TRUE;
        }
      if (!g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_EXISTS) ||
          attempt + 1 == ATTEMPTS_MAX)
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          break;
        }
    }
  return FALSE;
}

/* A rename would put a file in the place of a link to one. */
static GFile *
follow_links (GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  char *target = path == NULL ? NULL : realpath (path, NULL);
  GFile *followed;

  if (target == NULL)
    return g_object_ref (file);
  followed = g_file_new_for_path (target);
  free (target);
  return followed;
}

FxpNewFile *
fxp_new_file_open (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxpNewFile) self = NULL;

  g_return_val_if_fail (G_IS_FILE (file), NULL);

  self = g_new0 (FxpNewFile, 1);
  self->file = follow_links (file);
  if (!check_place (self, cancellable, error) || !create_beside (self, cancellable, error))
    {
      prefix_name (self, error);
      return NULL;
    }
  return g_steal_pointer (&self);
}

gboolean
fxp_new_file_write (FxpNewFile *self,
                    gconstpointer data,
                    gsize n_bytes,
                    GCancellable *cancellable,
                    GError **error)
{
  g_return_val_if_fail (self != NULL && self->beside != NULL, FALSE);

  return g_output_stream_write_all (G_OUTPUT_STREAM (self->stream),
                                    data,
                                    n_bytes,
                                    NULL,
                                    cancellable,
                                    error) ||
         prefix_name (self, error);
}

/* A rename may reach the disk before what was written does; a crash between them would leave an
 * empty file in the old one's place. */
static gboolean
sync_to_disk (FxpNewFile *self, GError **error)
{
  int fd;

  if (!G_IS_FILE_DESCRIPTOR_BASED (self->stream))
    return TRUE;
  fd = g_file_descriptor_based_get_fd (G_FILE_DESCRIPTOR_BASED (self->stream));
  if (fsync (fd) == 0 || errno == EINVAL || errno == EROFS)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno), g_strerror (errno));
  return FALSE;
}

gboolean
fxp_new_file_commit (FxpNewFile *self, GCancellable *cancellable, GError **error)
{
  GOutputStream *stream;

  g_return_val_if_fail (self != NULL && self->beside != NULL, FALSE);

  stream = G_OUTPUT_STREAM (self->stream);
  if (!g_output_stream_flush (stream, cancellable, error) || !sync_to_disk (self, error) ||
      !g_output_stream_close (stream, cancellable, error) ||
      !g_file_move (self->beside,
                    self->file,
                    G_FILE_COPY_OVERWRITE | G_FILE_COPY_NO_FALLBACK_FOR_MOVE,
                    cancellable,
                    NULL,
                    NULL,
                    error))
    return prefix_name (self, error);
  g_clear_object (&self->beside);
  return TRUE;
}

void
fxp_new_file_free (FxpNewFile *self)
{
  if (self == NULL)
    return;

  g_clear_object (&self->stream);
  /* There is nobody left to tell, and the error that matters was told. */
  if (self->beside != NULL)
    g_file_delete (self->beside, NULL, NULL);
  g_clear_object (&self->beside);
  g_clear_object (&self->file);
  g_free (self);
}

gboolean
fxp_new_file_save (GFile *file,
                   gconstpointer data,
                   gsize n_bytes,
                   GCancellable *cancellable,
                   GError **error)
{
  g_autoptr (FxpNewFile) self = fxp_new_file_open (file, cancellable, error);

  return self != NULL && fxp_new_file_write (self, data, n_bytes, cancellable, error) &&
         fxp_new_file_commit (self, cancellable, error);
}
