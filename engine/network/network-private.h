/* SPDX-License-Identifier: MIT */
/* Layers in their order, and a training step over them.  Worker only.
 *
 * The float twin is a second FxpNetwork whose formats are all the float reference: there is no
 * second code path.
 *
 * What a step computes, in order (layer l = 1..L counts layers with weights, in the order of the
 * topology; Q is fxp_quantizer_apply() with the cell's quantizer and fxp_noise_new (seed, step,
 * l - 1, role, FXP_STREAM_QUANTIZE) unless another stream is named; "real" is an IEEE double, every
 * operation rounded to nearest even, never contracted; a float format stores float32):
 *
 *  forward
 *   1. A_1 = Q_A1 (inputs)
 *   2. s_l = W_l A_l, exact integer sums in layer l's sum register; value real
 *      (float32 from +0 in order of the sum where either operand is float).  Zeros around an image
 *      are codes 0.  Where A_l comes from average pooling of k pixels in all, the sum is divided by
 *      k; where it comes from dropout and the step is an evaluation, the quotient is times the
 * share kept: (100 - p) / 100, one real division, and of several dropouts the product of theirs in
 *      order
 *   3. z_l = s_l + value of Q_b (b_l)                                   one real addition
 *      where batch normalization follows there is no b and z_l = s_l
 *   3a. batch normalization, per channel c (a filter's image, or a unit) over the m = n x pixels
 *      values of a batch: mu = sum (z) / m; var = sum ((z - mu)^2) / m, one subtraction, one
 *      product and the sum each; r = 1 / sqrt (var + 1e-4).  In an evaluation mu and var are the
 *      running ones.  Sums of a channel: element i of a sample's image (row by row) goes to lane
 *      i mod 8 of that image, in order, beginning at 0; the image's sum is
 *      ((l0 + l4) + (l2 + l6)) + ((l1 + l5) + (l3 + l7)); images add up in order of the samples.
 *      Z = Q_Z ((z - mu) * r); y = value of Q_gamma (gamma) * value of Z + value of Q_beta (beta).
 *      A float Z is stored as float32; float gamma and beta are used as their float32 masters are
 *   3b. addition of a residual block: y = y + x, x the value of what enters the block (its code's
 *      value, divided and times as in 2), or the projection's y (or z, without batch
 * normalization). An identity whose shape differs takes pixel (s row, s column) of channel c - d
 * for output channel c, d = (C_out - C_in) / 2 rounded down, and 0 for the other channels
 *   4. z = y, a = act (z_l); A_{l+1} = Q_A(l+1) (a)                     not behind the last layer
 *      straight-through mask: act'(z) != 0 and not clipped by a saturating quantizer
 *      (relu: z > 0; clipped-relu: 0 < z < 2; tanh: always; hard-tanh, min (max (z, -1), 1):
 *      -1 < z < 1, rounded to the sign or not, as in Hubara et al. 2016).  Then, in the topology's
 *      order:
 *      maximum pooling moves codes, first maximum in row-major order wins;
 *      average pooling: the real sum of the k values of a square, row by row, becomes a code of the
 *      same step (or float32) in a word of B + ceil (log2 k) bits, k being all pixels averaged
 * since the activation; beyond 32 bits the word has 32 and loses fraction bits instead, to nearest
 *      even; unlike a quantizer of the matrix it counts nothing;
 *      dropout of p percent, not in evaluation: code 0 where the 32-bit draw of
 *      fxp_noise_new (seed, step, l, FXP_ROLE_ACTIVATION, FXP_STREAM_DROPOUT + i) at the element's
 * index in the batch is below floor (p * 2^32 / 100); l is the layer that the activations enter
 * minus one (as in Q_A), i counts all dropouts since the last activation (or the input), whatever
 *      pooling lies between, from 0
 *   5. loss: logits z_L real; m = max z; e_i = fxp_exp (z_i - m); sum in order of i; p_i = e_i /
 * sum; loss of a sample = fxp_log (sum) - (z_y - m); the step's loss = sum of these in order of
 *      samples / n
 *  backward
 *   6. g_i = (p_i - (i == y ? 1 : 0)) / n, real; G_A(L) = Q (g)
 *   7. G(l) is G_A(l), masked, or behind batch normalization G_Z(l).
 *      weight gradient: exact sums over samples (and positions, sample by sample, row by row) of
 *      G(l) times A_l in the register, divided by k as in 2; G_W(l) = Q (value)
 *      bias gradient: real sum of the values of G(l) over samples (and positions), same order
 *   8. input gradient (l > 1): W_l^T G(l) in the register, over filters, kernel rows and columns,
 *      ascending, of those outputs that saw the pixel (the others add code 0).  G_A(l-1) stands for
 *      that of the layer whose activation A_l is: above a block with a projection it is the second
 *      convolution's, with its quantizer and noise.  Where a residual block begins, the
 *      reals of its two ways are added: the first convolution's plus the other's (a projection's
 *      input gradient, or the value of the masked G_A of the block at the places the identity
 * took). Divided by the k of average pooling, G_A(l-1) = Q (value), once, at the size of A_l, i.e.
 * behind the pooling and dropout; these in reverse: dropped codes become 0, average pooling copies
 * a code to its k pixels, maximum pooling moves it to where the maximum was, pixels left over get
 * 0; then the derivative: masked codes become 0; for tanh besides, with a the value of A_l's code
 *      before pooling and dropout, G_A(l-1) = Q' (value of code * (1 - a * a)) with the same
 * quantizer and the stream FXP_STREAM_DERIVATIVE (at a block once, behind the addition).  An
 * addition hands its G_A on to both ways as it is; a projection has the G_A of its block's second
 *      convolution
 *   8a. batch normalization's backward, g the value of the masked G_A: per channel, in the order of
 *      3a, S = sum (g), T = sum (g * value of Z); gradient of beta = S, of gamma = T;
 *      h = (g - S / m) - value of Z * (T / m); G_Z(l) = Q_GZ (h * (value of Q_gamma (gamma) * r)).
 *      Straight through Q_Z, clipped or not
 *  update (split word, first paper 2.6), per weight, real:
 *   8b. with ternary gradients, not in the twin: s = the greatest magnitude in G_W(l), but no more
 *      than its format's greatest value, so that -s is there if s is; NaN counts for none.  Unless
 *      s = 0, each value g becomes s or -s, by g's sign, where |g| >= s or the 32-bit draw of
 *      fxp_noise_new (seed, step, l - 1, FXP_ROLE_WEIGHT_GRAD, FXP_STREAM_TERNARY) at its index is
 *      below floor (|g| / s * 2^32), one real division; else +0.  NaN stays.  Counts and statistics
 *      of the cell are those of G_W before
 *   9. d = value (G_W), plus weight decay * (W + W_acc) if decay is not 0; with momentum mu > 0:
 *      V' = Q_V (mu * value of V + d), d = value of V';
 *      u = rate * d;  v = W + (W_acc - u);  W' = Q_W (v);  W_acc' = Q_acc (v - W')
 *      with clip, where W is float or its format reaches beyond [-1,1] (its greatest value is above
 *      1 or its least below -1), v is clipped to [-1,1] before it is split; a format that ends at
 *      or inside it clips by saturating, and v goes as it is
 *      a float W has no residue: W_acc counts as 0 in v and in the decay, W' = float32 (v),
 *      W_acc' = 0
 *      of b, gamma and beta, p, without decay: d = gradient, with momentum the float32
 *      V_p' = float32 (mu * V_p + d) and d = V_p'; p' = float32 (p - rate * d), with clip
 *      float32 of the real p - rate * d clipped to [-1,1]; NaN stays NaN
 *      running statistics, of the last training forward pass: mean' = float32 (0.9 * mean + 0.1 *
 * mu), variance' = float32 (0.9 * variance + 0.1 * (var * (m / (m - 1)))), var itself where m = 1;
 *      0 and 1 at first
 *
 *  clusters (group clusters, not in the twin): in 2 and 8 the weights are the values of
 *      fxp_clusters_new (options, W as values), as float32, which holds them exactly; of the first
 *      layer, also if it is the only one, of fxp_clusters_new_plain (8, W), of the last as clusters.last
 *      says.  They are made at the beginning of a pass, evaluations included, where W has changed
 *      since.  G_W, the gradient with respect to them, updates W as in 9, straight through
 *      (Mellempudi et al. 2017); decay and clip are of W.  NaN and infinity in W count as 0 in them
 *
 *  dynamic fixed point (not in the twin), of cells whose scaling is not fixed and whose format is
 *      not float: behind the update of a step, each cell's scaler advances by the codes the cell
 *      had in that step, and by how many values became 0 (fxp_scaler_advance()): A in front of
 * pooling and dropout, G_A as first quantized, in front of mask and derivative, G_W in front of 8b,
 * b, gamma and beta as used, W, W_acc and V behind the update.  Where its exponent moved, the
 * format is another one from the next pass on, of the same word.  What is stored in it is rounded
 * anew at once: V, and W and W_acc of v = W + W_acc as in 9, with FXP_STREAM_MOVE of the step that
 * ended. W and W_acc are one word (Courbariaux, Bengio & David 2014: of W, 10 bits in 2 and 8; of
 *      W + W_acc, 12 bits in 9; of one range).  Where W_acc has no rule of its own its binary point
 *      moves by as many bits as that of W, within FXP_FRAC_BITS_MIN..FXP_FRAC_BITS_MAX, and the
 *      range is judged by the codes of W; a W_acc with a rule of its own goes by its own codes
 *
 *  derivatives behind an evaluation (fxp_network_differentiate()): the given weights of the logits
 *      stand for g in 6; in 8, behind the division, the value is times the share kept as in 2, and
 *      nothing is dropped; in 8a h = g, as mean and variance are constants
 *
 * Initial weights: real w0 = limit * (2 uniform - 1), limit = sqrt (6 / fan_in) for relu and
 * clipped-relu, sqrt (6 / (fan_in + fan_out)) for tanh, hard-tanh and the last layer; uniform is
 * fxp_noise_uniform (fxp_noise_new (seed, 0, l - 1, FXP_ROLE_WEIGHT, FXP_STREAM_INITIALIZE), i);
 * W = Q_W (w0), W_acc = Q_acc (w0 - W), drawing as an update at step 0 does, and with clip w0 is
 * clipped as v is; b = 0, gamma = 1, beta = 0, V = 0.  fan counts kernel pixels.  Both twins start
 * from the same w0.
 * An evaluation draws for A, b, Z, gamma and beta as a step of number FXP_STEP_EVALUATION would.
 * Layouts: activations n x c x h x w, weights out x in x (kernel row x kernel column); all indexes
 * above count so.  In memory images lie channels-last, n x h x w x c (fxp_tensor_find()), and the
 * moments of a probed step are summed in that order.
 */
