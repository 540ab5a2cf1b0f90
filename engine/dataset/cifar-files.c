/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* A CIFAR set is a folder of files with these names, plain or gzip; some training files are enough.
 * A file of another name stands for itself. */

#define TRAIN_FILES_MAX 5

static const struct
{
  const char *train[TRAIN_FILES_MAX];
  const char *test;
  const char *class_names;
} layouts[FXP_CIFAR_N_KINDS] = {
  [FXP_CIFAR_10] =
    {{"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4", "data_batch_5"},
     "test_batch",
     "batches.meta.txt"},
  [FXP_CIFAR_100] = {{"train"}, "test", "fine_label_names.txt"},
};

/* Without ".bin" the names of CIFAR-100 would be those of many other things. */
static const char *const endings[FXP_CIFAR_N_KINDS][4] = {
  [FXP_CIFAR_10] = {".bin", ".bin.gz", "", ".gz"},
  [FXP_CIFAR_100] = {".bin", ".bin.gz"},
};

/* More than any list of names takes. */
#define NAMES_BYTES_MAX 65536

typedef struct
{
  FxpCifarKind kind;
  GFile *folder;
  GPtrArray *train; /* of GFile */
  GFile *test;      /* or NULL: undivided */
} CifarSet;

static void
clear_set (CifarSet *self)
{
  g_clear_object (&self->folder);
  g_clear_pointer (&self->train, g_ptr_array_unref);
  g_clear_object (&self->test);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CifarSet, clear_set)

static gboolean
is_named (const char *basename, FxpCifarKind kind, const char *stem)
{
  if (stem == NULL || !g_str_has_prefix (basename, stem))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (endings[kind]); i++)
    if (g_strcmp0 (basename + strlen (stem), endings[kind][i]) == 0)
      return TRUE;
  return FALSE;
}

/* Whether @basename has a place in the layout of @kind, and whether to test on. */
static gboolean
find_place (const char *basename, FxpCifarKind kind, gboolean *is_test)
{
  *is_test = is_named (basename, kind, layouts[kind].test);
  if (*is_test)
    return TRUE;
  for (guint i = 0; i < TRAIN_FILES_MAX; i++)
    if (is_named (basename, kind, layouts[kind].train[i]))
      return TRUE;
  return FALSE;
}

gboolean
fxp_cifar_files_recognize (const char *basename, const guint8 *head, gsize n_head)
{
  gboolean is_test;

  return g_str_has_suffix (basename, ".bin") || g_str_has_suffix (basename, ".bin.gz") ||
         find_place (basename, FXP_CIFAR_10, &is_test);
}

gboolean
fxp_cifar_files_recognize_folder (const char *const *names)
{
  for (; *names != NULL; names++)
    for (FxpCifarKind kind = 0; kind < FXP_CIFAR_N_KINDS; kind++)
      {
        gboolean is_test;

        if (find_place (*names, kind, &is_test))
          return TRUE;
      }
  return FALSE;
}

/* The file of a name in the folder, or NULL if there is none. */
static GFile *
find_file (const CifarSet *self, const char *stem, GCancellable *cancellable)
{
  for (guint i = 0; stem != NULL && i < G_N_ELEMENTS (endings[0]); i++)
    {
      const char *ending = endings[self->kind][i];
      g_autofree char *name = g_strconcat (stem, ending, NULL);
      g_autoptr (GFile) file = g_file_get_child (self->folder, name);

      if (ending != NULL &&
          g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) == G_FILE_TYPE_REGULAR)
        return g_steal_pointer (&file);
    }
  return NULL;
}

static void
find_train (CifarSet *self, GCancellable *cancellable)
{
  for (guint i = 0; i < TRAIN_FILES_MAX; i++)
    {
      GFile *file = find_file (self, layouts[self->kind].train[i], cancellable);

      if (file != NULL)
        g_ptr_array_add (self->train, file);
    }
}

