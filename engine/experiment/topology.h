/* SPDX-License-Identifier: MIT */
/* The layers of a network and what feeds what, from text such as `64-32-10`, `2x(8C3)-MP2-32FC-10`
 * or `16C3P-BN-3xRES(16)-3xRES(32/2)-GAP-10`. */
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
 *   NCkP, NCkPp  the same with zeros around: half the kernel (k / 2), or p pixels, on every side
 *   .../s        behind NCk, NCkP or NCkPp: stride s
 *   BN           batch normalization; right behind NCk, NFC or N, not behind the last layer
 *   MPk          maximum over k x k, stride k (rows and columns left over are dropped)
 *   APk          average over k x k, likewise
 *   GAP          average over the whole image
 *   Dp           dropout of p percent, 1..99, of the values that leave the token before it
 *   RES(F)       residual block: F C3P - BN - activation - F C3P - BN, plus its input, activation
 *   RES(F/s)     the same; the first convolution has stride s
 *   nxRES(F/s)   a stage of n blocks, of which only the first has the stride
 *   nx(...)      the bracket n times
 * Options inside RES's bracket, each behind a comma: `P3` or `P1`: where the input's shape differs
 * from the output's it goes through a convolution of that kernel with stride s and a batch
 * normalization (the default is P1); `I`: there it is thinned to every s-th pixel and padded with
 * zero channels, (F - channels) / 2 in front, the rest behind; `Dp`: dropout of p percent behind
 * the first activation; `NOBN`: no batch normalization in the block.
 * The last token is a dense layer and its units are the classes.  Every layer with weights but the
 * last is followed by the experiment's activation, behind its batch normalization; in a residual
 * block the second one's activation comes behind the addition and a projection has none.
 *
 * Whether a block's input differs in shape is decided from the text: it is the same where the
 * stride is 1 and the channels before it are F, as the convolution, block or CxHxW before it says.
 * Where nothing says it (the first layer of a text without the input's shape) the data might
 * differ, so there is a projection, or an identity that may be padded. */
typedef enum
{
  FXP_LAYER_DENSE,
  FXP_LAYER_CONVOLUTION,
  FXP_LAYER_MAX_POOLING,
  FXP_LAYER_AVERAGE_POOLING,
  FXP_LAYER_BATCH_NORM,
  FXP_LAYER_ACTIVATION,
  FXP_LAYER_DROPOUT,
  FXP_LAYER_ADDITION, /* where a residual block's two ways meet */
  FXP_N_LAYER_KINDS
} FxpLayerKind;

/* Index of the network's input where a layer's is meant. */
#define FXP_LAYER_INPUT (-1)

/* One layer, in order of execution; activations have entries of their own.  What a kind does not
 * use is 0. */
typedef struct
{
  FxpLayerKind kind;
  guint units;   /* dense: units; convolution: filters; addition: channels */
  guint kernel;  /* convolution, pooling: side; 0: average over the whole image */
  guint stride;  /* convolution, pooling of squares; addition: of the thinning of an identity's
                  * pixels, 1 where nothing is thinned */
  guint padding; /* convolution: zeros on every side */
  guint percent; /* dropout: share that is dropped */
  int from;      /* index of the layer whose output it takes, or FXP_LAYER_INPUT */
  int skip;      /* addition: index of the layer whose output is added, or FXP_LAYER_INPUT: a batch
                  * normalization or convolution (projection), else what enters the block */
  guint token;   /* which token of the text it came from, counting from 1; those in front of
                  * brackets count too, and all that a bracket repeats have the same */
} FxpLayerSpec;

/* A layer's sizes for a given input. */
typedef struct
{
  FxpShape input, output; /* of one sample */
  guint64 n_multiplies;   /* multiply-accumulates of one sample's forward pass */
  guint64 n_parameters;   /* weights, biases, gamma and beta */
} FxpLayerSize;

#define FXP_TOPOLOGY_LAYERS_MAX 1024
#define FXP_TOPOLOGY_UNITS_MAX 65536

typedef struct _FxpTopology FxpTopology; /* immutable, atomically ref-counted */

/* The error names the token, its position, and what was expected. */
FxpTopology *fxp_topology_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
FxpTopology *fxp_topology_ref (FxpTopology *self);
void fxp_topology_unref (FxpTopology *self);
const char *fxp_topology_get_text (const FxpTopology *self);
guint fxp_topology_get_n_layers (const FxpTopology *self); /* activations and pooling included */
const FxpLayerSpec *fxp_topology_get_layer (const FxpTopology *self, guint index);
guint fxp_topology_get_n_weighted (const FxpTopology *self);
/* Spec of the @index-th layer with weights, and its name (caller frees): convolutions and dense
 * layers are "conv1", "conv2", ..., "fc1", ..., each kind counted from 1; the convolutions of
 * the first residual block are "res1a" and "res1b" and its projection "res1s", in this order. */
const FxpLayerSpec *fxp_topology_get_weighted (const FxpTopology *self, guint index);
char *fxp_topology_get_name (const FxpTopology *self, guint index) G_GNUC_WARN_UNUSED_RESULT;
/* Index in the list of layers of the @index-th layer with weights, and back: the layer with weights
 * that @layer is (FXP_TOPOLOGY_NONE if it has none). */
guint fxp_topology_get_weighted_index (const FxpTopology *self, guint index);
#define FXP_TOPOLOGY_NONE G_MAXUINT
guint fxp_topology_find_weighted (const FxpTopology *self, guint layer);
/* Whether batch normalization follows the @index-th layer with weights. */
gboolean fxp_topology_is_normalized (const FxpTopology *self, guint index);
/* A projection shares A with the first convolution of its block and G_A with the second: the layer
 * with weights whose activations enter this one, and the one whose G_A reaches it from above;
 * @index itself everywhere else. */
guint fxp_topology_get_input_owner (const FxpTopology *self, guint index);
guint fxp_topology_get_output_owner (const FxpTopology *self, guint index);

/* Shapes of every layer's output for this input (C x H x W or features); FXP_ERROR_SHAPE names the
 * layer that does not fit, or the class count if the last layer has fewer units than @n_classes.
 * Layers are numbered without activations, and a residual block is one.
 * @shapes: NULL, or room for n_layers. */
gboolean fxp_topology_check (const FxpTopology *self,
                             const FxpShape *input,
                             guint n_classes,
                             FxpShape *shapes,
                             GError **error);
/* What every layer takes, gives, costs and learns for this input; FALSE where fxp_topology_check()
 * finds that it does not fit (of classes it asks nothing), and then @sizes means nothing.  @sizes:
 * room for n_layers.  Multiply-accumulates are those of dense layers and convolutions, padded zeros
 * counted as other pixels are. */
gboolean
fxp_topology_measure (const FxpTopology *self, const FxpShape *input, FxpLayerSize *sizes);

/* The grammar above as a short table for users, translated; at most 79 columns wide.  Static. */
const char *fxp_topology_get_grammar (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpTopology, fxp_topology_unref)

G_END_DECLS
