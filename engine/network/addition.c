/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"

/* Where the two ways of a residual block meet (He et al. 2016): the real values of the block's
 * second convolution plus those of a projection, or plus what entered the block.  Where an identity
 * has another shape it is thinned to every stride-th pixel, with channels of zeros around.  The
 * gradient goes both ways as it is.
 *
 * Real values are taken as they come: of a projection, as it is executed last, to which those of
 * the second convolution are added, else of the second convolution. */

typedef struct
{
  FxpLayer parent;
  gsize stride;
  gsize first_channel; /* of the output, that gets the identity's first one */
  gboolean is_thinned;
} Addition;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  Addition *self = (Addition *)layer;
  const FxpShape *in = &layer->skip->shape, *out = &layer->out->shape;

  self->stride = spec->stride;
  self->first_channel = (out->dim[0] - in->dim[0]) / 2;
  self->is_thinned = !fxp_shape_equal (in, out);
}

static gboolean
is_projected (const FxpLayer *layer)
{
  return layer->skip->cell == NULL;
}

/* The first element of the identity's pixel that is added to pixel @at of the batch. */
static gsize
find_pixel (const Addition *self, gsize at)
{
  const FxpShape *in = &self->parent.skip->shape, *out = &self->parent.out->shape;
  gsize column = at % out->dim[2], rows = at / out->dim[2];
  gsize row = rows % out->dim[1], sample = rows / out->dim[1];

  return sample * self->parent.skip->n_features +
         (row * self->stride * in->dim[2] + column * self->stride) * in->dim[0];
}

static void
begin (FxpLayer *layer, const FxpPass *pass)
{
  fxp_edge_begin (layer->out, pass);
}

/* Adds codes @first and on of what entered the block. */
static void
add_codes (const FxpLayer *layer, const FxpPass *pass, gsize first, gsize n, double *sums)
{
  const FxpEdge *skip = layer->skip;
  double values[FXP_PIECE];

  if (!fxp_edge_scales (skip, pass))
    {
      fxp_loops_get ()->add_codes (sums,
                                   skip->codes->format,
                                   fxp_tensor_at (skip->codes, first),
                                   n);
      return;
    }
  for (gsize done = 0; done < n; done += FXP_PIECE)
    {
      gsize run = MIN (FXP_PIECE, n - done);

      fxp_edge_decode (skip, pass, first + done, run, values);
      fxp_loops_get ()->add (sums + done, values, run);
    }
}

static void
take (FxpLayer *layer, const FxpPass *pass, double *values, gsize first, gsize n, FxpTally *tally)
{
  const Addition *self = (const Addition *)layer;
  const gsize n_channels = layer->out->shape.dim[0];

  if (is_projected (layer))
    fxp_loops_get ()->add (values, layer->in->reals + first, n);
  else if (!self->is_thinned)
    add_codes (layer, pass, first, n, values);
  else
    for (gsize i = 0; i < n; i += n_channels)
      add_codes (layer,
                 pass,
                 find_pixel (self, (first + i) / n_channels),
                 layer->skip->shape.dim[0],
                 values + i + self->first_channel);
  fxp_edge_hand_on (layer->out, pass, values, first, n, tally);
}

static void
end (FxpLayer *layer, const FxpPass *pass, const FxpTally *total)
{
  fxp_edge_end (layer->out, pass, total);
}

static gboolean
foresee (const FxpLayer *layer, const FxpPass *pass, FxpOutlook *outlook)
{
  const Addition *self = (const Addition *)layer;
  const FxpEdge *skip = layer->skip;

  if (is_projected (layer) || self->is_thinned || fxp_edge_scales (skip, pass))
    return FALSE;
  outlook->identity = skip->codes;
  return fxp_edge_foresee (layer->out, pass, outlook);
}

typedef struct
{
  const Addition *layer;
  double *reals; /* n x shape of what entered the block: its gradient */
} Walk;

/* Values of the gradient at the pixels that were taken, and zeros between them. */
static void
spread_gradients (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const Addition *self = walk->layer;
  const FxpEdge *out = self->parent.out;
  const gsize n_features = self->parent.skip->n_features, n_channels = out->shape.dim[0];
  const gsize n_places = out->n_features / n_channels;

  memset (walk->reals + first * n_features, 0, (last - first) * n_features * sizeof (double));
  for (gsize place = first * n_places; place < last * n_places; place++)
    fxp_format_decode (out->gradient->format,
                       fxp_tensor_at (out->gradient, place * n_channels + self->first_channel),
                       self->parent.skip->shape.dim[0],
                       walk->reals + find_pixel (self, place));
}

/* A projection and the block's second convolution read the gradient where it is, and so does the
 * first convolution when it adds that of an identity to its own. */
static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  const Addition *self = (const Addition *)layer;
  FxpEdge *skip = layer->skip;
  Walk walk = {.layer = self};

  if (is_projected (layer) || skip->gradient_cell == NULL)
    return;
  if (!self->is_thinned)
    {
      fxp_edge_return_codes (skip, layer->out->gradient);
      return;
    }
  walk.reals =
    fxp_scratch_get (pass->scratch, FXP_SLOT_PENDING, pass->n * skip->n_features * sizeof (double));
  fxp_team_run (pass->team, pass->n, 1, pass->n * skip->n_features, spread_gradients, &walk);
  fxp_edge_return_gradient (skip, pass, walk.reals);
}

const FxpLayerClass fxp_addition_class = {
  .size = sizeof (Addition),
  .gradient_use = FXP_GRADIENT_SHARED,
  .build = build,
  .begin = begin,
  .take = take,
  .end = end,
  .foresee = foresee,
  .backward = backward,
};
