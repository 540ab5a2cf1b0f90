/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"

#include <math.h>

#define N_BYTES 256
/* Values measured between two looks at the cancellable. */
#define CHUNK (1024 * 1024)

static FxpNormalization *
new_for (const FxpDataset *dataset)
{
  FxpNormalization *self = g_new0 (FxpNormalization, 1);

  self->n_groups = dataset->shape.dim[0];
  self->group_size = dataset->n_features / self->n_groups;
  self->means = g_new0 (double, self->n_groups);
  self->deviations = g_new0 (double, self->n_groups);
  return self;
}

void
fxp_normalization_free (FxpNormalization *self)
{
  if (self == NULL)
    return;
  g_free (self->means);
  g_free (self->deviations);
  g_free (self->tables);
  g_free (self);
}

/* Whether it is time to stop; @n_unseen counts values since the last look. */
static gboolean
is_cancelled (gsize *n_unseen, gsize n, GCancellable *cancellable, GError **error)
{
  *n_unseen += n;
  if (*n_unseen < CHUNK)
    return FALSE;
  *n_unseen = 0;
  return g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* How often each byte occurs in a channel. */
static guint64 *
count_bytes (const FxpNormalization *self,
             const FxpPart *part,
             GCancellable *cancellable,
             GError **error)
{
  g_autofree guint64 *counts = g_new0 (guint64, self->n_groups * N_BYTES);
  gsize n_features = part->samples->n_features;
  const guint8 *bytes = (const guint8 *)part->samples->features + part->first * n_features;
  gsize n_unseen = 0;

  for (gsize row = 0; row < part->n; row++)
    {
      if (is_cancelled (&n_unseen, n_features, cancellable, error))
        return NULL;
      for (gsize group = 0; group < self->n_groups; group++)
        for (gsize i = 0; i < self->group_size; i++)
          counts[group * N_BYTES + *bytes++]++;
    }
  return g_steal_pointer (&counts);
}

static void
set_from_counts (FxpNormalization *self,
                 gsize group,
                 const guint64 *counts,
                 const double *values,
                 gsize n)
{
  double sum = 0;
  double squares = 0;
  guint n_levels = 0;

  for (guint i = 0; i < N_BYTES; i++)
    {
      sum += (double)counts[i] * values[i];
      n_levels += counts[i] > 0;
      /* A single level is its own mean, without rounding. */
      if (counts[i] > 0)
        self->means[group] = values[i];
    }
  if (n_levels == 1)
    return;
  self->means[group] = sum / (double)n;
  for (guint i = 0; i < N_BYTES; i++)
    {
      double distance = values[i] - self->means[group];

      squares += (double)counts[i] * distance * distance;
    }
  self->deviations[group] = sqrt (squares / (double)n);
}

static void
fill_table (FxpNormalization *self, const double *values)
{
  self->tables = g_new (double, self->n_groups *N_BYTES);
  for (gsize group = 0; group < self->n_groups; group++)
    for (guint i = 0; i < N_BYTES; i++)
      self->tables[group * N_BYTES + i] = fxp_normalization_apply (self, group, values[i]);
}

static gboolean
measure_byte_images (FxpNormalization *self,
                     const FxpDataset *dataset,
                     GCancellable *cancellable,
                     GError **error)
{
  const FxpPart *part = &dataset->parts[FXP_SPLIT_TRAIN];
  g_autofree guint64 *counts = count_bytes (self, part, cancellable, error);

  if (counts == NULL)
    return FALSE;
  for (gsize group = 0; group < self->n_groups; group++)
    set_from_counts (self,
                     group,
                     counts + group * N_BYTES,
                     dataset->byte_values,
                     part->n * self->group_size);
  return TRUE;
}

typedef struct
{
  double *sums; /* then sums of squared distances */
  double *least;
  double *greatest;
} Sums;

static void
clear_sums (Sums *self)
{
  g_free (self->sums);
  g_free (self->least);
  g_free (self->greatest);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Sums, clear_sums)

static void
add_values (const FxpNormalization *self, Sums *sums, const double *inputs)
{
  for (gsize group = 0; group < self->n_groups; group++)
    for (gsize i = 0; i < self->group_size; i++)
      {
        double value = *inputs++;

        sums->sums[group] += value;
        sums->least[group] = MIN (sums->least[group], value);
        sums->greatest[group] = MAX (sums->greatest[group], value);
      }
}

static void
add_squares (const FxpNormalization *self, Sums *sums, const double *inputs)
{
  for (gsize group = 0; group < self->n_groups; group++)
    for (gsize i = 0; i < self->group_size; i++)
      {
        double distance = *inputs++ - self->means[group];

        sums->sums[group] += distance * distance;
      }
}

/* Calls @add for each training sample in order. */
static gboolean
pass_over (const FxpNormalization *self,
           const FxpDataset *dataset,
           void (*add) (const FxpNormalization *self, Sums *sums, const double *inputs),
           Sums *sums,
           GCancellable *cancellable,
           GError **error)
{
  g_autofree double *inputs = g_new (double, dataset->n_features);
  gsize n = dataset->parts[FXP_SPLIT_TRAIN].n;
  gsize n_unseen = 0;

  for (guint32 row = 0; row < n; row++)
    {
      if (is_cancelled (&n_unseen, dataset->n_features, cancellable, error))
        return FALSE;
      fxp_dataset_gather_raw (dataset, FXP_SPLIT_TRAIN, &row, 1, inputs, NULL);
      add (self, sums, inputs);
    }
  return TRUE;
}

static gboolean
measure_values (FxpNormalization *self,
                const FxpDataset *dataset,
                GCancellable *cancellable,
                GError **error)
{
  double n = (double)(dataset->parts[FXP_SPLIT_TRAIN].n * self->group_size);
  g_auto (Sums) sums = {g_new0 (double, self->n_groups),
                        g_new (double, self->n_groups),
                        g_new (double, self->n_groups)};

  for (gsize group = 0; group < self->n_groups; group++)
    {
      sums.least[group] = INFINITY;
      sums.greatest[group] = -INFINITY;
    }
  if (!pass_over (self, dataset, add_values, &sums, cancellable, error))
    return FALSE;
  for (gsize group = 0; group < self->n_groups; group++)
    {
      /* Rounding of the sum must not make a constant vary. */
      self->means[group] =
        sums.least[group] == sums.greatest[group] ? sums.least[group] : sums.sums[group] / n;
      sums.sums[group] = 0;
    }
  if (!pass_over (self, dataset, add_squares, &sums, cancellable, error))
    return FALSE;
  for (gsize group = 0; group < self->n_groups; group++)
    self->deviations[group] = sqrt (sums.sums[group] / n);
  return TRUE;
}

FxpNormalization *
fxp_normalization_new (const FxpDataset *dataset, GCancellable *cancellable, GError **error)
{
  g_autoptr (FxpNormalization) self = new_for (dataset);
  gboolean is_byte_image =
    dataset->shape.rank == 3 && dataset->parts[FXP_SPLIT_TRAIN].samples->value_size == 1;

  if (is_byte_image ? !measure_byte_images (self, dataset, cancellable, error)
                    : !measure_values (self, dataset, cancellable, error))
    return NULL;
  /* What does not vary is only centred. */
  for (gsize group = 0; group < self->n_groups; group++)
    if (self->deviations[group] == 0)
      self->deviations[group] = 1;
  if (is_byte_image)
    fill_table (self, dataset->byte_values);
  return g_steal_pointer (&self);
}

double
fxp_normalization_apply (const FxpNormalization *self, gsize group, double value)
{
  return (value - self->means[group]) / self->deviations[group];
}

void
fxp_normalization_map_bytes (const FxpNormalization *self, const guint8 *bytes, double *inputs)
{
  for (gsize group = 0; group < self->n_groups; group++)
    {
      const double *table = self->tables + group * N_BYTES;

      for (gsize i = 0; i < self->group_size; i++)
        *inputs++ = table[*bytes++];
    }
}

void
fxp_normalization_map (const FxpNormalization *self, double *inputs)
{
  for (gsize group = 0; group < self->n_groups; group++)
    for (gsize i = 0; i < self->group_size; i++, inputs++)
      *inputs = fxp_normalization_apply (self, group, *inputs);
}

void
fxp_normalization_map_plane (const FxpNormalization *self, double *min, double *max)
{
  double corners[2][2];

  g_return_if_fail (self->n_groups == 2 && self->group_size == 1);

  for (guint i = 0; i < 2; i++)
    {
      corners[i][0] = fxp_normalization_apply (self, i, *min);
      corners[i][1] = fxp_normalization_apply (self, i, *max);
    }
  *min = MIN (corners[0][0], corners[1][0]);
  *max = MAX (corners[0][1], corners[1][1]);
}
