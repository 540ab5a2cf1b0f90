/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/handoff-private.h"
#include "training/pictures-private.h"

static guint
get_n_twins (gboolean with_twin)
{
  return with_twin ? 2 : 1;
}

/* The next @n_bytes of a block.  Whoever takes the widest elements first finds all aligned. */
static gpointer
take (guint8 **place, gsize n_bytes)
{
  gpointer taken = *place;

  *place += n_bytes;
  return taken;
}

FxpField *
fxp_field_new (guint size, gboolean with_twin)
{
  gsize n = (gsize)size * size;
  guint n_twins = get_n_twins (with_twin);
  FxpField *self =
    g_atomic_rc_box_alloc0 (sizeof *self + n_twins * n * (sizeof (float) + sizeof (guint8)));
  guint8 *place = (guint8 *)(self + 1);

  self->size = size;
  for (guint twin = 0; twin < n_twins; twin++)
    self->confidence[twin] = take (&place, n * sizeof (float));
  for (guint twin = 0; twin < n_twins; twin++)
    self->classes[twin] = take (&place, n);
  return self;
}

FxpSheet *
fxp_sheet_new (guint n, gboolean with_twin)
{
  guint n_twins = get_n_twins (with_twin);
  FxpSheet *self =
    g_atomic_rc_box_alloc0 (sizeof *self + n_twins * n * (sizeof (float) + sizeof (guint16)));
  guint8 *place = (guint8 *)(self + 1);

  self->n = n;
  for (guint twin = 0; twin < n_twins; twin++)
    self->confidence[twin] = take (&place, n * sizeof (float));
  for (guint twin = 0; twin < n_twins; twin++)
    self->predicted[twin] = take (&place, n * sizeof (guint16));
  return self;
}

FxpConfusion *
fxp_confusion_new (guint n_classes, guint n_mistakes, gboolean with_twin)
{
  gsize n_cells = (gsize)n_classes * n_classes;
  guint n_twins = get_n_twins (with_twin);
  FxpConfusion *self = g_atomic_rc_box_alloc0 (
    sizeof *self + n_twins * (n_cells * sizeof (guint32) + n_mistakes * sizeof (FxpMistake)));
  guint8 *place = (guint8 *)(self + 1);

  self->n_classes = n_classes;
  for (guint twin = 0; twin < n_twins; twin++)
    {
      self->counts[twin] = take (&place, n_cells * sizeof (guint32));
      self->mistakes[twin] = take (&place, n_mistakes * sizeof (FxpMistake));
    }
  return self;
}

FxpFilters *
fxp_filters_new (const FxpShape *kernels, gboolean with_twin)
{
  gsize n_bytes = fxp_shape_get_n (kernels) * sizeof (float);
  guint n_twins = get_n_twins (with_twin);
  FxpFilters *self = g_atomic_rc_box_alloc0 (sizeof *self + n_twins * n_bytes);
  guint8 *place = (guint8 *)(self + 1);

  self->n = kernels->dim[0];
  self->channels = kernels->dim[1];
  self->height = kernels->dim[2];
  self->width = kernels->dim[3];
  for (guint twin = 0; twin < n_twins; twin++)
    self->values[twin] = take (&place, n_bytes);
  return self;
}

FxpActivations *
fxp_activations_new (const FxpShape *shapes, guint n_layers, gboolean with_twin)
{
  guint n_twins = get_n_twins (with_twin);
  gsize n = 0, n_bytes;
  FxpActivations *self;
  FxpShape *own_shapes;
  gsize *first;
  guint8 *place;

  for (guint layer = 0; layer < n_layers; layer++)
    n += fxp_shape_get_n (&shapes[layer]);
  n_bytes = n * sizeof (float);
  self = g_atomic_rc_box_alloc0 (sizeof *self + n_layers * (sizeof *own_shapes + sizeof *first) +
                                 n_twins * n_bytes);
  place = (guint8 *)(self + 1);
  own_shapes = take (&place, n_layers * sizeof *own_shapes);
  first = take (&place, n_layers * sizeof *first);
  n = 0;
  for (guint layer = 0; layer < n_layers; layer++)
    {
      own_shapes[layer] = shapes[layer];
      first[layer] = n;
      n += fxp_shape_get_n (&shapes[layer]);
    }
  self->n_layers = n_layers;
  self->shapes = own_shapes;
  self->first = first;
  for (guint twin = 0; twin < n_twins; twin++)
    self->values[twin] = take (&place, n_bytes);
  return self;
}

gconstpointer
fxp_picture_ref (gconstpointer self)
{
  return g_atomic_rc_box_acquire ((gpointer)self);
}

/* All of a picture is one block, so that there is nothing to clear. */
static void
picture_clear (gpointer self)
{
  FXP_HANDOFF_RECEIVE (self);
}

void
fxp_picture_unref (gconstpointer self)
{
  FXP_HANDOFF_SEND ((gpointer)self);
  g_atomic_rc_box_release_full ((gpointer)self, picture_clear);
}
