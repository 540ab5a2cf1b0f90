/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/integer-state-private.h"

#include <math.h>
#include <string.h>

/* A greater one leaves no code between 0 and the greatest, in words of 16 bits. */
#define SHIFT_MAX 24
/* Finer exponents than that are a batch's own only (model-private.h). */
#define STATIC_SHIFT_MAX 15

/* Squares of an image, which has as many channels as it gives. */
typedef struct
{
  FxpInteger *engine;
  int index;
  FxpStorage storage;
  gsize code_size;
  gconstpointer source;
  guint8 *target;
  gsize n_channels, width;           /* of the source */
  gsize n_source;                    /* codes of an image of it */
  gsize height_of, width_of, stride; /* of a square */
  gsize out_height, out_width;

  /* Of a mean. */
  gboolean measures;
  guint shift; /* s */
  FxpDownConversion conversion;
} Pooling;

#define DEFINE_MAXIMUM(name, type)                                                                 \
  /* The codes of one pixel of the result. */                                                      \
  static void take_##name (const Pooling *self, gconstpointer source, gpointer target)             \
  {                                                                                                \
    const gsize n_channels = self->n_channels;                                                     \
    type *restrict result = target;                                                                \
                                                                                                   \
    memcpy (result, source, n_channels * sizeof *result);                                          \
    for (gsize y = 0; y < self->height_of; y++)                                                    \
      for (gsize x = 0; x < self->width_of; x++)                                                   \
        {                                                                                          \
          const type *restrict codes = (const type *)source + (y * self->width + x) * n_channels;  \
                                                                                                   \
          for (gsize c = 0; c < n_channels; c++)                                                   \
            result[c] = codes[c] > result[c] ? codes[c] : result[c];                               \
        }                                                                                          \
  }

DEFINE_MAXIMUM (i8, gint8)
DEFINE_MAXIMUM (u8, guint8)
DEFINE_MAXIMUM (i16, gint16)
DEFINE_MAXIMUM (u16, guint16)

static void (*const maxima[]) (const Pooling *, gconstpointer, gpointer) = {
  [FXP_STORAGE_I8] = take_i8,
  [FXP_STORAGE_U8] = take_u8,
  [FXP_STORAGE_I16] = take_i16,
  [FXP_STORAGE_U16] = take_u16,
};

static const guint8 *
find_square (const Pooling *self, gsize image, gsize y, gsize x)
{
  return (const guint8 *)self->source +
         (image * self->n_source +
          (y * self->stride * self->width + x * self->stride) * self->n_channels) *
           self->code_size;
}

static void
pool_maxima (gpointer data, gsize first, gsize last)
{
  const Pooling *self = data;
  const gsize n_result = self->out_height * self->out_width * self->n_channels;

  for (gsize image = first; image < last; image++)
    {
      guint8 *to = self->target + image * n_result * self->code_size;

      for (gsize y = 0; y < self->out_height; y++)
        for (gsize x = 0; x < self->out_width; x++, to += self->n_channels * self->code_size)
          maxima[self->storage](self, find_square (self, image, y, x), to);
    }
}

/* The exact sums of a square's codes. */
static void
add_square (const Pooling *self, const guint8 *square, gint32 *codes, gint64 *sums)
{
  for (gsize c = 0; c < self->n_channels; c++)
    sums[c] = 0;
  for (gsize y = 0; y < self->height_of; y++)
    for (gsize x = 0; x < self->width_of; x++)
      {
        fxp_integer_read (self->storage,
                          square + (y * self->width + x) * self->n_channels * self->code_size,
                          self->n_channels,
                          codes);
        for (gsize c = 0; c < self->n_channels; c++)
          sums[c] += codes[c];
      }
}

/* [sum 2^shift / n]: the floor of (2 sum 2^shift + n) / 2 n. */
static gint64
divide (gint64 sum, guint shift, gint64 n)
{
  const gint64 doubled = 2 * sum * ((gint64)1 << shift) + n;

  return doubled / (2 * n) - (doubled % (2 * n) < 0 ? 1 : 0);
}

static void
pool_means (gpointer data, gsize first, gsize last)
{
  const Pooling *self = data;
  FxpInteger *engine = self->engine;
  const gsize n_channels = self->n_channels;
  const gsize n_result = self->out_height * self->out_width * n_channels;
  const gint64 n = self->height_of * self->width_of;
  FxpIntegerTally *tally = &engine->tallies[fxp_team_get_thread ()];
  gint64 *sums = (gpointer)(engine->memory + fxp_team_get_thread () * engine->thread_bytes);
  gint32 *codes = (gint32 *)(sums + n_channels);

  for (gsize image = first; image < last; image++)
    {
      guint8 *to = self->target + image * n_result * self->code_size;

      for (gsize y = 0; y < self->out_height; y++)
        for (gsize x = 0; x < self->out_width; x++, to += n_channels * self->code_size)
          {
            add_square (self, find_square (self, image, y, x), codes, sums);
            for (gsize c = 0; c < n_channels; c++)
              if (self->measures)
                tally->peak = MAX (tally->peak, (guint64)ABS (sums[c]));
              else
                codes[c] = fxp_down_conversion_take (&self->conversion,
                                                     divide (sums[c], self->shift, n),
                                                     &tally->n_clipped);
            if (!self->measures)
              fxp_integer_write (self->storage, codes, n_channels, to);
          }
    }
}

