/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>

/* Y. LeCun's format of bytes: big-endian magic number, sizes, data.  Whatever a header promises,
 * memory is taken only as data arrive. */

#define MAGIC_IMAGES  0x00000803u
#define MAGIC_LABELS  0x00000801u
#define IMAGES_HEADER 16
#define LABELS_HEADER 8
#define SIDE_MAX      4096
#define PIECE         65536

static gboolean
read_header (FxpByteReader *reader,
             guint32 magic,
             guint n_words,
             guint32 *words,
             GCancellable *cancellable,
             GError **error)
{
  guint32 raw[4];
  gssize n;

  g_assert (n_words <= G_N_ELEMENTS (raw));

  n = fxp_byte_reader_read (reader, raw, n_words * sizeof *raw, cancellable, error);
  if (n < 0)
    return FALSE;
  for (guint i = 0; i < n_words; i++)
    words[i] = GUINT32_FROM_BE (raw[i]);
  if (n >= (gssize)sizeof *raw && words[0] != magic)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   magic == MAGIC_IMAGES
                     ? _ ("%s: magic number 0x%08x at offset 0, expected 0x%08x of IDX images")
                     : _ ("%s: magic number 0x%08x at offset 0, expected 0x%08x of IDX labels"),
                   fxp_byte_reader_get_name (reader),
                   words[0],
                   magic);
      return FALSE;
    }
  if (n < (gssize)(n_words * sizeof *raw))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: ends at offset %zu, expected an IDX header of %zu bytes"),
                   fxp_byte_reader_get_name (reader),
                   (gsize)n,
                   n_words * sizeof *raw);
      return FALSE;
    }
  return TRUE;
}

static gboolean
check_size (FxpByteReader *reader, guint32 size, guint offset, guint max, GError **error)
{
  if (size >= 1 && size <= max)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: size %u at offset %u, expected 1..%u"),
               fxp_byte_reader_get_name (reader),
               size,
               offset,
               max);
  return FALSE;
}

static gboolean
check_images_header (FxpByteReader *reader, const guint32 *words, GError **error)
{
  guint64 n_bytes;

  if (!check_size (reader, words[1], 4, FXP_DATASET_SAMPLES_MAX, error) ||
      !check_size (reader, words[2], 8, SIDE_MAX, error) ||
      !check_size (reader, words[3], 12, SIDE_MAX, error))
    return FALSE;
  n_bytes = (guint64)words[1] * words[2] * words[3];
  if (n_bytes > FXP_DATASET_BYTES_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %u images of %ux%u bytes at offset 4, expected 4 GiB in all at most"),
                   fxp_byte_reader_get_name (reader),
                   words[1],
                   words[2],
                   words[3]);
      return FALSE;
    }
  return TRUE;
}

static void
set_truncated (FxpByteReader *reader, gsize n_expected, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_DATASET,
               _ ("%s: ends at offset %zu, expected %zu bytes as its header says"),
               fxp_byte_reader_get_name (reader),
               fxp_byte_reader_get_offset (reader),
               n_expected);
}

/* A file that goes on is not what its header says, so what was read cannot be trusted. */
static gboolean
check_end (FxpByteReader *reader, GCancellable *cancellable, GError **error)
{
  gsize n_expected = fxp_byte_reader_get_offset (reader);
  g_autofree guint8 *surplus = g_malloc (PIECE);
  gssize n = fxp_byte_reader_read (reader, surplus, PIECE, cancellable, error);

  if (n == PIECE)
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_DATASET,
                 _ ("%s: at least %zu bytes too many after offset %zu, expected the end of the "
                    "file as its header says"),
                 fxp_byte_reader_get_name (reader),
                 (gsize)n,
                 n_expected);
  else if (n > 0)
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_DATASET,
                 g_dngettext (GETTEXT_PACKAGE,
                              "%s: %zu byte too many after offset %zu, expected the end of the "
                              "file as its header says",
                              "%s: %zu bytes too many after offset %zu, expected the end of the "
                              "file as its header says",
                              (gulong)n),
                 fxp_byte_reader_get_name (reader),
                 (gsize)n,
                 n_expected);
  return n == 0;
}

