/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/cost.h"

#include "experiment/topology-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

#define FLOAT_BITS 32
#define MANTISSA_BITS                                                                              \
  23 /* the paper leaves exponents out: 3 * 23 * 23 for each product in float                      \
      */
#define TERNARY_BITS  2
#define BINARY_BITS   1
#define COUNTED_ROLES (FXP_ROLE_WEIGHT_ACC + 1) /* the first five are the paper's */

static gboolean
is_binary (const FxpExperiment *experiment, FxpTensorId id)
{
  const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (experiment, id);

  return !fxp_format_is_float (quantizer->format) && quantizer->rounding == FXP_ROUND_SIGN;
}

/* @float_bits: what float counts with. */
static double
get_bits (const FxpExperiment *experiment, FxpTensorId id, guint float_bits)
{
  FxpFormat format;

  g_return_val_if_fail (experiment != NULL, 0);
  g_return_val_if_fail (id.layer < fxp_experiment_get_n_weighted (experiment), 0);

  if (id.role >= COUNTED_ROLES)
    return 0;
  if (id.role == FXP_ROLE_WEIGHT_GRAD &&
      fxp_experiment_get_settings (experiment)->gradients == FXP_GRADIENTS_TERNARY)
    return TERNARY_BITS;
  if (id.role == FXP_ROLE_ACTIVATION && id.layer == 0 &&
      is_binary (experiment, (FxpTensorId){0, FXP_ROLE_WEIGHT}))
    return BINARY_BITS;
  if (is_binary (experiment, id))
    return BINARY_BITS;
  format = fxp_experiment_get_quantizer (experiment, id)->format;
  return fxp_format_is_float (format) ? float_bits : format.word_bits;
}

double
fxp_cost_get_stored_bits (const FxpExperiment *experiment, FxpTensorId id)
{
  return get_bits (experiment, id, FLOAT_BITS);
}

double
fxp_cost_get_product_bits (const FxpExperiment *experiment, FxpTensorId id)
{
  return get_bits (experiment, id, MANTISSA_BITS);
}

gboolean
fxp_cost_is_self_contained (const FxpExperiment *experiment)
{
  g_return_val_if_fail (experiment != NULL, FALSE);

  return fxp_topology_get_input (fxp_experiment_get_topology (experiment))->rank > 0;
}

/* Of the values that enter the layer @index before they were pooled: the output of the nearest
 * layer in front that makes values of its own, or the input. */
static double
count_activations (const FxpTopology *topology, const FxpLayerSize *sizes, guint index)
{
  const FxpLayerSpec *layer = fxp_topology_get_layer (topology, index);
  FxpShape shape = sizes[index].input;

  while (layer->from != FXP_LAYER_INPUT)
    {
      const int from = layer->from;

      layer = fxp_topology_get_layer (topology, from);
      if (layer->kind != FXP_LAYER_MAX_POOLING && layer->kind != FXP_LAYER_AVERAGE_POOLING &&
          layer->kind != FXP_LAYER_DROPOUT)
        return fxp_shape_get_n (&sizes[from].output);
      shape = sizes[from].input;
    }
  return fxp_shape_get_n (&shape);
}

static void
count_layer (FxpCostTable *self,
             const FxpTopology *topology,
             const FxpLayerSize *sizes,
             guint layer)
{
  const guint index = fxp_topology_get_weighted_index (topology, layer);
  const FxpLayerSpec *spec = fxp_topology_get_layer (topology, index);
  const FxpLayerSize *size = &sizes[index];

  self->n_multiplies[layer] = size->n_multiplies;
  /* Each weight is used once for every position of its filter. */
  self->n_weights[layer] =
    (double)size->n_multiplies * spec->units / (double)fxp_shape_get_n (&size->output);
  if (fxp_topology_get_input_owner (topology, layer) == layer)
    self->n_activations[layer] = count_activations (topology, sizes, index);
}

