/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/noise-gain-private.h"

#include "network/loss-private.h"

#include <math.h>

/* Noise gains (Sakr & Shanbhag 2019, 2.1).  Of one sample, with f the class that is chosen,
 *
 *   E_X = sum over i != f of  sum over x in X of (d (z_i - z_f) / dx)^2  /  (24 (z_i - z_f)^2)
 *
 * and then the mean over samples: one pass up and, for each other class, one pass down.  A weight
 * that many places share has the derivative of all of them together; an element of A, which is
 * quantized in front of pooling, one of its own. */

/* E of one sample, or sums of it over samples. */
typedef struct
{
  double *weights; /* n_layers, owned */
  double *activations;
  guint n_ties;
} Gains;

struct _FxpNoiseGainJob
{
  FxpNetwork *network;       /* borrowed */
  FxpExperiment *experiment; /* owned, as all that follows */
  guint n_layers, n_outputs;
  gboolean caps_samples;
  double *seeds; /* n_outputs; weights of logits, zeros between passes */
  double scale;  /* 1 / (24 (z_i - z_f)^2) of the pass under way */

  Gains sample, sum;
  guint n_samples, n_capped;
};

static void
gains_init (Gains *self, guint n_layers)
{
  self->weights = g_new0 (double, n_layers);
  self->activations = g_new0 (double, n_layers);
  self->n_ties = 0;
}

static void
gains_clear (Gains *self)
{
  g_free (self->weights);
  g_free (self->activations);
}

FxpNoiseGainJob *
fxp_noise_gain_job_new (FxpNetwork *network, const FxpExperiment *experiment, gboolean caps_samples)
{
  FxpNoiseGainJob *self;

  g_return_val_if_fail (network != NULL && experiment != NULL, NULL);
  g_return_val_if_fail (fxp_network_get_n_weighted (network) ==
                          fxp_experiment_get_n_weighted (experiment),
                        NULL);

  self = g_new0 (FxpNoiseGainJob, 1);
  self->network = network;
  self->experiment = fxp_experiment_ref ((FxpExperiment *)experiment);
  self->n_layers = fxp_network_get_n_weighted (network);
  self->n_outputs = fxp_network_get_n_outputs (network);
  self->caps_samples = caps_samples;
  self->seeds = g_new0 (double, self->n_outputs);
  gains_init (&self->sample, self->n_layers);
  gains_init (&self->sum, self->n_layers);
  return self;
}

void
fxp_noise_gain_job_free (FxpNoiseGainJob *self)
{
  if (self == NULL)
    return;

  fxp_experiment_unref (self->experiment);
  g_free (self->seeds);
  gains_clear (&self->sample);
  gains_clear (&self->sum);
  g_free (self);
}

#define N_LANES 8

/* Element i goes to lane i mod 8, so that vectors can follow the same order. */
static double
sum_squares (const float *values, gsize n)
{
  double lanes[N_LANES] = {0.0}, sum = 0.0;
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES)
    for (guint lane = 0; lane < N_LANES; lane++)
      lanes[lane] += (double)values[i + lane] * values[i + lane];
  for (; i < n; i++)
    lanes[i % N_LANES] += (double)values[i] * values[i];
  for (guint lane = 0; lane < N_LANES; lane++)
    sum += lanes[lane];
  return sum;
}

static void
observe (FxpSight sight, FxpTensorId id, FxpTensor *tensor, gsize n, gpointer data)
{
  FxpNoiseGainJob *self = data;

  if (sight == FXP_SIGHT_ROUTED)
    self->sample.activations[id.layer] +=
      self->scale * sum_squares (tensor->data, tensor->n / tensor->shape.dim[0] * n);
}

