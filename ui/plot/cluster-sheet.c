/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/cluster-sheet-data.h"
#include "plot/scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <stdlib.h>

FxuClusterSheet *
fxu_cluster_sheet_new (const char *empty_text)
{
  FxuClusterSheet *self = g_new0 (FxuClusterSheet, 1);

  self->empty_text = g_strdup (empty_text);
  self->is_sorted = TRUE;
  return self;
}

static void
clear (FxuClusterSheet *self)
{
  g_free ((double *)self->data.weights);
  g_free ((double *)self->data.values);
  g_free ((guint8 *)self->data.is_kept);
  self->data = (FxuClusterData){0};
  g_clear_pointer (&self->order, g_free);
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->caption, g_free);
  self->greatest = 0.0;
}

void
fxu_cluster_sheet_free (FxuClusterSheet *self)
{
  if (self == NULL)
    return;
  clear (self);
  g_free (self->empty_text);
  g_free (self);
}

/* Falling; equal weights stay in their order, so that the same data are always drawn alike. */
static int
compare (gconstpointer a, gconstpointer b, gpointer data)
{
  const double *weights = data;
  gsize i = *(const gsize *)a, j = *(const gsize *)b;

  if (weights[i] != weights[j])
    return weights[i] > weights[j] ? -1 : 1;
  return i < j ? -1 : i > j;
}

static void
update_order (FxuClusterSheet *self)
{
  self->order = g_new (gsize, MAX (self->data.n, 1));
  for (gsize i = 0; i < self->data.n; i++)
    self->order[i] = i;
  g_qsort_with_data (self->order,
                     (int)self->data.n,
                     sizeof *self->order,
                     compare,
                     (gpointer)self->data.weights);
}

static void
update_greatest (FxuClusterSheet *self)
{
  for (gsize i = 0; i < self->data.n; i++)
    {
      if (isfinite (self->data.weights[i]))
        self->greatest = MAX (self->greatest, fabs (self->data.weights[i]));
      self->greatest = MAX (self->greatest, fabs (self->data.values[i]));
    }
  for (guint i = 0; i < self->data.n_levels; i++)
    self->greatest = MAX (self->greatest, fabs (self->data.levels[i]));
}

void
fxu_cluster_sheet_set (FxuClusterSheet *self,
                       const FxuClusterData *data,
                       const char *title,
                       const char *caption)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (data == NULL || (title != NULL && caption != NULL));
  g_return_if_fail (data == NULL || data->n_levels <= FXU_CLUSTER_LEVELS_MAX);
  g_return_if_fail (data == NULL || data->n <= G_MAXINT);

  clear (self);
  if (data == NULL)
    return;
  self->title = g_strdup (title);
  self->caption = g_strdup (caption);
  self->data = *data;
  self->data.weights = g_memdup2 (data->weights, data->n * sizeof *data->weights);
  self->data.values = g_memdup2 (data->values, data->n * sizeof *data->values);
  self->data.is_kept = g_memdup2 (data->is_kept, data->n * sizeof *data->is_kept);
  update_order (self);
  update_greatest (self);
}

void
fxu_cluster_sheet_set_sorted (FxuClusterSheet *self, gboolean sorted)
{
  g_return_if_fail (self != NULL);

  self->is_sorted = !!sorted;
}

gboolean
fxu_cluster_sheet_get_sorted (const FxuClusterSheet *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_sorted;
}

gsize
fxu_cluster_sheet_get_n (const FxuClusterSheet *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->data.n;
}

char *
fxu_cluster_sheet_describe_place (const FxuClusterSheet *self, gsize place)
{
  g_autofree char *weight = NULL;
  g_autofree char *value = NULL;
  g_autofree char *rest = NULL;
  gsize i;

  g_return_val_if_fail (self != NULL && place < self->data.n, NULL);

  i = fxu_cluster_sheet_at (self, place);
  weight = fxu_scale_format_reading (self->data.weights[i]);
  value = fxu_scale_format_reading (self->data.values[i]);
  rest = fxu_scale_format_reading (self->data.weights[i] - self->data.values[i]);
  /* translators: one weight of a cluster: its number, its real value, what stands for it, and the
   * difference */
  return g_strdup_printf (self->data.is_kept[i] ? _ ("weight %u: %s, kept as %s, residual %s")
                                                : _ ("weight %u: %s, dropped to %s, residual %s"),
                          (guint)i + 1,
                          weight,
                          value,
                          rest);
}

char *
fxu_cluster_sheet_describe (const FxuClusterSheet *self)
{
  gsize n_kept = 0;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->data.n == 0)
    return g_strdup (self->empty_text);
  for (gsize i = 0; i < self->data.n; i++)
    n_kept += self->data.is_kept[i];
  /* translators: which cluster; how many of its weights are kept; what else is to be said */
  return g_strdup_printf (_ ("%s: %u of %u weights kept; %s"),
                          self->title,
                          (guint)n_kept,
                          (guint)self->data.n,
                          self->caption);
}
