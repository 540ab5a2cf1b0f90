/* SPDX-License-Identifier: MIT */
/* Layers in their order, and a training step over them.  Worker only.
 *
 * The float twin is a second FxpNetwork whose formats are all the float reference: there is no
 * second code path.
 *
 * What a step computes, in order (layer l = 1..L counts layers with weights; Q is
 * fxp_quantizer_apply() with the cell's quantizer and fxp_noise_new (seed, step, l - 1, role,
 * FXP_STREAM_QUANTIZE); "real" is an IEEE double, every operation rounded to nearest even, never
 * contracted):
 *
 *  forward
 *   1. A_1 = Q_A1 (inputs)
 *   2. s_l = W_l A_l, exact integer sums in layer l's sum register; value real
 *      (float32 in order of the sum where either operand is float)
 *   3. z_l = s_l + value of Q_b (b_l)                                   one real addition
 *   4. a = act (z_l); A_{l+1} = Q_A(l+1) (a)                            hidden layers only
 *      straight-through mask of layer l: act'(z_l) != 0 and not clipped by a saturating quantizer
 *      (relu: z > 0; clipped-relu: 0 < z < 2; tanh: always); then pooling moves codes, first
 *      maximum in row-major order wins
 *   5. loss: logits z_L real; m = max z; e_i = fxp_exp (z_i - m); sum in order of i; p_i = e_i / sum;
 *      loss of a sample = fxp_log (sum) - (z_y - m); the step's loss = sum of these in order of
 *      samples / n
 *  backward
 *   6. g_i = (p_i - (i == y ? 1 : 0)) / n, real; G_A(L) = Q (g)
 *   7. weight gradient: exact sums over samples (and positions, sample by sample, row by row) of
 *      G_A(l) times A_l in the register; G_W(l) = Q (value)
 *      bias gradient: real sum of the values of G_A(l) over samples (and positions), same order
 *   8. input gradient (l > 1): W_l^T G_A(l) in the register; G_A(l-1) = Q (value), at the size of
 *      A_l, i.e. behind the pooling; pooling's backward moves the codes to where the maxima were;
 *      then the derivative: masked codes become 0; for tanh besides, with a the value of A_l's code
 *      before pooling, G_A(l-1) = Q' (value of code * (1 - a * a)) with the same quantizer and the
 *      stream FXP_STREAM_DERIVATIVE
 *  update (split word, first paper 2.6), per weight, real:
 *   9. u = rate * value (G_W);  v = W + (W_acc - u);  W' = Q_W (v);  W_acc' = Q_acc (v - W')
 *      a float W has no residue: W' = float32 (v), W_acc' = 0
 *      b' = float32 (b - rate * bias gradient)
 *
 * Initial weights: real w0 = limit * (2 uniform - 1), limit = sqrt (6 / fan_in) for relu and
 * clipped-relu, sqrt (6 / (fan_in + fan_out)) for tanh and for the last layer; uniform is
 * fxp_noise_uniform (fxp_noise_new (seed, 0, l - 1, FXP_ROLE_WEIGHT, FXP_STREAM_INITIALIZE), i);
 * W = Q_W (w0), W_acc = Q_acc (w0 - W), drawing as an update at step 0 does; b = 0.  fan counts
 * kernel pixels.  Both twins start from the same w0.
 * Layouts: activations n x c x h x w, weights out x in (x kernel row x kernel column).
 */
#pragma once

#ifndef FXP_COMPILATION
#error "network-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment.h"
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

/* The step number under which evaluation draws; statistics, counts and get_nonfinite() ignore it. */
#define FXP_STEP_EVALUATION G_MAXUINT64

typedef struct
{
  double loss;       /* mean over the batch */
  guint n_correct;   /* argmax of the logits, first maximum wins */
} FxpStepResult;

/* What became of the updates of one layer's weights. */
typedef struct
{
  guint64 n;      /* weights whose real gradient was not zero */
  guint64 n_lost; /* of those: neither W nor W_acc changed */
} FxpUpdateCounts;

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
 * but with FXP_STREAM_INITIALIZE), nothing else is reset but the statistics of cells whose quantizer
 * changed, and the counts of sums and updates they belong to.  Topology must be the same. */
void fxp_network_set_experiment (FxpNetwork *self, const FxpExperiment *experiment, guint64 seed, guint64 step);

/* One training step on @n samples.  Allocates only when @n exceeds every earlier batch. */
void fxp_network_train (FxpNetwork *self,
                        const double *inputs,
                        const guint16 *labels,
                        gsize n,
                        double rate,
                        const FxpStep *step,
                        FxpStepResult *result);
/* The parts of it, for evaluation, gradient checks and the golden runs; update ends a step, and a
 * forward pass forgets what an unfinished one counted. */
void fxp_network_forward (FxpNetwork *self, const double *inputs, gsize n, const FxpStep *step);
void fxp_network_get_loss (FxpNetwork *self, const guint16 *labels, FxpStepResult *result);
void fxp_network_backward (FxpNetwork *self, const FxpStep *step);
void fxp_network_update (FxpNetwork *self, double rate, const FxpStep *step);
/* Logits of the last forward pass, n x n_outputs. */
const double *fxp_network_get_logits (const FxpNetwork *self);

guint fxp_network_get_n_weighted (const FxpNetwork *self);
guint fxp_network_get_n_outputs (const FxpNetwork *self);
/* W, W_acc, b always; A, G_W, G_A as of the last step (their leading dimension is the batch's
 * capacity).  NULL where there is none.  Borrowed. */
const FxpTensor *fxp_network_get_tensor (const FxpNetwork *self, FxpTensorId id);
/* Puts back W, W_acc or b: @data holds the tensor's elements in its own storage.
 * FXP_ERROR_CHECKPOINT if format or size differ. */
gboolean fxp_network_restore_tensor (FxpNetwork *self, FxpTensorId id, FxpFormat format, gconstpointer data, gsize n_bytes, GError **error);

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
