/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* An IDX set is up to four files beside each other, told by name:
 * PREFIX PART KIND [.gz], as in "usps-" "train-" "images-idx3-ubyte" ".gz". */

typedef enum
{
  KIND_IMAGES,
  KIND_LABELS,
  N_KINDS
} Kind;

static const char *const kind_names[N_KINDS][2] = {
  {"images-idx3-ubyte", "images.idx3-ubyte"},
  {"labels-idx1-ubyte", "labels.idx1-ubyte"},
};

/* The last row is of files that name no part. */
static const char *const part_names[] = {"train-", "t10k-", "test-", ""};
#define PART_TRAIN 0
#define PART_NONE  3
#define N_PARTS    4

static const char *const packings[] = {"", ".gz"};

typedef struct
{
  char *prefix;
  guint part;
  Kind kind;
} IdxName;

typedef struct
{
  GFile *folder;
  GFile *given; /* the file that was asked for, or NULL; it goes before others of its role */
  IdxName name; /* of the given file; of a folder only the prefix counts */
} IdxSet;

static gboolean
strip_suffix (GString *text, const char *suffix)
{
  if (!g_str_has_suffix (text->str, suffix))
    return FALSE;
  g_string_truncate (text, text->len - strlen (suffix));
  return TRUE;
}

static gboolean
strip_kind (GString *text, Kind *kind)
{
  for (guint i = 0; i < N_KINDS; i++)
    for (guint j = 0; j < G_N_ELEMENTS (kind_names[i]); j++)
      if (strip_suffix (text, kind_names[i][j]))
        {
          *kind = i;
          return TRUE;
        }
  return FALSE;
}

/* FALSE, and no prefix, if @basename is not the name of an IDX file. */
static gboolean
parse_name (const char *basename, IdxName *name)
{
  GString *text = g_string_new (basename);

  strip_suffix (text, ".gz");
  if (!strip_kind (text, &name->kind))
    {
      g_string_free (text, TRUE);
      return FALSE;
    }
  name->part = 0;
  while (!strip_suffix (text, part_names[name->part]))
    name->part++;
  name->prefix = g_string_free (text, FALSE);
  return TRUE;
}

static void
clear_set (IdxSet *self)
{
  g_clear_object (&self->folder);
  g_clear_object (&self->given);
  g_clear_pointer (&self->name.prefix, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (IdxSet, clear_set)

gboolean
fxp_idx_files_recognize (const char *basename, gboolean is_folder, const guint8 *head, gsize n_head)
{
  g_auto (IdxSet) set = {0};

  /* No text begins with two zero bytes, so a magic number of another kind of IDX file gets an
   * answer about IDX files. */
  return is_folder || (n_head >= 4 && head[0] == 0 && head[1] == 0) ||
         parse_name (basename, &set.name);
}

/* The file of a part and kind, or NULL if there is none. */
static GFile *
find_file (const IdxSet *self, guint part, Kind kind, GCancellable *cancellable)
{
  if (self->given != NULL && part == self->name.part && kind == self->name.kind)
    return g_object_ref (self->given);
  for (guint i = 0; i < G_N_ELEMENTS (kind_names[kind]); i++)
    for (guint j = 0; j < G_N_ELEMENTS (packings); j++)
      {
        g_autofree char *name =
          g_strconcat (self->name.prefix, part_names[part], kind_names[kind][i], packings[j], NULL);
        g_autoptr (GFile) file = g_file_get_child (self->folder, name);

        if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) ==
            G_FILE_TYPE_REGULAR)
          return g_steal_pointer (&file);
      }
  return NULL;
}

static gboolean
has_part (const IdxSet *self, guint part, GCancellable *cancellable)
{
  g_autoptr (GFile) images = find_file (self, part, KIND_IMAGES, cancellable);
  g_autoptr (GFile) labels = find_file (self, part, KIND_LABELS, cancellable);

  return images != NULL || labels != NULL;
}

