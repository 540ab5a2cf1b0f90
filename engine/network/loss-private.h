/* SPDX-License-Identifier: MIT */
/* Softmax and cross-entropy, in doubles and with the same bits on every CPU. */
#pragma once

#ifndef FXP_COMPILATION
#  error "loss-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"

G_BEGIN_DECLS

/* The class that a sample's logits choose: the first of the greatest. */
static inline guint
fxp_loss_get_choice (const double *logits, gsize n_classes)
{
  guint best = 0;

  for (guint i = 1; i < n_classes; i++)
    if (logits[i] > logits[best])
      best = i;
  return best;
}

/* Mean loss and number of right answers over @n samples of @n_classes logits; @gradient, of the
 * same size, becomes the mean loss's derivative by each logit. */
void fxp_loss_compute (const double *logits,
                       const guint16 *labels,
                       gsize n,
                       gsize n_classes,
                       double *gradient,
                       FxpStepResult *result);

G_END_DECLS
