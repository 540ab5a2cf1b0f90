/* SPDX-License-Identifier: MIT */
/* The float network of a model that is off. */
#include "config.h"

#include "inference/simulation-state-private.h"

#include "number/error.h"
#include <glib/gi18n-lib.h>

static gboolean
monitor (double share, gpointer data)
{
  const FxpSimulation *self = data;

  return g_cancellable_is_cancelled (self->cancellable);
}

/* What was learnt are numbers of float32, so that nothing is rounded; the whole words of a network
 * in fixed point are, once. */
static gboolean
restore (FxpNetwork *network,
         guint layer,
         FxpLearnt what,
         const double *values,
         gsize n,
         GError **error)
{
  g_autofree float *data = NULL;

  if (values == NULL)
    return TRUE;
  data = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    data[i] = (float)values[i];
  return fxp_network_restore_learnt (network,
                                     layer,
                                     what,
                                     FXP_FORMAT_FLOAT,
                                     data,
                                     n * sizeof *data,
                                     error);
}

static gboolean
restore_layer (FxpNetwork *network, guint index, const FxpTrainedLayer *layer, GError **error)
{
  const struct
  {
    FxpLearnt what;
    const double *values;
    gsize n;
  } learnt[] = {
    {FXP_LEARNT_WEIGHT, layer->weights, layer->n_units * layer->n_inputs * layer->n_pixels},
    {FXP_LEARNT_BIAS, layer->bias, layer->n_units},
    {FXP_LEARNT_GAMMA, layer->gamma, layer->n_units},
    {FXP_LEARNT_BETA, layer->beta, layer->n_units},
    {FXP_LEARNT_MEAN, layer->mean, layer->n_units},
    {FXP_LEARNT_VARIANCE, layer->variance, layer->n_units},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (learnt); i++)
    if (!restore (network, index, learnt[i].what, learnt[i].values, learnt[i].n, error))
      return FALSE;
  return TRUE;
}

gboolean
fxp_simulation_make_network (FxpSimulation *self, GError **error)
{
  const FxpModel *model = self->model;
  const FxpTrained *trained = model->trained;

  if (trained == NULL)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("the model holds codes and no float network; expected one that was just "
                      "converted from a checkpoint"));
      return FALSE;
    }
  self->scratch = fxp_scratch_new ();
  if (self->team == NULL)
    self->team = self->lone_team = fxp_team_new (1);
  self->network = fxp_network_new (model->experiment,
                                   &model->input,
                                   model->n_classes,
                                   TRUE,
                                   self->scratch,
                                   self->team,
                                   error);
  if (self->network == NULL)
    return FALSE;
  for (guint i = 0; i < fxp_trained_get_n_layers (trained); i++)
    if (!restore_layer (self->network, i, fxp_trained_get_layer (trained, i), error))
      return FALSE;
  fxp_network_set_monitor (self->network, monitor, self);
  return TRUE;
}

gboolean
fxp_simulation_run_network (FxpSimulation *self, const double *inputs, gsize n)
{
  const FxpStep step = {.seed = fxp_experiment_get_settings (self->model->experiment)->seed,
                        .step = FXP_STEP_EVALUATION};

  return fxp_network_forward (self->network, inputs, n, &step);
}
