/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/topology-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

/* More weights, or more values at a layer's output, are a slip of the pen and not a network. */
#define PARAMETERS_MAX (G_GUINT64_CONSTANT (1) << 31)
#define OUTPUTS_MAX    (G_GUINT64_CONSTANT (1) << 24)

const FxpShape *
fxp_topology_find_input (const FxpTopology *self, const FxpShape *input, GError **error)
{
  const FxpShape *stated = fxp_topology_get_input (self);

  if (input != NULL)
    return input;
  if (stated->rank > 0)
    return stated;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("topology %s: it does not state its input's shape, expected it in front, as in "
                  "3x32x32-%s"),
               fxp_topology_get_text (self),
               fxp_topology_get_text (self));
  return NULL;
}

static gboolean
check_input (const FxpTopology *self, const FxpShape *input, GError **error)
{
  const FxpShape *stated = fxp_topology_get_input (self);
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;

  if (stated->rank == 0)
    return TRUE;
  if (stated->rank == 1 && stated->dim[0] == fxp_shape_get_n (input))
    return TRUE;
  if (stated->rank > 1 && fxp_shape_equal (stated, input))
    return TRUE;
  expected = fxp_shape_to_string (stated);
  found = fxp_shape_to_string (input);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("topology %s: it takes %s as input, but a sample of the data is %s"),
               fxp_topology_get_text (self),
               expected,
               found);
  return FALSE;
}

static gboolean
check_image (const FxpShape *shape, GError **error)
{
  if (shape->rank == 3)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("it needs an image, but its input is %zu plain values"),
               fxp_shape_get_n (shape));
  return FALSE;
}

static gboolean
fail_window (const FxpLayerSpec *layer, gsize height, gsize width, GError **error)
{
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               layer->kind != FXP_LAYER_CONVOLUTION
                 ? _ ("%zux%zu input is smaller than its %ux%u window")
               : layer->padding > 0
                 ? _ ("%zux%zu input, zeros around it included, is smaller than its %ux%u kernel")
                 : _ ("%zux%zu input is smaller than its %ux%u kernel"),
               height,
               width,
               layer->kernel,
               layer->kernel);
  return FALSE;
}

/* Where a window of a convolution or pooling goes over an image. */
static gboolean
pass_window (const FxpLayerSpec *layer, const FxpShape *in, FxpShape *out, GError **error)
{
  const gboolean pools = layer->kind != FXP_LAYER_CONVOLUTION;
  gsize height, width;

  if (!check_image (in, error))
    return FALSE;
  if (layer->kernel == 0)
    {
      *out = FXP_SHAPE_3 (in->dim[0], 1, 1);
      return TRUE;
    }
  height = in->dim[1] + 2 * layer->padding;
  width = in->dim[2] + 2 * layer->padding;
  if (height < layer->kernel || width < layer->kernel)
    return fail_window (layer, height, width, error);
  *out = FXP_SHAPE_3 (pools ? in->dim[0] : layer->units,
                      (height - layer->kernel) / layer->stride + 1,
                      (width - layer->kernel) / layer->stride + 1);
  return TRUE;
}

/* A block's two ways meet in one shape; an identity may be thinned and given channels, but loses
 * none. */
static gboolean
check_addition (const FxpLayerSpec *layer,
                const FxpShape *way,
                const FxpShape *skip,
                GError **error)
{
  g_autofree char *expected = NULL;
  g_autofree char *found = NULL;

  if (!check_image (way, error) || !check_image (skip, error))
    return FALSE;
  if (skip->dim[0] <= way->dim[0] &&
      (skip->dim[1] + layer->stride - 1) / layer->stride == way->dim[1] &&
      (skip->dim[2] + layer->stride - 1) / layer->stride == way->dim[2])
    return TRUE;
  expected = fxp_shape_to_string (way);
  found = fxp_shape_to_string (skip);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("its input of %s cannot be added to its output of %s; expected at most %zu "
                  "channels, or a projection (P1 or P3)"),
               found,
               expected,
               way->dim[0]);
  return FALSE;
}

/* Channels of an image, or units. */
static gsize
get_n_channels (const FxpShape *shape)
{
  return shape->dim[0];
}

