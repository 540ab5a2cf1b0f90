/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/noise-gain-private.h"

#include <math.h>

struct _FxpNoiseGains
{
  guint n_layers;
  guint n_samples;
  guint n_ties;
  guint n_capped;
  double *weights; /* n_layers, owned */
  double *activations;
};

FxpNoiseGains *
fxp_noise_gains_ref (FxpNoiseGains *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FxpNoiseGains *self = data;

  g_free (self->weights);
  g_free (self->activations);
}

void
fxp_noise_gains_unref (FxpNoiseGains *self)
{
  if (self != NULL)
    g_atomic_rc_box_release_full (self, clear);
}

FxpNoiseGains *
fxp_noise_gains_new_counted (const double *weights,
                             const double *activations,
                             guint n_layers,
                             guint n_samples,
                             guint n_ties,
                             guint n_capped)
{
  FxpNoiseGains *self = g_atomic_rc_box_new0 (FxpNoiseGains);

  self->n_layers = n_layers;
  self->n_samples = n_samples;
  self->n_ties = n_ties;
  self->n_capped = n_capped;
  self->weights = g_memdup2 (weights, n_layers * sizeof (double));
  self->activations = g_memdup2 (activations, n_layers * sizeof (double));
  return self;
}

FxpNoiseGains *
fxp_noise_gains_new (const double *weights,
                     const double *activations,
                     guint n_layers,
                     guint n_samples)
{
  g_return_val_if_fail (weights != NULL && activations != NULL && n_layers > 0, NULL);

  return fxp_noise_gains_new_counted (weights, activations, n_layers, n_samples, 0, 0);
}

guint
fxp_noise_gains_get_n_layers (const FxpNoiseGains *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_layers;
}

guint
fxp_noise_gains_get_n_samples (const FxpNoiseGains *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_samples;
}

guint
fxp_noise_gains_get_n_ties (const FxpNoiseGains *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_ties;
}

guint
fxp_noise_gains_get_n_capped (const FxpNoiseGains *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_capped;
}

double
fxp_noise_gains_get (const FxpNoiseGains *self, FxpTensorId id)
{
  g_return_val_if_fail (self != NULL && id.layer < self->n_layers, NAN);

  if (id.role == FXP_ROLE_WEIGHT)
    return self->weights[id.layer];
  if (id.role == FXP_ROLE_ACTIVATION)
    return self->activations[id.layer];
  return NAN;
}

double
fxp_noise_gains_get_contribution (const FxpNoiseGains *self,
                                  const FxpExperiment *experiment,
                                  FxpTensorId id)
{
  double step;

  g_return_val_if_fail (self != NULL && experiment != NULL, NAN);
  g_return_val_if_fail (fxp_experiment_get_n_weighted (experiment) == self->n_layers, NAN);

  if (id.role != FXP_ROLE_WEIGHT && id.role != FXP_ROLE_ACTIVATION)
    return NAN;
  /* What no format rounds adds no noise, however large its gain is. */
  step = fxp_format_get_step (fxp_experiment_get_quantizer (experiment, id)->format);
  if (step == 0.0 || fxp_experiment_get_owner (experiment, id).layer != id.layer)
    return 0.0;
  return step * step * fxp_noise_gains_get (self, id);
}

double
fxp_noise_gains_get_bound (const FxpNoiseGains *self,
                           const FxpExperiment *experiment,
                           gboolean with_input)
{
  double bound = 0.0;

  g_return_val_if_fail (self != NULL && experiment != NULL, NAN);

  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      const FxpTensorId weight = {layer, FXP_ROLE_WEIGHT};
      const FxpTensorId activation = {layer, FXP_ROLE_ACTIVATION};

      bound += fxp_noise_gains_get_contribution (self, experiment, weight);
      if (layer > 0 || with_input)
        bound += fxp_noise_gains_get_contribution (self, experiment, activation);
    }
  return bound;
}
