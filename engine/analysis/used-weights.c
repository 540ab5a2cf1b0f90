/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/used-weights-private.h"

#include "number/clusters-private.h"

void
fxp_used_weights_init (FxpUsedWeights *self,
                       const FxpExperiment *experiment,
                       guint layer,
                       double n_weights)
{
  const FxpLayerSpec *spec =
    fxp_topology_get_weighted (fxp_experiment_get_topology (experiment), layer);
  const gsize n_pixels = MAX (spec->kernel, 1) * MAX (spec->kernel, 1);
  const FxpWeightShape shape = {
    .n_units = spec->units,
    .n_inputs = (gsize)(n_weights / ((double)spec->units * n_pixels)),
    .n_pixels = n_pixels,
  };
  FxpClusterOptions options;
  FxpClusterGrid grid;
  double n_clusters, n_sums;

  *self = (FxpUsedWeights){0};
  if (!fxp_experiment_get_used_weights (experiment, layer, &options))
    return;
  self->is_used = TRUE;
  self->stored_bits = options.terms * options.bits;
  self->product_bits = fxp_cluster_method_is_ternary (options.method) ? 0 : options.bits;
  self->n_terms = options.terms * (options.asymmetric ? 2 : 1);
  if (options.method == FXP_CLUSTER_NONE || n_weights == 0)
    return;
  grid = fxp_cluster_grid_new (&options, &shape);
  n_clusters = fxp_cluster_grid_get_n_clusters (&grid);
  n_sums = MAX (n_clusters, shape.n_units);
  self->n_scales = self->n_terms * n_clusters;
  self->n_scalings = self->n_terms * n_sums;
  self->n_summed = n_weights / n_sums;
  self->multiplies = options.method != FXP_CLUSTER_POWER;
}

guint
fxp_used_weights_get_growth (double n_terms)
{
  return n_terms > 1 ? g_bit_storage ((gulong)n_terms - 1) : 0;
}