static void
count_work (FxpLayerSize *size, const FxpLayerSpec *layer, gboolean is_normalized)
{
  guint64 fan_in;

  if (layer->kind == FXP_LAYER_BATCH_NORM)
    size->n_parameters = 2 * get_n_channels (&size->output);
  if (!fxp_layer_spec_has_weights (layer))
    return;
  fan_in = layer->kind == FXP_LAYER_DENSE
             ? fxp_shape_get_n (&size->input)
             : (guint64)get_n_channels (&size->input) * layer->kernel * layer->kernel;
  size->n_parameters = (fan_in + (is_normalized ? 0 : 1)) * layer->units;
  size->n_multiplies = fan_in * fxp_shape_get_n (&size->output);
}

static gboolean
measure_layer (const FxpTopology *self,
               guint index,
               const FxpShape *input,
               FxpLayerSize *sizes,
               GError **error)
{
  const FxpLayerSpec *layer = fxp_topology_get_layer (self, index);
  const guint row = fxp_topology_find_weighted (self, index);
  FxpLayerSize *size = &sizes[index];
  gboolean fits = TRUE;

  *size = (FxpLayerSize){0};
  size->input = layer->from == FXP_LAYER_INPUT ? *input : sizes[layer->from].output;
  size->output = size->input;
  switch (layer->kind)
    {
    case FXP_LAYER_DENSE:
      size->output = FXP_SHAPE_1 (layer->units);
      break;
    case FXP_LAYER_CONVOLUTION:
    case FXP_LAYER_MAX_POOLING:
    case FXP_LAYER_AVERAGE_POOLING:
      fits = pass_window (layer, &size->input, &size->output, error);
      break;
    case FXP_LAYER_ADDITION:
      fits = check_addition (layer,
                             &size->input,
                             layer->skip == FXP_LAYER_INPUT ? input : &sizes[layer->skip].output,
                             error);
      break;
    case FXP_LAYER_BATCH_NORM:
    case FXP_LAYER_ACTIVATION:
    case FXP_LAYER_DROPOUT:
    case FXP_N_LAYER_KINDS:
    default:
      break;
    }
  if (fits)
    count_work (size, layer, row != FXP_TOPOLOGY_NONE && fxp_topology_is_normalized (self, row));
  return fits;
}

/* @n_parameters: of all layers up to this one. */
static gboolean
check_size (const FxpLayerSize *size, guint64 n_parameters, GError **error)
{
  if (n_parameters > PARAMETERS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("the network has %zu parameters up to here; at most %zu are possible"),
                   (gsize)n_parameters,
                   (gsize)PARAMETERS_MAX);
      return FALSE;
    }
  if (fxp_shape_get_n (&size->output) > OUTPUTS_MAX)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("it has %zu outputs; at most %zu are possible"),
                   fxp_shape_get_n (&size->output),
                   (gsize)OUTPUTS_MAX);
      return FALSE;
    }
  return TRUE;
}

static gboolean
measure (const FxpTopology *self, const FxpShape *input, FxpLayerSize *sizes, GError **error)
{
  const guint n = fxp_topology_get_n_layers (self);
  guint64 n_parameters = 0;

  if (!check_input (self, input, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      if (measure_layer (self, i, input, sizes, error))
        {
          n_parameters += sizes[i].n_parameters;
          if (check_size (&sizes[i], n_parameters, error))
            continue;
        }
      if (error != NULL)
        {
          g_autofree char *place = fxp_topology_describe_layer (self, i);

          g_prefix_error (error, "%s: ", place);
        }
      return FALSE;
    }
  return TRUE;
}

gboolean
fxp_topology_measure (const FxpTopology *self, const FxpShape *input, FxpLayerSize *sizes)
{
  g_return_val_if_fail (self != NULL && input != NULL && sizes != NULL, FALSE);

  return measure (self, input, sizes, NULL);
}

gboolean
fxp_topology_check (const FxpTopology *self,
                    const FxpShape *input,
                    guint n_classes,
                    FxpShape *shapes,
                    GError **error)
{
  g_autofree FxpLayerSize *sizes = NULL;
  g_autofree char *place = NULL;
  guint last;

  g_return_val_if_fail (self != NULL && input != NULL, FALSE);

  last = fxp_topology_get_n_layers (self) - 1;
  sizes = g_new (FxpLayerSize, last + 1);
  if (!measure (self, input, sizes, error))
    return FALSE;
  for (guint i = 0; shapes != NULL && i <= last; i++)
    shapes[i] = sizes[i].output;
  if (sizes[last].output.dim[0] >= n_classes)
    return TRUE;
  place = fxp_topology_describe_layer (self, last);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("%s: the last layer has %zu units, but the data have %u classes"),
               place,
               sizes[last].output.dim[0],
               n_classes);
  return FALSE;
}
