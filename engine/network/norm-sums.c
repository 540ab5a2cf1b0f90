/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/norm-sums-private.h"

#include "network/loops-private.h"

/* Elements of a part of an image whose products are summed, and channels of which it always holds
 * a pixel for every lane. */
#define CHANNELS_MAX 128
#define SUMMED_MAX   1024
/* Integers up to here are doubles, each of them. */
#define EXACT_MAX ((gint64)1 << 53)

/* Every image has sums of its own, which are added up in the order of samples, whoever made them.
 */
typedef struct
{
  const FxpNormImages *images;
  const FxpLoops *loops;
  const FxpEdge *edge;
  const double *means; /* per channel: squares of the distance to it; NULL: the values */
  const FxpTensor *a, *b;
  gsize n_short; /* of codes */
  /* Samples x channels; the second one of products. */
  double *sums[2];
  gint64 *code_sums[2];
} Walk;

static gsize
get_n_features (const FxpNormImages *self)
{
  return self->n_channels * self->n_pixels;
}

static gpointer
get_sums (const FxpNormImages *self, guint n)
{
  G_STATIC_ASSERT (sizeof (double) == sizeof (gint64));

  return fxp_scratch_get (self->pass->scratch,
                          FXP_SLOT_SUMS,
                          n * self->pass->n * self->n_channels * sizeof (double));
}

/* total = what the images of the batch sum up to */
static void
add_images (const FxpNormImages *self, const double *sums, double *totals)
{
  memset (totals, 0, self->n_channels * sizeof (double));
  for (gsize sample = 0; sample < self->pass->n; sample++)
    fxp_loops_get ()->add (totals, sums + sample * self->n_channels, self->n_channels);
}

static void
sum_image (const Walk *self, gsize image)
{
  const FxpNormImages *images = self->images;
  const gsize first = image * get_n_features (images), at = image * images->n_channels;
  FxpImagePart part = {
    .b = self->means,
    .stride = images->n_channels,
    .n_pixels = images->n_pixels,
    .n_channels = images->n_channels,
    .begins = TRUE,
    .ends = TRUE,
    .sums = self->sums[0] + at,
  };

  if (self->edge->sums != NULL && self->means == NULL)
    self->loops->sum_shorts (self->edge->sums + first,
                             images->n_pixels,
                             images->n_channels,
                             self->code_sums[0] + at);
  else if (self->edge->sums != NULL)
    {
      part.short_a = self->edge->sums + first;
      self->loops->sum_short_squares (&part);
    }
  else
    {
      part.a = self->edge->reals + first;
      if (self->means == NULL)
        self->loops->sum_values (&part);
      else
        self->loops->sum_squares (&part);
    }
}

/* Squares come right behind the values, so that they begin with what the caches still have. */
static void
sum_images (gpointer data, gsize first, gsize last)
{
  const Walk *self = data;

  for (gsize i = first; i < last; i++)
    sum_image (self, self->means == NULL ? i : self->images->pass->n - 1 - i);
}

static void
run (Walk *self, FxpTeamFunc func, gsize n_sums)
{
  const FxpNormImages *images = self->images;

  fxp_team_run (images->pass->team,
                images->pass->n,
                1,
                n_sums * images->pass->n * get_n_features (images),
                func,
                self);
}

/* total = step times what the images of the batch sum up to */
static void
add_integer_images (const FxpNormImages *self, const gint64 *sums, double step, double *totals)
{
  for (gsize channel = 0; channel < self->n_channels; channel++)
    {
      gint64 total = 0;

      for (gsize sample = 0; sample < self->pass->n; sample++)
        total += sums[sample * self->n_channels + channel];
      totals[channel] = (double)total * step;
    }
}

void
fxp_norm_images_sum (const FxpNormImages *self, const FxpEdge *edge, double *totals)
{
  gpointer sums = get_sums (self, 1);
  Walk walk = {
    .images = self,
    .loops = fxp_loops_get (),
    .edge = edge,
    .sums = {sums},
    .code_sums = {sums},
  };

  run (&walk, sum_images, 1);
  if (edge->sums != NULL)
    add_integer_images (self, walk.code_sums[0], edge->sum_step, totals);
  else
    add_images (self, walk.sums[0], totals);
}

/* Integers are squared in units of their step.  That is a power of two: all bits are the same, as
 * formats keep everything far within what a normal double holds. */
void
fxp_norm_images_sum_squares (const FxpNormImages *self,
                             const FxpEdge *edge,
                             const double *means,
                             double *totals)
{
  const double step = edge->sums != NULL ? edge->sum_step : 1.0;
  double *sums = get_sums (self, 2), *units = sums + self->pass->n * self->n_channels;
  Walk walk = {
    .images = self,
    .loops = fxp_loops_get (),
    .edge = edge,
    .means = units,
    .sums = {sums},
  };

  for (gsize channel = 0; channel < self->n_channels; channel++)
    units[channel] = means[channel] / step;
  run (&walk, sum_images, 1);
  add_images (self, sums, totals);
  for (gsize channel = 0; channel < self->n_channels; channel++)
    totals[channel] *= step * step;
}

