/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"

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

/* An image's pixel has its channels side by side, whose draws lie a plane apart. */
static void
drop_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  const Walk *walk = (const Walk *)pieces;
  const FxpLoops *loops = fxp_loops_get ();
  const FxpNoise *noise = &walk->noise;
  gsize run;

  for (gsize done = 0; done < n; done += run)
    {
      gsize at = first + done;

      run = n - done;
      if (noise->n_channels > 0)
        run = MIN (run, noise->n_channels - at % noise->n_channels);
      loops->drop (fxp_tensor_at (walk->codes, at),
                   fxp_storage_get_size (walk->codes->storage),
                   run,
                   *noise,
                   fxp_noise_find (noise, at),
                   noise->n_channels > 0 ? noise->n_pixels : 1,
                   walk->layer->threshold);
    }
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

  fxp_edge_place_noise (layer->out, &walk.noise);
  fxp_pieces_run (&walk.parent, pass->n * layer->out->n_features, pass, &ignored);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  if (!pass->evaluates)
    drop (layer, pass, layer->out->codes);
}

/* In an evaluation the share kept is a factor of what comes from above; see fxp_edge_scale(). */
static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  if (!pass->evaluates)
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
