/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "dataset/idx-name-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* An IDX set is up to four files beside each other, told by name. */

static const char *const packings[] = {"", ".gz"};

typedef struct
{
  GFile *folder;
  GFile *given;    /* the file that was asked for, or NULL; it goes before others of its role */
  FxpIdxName name; /* of the given file; of a folder only the prefix counts */
} IdxSet;

static void
clear_set (IdxSet *self)
{
  g_clear_object (&self->folder);
  g_clear_object (&self->given);
  fxp_idx_name_clear (&self->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IdxSet, clear_set)

gboolean
fxp_idx_files_recognize (const char *basename, const guint8 *head, gsize n_head)
{
  g_auto (FxpIdxName) name = {0};

  /* No text begins with two zero bytes, so a magic number of another kind of IDX file gets an
   * answer about IDX files. */
  return (n_head >= 4 && head[0] == 0 && head[1] == 0) || fxp_idx_name_parse (&name, basename);
}

gboolean
fxp_idx_files_recognize_folder (const char *const *names)
{
  for (; *names != NULL; names++)
    {
      g_auto (FxpIdxName) name = {0};

      if (fxp_idx_name_parse (&name, *names))
        return TRUE;
    }
  return FALSE;
}

/* The file of a part and kind, or NULL if there is none. */
static GFile *
find_file (const IdxSet *self, FxpIdxPart part, FxpIdxKind kind, GCancellable *cancellable)
{
  if (self->given != NULL && part == self->name.part && kind == self->name.kind)
    return g_object_ref (self->given);
  for (guint i = 0; i < FXP_IDX_N_SPELLINGS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (packings); j++)
      {
        g_autofree char *name = g_strconcat (self->name.prefix,
                                             fxp_idx_part_get_text (part),
                                             fxp_idx_kind_get_text (kind, i),
                                             packings[j],
                                             NULL);
        g_autoptr (GFile) file = g_file_get_child (self->folder, name);

        if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) ==
            G_FILE_TYPE_REGULAR)
          return g_steal_pointer (&file);
      }
  return NULL;
}

static gboolean
has_part (const IdxSet *self, FxpIdxPart part, GCancellable *cancellable)
{
  g_autoptr (GFile) images = find_file (self, part, FXP_IDX_IMAGES, cancellable);
  g_autoptr (GFile) labels = find_file (self, part, FXP_IDX_LABELS, cancellable);

  return images != NULL || labels != NULL;
}

static void
set_missing (const IdxSet *self, FxpIdxPart part, FxpIdxKind missing, GFile *other, GError **error)
{
  g_autofree char *place = g_file_get_parse_name (other != NULL ? other : self->folder);
  g_autofree char *prefix = g_filename_display_name (self->name.prefix);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: has no partner, expected %s%s%s or its .gz beside it"),
               place,
               prefix,
               fxp_idx_part_get_text (part),
               fxp_idx_kind_get_text (missing, 0));
}

/* Counts in both files of a part. */
static void
expect_part (const IdxSet *self, FxpIdxPart part, FxpProgress *progress, GCancellable *cancellable)
{
  g_autoptr (GFile) images = find_file (self, part, FXP_IDX_IMAGES, cancellable);
  g_autoptr (GFile) labels = find_file (self, part, FXP_IDX_LABELS, cancellable);

  fxp_progress_expect (progress, images, cancellable);
  fxp_progress_expect (progress, labels, cancellable);
}

