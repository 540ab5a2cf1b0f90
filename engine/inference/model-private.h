/* SPDX-License-Identifier: MIT */
/* The nodes of a converted network, and what each of them computes.
 *
 * Two engines compute the same: the simulated one (simulation-private.h) in doubles that are
 * exactly k 2^e, the integer one (integer-private.h) in integers.  Both follow this contract and
 * share none of the arithmetic; every node's output agrees bit for bit.  [x] is floor (x + 1/2)
 * throughout, clip () saturates to the format's range, which is symmetric (+-(2^(P-1) - 1)) where
 * the format is signed.
 *
 *  input    a = clip ([x 2^-e]) of the real inputs
 *  product  (dense, convolution; zeros around an image are codes 0)
 *     acc = sum over terms and clusters of scale * (sum over the cluster of code * a), an exact
 *           integer on the grid 2^e_acc, e_acc = the clusters' exponent + the exponent of a
 *           Where sums of clusters have fewer bits (options' intermediate_bits, 1.4.4), each
 * becomes clip ([sum 2^-R]) before it meets its scale, one R of the layer, and e_acc is R more;
 *           plain words have none
 *     y   = A acc + B, an exact integer on the grid 2^e_y, e_y = e_acc + e_A: A per channel in 16
 *           bits with one exponent e_A of the layer, B per channel on that grid.
 *           A = gamma / sqrt (var + eps) (1 without batch normalization), B = beta - A mean (b
 *           without), mean and var of the real sums.  |y| <= 2^52 by construction: A leaves as many
 *           of its low bits empty as that takes, and conversion refuses a layer where those would
 *           be too many
 *     z   = act (y): relu max (y, 0); clipped-relu min (max (y, 0), 2), hard-tanh
 *           min (max (y, -1), 1), 1 and 2 as integers on the grid, floored; y itself where the
 *           topology has no activation there
 *     a'  = clip ([z 2^(e_y - e')]), e' the output's exponent, e' >= e_y; behind the last layer
 *           there is none, and y 2^e_y are the logits
 *  maximum  of codes, the first one in row-major order; format and exponent stay
 *  mean     of k codes: a' = clip ([S 2^s / k]), S their exact sum, 2^s = 2^(e - e'), s >= 0 (and
 *           at most 15 where exponents are static)
 *  sum      of two codes, of a residual block: the one of the lesser exponent becomes [a 2^-d] on
 *           the grid of the greater; added; then act and a' as above.  An identity of another shape
 *           is thinned and padded as in network-private.h, 3b
 *
 * Dropout scales what passes by the share that is kept: the weights behind it are multiplied by it
 * before they are converted.
 *
 * Layouts: images lie channels-last, and features of a dense layer count channels first: input
 * (channel h + row) w + column of its weights and clusters is the code at (row w + column) c +
 * channel of a sample, for the c x h x w of the node's input.
 *
 * Exponents of a batch, which is one run: inputs have the model's.  Static, so has everything.
 *
 * Dynamic: of z the abs-max rule by bit_length of the greatest |z| (R >= 0: never finer than z
 * itself); of mean's the rule for max |S| / k; sums as products; all within what formats have,
 * unless y's own is coarser; of what is all zero the exponent of the model.
 * R = max (0, bit_length (max |sum|) - (P - 1)) of the batch's sums of clusters.  B was formed on
 * the grid of the model's own e_acc; where a batch has another, B is brought to its grid: exactly
 * where that is finer, [B 2^-d] where it is coarser, clipped to +-2^52.  Calibration and
 * re-estimation use them.
 *
 * Predictive: products, means and sums have a scaler (number/scaler.h) each, which an engine begins
 * with the model's exponent.  A batch takes the scaler's exponent, brought, there too, to what
 * fxp_model_set_exponent () would allow: not below e_y, or of a mean between e - 15 and e.  Behind
 * the batch it advances by the rule FXP_SCALING_PREDICTIVE, with its other options' defaults, and
 * what fxp_range_sight_of_codes () finds in all codes of the batch.  B as above. */
#pragma once

#ifndef FXP_COMPILATION
#  error "model-private.h is for engine/ and tests/ only"
#endif

#include "inference/model.h"
#include "network/network-private.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_NODE_PRODUCT,
  FXP_NODE_MAXIMUM,
  FXP_NODE_MEAN,
  FXP_NODE_SUM,
} FxpNodeKind;

#define FXP_NODE_INPUT  (-1) /* index of the model's input where a node's is meant */
#define FXP_AFFINE_BITS 16

typedef struct
{
  FxpNodeKind kind;
  guint layer;                   /* index in the topology's list of the layer it begins with */
  guint weighted;                /* which layer with weights; products only */
  int from;                      /* node whose output it takes, or FXP_NODE_INPUT */
  int skip;                      /* sum: the node that is added; else FXP_NODE_INPUT */
  guint skip_stride;             /* sum: every so many pixels of an identity, 1: all */
  FxpShape input, output;        /* of one sample */
  guint kernel, stride, padding; /* of products (1, 1, 0 for dense) and pooling (0, 0, 0: of the
                                  * whole image) */
  gboolean activates;
  gboolean is_last; /* its y are the logits */
  FxpFormat format; /* of its output; frac_bits is -e', that a dynamic one begins with; float where
                     * it is_last */

  /* Products. */
  double share;            /* that dropout keeps of its input; its weights are times it */
  FxpClusters *clusters;   /* owned */
  guint intermediate_bits; /* P of sums of clusters; 0: exact */
  guint reduction;         /* R; 0 where they are exact */
  gint16 *factors;         /* owned; A, per channel */
  gint64 *offsets;         /* owned; B, per channel */
  int factor_exponent;     /* e_A */
  double *mean, *variance; /* owned; that A and B are made of; NULL without batch normalization */
  double *gamma, *beta;    /* likewise; without batch normalization beta is the bias */
  gboolean is_wide;        /* acc needs more than 32 bits */
} FxpNode;

