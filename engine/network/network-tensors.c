/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/network-state-private.h"

/* What a network holds, to be looked at between two passes, stored, and put back. */

const double *
fxp_network_get_logits (const FxpNetwork *self)
{
  return fxp_wiring_get_last_edge (self->wiring)->own_reals;
}

FxpTopology *
fxp_network_get_topology (const FxpNetwork *self)
{
  return self->topology;
}

guint
fxp_network_get_n_weighted (const FxpNetwork *self)
{
  return self->wiring->n_rows;
}

guint
fxp_network_get_n_outputs (const FxpNetwork *self)
{
  return fxp_wiring_get_last_edge (self->wiring)->n_features;
}

/* The gradient of @edge, where it is still there after a step. */
static const FxpTensor *
network_get_gradient (const FxpNetwork *self, const FxpEdge *edge)
{
  return self->wiring->keeps_gradients ? edge->gradient : NULL;
}

/* Normalized values are kept by the layer that makes them, as its gradient needs them. */
static const FxpTensor *
network_get_normal (const FxpNetwork *self, const FxpWeights *row)
{
  for (guint i = 0; i < self->wiring->n_layers; i++)
    if (self->wiring->layers[i]->row == row)
      return fxp_batch_norm_get_normal (self->wiring->layers[i]);
  return NULL;
}

const FxpTensor *
fxp_network_get_tensor (const FxpNetwork *self, FxpTensorId id)
{
  const FxpWiring *wiring = self->wiring;
  const FxpWeights *row;

  g_return_val_if_fail (id.layer < wiring->n_rows, NULL);

  row = wiring->rows[id.layer];
  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT:
      return row->weight;
    case FXP_ROLE_ACTIVATION:
      return wiring->row_inputs[id.layer]->codes;
    case FXP_ROLE_WEIGHT_GRAD:
      return row->gradient;
    case FXP_ROLE_ACTIVATION_GRAD:
      return network_get_gradient (self, wiring->row_outputs[id.layer]);
    case FXP_ROLE_WEIGHT_ACC:
      return row->residue;
    case FXP_ROLE_BIAS:
      return fxp_weights_get_learnt (row, FXP_LEARNT_BIAS);
    case FXP_ROLE_NORM:
      return network_get_normal (self, row);
    case FXP_ROLE_GAMMA:
      return fxp_weights_get_learnt (row, FXP_LEARNT_GAMMA);
    case FXP_ROLE_BETA:
      return fxp_weights_get_learnt (row, FXP_LEARNT_BETA);
    case FXP_ROLE_NORM_GRAD:
      return row->normalizer == NULL ? NULL
                                     : network_get_gradient (self, wiring->row_sums[id.layer]);
    case FXP_ROLE_MOMENTUM:
      return row->momentum;
    case FXP_N_ROLES:
    default:
      g_return_val_if_reached (NULL);
    }
}

const FxpTensor *
fxp_network_get_learnt (const FxpNetwork *self, guint layer, FxpLearnt what)
{
  g_return_val_if_fail (layer < self->wiring->n_rows, NULL);

  return fxp_weights_get_learnt (self->wiring->rows[layer], what);
}

gboolean
fxp_network_restore_learnt (FxpNetwork *self,
                            guint layer,
                            FxpLearnt what,
                            FxpFormat format,
                            gconstpointer data,
                            gsize n_bytes,
                            GError **error)
{
  g_return_val_if_fail (layer < self->wiring->n_rows, FALSE);

  return fxp_weights_restore_learnt (self->wiring->rows[layer], what, format, data, n_bytes, error);
}

const FxpTensor *
fxp_network_get_used_weights (const FxpNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->wiring->n_rows, NULL);

  return fxp_weights_get_used (self->wiring->rows[layer]);
}

void
fxp_network_get_activations (const FxpNetwork *self,
                             guint layer,
                             gsize sample,
                             FxpShape *shape,
                             double *values)
{
  FxpEdge *edge;
  FxpPass pass = {.evaluates = self->evaluated};

  g_return_if_fail (layer < self->wiring->n_rows && sample < self->n);

  edge = self->wiring->row_inputs[layer];
  *shape = edge->shape;
  if (values == NULL)
    return;
  for (gsize i = 0; i < edge->n_features; i++)
    fxp_edge_decode (edge,
                     &pass,
                     fxp_tensor_find (edge->codes, sample * edge->n_features + i),
                     1,
                     &values[i]);
}

/* The row whose cell a tensor has. */
static FxpWeights *
network_get_owner (const FxpNetwork *self, FxpTensorId id)
{
  guint owner = id.layer;

  if (id.role == FXP_ROLE_ACTIVATION)
    owner = fxp_topology_get_input_owner (self->topology, id.layer);
  else if (id.role == FXP_ROLE_ACTIVATION_GRAD)
    owner = fxp_topology_get_output_owner (self->topology, id.layer);
  return self->wiring->rows[owner];
}

const FxpStatistics *
fxp_network_get_statistics (const FxpNetwork *self, FxpTensorId id)
{
  g_return_val_if_fail (id.layer < self->wiring->n_rows && id.role < FXP_N_ROLES, NULL);

  return &network_get_owner (self, id)->cells[id.role].statistics;
}

FxpFormat
fxp_network_get_format (const FxpNetwork *self, FxpTensorId id)
{
  g_return_val_if_fail (id.layer < self->wiring->n_rows && id.role < FXP_N_ROLES, FXP_FORMAT_FLOAT);

  return network_get_owner (self, id)->cells[id.role].quantizer.format;
}

gboolean
fxp_network_has_moved (const FxpNetwork *self, FxpTensorId id)
{
  g_return_val_if_fail (id.layer < self->wiring->n_rows && id.role < FXP_N_ROLES, FALSE);

  return network_get_owner (self, id)->cells[id.role].has_moved;
}

const FxpScaler *
fxp_network_get_scaler (const FxpNetwork *self, FxpTensorId id)
{
  const FxpCell *cell;

  g_return_val_if_fail (id.layer < self->wiring->n_rows && id.role < FXP_N_ROLES, NULL);

  cell = &network_get_owner (self, id)->cells[id.role];
  return fxp_cell_is_scaled (cell) ? &cell->scaler : NULL;
}

void
fxp_network_set_scaler (FxpNetwork *self, FxpTensorId id, const FxpScaler *scaler)
{
  g_return_if_fail (id.layer < self->wiring->n_rows && id.role < FXP_N_ROLES);
  g_return_if_fail (scaler != NULL && fxp_network_get_scaler (self, id) != NULL);

  fxp_weights_set_scaler (network_get_owner (self, id), id.role, scaler);
  self->has_moved = TRUE;
}

const FxpSumCounts *
fxp_network_get_sum_counts (const FxpNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->wiring->n_rows, NULL);

  return &self->wiring->rows[layer]->sum_counts;
}

const FxpUpdateCounts *
fxp_network_get_update_counts (const FxpNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->wiring->n_rows, NULL);

  return &self->wiring->rows[layer]->update_counts;
}

void
fxp_network_clear_statistics (FxpNetwork *self)
{
  for (guint row = 0; row < self->wiring->n_rows; row++)
    fxp_weights_clear_statistics (self->wiring->rows[row]);
}

gboolean
fxp_network_get_nonfinite (const FxpNetwork *self, FxpTensorId *id)
{
  if (!self->nonfinite.met)
    return FALSE;

  *id = self->nonfinite.id;
  return TRUE;
}
