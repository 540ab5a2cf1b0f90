/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "dataset/npy-private.h"
#include "number/error.h"

#include <float.h>
#include <glib/gi18n-lib.h>
#include <math.h>

/* What an array must be to hold samples or labels.
 *
 * Samples are (n, features), (n, height, width), (n, height, width, channels) or (n, channels,
 * height, width): of four sizes the last is the channels if it is 1, 3 or 4, else the second must
 * be.  Unsigned bytes stay bytes; all else becomes single precision.  Labels are (n) or (n, 1)
 * whole numbers, or one-hot (n, classes). */

#define FEATURES_MAX (1024 * 1024)
/* Elements read at once. */
#define PIECE 4096
/* A deflated byte stands for no more. */
#define DEFLATE_RATIO_MAX 1032
#define NO_LABEL          G_MAXUINT16

static void
set_shape_error (FxpByteReader *reader,
                 const FxpNpyHead *head,
                 const char *expected,
                 GError **error)
{
  g_autofree char *found = fxp_shape_to_string (&head->shape);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               head->is_fortran ? _ ("%s: shape %s in Fortran order, expected %s")
                                : _ ("%s: shape %s, expected %s"),
               fxp_byte_reader_get_name (reader),
               found,
               expected);
}

static gboolean
is_channels (gsize size)
{
  return size == 1 || size == 3 || size == 4;
}

/* The shape of one sample; @is_last: the channels run fastest. */
static gboolean
choose_shape (FxpByteReader *reader,
              const FxpNpyHead *head,
              FxpShape *shape,
              gboolean *is_last,
              GError **error)
{
  const gsize *dim = head->shape.dim;

  *is_last = head->shape.rank == 4 && is_channels (dim[3]);
  if (head->shape.rank == 2)
    *shape = FXP_SHAPE_1 (dim[1]);
  else if (head->shape.rank == 3)
    *shape = FXP_SHAPE_3 (1, dim[1], dim[2]);
  else if (*is_last)
    *shape = FXP_SHAPE_3 (dim[3], dim[1], dim[2]);
  else if (head->shape.rank == 4 && is_channels (dim[1]))
    *shape = FXP_SHAPE_3 (dim[1], dim[2], dim[3]);
  else
    {
      set_shape_error (reader,
                       head,
                       _ ("samples x features, or images with 1, 3 or 4 channels"),
                       error);
      return FALSE;
    }
  if (head->is_fortran && head->shape.rank > 2)
    {
      set_shape_error (reader, head, _ ("images in C order"), error);
      return FALSE;
    }
  if (dim[0] > FXP_DATASET_SAMPLES_MAX || fxp_shape_get_n (shape) > FEATURES_MAX)
    {
      set_shape_error (reader, head, _ ("10,000,000 samples of 1,048,576 values at most"), error);
      return FALSE;
    }
  return TRUE;
}

static gboolean
store (FxpSamples *samples, gsize at, double value, FxpByteReader *reader, GError **error)
{
  if (samples->value_size == 1)
    ((guint8 *)samples->features)[at] = (guint8)value;
  else if (fabs (value) <= FLT_MAX)
    ((float *)samples->features)[at] = (float)value;
  else
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %g before offset %zu, expected less than 3.4e38"),
                   fxp_byte_reader_get_name (reader),
                   value,
                   fxp_byte_reader_get_offset (reader));
      return FALSE;
    }
  return TRUE;
}

/* Where element @i of a sample belongs: channels go in front. */
static gsize
place_element (const FxpShape *shape, gboolean is_last, gsize i)
{
  return is_last ? i % shape->dim[0] * (shape->dim[1] * shape->dim[2]) + i / shape->dim[0] : i;
}

/* Row after row. */
static gboolean
read_rows (FxpSamples *samples,
           FxpByteReader *reader,
           const FxpNpyHead *head,
           const FxpShape *shape,
           gboolean is_last,
           GCancellable *cancellable,
           GError **error)
{
  gsize size = samples->n_features;
  double piece[PIECE];

  for (gsize n = head->shape.dim[0]; samples->n < n; samples->n++)
    {
      gsize first = samples->n * size;

      if (!fxp_samples_reserve (samples,
                                samples->n + 1,
                                n,
                                fxp_byte_reader_get_name (reader),
                                error))
        return FALSE;
      if (samples->value_size == 1 && !is_last)
        {
          guint8 *to = (guint8 *)samples->features + first;

          if (!fxp_npy_read_bytes (reader, head, to, size, cancellable, error))
            return FALSE;
          continue;
        }
      for (gsize i = 0; i < size; i += PIECE)
        {
          gsize n_now = MIN (size - i, PIECE);

          if (!fxp_npy_read_values (reader, head, piece, n_now, cancellable, error))
            return FALSE;
          for (gsize j = 0; j < n_now; j++)
            if (!store (samples,
                        first + place_element (shape, is_last, i + j),
                        piece[j],
                        reader,
                        error))
              return FALSE;
        }
    }
  return TRUE;
}

/* Column after column, for which the memory must be there from the start: more than the file can
 * hold is not believed. */
