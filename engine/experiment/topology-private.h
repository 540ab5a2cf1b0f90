/* SPDX-License-Identifier: MIT */
/* How a topology is made: its parser turns text into tokens, the expansion turns tokens into
 * layers, the topology holds them. */
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
/* The layers that @tokens (of FxpToken, one per layer or residual block, brackets resolved) make:
 * activations in their places, residual blocks taken apart, and for each layer what feeds it. */
GArray *fxp_topology_expand (const GArray *tokens,
                             const FxpShape *input,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the text says of the input; rank 0 if nothing. */
const FxpShape *fxp_topology_get_input (const FxpTopology *self);
/* @input, or what the text says where that is NULL; FXP_ERROR_SHAPE if neither does. */
const FxpShape *
fxp_topology_find_input (const FxpTopology *self, const FxpShape *input, GError **error);
/* For messages: "layer 3 (MP2)", "layer 4 (RES(32/2))".  Activations are not counted, and a
 * residual block is one layer, as people number them. */
char *fxp_topology_describe_layer (const FxpTopology *self, guint layer) G_GNUC_WARN_UNUSED_RESULT;
/* "32FC", "8C3P/2", "MP2" */
char *fxp_layer_spec_to_string (const FxpLayerSpec *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean fxp_layer_spec_has_weights (const FxpLayerSpec *self);

G_END_DECLS