static void
set_missing (const IdxSet *self, guint part, Kind missing, GFile *other, GError **error)
{
  g_autofree char *place = g_file_get_parse_name (other != NULL ? other : self->folder);
  g_autofree char *prefix = g_filename_display_name (self->name.prefix);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: has no partner, expected %s%s%s or its .gz beside it"),
               place,
               prefix,
               part_names[part],
               kind_names[missing][0]);
}

static FxpSamples *
load_part (const IdxSet *self,
           guint part,
           FxpShape *shape,
           GCancellable *cancellable,
           GError **error)
{
  g_autoptr (GFile) images = find_file (self, part, KIND_IMAGES, cancellable);
  g_autoptr (GFile) labels = find_file (self, part, KIND_LABELS, cancellable);
  g_autoptr (FxpByteReader) images_reader = NULL;
  g_autoptr (FxpByteReader) labels_reader = NULL;

  /* A cancelled search finds nothing. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  if (images == NULL || labels == NULL)
    {
      set_missing (self,
                   part,
                   images == NULL ? KIND_IMAGES : KIND_LABELS,
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
      g_auto (IdxSet) set = {0};

      if (!g_file_enumerator_iterate (children, &info, NULL, cancellable, error))
        return NULL;
      if (info != NULL && g_file_info_get_file_type (info) == G_FILE_TYPE_REGULAR &&
          parse_name (g_file_info_get_name (info), &set.name) &&
          !g_ptr_array_find_with_equal_func (prefixes, set.name.prefix, g_str_equal, NULL))
        g_ptr_array_add (prefixes, g_steal_pointer (&set.name.prefix));
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
  if (prefixes->len == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: no IDX files in this folder, expected such as %s%s"),
                   place,
                   part_names[PART_TRAIN],
                   kind_names[KIND_IMAGES][0]);
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

  if (!parse_name (basename, &self->name))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: the name does not tell images from labels, expected one such as %s%s"),
                   place,
                   part_names[PART_TRAIN],
                   kind_names[KIND_IMAGES][0]);
      return FALSE;
    }
  self->given = g_object_ref (file);
  return TRUE;
}

/* The part to train on, and the one to test on or PART_NONE where there is no such pair. */
static void
choose_parts (const IdxSet *self, guint *train, guint *test, GCancellable *cancellable)
{
  gboolean is_test_given =
    self->given != NULL && self->name.part != PART_TRAIN && self->name.part != PART_NONE;

  *test = PART_NONE;
  if (self->given != NULL && self->name.part == PART_NONE)
    {
      *train = PART_NONE;
      return;
    }
  for (guint part = PART_NONE - 1; part > PART_TRAIN; part--)
    if (has_part (self, part, cancellable))
      *test = part;
  if (is_test_given)
    *test = self->name.part;
  *train = PART_TRAIN;
  if (has_part (self, PART_TRAIN, cancellable))
    return;
  /* Without a pair to train on, what there is gets divided. */
  *train = *test;
  *test = PART_NONE;
}

/* A prefix is the set's own name; else the folder's is the best there is. */
static char *
make_set_name (const IdxSet *self)
{
  g_autofree char *folder = NULL;
  gsize n = strlen (self->name.prefix);

  while (n > 0 && strchr ("-_. ", self->name.prefix[n - 1]) != NULL)
    n--;
  if (n > 0)
    return g_utf8_make_valid (self->name.prefix, (gssize)n);
  folder = g_file_get_basename (self->folder);
  return g_utf8_make_valid (folder, -1);
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
  guint train_part;
  guint test_part;

  choose_parts (self, &train_part, &test_part, cancellable);
  train = load_part (self, train_part, &train_shape, cancellable, error);
  if (train == NULL)
    return NULL;
  if (test_part != PART_NONE)
    {
      test = load_part (self, test_part, &test_shape, cancellable, error);
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
  if (test_part == PART_NONE && !fxp_dataset_divide (dataset, source, cancellable, error))
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
