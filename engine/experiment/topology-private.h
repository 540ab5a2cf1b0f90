/* SPDX-License-Identifier: MIT */
/* What the topology and its parser share. */
#pragma once

#ifndef FXP_COMPILATION
#  error "topology-private.h is for engine/ and tests/ only"
#endif

#include "experiment/topology.h"

G_BEGIN_DECLS

/* @input: rank 0 where the data decide, 1 for a number of values, 3 for an image.  At least one
 * layer; the last is dense. */
FxpTopology *fxp_topology_new (const char *text,
                               const FxpShape *input,
                               const FxpLayerSpec *layers,
                               guint n) G_GNUC_WARN_UNUSED_RESULT;
/* "32FC", "8C3", "MP2" */
char *fxp_layer_spec_to_string (const FxpLayerSpec *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
