/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The first piece of memory; a file must bring data before it gets more. */
#define FIRST_BYTES 65536
/* Rows moved between two looks at the cancellable. */
#define PERMUTE_CHUNK 4096

FxpSamples *
fxp_samples_new (gsize n_features, gsize value_size)
{
  FxpSamples *self = g_new0 (FxpSamples, 1);

  self->n_features = n_features;
  self->value_size = value_size;
  return self;
}

void
fxp_samples_free (FxpSamples *self)
{
  if (self == NULL)
    return;
  g_free (self->features);
  g_free (self->labels);
  g_free (self);
}

static gsize
get_row_size (const FxpSamples *self)
{
  return self->n_features * self->value_size;
}

static gboolean
resize (FxpSamples *self, gsize n)
{
  gpointer features = g_try_realloc_n (self->features, n, get_row_size (self));
  guint16 *labels;

  if (features == NULL)
    return FALSE;
  self->features = features;
  self->n_allocated = MIN (self->n_allocated, n);
  labels = g_try_realloc_n (self->labels, n, sizeof *labels);
  if (labels == NULL)
    return FALSE;
  self->labels = labels;
  self->n_allocated = n;
  return TRUE;
}

gboolean
fxp_samples_reserve (FxpSamples *self, gsize n, gsize n_max, const char *place, GError **error)
{
  gsize row_size = get_row_size (self);
  gsize n_limit = (gsize)(FXP_DATASET_BYTES_MAX / row_size);
  gsize n_new;

  if (n <= self->n_allocated)
    return TRUE;
  if (n > n_limit)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: %zu samples of %zu bytes, expected 4 GiB in all at most"),
                   place,
                   n,
                   row_size);
      return FALSE;
    }
  n_new = self->n_allocated + MAX (self->n_allocated / 8, FIRST_BYTES / row_size);
  n_new = MAX (n, MIN (n_new, MIN (n_max, n_limit)));
  if (!resize (self, n_new) && !resize (self, n))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("%s: not enough memory for %zu samples of %zu bytes"),
                   place,
                   n,
                   row_size);
      return FALSE;
    }
  return TRUE;
}

void
fxp_samples_trim (FxpSamples *self)
{
  /* If it fails, the larger piece is kept, which is no harm. */
  if (self->n > 0 && self->n < self->n_allocated)
    resize (self, self->n);
}

/* Moves the rows of the cycle that begins at @start, and marks its places in @order as done by
 * letting each point to itself.  Returns the number of rows moved. */
static gsize
permute_cycle (FxpSamples *self, guint32 *order, guint32 start, guint8 *spare)
{
  gsize size = get_row_size (self);
  guint8 *features = self->features;
  guint16 spare_label = self->labels[start];
  gsize n_moved = 1;
  guint32 to = start;

  memcpy (spare, features + start * size, size);
  while (order[to] != start)
    {
      guint32 from = order[to];

      memcpy (features + to * size, features + from * size, size);
      self->labels[to] = self->labels[from];
      order[to] = to;
      to = from;
      n_moved++;
    }
  memcpy (features + to * size, spare, size);
  self->labels[to] = spare_label;
  order[to] = to;
  return n_moved;
}

gboolean
fxp_samples_permute (FxpSamples *self, guint32 *order, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *spare = g_malloc (get_row_size (self));
  gsize n_unseen = 0;

  for (gsize i = 0; i < self->n; i++)
    {
      if (n_unseen >= PERMUTE_CHUNK)
        {
          if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
          n_unseen = 0;
        }
      n_unseen += permute_cycle (self, order, (guint32)i, spare);
    }
  return TRUE;
}
