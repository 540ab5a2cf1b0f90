/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "export/npz.h"

#include "dataset/archive-library-private.h"
#include "training/checkpoint-private.h"
#include "number/new-file.h"

#include <glib/gi18n-lib.h>

/* The format of https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version
 * 1.0: magic, version, length of the head, the head as a Python literal, then the elements. */
#define NPY_MAGIC     "\x93NUMPY\x01\x00"
#define NPY_MAGIC_LEN 8
#define NPY_ALIGNMENT 64

/* An archive under way. */
typedef struct
{
  const FxpArchiveLibrary *lib;
  FxpNewFile *file;
  GCancellable *cancellable;
  struct archive *archive;
  GError *error; /* owned: of the file, which tells more than the archive's */
} Writing;

static la_ssize_t
write_cb (struct archive *archive, void *data, const void *buffer, size_t n_bytes)
{
  Writing *self = data;

  if (self->error != NULL ||
      !fxp_new_file_write (self->file, buffer, n_bytes, self->cancellable, &self->error))
    {
      self->lib->set_error (archive, G_IO_ERROR_FAILED, "the file cannot be written");
      return -1;
    }
  return n_bytes;
}

static gboolean
check (Writing *self, int status, GError **error)
{
  if (status >= ARCHIVE_WARN && self->error == NULL)
    return TRUE;
  if (self->error != NULL)
    g_propagate_error (error, g_steal_pointer (&self->error));
  else
    g_set_error (error,
                 G_IO_ERROR,
                 G_IO_ERROR_FAILED,
                 /* translators: why writing an archive failed, in the words of the library */
                 _ ("The archive cannot be written: %s"),
                 self->lib->error_string (self->archive));
  return FALSE;
}

/* The head of a .npy file; @dims: "" for a scalar, else as in "3,4,". */
static GByteArray *
make_head (const char *type, const char *dims)
{
  GByteArray *head = g_byte_array_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  guint8 length[2];

  g_string_printf (text, "{'descr': '%s', 'fortran_order': False, 'shape': (%s), }", type, dims);
  while ((NPY_MAGIC_LEN + sizeof length + text->len + 1) % NPY_ALIGNMENT != 0)
    g_string_append_c (text, ' ');
  g_string_append_c (text, '\n');
  length[0] = text->len & 0xff;
  length[1] = text->len >> 8;
  g_byte_array_append (head, (const guint8 *)NPY_MAGIC, NPY_MAGIC_LEN);
  g_byte_array_append (head, length, sizeof length);
  g_byte_array_append (head, (const guint8 *)text->str, text->len);
  return head;
}

static gboolean
add_array (Writing *self,
           const char *name,
           const char *type,
           const char *dims,
           gconstpointer data,
           gsize n_bytes,
           GError **error)
{
  g_autoptr (GByteArray) head = make_head (type, dims);
  g_autofree char *member = g_strconcat (name, ".npy", NULL);
  struct archive_entry *entry = self->lib->entry_new ();
  gboolean done;

  self->lib->entry_set_pathname (entry, member);
  self->lib->entry_set_filetype (entry, AE_IFREG);
  self->lib->entry_set_perm (entry, 0644);
  /* The same state makes the same file, whenever it is saved: 1980 is where zip's time begins. */
  self->lib->entry_set_mtime (entry, 315619200, 0);
  self->lib->entry_set_size (entry, head->len + n_bytes);
  done =
    check (self, self->lib->write_header (self->archive, entry), error) &&
    check (self, MIN (self->lib->write_data (self->archive, head->data, head->len), 0), error) &&
    (n_bytes == 0 ||
     check (self, MIN (self->lib->write_data (self->archive, data, n_bytes), 0), error));
  self->lib->entry_free (entry);
  return done;
}

/* A scalar of NumPy's text type: UCS-4. */
static gboolean
add_text (Writing *self, const char *name, const char *text, GError **error)
{
  glong n;
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (text, -1, &n);
  g_autofree char *type = g_strdup_printf ("<U%ld", n);

  for (glong i = 0; i < n; i++)
    characters[i] = GUINT32_TO_LE (characters[i]);
  return add_array (self, name, type, "", characters, n * sizeof *characters, error);
}

static const char *
get_type (FxpStorage storage)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
      return "|i1";
    case FXP_STORAGE_U8:
      return "|u1";
    case FXP_STORAGE_I16:
      return "<i2";
    case FXP_STORAGE_U16:
      return "<u2";
    case FXP_STORAGE_I32:
      return "<i4";
    case FXP_STORAGE_U32:
      return "<u4";
    case FXP_STORAGE_F32:
      return "<f4";
    default:
      g_return_val_if_reached (NULL);
    }
}