/* Without files to train on, what there is gets divided. */
static void
settle (CifarSet *self)
{
  if (self->train->len == 0 && self->test != NULL)
    g_ptr_array_add (self->train, g_steal_pointer (&self->test));
}

static void
choose_from_folder (CifarSet *self, GCancellable *cancellable)
{
  for (guint kind = 0; kind < FXP_CIFAR_N_KINDS; kind++)
    {
      self->kind = kind;
      find_train (self, cancellable);
      self->test = find_file (self, layouts[self->kind].test, cancellable);
      settle (self);
      if (self->train->len > 0)
        return;
    }
}

/* The names of CIFAR-10's files can mean nothing else; otherwise the size decides where it is a
 * multiple of only one of the record sizes.  What is neither, the reader finds. */
static FxpCifarKind
tell_kind (const char *basename, guint64 n_bytes)
{
  gboolean fits_10 = n_bytes % fxp_cifar_get_record_size (FXP_CIFAR_10) == 0;
  gboolean fits_100 = n_bytes % fxp_cifar_get_record_size (FXP_CIFAR_100) == 0;
  gboolean is_test;

  if (find_place (basename, FXP_CIFAR_10, &is_test))
    return FXP_CIFAR_10;
  if (find_place (basename, FXP_CIFAR_100, &is_test))
    return fits_10 && !fits_100 ? FXP_CIFAR_10 : FXP_CIFAR_100;
  return fits_100 && !fits_10 ? FXP_CIFAR_100 : FXP_CIFAR_10;
}

/* A training file is trained on alone; a test file goes with all there are to train on; one that
 * has no place in the layout stands for itself. */
static void
choose_by_file (CifarSet *self, GFile *file, GCancellable *cancellable)
{
  g_autofree char *basename = g_file_get_basename (file);
  gboolean is_test;

  self->kind = tell_kind (basename, fxp_byte_reader_guess_size (file, NULL, cancellable));
  if (!find_place (basename, self->kind, &is_test))
    g_ptr_array_add (self->train, g_object_ref (file));
  else if (is_test)
    {
      self->test = g_object_ref (file);
      find_train (self, cancellable);
    }
  else
    {
      g_ptr_array_add (self->train, g_object_ref (file));
      self->test = find_file (self, layouts[self->kind].test, cancellable);
    }
  settle (self);
}

/* Rows that the files hold as far as their sizes tell; @n_known of them are certain. */
static gsize
guess_rows (const CifarSet *self, GPtrArray *files, gsize *n_known, GCancellable *cancellable)
{
  guint64 n_all = 0;

  *n_known = 0;
  for (guint i = 0; i < files->len; i++)
    {
      GFile *file = g_ptr_array_index (files, i);
      gboolean is_packed = TRUE;
      guint64 n = fxp_byte_reader_guess_size (file, &is_packed, cancellable) /
                  fxp_cifar_get_record_size (self->kind);

      n = MIN (n, FXP_DATASET_SAMPLES_MAX);
      n_all += n;
      *n_known += is_packed ? 0 : n;
    }
  return (gsize)MIN (n_all, FXP_DATASET_SAMPLES_MAX);
}

static FxpSamples *
load_files (const CifarSet *self,
            GPtrArray *files,
            FxpProgress *progress,
            GCancellable *cancellable,
            GError **error)
{
  g_autoptr (FxpSamples) samples = fxp_cifar_new_samples ();
  g_autofree char *place = g_file_get_parse_name (self->folder);
  gsize n_known;
  gsize n_rows = guess_rows (self, files, &n_known, cancellable);

  if (!fxp_samples_reserve (samples, n_known, n_known, place, error))
    return NULL;
  for (guint i = 0; i < files->len; i++)
    {
      g_autoptr (FxpByteReader) reader =
        fxp_byte_reader_open (g_ptr_array_index (files, i), cancellable, error);

      if (reader == NULL)
        return NULL;
      fxp_byte_reader_set_progress (reader, progress);
      if (!fxp_cifar_read (samples, self->kind, reader, n_rows, cancellable, error))
        return NULL;
    }
  fxp_samples_trim (samples);
  return g_steal_pointer (&samples);
}