static gboolean
read_columns (FxpSamples *samples,
              FxpByteReader *reader,
              const FxpNpyHead *head,
              gsize n_stored,
              GCancellable *cancellable,
              GError **error)
{
  gsize n = head->shape.dim[0];
  double piece[PIECE];

  if (head->n / DEFLATE_RATIO_MAX > n_stored)
    {
      set_shape_error (reader, head, _ ("no more than a file of its size can hold"), error);
      return FALSE;
    }
  if (!fxp_samples_reserve (samples, n, n, fxp_byte_reader_get_name (reader), error))
    return FALSE;
  for (gsize i = 0; i < head->n; i += PIECE)
    {
      gsize n_now = MIN (head->n - i, PIECE);

      if (!fxp_npy_read_values (reader, head, piece, n_now, cancellable, error))
        return FALSE;
      for (gsize j = i; j < i + n_now; j++)
        if (!store (samples, j % n * samples->n_features + j / n, piece[j - i], reader, error))
          return FALSE;
    }
  samples->n = n;
  return TRUE;
}

FxpSamples *
fxp_npy_read_samples (FxpByteReader *reader,
                      gsize n_stored,
                      FxpShape *shape,
                      GCancellable *cancellable,
                      GError **error)
{
  g_autoptr (FxpSamples) samples = NULL;
  FxpNpyHead head;
  gboolean is_last;

  if (!fxp_npy_read_head (reader, &head, cancellable, error) ||
      !choose_shape (reader, &head, shape, &is_last, error))
    return NULL;
  samples =
    fxp_samples_new (fxp_shape_get_n (shape), fxp_npy_is_bytes (&head) ? 1 : sizeof (float));
  if (head.is_fortran ? !read_columns (samples, reader, &head, n_stored, cancellable, error)
                      : !read_rows (samples, reader, &head, shape, is_last, cancellable, error))
    return NULL;
  fxp_samples_trim (samples);
  return fxp_npy_check_end (reader, cancellable, error) ? g_steal_pointer (&samples) : NULL;
}

static gboolean
set_label_error (FxpByteReader *reader, double value, gsize row, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: %g for sample %zu, expected a class of 0..%d or one 1 among zeros"),
               fxp_byte_reader_get_name (reader),
               value,
               row,
               FXP_DATASET_CLASSES_MAX - 1);
  return FALSE;
}

/* Takes element @i: a label, or one of @n_columns of which one is 1. */
static gboolean
take_label (guint16 *labels,
            const FxpNpyHead *head,
            gsize n_columns,
            gsize i,
            double value,
            FxpByteReader *reader,
            GError **error)
{
  gsize n = head->shape.dim[0];
  gsize row = head->is_fortran ? i % n : i / n_columns;
  gsize column = head->is_fortran ? i / n : i % n_columns;

  if (n_columns == 1)
    {
      if (!(value >= 0 && value < FXP_DATASET_CLASSES_MAX && value == floor (value)))
        return set_label_error (reader, value, row, error);
      labels[row] = (guint16)value;
      return TRUE;
    }
  if (value == 0)
    return TRUE;
  if (value != 1 || labels[row] != NO_LABEL)
    return set_label_error (reader, value, row, error);
  labels[row] = (guint16)column;
  return TRUE;
}

guint16 *
fxp_npy_read_labels (FxpByteReader *reader,
                     gsize *n,
                     guint *n_classes,
                     GCancellable *cancellable,
                     GError **error)
{
  g_autofree guint16 *labels = NULL;
  FxpNpyHead head;
  gsize n_columns;
  double piece[PIECE];

  if (!fxp_npy_read_head (reader, &head, cancellable, error))
    return NULL;
  *n = head.shape.dim[0];
  n_columns = head.shape.rank == 2 ? head.shape.dim[1] : 1;
  if (head.shape.rank > 2 || *n > FXP_DATASET_SAMPLES_MAX || n_columns >= FXP_DATASET_CLASSES_MAX)
    {
      set_shape_error (reader, &head, _ ("a label or one-hot classes for each sample"), error);
      return NULL;
    }
  labels = g_new (guint16, *n);
  for (gsize i = 0; i < *n; i++)
    labels[i] = NO_LABEL;
  for (gsize i = 0; i < head.n; i += PIECE)
    {
      gsize n_now = MIN (head.n - i, PIECE);

      if (!fxp_npy_read_values (reader, &head, piece, n_now, cancellable, error))
        return NULL;
      for (gsize j = 0; j < n_now; j++)
        if (!take_label (labels, &head, n_columns, i + j, piece[j], reader, error))
          return NULL;
    }
  *n_classes = n_columns > 1 ? (guint)n_columns : 0;
  for (gsize i = 0; i < *n; i++)
    {
      if (labels[i] == NO_LABEL)
        {
          set_label_error (reader, 0, i, error);
          return NULL;
        }
      *n_classes = MAX (*n_classes, labels[i] + 1u);
    }
  return fxp_npy_check_end (reader, cancellable, error) ? g_steal_pointer (&labels) : NULL;
}
