/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/integer-state-private.h"

#include <math.h>
#include <string.h>

/* Codes of 16 bits are gone then. */
#define SHIFT_MAX 20

/* One of the two ways that meet. */
typedef struct
{
  FxpStorage storage;
  gconstpointer codes;
  gsize n_features; /* of a sample */
  gsize width;
  guint shift; /* to the grid of the sum */
} Way;

typedef struct
{
  FxpInteger *engine;
  int index;
  Way ways[2]; /* that of the block, and what is added */
  FxpStorage storage;
  guint8 *target;
  gsize n_channels, height, width; /* of the sum */
  gsize n_skipped;                 /* channels of what is added */
  gsize stride;                    /* of its pixels */
  gboolean measures;
  FxpDownConversion conversion;
} Sum;

/* Adds [code 2^-shift] of @n channels of a pixel. */
static void
add_pixel (const Way *self, gsize at, gsize n, gint32 *codes, gint32 *sums)
{
  const gint32 half = self->shift == 0 ? 0 : 1 << (self->shift - 1);

  fxp_integer_read (self->storage,
                    (const guint8 *)self->codes + at * fxp_storage_get_size (self->storage),
                    n,
                    codes);
  for (gsize c = 0; c < n; c++)
    sums[c] += (codes[c] + half) >> self->shift;
}

/* The sums of pixel (@y, @x) of @image.  Channels that what is added lacks, half of them in front,
 * are 0. */
static void
form_pixel (const Sum *self, gsize image, gsize y, gsize x, gint32 *codes, gint32 *sums)
{
  const Way *ways = self->ways;
  const gsize pixel = y * self->width + x;
  const gsize skipped = (y * ways[1].width + x) * self->stride;

  memset (sums, 0, self->n_channels * sizeof *sums);
  add_pixel (&ways[0],
             image * ways[0].n_features + pixel * self->n_channels,
             self->n_channels,
             codes,
             sums);
  add_pixel (&ways[1],
             image * ways[1].n_features + skipped * self->n_skipped,
             self->n_skipped,
             codes,
             sums + (self->n_channels - self->n_skipped) / 2);
}

static void
form_images (gpointer data, gsize first, gsize last)
{
  const Sum *self = data;
  FxpInteger *engine = self->engine;
  const FxpActivationLimits *limits = &self->conversion.limits;
  const gsize n = self->n_channels, pixel_bytes = n * fxp_storage_get_size (self->storage);
  FxpIntegerTally *tally = &engine->tallies[fxp_team_get_thread ()];
  gint32 *sums = (gpointer)(engine->memory + fxp_team_get_thread () * engine->thread_bytes);
  gint32 *codes = sums + n;

  for (gsize image = first; image < last; image++)
    for (gsize y = 0; y < self->height; y++)
      for (gsize x = 0; x < self->width; x++)
        {
          const gsize pixel = (image * self->height + y) * self->width + x;

          form_pixel (self, image, y, x, codes, sums);
          for (gsize c = 0; c < n; c++)
            if (self->measures)
              {
                const gint64 z = CLAMP (sums[c], limits->least, limits->greatest);

                tally->peak = MAX (tally->peak, (guint64)ABS (z));
              }
            else
              codes[c] = fxp_down_conversion_take (&self->conversion, sums[c], &tally->n_clipped);
          if (!self->measures)
            fxp_integer_write (self->storage, codes, n, self->target + pixel * pixel_bytes);
        }
}

static Way
way_new (const FxpInteger *engine, int node, int exponent)
{
  const FxpIntegerOutput *output = fxp_integer_get_output (engine, node);
  const FxpShape *shape =
    node == FXP_NODE_INPUT ? &engine->model->input : &engine->model->nodes[node].output;

  return (Way){
    .storage = fxp_format_get_storage (output->format),
    .codes = fxp_integer_get_memory (engine, node),
    .n_features = output->n_features,
    .width = shape->rank == 3 ? shape->dim[2] : 1,
    .shift = MIN (exponent - fxp_integer_get_exponent (engine, node), SHIFT_MAX),
  };
}

static void
run (const Sum *self)
{
  FxpInteger *engine = self->engine;

  if (!g_cancellable_is_cancelled (engine->cancellable))
    fxp_team_run (engine->team,
                  engine->n,
                  1,
                  (guint64)engine->n * self->ways[0].n_features * FXP_TEAM_MOVE_WORK,
                  form_images,
                  (gpointer)self);
}

void
fxp_integer_run_sum (FxpInteger *self, int index)
{
  const FxpNode *node = &self->model->nodes[index];
  const int exponent =
    MAX (fxp_integer_get_exponent (self, node->from), fxp_integer_get_exponent (self, node->skip));
  FxpIntegerOutput *output = fxp_integer_get_output (self, index);
  const gboolean is_image = node->output.rank == 3;
  Sum sum = {
    .engine = self,
    .index = index,
    .ways = {way_new (self, node->from, exponent), way_new (self, node->skip, exponent)},
    .storage = fxp_format_get_storage (output->format),
    .target = fxp_integer_get_memory (self, index),
    .n_channels = node->output.dim[0],
    .height = is_image ? node->output.dim[1] : 1,
    .width = is_image ? node->output.dim[2] : 1,
    .n_skipped = fxp_integer_get_output (self, node->skip)->n_channels,
    .stride = node->skip_stride,
    .conversion.limits = fxp_activation_get_limits (self->activation, node->activates, exponent),
  };
  const FxpActivationLimits limits = sum.conversion.limits;

  if (self->is_dynamic)
    {
      guint64 peak;

      sum.measures = TRUE;
      run (&sum);
      peak = fxp_integer_collect (self).peak;
      output->peak = ldexp ((double)peak, exponent);
      fxp_integer_choose_exponent (self, index, peak, exponent);
      sum.measures = FALSE;
    }
  fxp_integer_predict_exponent (self, index, exponent);
  fxp_down_conversion_init (&sum.conversion, &limits, exponent, output->format);
  run (&sum);
  self->counts.n_converted += (guint64)self->n * output->n_features;
  self->counts.n_saturated += fxp_integer_collect (self).n_clipped;
}