#pragma once

#ifndef FXP_COMPILATION
#  error "network-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment.h"
#include "number/scaler.h"
#include "number/statistics.h"
#include "tensor/matmul-private.h"
#include "tensor/tensor-private.h"

G_BEGIN_DECLS

typedef struct _FxpNetwork FxpNetwork;

/* What the draws and probes of one step depend on. */
typedef struct
{
  guint64 seed;
  guint64 step;   /* counts from 0 over the whole run */
  gboolean probe; /* fold this step into the statistics */
} FxpStep;

/* The step number under which evaluation draws; statistics, counts and get_nonfinite() ignore it.
 */
#define FXP_STEP_EVALUATION G_MAXUINT64

typedef struct
{
  double loss;     /* mean over the batch */
  guint n_correct; /* argmax of the logits, first maximum wins */
} FxpStepResult;

/* What became of the updates of one layer's weights. */
typedef struct
{
  guint64 n;      /* weights whose real gradient was not zero */
  guint64 n_lost; /* of those: neither W nor W_acc changed */
  /* Accumulators that stopped (AS, first paper 2.5): d, what the rate is multiplied with, was not
   * zero, but neither W nor W_acc changed, and W is between the ends of its range (5.24): the least
   * and greatest code that its overflow mode leaves, or -1 and 1 where v is clipped to them; none
   * of a float W that is not. */
  guint64 n_stopped;
} FxpUpdateCounts;