/* Of z_i - z_f, @margin apart. */
static gboolean
add_pair (FxpNoiseGainJob *self, guint i, guint f, double margin)
{
  gboolean is_whole;

  self->scale = 1.0 / (24.0 * margin * margin);
  self->seeds[i] = 1.0;
  self->seeds[f] = -1.0;
  is_whole = fxp_network_differentiate (self->network, self->seeds);
  self->seeds[i] = 0.0;
  if (!is_whole)
    return FALSE;
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      const FxpTensor *gradient =
        fxp_network_get_tensor (self->network, (FxpTensorId){layer, FXP_ROLE_WEIGHT_GRAD});

      self->sample.weights[layer] += self->scale * sum_squares (gradient->data, gradient->n);
    }
  return TRUE;
}

/* f is the class that the network chooses, not the one that the sample has (5.3).  Margins that are
 * no numbers are left out as ties are. */
static gboolean
add_pairs (FxpNoiseGainJob *self)
{
  const double *logits = fxp_network_get_logits (self->network);
  const guint f = fxp_loss_get_choice (logits, self->n_outputs);
  gboolean is_whole = TRUE;

  for (guint i = 0; i < self->n_outputs && is_whole; i++)
    {
      const double margin = logits[i] - logits[f];

      if (i == f)
        continue;
      if (fabs (margin) >= FXP_NOISE_GAIN_TIE)
        is_whole = add_pair (self, i, f, margin);
      else
        self->sample.n_ties++;
    }
  self->seeds[f] = 0.0;
  return is_whole;
}

/* What the sample adds to the bound, at the steps of now; a probability is at most 1 (5.2). */
static double
get_share (const FxpNoiseGainJob *self, gboolean *is_capped)
{
  g_autoptr (FxpNoiseGains) gains =
    fxp_noise_gains_new (self->sample.weights, self->sample.activations, self->n_layers, 1);
  const double bound = fxp_noise_gains_get_bound (gains, self->experiment, TRUE);

  *is_capped = bound > 1.0;
  return *is_capped ? 1.0 / bound : 1.0;
}

static void
end_sample (FxpNoiseGainJob *self)
{
  gboolean is_capped = FALSE;
  const double share = self->caps_samples ? get_share (self, &is_capped) : 1.0;

  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      self->sum.weights[layer] += share * self->sample.weights[layer];
      self->sum.activations[layer] += share * self->sample.activations[layer];
    }
  self->sum.n_ties += self->sample.n_ties;
  self->n_capped += is_capped;
  self->n_samples++;
}

gboolean
fxp_noise_gain_job_add (FxpNoiseGainJob *self, const double *inputs)
{
  const FxpStep step = {.step = FXP_STEP_EVALUATION};
  gboolean is_whole;

  g_return_val_if_fail (self != NULL && inputs != NULL, FALSE);

  memset (self->sample.weights, 0, self->n_layers * sizeof (double));
  memset (self->sample.activations, 0, self->n_layers * sizeof (double));
  self->sample.n_ties = 0;
  if (!fxp_network_forward (self->network, inputs, 1, &step))
    return FALSE;
  fxp_network_set_observer (self->network, observe, self);
  is_whole = add_pairs (self);
  fxp_network_set_observer (self->network, NULL, NULL);
  if (is_whole)
    end_sample (self);
  return is_whole;
}

FxpNoiseGains *
fxp_noise_gain_job_get (const FxpNoiseGainJob *self)
{
  const double n = MAX (self->n_samples, 1);
  g_autofree double *weights = g_new (double, self->n_layers);
  g_autofree double *activations = g_new (double, self->n_layers);

  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      const FxpTensorId id = {layer, FXP_ROLE_ACTIVATION};

      weights[layer] = self->sum.weights[layer] / n;
      activations[layer] =
        self->sum.activations[fxp_experiment_get_owner (self->experiment, id).layer] / n;
    }
  return fxp_noise_gains_new_counted (weights,
                                      activations,
                                      self->n_layers,
                                      self->n_samples,
                                      self->sum.n_ties,
                                      self->n_capped);
}