/* @experiment NULL: all in float. */
static FxpCost
weigh_layer (const FxpCostTable *self, const FxpExperiment *experiment, guint layer)
{
  double stored[COUNTED_ROLES], multiplied[COUNTED_ROLES];

  for (guint role = 0; role < COUNTED_ROLES; role++)
    {
      const FxpTensorId id = {layer, role};

      stored[role] = experiment != NULL ? fxp_cost_get_stored_bits (experiment, id) : FLOAT_BITS;
      multiplied[role] =
        experiment != NULL ? fxp_cost_get_product_bits (experiment, id) : MANTISSA_BITS;
    }
  return (FxpCost){
    .weights = self->n_weights[layer] * (stored[FXP_ROLE_WEIGHT] + stored[FXP_ROLE_WEIGHT_GRAD] +
                                         stored[FXP_ROLE_WEIGHT_ACC]),
    .activations =
      self->n_activations[layer] * (stored[FXP_ROLE_ACTIVATION] + stored[FXP_ROLE_ACTIVATION_GRAD]),
    .multiplies = self->n_multiplies[layer] *
                  (multiplied[FXP_ROLE_WEIGHT] * multiplied[FXP_ROLE_ACTIVATION] +
                   multiplied[FXP_ROLE_WEIGHT] * multiplied[FXP_ROLE_ACTIVATION_GRAD] +
                   multiplied[FXP_ROLE_ACTIVATION] * multiplied[FXP_ROLE_ACTIVATION_GRAD]),
    .communication = self->n_weights[layer] * stored[FXP_ROLE_WEIGHT_GRAD],
  };
}

static void
add (FxpCost *self, const FxpCost *other)
{
  self->weights += other->weights;
  self->activations += other->activations;
  self->multiplies += other->multiplies;
  self->communication += other->communication;
}

/* NULL and an error if neither the caller nor the text says it. */
static const FxpShape *
find_input (const FxpTopology *topology, const FxpShape *input, GError **error)
{
  const FxpShape *stated = fxp_topology_get_input (topology);

  if (input != NULL)
    return input;
  if (stated->rank > 0)
    return stated;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("topology %s: it does not state its input's shape, expected it in front, as in "
                  "3x32x32-%s"),
               fxp_topology_get_text (topology),
               fxp_topology_get_text (topology));
  return NULL;
}

FxpCostTable *
fxp_cost_table_new (const FxpExperiment *experiment, const FxpShape *input, GError **error)
{
  const FxpTopology *topology;
  g_autofree FxpLayerSize *sizes = NULL;
  FxpCostTable *self;

  g_return_val_if_fail (experiment != NULL, NULL);

  topology = fxp_experiment_get_topology (experiment);
  input = find_input (topology, input, error);
  if (input == NULL || !fxp_topology_check (topology, input, 0, NULL, error))
    return NULL;
  sizes = g_new0 (FxpLayerSize, fxp_topology_get_n_layers (topology));
  fxp_topology_measure (topology, input, sizes);
  self = g_new0 (FxpCostTable, 1);
  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->layers = g_new0 (FxpCost, self->n_layers);
  self->n_weights = g_new0 (double, self->n_layers);
  self->n_activations = g_new0 (double, self->n_layers);
  self->n_multiplies = g_new0 (double, self->n_layers);
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      FxpCost of_float;

      count_layer (self, topology, sizes, layer);
      self->layers[layer] = weigh_layer (self, experiment, layer);
      of_float = weigh_layer (self, NULL, layer);
      add (&self->total, &self->layers[layer]);
      add (&self->float_total, &of_float);
    }
  return self;
}

void
fxp_cost_table_free (FxpCostTable *self)
{
  if (self == NULL)
    return;
  g_free (self->layers);
  g_free (self->n_weights);
  g_free (self->n_activations);
  g_free (self->n_multiplies);
  g_free (self);
}
