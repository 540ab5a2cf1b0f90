/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/elementary.h"
#include "training/prediction-private.h"

guint
fxp_prediction_find_winner (const double *logits, guint n_outputs)
{
  guint winner = 0;

  for (guint i = 1; i < n_outputs; i++)
    if (logits[i] > logits[winner])
      winner = i;
  return winner;
}

FxpPrediction
fxp_prediction_make (const double *logits, guint n_outputs)
{
  guint winner = fxp_prediction_find_winner (logits, n_outputs);
  double sum = 0;

  for (guint i = 0; i < n_outputs; i++)
    sum += fxp_exp (logits[i] - logits[winner]);
  return (FxpPrediction){winner, 1 / sum};
}

double
fxp_prediction_get_loss (const FxpPrediction *self, const double *logits, guint label)
{
  return (logits[self->winner] - logits[label]) - fxp_log (self->confidence);
}
