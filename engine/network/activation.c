/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "number/elementary.h"

/* The nonlinearity, the quantizer of the next layer's activations, and the mask of elements that
 * let a gradient pass straight through both. */

typedef struct
{
  FxpLayer parent;
  guint8 *mask; /* capacity x features; 1 lets the gradient pass */
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
apply (FxpActivation kind, double *values, guint8 *mask, gsize n)
{
  switch (kind)
    {
    case FXP_ACTIVATION_RELU:
      for (gsize i = 0; i < n; i++)
        {
          mask[i] = values[i] > 0.0;
          values[i] = values[i] < 0.0 ? 0.0 : values[i];
        }
      break;
    case FXP_ACTIVATION_CLIPPED_RELU:
      for (gsize i = 0; i < n; i++)
        {
          mask[i] = values[i] > 0.0 && values[i] < 2.0;
          values[i] = values[i] < 0.0 ? 0.0 : values[i];
          values[i] = values[i] > 2.0 ? 2.0 : values[i];
        }
      break;
    case FXP_ACTIVATION_TANH:
      memset (mask, 1, n);
      for (gsize i = 0; i < n; i++)
        values[i] = fxp_tanh (values[i]);
      break;
    case FXP_N_ACTIVATIONS:
    default:
      g_assert_not_reached ();
    }
}

static void
forward_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *self = (Walk *)pieces;
  FxpLayer *layer = &self->layer->parent;
  FxpCell *cell = layer->out->cell;
  double *values = layer->in->reals + first;
  guint8 *mask = self->layer->mask + first;
  gpointer codes = fxp_tensor_at (layer->out->codes, first);
  guint8 clipped[FXP_PIECE];
  gboolean clips = fxp_cell_clips (cell);

  apply (self->pass->activation, values, mask, n);
  fxp_quantizer_apply (&cell->quantizer,
                       self->noise,
                       values,
                       codes,
                       first,
                       n,
                       &tally->first,
                       clips ? clipped : NULL);
  if (clips)
    for (gsize i = 0; i < n; i++)
      mask[i] &= clipped[i] ^ 1;
  fxp_cell_probe (cell, self->pass, values, codes, n);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  FxpCell *cell = layer->out->cell;
  FxpNoise noise;
  FxpTally total;
  Walk walk = {
    .parent = {.func = forward_piece},
    .layer = (Activation *)layer,
    .pass = pass,
    .noise = fxp_cell_get_noise (cell, &pass->step, FXP_STREAM_QUANTIZE, &noise),
  };

  fxp_pieces_run (&walk.parent, pass->n * layer->out->n_features, pass, &total);
  fxp_cell_count (cell, pass, &total.first);
}

static void
pass_through (const guint8 *mask, gconstpointer from, gpointer to, gsize code_size, gsize n)
{
/* A mask instead of a choice, as the compiler may then load what it does not pass on. */
#define PASS_THROUGH(type)                                                                         \
  for (gsize i = 0; i < n; i++)                                                                    \
  ((type *)to)[i] = ((const type *)from)[i] & (type)-mask[i]

  switch (code_size)
    {
    case 1:
      PASS_THROUGH (guint8);
      break;
    case 2:
      PASS_THROUGH (guint16);
      break;
    default:
      PASS_THROUGH (guint32);
      break;
    }
#undef PASS_THROUGH
}

/* Bits of a float zero are zeros too. */
static void
mask_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *self = (Walk *)pieces;
  FxpLayer *layer = &self->layer->parent;

  pass_through (self->layer->mask + first,
                fxp_tensor_at (layer->out->gradient, first),
                fxp_tensor_at (layer->in->gradient, first),
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
    .noise = fxp_cell_get_noise (cell, &pass->step, FXP_STREAM_DERIVATIVE, &noise),
  };

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
  .forward = forward,
  .backward = backward,
  .clear = clear,
};
