/* SPDX-License-Identifier: MIT */
/* What was recorded of a float network while it trained: all that the criteria of Sakr & Shanbhag
 * (ICLR 2019) need besides noise gains, so that precision can be assigned without another run.
 * Immutable, atomically ref-counted, any thread. */
#pragma once

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* Standard deviations over the elements of a gradient tensor.  The smoothed ones are roots of a
 * bias-corrected moving average of the variance, s = 0.9 s + 0.1 v, s / (1 - 0.9^t), looked at once
 * in an epoch and every FXP_BASELINE_INTERVAL steps, the first FXP_BASELINE_SKIPPED steps apart
 * (3, 5.5).  0 where nothing was recorded or the gradient vanished. */
typedef struct
{
  double max;  /* greatest smoothed */
  double min;  /* least smoothed */
  double last; /* newest smoothed */
  double peak; /* greatest of a single step */
} FxpSpread;

#define FXP_BASELINE_INTERVAL 50
#define FXP_BASELINE_SKIPPED  20
#define FXP_BASELINE_KEPT     0.9 /* of the average, at each step */

/* How J2, the squared entries of the Jacobian of G_W with respect to G_A, is looked at. */
typedef enum
{
  FXP_JACOBIAN_EXACT,      /* largest singular value, block by block (2.4 a, b, c) */
  FXP_JACOBIAN_SIMPLIFIED, /* as the released code averages it (2.4 d) */
  FXP_N_JACOBIANS
} FxpJacobian;

/* One layer with weights.  G_A is that of the layer's output, at the size at which it is quantized
 * (behind pooling); a projection's is its block's. */
typedef struct
{
  FxpSpread weight_grad;
  FxpSpread activation_grad;
  double weight_peak;    /* greatest |W| at any step */
  double activation_max; /* greatest and least value that entered the layer */
  double activation_min;
  double lambda[FXP_N_JACOBIANS]; /* greatest seen, once in an epoch; 0: not seen */
  double reflected;               /* sum of J2's entries, greatest seen: noise power in G_W for
                                   * unit noise in G_A */
  guint64 n_weights;              /* |G_W| */
  guint64 n_activation_grads;     /* |G_A| of a whole batch */
} FxpLayerBaseline;

typedef struct _FxpBaseline FxpBaseline;

FxpBaseline *fxp_baseline_ref (FxpBaseline *self);
void fxp_baseline_unref (FxpBaseline *self);

guint fxp_baseline_get_n_layers (const FxpBaseline *self);
const FxpLayerBaseline *fxp_baseline_get_layer (const FxpBaseline *self, guint layer);
guint64 fxp_baseline_get_n_steps (const FxpBaseline *self);   /* recorded */
guint fxp_baseline_get_n_looks (const FxpBaseline *self);     /* at smoothed deviations */
guint fxp_baseline_get_n_jacobians (const FxpBaseline *self); /* looked at */
/* Name of the first tensor whose statistics are not finite, so that nothing can be assigned; FALSE
 * if all are. */
gboolean fxp_baseline_get_nonfinite (const FxpBaseline *self, FxpTensorId *id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpBaseline, fxp_baseline_unref)

G_END_DECLS
