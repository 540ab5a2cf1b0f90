/* SPDX-License-Identifier: MIT */
/* What a network takes a sample for.  Plain value. */
#pragma once

#ifndef FXP_COMPILATION
#  error "prediction-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint winner;      /* the first greatest logit */
  double confidence; /* its softmax */
} FxpPrediction;

guint fxp_prediction_find_winner (const double *logits, guint n_outputs);
FxpPrediction fxp_prediction_make (const double *logits, guint n_outputs);
/* Cross-entropy of the sample whose class is @label. */
double fxp_prediction_get_loss (const FxpPrediction *self, const double *logits, guint label);

G_END_DECLS
