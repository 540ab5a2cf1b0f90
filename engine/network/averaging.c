/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "tensor/stopwatch-private.h"

/* Average pooling over squares that do not overlap, or over the whole image.  Codes are summed, in
 * a word wide enough to hold every sum; the division comes with the next product, so that nothing
 * is rounded here. */

typedef struct
{
  FxpLayer parent;
  gsize height, width; /* of a square */
} Averaging;

typedef struct
{
  const Averaging *layer;
  const FxpLoops *loops;
  gsize n_channels;
  gsize out_height, out_width; /* in squares */
  gsize in_row, in_all;        /* elements of a row of pixels, and of an image */
} Walk;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  Averaging *self = (Averaging *)layer;

  self->height = spec->kernel > 0 ? spec->kernel : layer->in->shape.dim[1];
  self->width = spec->kernel > 0 ? spec->kernel : layer->in->shape.dim[2];
}

static Walk
begin_walk (const FxpLayer *layer)
{
  const FxpShape *in = &layer->in->shape, *out = &layer->out->shape;

  return (Walk){
    .layer = (const Averaging *)layer,
    .loops = fxp_loops_get (),
    .n_channels = in->dim[0],
    .out_height = out->dim[1],
    .out_width = out->dim[2],
    .in_row = in->dim[0] * in->dim[2],
    .in_all = layer->in->n_features,
  };
}

/* Where a row of squares, of all in the batch, begins before pooling. */
static gsize
find_row (const Walk *walk, gsize row)
{
  return row / walk->out_height * walk->in_all +
         row % walk->out_height * walk->layer->height * walk->in_row;
}

/* Adds @n_pixels that lie side by side from @first on, @n of their channels. */
static void
add_pixels (const Walk *walk, gsize first, gsize n_pixels, gsize n, double *sums)
{
  const FxpTensor *codes = walk->layer->parent.in->codes;
  /* Several at a time where they lie close together and are few enough. */
  const gsize length = n == walk->n_channels ? FXP_PIECE / n : 1;
  double values[FXP_PIECE];

  for (gsize pixel = 0; pixel < n_pixels; pixel += length)
    {
      gsize n_decoded = MIN (length, n_pixels - pixel);

      fxp_format_decode (codes->format,
                         fxp_tensor_at (codes, first + pixel * walk->n_channels),
                         n_decoded * n,
                         values);
      for (gsize i = 0; i < n_decoded; i++)
        walk->loops->add (sums, values + i * n, n);
    }
}

/* @n channels of the square whose first element is @from become codes @to and on. */
static void
sum_square (const Walk *walk, gsize from, gsize to, gsize n)
{
  const Averaging *self = walk->layer;
  const FxpTensor *out = self->parent.out->codes;
  const FxpQuantizer quantizer = {out->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  FxpQuantizeCounts ignored = {0};
  double sums[FXP_PIECE];
  FxpStage stage;

  memset (sums, 0, n * sizeof (double));
  for (gsize row = 0; row < self->height; row++)
    add_pixels (walk, from + row * walk->in_row, self->width, n, sums);
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  fxp_quantizer_apply (&quantizer, NULL, sums, fxp_tensor_at (out, to), 0, n, &ignored, NULL);
  fxp_stopwatch_enter (stage);
}

static void
sum_rows (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const gsize n_channels = walk->n_channels;

  for (gsize row = first; row < last; row++)
    for (gsize column = 0; column < walk->out_width; column++)
      for (gsize channel = 0; channel < n_channels; channel += FXP_PIECE)
        sum_square (walk,
                    find_row (walk, row) + column * walk->layer->width * n_channels + channel,
                    (row * walk->out_width + column) * n_channels + channel,
                    MIN (FXP_PIECE, n_channels - channel));
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = begin_walk (layer);

  fxp_team_run (pass->team,
                pass->n * walk.out_height,
                1,
                pass->n * layer->in->n_features * FXP_TEAM_MOVE_WORK,
                sum_rows,
                &walk);
}

/* One row of squares: the first row of their pixels, and copies of it for the others. */
static void
spread_row (const Walk *walk, const guint8 *from, guint8 *to, gsize code_size)
{
  const Averaging *self = walk->layer;
  const gsize row_bytes = walk->in_row * code_size, pixel_bytes = walk->n_channels * code_size;
  guint8 *pixel = to;

  for (gsize column = 0; column < walk->out_width; column++, from += pixel_bytes)
    for (gsize i = 0; i < self->width; i++, pixel += pixel_bytes)
      memcpy (pixel, from, pixel_bytes);
  memset (pixel, 0, to + row_bytes - pixel);
  for (gsize row = 1; row < self->height; row++)
    memcpy (to + row * row_bytes, to, row_bytes);
}

static void
spread_rows (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const FxpTensor *from = walk->layer->parent.out->gradient;
  const FxpTensor *to = walk->layer->parent.in->gradient;
  const gsize code_size = fxp_storage_get_size (to->storage);

  for (gsize row = first; row < last; row++)
    {
      gsize begin = find_row (walk, row);

      spread_row (walk,
                  fxp_tensor_at (from, row * walk->out_width * walk->n_channels),
                  fxp_tensor_at (to, begin),
                  code_size);
      /* Rows of pixels that belong to no square. */
      if ((row + 1) % walk->out_height == 0)
        {
          gsize below = begin + walk->layer->height * walk->in_row;
          gsize end = (row / walk->out_height + 1) * walk->in_all;

          memset (fxp_tensor_at (to, below), 0, (end - below) * code_size);
        }
    }
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = begin_walk (layer);

  fxp_team_run (pass->team,
                pass->n * walk.out_height,
                1,
                pass->n * layer->in->n_features * FXP_TEAM_MOVE_WORK,
                spread_rows,
                &walk);
}

const FxpLayerClass fxp_averaging_class = {
  .size = sizeof (Averaging),
  .gradient_use = FXP_GRADIENT_OWN,
  .build = build,
  .forward = forward,
  .backward = backward,
};