void fxp_update_counts_add (FxpUpdateCounts *self, const FxpUpdateCounts *other);

/* @input: shape of one sample.  @twin: take every format as float and every register as exact.
 * @scratch and @team are borrowed and outlive it.  Initial weights are in place. */
FxpNetwork *fxp_network_new (const FxpExperiment *experiment,
                             const FxpShape *input,
                             guint n_classes,
                             gboolean twin,
                             FxpScratch *scratch,
                             FxpTeam *team,
                             GError **error) G_GNUC_WARN_UNUSED_RESULT;
void fxp_network_free (FxpNetwork *self);

/* Takes over precision, activation, at a step boundary: W, W_acc and b are carried over (the whole
 * word v = W + W_acc is split anew where one of their quantizers changed: as in an update at @step,
 * but with FXP_STREAM_INITIALIZE), nothing else is reset but the statistics of cells whose
 * quantizer changed, and the counts of sums and updates they belong to.  Where a cell's format or
 * scaling changed, its scaler begins anew at the format's binary point; else, rounding, overflow
 * mode, F and M changed or not, it goes on from where it is.  What is beyond [-1,1] when
 * clip is set stays there until it is updated or split.  Topology must be the same.
 */
void fxp_network_set_experiment (FxpNetwork *self,
                                 const FxpExperiment *experiment,
                                 guint64 seed,
                                 guint64 step);

