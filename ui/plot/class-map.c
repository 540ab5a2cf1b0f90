/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/class-map-data.h"

#include <glib/gi18n-lib.h>
#include <math.h>

FxuClassMap *
fxu_class_map_new (FxuMapKind kind)
{
  FxuClassMap *self = g_new0 (FxuClassMap, 1);

  self->kind = kind;
  self->min = -1.0;
  self->max = 1.0;
  self->n_classes = 2;
  self->device_scale = 1.0;
  self->points = g_array_new (FALSE, FALSE, sizeof (FxuMapPoint));
  return self;
}

static void
clear_field (FxuClassMap *self)
{
  for (guint i = 0; i < 2; i++)
    {
      g_clear_pointer (&self->classes[i], g_free);
      g_clear_pointer (&self->confidence[i], g_free);
    }
  g_clear_pointer (&self->image, cairo_surface_destroy);
  self->size = 0;
  self->has_twin = FALSE;
}

void
fxu_class_map_free (FxuClassMap *self)
{
  if (self == NULL)
    return;
  clear_field (self);
  g_clear_pointer (&self->layer, cairo_surface_destroy);
  g_strfreev (self->class_names);
  g_array_unref (self->points);
  g_free (self);
}

const char *
fxu_class_map_get_title (const FxuClassMap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  switch (self->kind)
    {
    case FXU_MAP_FIXED:
      return _ ("Fixed point");
    case FXU_MAP_TWIN:
      return _ ("Float twin");
    case FXU_MAP_DIFFERENCE:
    default:
      return _ ("Difference");
    }
}

/* Rows spread evenly over the split, since generated sets come ordered by class. */
static void
add_points (FxuClassMap *self, FxpDataset *dataset, FxpSplit split, gsize n_wanted)
{
  gsize n = fxp_dataset_get_n (dataset, split);
  g_autofree guint32 *rows = NULL;
  g_autofree double *inputs = NULL;
  g_autofree guint16 *labels = NULL;

  n_wanted = MIN (n_wanted, n);
  rows = g_new (guint32, n_wanted);
  inputs = g_new (double, 2 * n_wanted);
  labels = g_new (guint16, n_wanted);
  for (gsize i = 0; i < n_wanted; i++)
    rows[i] = (guint32)(i * n / n_wanted);
  fxp_dataset_gather (dataset, split, rows, n_wanted, inputs, labels);
  for (gsize i = 0; i < n_wanted; i++)
    {
      FxuMapPoint point = {inputs[2 * i], inputs[2 * i + 1], labels[i], split == FXP_SPLIT_TEST};

      if (isfinite (point.x) && isfinite (point.y))
        g_array_append_val (self->points, point);
    }
}

void
fxu_class_map_set_dataset (FxuClassMap *self, FxpDataset *dataset)
{
  gsize n_train, n_test, n, drawn;

  g_return_if_fail (self != NULL);

  g_array_set_size (self->points, 0);
  g_clear_pointer (&self->class_names, g_strfreev);
  g_clear_pointer (&self->image, cairo_surface_destroy);
  g_clear_pointer (&self->layer, cairo_surface_destroy);
  if (dataset == NULL || !fxp_dataset_get_plane (dataset, &self->min, &self->max))
    return;
  self->n_classes = MAX (2, fxp_dataset_get_n_classes (dataset));
  self->class_names = g_new0 (char *, self->n_classes + 1);
  for (guint i = 0; i < self->n_classes; i++)
    self->class_names[i] = i < fxp_dataset_get_n_classes (dataset)
                             ? g_strdup (fxp_dataset_get_class_name (dataset, i))
                             : g_strdup ("");

  n_train = fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN);
  n_test = fxp_dataset_get_n (dataset, FXP_SPLIT_TEST);
  n = n_train + n_test;
  drawn = MIN (n, FXU_MAP_POINTS_MAX);
  if (drawn == 0)
    return;
  add_points (self, dataset, FXP_SPLIT_TRAIN, drawn * n_train / n);
  add_points (self, dataset, FXP_SPLIT_TEST, drawn - drawn * n_train / n);
}

void
fxu_class_map_set_field (FxuClassMap *self, const FxpField *field)
{
  gsize n;

  g_return_if_fail (self != NULL);

  clear_field (self);
  if (field == NULL || field->size == 0 || field->classes[0] == NULL)
    return;
  n = (gsize)field->size * field->size;
  self->size = field->size;
  if (field->min != self->min || field->max != self->max)
    g_clear_pointer (&self->layer, cairo_surface_destroy);
  self->min = field->min;
  self->max = field->max;
  self->has_twin = field->classes[1] != NULL;
  for (guint i = 0; i < 2; i++)
    {
      self->classes[i] = g_memdup2 (field->classes[i], n);
      if (field->classes[i] != NULL)
        self->confidence[i] = g_memdup2 (field->confidence[i], n * sizeof (float));
      for (gsize k = 0; field->classes[i] != NULL && k < n; k++)
        self->n_classes = MAX (self->n_classes, field->classes[i][k] + 1U);
    }
}

void
fxu_class_map_set_device_scale (FxuClassMap *self, double scale)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (scale > 0.0);

  if (scale == self->device_scale)
    return;
  self->device_scale = scale;
  g_clear_pointer (&self->layer, cairo_surface_destroy);
}

double
fxu_class_map_get_disagreement (const FxuClassMap *self)
{
  gsize n, n_differ = 0;

  g_return_val_if_fail (self != NULL, NAN);

  if (self->size == 0 || !self->has_twin)
    return NAN;
  n = (gsize)self->size * self->size;
  for (gsize i = 0; i < n; i++)
    n_differ += self->classes[0][i] != self->classes[1][i];
  return (double)n_differ / n;
}

const char *
fxu_class_map_get_obstacle (const FxuClassMap *self)
{
  if (self->size == 0)
    return _ ("No map yet");
  if (self->kind != FXU_MAP_FIXED && !self->has_twin)
    return _ ("No float twin");
  return NULL;
}

char *
fxu_class_map_describe (const FxuClassMap *self)
{
  double disagreement;

  g_return_val_if_fail (self != NULL, NULL);

  if (fxu_class_map_get_obstacle (self) != NULL)
    return g_strdup (fxu_class_map_get_obstacle (self));
  disagreement = fxu_class_map_get_disagreement (self);
  if (isnan (disagreement))
    return g_strdup_printf (_ ("Decision map of %u classes"), self->n_classes);
  /* translators: a number of classes, then a percentage */
  return g_strdup_printf (_ (
                            "Decision map of %u classes; the twins differ on %.1f %% of the plane"),
                          self->n_classes,
                          100.0 * disagreement);
}
