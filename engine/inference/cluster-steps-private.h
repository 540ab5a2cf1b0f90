/* SPDX-License-Identifier: MIT */
/* Which codes of a frame a cluster sums, step by step, and which weight meets each of them.  For
 * cluster-product.c alone. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cluster-steps-private.h is for engine/ only"
#endif

#include "inference/cluster-product-private.h"

G_BEGIN_DECLS

/* Of a step's code that no weight belongs to. */
#define FXP_STEP_NO_WEIGHT G_MAXUINT32

/* Those of one term and unit, which are the same for all; arrays owned, of guint32. */
typedef struct
{
  const FxpClusterProduct *product; /* laid out */
  const FxpWeightShape *shape;
  gsize kernel;
  gsize per_step, code_size;
  GArray *steps;   /* byte offsets into the frame */
  GArray *counts;  /* steps of each cluster */
  GArray *sources; /* which weight of a unit a code of a step meets */
  GArray *firsts;  /* the first weight of each cluster */
} FxpClusterSteps;

/* Kernels or weights of a cluster along the channels; all of them where clusters are not cut
 * there. */
gsize fxp_cluster_steps_get_size (const FxpClusters *clusters);
void fxp_cluster_steps_init (FxpClusterSteps *self,
                             const FxpClusterProduct *product,
                             const FxpNode *node);
void fxp_cluster_steps_clear (FxpClusterSteps *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxpClusterSteps, fxp_cluster_steps_clear)

G_END_DECLS
