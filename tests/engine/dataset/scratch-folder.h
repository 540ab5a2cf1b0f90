/* SPDX-License-Identifier: MIT */
/* A temporary folder of data files, and what every loader test asks of an error. */
#pragma once

#include "dataset/dataset.h"
#include "number/error.h"

#include <glib/gstdio.h>
#include <string.h>

static inline char *
scratch_folder_new (void)
{
  g_autoptr (GError) error = NULL;
  char *folder = g_dir_make_tmp ("roundoff-dataset-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

/* Returns the path of the new file.  An old one of that name goes first, as some file systems wait
 * for the disk when a file is overwritten. */
static inline char *
scratch_folder_write (const char *folder, const char *name, gconstpointer data, gsize n)
{
  char *path = g_build_filename (folder, name, NULL);
  FILE *file;

  g_unlink (path);
  file = g_fopen (path, "wb");
  g_assert_nonnull (file);
  g_assert_true (n == 0 || fwrite (data, 1, n, file) == n);
  g_assert_no_errno (fclose (file));
  return path;
}

static inline void
scratch_folder_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_no_errno (g_remove (path));
    }
}

static inline void
scratch_folder_remove (char *folder)
{
  scratch_folder_empty (folder);
  g_assert_no_errno (g_rmdir (folder));
  g_free (folder);
}

static inline GBytes *
gzip_bytes (gconstpointer data, gsize n)
{
  g_autoptr (GConverter) gzip =
    G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
  g_autoptr (GInputStream) plain = g_memory_input_stream_new_from_data (data, (gssize)n, NULL);
  g_autoptr (GInputStream) packed = g_converter_input_stream_new (plain, gzip);
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autoptr (GError) error = NULL;
  guint8 piece[4096];
  gssize n_read;

  while ((n_read = g_input_stream_read (packed, piece, sizeof piece, NULL, &error)) > 0)
    g_byte_array_append (bytes, piece, (guint)n_read);
  g_assert_no_error (error);
  return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
}

static inline FxpDataset *
load_path (const char *path, double test_share, guint64 seed)
{
  FxpDatasetSource source = {.path = path, .test_share = test_share, .seed = seed};
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  g_assert_nonnull (dataset);
  return dataset;
}

/* One sentence that names the file (or @place) and holds @text. */
static inline void
assert_one_sentence (const GError *error, const char *place, const char *text)
{
  g_test_message ("%s", error->message);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, place));
  if (strstr (error->message, text) == NULL)
    g_error ("“%s” does not say “%s”", error->message, text);
}

static inline void
assert_path_fails (const char *path, const char *place, const char *text)
{
  FxpDatasetSource source = {.path = path, .test_share = 0.5};
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_dataset_load (&source, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_DATASET);
  assert_one_sentence (error, place, text);
}
