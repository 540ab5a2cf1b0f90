/* SPDX-License-Identifier: MIT */
/* A layer's weights to be clustered, and what tests ask of the clusters. */
#pragma once

#include "number/cluster.h"
#include "number/random.h"

G_BEGIN_DECLS

/* Weights of one layer, normal with deviation 0.1. */
typedef struct
{
  FxpWeightShape shape;
  gsize n;
  double *weights;
} Layer;

static inline Layer
new_layer (gsize n_units, gsize n_inputs, gsize n_pixels, guint64 seed)
{
  FxpNoise noise = fxp_noise_new (seed, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  Layer self = {{n_units, n_inputs, n_pixels}, n_units * n_inputs * n_pixels, NULL};

  self.weights = g_new (double, self.n);
  for (gsize i = 0; i < self.n; i++)
    self.weights[i] = 0.1 * fxp_noise_normal (noise, (guint32)i);
  return self;
}

static inline void
layer_clear (Layer *self)
{
  g_free (self->weights);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Layer, layer_clear)

static inline FxpClusterOptions
new_options (FxpClusterMethod method, guint bits, FxpGranularity granularity, guint size)
{
  return (FxpClusterOptions){method, bits, granularity, size, 1, FALSE};
}

static inline FxpClusters *
make (const Layer *layer, FxpClusterOptions options)
{
  return fxp_clusters_new (&options, &layer->shape, layer->weights);
}

static inline FxpClusterReport
get_report (const FxpClusters *clusters)
{
  FxpClusterReport report;

  fxp_clusters_get_report (clusters, &report);
  return report;
}

G_END_DECLS
