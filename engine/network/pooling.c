/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"

/* Maximum over squares that do not overlap.  Codes are moved, nothing is computed: the first
 * maximum in row-major order wins and the gradient goes back to where it was. */

typedef struct
{
  FxpLayer parent;
  gsize kernel;
  guint8 *places; /* capacity x out features: of the maximum in its square; NULL where a byte is
                   * too small for them */
} Pooling;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  Pooling *self = (Pooling *)layer;

  self->kernel = spec->kernel;
}

static void
reserve (FxpLayer *layer, gsize n)
{
  Pooling *self = (Pooling *)layer;

  g_free (self->places);
  self->places = NULL;
  if (self->kernel <= FXP_WINDOW_MAX)
    self->places = g_new0 (guint8, n * layer->out->n_features);
}

/* Rows of squares of one pass. */
typedef struct
{
  const Pooling *layer;
  const FxpLoops *loops;
  FxpWindows windows;
  gsize out_height;     /* rows of squares of an image */
  gsize in_row, in_all; /* elements of a row of pixels, and of an image */
  gsize out_row;        /* of a row of squares */
  gsize code_size;
} Walk;

static Walk
begin_walk (const FxpLayer *layer, gsize code_size)
{
  const Pooling *self = (const Pooling *)layer;
  const FxpShape *in = &layer->in->shape, *out = &layer->out->shape;

  return (Walk){
    .layer = self,
    .loops = fxp_loops_get (),
    .windows = {.kernel = self->kernel,
                .n_windows = out->dim[2],
                .n_channels = in->dim[0],
                .stride = in->dim[0] * in->dim[2]},
    .out_height = out->dim[1],
    .in_row = in->dim[0] * in->dim[2],
    .in_all = layer->in->n_features,
    .out_row = out->dim[0] * out->dim[2],
    .code_size = code_size,
  };
}

/* Where a row of squares begins in the batch before pooling. */
static gsize
find_row (const Walk *walk, gsize row)
{
  return row / walk->out_height * walk->in_all +
         row % walk->out_height * walk->layer->kernel * walk->in_row;
}

static double
get_value (const FxpTensor *codes, gsize at)
{
  double value;

  fxp_format_decode (codes->format, fxp_tensor_at (codes, at), 1, &value);
  return value;
}

/* Squares that a byte cannot count are rare: their maxima are looked for one by one, and once more
 * on the way back. */
static gsize
find_maximum (const Walk *walk, gsize corner)
{
  const FxpTensor *codes = walk->layer->parent.in->codes;
  gsize found = corner;
  double best = get_value (codes, corner);

  for (gsize row = 0; row < walk->windows.kernel; row++)
    for (gsize column = 0; column < walk->windows.kernel; column++)
      {
        gsize at = corner + row * walk->in_row + column * walk->windows.n_channels;
        double value = get_value (codes, at);

        if (value > best)
          {
            best = value;
            found = at;
          }
      }
  return found;
}

/* Calls @func for every output of a row of large squares, with where its maximum is. */
static void
walk_large (const Walk *walk,
            gsize row,
            void (*func) (const FxpLayer *layer, gsize from, gsize to, gsize code_size))
{
  const gsize n = walk->windows.n_channels, begin = find_row (walk, row);

  for (gsize i = 0; i < walk->out_row; i++)
    func (&walk->layer->parent,
          find_maximum (walk, begin + i / n * n * walk->layer->kernel + i % n),
          row * walk->out_row + i,
          walk->code_size);
}

static void
move_up (const FxpLayer *layer, gsize from, gsize to, gsize code_size)
{
  memcpy (fxp_tensor_at (layer->out->codes, to), fxp_tensor_at (layer->in->codes, from), code_size);
}

static void
move_down (const FxpLayer *layer, gsize from, gsize to, gsize code_size)
{
  memcpy (fxp_tensor_at (layer->in->gradient, from),
          fxp_tensor_at (layer->out->gradient, to),
          code_size);
}

static void
pool_rows (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const FxpTensor *from = walk->layer->parent.in->codes, *to = walk->layer->parent.out->codes;

  for (gsize row = first; row < last; row++)
    if (walk->layer->places != NULL)
      walk->loops->pool (&walk->windows,
                         from->storage,
                         fxp_tensor_at (from, find_row (walk, row)),
                         fxp_tensor_at (to, row * walk->out_row),
                         walk->layer->places + row * walk->out_row);
    else
      walk_large (walk, row, move_up);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = begin_walk (layer, fxp_storage_get_size (layer->in->codes->storage));

  fxp_team_run (pass->team,
                pass->n * walk.out_height,
                1,
                pass->n * layer->in->n_features * FXP_TEAM_MOVE_WORK,
                pool_rows,
                &walk);
}

/* Zeros for the pixels that belong to no square: the last ones of rows, and the last rows. */
static void
clear_rest (const Walk *walk, gsize row)
{
  const gsize kernel = walk->layer->kernel, begin = find_row (walk, row);
  const gsize covered = walk->windows.n_windows * kernel * walk->windows.n_channels;
  const FxpTensor *gradient = walk->layer->parent.in->gradient;

  if (covered < walk->in_row)
    for (gsize i = 0; i < kernel; i++)
      memset (fxp_tensor_at (gradient, begin + i * walk->in_row + covered),
              0,
              (walk->in_row - covered) * walk->code_size);
  if ((row + 1) % walk->out_height == 0)
    {
      gsize end = (row / walk->out_height + 1) * walk->in_all;
      gsize below = begin + kernel * walk->in_row;

      memset (fxp_tensor_at (gradient, below), 0, (end - below) * walk->code_size);
    }
}

static void
scatter_rows (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const FxpTensor *from = walk->layer->parent.out->gradient;
  const FxpTensor *to = walk->layer->parent.in->gradient;

  for (gsize row = first; row < last; row++)
    {
      gpointer target = fxp_tensor_at (to, find_row (walk, row));

      clear_rest (walk, row);
      if (walk->layer->places != NULL)
        walk->loops->scatter (&walk->windows,
                              walk->code_size,
                              fxp_tensor_at (from, row * walk->out_row),
                              walk->layer->places + row * walk->out_row,
                              target);
      else
        {
          memset (target, 0, walk->layer->kernel * walk->in_row * walk->code_size);
          walk_large (walk, row, move_down);
        }
    }
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  Walk walk = begin_walk (layer, fxp_storage_get_size (layer->in->gradient->storage));

  fxp_team_run (pass->team,
                pass->n * walk.out_height,
                1,
                pass->n * layer->in->n_features * FXP_TEAM_MOVE_WORK,
                scatter_rows,
                &walk);
}

static void
clear (FxpLayer *layer)
{
  Pooling *self = (Pooling *)layer;

  g_clear_pointer (&self->places, g_free);
}

const FxpLayerClass fxp_pooling_class = {
  .size = sizeof (Pooling),
  .build = build,
  .reserve = reserve,
  .forward = forward,
  .backward = backward,
  .clear = clear,
};
