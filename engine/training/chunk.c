/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/footprint-private.h"
#include "training/chunk-private.h"

FxpChunk *
fxp_chunk_new (const FxpTwins *twins)
{
  FxpChunk *self = g_new0 (FxpChunk, 1);

  self->n_max = fxp_footprint_get_chunk (fxp_experiment_get_topology (twins->experiment),
                                         &twins->position.input);
  self->inputs = g_new (double, self->n_max *fxp_shape_get_n (&twins->position.input));
  self->labels = g_new (guint16, self->n_max);
  self->rows = g_new (guint32, self->n_max);
  return self;
}

void
fxp_chunk_free (FxpChunk *self)
{
  if (self == NULL)
    return;

  g_free (self->inputs);
  g_free (self->labels);
  g_free (self->rows);
  g_free (self);
}

void
fxp_chunk_gather (FxpChunk *self, const FxpDataset *dataset, FxpSplit split, gsize first)
{
  self->n = MIN (fxp_dataset_get_n (dataset, split) - first, self->n_max);
  for (gsize i = 0; i < self->n; i++)
    self->rows[i] = first + i;
  fxp_dataset_gather (dataset, split, self->rows, self->n, self->inputs, self->labels);
}

gboolean
fxp_chunk_forward (const FxpChunk *self, FxpNetwork *network)
{
  static const FxpStep evaluation = {.step = FXP_STEP_EVALUATION};

  return fxp_network_forward (network, self->inputs, self->n, &evaluation);
}