static FxpSamples *
load_part (const IdxSet *self,
           FxpIdxPart part,
           FxpShape *shape,
           FxpProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GFile) images = find_file (self, part, FXP_IDX_IMAGES, cancellable);
  g_autoptr (GFile) labels = find_file (self, part, FXP_IDX_LABELS, cancellable);
  g_autoptr (FxpByteReader) images_reader = NULL;
  g_autoptr (FxpByteReader) labels_reader = NULL;

  /* A cancelled search finds nothing. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (images == NULL || labels == NULL)
    {
      set_missing (self,
                   part,
                   images == NULL ? FXP_IDX_IMAGES : FXP_IDX_LABELS,
                   images == NULL ? labels : images,
                   error);
      return NULL;
    }
  images_reader = fxp_byte_reader_open (images, cancellable, error);
  if (images_reader == NULL)
    return NULL;
  labels_reader = fxp_byte_reader_open (labels, cancellable, error);
  if (labels_reader == NULL)
    return NULL;
  fxp_byte_reader_set_progress (images_reader, progress);
  fxp_byte_reader_set_progress (labels_reader, progress);
  return fxp_idx_read (images_reader, labels_reader, shape, cancellable, error);
}

/* Collects the prefixes of the images or labels in the folder, each once. */
static GPtrArray *
list_prefixes (GFile *folder, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) prefixes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GFileEnumerator) children = NULL;
  GFileInfo *info = NULL;

  children =
    g_file_enumerate_children (folder,
                               G_FILE_ATTRIBUTE_STANDARD_NAME "," G_FILE_ATTRIBUTE_STANDARD_TYPE,
                               G_FILE_QUERY_INFO_NONE,
                               cancellable,
                               error);
  if (children == NULL)
    return NULL;
  do
    {
      g_auto (FxpIdxName) name = {0};

      if (!g_file_enumerator_iterate (children, &info, NULL, cancellable, error))
        return NULL;
      if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
          fxp_idx_name_parse (&name, g_file_info_get_name (info)) &&
          !g_ptr_array_find_with_equal_func (prefixes, name.prefix, g_str_equal, NULL))
        g_ptr_array_add (prefixes, g_steal_pointer (&name.prefix));
    }
  while (info != NULL);
  return g_steal_pointer (&prefixes);
}

/* A folder must hold one set, or nobody could tell which is meant. */
static gboolean
choose_from_folder (IdxSet *self, GCancellable *cancellable, GError **error)
{
  g_autoptr (GPtrArray) prefixes = list_prefixes (self->folder, cancellable, error);
  g_autofree char *place = g_file_get_parse_name (self->folder);

  if (prefixes == NULL)
    return FALSE;
  /* Unless they went away since the folder was recognized. */
  if (prefixes->len == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: no IDX files in this folder, expected such as %s%s"),
                   place,
                   fxp_idx_part_get_text (FXP_IDX_TRAIN),
                   fxp_idx_kind_get_text (FXP_IDX_IMAGES, 0));
      return FALSE;
    }
  if (prefixes->len > 1)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %u sets of IDX files in this folder, expected one, or the path of one "
                      "of the files"),
                   place,
                   prefixes->len);
      return FALSE;
    }
  self->name.prefix = g_strdup (g_ptr_array_index (prefixes, 0));
  return TRUE;
}

static gboolean
choose_by_file (IdxSet *self, GFile *file, GError **error)
{
  g_autofree char *basename = g_file_get_basename (file);
  g_autofree char *place = g_file_get_parse_name (file);

  if (!fxp_idx_name_parse (&self->name, basename))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: the name does not tell images from labels, expected one such as %s%s"),
                   place,
                   fxp_idx_part_get_text (FXP_IDX_TRAIN),
                   fxp_idx_kind_get_text (FXP_IDX_IMAGES, 0));
      return FALSE;
    }
  self->given = g_object_ref (file);
  return TRUE;
}

/* The part to train on, and the one to test on or FXP_IDX_NO_PART where there is no such pair. */
static void
choose_parts (const IdxSet *self, FxpIdxPart *train, FxpIdxPart *test, GCancellable *cancellable)
{
  gboolean is_test_given =
    self->given != NULL && self->name.part != FXP_IDX_TRAIN && self->name.part != FXP_IDX_NO_PART;

  *test = FXP_IDX_NO_PART;
  if (self->given != NULL && self->name.part == FXP_IDX_NO_PART)
    {
      *train = FXP_IDX_NO_PART;
      return;
    }
  for (FxpIdxPart part = FXP_IDX_NO_PART - 1; part > FXP_IDX_TRAIN; part--)
    if (has_part (self, part, cancellable))
      *test = part;
  if (is_test_given)
    *test = self->name.part;
  *train = FXP_IDX_TRAIN;
  if (has_part (self, FXP_IDX_TRAIN, cancellable))
    return;
  /* Without a pair to train on, what there is gets divided. */
  *train = *test;
  *test = FXP_IDX_NO_PART;
}

