/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/network-state-private.h"

#include "network/loss-private.h"
#include "network/weights-clustered-private.h"

#include <math.h>

static FxpPass
network_begin_pass (FxpNetwork *self, const FxpStep *step)
{
  gboolean evaluates = step->step == FXP_STEP_EVALUATION;
  FxpPass pass = {
    .step = *step,
    .n = self->n,
    .evaluates = evaluates,
    .activation = self->activation,
    .momentum = self->momentum,
    .weight_decay = self->weight_decay,
    .gradients = self->gradients,
    .scratch = self->scratch,
    .team = self->team,
    .nonfinite = evaluates ? &self->nonfinite_ignored : &self->nonfinite,
    .watch = &self->watch,
    .onlooker = self->onlooker.func == NULL ? NULL : &self->onlooker,
  };

  pass.step.probe = step->probe && !evaluates;
  return pass;
}

/* He's or Glorot's bound, by what follows the layer. */
static double
network_get_weight_limit (const FxpNetwork *self, guint row)
{
  const FxpWeights *weights = self->wiring->rows[row];
  double fan_in = weights->n_inputs, fan_out = weights->n_units * weights->n_pixels;

  if (self->activation == FXP_ACTIVATION_TANH || self->activation == FXP_ACTIVATION_HARD_TANH ||
      row == self->wiring->n_rows - 1)
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
  g_autofree FxpShape *shapes = g_new0 (FxpShape, fxp_topology_get_n_layers (topology));
  guint64 seed = fxp_experiment_get_settings (experiment)->seed;
  FxpNetwork *self;

  if (!fxp_topology_check (topology, input, n_classes, shapes, error))
    return NULL;

  self = g_new0 (FxpNetwork, 1);
  self->twin = twin;
  self->topology = fxp_topology_ref (topology);
  self->scratch = scratch;
  self->team = team;
  self->wiring = fxp_wiring_new (topology, input, shapes);
  fxp_network_set_experiment (self, experiment, seed, 0);
  for (guint row = 0; row < self->wiring->n_rows; row++)
    fxp_weights_initialize (self->wiring->rows[row], network_get_weight_limit (self, row), seed);
  return self;
}

void
fxp_network_free (FxpNetwork *self)
{
  if (self == NULL)
    return;

  fxp_wiring_free (self->wiring);
  fxp_topology_unref (self->topology);
  g_free (self->loss_gradient);
  g_free (self);
}

/* A row as it computes: what it shares with another row is the other's. */
static FxpLayerPrecision
get_precision (const FxpExperiment *experiment, guint row)
{
  FxpLayerPrecision precision = *fxp_experiment_get_precision (experiment, row);

  for (guint role = 0; role < FXP_N_ROLES; role++)
    precision.quantizers[role] =
      *fxp_experiment_get_quantizer (experiment, (FxpTensorId){row, role});
  return precision;
}

void
fxp_network_set_experiment (FxpNetwork *self,
                            const FxpExperiment *experiment,
                            guint64 seed,
                            guint64 step)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  FxpStep at = {seed, step, FALSE};

  g_return_if_fail (fxp_experiment_get_n_weighted (experiment) == self->wiring->n_rows);

  self->activation = settings->activation;
  self->momentum = settings->momentum;
  self->weight_decay = settings->weight_decay;
  self->gradients = self->twin ? FXP_GRADIENTS_PLAIN : settings->gradients;
  for (guint row = 0; row < self->wiring->n_rows; row++)
    {
      FxpWeights *weights = self->wiring->rows[row];

      fxp_weights_set_momentum (weights, self->momentum > 0.0);
      fxp_weights_set_clip (weights, settings->clip);
      fxp_weights_set_scaling (weights, settings->scaling_period, settings->scaling_overflow);
      /* The twin's formats are those it was born with. */
      if (!self->twin)
        {
          FxpLayerPrecision precision = get_precision (experiment, row);

          fxp_weights_set_precision (weights, &precision, &at);
        }
    }
  fxp_weights_set_clusters (self->wiring->rows,
                            self->wiring->n_rows,
                            self->twin ? NULL : experiment);
  fxp_wiring_update_formats (self->wiring);
}

void
fxp_network_keep_gradients (FxpNetwork *self)
{
  g_return_if_fail (self->capacity == 0);

  self->wiring->keeps_gradients = TRUE;
}

void
fxp_network_set_monitor (FxpNetwork *self, FxpPassMonitor monitor, gpointer data)
{
  self->watch.func = monitor;
  self->watch.data = data;
}

/* No part of the network counts, probes or is watched in it. */
FxpWiring *
fxp_network_begin_trace (FxpNetwork *self, FxpPass *pass, FxpNonfinite *ignored)
{
  *pass = network_begin_pass (self, &self->step);
  pass->step.probe = FALSE;
  pass->nonfinite = ignored;
  pass->onlooker = NULL;
  return self->wiring;
}

