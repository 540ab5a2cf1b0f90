/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/operations.h"

#include <math.h>

#define FLOAT_BITS   32
#define BYTE_BITS    8
#define TERNARY_BITS 2
#define SCALE_BITS   8

void
fxp_operation_options_init (FxpOperationOptions *self)
{
  g_return_if_fail (self != NULL);

  *self = (FxpOperationOptions){.first_counts = TRUE};
  fxp_cluster_options_init (&self->clusters);
}

static guint64
divide_up (guint64 n, guint64 by)
{
  return (n + by - 1) / by;
}

/* Clusters of one term. */
static guint64
count_clusters (const FxpWorkLayer *layer, const FxpOperationOptions *options)
{
  const guint size = options->clusters.size;
  const guint64 n_pixels = (guint64)layer->kernel * layer->kernel;
  const guint64 of_kernels = options->by_outputs
                               ? layer->n_inputs * divide_up (layer->n_outputs, size)
                               : divide_up (layer->n_inputs, size) * layer->n_outputs;

  switch (options->clusters.granularity)
    {
    case FXP_GRANULARITY_LAYER:
      return 1;
    case FXP_GRANULARITY_FILTER:
      return layer->n_outputs;
    case FXP_GRANULARITY_KERNELS:
      return of_kernels;
    case FXP_GRANULARITY_WEIGHTS:
      return n_pixels * of_kernels;
    default:
      g_return_val_if_reached (0);
    }
}

/* Sums that are multiplied by a scale, of one term and one pixel of the output. */
static guint64
count_sums (const FxpWorkLayer *layer, const FxpOperationOptions *options)
{
  switch (options->clusters.granularity)
    {
    case FXP_GRANULARITY_LAYER:
    case FXP_GRANULARITY_FILTER:
      return layer->n_outputs;
    case FXP_GRANULARITY_KERNELS:
      /* Along outputs every kernel of a cluster adds to another sum. */
      return options->by_outputs ? layer->n_inputs * layer->n_outputs
                                 : count_clusters (layer, options);
    case FXP_GRANULARITY_WEIGHTS:
      return options->by_outputs
               ? (guint64)layer->kernel * layer->kernel * layer->n_inputs * layer->n_outputs
               : count_clusters (layer, options);
    default:
      g_return_val_if_reached (0);
    }
}

/* @bits: of a weight; all of them have one exponent. */
static FxpOperationCount
count_words (const FxpWorkLayer *layer, guint bits)
{
  FxpOperationCount count = {.n_clusters = 1, .is_byte = TRUE};

  count.n_weights = (guint64)layer->kernel * layer->kernel * layer->n_inputs * layer->n_outputs;
  count.n_macs = count.n_weights * layer->n_positions;
  count.n_multiplies = count.n_macs;
  count.n_adds = count.n_macs;
  count.weight_bits = (double)bits * count.n_weights;
  return count;
}

/* Spec. 3.1.  Two terms of one sign each have one bit a weight each. */
static FxpOperationCount
count_layer (const FxpWorkLayer *layer, const FxpOperationOptions *options, double density)
{
  const FxpClusterOptions *clusters = &options->clusters;
  const guint n_scales = clusters->terms * (clusters->asymmetric ? 2 : 1);
  FxpOperationCount count = count_words (layer, clusters->bits);

  count.is_byte = FALSE;
  count.n_clusters = count_clusters (layer, options);
  count.n_multiplies = clusters->method == FXP_CLUSTER_POWER
                         ? 0
                         : n_scales * count_sums (layer, options) * layer->n_positions;
  count.n_adds = density * clusters->terms * count.n_macs;
  count.weight_bits = (double)clusters->terms * clusters->bits * count.n_weights +
                      (double)n_scales * SCALE_BITS * count.n_clusters;
  return count;
}

static void
add (FxpOperationCount *self, const FxpOperationCount *other)
{
  self->n_macs += other->n_macs;
  self->n_multiplies += other->n_multiplies;
  self->n_adds += other->n_adds;
  self->n_weights += other->n_weights;
  self->n_clusters += other->n_clusters;
  self->weight_bits += other->weight_bits;
}

/* What of float's multiply-accumulates is left, in their time: 8-bit ones take a quarter, k-bit
 * ones k / 32 of it. */
static double
get_time (double n_multiplies, double n_accumulates, guint bits)
{
  return n_multiplies * BYTE_BITS / FLOAT_BITS + n_accumulates * bits / FLOAT_BITS;
}

void
fxp_work_count (const FxpWork *self,
                const FxpOperationOptions *options,
                double density,
                FxpOperationCount *layers,
                FxpOperations *operations)
{
  FxpOperationCount *total;
  double n_operations = 0;
  guint n_layers;

  g_return_if_fail (self != NULL && options != NULL && operations != NULL);
  g_return_if_fail (options->clusters.size > 0 && options->clusters.terms > 0);
  g_return_if_fail (density >= 0 && density <= 1);

  *operations = (FxpOperations){.share_replaced = NAN};
  total = &operations->total;
  n_layers = fxp_work_get_n_layers (self);
  for (guint i = 0; i < n_layers; i++)
    {
      const FxpWorkLayer *layer = fxp_work_get_layer (self, i);
      FxpOperationCount count;

      if (i == 0 || (i + 1 == n_layers && options->last_is_byte))
        count = count_words (layer, BYTE_BITS);
      else if (options->clusters.method == FXP_CLUSTER_NONE)
        count = count_words (layer, options->clusters.bits);
      else
        count = count_layer (layer, options, density);
      if (layers != NULL)
        layers[i] = count;
      if (i == 0 && !options->first_counts)
        count.n_macs = count.n_multiplies = count.n_adds = 0;
      add (total, &count);
      n_operations += (double)count.n_macs * (count.is_byte ? 1 : options->clusters.terms);
    }
  if (total->n_macs > 0)
    operations->share_replaced = 1 - (double)total->n_multiplies / total->n_macs;
  operations->speed_up =
    total->n_macs /
    get_time (total->n_multiplies,
              n_operations - total->n_multiplies,
              options->clusters.method == FXP_CLUSTER_NONE ? BYTE_BITS : options->clusters.bits);
  operations->bits_per_weight = total->weight_bits / total->n_weights;
  operations->compression = FLOAT_BITS / operations->bits_per_weight;
}

double
fxp_operations_get_speed_up (double share_replaced)
{
  return 1 / get_time (1 - share_replaced, share_replaced, TERNARY_BITS);
}
