/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/archive-library-private.h"
#include "dataset/zip-archive-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>

#define PIECE 65536

struct _FxpZipArchive
{
  const FxpArchiveLibrary *lib;
  char *name;
  GFileInputStream *file;
  struct archive *archive;
  FxpProgress *progress;     /* borrowed, or NULL */
  GCancellable *cancellable; /* borrowed, of the call under way */
  GError *error;             /* owned: of the file, which tells more than the archive's */
  char *member;
  guint8 piece[PIECE];
};

#define FXP_TYPE_ZIP_MEMBER (fxp_zip_member_get_type ())
G_DECLARE_FINAL_TYPE (FxpZipMember, fxp_zip_member, FXP, ZIP_MEMBER, GInputStream)

struct _FxpZipMember
{
  GInputStream parent_instance;

  FxpZipArchive *archive; /* borrowed */
};

G_DEFINE_FINAL_TYPE (FxpZipMember, fxp_zip_member, G_TYPE_INPUT_STREAM)

static la_ssize_t
read_cb (struct archive *archive, void *data, const void **buffer)
{
  FxpZipArchive *self = data;
  gssize n;

  g_clear_error (&self->error);
  n = g_input_stream_read (G_INPUT_STREAM (self->file),
                           self->piece,
                           PIECE,
                           self->cancellable,
                           &self->error);
  if (n > 0 && self->progress != NULL)
    fxp_progress_advance (self->progress, (gsize)n);
  if (n < 0)
    self->lib->set_error (archive, G_IO_ERROR_FAILED, "the file cannot be read");
  *buffer = self->piece;
  return n;
}

static la_int64_t
seek_cb (struct archive *archive, void *data, la_int64_t offset, int whence)
{
  FxpZipArchive *self = data;
  GSeekType type = whence == SEEK_SET ? G_SEEK_SET : whence == SEEK_CUR ? G_SEEK_CUR : G_SEEK_END;

  g_clear_error (&self->error);
  if (g_seekable_seek (G_SEEKABLE (self->file), offset, type, self->cancellable, &self->error))
    return g_seekable_tell (G_SEEKABLE (self->file));
  self->lib->set_error (archive, G_IO_ERROR_FAILED, "the file cannot be read");
  return ARCHIVE_FATAL;
}

/* @text, which comes from the file, as it may stand in a message of one line. */
static char *
make_line (const char *text)
{
  char *line = g_utf8_make_valid (text != NULL ? text : "", -1);

  for (char *at = line; *at != '\0'; at++)
    if (g_ascii_iscntrl (*at))
      *at = ' ';
  return line;
}

/* Turns the archive's or the file's error into ours, without its place.  A warning, as of a wrong
 * checksum, means that the data cannot be trusted. */
static gboolean
check (FxpZipArchive *self, int status, GError **error)
{
  g_autofree char *words = NULL;

  if (status == ARCHIVE_OK)
    return TRUE;
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  words = make_line (self->lib->error_string (self->archive));
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               /* translators: what is wrong with a file, in the words of a library */
               _ ("“%s”, expected a whole zip archive of NumPy arrays"),
               words);
  return FALSE;
}

FxpZipArchive *
fxp_zip_archive_open (GFile *file, FxpProgress *progress, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxpZipArchive) self = NULL;
  g_autofree char *name = g_file_get_parse_name (file);
  const FxpArchiveLibrary *lib = fxp_archive_library_get (error);
  GFileInputStream *stream;

  if (lib == NULL)
    {
      /* translators: a file; what follows says which library is missing */
      g_prefix_error (error, _ ("%s: zip archives cannot be read: "), name);
      return NULL;
    }
  stream = g_file_read (file, cancellable, error);
  if (stream == NULL)
    return NULL;
  self = g_new0 (FxpZipArchive, 1);
  self->lib = lib;
  self->file = stream;
  self->name = g_steal_pointer (&name);
  self->progress = progress;
  self->cancellable = cancellable;
  self->archive = self->lib->read_new ();
  /* By its directory at the end, which knows the sizes. */
  if (!check (self, self->lib->read_support_format_zip_seekable (self->archive), error) ||
      !check (self, self->lib->read_set_read_callback (self->archive, read_cb), error) ||
      !check (self, self->lib->read_set_seek_callback (self->archive, seek_cb), error) ||
      !check (self, self->lib->read_set_callback_data (self->archive, self), error) ||
      !check (self, self->lib->read_open1 (self->archive), error))
    {
      g_prefix_error (error, "%s: ", self->name);
      return NULL;
    }
  return g_steal_pointer (&self);
}

void
fxp_zip_archive_free (FxpZipArchive *self)
{
  if (self == NULL)
    return;
  self->lib->read_free (self->archive);
  g_clear_error (&self->error);
  g_object_unref (self->file);
  g_free (self->member);
  g_free (self->name);
  g_free (self);
}

const char *
fxp_zip_archive_next (FxpZipArchive *self, GCancellable *cancellable, GError **error)
{
  struct archive_entry *entry;
  int status;

  self->cancellable = cancellable;
  status = self->lib->read_next_header (self->archive, &entry);
  if (status == ARCHIVE_EOF)
    return NULL;
  if (!check (self, status, error))
    {
      g_prefix_error (error, "%s: ", self->name);
      return NULL;
    }
  g_free (self->member);
  self->member = make_line (self->lib->entry_pathname (entry));
  return self->member;
}

GInputStream *
fxp_zip_archive_get_stream (FxpZipArchive *self)
{
  FxpZipMember *member = g_object_new (FXP_TYPE_ZIP_MEMBER, NULL);

  member->archive = self;
  return G_INPUT_STREAM (member);
}

/* The byte reader puts the place in front of the error. */
static gssize
read_member (GInputStream *stream, void *buffer, gsize n, GCancellable *cancellable, GError **error)
{
  FxpZipArchive *archive = FXP_ZIP_MEMBER (stream)->archive;
  gssize n_read;

  archive->cancellable = cancellable;
  n_read = archive->lib->read_data (archive->archive, buffer, n);
  if (n_read < 0)
    check (archive, (int)n_read, error);
  return MAX (n_read, -1);
}

static void
fxp_zip_member_class_init (FxpZipMemberClass *klass)
{
  G_INPUT_STREAM_CLASS (klass)->read_fn = read_member;
}

static void
fxp_zip_member_init (FxpZipMember *self)
{
}
