/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>

/* A. Krizhevsky's binary version: records without a header, each of one label byte (CIFAR-100: of
 * two, the coarse and the fine one) and 32x32 bytes of red, green and blue, row after row. */

#define N_CHANNELS 3
#define SIDE       32
#define N_PIXELS   (N_CHANNELS * SIDE * SIDE)
#define LABELS_MAX 2

static const struct
{
  guint n_labels; /* bytes in front of the pixels; the last is the class */
  guint n_classes;
} kinds[FXP_CIFAR_N_KINDS] = {
  [FXP_CIFAR_10] = {1, 10},
  [FXP_CIFAR_100] = {2, 100},
};

gsize
fxp_cifar_get_record_size (FxpCifarKind kind)
{
  return kinds[kind].n_labels + N_PIXELS;
}

FxpSamples *
fxp_cifar_new_samples (void)
{
  return fxp_samples_new (N_PIXELS, 1);
}

FxpDataset *
fxp_cifar_new_dataset (const char *name, FxpCifarKind kind, FxpSamples *train, FxpSamples *test)
{
  return fxp_dataset_new (name,
                          &FXP_SHAPE_3 (N_CHANNELS, SIDE, SIDE),
                          kinds[kind].n_classes,
                          train,
                          test);
}

static void
set_truncated (FxpByteReader *reader, FxpCifarKind kind, gsize n_rows, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: ends at offset %zu inside record %zu, expected whole records of %zu bytes"),
               fxp_byte_reader_get_name (reader),
               fxp_byte_reader_get_offset (reader),
               n_rows + 1,
               fxp_cifar_get_record_size (kind));
}

/* Of CIFAR-100 the coarse label too, as it shows best that the file is another one. */
static gboolean
check_labels (FxpByteReader *reader, FxpCifarKind kind, const guint8 *labels, GError **error)
{
  guint n = kinds[kind].n_labels;

  for (guint i = 0; i < n; i++)
    {
      guint n_classes = i + 1 < n ? 20 : kinds[kind].n_classes;

      if (labels[i] < n_classes)
        continue;
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: label %u at offset %zu, expected 0..%u of CIFAR-%u's binary version"),
                   fxp_byte_reader_get_name (reader),
                   labels[i],
                   fxp_byte_reader_get_offset (reader) - n + i,
                   n_classes - 1,
                   kinds[kind].n_classes);
      return FALSE;
    }
  return TRUE;
}

/* Reads the next record into the row behind the last; @at_end if there is none. */
static gboolean
read_record (FxpSamples *samples,
             FxpCifarKind kind,
             FxpByteReader *reader,
             gboolean *at_end,
             GCancellable *cancellable,
             GError **error)
{
  guint8 *to = (guint8 *)samples->features + samples->n * N_PIXELS;
  guint n_labels = kinds[kind].n_labels;
  guint8 labels[LABELS_MAX];
  gssize n = fxp_byte_reader_read (reader, labels, n_labels, cancellable, error);

  *at_end = n == 0;
  if (n <= 0)
    return n == 0;
  if (n == (gssize)n_labels)
    {
      if (!check_labels (reader, kind, labels, error))
        return FALSE;
      n = fxp_byte_reader_read (reader, to, N_PIXELS, cancellable, error);
    }
  if (n < 0)
    return FALSE;
  if (n < N_PIXELS)
    {
      set_truncated (reader, kind, samples->n, error);
      return FALSE;
    }
  samples->labels[samples->n++] = labels[n_labels - 1];
  return TRUE;
}

gboolean
fxp_cifar_read (FxpSamples *samples,
                FxpCifarKind kind,
                FxpByteReader *reader,
                gsize n_max,
                GCancellable *cancellable,
                GError **error)
{
  const char *place = fxp_byte_reader_get_name (reader);
  gsize n_before = samples->n;
  gboolean at_end = FALSE;

  while (!at_end)
    {
      if (samples->n == FXP_DATASET_SAMPLES_MAX)
        {
          g_set_error (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("%s: more than %d samples, expected fewer"),
                       place,
                       FXP_DATASET_SAMPLES_MAX);
          return FALSE;
        }
      if (!fxp_samples_reserve (samples, samples->n + 1, n_max, place, error) ||
          !read_record (samples, kind, reader, &at_end, cancellable, error))
        return FALSE;
    }
  if (samples->n > n_before)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: is empty, expected records of %zu bytes"),
               place,
               fxp_cifar_get_record_size (kind));
  return FALSE;
}
