/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "clustering.h"

#include <math.h>

struct _FxuClustering
{
  FxpModel *model;
  FxpTrained *trained;
  FxpLayerReport *reports;
  guint n_layers;
};

static void
clear (gpointer data)
{
  FxuClustering *self = data;

  fxp_layer_reports_free (self->reports, self->n_layers);
  fxp_trained_unref (self->trained);
  fxp_model_unref (self->model);
}

FxuClustering *
fxu_clustering_ref (FxuClustering *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
fxu_clustering_unref (FxuClustering *self)
{
  g_atomic_rc_box_release_full (self, clear);
}

FxuClustering *
fxu_clustering_new_of (FxpModel *model)
{
  FxuClustering *self;

  g_return_val_if_fail (model != NULL && fxp_model_get_trained (model) != NULL, NULL);

  self = g_atomic_rc_box_new0 (FxuClustering);
  self->model = fxp_model_ref (model);
  self->trained = fxp_trained_ref (fxp_model_get_trained (model));
  self->n_layers = fxp_model_get_n_weighted (model);
  self->reports = fxp_model_report (model);
  return self;
}

typedef struct
{
  FxpTrained *trained;
  FxpConversionOptions options;
} Request;

static void
request_free (gpointer data)
{
  Request *self = data;

  fxp_trained_unref (self->trained);
  g_free (self);
}

static void
make_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  g_autoptr (FxpModel) model = fxp_conversion_cluster (request->trained, &request->options, &error);

  if (model != NULL)
    g_task_return_pointer (task,
                           fxu_clustering_new_of (model),
                           (GDestroyNotify)fxu_clustering_unref);
  else
    g_task_return_error (task, error);
}

void
fxu_clustering_make_async (FxpTrained *trained,
                           const FxpConversionOptions *options,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Request *request = g_new (Request, 1);

  request->trained = fxp_trained_ref (trained);
  request->options = *options;
  g_task_set_source_tag (task, fxu_clustering_make_async);
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, make_thread);
}

FxuClustering *
fxu_clustering_make_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, fxu_clustering_make_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

FxpModel *
fxu_clustering_get_model (FxuClustering *self)
{
  return self->model;
}

FxpTrained *
fxu_clustering_get_trained (FxuClustering *self)
{
  return self->trained;
}

guint
fxu_clustering_get_n_layers (FxuClustering *self)
{
  return self->n_layers;
}

const FxpLayerReport *
fxu_clustering_get_report (FxuClustering *self, guint layer)
{
  g_return_val_if_fail (layer < self->n_layers, NULL);

  return &self->reports[layer];
}

void
fxu_cluster_members_clear (FxuClusterMembers *self)
{
  g_clear_pointer (&self->places, g_free);
  self->n = 0;
}

/* TRUE for the first of a unit's weights that belong to their cluster. */
static gboolean
is_first (const FxpClusters *clusters, gsize unit, gsize place)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (clusters);
  gsize cluster =
    fxp_clusters_find (clusters, unit, place / shape->n_pixels, place % shape->n_pixels);

  switch (fxp_clusters_get_options (clusters)->granularity)
    {
    case FXP_GRANULARITY_KERNELS:
      return place % shape->n_pixels == 0 &&
             (place == 0 ||
              fxp_clusters_find (clusters, unit, place / shape->n_pixels - 1, 0) != cluster);
    case FXP_GRANULARITY_WEIGHTS:
      return place < shape->n_pixels || fxp_clusters_find (clusters,
                                                           unit,
                                                           place / shape->n_pixels - 1,
                                                           place % shape->n_pixels) != cluster;
    case FXP_GRANULARITY_LAYER:
    case FXP_GRANULARITY_FILTER:
    case FXP_N_GRANULARITIES:
    default:
      return place == 0;
    }
}

static gboolean
is_cluster (const FxpClusters *clusters, gsize unit, gsize place)
{
  return fxp_clusters_is_plain (clusters) ? place == 0 : is_first (clusters, unit, place);
}

guint
fxu_clustering_count_clusters (FxuClustering *self, guint layer)
{
  const FxpClusters *clusters;
  guint n = 0;

  g_return_val_if_fail (layer < self->n_layers, 0);

  clusters = fxp_model_get_clusters (self->model, layer);
  if (clusters == NULL)
    return 0;
  for (gsize place = 0; place < fxp_clusters_get_shape (clusters)->n_inputs *
                                  fxp_clusters_get_shape (clusters)->n_pixels;
       place++)
    n += is_cluster (clusters, 0, place);
  return n;
}

FxuClusterMembers
fxu_clustering_get_members (FxuClustering *self, guint layer, guint unit, guint i)
{
  FxuClusterMembers members = {0};
  const FxpClusters *clusters;
  const FxpWeightShape *shape;
  gsize n;

  g_return_val_if_fail (i < fxu_clustering_count_clusters (self, layer), members);

  clusters = fxp_model_get_clusters (self->model, layer);
  shape = fxp_clusters_get_shape (clusters);
  g_return_val_if_fail (unit < shape->n_units, members);

  n = shape->n_inputs * shape->n_pixels;
  members.places = g_new (gsize, n);
  members.n_pixels = shape->n_pixels;
  for (gsize place = 0; place < n; place++)
    if (is_cluster (clusters, unit, place) && i-- == 0)
      {
        members.cluster =
          fxp_clusters_find (clusters, unit, place / shape->n_pixels, place % shape->n_pixels);
        break;
      }
  for (gsize place = 0; place < n; place++)
    if (fxp_clusters_find (clusters, unit, place / shape->n_pixels, place % shape->n_pixels) ==
        members.cluster)
      members.places[members.n++] = place;
  members.is_only_part = shape->n_units > 1 && (fxp_clusters_is_plain (clusters) ||
                                                fxp_clusters_get_options (clusters)->granularity ==
                                                  FXP_GRANULARITY_LAYER);
  return members;
}

/* What was clustered has the energy that the report tells of. */
static double
find_factor (const FxpTrainedLayer *learnt, gsize n, const FxpLayerReport *report)
{
  double energy = 0.0, factor;

  for (gsize i = 0; i < n; i++)
    if (isfinite (learnt->weights[i]))
      energy += learnt->weights[i] * learnt->weights[i];
  factor = energy > 0.0 ? sqrt (report->weights.energy / energy) : 1.0;
  return isfinite (factor) && fabs (factor - 1.0) > 1e-9 ? factor : 1.0;
}

void
fxu_clustering_get_weights (FxuClustering *self, guint layer, double *weights, double *values)
{
  const FxpTrainedLayer *learnt;
  FxpClusters *clusters;
  double factor;
  gsize n;

  g_return_if_fail (layer < self->n_layers);
  g_return_if_fail (weights != NULL && values != NULL);

  learnt = fxp_trained_get_layer (self->trained, layer);
  clusters = fxp_model_get_clusters (self->model, layer);
  n = learnt->n_units * learnt->n_inputs * learnt->n_pixels;
  factor = clusters != NULL ? find_factor (learnt, n, &self->reports[layer]) : 1.0;
  for (gsize i = 0; i < n; i++)
    weights[i] = factor * learnt->weights[i];
  if (clusters != NULL)
    fxp_clusters_decode (clusters, values);
  else
    memcpy (values, weights, n * sizeof *values);
}
