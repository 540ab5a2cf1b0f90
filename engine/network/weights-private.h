/* SPDX-License-Identifier: MIT */
/* What a layer learns: W, its residue W_acc and b, their gradients, and the split word's update.
 * One row of the precision matrix, as the row's other tensors have their cells here too. */
#pragma once

#ifndef FXP_COMPILATION
#  error "weights-private.h is for engine/ and tests/ only"
#endif

#include "network/normalizer-private.h"

G_BEGIN_DECLS

typedef struct _FxpClusteredWeights FxpClusteredWeights;

typedef struct
{
  FxpCell cells[FXP_N_ROLES];
  guint n_roles; /* the first of them, that this row has or may have tensors of */
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
  FxpTensor *momentum; /* V; NULL without momentum */
  guint8 *moved;       /* 1 where the real gradient was not zero */
  gboolean clips;      /* what is learnt stays in [-1,1] */
  guint scaling_period; /* F and M of scalers, see FxpScalingOptions */
  double scaling_overflow;

  FxpClusteredWeights *clustered; /* owned; what stands for W in products, NULL: W itself */
  gboolean has_changed;           /* W, since they were made of it */

  FxpParameter *bias;        /* NULL where batch normalization follows */
  FxpNormalizer *normalizer; /* NULL where it does not */
} FxpWeights;

/* All zeros and float. */
FxpWeights *fxp_weights_new (guint layer,
                             const FxpShape *shape,
                             gsize n_pixels,
                             gboolean is_normalized) G_GNUC_WARN_UNUSED_RESULT;
void fxp_weights_free (FxpWeights *self);

/* Splits the whole words anew if need be. */
void fxp_weights_set_precision (FxpWeights *self,
                                const FxpLayerPrecision *precision,
                                const FxpStep *step);
/* F and M of the scalers that the next precision brings, or finds. */
void fxp_weights_set_scaling (FxpWeights *self, guint period, double overflow_max);
/* Makes or drops V, which begins as zeros. */
void fxp_weights_set_momentum (FxpWeights *self, gboolean has_momentum);
/* Of what is learnt from here on, and of words that are split. */
void fxp_weights_set_clip (FxpWeights *self, gboolean clips);
/* Uniform in +-limit. */
void fxp_weights_initialize (FxpWeights *self, double limit, guint64 seed);
/* What has been learnt; NULL where there is none. */
const FxpTensor *fxp_weights_get_learnt (const FxpWeights *self, FxpLearnt what);
/* See fxp_network_restore_learnt(). */
gboolean fxp_weights_restore_learnt (FxpWeights *self,
                                     FxpLearnt what,
                                     FxpFormat format,
                                     gconstpointer data,
                                     gsize n_bytes,
                                     GError **error);
/* weights-split: makes W and W_acc anew of the words that they are now, in the formats of their
 * cells; and V.  Nothing, if it has its format already. */
void fxp_weights_split_anew (FxpWeights *self, const FxpStep *step);
void fxp_weights_convert_momentum (FxpWeights *self, const FxpStep *step);
/* The same where only binary points moved: in the memory of the old words. */
void fxp_weights_move_words (FxpWeights *self, const FxpStep *step);
void fxp_weights_move_momentum (FxpWeights *self, const FxpStep *step);

/* weights-scaling: the cells' scalers go by what was seen in this step, which is over; what is
 * stored follows.  TRUE if a binary point moved: then edges must follow before the next pass.
 * Allocates nothing. */
gboolean fxp_weights_advance (FxpWeights *self, const FxpStep *step);
/* Where W_acc has no rule of its own, its binary point goes with that of W. */
void fxp_weights_follow_weight (FxpWeights *self);
/* Before G_W is taken, as until then it is that of the step before, in the format it had then. */
void fxp_weights_follow_gradient (FxpWeights *self);
/* What is stored in a format that it changes becomes zero. */
void fxp_weights_set_scaler (FxpWeights *self, FxpRole role, const FxpScaler *scaler);

/* To be called when some of it was written from outside. */
void fxp_weights_refresh (FxpWeights *self);

/* What stands for W in products: W, or the float values of its clusters.  As W lies. */
const FxpTensor *fxp_weights_get_used (const FxpWeights *self);
/* The same as a matrix n_units x n_inputs, or turned round. */
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
/* Its sums, in rows of size[1], where fxp_matmul_is_short().  Who reads them counts them. */
void fxp_weights_form_sums (const FxpWeights *self,
                            const FxpPass *pass,
                            const FxpMatrix *a,
                            const FxpMatrix *b,
                            const gsize size[3],
                            gint32 *sums);
/* The biases of this pass, one per unit, or NULL. */
const double *fxp_weights_quantize_bias (FxpWeights *self, const FxpPass *pass);
/* Takes @n elements of the real gradient of W, n_units x n_inputs, from @first on. */
void fxp_weights_take_gradient (FxpWeights *self,
                                const FxpPass *pass,
                                gsize first,
                                gsize n,
                                const double *gradient);
/* The same of sums whose step is @step. */
void fxp_weights_take_sums (FxpWeights *self,
                            const FxpPass *pass,
                            gsize first,
                            gsize n,
                            const gint32 *sums,
                            double step);
/* Leaves three values of G_W, once all of it was taken; see network-private.h, 8b. */
void fxp_weights_thin_gradient (FxpWeights *self, const FxpPass *pass);
/* TRUE where whole words are clipped before they are split, as the format of W would not. */
gboolean fxp_weights_clips_words (const FxpWeights *self);
void fxp_weights_update (FxpWeights *self, double rate, const FxpPass *pass);

/* The counts of the step under way are forgotten, or become part of the row's. */
void fxp_weights_begin_step (FxpWeights *self);
void fxp_weights_end_step (FxpWeights *self);
void fxp_weights_clear_statistics (FxpWeights *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpWeights, fxp_weights_free)

G_END_DECLS
