/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "dataset/mat-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The cropped digits of SVHN (Netzer et al. 2011): MATLAB's train_32x32.mat and test_32x32.mat,
 * each with X of 32x32x3xn bytes and y of n labels, in which 10 stands for the digit 0. */

#define N_DIGITS 10
/* Planes turned between two looks at the cancellable. */
#define CHUNK 1024

static const char train_name[] = "train_32x32.mat";
static const char test_name[] = "test_32x32.mat";

gboolean
fxp_mat_recognize (const char *basename, const guint8 *head, gsize n_head)
{
  return g_str_has_suffix (basename, ".mat") || (n_head >= 6 && memcmp (head, "MATLAB", 6) == 0);
}

gboolean
fxp_mat_recognize_folder (const char *const *names)
{
  return g_strv_contains (names, train_name) || g_strv_contains (names, test_name);
}

#ifdef HAVE_MATIO

/* The file of that name in @folder, or NULL. */
static GFile *
find_file (GFile *folder, const char *name, GCancellable *cancellable)
{
  g_autoptr (GFile) file = g_file_get_child (folder, name);

  if (g_file_query_file_type (file, G_FILE_QUERY_INFO_NONE, cancellable) != G_FILE_TYPE_REGULAR)
    return NULL;
  return g_steal_pointer (&file);
}

/* MATLAB's first index, the row, runs fastest; ours runs slowest. */
static gboolean
transpose_planes (FxpSamples *samples,
                  const FxpShape *shape,
                  GCancellable *cancellable,
                  GError **error)
{
  gsize height = shape->dim[1];
  gsize width = shape->dim[2];
  gsize n_planes = samples->n * shape->dim[0];
  g_autofree guint8 *plane = g_malloc (height * width);

  for (gsize i = 0; i < n_planes; i++)
    {
      guint8 *to = (guint8 *)samples->features + i * height * width;

      if (i % CHUNK == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      memcpy (plane, to, height * width);
      for (gsize y = 0; y < height; y++)
        for (gsize x = 0; x < width; x++)
          to[y * width + x] = plane[x * height + y];
    }
  return TRUE;
}

static gboolean
take_labels (FxpSamples *samples, const double *labels, const char *place, GError **error)
{
  for (gsize i = 0; i < samples->n; i++)
    {
      if (!(labels[i] >= 0 && labels[i] <= N_DIGITS && labels[i] == (int)labels[i]))
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("%s: label %g in row %zu of y, expected 0..9, or 10 for the digit 0"),
                       place,
                       labels[i],
                       i + 1);
          return FALSE;
        }
      samples->labels[i] = (guint16)((int)labels[i] % N_DIGITS);
    }
  return TRUE;
}

static FxpSamples *
load_part (GFile *file,
           FxpShape *shape,
           FxpProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree char *place = g_file_get_parse_name (file);
  g_autofree double *labels = NULL;
  g_autoptr (FxpSamples) samples =
    fxp_mat_read (file, shape, &labels, progress, cancellable, error);

  if (samples == NULL || !take_labels (samples, labels, place, error) ||
      !transpose_planes (samples, shape, cancellable, error))
    return NULL;
  return g_steal_pointer (&samples);
}

static FxpDataset *
load_files (GFile *train_file,
            GFile *test_file,
            const FxpDatasetSource *source,
            GCancellable *cancellable,
            GError **error)
{
  g_autofree char *place = g_file_get_parse_name (train_file);
  g_autoptr (FxpSamples) train = NULL;
  g_autoptr (FxpSamples) test = NULL;
  g_autoptr (FxpDataset) self = NULL;
  FxpProgress progress = FXP_PROGRESS_INIT (source);
  FxpShape shape;
  FxpShape test_shape;

  fxp_progress_expect (&progress, train_file, cancellable);
  fxp_progress_expect (&progress, test_file, cancellable);
  train = load_part (train_file, &shape, &progress, cancellable, error);
  if (train == NULL)
    return NULL;
  if (test_file != NULL)
    {
      test = load_part (test_file, &test_shape, &progress, cancellable, error);
      if (test == NULL)
        return NULL;
      if (!fxp_shape_equal (&shape, &test_shape))
        {
          g_autofree char *found = fxp_shape_to_string (&test_shape);
          g_autofree char *expected = fxp_shape_to_string (&shape);

          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("%s: samples of %s to test on, expected %s as to train on"),
                       place,
                       found,
                       expected);
          return NULL;
        }
    }
  self =
    fxp_dataset_new ("SVHN", &shape, N_DIGITS, g_steal_pointer (&train), g_steal_pointer (&test));
  if (test_file == NULL && !fxp_dataset_divide (self, source, cancellable, error))
    return NULL;
  return g_steal_pointer (&self);
}

FxpDataset *
fxp_mat_load (GFile *file,
              gboolean is_folder,
              const FxpDatasetSource *source,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (GFile) folder = is_folder ? g_object_ref (file) : g_file_get_parent (file);
  g_autofree char *basename = g_file_get_basename (file);
  gboolean is_test = !is_folder && strcmp (basename, test_name) == 0;
  gboolean is_train = !is_folder && strcmp (basename, train_name) == 0;
  g_autoptr (GFile) train = NULL;
  g_autoptr (GFile) test = NULL;

  if (is_folder || is_test)
    train = find_file (folder, train_name, cancellable);
  else
    train = g_object_ref (file);
  if (is_folder || is_train)
    test = find_file (folder, test_name, cancellable);
  else if (is_test)
    test = g_object_ref (file);
  /* A cancelled search finds nothing. */
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  /* Without a file to train on, what there is gets divided. */
  if (train == NULL)
    train = g_steal_pointer (&test);
  return load_files (train, test, source, cancellable, error);
}

#else

FxpDataset *
fxp_mat_load (GFile *file,
              gboolean is_folder,
              const FxpDatasetSource *source,
              GCancellable *cancellable,
              GError **error)
{
  g_autofree char *place = g_file_get_parse_name (file);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: MATLAB data, expected another format, as this program was built without "
                  "libmatio"),
               place);
  return NULL;
}

#endif
