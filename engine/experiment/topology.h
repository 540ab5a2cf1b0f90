/* SPDX-License-Identifier: MIT */
/* The order of layers, from text such as `64-32-10` or `2x(8C3)-MP2-32FC-10`. */
#pragma once

#include "tensor/shape.h"
#include <gio/gio.h>

G_BEGIN_DECLS

/* Grammar (tokens joined by `-`, no spaces needed, upper or lower case):
 *   N            as the first of several tokens: number of inputs, checked against the data;
 *                as the last token: dense output layer of N units; between: dense layer of N units
 *   CxHxW, HxW   as the first token: shape of the input, checked against the data
 *   NFC          dense layer of N units
 *   NCk          convolution, N filters, k x k kernel, no padding, stride 1
 *   MPk          maximum over k x k, stride k (rows and columns left over are dropped)
 *   nx(...)      the bracket n times
 * The last token is a dense layer and its units are the classes.  Every layer with weights but the
 * last is followed by the experiment's activation. */
typedef enum
{
  FXP_LAYER_DENSE,
  FXP_LAYER_CONVOLUTION,
  FXP_LAYER_MAX_POOLING,
} FxpLayerKind;

typedef struct
{
  FxpLayerKind kind;
  guint units;  /* dense: units; convolution: filters */
  guint kernel; /* convolution, pooling: side */
} FxpLayerSpec;

#define FXP_TOPOLOGY_LAYERS_MAX 256
#define FXP_TOPOLOGY_UNITS_MAX 65536

typedef struct _FxpTopology FxpTopology; /* immutable, atomically ref-counted */

/* The error names the token, its position, and what was expected. */
FxpTopology *fxp_topology_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
FxpTopology *fxp_topology_ref (FxpTopology *self);
void fxp_topology_unref (FxpTopology *self);
const char *fxp_topology_get_text (const FxpTopology *self);
guint fxp_topology_get_n_layers (const FxpTopology *self); /* pooling included */
const FxpLayerSpec *fxp_topology_get_layer (const FxpTopology *self, guint index);
guint fxp_topology_get_n_weighted (const FxpTopology *self);
/* Spec of the @index-th layer with weights, and a name such as "conv1", "fc2" (static per call
 * slot: caller frees). */
const FxpLayerSpec *fxp_topology_get_weighted (const FxpTopology *self, guint index);
char *fxp_topology_get_name (const FxpTopology *self, guint index) G_GNUC_WARN_UNUSED_RESULT;

/* Shapes of every layer's output for this input (C x H x W or features); FXP_ERROR_SHAPE names the
 * layer that does not fit, or the class count if the last layer has fewer units than @n_classes.
 * @shapes: NULL, or room for n_layers. */
gboolean fxp_topology_check (const FxpTopology *self,
                             const FxpShape *input,
                             guint n_classes,
                             FxpShape *shapes,
                             GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTopology, fxp_topology_unref)

G_END_DECLS
