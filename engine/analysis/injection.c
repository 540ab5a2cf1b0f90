/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/injection-private.h"

#include "analysis/noise-gain-private.h"
#include "network/loss-private.h"

#include <math.h>

/* What noise did to the logits of some samples, over all draws. */
typedef struct
{
  gsize n;
  guint n_outputs;
  double *clean; /* logits without noise, n x n_outputs, owned */
  double sum;    /* of (change of z_i - z_f)^2 / (z_i - z_f)^2 */
} Effect;

static FxpNoise
get_noise (const FxpInjection *self)
{
  return fxp_noise_new (self->seed, self->draw, self->id.layer, self->id.role, FXP_STREAM_INJECT);
}

static void
add_noise (const FxpInjection *self, const float *from, gsize n, float *to)
{
  const FxpNoise noise = get_noise (self);

  for (gsize i = 0; i < n; i++)
    to[i] = (float)(from[i] + self->step * (fxp_noise_uniform (noise, (guint32)i) - 0.5));
}

void
fxp_injection_observe (FxpSight sight,
                       FxpTensorId id,
                       FxpTensor *tensor,
                       gsize n,
                       gpointer injection)
{
  const FxpInjection *self = injection;
  float *values = tensor->data;

  if (sight == FXP_SIGHT_ROUTED || id.layer != self->id.layer || id.role != self->id.role)
    return;
  g_return_if_fail (fxp_format_is_float (tensor->format));

  add_noise (self, values, tensor->n / tensor->shape.dim[0] * n, values);
}

static gboolean
evaluate (FxpNetwork *network, const double *inputs, gsize n)
{
  const FxpStep step = {.step = FXP_STEP_EVALUATION};

  return fxp_network_forward (network, inputs, n, &step);
}

static void
put_weights (FxpNetwork *network, guint layer, const float *values, gsize n)
{
  /* A float W takes any values of its size. */
  fxp_network_restore_learnt (network,
                              layer,
                              FXP_LEARNT_WEIGHT,
                              FXP_FORMAT_FLOAT,
                              values,
                              n * sizeof (float),
                              NULL);
}

static void
add_draw (Effect *self, const double *logits)
{
  for (gsize sample = 0; sample < self->n; sample++)
    {
      const double *clean = self->clean + sample * self->n_outputs;
      const double *noisy = logits + sample * self->n_outputs;
      const guint f = fxp_loss_get_choice (clean, self->n_outputs);

      for (guint i = 0; i < self->n_outputs; i++)
        {
          const double margin = clean[i] - clean[f];
          const double change = noisy[i] - noisy[f] - margin;

          if (fabs (margin) >= FXP_NOISE_GAIN_TIE)
            self->sum += change * change / (margin * margin);
        }
    }
}

/* FALSE if a pass was given up. */
static gboolean
add_draws (Effect *self,
           FxpNetwork *network,
           const FxpInjection *injection,
           const double *inputs,
           guint n_draws)
{
  const guint layer = injection->id.layer;
  const FxpTensor *weight = fxp_network_get_tensor (network, (FxpTensorId){layer, FXP_ROLE_WEIGHT});
  const gboolean is_weight = injection->id.role == FXP_ROLE_WEIGHT;
  g_autofree float *before = g_memdup2 (weight->data, fxp_tensor_get_n_bytes (weight));
  g_autofree float *noisy = g_new (float, weight->n);
  gboolean is_whole = TRUE;

  for (guint i = 0; i < n_draws && is_whole; i++)
    {
      FxpInjection draw = *injection;

      draw.draw += i;
      if (is_weight)
        {
          add_noise (&draw, before, weight->n, noisy);
          put_weights (network, layer, noisy, weight->n);
        }
      else
        fxp_network_set_observer (network, fxp_injection_observe, &draw);
      is_whole = evaluate (network, inputs, self->n);
      if (is_whole)
        add_draw (self, fxp_network_get_logits (network));
    }
  if (is_weight)
    put_weights (network, layer, before, weight->n);
  fxp_network_set_observer (network, NULL, NULL);
  return is_whole;
}

double
fxp_injection_measure (FxpNetwork *network,
                       const FxpInjection *injection,
                       const double *inputs,
                       gsize n,
                       guint n_draws)
{
  Effect effect = {.n = n};
  gboolean is_whole;

  g_return_val_if_fail (network != NULL && inputs != NULL && n > 0 && n_draws > 0, NAN);
  g_return_val_if_fail (injection->id.role == FXP_ROLE_WEIGHT ||
                          injection->id.role == FXP_ROLE_ACTIVATION,
                        NAN);

  if (!evaluate (network, inputs, n))
    return NAN;
  effect.n_outputs = fxp_network_get_n_outputs (network);
  effect.clean =
    g_memdup2 (fxp_network_get_logits (network), n * effect.n_outputs * sizeof (double));
  is_whole = add_draws (&effect, network, injection, inputs, n_draws);
  g_free (effect.clean);
  return is_whole ? 0.5 * effect.sum / ((double)n * n_draws) : NAN;
}
