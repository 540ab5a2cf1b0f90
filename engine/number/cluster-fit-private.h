/* SPDX-License-Identifier: MIT */
/* The ternary fit of one cluster with its caller's memory, of both signs or of one. */
#pragma once

#ifndef FXP_COMPILATION
#  error "cluster-fit-private.h is for engine/ and tests/ only"
#endif

#include "number/cluster.h"

G_BEGIN_DECLS

/* Doubles of room per weight. */
#define FXP_CLUSTER_FIT_ROOM 3

/* As fxp_cluster_fit().  @sign: 0, or +1 or -1 for the weights of that sign alone, while the others
 * count as zeros that are not there.
 * @room: FXP_CLUSTER_FIT_ROOM doubles for every weight. */
FxpClusterFit fxp_cluster_fit_in_room (FxpClusterMethod method,
                                       int sign,
                                       const double *weights,
                                       gsize n_kernels,
                                       gsize n_pixels,
                                       double *room,
                                       gint8 *codes);

G_END_DECLS
