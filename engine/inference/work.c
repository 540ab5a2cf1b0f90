/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/work-private.h"

#include "experiment/topology-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

/* So that sums over all layers fit 64 bits. */
#define MACS_MAX_LOG2 52

struct _FxpWork
{
  char *name;
  char *source;   /* or NULL */
  GArray *layers; /* of FxpWorkLayer */
};

static void
layer_clear (gpointer data)
{
  FxpWorkLayer *self = data;

  g_free (self->name);
}

FxpWork *
fxp_work_new_empty (const char *name, const char *source)
{
  FxpWork *self = g_atomic_rc_box_new0 (FxpWork);

  self->name = g_strdup (name);
  self->source = g_strdup (source);
  self->layers = g_array_new (FALSE, FALSE, sizeof (FxpWorkLayer));
  g_array_set_clear_func (self->layers, layer_clear);
  return self;
}

FxpWork *
fxp_work_ref (FxpWork *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
work_clear (gpointer data)
{
  FxpWork *self = data;

  g_free (self->name);
  g_free (self->source);
  g_array_unref (self->layers);
}

void
fxp_work_unref (FxpWork *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, work_clear);
}

static gboolean
is_countable (const FxpWorkLayer *layer)
{
  guint64 n = (guint64)layer->kernel * layer->kernel;

  return g_uint64_checked_mul (&n, n, layer->n_inputs) &&
         g_uint64_checked_mul (&n, n, layer->n_outputs) &&
         g_uint64_checked_mul (&n, n, layer->n_positions) &&
         n <= G_GUINT64_CONSTANT (1) << MACS_MAX_LOG2;
}

gboolean
fxp_work_add (FxpWork *self, const FxpWorkLayer *layer, GError **error)
{
  g_autofree char *name = layer->name;

  if (self->layers->len == FXP_TOPOLOGY_LAYERS_MAX)
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_RANGE,
                 _ ("layer %s is one too many, expected at most %d"),
                 name,
                 FXP_TOPOLOGY_LAYERS_MAX);
  else if (!is_countable (layer))
    g_set_error (error,
                 FXP_ERROR,
                 FXP_ERROR_RANGE,
                 _ ("layer %s takes too many multiplications, expected at most 2^%d"),
                 name,
                 MACS_MAX_LOG2);
  else
    {
      g_array_append_val (self->layers, *layer);
      g_steal_pointer (&name);
      return TRUE;
    }
  return FALSE;
}

/* @layer: index among those with weights. */
static FxpWorkLayer
describe (const FxpTopology *topology, const FxpLayerSize *sizes, guint layer)
{
  const FxpLayerSpec *spec = fxp_topology_get_weighted (topology, layer);
  const FxpLayerSize *size = &sizes[fxp_topology_get_weighted_index (topology, layer)];
  FxpWorkLayer self = {.name = fxp_topology_get_name (topology, layer), .n_outputs = spec->units};

  self.is_dense = spec->kind == FXP_LAYER_DENSE;
  self.kernel = self.is_dense ? 1 : spec->kernel;
  self.n_inputs = self.is_dense ? fxp_shape_get_n (&size->input) : size->input.dim[0];
  self.n_positions = fxp_shape_get_n (&size->output) / spec->units;
  return self;
}

FxpWork *
fxp_work_new (const FxpTopology *topology, const FxpShape *input, GError **error)
{
  g_autofree FxpLayerSize *sizes = NULL;
  g_autoptr (FxpWork) self = NULL;

  g_return_val_if_fail (topology != NULL, NULL);

  input = fxp_topology_find_input (topology, input, error);
  if (input == NULL || !fxp_topology_check (topology, input, 0, NULL, error))
    return NULL;
  sizes = g_new0 (FxpLayerSize, fxp_topology_get_n_layers (topology));
  fxp_topology_measure (topology, input, sizes);
  self = fxp_work_new_empty (fxp_topology_get_text (topology), NULL);
  for (guint i = 0; i < fxp_topology_get_n_weighted (topology); i++)
    {
      const FxpWorkLayer layer = describe (topology, sizes, i);

      if (!fxp_work_add (self, &layer, error))
        return NULL;
    }
  return g_steal_pointer (&self);
}

const char *
fxp_work_get_name (const FxpWork *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->name;
}

const char *
fxp_work_get_source (const FxpWork *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->source;
}

guint
fxp_work_get_n_layers (const FxpWork *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->layers->len;
}

const FxpWorkLayer *
fxp_work_get_layer (const FxpWork *self, guint i)
{
  g_return_val_if_fail (self != NULL && i < self->layers->len, NULL);

  return &g_array_index (self->layers, FxpWorkLayer, i);
}
