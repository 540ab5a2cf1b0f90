/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"
#include "number/random.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define TEST_SHARE_MIN 0.05
#define TEST_SHARE_MAX 0.95

/* A new generated set is a row here and a row in synthetic.c; a new file format is a row in
 * file_formats and a file of its own. */
static const FxpBuiltin builtins[] = {
  {"circle", N_ ("A disc of one class inside a ring of the other."), fxp_synthetic_load},
  {"xor", N_ ("Four squares; opposite ones are of one class."), fxp_synthetic_load},
  {"gauss", N_ ("Two round clouds of points, one of each class."), fxp_synthetic_load},
  {"spiral", N_ ("Two spiral arms wound into each other."), fxp_synthetic_load},
  {"digits",
   N_ ("1,797 handwritten digits of 8x8 pixels from the UCI repository."),
   fxp_digits_load},
};

/* The last row takes whatever is left. */
static const FxpFileFormat file_formats[] = {
  {fxp_idx_files_recognize, fxp_idx_files_load},
  {fxp_csv_recognize, fxp_csv_load},
};

static const FxpBuiltin *
find_builtin (const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (builtins); i++)
    if (strcmp (builtins[i].name, name) == 0)
      return &builtins[i];
  return NULL;
}

const char *const *
fxp_dataset_get_builtin_names (void)
{
  static const char *names[G_N_ELEMENTS (builtins) + 1];
  static gsize is_made = 0;

  if (g_once_init_enter (&is_made))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (builtins); i++)
        names[i] = builtins[i].name;
      g_once_init_leave (&is_made, 1);
    }
  return names;
}

const char *
fxp_dataset_get_builtin_description (const char *name)
{
  const FxpBuiltin *builtin;

  g_return_val_if_fail (name != NULL, NULL);

  builtin = find_builtin (name);
  return builtin != NULL ? _ (builtin->description) : NULL;
}

static FxpDataset *
load_builtin (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  const FxpBuiltin *builtin = find_builtin (source->name);
  g_autofree char *names = NULL;

  if (builtin != NULL)
    return builtin->load (source, cancellable, error);
  names = g_strjoinv (", ", (char **)fxp_dataset_get_builtin_names ());
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("dataset.name: “%s” is not a built-in set, expected one of %s"),
               source->name,
               names);
  return NULL;
}

static const FxpFileFormat *
find_file_format (GFile *file, gboolean is_folder, GCancellable *cancellable, GError **error)
{
  g_autofree char *basename = g_file_get_basename (file);
  guint8 head[FXP_DATASET_HEAD_BYTES];
  gssize n_head = 0;

  if (!is_folder)
    {
      g_autoptr (FxpByteReader) reader = fxp_byte_reader_open (file, cancellable, error);

      if (reader == NULL)
        return NULL;
      n_head = fxp_byte_reader_read (reader, head, sizeof head, cancellable, error);
      if (n_head < 0)
        return NULL;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (file_formats); i++)
    if (file_formats[i].recognize (basename, is_folder, head, (gsize)n_head))
      return &file_formats[i];
  g_assert_not_reached ();
}

static FxpDataset *
load_path (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
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
  GFileType type;

  if (g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      g_set_error (error,
                   G_IO_ERROR,
                   G_IO_ERROR_NOT_FOUND,
                   _ ("%s: there is no such file, expected IDX or CSV data or a folder of IDX "
                      "files"),
                   place);
      return NULL;
    }
  if (info == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
  type = g_file_info_get_file_type (info);
  /* A pipe or a device may never come to an end. */
  if (type != G_FILE_TYPE_REGULAR && type != G_FILE_TYPE_DIRECTORY)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: is a device or a pipe, expected a file or a folder"),
                   place);
      return NULL;
    }
  format = find_file_format (file, type == G_FILE_TYPE_DIRECTORY, cancellable, error);
  if (format == NULL)
    return NULL;
  return format->load (file, type == G_FILE_TYPE_DIRECTORY, source, cancellable, error);
}

FxpDataset *
fxp_dataset_load (const FxpDatasetSource *source, GCancellable *cancellable, GError **error)
{
  g_return_val_if_fail (source != NULL, NULL);
  g_return_val_if_fail ((source->name == NULL) != (source->path == NULL), NULL);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  return source->name != NULL ? load_builtin (source, cancellable, error)
                              : load_path (source, cancellable, error);
}

static void
set_scale (FxpDataset *self, double scale)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->byte_values); i++)
    self->byte_values[i] = i / scale;
}

static guint8
find_greatest_byte (const FxpSamples *samples)
{
  const guint8 *bytes = samples->features;
  guint8 greatest = 0;

  for (gsize i = 0; i < samples->n * samples->n_features; i++)
    greatest = MAX (greatest, bytes[i]);
  return greatest;
}