/* A prefix is the set's own name; else the folder's is the best there is, but for "raw". */
static char *
make_set_name (const IdxSet *self)
{
  g_autofree char *folder = g_file_get_basename (self->folder);
  g_autoptr (GFile) parent = g_file_get_parent (self->folder);
  gsize n = strlen (self->name.prefix);

  while (n > 0 && strchr ("-_. ", self->name.prefix[n - 1]) != NULL)
    n--;
  if (n > 0)
    return g_utf8_make_valid (self->name.prefix, (gssize)n);
  if (strcmp (folder, "raw") == 0 && parent != NULL)
    {
      g_free (folder);
      folder = g_file_get_basename (parent);
    }
  return g_utf8_make_valid (folder, -1);
}

/* The files only number their classes, but everyone knows these. */
static void
name_clothes (const IdxSet *self, FxpDataset *dataset)
{
  static const char *const clothes[] = {"T-shirt/top",
                                        "Trouser",
                                        "Pullover",
                                        "Dress",
                                        "Coat",
                                        "Sandal",
                                        "Shirt",
                                        "Sneaker",
                                        "Bag",
                                        "Ankle boot",
                                        NULL};
  g_autofree char *folder = g_file_get_parse_name (self->folder);
  g_autofree char *path = g_strconcat (folder, "/", self->name.prefix, NULL);
  g_autofree char *lower = g_ascii_strdown (path, -1);
  const char *fashion = strstr (lower, "fashion");

  if (fashion != NULL && strstr (fashion, "mnist") != NULL &&
      dataset->n_classes == G_N_ELEMENTS (clothes) - 1)
    fxp_dataset_take_class_names (dataset, g_strdupv ((char **)clothes));
}

static gboolean
check_shapes (const FxpShape *train, const FxpShape *test, const char *place, GError **error)
{
  if (train->dim[1] == test->dim[1] && train->dim[2] == test->dim[2])
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: images of %zux%zu to test on, expected %zux%zu as to train on"),
               place,
               test->dim[1],
               test->dim[2],
               train->dim[1],
               train->dim[2]);
  return FALSE;
}

static FxpDataset *
load_set (const IdxSet *self,
          const FxpDatasetSource *source,
          GCancellable *cancellable,
          GError **error)
{
  g_autofree char *name = make_set_name (self);
  g_autofree char *place = g_file_get_parse_name (self->folder);
  g_autoptr (FxpSamples) train = NULL;
  g_autoptr (FxpSamples) test = NULL;
  g_autoptr (FxpDataset) dataset = NULL;
  FxpShape train_shape;
  FxpShape test_shape;
  FxpProgress progress = FXP_PROGRESS_INIT (source);
  FxpIdxPart train_part;
  FxpIdxPart test_part;

  choose_parts (self, &train_part, &test_part, cancellable);
  expect_part (self, train_part, &progress, cancellable);
  if (test_part != FXP_IDX_NO_PART)
    expect_part (self, test_part, &progress, cancellable);
  train = load_part (self, train_part, &train_shape, &progress, cancellable, error);
  if (train == NULL)
    return NULL;
  if (test_part != FXP_IDX_NO_PART)
    {
      test = load_part (self, test_part, &test_shape, &progress, cancellable, error);
      if (test == NULL || !check_shapes (&train_shape, &test_shape, place, error))
        return NULL;
    }
  dataset = fxp_idx_new_dataset (name,
                                 &train_shape,
                                 g_steal_pointer (&train),
                                 g_steal_pointer (&test),
                                 place,
                                 error);
  if (dataset == NULL)
    return NULL;
  name_clothes (self, dataset);
  if (test_part == FXP_IDX_NO_PART && !fxp_dataset_divide (dataset, source, cancellable, error))
    return NULL;
  return g_steal_pointer (&dataset);
}

FxpDataset *
fxp_idx_files_load (GFile *file,
                    gboolean is_folder,
                    const FxpDatasetSource *source,
                    GCancellable *cancellable,
                    GError **error)
{
  g_auto (IdxSet) set = {0};

  if (is_folder)
    {
      set.folder = g_object_ref (file);
      if (!choose_from_folder (&set, cancellable, error))
        return NULL;
    }
  else
    {
      set.folder = g_file_get_parent (file);
      if (!choose_by_file (&set, file, error))
        return NULL;
    }
  return load_set (&set, source, cancellable, error);
}
