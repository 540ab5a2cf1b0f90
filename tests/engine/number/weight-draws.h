/* SPDX-License-Identifier: MIT */
/* Weights to fit, and what a fit leaves of them. */
#pragma once

#include <math.h>

#include "number/cluster.h"
#include "number/random.h"

#define N_MAX 64

static const FxpClusterMethod ternary[] = {FXP_CLUSTER_OPTIMAL,
                                           FXP_CLUSTER_TWN,
                                           FXP_CLUSTER_HIERARCHICAL,
                                           FXP_CLUSTER_RMS_REFIT,
                                           FXP_CLUSTER_RMS_LITERAL};

static inline FxpNoise
new_noise (guint64 seed)
{
  return fxp_noise_new (seed, 0, 0, 0, FXP_STREAM_SYNTHETIC);
}

/* Every third trial on a coarse grid, so that magnitudes are equal, every fifth with zeros. */
static inline void
fill (double *weights, gsize n, guint64 trial)
{
  FxpNoise noise = new_noise (trial);

  for (gsize i = 0; i < n; i++)
    {
      weights[i] = fxp_noise_normal (noise, (guint32)i);
      if (trial % 3 == 0)
        weights[i] = floor (4.0 * weights[i]) / 4.0;
      if (trial % 5 == 0 && i % 2 == 0)
        weights[i] = 0.0;
    }
}

static inline double
get_energy (const double *weights, gsize n)
{
  double energy = 0.0;

  for (gsize i = 0; i < n; i++)
    energy += weights[i] * weights[i];
  return energy;
}

static inline double
get_error (const double *weights, const gint8 *codes, double scale, gsize n)
{
  double error = 0.0;

  for (gsize i = 0; i < n; i++)
    error += (weights[i] - scale * codes[i]) * (weights[i] - scale * codes[i]);
  return error;
}

static inline void
assert_near (double found, double expected, double tolerance)
{
  g_assert_cmpfloat (fabs (found - expected), <=, tolerance);
}
