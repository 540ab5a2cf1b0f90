/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

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
  gsize in_width, out_width, out_height;
  gsize n_pixels, n_places; /* of an image before and behind */
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
    .in_width = in->dim[2],
    .out_width = out->dim[2],
    .out_height = out->dim[1],
    .n_pixels = in->dim[1] * in->dim[2],
    .n_places = out->dim[1] * out->dim[2],
  };
}

/* Adds the squares' parts in one row of the input: those of @n outputs, whose first pixel is
 * @from. */
static void
add_row (const Walk *walk, gsize from, gsize n, double *sums)
{
  const FxpTensor *codes = walk->layer->parent.in->codes;
  const gsize width = walk->layer->width;
  double values[FXP_PIECE];
  gsize column = 0, within = 0;

  for (gsize first = 0; first < n * width; first += FXP_PIECE)
    {
      gsize piece = MIN (FXP_PIECE, n * width - first);

      fxp_format_decode (codes->format, fxp_tensor_at (codes, from + first), piece, values);
      for (gsize i = 0; i < piece; i++)
        {
          sums[column] += values[i];
          if (++within == width)
            {
              column++;
              within = 0;
            }
        }
    }
}

/* One row of outputs that begins at @to, from the row of the input that begins at @from. */
static void
sum_row (const Walk *walk, gsize from, gsize to)
{
  const Averaging *self = walk->layer;
  const FxpTensor *out = self->parent.out->codes;
  const FxpQuantizer quantizer = {out->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  FxpQuantizeCounts ignored = {0};
  double sums[FXP_PIECE];

  for (gsize first = 0; first < walk->out_width; first += FXP_PIECE)
    {
      gsize n = MIN (FXP_PIECE, walk->out_width - first);

      memset (sums, 0, n * sizeof (double));
      for (gsize row = 0; row < self->height; row++)
        add_row (walk, from + row * walk->in_width + first * self->width, n, sums);
      fxp_quantizer_apply (&quantizer,
                           NULL,
                           sums,
                           fxp_tensor_at (out, to + first),
                           0,
                           n,
                           &ignored,
                           NULL);
    }
}

static void
sum_images (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;

  for (gsize image = first; image < last; image++)
    for (gsize row = 0; row < walk->out_height; row++)
      sum_row (walk,
               image * walk->n_pixels + row * walk->layer->height * walk->in_width,
               image * walk->n_places + row * walk->out_width);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = begin_walk (layer);
  gsize n = pass->n * layer->in->n_features;

  fxp_team_run (pass->team, n / walk.n_pixels, 1, n, sum_images, &walk);
}

/* @n codes, each @width times. */
static void
repeat (gconstpointer from, gsize n, gsize width, gsize code_size, gpointer to)
{
#define REPEAT(type)                                                                               \
  for (gsize i = 0; i < n; i++)                                                                    \
    for (gsize j = 0; j < width; j++)                                                              \
  ((type *)to)[i * width + j] = ((const type *)from)[i]

  switch (code_size)
    {
    case 1:
      REPEAT (guint8);
      break;
    case 2:
      REPEAT (guint16);
      break;
    default:
      REPEAT (guint32);
      break;
    }
#undef REPEAT
}

static void
spread_image (const Walk *walk, const guint8 *from, guint8 *to, gsize code_size)
{
  const Averaging *self = walk->layer;
  const gsize row_bytes = walk->in_width * code_size;

  memset (to, 0, walk->n_pixels * code_size);
  for (gsize row = 0; row < walk->out_height; row++)
    {
      guint8 *target = to + row * self->height * row_bytes;

      repeat (from + row * walk->out_width * code_size,
              walk->out_width,
              self->width,
              code_size,
              target);
      for (gsize i = 1; i < self->height; i++)
        memcpy (target + i * row_bytes, target, row_bytes);
    }
}

static void
spread_images (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const FxpTensor *from = walk->layer->parent.out->gradient;
  const FxpTensor *to = walk->layer->parent.in->gradient;

  for (gsize image = first; image < last; image++)
    spread_image (walk,
                  fxp_tensor_at (from, image * walk->n_places),
                  fxp_tensor_at (to, image * walk->n_pixels),
                  fxp_storage_get_size (to->storage));
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = begin_walk (layer);
  gsize n = pass->n * layer->in->n_features;

  fxp_team_run (pass->team, n / walk.n_pixels, 1, n, spread_images, &walk);
}

const FxpLayerClass fxp_averaging_class = {
  .size = sizeof (Averaging),
  .gradient_use = FXP_GRADIENT_OWN,
  .build = build,
  .forward = forward,
  .backward = backward,
};