static gboolean
add_codes (Writing *self, const char *name, const FxpStored *stored, GError **error)
{
  g_autoptr (GString) dims = g_string_new (NULL);
  gsize n_bytes;
  gconstpointer data = g_bytes_get_data (stored->data, &n_bytes);

  for (guint i = 0; i < stored->shape.rank; i++)
    g_string_append_printf (dims, "%" G_GSIZE_FORMAT ",", stored->shape.dim[i]);
  return add_array (self,
                    name,
                    get_type (fxp_format_get_storage (stored->format)),
                    dims->str,
                    data,
                    n_bytes,
                    error);
}

static gboolean
add_format (Writing *self, const char *name, FxpFormat format, GError **error)
{
  g_autofree char *frac_bits_name = g_strconcat (name, ".frac_bits", NULL);
  g_autofree char *format_name = g_strconcat (name, ".format", NULL);
  g_autofree char *text = fxp_format_to_string (format);
  gint32 frac_bits = GINT32_TO_LE (format.frac_bits);

  return add_array (self, frac_bits_name, "<i4", "", &frac_bits, sizeof frac_bits, error) &&
         add_text (self, format_name, text, error);
}

/* One kind of what a layer has learnt, of both twins; nothing where there is none. */
static gboolean
add_learnt (Writing *self,
            const FxpCheckpoint *checkpoint,
            const char *layer_name,
            guint layer,
            FxpLearnt what,
            GError **error)
{
  const FxpStored *fixed = fxp_checkpoint_get_stored (checkpoint, FALSE, layer, what);
  const FxpStored *twin = fxp_checkpoint_get_stored (checkpoint, TRUE, layer, what);
  g_autofree char *name = g_strconcat (layer_name, ".", fxp_learnt_get_nick (what), NULL);
  g_autofree char *twin_name = NULL;

  /* Names that are none in Python are a nuisance there. */
  g_strdelimit (name, "-", '_');
  twin_name = g_strconcat (name, ".twin", NULL);
  if (fixed != NULL &&
      (!add_codes (self, name, fixed, error) || !add_format (self, name, fixed->format, error)))
    return FALSE;
  /* The twin has no residue: its weights are float. */
  return twin == NULL || what == FXP_LEARNT_WEIGHT_ACC || add_codes (self, twin_name, twin, error);
}

static gboolean
add_layers (Writing *self, const FxpCheckpoint *checkpoint, GError **error)
{
  FxpTopology *topology = fxp_experiment_get_topology (fxp_checkpoint_get_experiment (checkpoint));

  for (guint layer = 0; layer < fxp_topology_get_n_weighted (topology); layer++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, layer);

      for (guint what = 0; what < FXP_N_LEARNT; what++)
        if (!add_learnt (self, checkpoint, name, layer, what, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
add_rest (Writing *self, const FxpCheckpoint *checkpoint, GError **error)
{
  g_autofree char *text = fxp_experiment_to_data (fxp_checkpoint_get_experiment (checkpoint));
  guint64 step = GUINT64_TO_LE (fxp_checkpoint_get_step (checkpoint));

  return add_array (self, "step", "<u8", "", &step, sizeof step, error) &&
         add_text (self, "fingerprint", fxp_checkpoint_get_fingerprint (checkpoint), error) &&
         add_text (self, "experiment", text, error);
}

static gboolean
write_archive (Writing *self, const FxpCheckpoint *checkpoint, GError **error)
{
  struct archive *archive = self->archive;

  return check (self, self->lib->write_set_format_zip (archive), error) &&
         check (self, self->lib->write_zip_set_compression_store (archive), error) &&
         /* No padding to whole blocks, which tapes want and files do not. */
         check (self, self->lib->write_set_bytes_in_last_block (archive, 1), error) &&
         check (self, self->lib->write_open (archive, self, NULL, write_cb, NULL), error) &&
         add_layers (self, checkpoint, error) && add_rest (self, checkpoint, error) &&
         check (self, self->lib->write_close (archive), error);
}

static const FxpArchiveLibrary *
get_library (GError **error)
{
  const FxpArchiveLibrary *lib = fxp_archive_library_get (error);

  if (lib == NULL)
    /* translators: what follows says which library is missing */
    g_prefix_error (error, _ ("NumPy archives cannot be written: "));
  return lib;
}

gboolean
fxp_npz_prepare (GError **error)
{
  return get_library (error) != NULL;
}

gboolean
fxp_npz_save (const FxpCheckpoint *checkpoint,
              GFile *file,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (FxpNewFile) new_file = NULL;
  Writing writing = {.cancellable = cancellable};
  gboolean done;

  g_return_val_if_fail (checkpoint != NULL && G_IS_FILE (file), FALSE);

  writing.lib = get_library (error);
  if (writing.lib == NULL)
    return FALSE;
  new_file = fxp_new_file_open (file, cancellable, error);
  if (new_file == NULL)
    return FALSE;
  writing.file = new_file;
  writing.archive = writing.lib->write_new ();
  done = write_archive (&writing, checkpoint, error);
  writing.lib->write_free (writing.archive);
  g_clear_error (&writing.error);
  return done && fxp_new_file_commit (new_file, cancellable, error);
}
