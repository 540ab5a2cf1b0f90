/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"

#include <math.h>

/* Bytes looked at at once for the greatest. */
#define CHUNK 65536

static void
set_scale (FxpDataset *self, double scale)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->byte_values); i++)
    self->byte_values[i] = i / scale;
}

/* Whether no byte is greater; most sets say no within the first samples. */
static gboolean
is_within (const FxpSamples *samples, guint8 limit)
{
  const guint8 *bytes = samples->features;
  gsize n = samples->n * samples->n_features;

  for (gsize first = 0; first < n; first += CHUNK)
    {
      guint8 greatest = 0;

      for (gsize i = first; i < MIN (n, first + CHUNK); i++)
        greatest = MAX (greatest, bytes[i]);
      if (greatest > limit)
        return FALSE;
    }
  return TRUE;
}

FxpDataset *
fxp_dataset_new (const char *name,
                 const FxpShape *shape,
                 guint n_classes,
                 FxpSamples *train,
                 FxpSamples *test)
{
  FxpDataset *self = g_atomic_rc_box_new0 (FxpDataset);
  gboolean is_dim = TRUE;

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
        is_dim = is_dim && is_within (samples, 16);
    }
  set_scale (self, is_dim ? 16 : 255);
  return self;
}

void
fxp_dataset_take_class_names (FxpDataset *self, char **names)
{
  g_strfreev (self->class_names);
  self->class_names = names;
}

static double
get_value (const FxpDataset *self, const FxpSamples *samples, gsize i)
{
  return samples->value_size == 1 ? self->byte_values[((const guint8 *)samples->features)[i]]
                                  : (double)((const float *)samples->features)[i];
}

void
fxp_dataset_fit_plane (FxpDataset *self)
{
  double min = INFINITY;
  double max = -INFINITY;
  double margin;

  if (self->shape.rank != 1 || self->n_features != 2)
    return;
  for (guint split = 0; split < FXP_N_SPLITS; split++)
    for (gsize i = 0; self->samples[split] != NULL && i < 2 * self->samples[split]->n; i++)
      {
        min = MIN (min, get_value (self, self->samples[split], i));
        max = MAX (max, get_value (self, self->samples[split], i));
      }
  margin = max > min ? 0.1 * (max - min) : 1.0;
  self->plane_min = min - margin;
  self->plane_max = max + margin;
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
  fxp_normalization_free (self->normalization);
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
gather_raw_row (const FxpDataset *self, const FxpSamples *samples, gsize row, double *inputs)
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

static void
gather_row (const FxpDataset *self, const FxpSamples *samples, gsize row, double *inputs)
{
  const FxpNormalization *normalization = self->normalization;

  if (normalization != NULL && normalization->tables != NULL)
    {
      const guint8 *bytes = (const guint8 *)samples->features + row * samples->n_features;

      fxp_normalization_map_bytes (normalization, bytes, inputs);
      return;
    }
  gather_raw_row (self, samples, row, inputs);
  if (normalization != NULL)
    fxp_normalization_map (normalization, inputs);
}

static void
gather (const FxpDataset *self,
        FxpSplit split,
        const guint32 *rows,
        gsize n,
        void (*of_row) (const FxpDataset *self, const FxpSamples *samples, gsize row, double *to),
        double *inputs,
        guint16 *labels)
{
  const FxpPart *part = &self->parts[split];

  for (gsize i = 0; i < n; i++)
    {
      gsize row = part->first + rows[i];

      g_return_if_fail (rows[i] < part->n);
      if (inputs != NULL)
        of_row (self, part->samples, row, inputs + i * self->n_features);
      if (labels != NULL)
        labels[i] = part->samples->labels[row];
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
  g_return_if_fail (split < FXP_N_SPLITS);

  gather (self, split, rows, n, gather_row, inputs, labels);
}

void
fxp_dataset_gather_raw (const FxpDataset *self,
                        FxpSplit split,
                        const guint32 *rows,
                        gsize n,
                        double *inputs,
                        guint16 *labels)
{
  g_return_if_fail (split < FXP_N_SPLITS);

  gather (self, split, rows, n, gather_raw_row, inputs, labels);
}

gboolean
fxp_dataset_normalize (FxpDataset *self, GCancellable *cancellable, GError **error)
{
  g_assert (self->normalization == NULL);

  self->normalization = fxp_normalization_new (self, cancellable, error);
  if (self->normalization == NULL)
    return FALSE;
  if (self->shape.rank == 1 && self->n_features == 2)
    fxp_normalization_map_plane (self->normalization, &self->plane_min, &self->plane_max);
  return TRUE;
}

double
fxp_dataset_normalize_value (const FxpDataset *self, gsize channel, double value)
{
  return self->normalization != NULL ? fxp_normalization_apply (self->normalization, channel, value)
                                     : value;
}
