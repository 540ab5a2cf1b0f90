/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/normalizer-private.h"

#include <math.h>

FxpNormalizer *
fxp_normalizer_new (FxpCell *gamma, FxpCell *beta, gsize n_channels)
{
  FxpNormalizer *self = g_new0 (FxpNormalizer, 1);
  FxpShape shape = FXP_SHAPE_1 (n_channels);
  float *variance;

  self->n_channels = n_channels;
  self->gamma = fxp_parameter_new (gamma, n_channels, 1.0f);
  self->beta = fxp_parameter_new (beta, n_channels, 0.0f);
  self->mean = fxp_tensor_new (&shape, FXP_FORMAT_FLOAT);
  self->variance = fxp_tensor_new (&shape, FXP_FORMAT_FLOAT);
  self->batch_mean = g_new0 (double, n_channels);
  self->batch_variance = g_new0 (double, n_channels);
  self->inverse_deviation = g_new0 (double, n_channels);
  variance = self->variance->data;
  for (gsize i = 0; i < n_channels; i++)
    variance[i] = 1.0f;
  return self;
}

void
fxp_normalizer_free (FxpNormalizer *self)
{
  if (self == NULL)
    return;

  fxp_parameter_free (self->gamma);
  fxp_parameter_free (self->beta);
  fxp_tensor_free (self->mean);
  fxp_tensor_free (self->variance);
  g_free (self->batch_mean);
  g_free (self->batch_variance);
  g_free (self->inverse_deviation);
  g_free (self);
}

void
fxp_normalizer_use_running (FxpNormalizer *self)
{
  const float *mean = self->mean->data, *variance = self->variance->data;

  for (gsize i = 0; i < self->n_channels; i++)
    {
      self->batch_mean[i] = mean[i];
      self->batch_variance[i] = variance[i];
      self->inverse_deviation[i] = 1.0 / sqrt (variance[i] + FXP_NORMALIZER_EPSILON);
    }
}

/* running' = float32 (0.9 running + 0.1 of the batch) */
static void
mix (float *running, double of_batch)
{
  double kept = (1.0 - FXP_NORMALIZER_SHARE) * *running;
  double added = FXP_NORMALIZER_SHARE * of_batch;

  *running = (float)(kept + added);
}

void
fxp_normalizer_update (FxpNormalizer *self, double rate, const FxpPass *pass)
{
  float *mean = self->mean->data, *variance = self->variance->data;
  double m = self->n_values;
  double bessel = self->n_values > 1 ? m / (m - 1.0) : 1.0;
  gboolean is_finite = TRUE;

  for (gsize i = 0; i < self->n_channels; i++)
    {
      mix (&mean[i], self->batch_mean[i]);
      mix (&variance[i], self->batch_variance[i] * bessel);
      is_finite = is_finite && isfinite (mean[i]) && isfinite (variance[i]);
    }
  if (G_UNLIKELY (!is_finite))
    fxp_cell_note_nonfinite (self->gamma->cell, pass);
  fxp_parameter_update (self->gamma, rate, pass);
  fxp_parameter_update (self->beta, rate, pass);
}
