/* SPDX-License-Identifier: MIT */
/* G_W as the linear function of G_A that it is: what comes of any values put in its place. */
#pragma once

#include "../network/trial.h"

typedef struct
{
  guint layer;          /* who owns the G_A */
  const double *values; /* n x features, as they lie in memory; NULL: leaves it and only counts */
  gboolean is_added;    /* to what is there, instead of replacing it */
  gsize n;              /* elements of the batch's G_A that were seen */
} Injection;

static inline void
inject (FxpSight sight, FxpTensorId id, FxpTensor *tensor, gsize n, gpointer data)
{
  Injection *self = data;
  float *gradient = tensor->data;

  if (sight != FXP_SIGHT_GRADIENT || id.layer != self->layer)
    return;
  self->n = tensor->n / tensor->shape.dim[0] * n;
  for (gsize i = 0; self->values != NULL && i < self->n; i++)
    gradient[i] = (float)((self->is_added ? gradient[i] : 0.0) + self->values[i]);
}

static inline FxpStep
get_injected_step (const Trial *trial, gboolean evaluates)
{
  return (FxpStep){1, evaluates ? FXP_STEP_EVALUATION : trial->step, FALSE};
}

/* A backward pass behind a forward pass of the same step. */
static inline void
go_back (Trial *trial, gboolean evaluates)
{
  const FxpStep step = get_injected_step (trial, evaluates);

  if (evaluates)
    {
      const gsize n = trial->n * fxp_network_get_n_outputs (trial->network);
      g_autofree double *seeds = g_new (double, n);

      for (gsize i = 0; i < n; i++)
        seeds[i] = 1.0 / (double)(1 + i);
      g_assert_true (fxp_network_differentiate (trial->network, seeds));
    }
  else
    g_assert_true (fxp_network_backward (trial->network, &step));
}

static inline void
go_forward (Trial *trial, gboolean evaluates)
{
  const FxpStep step = get_injected_step (trial, evaluates);
  FxpStepResult result;

  g_assert_true (fxp_network_forward (trial->network, trial->inputs, trial->n, &step));
  fxp_network_get_loss (trial->network, trial->labels, &result);
}

/* G_W of @layer for @values as the G_A of its output, which @injection names. */
static inline double *
form_weight_gradient (Trial *trial, guint layer, Injection *injection, gboolean evaluates)
{
  fxp_network_set_observer (trial->network, inject, injection);
  go_back (trial, evaluates);
  fxp_network_set_observer (trial->network, NULL, NULL);
  return trial_dup_values (trial, layer, FXP_ROLE_WEIGHT_GRAD);
}

/* How many elements the batch's G_A has. */
static inline gsize
count_gradients (Trial *trial, guint owner, gboolean evaluates)
{
  Injection injection = {.layer = owner};
  g_autofree double *ignored = form_weight_gradient (trial, 0, &injection, evaluates);

  return injection.n;
}

/* The Jacobian of G_W with respect to G_A, column by column: n_weights x n_gradients. */
static inline double *
form_jacobian (Trial *trial, guint layer, gboolean evaluates, gsize *n_weights, gsize *n_gradients)
{
  const guint owner =
    fxp_topology_get_output_owner (fxp_network_get_topology (trial->network), layer);
  const gsize n = count_gradients (trial, owner, evaluates);
  g_autofree double *unit = g_new0 (double, n);
  double *jacobian;

  *n_gradients = n;
  *n_weights = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD)->n;
  jacobian = g_new (double, *n_weights *n);
  for (gsize column = 0; column < n; column++)
    {
      Injection injection = {.layer = owner, .values = unit};
      g_autofree double *gradient = NULL;

      unit[column] = 1.0;
      gradient = form_weight_gradient (trial, layer, &injection, evaluates);
      unit[column] = 0.0;
      for (gsize row = 0; row < *n_weights; row++)
        jacobian[row * n + column] = gradient[row];
    }
  return jacobian;
}
