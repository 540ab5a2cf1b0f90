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

/* Removes what is in it, folders too. */
static inline void
scratch_folder_empty (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_DIR) && !g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        scratch_folder_empty (path);
      g_assert_no_errno (g_remove (path));
    }
}

/* Makes a folder in it, and those on the way; returns its path. */
static inline char *
scratch_folder_add (const char *folder, const char *name)
{
  char *path = g_build_filename (folder, name, NULL);

  g_assert_no_errno (g_mkdir_with_parents (path, 0755));
  return path;
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

/* Takes @bytes; packs them if the name ends in .gz.  Returns the path. */
static inline char *
scratch_folder_take (const char *folder, const char *name, GByteArray *bytes)
{
  g_autoptr (GByteArray) plain = bytes;

  if (g_str_has_suffix (name, ".gz"))
    {
      g_autoptr (GBytes) packed = gzip_bytes (plain->data, plain->len);

      return scratch_folder_write (folder,
                                   name,
                                   g_bytes_get_data (packed, NULL),
                                   g_bytes_get_size (packed));
    }
  return scratch_folder_write (folder, name, plain->data, plain->len);
}

/* The folder of a real set that tests may use, or NULL after saying what is missing. */
static inline char *
find_real_data (const char *set)
{
  const char *root = g_getenv ("ROUNDOFF_TEST_DATA");
  g_autofree char *path =
    root != NULL ? g_build_filename (root, set, NULL)
                 : g_test_build_filename (G_TEST_DIST, "..", "..", "shared", "data", set, NULL);
  g_autofree char *message = NULL;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&path);
  message = g_strdup_printf ("%s is missing", path);
  g_test_skip (message);
  return NULL;
}

static inline void
assert_labels (FxpDataset *dataset, FxpSplit split, const guint16 *expected, gsize n)
{
  for (guint32 row = 0; row < n; row++)
    {
      guint16 label = 0;

      fxp_dataset_gather (dataset, split, &row, 1, NULL, &label);
      g_assert_cmpuint (label, ==, expected[row]);
    }
}

static inline void
assert_counts (FxpDataset *dataset, gsize n_train, gsize n_test)
{
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, n_train);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, n_test);
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
