/* SPDX-License-Identifier: MIT */
/* One table of functions per kind of layer, one file per table.  A new kind adds its file and its
 * row in layer.c. */
#pragma once

#ifndef FXP_COMPILATION
#  error "layer-private.h is for engine/ and tests/ only"
#endif

#include "network/edge-private.h"
#include "network/weights-private.h"

G_BEGIN_DECLS

typedef struct _FxpLayer FxpLayer;

typedef struct
{
  gsize size; /* bytes of the kind's struct, which begins with FxpLayer */
  /* Shape of W, and how many pixels its kernel has; NULL for kinds that learn nothing.  Those that
   * learn take codes and hand on real values. */
  FxpShape (*get_weight_shape) (const FxpLayerSpec *spec, const FxpShape *input, gsize *n_pixels);
  void (*build) (FxpLayer *self,
                 const FxpLayerSpec *spec);  /* edges and weights are there; or NULL */
  void (*reserve) (FxpLayer *self, gsize n); /* room for n samples, or NULL */
  void (*forward) (FxpLayer *self, const FxpPass *pass);
  /* out->gradient to in->gradient (where that has a cell), and to the weights' gradients. */
  void (*backward) (FxpLayer *self, const FxpPass *pass);
  void (*clear) (FxpLayer *self); /* frees what build and reserve made, or NULL */
} FxpLayerClass;

struct _FxpLayer
{
  const FxpLayerClass *klass;
  FxpEdge *in;         /* borrowed */
  FxpEdge *out;        /* borrowed */
  FxpWeights *weights; /* owned; NULL for kinds that learn nothing */
};

extern const FxpLayerClass fxp_dense_class;
extern const FxpLayerClass fxp_convolution_class;
extern const FxpLayerClass fxp_activation_class;
extern const FxpLayerClass fxp_pooling_class;

const FxpLayerClass *fxp_layer_class_get (FxpLayerKind kind);

/* @spec: NULL for kinds that topologies do not name.  @index: of the layer among those with
 * weights. */
FxpLayer *fxp_layer_new (const FxpLayerClass *klass,
                         const FxpLayerSpec *spec,
                         guint index,
                         FxpEdge *in,
                         FxpEdge *out) G_GNUC_WARN_UNUSED_RESULT;
void fxp_layer_free (FxpLayer *self);

G_END_DECLS