static Pooling
pooling_new (FxpInteger *engine, int index)
{
  const FxpNode *node = &engine->model->nodes[index];
  const FxpIntegerOutput *source = fxp_integer_get_output (engine, node->from);
  const FxpStorage storage = fxp_format_get_storage (source->format);
  const gboolean is_whole = node->kernel == 0;

  return (Pooling){
    .engine = engine,
    .index = index,
    .storage = storage,
    .code_size = fxp_storage_get_size (storage),
    .source = fxp_integer_get_memory (engine, node->from),
    .target = fxp_integer_get_memory (engine, index),
    .n_channels = node->input.dim[0],
    .width = node->input.dim[2],
    .n_source = source->n_features,
    .height_of = is_whole ? node->input.dim[1] : node->kernel,
    .width_of = is_whole ? node->input.dim[2] : node->kernel,
    .stride = is_whole ? 1 : node->stride,
    .out_height = is_whole ? 1 : node->output.dim[1],
    .out_width = is_whole ? 1 : node->output.dim[2],
  };
}

static void
run (const Pooling *self, FxpTeamFunc func)
{
  FxpInteger *engine = self->engine;

  if (!g_cancellable_is_cancelled (engine->cancellable))
    fxp_team_run (engine->team,
                  engine->n,
                  1,
                  (guint64)engine->n * self->n_source * FXP_TEAM_MOVE_WORK,
                  func,
                  (gpointer)self);
}

void
fxp_integer_run_maximum (FxpInteger *self, int node)
{
  const FxpIntegerOutput *source = fxp_integer_get_output (self, self->model->nodes[node].from);
  FxpIntegerOutput *output = fxp_integer_get_output (self, node);
  const Pooling pooling = pooling_new (self, node);

  output->format = source->format;
  output->peak = source->peak;
  run (&pooling, pool_maxima);
}

/* The abs-max rule for S / k: 2^t <= S / k < 2^(t+1). */
static void
choose_mean_exponent (const Pooling *self, guint64 magnitude, int exponent)
{
  FxpIntegerOutput *output = fxp_integer_get_output (self->engine, self->index);
  const guint64 n = self->height_of * self->width_of;
  const int length = output->format.word_bits - (output->format.is_signed ? 1 : 0);
  int bits = 0;

  output->format.frac_bits = self->engine->model->nodes[self->index].format.frac_bits;
  if (magnitude == 0)
    return;
  while (magnitude >= n << (bits + 1))
    bits++;
  while (bits <= 0 && magnitude << -bits < n)
    bits--;
  output->format.frac_bits = (gint8)MIN (length - 1 - exponent - bits, FXP_FRAC_BITS_MAX);
}

void
fxp_integer_run_mean (FxpInteger *self, int node)
{
  const int exponent = fxp_integer_get_exponent (self, self->model->nodes[node].from);
  const FxpActivationLimits limits = fxp_activation_get_limits (self->activation, FALSE, 0);
  FxpIntegerOutput *output = fxp_integer_get_output (self, node);
  Pooling pooling = pooling_new (self, node);

  if (self->is_dynamic)
    {
      guint64 peak;

      pooling.measures = TRUE;
      run (&pooling, pool_means);
      peak = fxp_integer_collect (self).peak;
      output->peak =
        ldexp ((double)peak, exponent) / (double)(pooling.height_of * pooling.width_of);
      choose_mean_exponent (&pooling, peak, exponent);
      pooling.measures = FALSE;
    }
  fxp_integer_predict_exponent (self, node, exponent - STATIC_SHIFT_MAX);
  /* Nor coarser than what it is a mean of. */
  if (self->is_predictive && -output->format.frac_bits > exponent)
    output->format.frac_bits = -exponent;
  pooling.shift = CLAMP (exponent + output->format.frac_bits, 0, SHIFT_MAX);
  fxp_down_conversion_init (&pooling.conversion,
                            &limits,
                            -output->format.frac_bits,
                            output->format);
  run (&pooling, pool_means);
  self->counts.n_converted += (guint64)self->n * output->n_features;
  self->counts.n_saturated += fxp_integer_collect (self).n_clipped;
}