static gboolean
read_images (FxpSamples *samples,
             gsize n,
             FxpByteReader *reader,
             GCancellable *cancellable,
             GError **error)
{
  gsize size = samples->n_features;

  while (samples->n < n)
    {
      guint8 *to;
      gsize n_rows;
      gssize n_read;

      if (!fxp_samples_reserve (samples,
                                samples->n + 1,
                                n,
                                fxp_byte_reader_get_name (reader),
                                error))
        return FALSE;
      to = (guint8 *)samples->features + samples->n * size;
      n_rows = MIN (samples->n_allocated, n) - samples->n;
      n_read = fxp_byte_reader_read (reader, to, n_rows * size, cancellable, error);
      if (n_read < 0)
        return FALSE;
      if ((gsize)n_read < n_rows * size)
        {
          set_truncated (reader, IMAGES_HEADER + n * size, error);
          return FALSE;
        }
      samples->n += n_rows;
    }
  fxp_samples_trim (samples);
  return check_end (reader, cancellable, error);
}

static gboolean
read_labels (FxpSamples *samples, FxpByteReader *reader, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE);

  for (gsize first = 0; first < samples->n; first += PIECE)
    {
      gsize n = MIN (samples->n - first, PIECE);
      gssize n_read = fxp_byte_reader_read (reader, piece, n, cancellable, error);

      if (n_read < 0)
        return FALSE;
      if ((gsize)n_read < n)
        {
          set_truncated (reader, LABELS_HEADER + samples->n, error);
          return FALSE;
        }
      for (gsize i = 0; i < n; i++)
        samples->labels[first + i] = piece[i];
    }
  return check_end (reader, cancellable, error);
}

FxpSamples *
fxp_idx_read (FxpByteReader *images,
              FxpByteReader *labels,
              FxpShape *shape,
              GCancellable *cancellable,
              GError **error)
{
  g_autoptr (FxpSamples) samples = NULL;
  guint32 sizes[4];
  guint32 label_sizes[2];

  if (!read_header (images, MAGIC_IMAGES, 4, sizes, cancellable, error) ||
      !check_images_header (images, sizes, error) ||
      !read_header (labels, MAGIC_LABELS, 2, label_sizes, cancellable, error))
    return NULL;
  if (label_sizes[1] != sizes[1])
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %u labels at offset 4, expected %u as there are images in %s"),
                   fxp_byte_reader_get_name (labels),
                   label_sizes[1],
                   sizes[1],
                   fxp_byte_reader_get_name (images));
      return NULL;
    }
  samples = fxp_samples_new ((gsize)sizes[2] * sizes[3], 1);
  if (!read_images (samples, sizes[1], images, cancellable, error) ||
      !read_labels (samples, labels, cancellable, error))
    return NULL;
  *shape = FXP_SHAPE_3 (1, sizes[2], sizes[3]);
  return g_steal_pointer (&samples);
}

static guint
find_greatest_label (const FxpSamples *samples)
{
  guint greatest = 0;

  for (gsize i = 0; i < samples->n; i++)
    greatest = MAX (greatest, samples->labels[i]);
  return greatest;
}

FxpDataset *
fxp_idx_new_dataset (const char *name,
                     const FxpShape *shape,
                     FxpSamples *train,
                     FxpSamples *test,
                     const char *place,
                     GError **error)
{
  guint greatest = find_greatest_label (train);

  if (test != NULL)
    greatest = MAX (greatest, find_greatest_label (test));
  if (greatest == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: every label is 0, expected at least 2 classes"),
                   place);
      fxp_samples_free (train);
      fxp_samples_free (test);
      return NULL;
    }
  return fxp_dataset_new (name, shape, greatest + 1, train, test);
}