struct _FxpModel
{
  FxpExperiment *experiment; /* owned */
  FxpTrained *trained;       /* owned, or NULL */
  FxpConversionOptions options;
  FxpShape input;
  guint n_classes;
  FxpFormat input_format; /* of the codes of inputs */
  guint n_nodes;
  FxpNode *nodes; /* owned; in order of execution */
  gboolean is_reestimated;
};

/* A model without nodes yet; takes @trained's experiment, or @experiment where that is NULL. */
FxpModel *fxp_model_new (FxpTrained *trained,
                         FxpExperiment *experiment,
                         const FxpShape *input,
                         guint n_classes,
                         const FxpConversionOptions *options) G_GNUC_WARN_UNUSED_RESULT;
/* Gives it the nodes of its topology, with all but what products hold of weights and normalization;
 * exponents are 0.  FXP_ERROR_SHAPE names a layer that has no integer form. */
gboolean fxp_model_build_nodes (FxpModel *self, GError **error);
/* A copy whose exponents, mean and variance may be changed until it is shared. */
FxpModel *fxp_model_copy (const FxpModel *self) G_GNUC_WARN_UNUSED_RESULT;
/* A and B of mean, variance, gamma and beta, for the exponent of its input; also is_wide.
 * FXP_ERROR_RANGE names the layer whose y could exceed 2^52, or whose values are no numbers. */
gboolean fxp_node_form_affine (const FxpModel *self, FxpNode *node, GError **error);
/* Gives the output of @node (or FXP_NODE_INPUT) an exponent, and forms A and B of a product: in the
 * order of nodes, as each depends on those before it.  What the contract does not allow becomes the
 * nearest that it does: e' below e_y, and of a mean more than 15 below its input's or above it; a
 * maximum has its input's. */
gboolean fxp_model_set_exponent (FxpModel *self, int node, int exponent, GError **error);
/* What the model's scaling chooses for this greatest magnitude; what there is now where it is 0. */
int fxp_model_choose_exponent (const FxpModel *self, int node, double peak);
/* intermediate.c: the greatest reduced sum of a cluster, 2^(P-1) - 1. */
gint64 fxp_node_get_intermediate_max (const FxpNode *node);
/* R for the greatest magnitude of clusters' sums, a value on the grid 2^@exponent. */
guint fxp_node_choose_reduction (const FxpNode *node, double peak, int exponent);
/* A bound on |acc| of each unit, for codes up to @input_max: 1.4.7.  Reduced sums of clusters are
 * bounded by what they are clipped to. */
double *fxp_node_bound_sums (const FxpNode *node, guint32 input_max) G_GNUC_WARN_UNUSED_RESULT;
/* R that no sum of a cluster is clipped with. */
guint fxp_node_guess_reduction (const FxpNode *node, guint32 input_max);
/* Exponents of a node's input, of acc and of y. */
int fxp_node_get_input_exponent (const FxpModel *self, const FxpNode *node);
int fxp_node_get_sum_exponent (const FxpModel *self, const FxpNode *node);
int fxp_node_get_exponent (const FxpModel *self, const FxpNode *node);
/* "conv2", "fc1", "layer 3 (MP2)", ...: for errors and reports. */
char *fxp_node_get_name (const FxpModel *self, const FxpNode *node) G_GNUC_WARN_UNUSED_RESULT;

/* Exponents without data: of what is normalized, six deviations around beta, else what weights and
 * codes can give at most. */
gboolean fxp_model_guess_exponents (FxpModel *self, GError **error);
/* Format of what @node (or FXP_NODE_INPUT) gives. */
FxpFormat fxp_model_get_format (const FxpModel *self, int node);
/* The product of a layer with weights; NULL if the model is the float network. */
FxpNode *fxp_model_get_product (const FxpModel *self, guint layer);
/* Of a product: shape of its weights, and bits of its plain words, 0 where it has clusters. */
FxpWeightShape fxp_node_get_weight_shape (const FxpNode *node);
guint fxp_node_get_plain_bits (const FxpModel *self, const FxpNode *node);
/* The greatest magnitude of codes of a format: 2^(P-1) - 1, or 2^P - 1 without sign. */
guint32 fxp_codes_get_max (FxpFormat format);

/* A bound on |acc|: sum over a unit's clusters of scale x sum of |code|, times the greatest input
 * code, over all units; G_MAXUINT64 where it is greater.  1.4.7. */
guint64 fxp_clusters_get_sum_bound (const FxpClusters *clusters, guint64 input_max);

G_END_DECLS