void
fxp_network_set_observer (FxpNetwork *self, FxpObserver observer, gpointer data)
{
  self->onlooker.func = observer;
  self->onlooker.data = data;
}

void
fxp_network_want_input_gradient (FxpNetwork *self)
{
  g_return_if_fail (self->capacity == 0);

  fxp_wiring_want_input_gradient (self->wiring, self->topology);
}

/* What the last step left stays as it was formed until a pass forms it anew. */
static void
network_follow_moves (FxpNetwork *self)
{
  if (!self->has_moved)
    return;
  fxp_wiring_update_formats (self->wiring);
  self->has_moved = FALSE;
}

static void
network_reserve (FxpNetwork *self, gsize n)
{
  if (n <= self->capacity)
    return;

  fxp_wiring_reserve (self->wiring, n);
  g_free (self->loss_gradient);
  self->loss_gradient = g_new0 (double, n *fxp_network_get_n_outputs (self));
  self->capacity = n;
}

gboolean
fxp_network_forward (FxpNetwork *self, const double *inputs, gsize n, const FxpStep *step)
{
  FxpWiring *wiring = self->wiring;
  FxpEdge *entry = &wiring->edges[0];
  FxpPass pass;

  g_return_val_if_fail (n > 0, FALSE);

  network_follow_moves (self);
  network_reserve (self, n);
  self->n = n;
  pass = network_begin_pass (self, step);
  self->evaluated = pass.evaluates;
  self->step = pass.step;
  pass.nonfinite->met = FALSE;
  self->watch.done = self->watch.asked = 0.0;
  self->watch.total = wiring->n_multiplies * n * (pass.evaluates ? 1.0 : 3.0);
  self->watch.given_up = FALSE;
  for (guint row = 0; row < wiring->n_rows; row++)
    fxp_weights_begin_step (wiring->rows[row]);
  fxp_weights_form_clusters (wiring->rows, wiring->n_rows, self->team);

  fxp_edge_take_inputs (entry, &pass, inputs);
  for (guint i = 0; i < wiring->n_layers && !self->watch.given_up; i++)
    if (wiring->layers[i]->klass->forward != NULL)
      wiring->layers[i]->klass->forward (wiring->layers[i], &pass);
  return !self->watch.given_up;
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

/* From @gradient at the logits down.  FALSE if the pass is given up. */
static gboolean
network_go_back (FxpNetwork *self, const FxpPass *pass, const double *gradient)
{
  FxpWiring *wiring = self->wiring;
  FxpEdge *last = fxp_wiring_get_last_edge (wiring), *entry = &wiring->edges[0];

  fxp_wiring_begin_backward (wiring, self->n, self->scratch);
  for (guint row = 0; row < wiring->n_rows; row++)
    fxp_weights_follow_gradient (wiring->rows[row]);
  fxp_cell_quantize (last->gradient_cell,
                     pass,
                     FXP_STREAM_QUANTIZE,
                     gradient,
                     last->gradient->data,
                     self->n * last->n_features);
  fxp_cell_look (last->gradient_cell, pass, last->gradient->data, self->n * last->n_features);
  fxp_pass_show (pass, FXP_SIGHT_GRADIENT, last->gradient_cell->id, last->gradient);
  for (guint i = wiring->n_layers; i-- > 0 && !self->watch.given_up;)
    if (wiring->layers[i]->out->gradient_cell != NULL)
      wiring->layers[i]->klass->backward (wiring->layers[i], pass);
  if (self->watch.given_up)
    return FALSE;
  if (entry->gradient_cell != NULL)
    fxp_pass_show (pass, FXP_SIGHT_ROUTED, entry->cell->id, entry->gradient);
  return TRUE;
}

gboolean
fxp_network_backward (FxpNetwork *self, const FxpStep *step)
{
  FxpPass pass = network_begin_pass (self, step);

  g_return_val_if_fail (self->n > 0, FALSE);

  return network_go_back (self, &pass, self->loss_gradient);
}

gboolean
fxp_network_differentiate (FxpNetwork *self, const double *seeds)
{
  const FxpStep step = {.step = FXP_STEP_EVALUATION};
  FxpPass pass = network_begin_pass (self, &step);

  g_return_val_if_fail (self->n > 0 && self->evaluated, FALSE);

  self->watch.done = self->watch.asked = 0.0;
  self->watch.total = 2.0 * self->wiring->n_multiplies * self->n;
  return network_go_back (self, &pass, seeds);
}

void
fxp_network_update (FxpNetwork *self, double rate, const FxpStep *step)
{
  FxpPass pass = network_begin_pass (self, step);

  for (guint row = 0; row < self->wiring->n_rows; row++)
    {
      fxp_weights_update (self->wiring->rows[row], rate, &pass);
      fxp_weights_end_step (self->wiring->rows[row]);
      if (fxp_weights_advance (self->wiring->rows[row], step))
        self->has_moved = TRUE;
    }
}
