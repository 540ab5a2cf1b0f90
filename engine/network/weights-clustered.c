/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-clustered-private.h"

#include "number/clustering-private.h"
#include "tensor/stopwatch-private.h"

/* What stands for W in products where weights are in clusters (Mellempudi et al. 2017): float
 * values of few-bit codes, made anew of W, the master, wherever that has changed.  Gradients with
 * respect to them are applied to W as they are (straight-through). */

/* Multiply-adds that sorting and rounding a weight are worth. */
#define WORK 200

struct _FxpClusteredWeights
{
  FxpClusterOptions options; /* of no method: plain words of their bits */
  FxpClustering *clustering; /* owned, as what follows */
  double *reals;             /* W on its way in, and what comes of it */
  FxpTensor *values;         /* float32, as W lies */
};

static FxpClusteredWeights *
clustered_weights_new (const FxpClusterOptions *options, const FxpWeights *weights)
{
  const FxpWeightShape shape = {
    .n_units = weights->n_units,
    .n_inputs = weights->n_inputs / weights->n_pixels,
    .n_pixels = weights->n_pixels,
  };
  FxpClusteredWeights *self = g_new0 (FxpClusteredWeights, 1);

  self->options = *options;
  self->clustering = fxp_clustering_new (options, &shape);
  self->reals = g_new (double, weights->weight->n);
  self->values = fxp_tensor_new (&weights->weight->shape, FXP_FORMAT_FLOAT);
  return self;
}

void
fxp_clustered_weights_free (FxpClusteredWeights *self)
{
  if (self == NULL)
    return;

  fxp_clustering_free (self->clustering);
  fxp_tensor_free (self->values);
  g_free (self->reals);
  g_free (self);
}

const FxpTensor *
fxp_weights_get_used (const FxpWeights *self)
{
  return self->clustered == NULL ? self->weight : self->clustered->values;
}

/* The sums count in other steps then, so their peak is another one. */
static void
set_clusters (FxpWeights *self, const FxpClusterOptions *options)
{
  FxpClusteredWeights *clustered = self->clustered;

  if (clustered == NULL
        ? options == NULL
        : options != NULL && fxp_cluster_options_equal (&clustered->options, options))
    return;
  g_clear_pointer (&self->clustered, fxp_clustered_weights_free);
  if (options != NULL)
    self->clustered = clustered_weights_new (options, self);
  self->has_changed = TRUE;
  self->sum_counts = (FxpSumCounts){0};
}

void
fxp_weights_set_clusters (FxpWeights **rows, guint n_rows, const FxpExperiment *experiment)
{
  for (guint row = 0; row < n_rows; row++)
    {
      FxpClusterOptions options;
      const gboolean has_some =
        experiment != NULL && fxp_experiment_get_used_weights (experiment, row, &options);

      set_clusters (rows[row], has_some ? &options : NULL);
    }
}

static void
form (FxpWeights *self)
{
  FxpClusteredWeights *clustered = self->clustered;
  float *values = clustered->values->data;

  fxp_format_decode (self->weight->format, self->weight->data, self->weight->n, clustered->reals);
  fxp_clusters_decode (fxp_clustering_run (clustered->clustering, clustered->reals),
                       clustered->reals);
  /* At most 24 bits of codes times scales, so nothing is rounded. */
  for (gsize i = 0; i < self->weight->n; i++)
    values[i] = (float)clustered->reals[i];
  self->has_changed = FALSE;
}

static gboolean
is_stale (const FxpWeights *self)
{
  return self->clustered != NULL && self->has_changed;
}

static void
form_some (gpointer data, gsize first, gsize last)
{
  FxpWeights **rows = data;

  for (gsize row = first; row < last; row++)
    if (is_stale (rows[row]))
      form (rows[row]);
}

void
fxp_weights_form_clusters (FxpWeights **rows, guint n_rows, FxpTeam *team)
{
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  guint64 work = 0;

  for (guint row = 0; row < n_rows; row++)
    if (is_stale (rows[row]))
      work += rows[row]->weight->n * WORK;
  if (work > 0)
    fxp_team_run (team, n_rows, 1, work, form_some, rows);
  fxp_stopwatch_enter (stage);
}
