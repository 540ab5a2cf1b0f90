/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology.h"

#include "experiment/topology-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

/* More weights, or more values at a layer's output, are a slip of the pen and not a network. */
#define PARAMETERS_MAX (G_GUINT64_CONSTANT (1) << 31)
#define OUTPUTS_MAX    (G_GUINT64_CONSTANT (1) << 24)

struct _FxpTopology
{
  char *text;
  FxpShape input;       /* rank 0: left to the data */
  FxpLayerSpec *layers; /* n_layers */
  guint n_layers;
  guint *weighted; /* indices into layers, n_weighted */
  guint n_weighted;
};

FxpTopology *
fxp_topology_new (const char *text, const FxpShape *input, const FxpLayerSpec *layers, guint n)
{
  FxpTopology *self = g_atomic_rc_box_new0 (FxpTopology);

  self->text = g_strdup (text);
  self->input = *input;
  self->layers = g_memdup2 (layers, n * sizeof *layers);
  self->n_layers = n;
  self->weighted = g_new (guint, n);
  for (guint i = 0; i < n; i++)
    if (layers[i].kind != FXP_LAYER_MAX_POOLING)
      self->weighted[self->n_weighted++] = i;
  return self;
}

FxpTopology *
fxp_topology_ref (FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
topology_clear (gpointer data)
{
  FxpTopology *self = data;

  g_free (self->text);
  g_free (self->layers);
  g_free (self->weighted);
}

void
fxp_topology_unref (FxpTopology *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, topology_clear);
}

const char *
fxp_topology_get_text (const FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->text;
}

guint
fxp_topology_get_n_layers (const FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_layers;
}

const FxpLayerSpec *
fxp_topology_get_layer (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_layers, NULL);

  return &self->layers[index];
}

guint
fxp_topology_get_n_weighted (const FxpTopology *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_weighted;
}

const FxpLayerSpec *
fxp_topology_get_weighted (const FxpTopology *self, guint index)
{
  g_return_val_if_fail (self != NULL && index < self->n_weighted, NULL);

  return &self->layers[self->weighted[index]];
}

char *
fxp_topology_get_name (const FxpTopology *self, guint index)
{
  FxpLayerKind kind;
  guint number = 0;

  g_return_val_if_fail (self != NULL && index < self->n_weighted, NULL);

  kind = fxp_topology_get_weighted (self, index)->kind;
  for (guint i = 0; i <= index; i++)
    if (fxp_topology_get_weighted (self, i)->kind == kind)
      number++;
  return g_strdup_printf ("%s%u", kind == FXP_LAYER_CONVOLUTION ? "conv" : "fc", number);
}

static gboolean
check_input (const FxpTopology *self, const FxpShape *input, GError **error)
{
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;

  if (self->input.rank == 0)
    return TRUE;
  if (self->input.rank == 1 && self->input.dim[0] == fxp_shape_get_n (input))
    return TRUE;
  if (self->input.rank > 1 && fxp_shape_equal (&self->input, input))
    return TRUE;
  expected = fxp_shape_to_string (&self->input);
  found = fxp_shape_to_string (input);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("topology %s: it takes %s as input, but a sample of the data is %s"),
               self->text,
               expected,
               found);
  return FALSE;
}

/* Shape of the output of @layer for @shape, in place.  The caller prefixes the layer. */
static gboolean
pass_window (const FxpLayerSpec *layer, FxpShape *shape, GError **error)
{
  gboolean pools = layer->kind == FXP_LAYER_MAX_POOLING;
  gsize height, width;

  if (shape->rank != 3)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("it needs an image, but its input is %zu plain values"),
                   fxp_shape_get_n (shape));
      return FALSE;
    }
  height = shape->dim[1];
  width = shape->dim[2];
  if (height < layer->kernel || width < layer->kernel)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   pools ? _ ("%zux%zu input is smaller than its %ux%u window")
                         : _ ("%zux%zu input is smaller than its %ux%u kernel"),
                   height,
                   width,
                   layer->kernel,
                   layer->kernel);
      return FALSE;
    }
  if (pools)
    *shape = FXP_SHAPE_3 (shape->dim[0], height / layer->kernel, width / layer->kernel);
  else
    *shape = FXP_SHAPE_3 (layer->units, height - layer->kernel + 1, width - layer->kernel + 1);
  return TRUE;
}

static guint64
count_parameters (const FxpLayerSpec *layer, const FxpShape *input)
{
  guint64 fan_in;

  if (layer->kind == FXP_LAYER_MAX_POOLING)
    return 0;
  if (layer->kind == FXP_LAYER_DENSE)
    fan_in = fxp_shape_get_n (input);
  else
    fan_in = (guint64)input->dim[0] * layer->kernel * layer->kernel;
  return (fan_in + 1) * layer->units;
}

static gboolean
check_layer (const FxpLayerSpec *layer, FxpShape *shape, guint64 *n_parameters, GError **error)
{
  FxpShape input = *shape;

  if (layer->kind == FXP_LAYER_DENSE)
    *shape = FXP_SHAPE_1 (layer->units);
  else if (!pass_window (layer, shape, error))
    return FALSE;

  *n_parameters += count_parameters (layer, &input);
  if (*n_parameters > PARAMETERS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("the network has %zu parameters up to here; at most %zu are possible"),
                   (gsize)*n_parameters,
                   (gsize)PARAMETERS_MAX);
      return FALSE;
    }
  if (fxp_shape_get_n (shape) > OUTPUTS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("it has %zu outputs; at most %zu are possible"),
                   fxp_shape_get_n (shape),
                   (gsize)OUTPUTS_MAX);
      return FALSE;
    }
  return TRUE;
}

gboolean
fxp_topology_check (const FxpTopology *self,
                    const FxpShape *input,
                    guint n_classes,
                    FxpShape *shapes,
                    GError **error)
{
  FxpShape shape;
  guint64 n_parameters = 0;

  g_return_val_if_fail (self != NULL && input != NULL, FALSE);

  if (!check_input (self, input, error))
    return FALSE;
  shape = *input;
  for (guint i = 0; i < self->n_layers; i++)
    {
      if (!check_layer (&self->layers[i], &shape, &n_parameters, error))
        {
          g_autofree char *token = fxp_layer_spec_to_string (&self->layers[i]);

          g_prefix_error (error, _ ("layer %u (%s): "), i + 1, token);
          return FALSE;
        }
      if (shapes != NULL)
        shapes[i] = shape;
    }
  if (shape.dim[0] < n_classes)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("layer %u (%uFC): the last layer has %u units, but the data have %u classes"),
                   self->n_layers,
                   self->layers[self->n_layers - 1].units,
                   self->layers[self->n_layers - 1].units,
                   n_classes);
      return FALSE;
    }
  return TRUE;
}
