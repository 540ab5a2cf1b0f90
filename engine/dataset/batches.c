/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/batches-private.h"
#include "dataset/dataset-private.h"
#include "number/random.h"

#include <string.h>

/* Sets up to this size are kept as doubles, so that a small batch is only copied. */
#define COPY_BYTES_MAX (1024 * 1024)

struct _FxpBatches
{
  FxpDataset *dataset;
  guint64 seed;
  gsize n;
  gsize n_features;
  guint32 *order; /* of ordered_epoch */
  guint64 ordered_epoch;
  gboolean is_ordered;
  double *all_inputs; /* every training sample, or NULL for a large set */
  guint16 *all_labels;
  FxpAugmentation augmentation; /* of images */
  FxpNoise augmentation_noise;  /* of ordered_epoch */
  double *original;             /* one sample before it is augmented; NULL if none is */
  double *blacks;               /* of each channel */
  gsize allocated;              /* samples the buffers hold */
  double *inputs;
  guint16 *labels;
};

static void
set_identity (FxpBatches *self)
{
  for (gsize i = 0; i < self->n; i++)
    self->order[i] = (guint32)i;
}

static void
prepare_augmentation (FxpBatches *self, FxpAugmentation augmentation)
{
  const FxpShape *shape = fxp_dataset_get_shape (self->dataset);

  if (!fxp_dataset_is_image (self->dataset) || (!augmentation.flip && augmentation.crop == 0))
    return;
  self->augmentation = augmentation;
  self->original = g_new (double, self->n_features);
  self->blacks = g_new (double, shape->dim[0]);
  for (gsize i = 0; i < shape->dim[0]; i++)
    self->blacks[i] = fxp_dataset_normalize_value (self->dataset, i, 0);
}

FxpBatches *
fxp_batches_new (FxpDataset *dataset, guint64 seed, FxpAugmentation augmentation)
{
  FxpBatches *self;
  const FxpShape *shape;

  g_return_val_if_fail (dataset != NULL, NULL);
  g_return_val_if_fail (augmentation.crop <= FXP_AUGMENTATION_CROP_MAX, NULL);

  self = g_new0 (FxpBatches, 1);
  self->dataset = fxp_dataset_ref (dataset);
  self->seed = seed;
  self->n = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  self->n_features = 1;
  shape = fxp_dataset_get_shape (dataset);
  for (guint i = 0; i < shape->rank; i++)
    self->n_features *= shape->dim[i];

  self->order = g_new (guint32, self->n);
  if (self->n <= COPY_BYTES_MAX / sizeof (double) / self->n_features)
    {
      self->all_inputs = g_new (double, self->n * self->n_features);
      self->all_labels = g_new (guint16, self->n);
      set_identity (self);
      fxp_dataset_gather (dataset,
                          FXP_SPLIT_TRAIN,
                          self->order,
                          self->n,
                          self->all_inputs,
                          self->all_labels);
    }
  prepare_augmentation (self, augmentation);
  return self;
}

void
fxp_batches_free (FxpBatches *self)
{
  if (self == NULL)
    return;
  fxp_dataset_unref (self->dataset);
  g_free (self->order);
  g_free (self->all_inputs);
  g_free (self->all_labels);
  g_free (self->original);
  g_free (self->blacks);
  g_free (self->inputs);
  g_free (self->labels);
  g_free (self);
}

/* Each epoch begins from the identity, so that its order does not hang on those before it. */
static void
order_epoch (FxpBatches *self, guint64 epoch)
{
  if (self->is_ordered && self->ordered_epoch == epoch)
    return;
  set_identity (self);
  fxp_noise_shuffle (fxp_noise_new (self->seed, epoch, 0, 0, FXP_STREAM_SHUFFLE),
                     self->order,
                     (guint32)self->n);
  self->augmentation_noise = fxp_noise_new (self->seed, epoch, 0, 0, FXP_STREAM_AUGMENT);
  self->ordered_epoch = epoch;
  self->is_ordered = TRUE;
}

static void
reserve (FxpBatches *self, gsize batch)
{
  if (batch <= self->allocated)
    return;
  g_free (self->inputs);
  g_free (self->labels);
  self->inputs = g_new (double, batch * self->n_features);
  self->labels = g_new (guint16, batch);
  self->allocated = batch;
}

static void
copy_rows (FxpBatches *self, const guint32 *rows, gsize n)
{
  gsize n_features = self->n_features;

  for (gsize i = 0; i < n; i++)
    {
      memcpy (self->inputs + i * n_features,
              self->all_inputs + rows[i] * n_features,
              n_features * sizeof (double));
      self->labels[i] = self->all_labels[rows[i]];
    }
}

/* Changes the samples of the batch in place. */
static void
augment (FxpBatches *self, const guint32 *rows, gsize n)
{
  const FxpShape *shape = fxp_dataset_get_shape (self->dataset);

  for (gsize i = 0; i < n; i++)
    {
      double *inputs = self->inputs + i * self->n_features;
      FxpAugmentationDraw draw =
        fxp_augmentation_draw (&self->augmentation, self->augmentation_noise, rows[i]);

      memcpy (self->original, inputs, self->n_features * sizeof (double));
      fxp_augmentation_apply (&self->augmentation,
                              &draw,
                              shape,
                              self->blacks,
                              self->original,
                              inputs);
    }
}

static gsize
div_round_up (gsize n, gsize divisor)
{
  return (n + divisor - 1) / divisor;
}

gsize
fxp_batches_next (FxpBatches *self,
                  FxpCursor *cursor,
                  guint batch,
                  const double **inputs,
                  const guint16 **labels)
{
  const guint32 *rows;
  gsize left, n;

  g_return_val_if_fail (batch > 0, 0);
  g_return_val_if_fail (cursor->first < self->n, 0);

  order_epoch (self, cursor->epoch);
  /* As many batches as the rest of the epoch needs, all of about one size: a last batch of two
   * samples would move the weights as far as a whole one, in a direction that is mostly noise. */
  left = self->n - cursor->first;
  n = div_round_up (left, div_round_up (left, batch));
  reserve (self, (guint)n);
  rows = self->order + cursor->first;
  if (self->all_inputs != NULL)
    copy_rows (self, rows, n);
  else
    fxp_dataset_gather (self->dataset, FXP_SPLIT_TRAIN, rows, n, self->inputs, self->labels);
  if (self->original != NULL)
    augment (self, rows, n);

  cursor->first += n;
  if (cursor->first == self->n)
    *cursor = (FxpCursor){cursor->epoch + 1, 0};
  *inputs = self->inputs;
  *labels = self->labels;
  return n;
}
