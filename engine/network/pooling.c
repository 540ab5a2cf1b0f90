/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

/* Maximum over squares that do not overlap.  Codes are moved, nothing is computed: the first
 * maximum in row-major order wins and the gradient goes back to where it was. */

typedef struct
{
  FxpLayer parent;
  gsize kernel;
  guint32 *places; /* capacity x out features: index of the maximum in its channel's image */
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
  self->places = g_new0 (guint32, n * layer->out->n_features);
}

/* Images of one pass, each a channel of a sample. */
typedef struct
{
  const Pooling *layer;
  gsize width, out_width, out_height;
  gsize n_pixels, n_places; /* of an image before and behind */
  gsize code_size;
  const guint8 *from;
  guint8 *to;
} Walk;

/* One row of squares whose first corner is @corner: all first pixels, then all second ones, so
 * that columns go side by side.  One function per type of code. */
#define DEFINE_POOL_ROW(name, type)                                                                \
  static void name (const Walk *walk,                                                              \
                    gconstpointer from,                                                            \
                    gsize corner,                                                                  \
                    guint32 *places,                                                               \
                    gpointer to)                                                                   \
  {                                                                                                \
    gsize kernel = walk->layer->kernel, n = walk->out_width;                                       \
    type *best = to;                                                                               \
                                                                                                   \
    for (gsize i = 0; i < kernel * kernel; i++)                                                    \
      {                                                                                            \
        gsize at = corner + i / kernel * walk->width + i % kernel;                                 \
        const type *row = (const type *)from + at;                                                 \
                                                                                                   \
        for (gsize column = 0; column < n; column++)                                               \
          {                                                                                        \
            type code = row[column * kernel];                                                      \
            gboolean wins = i == 0 || code > best[column];                                         \
                                                                                                   \
            best[column] = wins ? code : best[column];                                             \
            places[column] = wins ? (guint32)(at + column * kernel) : places[column];              \
          }                                                                                        \
      }                                                                                            \
  }

DEFINE_POOL_ROW (pool_row_i8, gint8)
DEFINE_POOL_ROW (pool_row_u8, guint8)
DEFINE_POOL_ROW (pool_row_i16, gint16)
DEFINE_POOL_ROW (pool_row_u16, guint16)
DEFINE_POOL_ROW (pool_row_i32, gint32)
DEFINE_POOL_ROW (pool_row_u32, guint32)
DEFINE_POOL_ROW (pool_row_f32, float)

#undef DEFINE_POOL_ROW

static void (*const pool_rows[]) (const Walk *, gconstpointer, gsize, guint32 *, gpointer) = {
  [FXP_STORAGE_I8] = pool_row_i8,
  [FXP_STORAGE_U8] = pool_row_u8,
  [FXP_STORAGE_I16] = pool_row_i16,
  [FXP_STORAGE_U16] = pool_row_u16,
  [FXP_STORAGE_I32] = pool_row_i32,
  [FXP_STORAGE_U32] = pool_row_u32,
  [FXP_STORAGE_F32] = pool_row_f32,
};

static Walk
begin_walk (const FxpLayer *layer, gsize code_size)
{
  const FxpShape *in = &layer->in->shape, *out = &layer->out->shape;

  return (Walk){
    .layer = (const Pooling *)layer,
    .width = in->dim[2],
    .out_width = out->dim[2],
    .out_height = out->dim[1],
    .n_pixels = in->dim[1] * in->dim[2],
    .n_places = out->dim[1] * out->dim[2],
    .code_size = code_size,
  };
}

static void
pool_images (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  FxpStorage storage = walk->layer->parent.in->codes->storage;

  for (gsize image = first; image < last; image++)
    for (gsize row = 0; row < walk->out_height; row++)
      {
        gsize begin = image * walk->n_places + row * walk->out_width;

        pool_rows[storage](walk,
                           walk->from + image * walk->n_pixels * walk->code_size,
                           row * walk->layer->kernel * walk->width,
                           walk->layer->places + begin,
                           walk->to + begin * walk->code_size);
      }
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  const FxpTensor *from = layer->in->codes;
  gsize n = pass->n * layer->in->n_features;
  Walk walk = begin_walk (layer, fxp_storage_get_size (from->storage));

  walk.from = from->data;
  walk.to = layer->out->codes->data;
  fxp_team_run (pass->team, n / walk.n_pixels, 1, n, pool_images, &walk);
}

static void
scatter_image (const Walk *walk, const guint32 *places, gconstpointer from, gpointer to)
{
  memset (to, 0, walk->n_pixels * walk->code_size);
#define SCATTER(type)                                                                              \
  for (gsize i = 0; i < walk->n_places; i++)                                                       \
  ((type *)to)[places[i]] = ((const type *)from)[i]

  switch (walk->code_size)
    {
    case 1:
      SCATTER (guint8);
      break;
    case 2:
      SCATTER (guint16);
      break;
    default:
      SCATTER (guint32);
      break;
    }
#undef SCATTER
}

static void
scatter_images (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;

  for (gsize image = first; image < last; image++)
    scatter_image (walk,
                   walk->layer->places + image * walk->n_places,
                   walk->from + image * walk->n_places * walk->code_size,
                   walk->to + image * walk->n_pixels * walk->code_size);
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  const FxpTensor *to = layer->in->gradient;
  gsize n = pass->n * layer->in->n_features;
  Walk walk = begin_walk (layer, fxp_storage_get_size (to->storage));

  walk.from = layer->out->gradient->data;
  walk.to = to->data;
  fxp_team_run (pass->team, n / walk.n_pixels, 1, n, scatter_images, &walk);
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
