/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/moments-kernel-private.h"

#include <math.h>

/* Parts that one thread takes at least. */
#define GRAIN 4

struct _FxpMeasuring
{
  FxpTeam *team; /* borrowed */
  const FxpMomentsKernel *kernel;
  gsize n_parts; /* there is room for */
  FxpMoments *moments;
  FxpExtrema *extrema;

  /* Of the array under way. */
  const float *values;
  gsize n;
};

FxpMeasuring *
fxp_measuring_new (FxpTeam *team)
{
  FxpMeasuring *self = g_new0 (FxpMeasuring, 1);

  self->team = team;
  self->kernel = fxp_moments_kernel_get ();
  return self;
}

void
fxp_measuring_free (FxpMeasuring *self)
{
  if (self == NULL)
    return;

  g_free (self->moments);
  g_free (self->extrema);
  g_free (self);
}

/* The float of an ordered key. */
static double
decode (gint32 key)
{
  const gint32 bits = key ^ ((key >> 31) & G_MAXINT32);
  float value;

  memcpy (&value, &bits, sizeof value);
  return value;
}

static FxpExtrema
compare (const FxpMomentsKernel *kernel, const float *values, gsize n)
{
  const FxpKeyExtrema keys = kernel->compare (values, n);
  const FxpExtrema extrema = {decode (keys.least), decode (keys.greatest)};

  if (!isfinite (extrema.min) || !isfinite (extrema.max))
    return (FxpExtrema){NAN, NAN};
  return extrema;
}

static void
add_parts (gpointer data, gsize first, gsize last)
{
  const FxpMeasuring *self = data;

  for (gsize part = first; part < last; part++)
    {
      const gsize begin = part * FXP_MEASURING_PART;

      self->moments[part] =
        self->kernel->add_up (self->values + begin, MIN (FXP_MEASURING_PART, self->n - begin));
    }
}

static void
compare_parts (gpointer data, gsize first, gsize last)
{
  const FxpMeasuring *self = data;

  for (gsize part = first; part < last; part++)
    {
      const gsize begin = part * FXP_MEASURING_PART;

      self->extrema[part] =
        compare (self->kernel, self->values + begin, MIN (FXP_MEASURING_PART, self->n - begin));
    }
}

/* Returns how many parts there are. */
static gsize
run (FxpMeasuring *self, const float *values, gsize n, FxpTeamFunc func)
{
  const gsize n_parts = (n + FXP_MEASURING_PART - 1) / FXP_MEASURING_PART;

  if (n_parts > self->n_parts)
    {
      self->moments = g_renew (FxpMoments, self->moments, n_parts);
      self->extrema = g_renew (FxpExtrema, self->extrema, n_parts);
      self->n_parts = n_parts;
    }
  self->values = values;
  self->n = n;
  fxp_team_run (self->team, n_parts, GRAIN, n, func, self);
  return n_parts;
}

FxpMoments
fxp_measuring_get_moments (FxpMeasuring *self, const float *values, gsize n)
{
  const gsize n_parts = run (self, values, n, add_parts);
  FxpMoments moments = {.n = n};

  for (gsize part = 0; part < n_parts; part++)
    {
      moments.sum += self->moments[part].sum;
      moments.sum_squares += self->moments[part].sum_squares;
    }
  return moments;
}

FxpExtrema
fxp_measuring_get_extrema (FxpMeasuring *self, const float *values, gsize n)
{
  const gsize n_parts = run (self, values, n, compare_parts);
  FxpExtrema extrema = {INFINITY, -INFINITY};

  for (gsize part = 0; part < n_parts; part++)
    {
      if (isnan (self->extrema[part].min))
        return self->extrema[part];
      extrema.min = MIN (extrema.min, self->extrema[part].min);
      extrema.max = MAX (extrema.max, self->extrema[part].max);
    }
  return extrema;
}

/* Mean square less squared mean: gradients scatter around 0, so that little is lost. */
double
fxp_moments_get_variance (const FxpMoments *self)
{
  const double mean = self->sum / self->n;
  const double mean_square = self->sum_squares / self->n;
  const double variance = mean_square - mean * mean;

  return variance <= 0x1p-46 * mean_square ? 0.0 : variance;
}
