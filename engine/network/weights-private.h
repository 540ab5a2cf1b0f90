/* SPDX-License-Identifier: MIT */
/* What a layer learns: W, its residue W_acc and b, their gradients, and the split word's update.
 * One row of the precision matrix, as the row's other tensors have their cells here too. */
#pragma once

#ifndef FXP_COMPILATION
#  error "weights-private.h is for engine/ and tests/ only"
#endif

#include "network/cell-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpCell cells[FXP_N_ROLES];
  FxpSumRegister sum;
  FxpSumCounts step_sum_counts; /* of the step under way */
  FxpSumCounts sum_counts;
  FxpUpdateCounts step_update_counts;
  FxpUpdateCounts update_counts;

  gsize n_units;  /* rows of W: units or filters */
  gsize n_inputs; /* columns of W: inputs of one unit, kernel pixels included */
  gsize n_pixels; /* pixels of the kernel; 1 for dense */

  FxpTensor *weight;
  FxpTensor *residue;
  FxpTensor *gradient;
  FxpTensor *bias;       /* float32, whatever its cell says: that one is applied where b is used */
  double *biases;        /* the values of bias */
  double *addends;       /* the values of Q_b (b) in this pass */
  double *bias_gradient; /* real */
  guint8 *moved;         /* 1 where the real gradient was not zero */
} FxpWeights;

/* All zeros and float. */
FxpWeights *
fxp_weights_new (guint layer, const FxpShape *shape, gsize n_pixels) G_GNUC_WARN_UNUSED_RESULT;
void fxp_weights_free (FxpWeights *self);

/* Splits the whole words anew if need be. */
void fxp_weights_set_precision (FxpWeights *self,
                                const FxpLayerPrecision *precision,
                                const FxpStep *step);
/* Uniform in +-limit. */
void fxp_weights_initialize (FxpWeights *self, double limit, guint64 seed);
/* To be called when bias was written from outside. */
void fxp_weights_refresh (FxpWeights *self);

/* W as a matrix n_units x n_inputs, or turned round. */
FxpMatrix fxp_weights_get_matrix (const FxpWeights *self);
FxpMatrix fxp_weights_get_transpose (const FxpWeights *self);

/* A product in this layer's sum register. */
void fxp_weights_multiply (FxpWeights *self,
                           const FxpPass *pass,
                           const FxpMatrix *a,
                           const FxpMatrix *b,
                           const gsize size[3],
                           double *out,
                           gsize out_stride);
/* Fills addends, one per unit. */
const double *fxp_weights_quantize_bias (FxpWeights *self, const FxpPass *pass);
/* Takes the real gradient of W, n_units x n_inputs. */
void fxp_weights_take_gradient (FxpWeights *self, const FxpPass *pass, const double *gradient);
void fxp_weights_update (FxpWeights *self, double rate, const FxpPass *pass);

/* The counts of the step under way are forgotten, or become part of the row's. */
void fxp_weights_begin_step (FxpWeights *self);
void fxp_weights_end_step (FxpWeights *self);
void fxp_weights_clear_statistics (FxpWeights *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpWeights, fxp_weights_free)

G_END_DECLS
