/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

/* Dropout (Srivastava et al. 2014) of codes, in place: training puts zeros, so that nothing is
 * computed, and evaluation counts every code by the share that is kept (as the first paper's code
 * does, 4.2).  What is dropped follows from the counter alone and need not be remembered. */

typedef struct
{
  FxpLayer parent;
  guint32 threshold; /* draws below it drop */
} Dropout;

typedef struct
{
  FxpPieces parent;
  const Dropout *layer;
  FxpNoise noise;
  const FxpTensor *codes;
} Walk;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  Dropout *self = (Dropout *)layer;

  self->threshold = (guint32)(((guint64)spec->percent << 32) / 100);
}

static void
drop_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Walk *walk = (const Walk *)pieces;
  const guint32 threshold = walk->layer->threshold;
  gpointer codes = fxp_tensor_at (walk->codes, first);

/* The bits of a float zero are zeros too. */
#define DROP(type)                                                                                 \
  for (gsize i = 0; i < n; i++)                                                                    \
    {                                                                                              \
      guint32 draw = fxp_noise_draw (walk->noise, (guint32)(first + i));                           \
                                                                                                   \
      ((type *)codes)[i] &= (type) - (draw >= threshold);                                          \
    }

  switch (fxp_storage_get_size (walk->codes->storage))
    {
    case 1:
      DROP (guint8)
      break;
    case 2:
      DROP (guint16)
      break;
    default:
      DROP (guint32)
      break;
    }
#undef DROP
}

static void
drop (const FxpLayer *layer, const FxpPass *pass, const FxpTensor *codes)
{
  FxpTally ignored;
  Walk walk = {
    .parent = {.func = drop_piece},
    .layer = (const Dropout *)layer,
    .noise = fxp_noise_new (pass->step.seed,
                            pass->step.step,
                            layer->out->cell->id.layer,
                            FXP_ROLE_ACTIVATION,
                            FXP_STREAM_DROPOUT + layer->nth),
    .codes = codes,
  };

  fxp_pieces_run (&walk.parent, pass->n * layer->out->n_features, pass, &ignored);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  if (!pass->evaluates)
    drop (layer, pass, layer->out->codes);
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  drop (layer, pass, layer->out->gradient);
}

const FxpLayerClass fxp_dropout_class = {
  .size = sizeof (Dropout),
  .gradient_use = FXP_GRADIENT_SHARED,
  .works_in_place = TRUE,
  .build = build,
  .forward = forward,
  .backward = backward,
};
