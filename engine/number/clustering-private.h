/* SPDX-License-Identifier: MIT */
/* Clusters made of weights again and again: what fxp_clusters_new() does once, in memory taken
 * once. One owner. */
#pragma once

#ifndef FXP_COMPILATION
#  error "clustering-private.h is for engine/ and tests/ only"
#endif

#include "number/cluster.h"

G_BEGIN_DECLS

typedef struct _FxpClustering FxpClustering;

/* @options: valid; of method FXP_CLUSTER_NONE, plain words of their bits. */
FxpClustering *fxp_clustering_new (const FxpClusterOptions *options,
                                   const FxpWeightShape *shape) G_GNUC_WARN_UNUSED_RESULT;
void fxp_clustering_free (FxpClustering *self);
/* What fxp_clusters_new() or fxp_clusters_new_plain() would return.  Borrowed, and changed by the
 * next run.  Allocates nothing. */
FxpClusters *fxp_clustering_run (FxpClustering *self, const double *weights);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpClustering, fxp_clustering_free)

G_END_DECLS
