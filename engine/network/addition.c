/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

/* Where the two ways of a residual block meet (He et al. 2016): the real values of the block's
 * second convolution plus those of a projection, or plus what entered the block.  Where an identity
 * has another shape it is thinned to every stride-th pixel, with channels of zeros around.  The
 * gradient goes both ways as it is. */

typedef struct
{
  FxpLayer parent;
  gsize stride;
  gsize first_channel; /* of the output, that gets the identity's first one */
} Addition;

typedef struct
{
  const Addition *layer;
  const FxpPass *pass;
  double *reals; /* n x shape of what enters the block: its gradient */
} Walk;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  Addition *self = (Addition *)layer;

  self->stride = spec->stride;
  self->first_channel = (layer->out->shape.dim[0] - layer->skip->shape.dim[0]) / 2;
}

/* Calls @func for every row of the identity of samples first..last - 1: where its pixels lie in the
 * block's input and in the output, and how many are taken. */
static void
walk_rows (const Walk *walk,
           gsize first,
           gsize last,
           void (*func) (const Walk *walk, gsize from, gsize to, gsize n))
{
  const Addition *self = walk->layer;
  const FxpShape *in = &self->parent.skip->shape, *out = &self->parent.out->shape;
  const gsize n_pixels = in->dim[1] * in->dim[2], n_places = out->dim[1] * out->dim[2];

  for (gsize sample = first; sample < last; sample++)
    for (gsize channel = 0; channel < in->dim[0]; channel++)
      {
        gsize from = sample * self->parent.skip->n_features + channel * n_pixels;
        gsize to =
          sample * self->parent.out->n_features + (self->first_channel + channel) * n_places;

        for (gsize row = 0; row < out->dim[1]; row++)
          func (walk, from + row * self->stride * in->dim[2], to + row * out->dim[2], out->dim[2]);
      }
}

/* Pixels of a row that a piece of its codes reaches. */
static gsize
get_piece (const Addition *self, gsize left)
{
  return MIN (left, (FXP_PIECE - 1) / self->stride + 1);
}

static void
add_row (const Walk *walk, gsize from, gsize to, gsize n)
{
  const Addition *self = walk->layer;
  double *sums = self->parent.in->reals + to;
  double values[FXP_PIECE];
  gsize piece;

  for (gsize first = 0; first < n; first += piece)
    {
      piece = get_piece (self, n - first);
      fxp_edge_decode (self->parent.skip,
                       walk->pass,
                       from + first * self->stride,
                       (piece - 1) * self->stride + 1,
                       values);
      for (gsize i = 0; i < piece; i++)
        sums[first + i] = sums[first + i] + values[i * self->stride];
    }
}

static void
add_identities (gpointer data, gsize first, gsize last)
{
  walk_rows (data, first, last, add_row);
}

static void
add_projections (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const FxpLayer *layer = &walk->layer->parent;
  gsize n = layer->out->n_features;

  for (gsize i = first * n; i < last * n; i++)
    layer->in->reals[i] = layer->in->reals[i] + layer->skip->reals[i];
}

static gboolean
is_projected (const FxpLayer *layer)
{
  return layer->skip->cell == NULL;
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = {(Addition *)layer, pass, NULL};

  fxp_team_run (pass->team,
                pass->n,
                1,
                pass->n * layer->out->n_features,
                is_projected (layer) ? add_projections : add_identities,
                &walk);
  layer->out->reals = layer->in->reals;
}

static void
spread_row (const Walk *walk, gsize from, gsize to, gsize n)
{
  const Addition *self = walk->layer;
  const FxpTensor *gradient = self->parent.out->gradient;
  double values[FXP_PIECE];
  gsize piece;

  for (gsize first = 0; first < n; first += piece)
    {
      piece = MIN (n - first, FXP_PIECE);
      fxp_format_decode (gradient->format, fxp_tensor_at (gradient, to + first), piece, values);
      for (gsize i = 0; i < piece; i++)
        walk->reals[from + (first + i) * self->stride] = values[i];
    }
}

static void
spread_gradients (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  gsize n = walk->layer->parent.skip->n_features;

  memset (walk->reals + first * n, 0, (last - first) * n * sizeof (double));
  walk_rows (walk, first, last, spread_row);
}

/* A projection and the block's second convolution read the gradient where it is. */
static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  FxpEdge *skip = layer->skip;
  Walk walk = {(Addition *)layer, pass, NULL};

  if (is_projected (layer) || skip->gradient_cell == NULL)
    return;
  walk.reals =
    fxp_scratch_get (pass->scratch, FXP_SLOT_REALS, pass->n * skip->n_features * sizeof (double));
  fxp_team_run (pass->team, pass->n, 1, pass->n * skip->n_features, spread_gradients, &walk);
  fxp_edge_return_gradient (skip, pass, walk.reals);
}

const FxpLayerClass fxp_addition_class = {
  .size = sizeof (Addition),
  .gradient_use = FXP_GRADIENT_SHARED,
  .build = build,
  .forward = forward,
  .backward = backward,
};
