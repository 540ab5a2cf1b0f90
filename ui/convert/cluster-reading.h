/* SPDX-License-Identifier: MIT */
/* What a drawing of a cluster is to show, read from a layer's codes and scales.  Of the cluster
 * view alone. */
#pragma once

#include "clustering.h"
#include "plot/cluster-sheet.h"

G_BEGIN_DECLS

/* @weights, @values: fxu_clustering_get_weights() of the layer. */
void fxu_cluster_reading_fill (FxuClusterSheet *sheet,
                               FxuClustering *clustering,
                               guint layer,
                               guint output,
                               guint cluster,
                               const double *weights,
                               const double *values);

G_END_DECLS
