/* SPDX-License-Identifier: MIT */
/* Softmax and cross-entropy, in doubles and with the same bits on every CPU. */
#pragma once

#ifndef FXP_COMPILATION
#  error "loss-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

/* Mean loss and number of right answers over @n samples of @n_classes logits; @gradient, of the
 * same size, becomes the mean loss's derivative by each logit. */
void fxp_loss_compute (const double *logits,
                       const guint16 *labels,
                       gsize n,
                       gsize n_classes,
                       double *gradient,
                       FxpStepResult *result);

G_END_DECLS
