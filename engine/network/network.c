/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loss-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>
#include <inttypes.h>
#include <math.h>

struct _FxpNetwork
{
  gboolean twin;
  FxpActivation activation;

  FxpLayer **layers; /* owned; edge i enters layer i, edge i + 1 leaves it */
  guint n_layers;
  FxpEdge *edges; /* n_layers + 1 */
  guint n_weighted;
  FxpWeights **rows; /* borrowed from the layers; n_weighted */
  guint first_row;   /* index of the lowest layer that learns */

  gsize capacity; /* samples there is room for */
  gsize n;        /* samples of the last forward pass */
  double *loss_gradient;
  FxpNonfinite nonfinite;         /* of the last training step */
  FxpNonfinite nonfinite_ignored; /* of evaluation */

  FxpScratch *scratch; /* borrowed, as is the team: the worker owns them longer */
  FxpTeam *team;
};

static FxpEdge *
network_get_last_edge (const FxpNetwork *self)
{
  return &self->edges[self->n_layers];
}

static FxpPass
network_begin_pass (FxpNetwork *self, const FxpStep *step)
{
  gboolean evaluates = step->step == FXP_STEP_EVALUATION;
  FxpPass pass = {
    .step = *step,
    .n = self->n,
    .activation = self->activation,
    .scratch = self->scratch,
    .team = self->team,
    .nonfinite = evaluates ? &self->nonfinite_ignored : &self->nonfinite,
  };

  pass.step.probe = step->probe && !evaluates;
  return pass;
}

static void
network_add_layer (FxpNetwork *self,
                   const FxpLayerClass *klass,
                   const FxpLayerSpec *spec,
                   const FxpShape *shape)
{
  FxpEdge *in = &self->edges[self->n_layers], *out = in + 1;
  FxpLayer *layer;

  out->shape = *shape;
  out->n_features = fxp_shape_get_n (shape);
  layer = fxp_layer_new (klass, spec, self->n_weighted, in, out);
  if (layer->weights != NULL)
    {
      if (self->n_weighted == 0)
        self->first_row = self->n_layers;
      self->rows[self->n_weighted++] = layer->weights;
    }
  self->layers[self->n_layers++] = layer;
}

/* Codes of an edge belong to the next layer with weights above, their gradients to the one
 * below. */
static void
network_assign_cells (FxpNetwork *self)
{
  FxpWeights *below = NULL;
  guint above = 0;

  for (guint i = 0; i <= self->n_layers; i++)
    {
      FxpEdge *edge = &self->edges[i];
      gboolean is_real = i > 0 && self->layers[i - 1]->weights != NULL;

      if (is_real)
        below = self->rows[above++];
      else
        edge->cell = &self->rows[above]->cells[FXP_ROLE_ACTIVATION];
      edge->gradient_cell = below == NULL ? NULL : &below->cells[FXP_ROLE_ACTIVATION_GRAD];
    }
  network_get_last_edge (self)->keeps_reals = TRUE;
}

/* He's or Glorot's bound, by what follows the layer. */
static double
network_get_weight_limit (const FxpNetwork *self, guint row)
{
  const FxpWeights *weights = self->rows[row];
  double fan_in = weights->n_inputs, fan_out = weights->n_units * weights->n_pixels;

  if (self->activation == FXP_ACTIVATION_TANH || row == self->n_weighted - 1)
    return sqrt (6.0 / (fan_in + fan_out));
  return sqrt (6.0 / fan_in);
}

FxpNetwork *
fxp_network_new (const FxpExperiment *experiment,
                 const FxpShape *input,
                 guint n_classes,
                 gboolean twin,
                 FxpScratch *scratch,
                 FxpTeam *team,
                 GError **error)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  guint n_specs = fxp_topology_get_n_layers (topology);
  guint n_weighted = fxp_topology_get_n_weighted (topology);
  g_autofree FxpShape *shapes = g_new0 (FxpShape, n_specs);
  guint64 seed = fxp_experiment_get_settings (experiment)->seed;
  FxpNetwork *self;

  if (!fxp_topology_check (topology, input, n_classes, shapes, error))
    return NULL;

  self = g_new0 (FxpNetwork, 1);
  self->twin = twin;
  self->scratch = scratch;
  self->team = team;
  self->layers = g_new0 (FxpLayer *, n_specs + n_weighted);
  self->edges = g_new0 (FxpEdge, n_specs + n_weighted + 1);
  self->rows = g_new0 (FxpWeights *, n_weighted);
  self->edges[0].shape = *input;
  self->edges[0].n_features = fxp_shape_get_n (input);
  for (guint i = 0; i < n_specs; i++)
    {
      const FxpLayerSpec *spec = fxp_topology_get_layer (topology, i);
      const FxpLayerClass *klass = fxp_layer_class_get (spec->kind);

      network_add_layer (self, klass, spec, &shapes[i]);
      if (klass->get_weight_shape != NULL && self->n_weighted < n_weighted)
        network_add_layer (self, &fxp_activation_class, NULL, &shapes[i]);
    }
  network_assign_cells (self);
  fxp_network_set_experiment (self, experiment, seed, 0);
  for (guint row = 0; row < self->n_weighted; row++)
    fxp_weights_initialize (self->rows[row], network_get_weight_limit (self, row), seed);
  return self;
}

