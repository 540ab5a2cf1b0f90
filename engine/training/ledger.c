/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/ledger-private.h"

#include <string.h>

static guint
get_n_cells (const FxpLedger *self)
{
  return self->n_weighted * FXP_N_ROLES;
}

static FxpTensorId
get_cell_id (guint cell)
{
  return (FxpTensorId){cell / FXP_N_ROLES, cell % FXP_N_ROLES};
}

void
fxp_ledger_init (FxpLedger *self, guint n_weighted)
{
  self->n_weighted = n_weighted;
  self->tensor_sums = g_new0 (FxpTensorSums, get_n_cells (self));
  self->layer_sums = g_new0 (FxpLayerSums, n_weighted);
  self->tensors = g_new0 (FxpTensorView, get_n_cells (self));
  for (guint cell = 0; cell < get_n_cells (self); cell++)
    fxp_statistics_clear (&self->tensors[cell].statistics);
  self->layers = g_new0 (FxpLayerView, n_weighted);
}

void
fxp_ledger_clear (FxpLedger *self)
{
  g_clear_pointer (&self->tensor_sums, g_free);
  g_clear_pointer (&self->layer_sums, g_free);
  g_clear_pointer (&self->tensors, g_free);
  g_clear_pointer (&self->layers, g_free);
}

void
fxp_ledger_restore (FxpLedger *self, const FxpCheckpoint *checkpoint)
{
  g_return_if_fail (checkpoint->tensor_sums->len == get_n_cells (self));
  g_return_if_fail (checkpoint->layer_sums->len == self->n_weighted);

  memcpy (self->tensor_sums,
          checkpoint->tensor_sums->data,
          get_n_cells (self) * sizeof *self->tensor_sums);
  memcpy (self->layer_sums,
          checkpoint->layer_sums->data,
          self->n_weighted * sizeof *self->layer_sums);
}

static void
add_tensor (FxpLedger *self, guint cell, const FxpStatistics *seen)
{
  FxpTensorSums *sums = &self->tensor_sums[cell];

  sums->signal += seen->sum_squares;
  sums->noise += seen->noise;
  sums->sum_first += seen->sum_first;
  sums->n_first += seen->n_first;
  sums->n += seen->counts.n;
  sums->n_overflowed += seen->counts.n_overflowed;
  fxp_statistics_merge (&self->tensors[cell].statistics, seen);
}

static void
add_layer (FxpLedger *self, guint layer, const FxpSumCounts *sum, const FxpUpdateCounts *updates)
{
  FxpLayerSums *sums = &self->layer_sums[layer];
  FxpLayerView *view = &self->layers[layer];

  fxp_sum_counts_add (&view->sum, sum);
  view->n_updates += updates->n;
  view->n_lost_updates += updates->n_lost;
  view->n_stopped += updates->n_stopped;
  sums->n += updates->n;
  sums->n_lost += updates->n_lost;
  sums->n_stopped += updates->n_stopped;
}

/* Values next to zero are next to another step than before. */
static void
forget_step (FxpLedger *self, guint cell)
{
  FxpStatistics *view = &self->tensors[cell].statistics;
  FxpTensorSums *sums = &self->tensor_sums[cell];

  view->n_first = sums->n_first = 0;
  view->sum_first = sums->sum_first = 0.0;
}

void
fxp_ledger_gather (FxpLedger *self, FxpNetwork *network)
{
  for (guint cell = 0; cell < get_n_cells (self); cell++)
    {
      const FxpTensorId id = get_cell_id (cell);
      const FxpStatistics *seen = fxp_network_get_statistics (network, id);

      if (fxp_network_has_moved (network, id))
        forget_step (self, cell);
      /* Nothing of a tensor that is not there. */
      if (seen->counts.n > 0)
        add_tensor (self, cell, seen);
    }
  for (guint layer = 0; layer < self->n_weighted; layer++)
    add_layer (self,
               layer,
               fxp_network_get_sum_counts (network, layer),
               fxp_network_get_update_counts (network, layer));
  fxp_network_clear_statistics (network);
}

/* What stands for weights in the sums. */
static gboolean
changes_weights (const FxpExperiment *from, const FxpExperiment *to)
{
  const FxpSettings *a = fxp_experiment_get_settings (from), *b = fxp_experiment_get_settings (to);

  return !fxp_cluster_options_equal (&a->clusters, &b->clusters) ||
         a->last_weights != b->last_weights;
}

/* A tensor's counts go with its quantizer, the register's with the step or width of the sums, the
 * updates' with the words. */
static void
forget_layer (FxpLedger *self, guint layer, const FxpExperiment *from, const FxpExperiment *to)
{
  const FxpRole gradient = fxp_experiment_has_tensor (to, (FxpTensorId){layer, FXP_ROLE_NORM_GRAD})
                             ? FXP_ROLE_NORM_GRAD
                             : FXP_ROLE_ACTIVATION_GRAD;
  FxpLayerView *view = &self->layers[layer];
  gboolean changed[FXP_N_ROLES];

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      guint cell = layer * FXP_N_ROLES + role;
      FxpTensorId id = {layer, role};

      changed[role] = !fxp_quantizer_equal (fxp_experiment_get_quantizer (from, id),
                                            fxp_experiment_get_quantizer (to, id)) ||
                      fxp_experiment_get_scaling (from, id) != fxp_experiment_get_scaling (to, id);
      if (!changed[role])
        continue;
      self->tensor_sums[cell] = (FxpTensorSums){0};
      fxp_statistics_clear (&self->tensors[cell].statistics);
    }
  if (!fxp_sum_register_equal (&fxp_experiment_get_precision (from, layer)->sum,
                               &fxp_experiment_get_precision (to, layer)->sum) ||
      changed[FXP_ROLE_WEIGHT] || changed[FXP_ROLE_ACTIVATION] || changed[gradient] ||
      changes_weights (from, to))
    view->sum = (FxpSumCounts){0};
  if (!changed[FXP_ROLE_WEIGHT] && !changed[FXP_ROLE_WEIGHT_ACC])
    return;
  view->n_updates = view->n_lost_updates = view->n_stopped = 0;
  self->layer_sums[layer] = (FxpLayerSums){0};
}

void
fxp_ledger_forget (FxpLedger *self, const FxpExperiment *from, const FxpExperiment *to)
{
  for (guint layer = 0; layer < self->n_weighted; layer++)
    forget_layer (self, layer, from, to);
}

void
fxp_ledger_begin_interval (FxpLedger *self)
{
  memset (self->tensor_sums, 0, get_n_cells (self) * sizeof *self->tensor_sums);
  memset (self->layer_sums, 0, self->n_weighted * sizeof *self->layer_sums);
}

void
fxp_ledger_fill_snapshot (const FxpLedger *self,
                          const FxpExperiment *experiment,
                          const FxpNetwork *network,
                          FxpSnapshot *snapshot)
{
  for (guint cell = 0; cell < get_n_cells (self); cell++)
    {
      snapshot->tensors[cell] = self->tensors[cell];
      snapshot->tensors[cell].format = fxp_network_get_format (network, get_cell_id (cell));
      snapshot->has_tensor[cell] = fxp_experiment_has_tensor (experiment, get_cell_id (cell));
    }
  for (guint layer = 0; layer < self->n_weighted; layer++)
    snapshot->layers[layer] = self->layers[layer];
}
