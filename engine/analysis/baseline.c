/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/probe-private.h"

#include <math.h>

struct _FxpBaseline
{
  FxpLayerBaseline *layers; /* owned */
  guint n_layers;
  guint64 n_steps;
  guint n_looks, n_jacobians;
};

FxpBaseline *
fxp_baseline_new (const FxpLayerBaseline *layers,
                  guint n_layers,
                  guint64 n_steps,
                  guint n_looks,
                  guint n_jacobians)
{
  FxpBaseline *self = g_atomic_rc_box_new0 (FxpBaseline);

  self->layers = g_memdup2 (layers, n_layers * sizeof *layers);
  self->n_layers = n_layers;
  self->n_steps = n_steps;
  self->n_looks = n_looks;
  self->n_jacobians = n_jacobians;
  return self;
}

FxpBaseline *
fxp_baseline_ref (FxpBaseline *self)
{
  return g_atomic_rc_box_acquire (self);
}

static void
clear (gpointer data)
{
  FxpBaseline *self = data;

  g_free (self->layers);
}

void
fxp_baseline_unref (FxpBaseline *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

guint
fxp_baseline_get_n_layers (const FxpBaseline *self)
{
  return self->n_layers;
}

const FxpLayerBaseline *
fxp_baseline_get_layer (const FxpBaseline *self, guint layer)
{
  g_return_val_if_fail (layer < self->n_layers, NULL);

  return &self->layers[layer];
}

guint64
fxp_baseline_get_n_steps (const FxpBaseline *self)
{
  return self->n_steps;
}

guint
fxp_baseline_get_n_looks (const FxpBaseline *self)
{
  return self->n_looks;
}

guint
fxp_baseline_get_n_jacobians (const FxpBaseline *self)
{
  return self->n_jacobians;
}

static gboolean
is_finite_spread (const FxpSpread *self)
{
  return isfinite (self->max) && isfinite (self->min) && isfinite (self->last) &&
         isfinite (self->peak);
}

/* What J2 says limits the noise of G_A. */
static gboolean
is_finite (const FxpLayerBaseline *layer, FxpRole role)
{
  switch (role)
    {
    case FXP_ROLE_WEIGHT:
      return isfinite (layer->weight_peak);
    case FXP_ROLE_ACTIVATION:
      return isfinite (layer->activation_max) && isfinite (layer->activation_min);
    case FXP_ROLE_WEIGHT_GRAD:
      return is_finite_spread (&layer->weight_grad);
    default:
      return is_finite_spread (&layer->activation_grad) && isfinite (layer->reflected) &&
             isfinite (layer->lambda[FXP_JACOBIAN_EXACT]) &&
             isfinite (layer->lambda[FXP_JACOBIAN_SIMPLIFIED]);
    }
}

gboolean
fxp_baseline_get_nonfinite (const FxpBaseline *self, FxpTensorId *id)
{
  static const FxpRole roles[] = {
    FXP_ROLE_WEIGHT,
    FXP_ROLE_ACTIVATION,
    FXP_ROLE_WEIGHT_GRAD,
    FXP_ROLE_ACTIVATION_GRAD,
  };

  for (guint layer = 0; layer < self->n_layers; layer++)
    for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
      if (!is_finite (&self->layers[layer], roles[i]))
        {
          *id = (FxpTensorId){layer, roles[i]};
          return TRUE;
        }
  return FALSE;
}