void
fxp_network_free (FxpNetwork *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < self->n_layers; i++)
    fxp_layer_free (self->layers[i]);
  for (guint i = 0; i <= self->n_layers; i++)
    fxp_edge_clear (&self->edges[i]);
  g_free (self->layers);
  g_free (self->edges);
  g_free (self->rows);
  g_free (self->loss_gradient);
  g_free (self);
}

void
fxp_network_set_experiment (FxpNetwork *self,
                            const FxpExperiment *experiment,
                            guint64 seed,
                            guint64 step)
{
  FxpStep at = {seed, step, FALSE};

  g_return_if_fail (fxp_experiment_get_n_weighted (experiment) == self->n_weighted);

  self->activation = fxp_experiment_get_settings (experiment)->activation;
  /* The twin's formats are those it was born with. */
  if (self->twin)
    return;
  for (guint row = 0; row < self->n_weighted; row++)
    fxp_weights_set_precision (self->rows[row],
                               fxp_experiment_get_precision (experiment, row),
                               &at);
  for (guint i = 0; i <= self->n_layers; i++)
    fxp_edge_update_formats (&self->edges[i]);
}

static void
network_reserve (FxpNetwork *self, gsize n)
{
  if (n <= self->capacity)
    return;

  for (guint i = 0; i <= self->n_layers; i++)
    fxp_edge_reserve (&self->edges[i], n);
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->klass->reserve != NULL)
      self->layers[i]->klass->reserve (self->layers[i], n);
  g_free (self->loss_gradient);
  self->loss_gradient = g_new0 (double, n *network_get_last_edge (self)->n_features);
  self->capacity = n;
}

void
fxp_network_forward (FxpNetwork *self, const double *inputs, gsize n, const FxpStep *step)
{
  FxpEdge *entry = &self->edges[0];
  FxpPass pass;

  g_return_if_fail (n > 0);

  network_reserve (self, n);
  self->n = n;
  pass = network_begin_pass (self, step);
  pass.nonfinite->met = FALSE;
  for (guint row = 0; row < self->n_weighted; row++)
    fxp_weights_begin_step (self->rows[row]);

  fxp_cell_quantize (entry->cell,
                     &pass,
                     FXP_STREAM_QUANTIZE,
                     inputs,
                     entry->codes->data,
                     n * entry->n_features);
  for (guint i = 0; i < self->n_layers; i++)
    self->layers[i]->klass->forward (self->layers[i], &pass);
}

void
fxp_network_get_loss (FxpNetwork *self, const guint16 *labels, FxpStepResult *result)
{
  g_return_if_fail (self->n > 0);

  fxp_loss_compute (fxp_network_get_logits (self),
                    labels,
                    self->n,
                    fxp_network_get_n_outputs (self),
                    self->loss_gradient,
                    result);
}

void
fxp_network_backward (FxpNetwork *self, const FxpStep *step)
{
  FxpEdge *last = network_get_last_edge (self);
  FxpPass pass = network_begin_pass (self, step);

  g_return_if_fail (self->n > 0);

  fxp_cell_quantize (last->gradient_cell,
                     &pass,
                     FXP_STREAM_QUANTIZE,
                     self->loss_gradient,
                     last->gradient->data,
                     self->n * last->n_features);
  for (guint i = self->n_layers; i-- > self->first_row;)
    self->layers[i]->klass->backward (self->layers[i], &pass);
}

void
fxp_network_update (FxpNetwork *self, double rate, const FxpStep *step)
{
  FxpPass pass = network_begin_pass (self, step);

  for (guint row = 0; row < self->n_weighted; row++)
    {
      fxp_weights_update (self->rows[row], rate, &pass);
      fxp_weights_end_step (self->rows[row]);
    }
}

