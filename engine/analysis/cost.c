/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/cost.h"

#include "analysis/used-weights-private.h"
#include "experiment/topology-private.h"

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
  FxpClusterOptions options;

  if (id.role == FXP_ROLE_WEIGHT &&
      fxp_experiment_get_used_weights (experiment, id.layer, &options))
    return FALSE;
  return !fxp_format_is_float (quantizer->format) && quantizer->rounding == FXP_ROUND_SIGN;
}

/* Whether W is not used itself, and what stands for it; sizes do not matter here. */
static gboolean
is_replaced (const FxpExperiment *experiment, FxpTensorId id, FxpUsedWeights *used)
{
  if (id.role != FXP_ROLE_WEIGHT)
    return FALSE;
  fxp_used_weights_init (used, experiment, id.layer, 0);
  return used->is_used;
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
  FxpUsedWeights used;

  return is_replaced (experiment, id, &used) ? used.stored_bits
                                             : get_bits (experiment, id, FLOAT_BITS);
}

double
fxp_cost_get_product_bits (const FxpExperiment *experiment, FxpTensorId id)
{
  FxpUsedWeights used;

  return is_replaced (experiment, id, &used) ? used.product_bits
                                             : get_bits (experiment, id, MANTISSA_BITS);
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

/* Derived, as the first paper has no clusters and the second counts multiplications, not adders.
 * Forward, the sum of a cluster is multiplied by its scale, once per term, unit and position: 8
 * bits times code, A and the growth of the sum.  Backward sums run across units, so that the scale
 * is multiplied with G_A before its signs or codes are, as often; codes then meet 8 bits more.
 * Float keeps its mantissa. */
static double
weigh_scales (const FxpCostTable *self,
              const FxpExperiment *experiment,
              guint layer,
              const FxpUsedWeights *used)
{
  const FxpTensorId a = {layer, FXP_ROLE_ACTIVATION}, ga = {layer, FXP_ROLE_ACTIVATION_GRAD};
  const double n_positions = self->n_multiplies[layer] / self->n_weights[layer];
  double sum_bits = fxp_cost_get_product_bits (experiment, a), per_multiply = 0.0;

  if (!used->multiplies)
    return 0.0;
  if (!fxp_format_is_float (fxp_experiment_get_quantizer (experiment, a)->format))
    sum_bits += used->product_bits + fxp_used_weights_get_growth (used->n_summed);
  if (!fxp_format_is_float (fxp_experiment_get_quantizer (experiment, ga)->format))
    per_multiply = used->product_bits * FXP_SCALE_BITS;
  return n_positions * used->n_scalings * FXP_SCALE_BITS *
           (sum_bits + fxp_cost_get_product_bits (experiment, ga)) +
         self->n_multiplies[layer] * per_multiply;
}

static void
add_scales (const FxpCostTable *self, const FxpExperiment *experiment, guint layer, FxpCost *cost)
{
  FxpUsedWeights used;

  fxp_used_weights_init (&used, experiment, layer, self->n_weights[layer]);
  cost->weights += used.n_scales * FXP_SCALE_BITS;
  cost->multiplies += weigh_scales (self, experiment, layer, &used);
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

FxpCostTable *
fxp_cost_table_new (const FxpExperiment *experiment, const FxpShape *input, GError **error)
{
  const FxpTopology *topology;
  g_autofree FxpLayerSize *sizes = NULL;
  FxpCostTable *self;

  g_return_val_if_fail (experiment != NULL, NULL);

  topology = fxp_experiment_get_topology (experiment);
  input = fxp_topology_find_input (topology, input, error);
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
      add_scales (self, experiment, layer, &self->layers[layer]);
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