/* The lines of @text that are not blank. */
static GPtrArray *
split_names (const char *text, gsize n)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize)n);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_ptr_array_add (names, g_strdup (lines[i]));
  return names;
}

/* Takes the names of the classes from the list beside the records, if there is one. */
static gboolean
load_class_names (const CifarSet *self,
                  FxpDataset *dataset,
                  GCancellable *cancellable,
                  GError **error)
{
  g_autoptr (GFile) file = g_file_get_child (self->folder, layouts[self->kind].class_names);
  g_autoptr (FxpByteReader) reader = NULL;
  g_autoptr (GPtrArray) names = NULL;
  g_autofree char *text = NULL;
  gssize n;

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_REGULAR)
    return TRUE;
  reader = fxp_byte_reader_open (file, cancellable, error);
  if (reader == NULL)
    return FALSE;
  text = g_malloc (NAMES_BYTES_MAX);
  n = fxp_byte_reader_read (reader, text, NAMES_BYTES_MAX, cancellable, error);
  if (n < 0)
    return FALSE;
  names = split_names (text, (gsize)n);
  if (names->len != dataset->n_classes)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %u lines with names, expected %u, one for each class"),
                   fxp_byte_reader_get_name (reader),
                   names->len,
                   dataset->n_classes);
      return FALSE;
    }
  g_ptr_array_add (names, NULL);
  fxp_dataset_take_class_names (dataset,
                                (char **)g_ptr_array_free (g_steal_pointer (&names), FALSE));
  return TRUE;
}

static FxpDataset *
load_set (const CifarSet *self,
          const FxpDatasetSource *source,
          GCancellable *cancellable,
          GError **error)
{
  static const char *const names[] = {"CIFAR-10", "CIFAR-100"};
  g_autoptr (GPtrArray) test_files = g_ptr_array_new ();
  g_autoptr (FxpSamples) train = NULL;
  g_autoptr (FxpSamples) test = NULL;
  g_autoptr (FxpDataset) dataset = NULL;
  FxpProgress progress = FXP_PROGRESS_INIT (source);

  for (guint i = 0; i < self->train->len; i++)
    fxp_progress_expect (&progress, g_ptr_array_index (self->train, i), cancellable);
  fxp_progress_expect (&progress, self->test, cancellable);
  train = load_files (self, self->train, &progress, cancellable, error);
  if (train == NULL)
    return NULL;
  if (self->test != NULL)
    {
      g_ptr_array_add (test_files, self->test);
      test = load_files (self, test_files, &progress, cancellable, error);
      if (test == NULL)
        return NULL;
    }
  dataset = fxp_cifar_new_dataset (names[self->kind],
                                   self->kind,
                                   g_steal_pointer (&train),
                                   g_steal_pointer (&test));
  if (!load_class_names (self, dataset, cancellable, error) ||
      (self->test == NULL && !fxp_dataset_divide (dataset, source, cancellable, error)))
    return NULL;
  return g_steal_pointer (&dataset);
}

FxpDataset *
fxp_cifar_files_load (GFile *file,
                      gboolean is_folder,
                      const FxpDatasetSource *source,
                      GCancellable *cancellable,
                      GError **error)
{
  g_auto (CifarSet) set = {.train = g_ptr_array_new_with_free_func (g_object_unref)};

  set.folder = is_folder ? g_object_ref (file) : g_file_get_parent (file);
  if (is_folder)
    choose_from_folder (&set, cancellable);
  else
    choose_by_file (&set, file, cancellable);
  /* A cancelled search finds nothing. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (set.train->len == 0)
    {
      g_autofree char *place = g_file_get_parse_name (file);

      /* They went away since the folder was recognized. */
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: no CIFAR files in this folder, expected such as data_batch_1.bin"),
                   place);
      return NULL;
    }
  return load_set (&set, source, cancellable, error);
}