FxpDataset *
fxp_dataset_new (const char *name,
                 const FxpShape *shape,
                 guint n_classes,
                 FxpSamples *train,
                 FxpSamples *test)
{
  FxpDataset *self = g_atomic_rc_box_new0 (FxpDataset);
  guint8 greatest = 0;

  self->name = g_strdup (name);
  self->shape = *shape;
  self->n_features = train->n_features;
  self->n_classes = n_classes;
  self->class_names = g_new0 (char *, n_classes + 1);
  for (guint i = 0; i < n_classes; i++)
    self->class_names[i] = g_strdup_printf ("%u", i);
  self->samples[FXP_SPLIT_TRAIN] = train;
  self->samples[FXP_SPLIT_TEST] = test;

  for (guint split = 0; split < FXP_N_SPLITS; split++)
    {
      const FxpSamples *samples = self->samples[split];

      if (samples == NULL)
        continue;
      self->parts[split] = (FxpPart){samples, 0, samples->n};
      if (samples->value_size == 1)
        greatest = MAX (greatest, find_greatest_byte (samples));
    }
  set_scale (self, greatest <= 16 ? 16 : 255);
  return self;
}

void
fxp_dataset_take_class_names (FxpDataset *self, char **names)
{
  g_strfreev (self->class_names);
  self->class_names = names;
}

gboolean
fxp_dataset_divide (FxpDataset *self,
                    const FxpDatasetSource *source,
                    GCancellable *cancellable,
                    GError **error)
{
  FxpSamples *samples = self->samples[FXP_SPLIT_TRAIN];
  g_autofree guint32 *order = NULL;
  gsize n_test;

  g_assert (self->samples[FXP_SPLIT_TEST] == NULL && samples->n <= FXP_DATASET_SAMPLES_MAX);

  /* Written so that NaN fails too. */
  if (!(source->test_share >= TEST_SHARE_MIN && source->test_share <= TEST_SHARE_MAX))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("dataset.test-share: %g is not in %g..%g"),
                   source->test_share,
                   TEST_SHARE_MIN,
                   TEST_SHARE_MAX);
      return FALSE;
    }
  if (samples->n < 2)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: a single sample, expected at least 2 to train and to test on"),
                   source->path);
      return FALSE;
    }

  order = g_new (guint32, samples->n);
  for (gsize i = 0; i < samples->n; i++)
    order[i] = (guint32)i;
  fxp_noise_shuffle (fxp_noise_new (source->seed, 0, 0, 0, FXP_STREAM_SPLIT),
                     order,
                     (guint32)samples->n);
  if (!fxp_samples_permute (samples, order, cancellable, error))
    return FALSE;

  n_test = (gsize)floor ((double)samples->n * source->test_share + 0.5);
  n_test = CLAMP (n_test, 1, samples->n - 1);
  self->parts[FXP_SPLIT_TRAIN] = (FxpPart){samples, 0, samples->n - n_test};
  self->parts[FXP_SPLIT_TEST] = (FxpPart){samples, samples->n - n_test, n_test};
  return TRUE;
}

FxpDataset *
fxp_dataset_ref (FxpDataset *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FxpDataset *self = data;

  g_free (self->name);
  g_strfreev (self->class_names);
  for (guint split = 0; split < FXP_N_SPLITS; split++)
    fxp_samples_free (self->samples[split]);
}

void
fxp_dataset_unref (FxpDataset *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

const char *
fxp_dataset_get_name (const FxpDataset *self)
{
  return self->name;
}

const FxpShape *
fxp_dataset_get_shape (const FxpDataset *self)
{
  return &self->shape;
}

guint
fxp_dataset_get_n_classes (const FxpDataset *self)
{
  return self->n_classes;
}

const char *
fxp_dataset_get_class_name (const FxpDataset *self, guint label)
{
  g_return_val_if_fail (label < self->n_classes, NULL);

  return self->class_names[label];
}

gsize
fxp_dataset_get_n (const FxpDataset *self, FxpSplit split)
{
  g_return_val_if_fail (split < FXP_N_SPLITS, 0);

  return self->parts[split].n;
}

gboolean
fxp_dataset_is_image (const FxpDataset *self)
{
  return self->shape.rank == 3;
}

gboolean
fxp_dataset_get_plane (const FxpDataset *self, double *min, double *max)
{
  if (self->shape.rank != 1 || self->n_features != 2)
    return FALSE;
  if (min != NULL)
    *min = self->plane_min;
  if (max != NULL)
    *max = self->plane_max;
  return TRUE;
}

static void
gather_row (const FxpDataset *self, const FxpSamples *samples, gsize row, double *inputs)
{
  gsize n = samples->n_features;

  if (samples->value_size == 1)
    {
      const guint8 *bytes = (const guint8 *)samples->features + row * n;

      for (gsize i = 0; i < n; i++)
        inputs[i] = self->byte_values[bytes[i]];
    }
  else
    {
      const float *values = (const float *)samples->features + row * n;

      for (gsize i = 0; i < n; i++)
        inputs[i] = (double)values[i];
    }
}

void
fxp_dataset_gather (const FxpDataset *self,
                    FxpSplit split,
                    const guint32 *rows,
                    gsize n,
                    double *inputs,
                    guint16 *labels)
{
  const FxpPart *part;

  g_return_if_fail (split < FXP_N_SPLITS);

  part = &self->parts[split];
  for (gsize i = 0; i < n; i++)
    {
      gsize row = part->first + rows[i];

      g_return_if_fail (rows[i] < part->n);
      if (inputs != NULL)
        gather_row (self, part->samples, row, inputs + i * self->n_features);
      if (labels != NULL)
        labels[i] = part->samples->labels[row];
    }
}