/* Values of @n channels of pixels, of which @first is the first one's. */
static void
decode_pixels (const FxpNormImages *self,
               const FxpTensor *tensor,
               gsize first,
               gsize n_pixels,
               gsize n,
               double *values)
{
  if (n == self->n_channels)
    {
      n *= n_pixels;
      n_pixels = 1;
    }
  for (gsize pixel = 0; pixel < n_pixels; pixel++)
    fxp_format_decode (tensor->format,
                       fxp_tensor_at (tensor, first + pixel * self->n_channels),
                       n,
                       values + pixel * n);
}

/* One image's sums of the values of a, and of a times b, of @n channels from @channel on. */
static void
sum_products (const Walk *self, gsize image, gsize channel, gsize n)
{
  const FxpNormImages *images = self->images;
  const gsize first = image * get_n_features (images) + channel;
  const gsize length = SUMMED_MAX / n / FXP_SUM_LANES * FXP_SUM_LANES;
  double values_a[SUMMED_MAX], values_b[SUMMED_MAX];
  double lanes[2][FXP_SUM_LANES * CHANNELS_MAX];
  FxpImagePart part = {.a = values_a, .b = values_b, .stride = n, .n_channels = n};

  G_STATIC_ASSERT (CHANNELS_MAX * FXP_SUM_LANES <= SUMMED_MAX);
  for (gsize pixel = 0; pixel < images->n_pixels; pixel += length)
    {
      const gsize at = first + pixel * images->n_channels;

      part.n_pixels = MIN (length, images->n_pixels - pixel);
      part.begins = pixel == 0;
      part.ends = pixel + part.n_pixels == images->n_pixels;
      decode_pixels (images, self->a, at, part.n_pixels, n, values_a);
      decode_pixels (images, self->b, at, part.n_pixels, n, values_b);
      part.lanes = lanes[0];
      part.sums = self->sums[0] + image * images->n_channels + channel;
      self->loops->sum_values (&part);
      part.lanes = lanes[1];
      part.sums = self->sums[1] + image * images->n_channels + channel;
      self->loops->sum_products (&part);
    }
}

static void
sum_real_products (gpointer data, gsize first, gsize last)
{
  const Walk *self = data;
  const gsize n_channels = self->images->n_channels;

  for (gsize image = first; image < last; image++)
    for (gsize channel = 0; channel < n_channels; channel += CHANNELS_MAX)
      sum_products (self, image, channel, MIN (CHANNELS_MAX, n_channels - channel));
}

static void
sum_code_products (gpointer data, gsize first, gsize last)
{
  const Walk *self = data;
  const FxpNormImages *images = self->images;

  for (gsize image = first; image < last; image++)
    {
      const FxpCodeImage codes = {
        .a = fxp_tensor_at (self->a, image * get_n_features (images)),
        .b = fxp_tensor_at (self->b, image * get_n_features (images)),
        .a_storage = self->a->storage,
        .b_storage = self->b->storage,
        .n_pixels = images->n_pixels,
        .n_channels = images->n_channels,
        .n_short = self->n_short,
        .sums = self->code_sums[0] + image * images->n_channels,
        .products = self->code_sums[1] + image * images->n_channels,
      };

      self->loops->sum_codes (&codes);
    }
}

static gint64
get_greatest_magnitude (FxpFormat format)
{
  return MAX (-fxp_format_get_min_code (format), fxp_format_get_max_code (format));
}

gsize
fxp_norm_images_count_short (FxpFormat a, FxpFormat b, gsize n)
{
  gint64 greatest;

  if (fxp_format_is_float (a) || fxp_format_is_float (b) || a.word_bits > 16 || b.word_bits > 16)
    return 0;
  greatest = get_greatest_magnitude (a) * get_greatest_magnitude (b);
  return (gint64)n > EXACT_MAX / greatest ? 0 : (gsize)(G_MAXINT32 / greatest);
}

/* Sums of integers up to 2^53 are exact in doubles, in any order and behind every addition, and so
 * are they times a power of two: then those of the contract have the bits of the integers'. */
void
fxp_norm_images_sum_codes (const FxpNormImages *self,
                           const FxpTensor *a,
                           const FxpTensor *b,
                           double *totals,
                           double *products)
{
  const gsize n = self->pass->n, n_sums = n * self->n_channels;
  double *sums = get_sums (self, 2);
  Walk walk = {
    .images = self,
    .loops = fxp_loops_get (),
    .a = a,
    .b = b,
    .n_short = fxp_norm_images_count_short (a->format, b->format, n * self->n_pixels),
    .sums = {sums, sums + n_sums},
    .code_sums = {(gpointer)sums, (gpointer)(sums + n_sums)},
  };

  if (walk.n_short > 0)
    {
      const double step = fxp_format_get_step (a->format);

      run (&walk, sum_code_products, 2);
      add_integer_images (self, walk.code_sums[0], step, totals);
      add_integer_images (self,
                          walk.code_sums[1],
                          step * fxp_format_get_step (b->format),
                          products);
      return;
    }
  run (&walk, sum_real_products, 2);
  add_images (self, walk.sums[0], totals);
  add_images (self, walk.sums[1], products);
}
