/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/loops-private.h"
#include "network/sum-loop-private.h"
#include "network/update-loop-private.h"
#include "network/weights-private.h"
#include "tensor/stopwatch-private.h"

/* Real gradients of W, or the sums they are, on their way to G_W. */

typedef struct
{
  FxpPieces parent;
  FxpWeights *weights;
  const FxpPass *pass;
  const FxpNoise *noise;
  const double *values; /* from parent.first on; or, if NULL: */
  const gint32 *sums;
  double step; /* of a sum */
} Taking;

static void
take_values (const Taking *self, const double *values, gsize first, gsize n, FxpTally *tally)
{
  FxpWeights *weights = self->weights;
  FxpCell *cell = &weights->cells[FXP_ROLE_WEIGHT_GRAD];
  gpointer codes = fxp_tensor_at (weights->gradient, first);

  fxp_update_loop_get ()->find_nonzero (values, weights->moved + first, n);
  fxp_quantizer_apply (&cell->quantizer, self->noise, values, codes, first, n, &tally->first, NULL);
  fxp_cell_probe (cell, self->pass, values, codes, n);
}

/* Moments are those of the values. */
static gboolean
take_sums (const Taking *self, gsize at, gsize n, FxpTally *tally)
{
  const gsize first = self->parent.first + at;
  const FxpSumSpan span = {
    .sums = self->sums + at,
    .first = first,
    .n_rows = 1,
    .n_columns = n,
    .stride = n,
    .step = self->step,
  };
  FxpWeights *weights = self->weights;

  return !self->pass->step.probe &&
         fxp_sum_loop_get ()->quantize (&span,
                                        &weights->cells[FXP_ROLE_WEIGHT_GRAD].quantizer,
                                        self->noise,
                                        fxp_tensor_at (weights->gradient, first),
                                        weights->moved + first,
                                        tally);
}

static void
take_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Taking *self = (const Taking *)pieces;
  const gsize at = first - self->parent.first;
  double values[FXP_PIECE];

  if (self->values != NULL)
    {
      take_values (self, self->values + at, first, n, tally);
      return;
    }
  if (take_sums (self, at, n, tally))
    return;
  fxp_loops_get ()->scale_i32 (self->sums + at, 1, n, n, self->step, values, &tally->sums.peak);
  tally->sums.n += n;
  take_values (self, values, first, n, tally);
}

static void
take_gradient (Taking *self, gsize first, gsize n)
{
  FxpWeights *weights = self->weights;
  FxpCell *cell = &weights->cells[FXP_ROLE_WEIGHT_GRAD];
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  FxpNoise noise;
  FxpTally total;

  self->parent.func = take_piece;
  self->parent.first = first;
  self->noise = fxp_cell_get_noise (cell, &self->pass->step, FXP_STREAM_QUANTIZE, &noise);
  fxp_pieces_run (&self->parent, n, self->pass, &total);
  fxp_stopwatch_enter (stage);
  fxp_cell_count (cell, self->pass, &total.first);
  fxp_sum_counts_add (&weights->step_sum_counts, &total.sums);
}

void
fxp_weights_take_gradient (FxpWeights *self,
                           const FxpPass *pass,
                           gsize first,
                           gsize n,
                           const double *gradient)
{
  Taking taking = {.weights = self, .pass = pass, .values = gradient};

  take_gradient (&taking, first, n);
}

void
fxp_weights_take_sums (FxpWeights *self,
                       const FxpPass *pass,
                       gsize first,
                       gsize n,
                       const gint32 *sums,
                       double step)
{
  Taking taking = {.weights = self, .pass = pass, .sums = sums, .step = step};

  take_gradient (&taking, first, n);
}
