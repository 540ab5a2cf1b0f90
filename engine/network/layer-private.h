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

/* How the gradient that enters a layer from above relates to the one it hands down. */
typedef enum
{
  FXP_GRADIENT_OWN,    /* another one, of memory of its own */
  FXP_GRADIENT_SHARED, /* the same shape, format and memory; changed in place at most */
} FxpGradientUse;

typedef struct
{
  gsize size; /* bytes of the kind's struct, which begins with FxpLayer */
  FxpGradientUse gradient_use;
  gboolean works_in_place; /* what leaves are the codes that came in, changed, and nobody else
                            * takes those */
  /* Shape of W, and how many pixels its kernel has; NULL for kinds that learn nothing.  Those that
   * learn take codes and hand on real values. */
  FxpShape (*get_weight_shape) (const FxpLayerSpec *spec, const FxpShape *input, gsize *n_pixels);
  void (*build) (FxpLayer *self,
                 const FxpLayerSpec *spec);  /* edges and weights are there; or NULL */
  void (*reserve) (FxpLayer *self, gsize n); /* room for n samples, or NULL */
  void (*forward) (FxpLayer *self, const FxpPass *pass);
  /* For kinds that take real values as they come instead of all at once; see fxp_edge_hand_on().
   * begin and end may be NULL; forward does nothing for them then. */
  void (*begin) (FxpLayer *self, const FxpPass *pass);
  void (*take) (FxpLayer *self,
                const FxpPass *pass,
                double *values,
                gsize first,
                gsize n,
                FxpTally *tally);
  /* The same for sums whose values nobody has formed yet, or NULL.  FALSE if it must have the
   * values, and nothing is done. */
  gboolean (*take_sums) (FxpLayer *self,
                         const FxpPass *pass,
                         const FxpSumSpan *span,
                         FxpTally *tally);
  void (*end) (FxpLayer *self, const FxpPass *pass, const FxpTally *total);
  /* Adds what it does to the outlook of values it would take; see fxp_edge_foresee().  Or NULL. */
  gboolean (*foresee) (const FxpLayer *self, const FxpPass *pass, FxpOutlook *outlook);
  /* out->gradient to in->gradient (where that has a cell), and to the weights' gradients. */
  void (*backward) (FxpLayer *self, const FxpPass *pass);
  void (*clear) (FxpLayer *self); /* frees what build and reserve made, or NULL */
} FxpLayerClass;

struct _FxpLayer
{
  const FxpLayerClass *klass;
  FxpEdge *in; /* borrowed, as all but weights */
  FxpEdge *out;
  FxpEdge *skip;       /* additions: what is added to in; else NULL */
  FxpWeights *weights; /* owned; NULL for kinds that learn nothing */
  FxpWeights *row;     /* batch normalization: whose sums it normalizes; else NULL */
  guint nth;           /* dropout: which one since the activation, from 0 */
  double n_multiplies; /* of one sample's forward pass */
};

extern const FxpLayerClass fxp_dense_class;
extern const FxpLayerClass fxp_convolution_class;
extern const FxpLayerClass fxp_pooling_class;
extern const FxpLayerClass fxp_averaging_class;
extern const FxpLayerClass fxp_batch_norm_class;
extern const FxpLayerClass fxp_activation_class;
extern const FxpLayerClass fxp_dropout_class;
extern const FxpLayerClass fxp_addition_class;

const FxpLayerClass *fxp_layer_class_get (FxpLayerKind kind);

/* @index: of the layer among those with weights.  @is_normalized: batch normalization follows. */
FxpLayer *fxp_layer_new (const FxpLayerSpec *spec,
                         guint index,
                         gboolean is_normalized,
                         FxpEdge *in,
                         FxpEdge *skip,
                         FxpEdge *out) G_GNUC_WARN_UNUSED_RESULT;
void fxp_layer_free (FxpLayer *self);
/* Z of the last pass; NULL before the first. */
const FxpTensor *fxp_batch_norm_get_normal (const FxpLayer *self);

G_END_DECLS
