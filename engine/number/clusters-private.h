/* SPDX-License-Identifier: MIT */
/* What an FxpClusters holds, and how its clusters lie among the weights.  For those who make one.
 */
#pragma once

#ifndef FXP_COMPILATION
#  error "clusters-private.h is for engine/ and tests/ only"
#endif

#include "number/cluster.h"

G_BEGIN_DECLS

/* Clusters cut every row of kernels (all of a unit's, or of the layer) into groups of consecutive
 * ones, the last of which may be short, and a group into its pixels where the granularity is
 * weights. */
typedef struct
{
  gsize n_rows, row_length; /* in kernels */
  gsize size;               /* kernels of a whole group */
  gsize n_groups;           /* of a row */
  gsize n_parts;            /* of a group: its pixels, or 1 */
  gsize n_pixels;           /* of a kernel */
} FxpClusterGrid;

/* Where the weights of one cluster lie: n_kernels x n_pixels, @stride apart. */
typedef struct
{
  gsize first, stride;
  gsize n_kernels, n_pixels;
} FxpClusterSpan;

struct _FxpClusters
{
  FxpClusterOptions options;
  FxpWeightShape shape;
  FxpClusterGrid grid;
  gboolean is_plain;
  guint n_terms;
  gsize n_weights, n_clusters;
  gint8 *codes;       /* owned; n_terms x n_weights */
  guint16 *scales;    /* owned; n_terms x n_clusters */
  double *thresholds; /* owned; n_clusters, or NULL */
  int exponent;
  double energy, error, error_real;
  guint64 n_nonfinite;
};

/* All codes and scales 0, energy and errors NaN.  @options: of method FXP_CLUSTER_NONE, plain words
 * of their bits. */
FxpClusters *fxp_clusters_alloc (const FxpClusterOptions *options,
                                 const FxpWeightShape *shape) G_GNUC_WARN_UNUSED_RESULT;
/* How @options cut weights of a shape; of method FXP_CLUSTER_NONE they are one cluster. */
FxpClusterGrid fxp_cluster_grid_new (const FxpClusterOptions *options, const FxpWeightShape *shape);
gsize fxp_cluster_grid_get_n_clusters (const FxpClusterGrid *self);
FxpClusterSpan fxp_cluster_grid_get_span (const FxpClusterGrid *self, gsize cluster);

G_END_DECLS
