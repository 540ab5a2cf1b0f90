/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment-private.h"

/* Cells of the precision matrix that the network has no tensor for hold this, so that experiments
 * that are the same are equal; cells of tensors that are shared hold what their owner's does. */
static const FxpQuantizer nothing = {
  FXP_FORMAT_FLOAT,
  FXP_ROUND_NEAREST_EVEN,
  FXP_OVERFLOW_SATURATE,
};

/* How far behind its block's convolutions a projection stands among the layers with weights. */
#define SHORTCUT_DISTANCE 2u

const FxpQuantizer *
fxp_experiment_get_quantizer (const FxpExperiment *self, FxpTensorId id)
{
  g_return_val_if_fail (self != NULL && id.layer < fxp_experiment_get_n_weighted (self), NULL);
  g_return_val_if_fail (id.role < FXP_N_ROLES, NULL);

  return &fxp_experiment_get_precision (self, id.layer)->quantizers[id.role];
}

FxpScaling
fxp_experiment_get_scaling (const FxpExperiment *self, FxpTensorId id)
{
  g_return_val_if_fail (self != NULL && id.layer < fxp_experiment_get_n_weighted (self),
                        FXP_SCALING_FIXED);
  g_return_val_if_fail (id.role < FXP_N_ROLES, FXP_SCALING_FIXED);

  return fxp_experiment_get_precision (self, id.layer)->scalings[id.role];
}

gboolean
fxp_experiment_moves (const FxpExperiment *self, FxpTensorId id)
{
  g_return_val_if_fail (self != NULL && id.layer < fxp_experiment_get_n_weighted (self), FALSE);

  if (!fxp_experiment_has_tensor (self, id) ||
      fxp_format_is_float (fxp_experiment_get_quantizer (self, id)->format))
    return FALSE;
  if (fxp_experiment_get_scaling (self, id) != FXP_SCALING_FIXED)
    return TRUE;
  return id.role == FXP_ROLE_WEIGHT_ACC &&
         fxp_experiment_moves (self, (FxpTensorId){id.layer, FXP_ROLE_WEIGHT});
}

FxpTensorId
fxp_experiment_get_owner (const FxpExperiment *self, FxpTensorId id)
{
  g_return_val_if_fail (self != NULL && id.layer < fxp_experiment_get_n_weighted (self), id);

  if (id.role == FXP_ROLE_ACTIVATION)
    id.layer = fxp_topology_get_input_owner (fxp_experiment_get_topology (self), id.layer);
  else if (id.role == FXP_ROLE_ACTIVATION_GRAD)
    id.layer = fxp_topology_get_output_owner (fxp_experiment_get_topology (self), id.layer);
  return id;
}

gboolean
fxp_experiment_has_cell (const FxpExperiment *self, FxpTensorId id)
{
  FxpTopology *topology = fxp_experiment_get_topology (self);

  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT:
    case FXP_ROLE_ACTIVATION:
    case FXP_ROLE_WEIGHT_GRAD:
    case FXP_ROLE_ACTIVATION_GRAD:
    case FXP_ROLE_WEIGHT_ACC:
    case FXP_ROLE_MOMENTUM:
      return TRUE;
    case FXP_ROLE_BIAS:
      return !fxp_topology_is_normalized (topology, id.layer);
    case FXP_ROLE_NORM:
    case FXP_ROLE_GAMMA:
    case FXP_ROLE_BETA:
    case FXP_ROLE_NORM_GRAD:
      return fxp_topology_is_normalized (topology, id.layer);
    case FXP_N_ROLES:
    default:
      return FALSE;
    }
}

gboolean
fxp_experiment_has_tensor (const FxpExperiment *self, FxpTensorId id)
{
  g_return_val_if_fail (self != NULL && id.layer < fxp_experiment_get_n_weighted (self), FALSE);

  return fxp_experiment_has_cell (self, id) &&
         (id.role != FXP_ROLE_MOMENTUM || fxp_experiment_get_settings (self)->momentum > 0);
}

gboolean
fxp_experiment_owns_cell (const FxpExperiment *self, FxpTensorId id)
{
  return fxp_experiment_has_cell (self, id) &&
         fxp_experiment_get_owner (self, id).layer == id.layer;
}

gboolean
fxp_experiment_is_untouched (const FxpExperiment *self, FxpTensorId id)
{
  return !fxp_experiment_has_tensor (self, id) &&
         fxp_quantizer_equal (fxp_experiment_get_quantizer (self, id), &nothing) &&
         fxp_experiment_get_scaling (self, id) == FXP_SCALING_FIXED;
}

