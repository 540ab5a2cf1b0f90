/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>

/* A row per format, asked in this order.  CIFAR goes by name before IDX goes by its two zero bytes,
 * as a black picture of class 0 begins with them too; the last row takes whatever file is left. */
static const FxpFileFormat file_formats[] = {
  {fxp_mat_recognize, fxp_mat_recognize_folder, fxp_mat_load},
  {fxp_npz_recognize, NULL, fxp_npz_load},
  {fxp_cifar_files_recognize, fxp_cifar_files_recognize_folder, fxp_cifar_files_load},
  {fxp_idx_files_recognize, fxp_idx_files_recognize_folder, fxp_idx_files_load},
  {fxp_csv_recognize, NULL, fxp_csv_load},
};

/* Where the files lie inside the folder that a download or another program makes. */
static const char *const inner_folders[] = {
  ".",
  "raw",
  "MNIST/raw",
  "FashionMNIST/raw",
  "cifar-10-batches-bin",
  "cifar-100-binary",
};

static const FxpFileFormat *
find_for_file (GFile *file, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxpByteReader) reader = fxp_byte_reader_open (file, cancellable, error);
  g_autofree char *basename = g_file_get_basename (file);
  guint8 head[FXP_DATASET_HEAD_BYTES];
  gssize n_head;

  if (reader == NULL)
    return NULL;
  n_head = fxp_byte_reader_read (reader, head, sizeof head, cancellable, error);
  if (n_head < 0)
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (file_formats); i++)
    if (file_formats[i].recognize (basename, head, (gsize)n_head))
      return &file_formats[i];
  g_assert_not_reached ();
}

/* The names of the regular files in @folder, NULL-terminated. */
static GPtrArray *
list_files (GFile *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GFileEnumerator) children =
    g_file_enumerate_children (folder,
                               G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                               G_FILE_QUERY_INFO_NONE,
                               cancellable,
                               error);
  GFileInfo *info = NULL;

  if (children == NULL)
    return NULL;
  do
    {
      if (!g_file_enumerator_iterate (children, &info, NULL, cancellable, error))
        return NULL;
      if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR)
        g_ptr_array_add (names, g_strdup (g_file_info_get_name (info)));
    }
  while (info != NULL);
  g_ptr_array_add (names, NULL);
  return g_steal_pointer (&names);
}

const FxpFileFormat *
fxp_file_format_find_in_folder (GFile *folder,
                                GFile **found,
                                GCancellable *cancellable,
                                GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (inner_folders); i++)
    {
      g_autoptr (GFile) inner = g_file_resolve_relative_path (folder, inner_folders[i]);
      g_autoptr (GError) local_error = NULL;
      g_autoptr (GPtrArray) names = list_files (inner, cancellable, &local_error);

      /* Only the folder itself has to be there. */
      if (names == NULL && (i == 0 || g_cancellable_is_cancelled (cancellable)))
        {
          g_propagate_error (error, g_steal_pointer (&local_error));
          return NULL;
        }
      for (gsize j = 0; names != NULL && j < G_N_ELEMENTS (file_formats); j++)
        if (file_formats[j].recognize_folder != NULL &&
            file_formats[j].recognize_folder ((const char *const *)names->pdata))
          {
            *found = g_steal_pointer (&inner);
            return &file_formats[j];
          }
    }
  return NULL;
}

static FxpDataset *
load_folder (GFile *folder,
             const FxpDatasetSource *source,
             GCancellable *cancellable,
             GError **error)
{
  g_autoptr (GFile) found = NULL;
  g_autoptr (GError) local_error = NULL;
  g_autofree char *place = g_file_get_parse_name (folder);
  const FxpFileFormat *format =
    fxp_file_format_find_in_folder (folder, &found, cancellable, &local_error);

  if (format != NULL)
    return format->load (found, TRUE, source, cancellable, error);
  if (local_error != NULL)
    g_propagate_error (error, g_steal_pointer (&local_error));
  else
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_DATASET,
                 _ ("%s: no data set in this folder, expected files named such as "
                    "train-images-idx3-ubyte, data_batch_1.bin or train_32x32.mat"),
                 place);
  return NULL;
}

FxpDataset *
fxp_file_format_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (source->path);
  g_autofree char *place = g_file_get_parse_name (file);
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GFileInfo) info = g_file_query_info (file,
                                                  G_FILE_ATTRIBUTE_STANDARD_TYPE,
                                                  G_FILE_QUERY_INFO_NONE,
                                                  cancellable,
                                                  &local_error);
  const FxpFileFormat *format;

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_NOT_FOUND,
                   _ ("%s: there is no such file, expected IDX, CIFAR, CSV, NumPy or MATLAB data "
                      "or a folder of such files"),
                   place);
      return NULL;
    }
  if (info == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  if (g_file_info_get_file_type (info) == G_FILE_TYPE_DIRECTORY)
    return load_folder (file, source, cancellable, error);
  /* A pipe or a device may never come to an end. */
  if (g_file_info_get_file_type (info) != G_FILE_TYPE_REGULAR)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: is a device or a pipe, expected a file or a folder"),
                   place);
      return NULL;
    }
  format = find_for_file (file, cancellable, error);
  if (format == NULL)
    return NULL;
  return format->load (file, FALSE, source, cancellable, error);
}