/* Asked often during a pass, on the worker's thread, with the share of it that is done; TRUE: give
 * up. */
typedef gboolean (*FxpPassMonitor) (double share, gpointer data);
/* NULL: nobody asks. */
void fxp_network_set_monitor (FxpNetwork *self, FxpPassMonitor monitor, gpointer data);

/* What a pass shows while it is there. */
typedef enum
{
  FXP_SIGHT_ACTIVATION, /* forward: A that enters @id's layer, just formed, in front of pooling and
                         * dropout */
  FXP_SIGHT_GRADIENT,   /* backward: G_A of @id's layer, just quantized, behind pooling: what its
                         * cell of the matrix counts */
  FXP_SIGHT_ROUTED,     /* backward: the gradient of the A that enters @id's layer, brought through
                         * dropout and pooling to where A was formed, but not through the derivative
                         * of the activation yet; of A_1 only with
                         * fxp_network_want_input_gradient() */
} FxpSight;

/* On the worker's thread.  @n samples of @tensor count.  Of a float network the values shown first
 * and second may be changed, and the pass goes on with what is left there. */
typedef void (*FxpObserver) (FxpSight sight,
                             FxpTensorId id,
                             FxpTensor *tensor,
                             gsize n,
                             gpointer data);
/* NULL: nobody looks. */
void fxp_network_set_observer (FxpNetwork *self, FxpObserver observer, gpointer data);
/* Backward passes reach A_1 as well.  Before the first forward pass; float networks only. */
void fxp_network_want_input_gradient (FxpNetwork *self);
/* Derivatives of a weighted sum of logits, in place of fxp_network_backward(), behind a forward
 * pass of the step FXP_STEP_EVALUATION of a float network: @seeds are the weights, n x n_outputs.
 * Batch normalization passes them as the fixed scale that an evaluation applies, dropout as its
 * share.  G_W then holds the sums over the samples, the observer has seen the rest.  FALSE if the
 * monitor gave up. */
gboolean fxp_network_differentiate (FxpNetwork *self, const double *seeds);
/* Behind a backward pass of a float network: what a unit of G_A of @layer's output becomes on its
 * way down to the layer's sums - through dropout, pooling, the derivative and batch normalization
 * as a fixed scale - n x the sums' shape, channels-last; average pooling hands its unit to each of
 * its pixels.  The scale is gamma r of that pass, of the batch's own deviation in training: the
 * step's, where the first paper's code takes the one of inference.  Destroys the gradients but G_W.
 * @factors: room for them. */
void fxp_network_trace_units (FxpNetwork *self, guint layer, float *factors);

/* The parts of a training step on @n samples, in this order.  Allocates only when @n exceeds every
 * earlier batch.  Update ends the step, and a forward pass forgets what an unfinished one counted.
 * FALSE if the monitor gave up: then nothing was learnt and the step can be taken again. */
gboolean fxp_network_forward (FxpNetwork *self, const double *inputs, gsize n, const FxpStep *step);
void fxp_network_get_loss (FxpNetwork *self, const guint16 *labels, FxpStepResult *result);
gboolean fxp_network_backward (FxpNetwork *self, const FxpStep *step);
void fxp_network_update (FxpNetwork *self, double rate, const FxpStep *step);
/* Logits of the last forward pass, n x n_outputs. */
const double *fxp_network_get_logits (const FxpNetwork *self);