static void
set_cell (FxpExperiment *self, FxpTensorId id, const FxpQuantizer *quantizer, FxpScaling scaling)
{
  FxpLayerPrecision *row;

  if (fxp_quantizer_equal (fxp_experiment_get_quantizer (self, id), quantizer) &&
      fxp_experiment_get_scaling (self, id) == scaling)
    return;
  row = fxp_experiment_edit_row (self, id.layer);
  row->quantizers[id.role] = *quantizer;
  row->scalings[id.role] = scaling;
}

void
fxp_experiment_settle (FxpExperiment *self)
{
  const guint n = fxp_experiment_get_n_weighted (self);

  /* Owners stand before those that share. */
  for (guint layer = 0; layer < n; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        const FxpTensorId owner = fxp_experiment_get_owner (self, id);

        if (!fxp_experiment_has_cell (self, id))
          set_cell (self, id, &nothing, FXP_SCALING_FIXED);
        else
          set_cell (self,
                    id,
                    fxp_experiment_get_quantizer (self, owner),
                    fxp_experiment_get_scaling (self, owner));
      }
}

static void
set_all_that_share (FxpExperiment *self,
                    FxpTensorId id,
                    const FxpQuantizer *quantizer,
                    FxpScaling scaling)
{
  const FxpTensorId owner = fxp_experiment_get_owner (self, id);
  const guint n = fxp_experiment_get_n_weighted (self);

  for (guint layer = owner.layer; layer < n && layer <= owner.layer + SHORTCUT_DISTANCE; layer++)
    {
      const FxpTensorId sharing = {layer, id.role};

      if (fxp_experiment_get_owner (self, sharing).layer == owner.layer)
        set_cell (self, sharing, quantizer, scaling);
    }
}

void
fxp_experiment_set_cell (FxpExperiment *self, FxpTensorId id, const FxpQuantizer *quantizer)
{
  set_all_that_share (self, id, quantizer, fxp_experiment_get_scaling (self, id));
}

void
fxp_experiment_set_scaling (FxpExperiment *self, FxpTensorId id, FxpScaling scaling)
{
  const FxpQuantizer quantizer = *fxp_experiment_get_quantizer (self, id);

  set_all_that_share (self, id, &quantizer, scaling);
}

FxpExperiment *
fxp_experiment_with_quantizer (FxpExperiment *self,
                               int layer,
                               FxpRole role,
                               const FxpQuantizer *quantizer)
{
  FxpExperiment *other;

  g_return_val_if_fail (self != NULL && quantizer != NULL, NULL);
  g_return_val_if_fail (layer >= -1 && layer < (int)fxp_experiment_get_n_weighted (self), NULL);
  g_return_val_if_fail ((guint)role < FXP_N_ROLES, NULL);
  g_return_val_if_fail (fxp_format_validate (quantizer->format, NULL), NULL);

  other = fxp_experiment_copy (self);
  for (int i = 0; i < (int)fxp_experiment_get_n_weighted (other); i++)
    {
      const FxpTensorId id = {i, role};

      if ((layer == -1 || layer == i) && fxp_experiment_has_cell (other, id))
        fxp_experiment_set_cell (other, id, quantizer);
    }
  return other;
}

FxpExperiment *
fxp_experiment_with_scaling (FxpExperiment *self, int layer, FxpRole role, FxpScaling scaling)
{
  FxpExperiment *other;

  g_return_val_if_fail (self != NULL && (guint)scaling < FXP_N_SCALINGS, NULL);
  g_return_val_if_fail (layer >= -1 && layer < (int)fxp_experiment_get_n_weighted (self), NULL);
  g_return_val_if_fail ((guint)role < FXP_N_ROLES, NULL);

  other = fxp_experiment_copy (self);
  for (int i = 0; i < (int)fxp_experiment_get_n_weighted (other); i++)
    {
      const FxpTensorId id = {i, role};

      if ((layer == -1 || layer == i) && fxp_experiment_has_cell (other, id))
        fxp_experiment_set_scaling (other, id, scaling);
    }
  return other;
}

FxpExperiment *
fxp_experiment_with_sum (FxpExperiment *self, int layer, const FxpSumRegister *sum)
{
  FxpExperiment *other;

  g_return_val_if_fail (self != NULL && sum != NULL, NULL);
  g_return_val_if_fail (layer >= -1 && layer < (int)fxp_experiment_get_n_weighted (self), NULL);
  g_return_val_if_fail (fxp_sum_register_validate (sum, NULL), NULL);

  other = fxp_experiment_copy (self);
  for (int i = 0; i < (int)fxp_experiment_get_n_weighted (other); i++)
    if (layer == -1 || layer == i)
      fxp_experiment_edit_row (other, i)->sum = *sum;
  return other;
}
