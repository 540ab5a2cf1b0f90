/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "number/elementary.h"
#include "tensor/stopwatch-private.h"

/* The nonlinearity, the quantizer of the next layer's activations, and the mask of elements that
 * let a gradient pass straight through both. */

typedef struct
{
  FxpLayer parent;
  guint8 *mask; /* capacity x features; 1 lets the gradient pass */

  /* Of the pass under way. */
  const FxpLoops *loops;
  FxpNoise noise;
  const FxpNoise *draws; /* NULL where none are needed */
} Activation;

typedef struct
{
  FxpPieces parent;
  Activation *layer;
  const FxpPass *pass;
  const FxpNoise *noise;
} Walk;

/* Replaces z by act (z).  NaN stays NaN, so that it is seen where it is quantized. */
static void
apply (const FxpLoops *loops, FxpActivation kind, double *values, guint8 *mask, gsize n)
{
  switch (kind)
    {
    case FXP_ACTIVATION_RELU:
      loops->relu (values, mask, n);
      break;
    case FXP_ACTIVATION_CLIPPED_RELU:
      loops->clipped_relu (values, mask, n);
      break;
    case FXP_ACTIVATION_TANH:
      memset (mask, 1, n);
      for (gsize i = 0; i < n; i++)
        values[i] = fxp_tanh (values[i]);
      break;
    case FXP_ACTIVATION_HARD_TANH:
      loops->hard_tanh (values, mask, n);
      break;
    case FXP_N_ACTIVATIONS:
    default:
      g_assert_not_reached ();
    }
}

static void
begin (FxpLayer *layer, const FxpPass *pass)
{
  Activation *self = (Activation *)layer;

  self->loops = fxp_loops_get ();
  self->draws = fxp_edge_get_noise (layer->out,
                                    layer->out->cell,
                                    &pass->step,
                                    FXP_STREAM_QUANTIZE,
                                    &self->noise);
}

static void
take (FxpLayer *layer, const FxpPass *pass, double *values, gsize first, gsize n, FxpTally *tally)
{
  const Activation *self = (const Activation *)layer;
  FxpCell *cell = layer->out->cell;
  const gboolean clips = fxp_cell_clips (cell);
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  guint8 clipped[FXP_PIECE];
  gsize piece;

  for (gsize i = 0; i < n; i += piece)
    {
      guint8 *mask = self->mask + first + i;
      gpointer codes = fxp_tensor_at (layer->out->codes, first + i);

      piece = MIN (n - i, FXP_PIECE);
      apply (self->loops, pass->activation, values + i, mask, piece);
      fxp_quantizer_apply (&cell->quantizer,
                           self->draws,
                           values + i,
                           codes,
                           first + i,
                           piece,
                           &tally->first,
                           clips ? clipped : NULL);
      if (clips)
        self->loops->clear_marked (mask, clipped, piece);
      fxp_cell_probe (cell, pass, values + i, codes, piece);
    }
  fxp_stopwatch_enter (stage);
}

/* Moments are those of the values. */
static gboolean
take_sums (FxpLayer *layer, const FxpPass *pass, const FxpSumSpan *span, FxpTally *tally)
{
  const Activation *self = (const Activation *)layer;
  gboolean is_taken;
  FxpStage stage;

  if (pass->step.probe)
    return FALSE;
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  is_taken = fxp_sum_loop_get ()->activate (span,
                                            pass->activation,
                                            &layer->out->cell->quantizer,
                                            self->draws,
                                            fxp_tensor_at (layer->out->codes, span->first),
                                            self->mask + span->first,
                                            tally);
  fxp_stopwatch_enter (stage);
  return is_taken;
}

static void
end (FxpLayer *layer, const FxpPass *pass, const FxpTally *total)
{
  const FxpEdge *out = layer->out;

  fxp_cell_count (out->cell, pass, &total->first);
  fxp_cell_look (out->cell, pass, out->codes->data, pass->n * out->n_features);
  fxp_pass_show (pass, FXP_SIGHT_ACTIVATION, out->cell->id, out->codes);
}

/* Moments are those of the values. */
static gboolean
foresee (const FxpLayer *layer, const FxpPass *pass, FxpOutlook *outlook)
{
  const Activation *self = (const Activation *)layer;

  outlook->quantizer = &layer->out->cell->quantizer;
  outlook->noise = self->draws;
  outlook->codes = layer->out->codes;
  outlook->mask = self->mask;
  return !pass->step.probe;
}

/* Bits of a float zero are zeros too. */
static void
mask_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *self = (Walk *)pieces;
  FxpLayer *layer = &self->layer->parent;

  fxp_loops_get ()->keep_marked (fxp_tensor_at (layer->in->gradient, first),
                                 self->layer->mask + first,
                                 fxp_storage_get_size (layer->in->gradient->storage),
                                 n);
}

/* tanh' (z) = 1 - a^2, with the a that was handed on. */
static void
multiply_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *self = (Walk *)pieces;
  FxpLayer *layer = &self->layer->parent;
  FxpCell *cell = layer->in->gradient_cell;
  gpointer codes = fxp_tensor_at (layer->in->gradient, first);
  double values[FXP_PIECE], activations[FXP_PIECE];

  mask_piece (pieces, first, n, tally);
  fxp_format_decode (layer->in->gradient->format, codes, n, values);
  fxp_format_decode (layer->out->codes->format,
                     fxp_tensor_at (layer->out->codes, first),
                     n,
                     activations);
  for (gsize i = 0; i < n; i++)
    {
      double square = activations[i] * activations[i];

      values[i] = values[i] * (1.0 - square);
    }
  fxp_quantizer_apply (&cell->quantizer, self->noise, values, codes, first, n, &tally->first, NULL);
  fxp_cell_probe (cell, self->pass, values, codes, n);
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  FxpCell *cell = layer->in->gradient_cell;
  gboolean multiplies = pass->activation == FXP_ACTIVATION_TANH;
  FxpNoise noise;
  FxpTally total;
  Walk walk = {
    .parent = {.func = multiplies ? multiply_piece : mask_piece},
    .layer = (Activation *)layer,
    .pass = pass,
    .noise = fxp_edge_get_noise (layer->in, cell, &pass->step, FXP_STREAM_DERIVATIVE, &noise),
  };

  fxp_pass_show (pass, FXP_SIGHT_ROUTED, layer->out->cell->id, layer->out->gradient);
  fxp_pieces_run (&walk.parent, pass->n * layer->in->n_features, pass, &total);
  fxp_cell_count (cell, pass, &total.first);
}

static void
reserve (FxpLayer *layer, gsize n)
{
  Activation *self = (Activation *)layer;

  g_free (self->mask);
  self->mask = g_new0 (guint8, n * layer->out->n_features);
}

static void
clear (FxpLayer *layer)
{
  Activation *self = (Activation *)layer;

  g_clear_pointer (&self->mask, g_free);
}

const FxpLayerClass fxp_activation_class = {
  .size = sizeof (Activation),
  .gradient_use = FXP_GRADIENT_SHARED,
  .reserve = reserve,
  .begin = begin,
  .take = take,
  .take_sums = take_sums,
  .end = end,
  .foresee = foresee,
  .backward = backward,
  .clear = clear,
};