FxpTopology *fxp_network_get_topology (const FxpNetwork *self); /* borrowed */
guint fxp_network_get_n_weighted (const FxpNetwork *self);
guint fxp_network_get_n_outputs (const FxpNetwork *self);
/* W, W_acc, b, gamma, beta, V always; A (behind pooling and dropout), G_W, Z as of the last step,
 * and where gradients are kept G_A (masked, at the size of z) and G_Z (their leading dimension is
 * the batch's capacity).  NULL where there is none.  Borrowed. */
const FxpTensor *fxp_network_get_tensor (const FxpNetwork *self, FxpTensorId id);
/* Keeps G_A and G_Z of every layer, for tests; else layers share memory for them.  Before the first
 * forward pass. */
void fxp_network_keep_gradients (FxpNetwork *self);

/* What a layer has learnt: all that a run needs to go on, in the order of checkpoints. */
typedef enum
{
  FXP_LEARNT_WEIGHT,
  FXP_LEARNT_WEIGHT_ACC,
  FXP_LEARNT_BIAS,
  FXP_LEARNT_GAMMA,
  FXP_LEARNT_BETA,
  FXP_LEARNT_MEAN, /* running, float32 as the variance and the last three */
  FXP_LEARNT_VARIANCE,
  FXP_LEARNT_MOMENTUM, /* of W; in the format of its cell */
  FXP_LEARNT_BIAS_MOMENTUM,
  FXP_LEARNT_GAMMA_MOMENTUM,
  FXP_LEARNT_BETA_MOMENTUM,
  FXP_N_LEARNT
} FxpLearnt;

/* "weight", "weight-acc", "bias", "gamma", "beta", "mean", "variance", "momentum", "bias-momentum",
 * ... */
const char *fxp_learnt_get_nick (FxpLearnt self);
/* NULL where there is none.  Borrowed. */
const FxpTensor *fxp_network_get_learnt (const FxpNetwork *self, guint layer, FxpLearnt what);
/* Puts it back: @data holds the tensor's elements in its own storage.  FXP_ERROR_CHECKPOINT if
 * format or size differ. */
gboolean fxp_network_restore_learnt (FxpNetwork *self,
                                     guint layer,
                                     FxpLearnt what,
                                     FxpFormat format,
                                     gconstpointer data,
                                     gsize n_bytes,
                                     GError **error);

/* The format that @id has now, which its cell's scaling may have moved. */
FxpFormat fxp_network_get_format (const FxpNetwork *self, FxpTensorId id);
/* TRUE where its binary point has moved since fxp_network_clear_statistics(): values next to zero,
 * which statistics count by its step, are those since then. */
gboolean fxp_network_has_moved (const FxpNetwork *self, FxpTensorId id);
/* The scaler of a cell whose scaling is not fixed, to be stored; NULL else.  Borrowed. */
const FxpScaler *fxp_network_get_scaler (const FxpNetwork *self, FxpTensorId id);
/* Puts one back, before what is learnt is restored: the cell's format follows. */
void fxp_network_set_scaler (FxpNetwork *self, FxpTensorId id, const FxpScaler *scaler);
/* The format of a W_acc without a rule of its own, given as @residue, where W, @given, is @now. */
FxpFormat fxp_residue_format_follow (FxpFormat residue, FxpFormat given, FxpFormat now);
/* What stands for W in products of the last forward pass: n_units x n_inputs float32; W itself
 * where there are no clusters.  Borrowed. */
const FxpTensor *fxp_network_get_used_weights (const FxpNetwork *self, guint layer);

/* Activations of the last forward pass that enter layer @layer: the shape of one sample, and its
 * values. */
void fxp_network_get_activations (const FxpNetwork *self,
                                  guint layer,
                                  gsize sample,
                                  FxpShape *shape,
                                  double *values);

/* Probed since the quantizer changed or fxp_network_clear_statistics(): moments, noise and
 * histogram of probed steps, counts of every step. */
const FxpStatistics *fxp_network_get_statistics (const FxpNetwork *self, FxpTensorId id);
const FxpSumCounts *fxp_network_get_sum_counts (const FxpNetwork *self, guint layer);
const FxpUpdateCounts *fxp_network_get_update_counts (const FxpNetwork *self, guint layer);
void fxp_network_clear_statistics (FxpNetwork *self);
/* TRUE and the tensor's id when the last step met NaN or infinity in a value or weight. */
gboolean fxp_network_get_nonfinite (const FxpNetwork *self, FxpTensorId *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpNetwork, fxp_network_free)

G_END_DECLS