void
fxp_network_train (FxpNetwork *self,
                   const double *inputs,
                   const guint16 *labels,
                   gsize n,
                   double rate,
                   const FxpStep *step,
                   FxpStepResult *result)
{
  fxp_network_forward (self, inputs, n, step);
  fxp_network_get_loss (self, labels, result);
  if (G_UNLIKELY (!isfinite (result->loss)))
    {
      FxpPass pass = network_begin_pass (self, step);

      fxp_cell_note_nonfinite (network_get_last_edge (self)->gradient_cell, &pass);
    }
  fxp_network_backward (self, step);
  fxp_network_update (self, rate, step);
}

const double *
fxp_network_get_logits (const FxpNetwork *self)
{
  return network_get_last_edge (self)->own_reals;
}

guint
fxp_network_get_n_weighted (const FxpNetwork *self)
{
  return self->n_weighted;
}

guint
fxp_network_get_n_outputs (const FxpNetwork *self)
{
  return network_get_last_edge (self)->n_features;
}

static FxpEdge *
network_get_edge_below (const FxpNetwork *self, guint row)
{
  for (guint i = 0; i < self->n_layers; i++)
    if (self->layers[i]->weights == self->rows[row])
      return self->layers[i]->in;
  return NULL;
}

const FxpTensor *
fxp_network_get_tensor (const FxpNetwork *self, FxpTensorId id)
{
  const FxpWeights *row;
  const FxpEdge *below;

  g_return_val_if_fail (id.layer < self->n_weighted, NULL);

  row = self->rows[id.layer];
  below = network_get_edge_below (self, id.layer);
  switch ((FxpRole)id.role)
    {
    case FXP_ROLE_WEIGHT:
      return row->weight;
    case FXP_ROLE_ACTIVATION:
      return below->codes;
    case FXP_ROLE_WEIGHT_GRAD:
      return row->gradient;
    case FXP_ROLE_ACTIVATION_GRAD:
      return (below + 1)->gradient;
    case FXP_ROLE_WEIGHT_ACC:
      return row->residue;
    case FXP_ROLE_BIAS:
      return row->bias;
    case FXP_N_ROLES:
    default:
      g_return_val_if_reached (NULL);
    }
}

gboolean
fxp_network_restore_tensor (FxpNetwork *self,
                            FxpTensorId id,
                            FxpFormat format,
                            gconstpointer data,
                            gsize n_bytes,
                            GError **error)
{
  const FxpTensor *tensor;

  g_return_val_if_fail (id.layer < self->n_weighted, FALSE);
  g_return_val_if_fail (id.role == FXP_ROLE_WEIGHT || id.role == FXP_ROLE_WEIGHT_ACC ||
                          id.role == FXP_ROLE_BIAS,
                        FALSE);

  tensor = fxp_network_get_tensor (self, id);
  if (!fxp_format_equal (format, tensor->format))
    {
      g_autofree char *found = fxp_format_to_string (format);
      g_autofree char *expected = fxp_format_to_string (tensor->format);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("Layer %u, %s: the format is %s, expected %s"),
                   id.layer + 1u,
                   fxp_role_get_nick (id.role),
                   found,
                   expected);
      return FALSE;
    }
  if (n_bytes != fxp_tensor_get_n_bytes (tensor))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("Layer %u, %s: %zu bytes, expected %zu"),
                   id.layer + 1u,
                   fxp_role_get_nick (id.role),
                   n_bytes,
                   fxp_tensor_get_n_bytes (tensor));
      return FALSE;
    }
  memcpy (tensor->data, data, n_bytes);
  fxp_weights_refresh (self->rows[id.layer]);
  return TRUE;
}

const FxpStatistics *
fxp_network_get_statistics (const FxpNetwork *self, FxpTensorId id)
{
  g_return_val_if_fail (id.layer < self->n_weighted && id.role < FXP_N_ROLES, NULL);

  return &self->rows[id.layer]->cells[id.role].statistics;
}

const FxpSumCounts *
fxp_network_get_sum_counts (const FxpNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->n_weighted, NULL);

  return &self->rows[layer]->sum_counts;
}

const FxpUpdateCounts *
fxp_network_get_update_counts (const FxpNetwork *self, guint layer)
{
  g_return_val_if_fail (layer < self->n_weighted, NULL);

  return &self->rows[layer]->update_counts;
}

void
fxp_network_clear_statistics (FxpNetwork *self)
{
  for (guint row = 0; row < self->n_weighted; row++)
    fxp_weights_clear_statistics (self->rows[row]);
}

gboolean
fxp_network_get_nonfinite (const FxpNetwork *self, FxpTensorId *id)
{
  if (!self->nonfinite.met)
    return FALSE;

  *id = self->nonfinite.id;
  return TRUE;
}
