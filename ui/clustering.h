/* SPDX-License-Identifier: MIT */
/* The weights of a network as clusters, and a report on them, made in a thread of its own.  Of
 * FxuConversion; main thread.  Immutable, atomically ref-counted. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxuClustering FxuClustering;

FxuClustering *fxu_clustering_ref (FxuClustering *self);
void fxu_clustering_unref (FxuClustering *self);

/* Tens of thousands of weights take milliseconds.  Errors: those of fxp_conversion_cluster(). */
void fxu_clustering_make_async (FxpTrained *trained,
                                const FxpConversionOptions *options,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
FxuClustering *
fxu_clustering_make_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of @model as it is, which may have been calibrated and estimated anew since. */
FxuClustering *fxu_clustering_new_of (FxpModel *model) G_GNUC_WARN_UNUSED_RESULT;

FxpModel *fxu_clustering_get_model (FxuClustering *self); /* borrowed, as those below */
FxpTrained *fxu_clustering_get_trained (FxuClustering *self);
guint fxu_clustering_get_n_layers (FxuClustering *self);
const FxpLayerReport *fxu_clustering_get_report (FxuClustering *self, guint layer);

/* What of a layer shares one scale, as far as one output goes. */
typedef struct
{
  gsize n;               /* weights of the cluster that belong to the output */
  gsize *places;         /* owned: which of the output's weights, input x pixel */
  gsize cluster;         /* among those of the layer */
  gsize n_pixels;        /* of a kernel */
  gboolean is_only_part; /* weights of other outputs share the scale too */
} FxuClusterMembers;

void fxu_cluster_members_clear (FxuClusterMembers *self);
/* How many clusters the weights of one output belong to; 0 of a float layer. */
guint fxu_clustering_count_clusters (FxuClustering *self, guint layer);
/* Members of the @i-th of them, by their first weight. */
FxuClusterMembers fxu_clustering_get_members (FxuClustering *self, guint layer, guint unit, guint i)
  G_GNUC_WARN_UNUSED_RESULT;
/* A layer's weights as they were clustered: what was learnt, times the share that dropout in front
 * of the layer lets pass; and the values that stand for them.  @weights, @values: of the layer's
 * shape. */
void fxu_clustering_get_weights (FxuClustering *self, guint layer, double *weights, double *values);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuClustering, fxu_clustering_unref)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxuClusterMembers, fxu_cluster_members_clear)

G_END_DECLS
