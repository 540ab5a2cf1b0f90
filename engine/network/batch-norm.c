/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "tensor/stopwatch-private.h"

#include <math.h>

/* Batch normalization (Ioffe & Szegedy 2015) of real values: a channel is a filter's image or a
 * unit.  It has to see the whole batch before the first value leaves, so that it takes none as they
 * come; behind the sums it works on pieces that stay in the nearest cache. */

/* Elements of a part of an image whose products are summed, and channels of which it always holds
 * a pixel for every lane. */
#define CHANNELS_MAX 128
#define SUMMED_MAX   1024
/* Parameters are repeated up to so many elements, so that loops do not stop at every pixel. */
#define ROW_MIN 256

/* What the loops take per element. */
typedef enum
{
  ROW_MEAN,
  ROW_SCALE,
  ROW_GAMMA, /* or T / m, backward */
  ROW_BETA,
  N_ROWS
} Row;

typedef struct
{
  FxpLayer parent;
  gsize n_channels;
  gsize n_pixels;       /* of a channel's image */
  FxpTensor *normal;    /* Z; capacity x shape */
  double *gamma;        /* per channel, of this pass, forward and backward */
  gsize row_length;     /* whole pixels */
  double *rows[N_ROWS]; /* owned; parameters of the walk under way */
} BatchNorm;

typedef struct
{
  FxpPieces parent;
  BatchNorm *layer;
  const FxpPass *pass;
  const FxpNoise *noise;
} Walk;

/* Sums over the images of a batch.  Every image has its own, which are added up in the order of
 * samples, whoever made them. */
typedef struct
{
  const BatchNorm *layer;
  const FxpLoops *loops;
  gsize n;            /* samples */
  const double *mean; /* per channel: squares of the distance to it; NULL: the values */
  gboolean goes_back; /* from the last image to the first, which the cache has lost meanwhile */
  double *sums[2];    /* samples x channels; the second one backward only */
} Sums;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  BatchNorm *self = (BatchNorm *)layer;

  self->n_channels = layer->in->shape.dim[0];
  self->n_pixels = layer->in->n_features / self->n_channels;
  self->gamma = g_new0 (double, self->n_channels);
  self->row_length = self->n_channels * ((ROW_MIN - 1) / self->n_channels + 1);
  for (guint row = 0; row < N_ROWS; row++)
    self->rows[row] = g_new0 (double, self->row_length);
}

static void
fill_row (BatchNorm *self, Row row, const double *values)
{
  for (gsize i = 0; i < self->row_length; i += self->n_channels)
    memcpy (self->rows[row] + i, values, self->n_channels * sizeof (double));
}

/* Elements from @i on, up to @end, that one stretch of the rows has parameters for, and where they
 * begin. */
static gsize
get_run (const BatchNorm *self, gsize i, gsize end, gsize *begin)
{
  *begin = i % self->row_length;
  return MIN (self->row_length - *begin, end - i);
}

static void
sum_image (const Sums *walk, gsize image)
{
  const BatchNorm *self = walk->layer;
  const FxpImagePart part = {
    .a = self->parent.in->reals + image * self->parent.in->n_features,
    .b = walk->mean,
    .stride = self->n_channels,
    .n_pixels = self->n_pixels,
    .n_channels = self->n_channels,
    .begins = TRUE,
    .ends = TRUE,
    .sums = walk->sums[0] + image * self->n_channels,
  };

  if (walk->mean == NULL)
    walk->loops->sum_values (&part);
  else
    walk->loops->sum_squares (&part);
}

static void
sum_images (gpointer data, gsize first, gsize last)
{
  const Sums *walk = data;

  for (gsize i = first; i < last; i++)
    sum_image (walk, walk->goes_back ? walk->n - 1 - i : i);
}

/* total = what the images of the batch sum up to */
static void
add_images (const Sums *walk, const double *sums, double *total)
{
  const gsize n_channels = walk->layer->n_channels;

  memset (total, 0, n_channels * sizeof (double));
  for (gsize sample = 0; sample < walk->n; sample++)
    walk->loops->add (total, sums + sample * n_channels, n_channels);
}

static void
measure (BatchNorm *self, const FxpPass *pass)
{
  FxpNormalizer *normalizer = self->parent.row->normalizer;
  const gsize n = pass->n * self->parent.in->n_features;
  const double m = normalizer->n_values;
  Sums walk = {
    .layer = self,
    .loops = fxp_loops_get (),
    .n = pass->n,
    .sums = {fxp_scratch_get (pass->scratch,
                              FXP_SLOT_SUMS,
                              pass->n * self->n_channels * sizeof (double))},
  };

  fxp_team_run (pass->team, pass->n, 1, n, sum_images, &walk);
  add_images (&walk, walk.sums[0], normalizer->batch_mean);
  for (gsize i = 0; i < self->n_channels; i++)
    normalizer->batch_mean[i] = normalizer->batch_mean[i] / m;
  walk.mean = normalizer->batch_mean;
  walk.goes_back = TRUE;
  fxp_team_run (pass->team, pass->n, 1, n, sum_images, &walk);
  add_images (&walk, walk.sums[0], normalizer->batch_variance);
  for (gsize i = 0; i < self->n_channels; i++)
    {
      double variance = normalizer->batch_variance[i] / m;

      normalizer->batch_variance[i] = variance;
      normalizer->inverse_deviation[i] = 1.0 / sqrt (variance + FXP_NORMALIZER_EPSILON);
    }
}

/* Where a pixel is larger than a piece, in place: only then does it not fit the stack. */
static void
normalize_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *walk = (Walk *)pieces;
  BatchNorm *self = walk->layer;
  const FxpLoops *loops = fxp_loops_get ();
  FxpCell *cell = &self->parent.row->cells[FXP_ROLE_NORM];
  gpointer codes = fxp_tensor_at (self->normal, first);
  double *from = self->parent.in->reals + first;
  double local[FXP_PIECE];
  double *values = n <= FXP_PIECE ? local : from;
  gsize begin, run;
  FxpStage stage;

  for (gsize i = 0; i < n; i += run)
    {
      run = get_run (self, first + i, first + n, &begin);
      loops->normalize (values + i,
                        from + i,
                        self->rows[ROW_MEAN] + begin,
                        self->rows[ROW_SCALE] + begin,
                        run);
    }
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  fxp_quantizer_apply (&cell->quantizer,
                       walk->noise,
                       values,
                       codes,
                       first,
                       n,
                       &tally->second,
                       NULL);
  fxp_stopwatch_enter (stage);
  fxp_cell_probe (cell, walk->pass, values, codes, n);
  fxp_format_decode (self->normal->format, codes, n, values);
  for (gsize i = 0; i < n; i += run)
    {
      run = get_run (self, first + i, first + n, &begin);
      loops->stretch (values + i, self->rows[ROW_GAMMA] + begin, self->rows[ROW_BETA] + begin, run);
    }
  fxp_edge_hand_on (self->parent.out, walk->pass, values, first, n, tally);
}

static void
follow_format (BatchNorm *self)
{
  FxpFormat format = self->parent.row->cells[FXP_ROLE_NORM].quantizer.format;

  if (!fxp_format_equal (self->normal->format, format))
    fxp_tensor_set_format (self->normal, format);
}

static void
forward (FxpLayer *layer, const FxpPass *pass)
{
  BatchNorm *self = (BatchNorm *)layer;
  FxpNormalizer *normalizer = layer->row->normalizer;
  FxpCell *cell = &layer->row->cells[FXP_ROLE_NORM];
  FxpNoise noise;
  FxpTally total = {0};
  Walk walk = {
    .parent = {.func = normalize_piece,
               .length = self->n_channels * MAX (FXP_PIECE / self->n_channels, 1)},
    .layer = self,
    .pass = pass,
    .noise = fxp_edge_get_noise (layer->in, cell, &pass->step, FXP_STREAM_QUANTIZE, &noise),
  };

  follow_format (self);
  normalizer->n_values = pass->n * self->n_pixels;
  if (pass->evaluates)
    fxp_normalizer_use_running (normalizer);
  else
    measure (self, pass);
  memcpy (self->gamma,
          fxp_parameter_quantize (normalizer->gamma, pass),
          self->n_channels * sizeof (double));
  fill_row (self, ROW_MEAN, normalizer->batch_mean);
  fill_row (self, ROW_SCALE, normalizer->inverse_deviation);
  fill_row (self, ROW_GAMMA, self->gamma);
  fill_row (self, ROW_BETA, fxp_parameter_quantize (normalizer->beta, pass));
  fxp_edge_begin (layer->out, pass);
  fxp_pieces_run (&walk.parent, pass->n * layer->in->n_features, pass, &total);
  fxp_cell_count (cell, pass, &total.second);
  fxp_edge_end (layer->out, pass, &total);
}

/* Values of @n gradient codes and of Z from @first on. */
static void
decode_both (const BatchNorm *self, gsize first, gsize n, double *gradients, double *normal)
{
  const FxpTensor *gradient = self->parent.out->gradient;

  fxp_format_decode (gradient->format, fxp_tensor_at (gradient, first), n, gradients);
  fxp_format_decode (self->normal->format, fxp_tensor_at (self->normal, first), n, normal);
}

/* The same of @n channels of pixels, of which @first is the first one's. */
static void
decode_pixels (const BatchNorm *self,
               gsize first,
               gsize n_pixels,
               gsize n,
               double *gradients,
               double *normal)
{
  if (n == self->n_channels)
    decode_both (self, first, n_pixels * n, gradients, normal);
  else
    for (gsize pixel = 0; pixel < n_pixels; pixel++)
      decode_both (self,
                   first + pixel * self->n_channels,
                   n,
                   gradients + pixel * n,
                   normal + pixel * n);
}

/* One image's sums of g and g Z, of @n channels from @channel on. */
static void
sum_products (const Sums *walk, gsize image, gsize channel, gsize n)
{
  const BatchNorm *self = walk->layer;
  const gsize first = image * self->parent.in->n_features + channel;
  const gsize length = SUMMED_MAX / n / FXP_SUM_LANES * FXP_SUM_LANES;
  double gradients[SUMMED_MAX], normal[SUMMED_MAX];
  double lanes[2][FXP_SUM_LANES * CHANNELS_MAX];
  FxpImagePart part = {.a = gradients, .b = normal, .stride = n, .n_channels = n};

  G_STATIC_ASSERT (CHANNELS_MAX * FXP_SUM_LANES <= SUMMED_MAX);
  for (gsize pixel = 0; pixel < self->n_pixels; pixel += length)
    {
      part.n_pixels = MIN (length, self->n_pixels - pixel);
      part.begins = pixel == 0;
      part.ends = pixel + part.n_pixels == self->n_pixels;
      decode_pixels (self, first + pixel * self->n_channels, part.n_pixels, n, gradients, normal);
      part.lanes = lanes[0];
      part.sums = walk->sums[0] + image * self->n_channels + channel;
      walk->loops->sum_values (&part);
      part.lanes = lanes[1];
      part.sums = walk->sums[1] + image * self->n_channels + channel;
      walk->loops->sum_products (&part);
    }
}

static void
sum_gradients (gpointer data, gsize first, gsize last)
{
  const Sums *walk = data;
  const gsize n_channels = walk->layer->n_channels;

  for (gsize image = first; image < last; image++)
    for (gsize channel = 0; channel < n_channels; channel += CHANNELS_MAX)
      sum_products (walk, image, channel, MIN (CHANNELS_MAX, n_channels - channel));
}

/* S and T of the contract are the gradients of beta and gamma. */
static void
measure_gradients (BatchNorm *self, const FxpPass *pass)
{
  FxpNormalizer *normalizer = self->parent.row->normalizer;
  const gsize n_sums = pass->n * self->n_channels;
  double *sums = fxp_scratch_get (pass->scratch, FXP_SLOT_SUMS, 2 * n_sums * sizeof (double));
  Sums walk = {
    .layer = self,
    .loops = fxp_loops_get (),
    .n = pass->n,
    .sums = {sums, sums + n_sums},
  };

  fxp_team_run (pass->team,
                pass->n,
                1,
                2 * pass->n * self->parent.in->n_features,
                sum_gradients,
                &walk);
  add_images (&walk, walk.sums[0], normalizer->beta->gradient);
  add_images (&walk, walk.sums[1], normalizer->gamma->gradient);
}

static void
differentiate_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *walk = (Walk *)pieces;
  BatchNorm *self = walk->layer;
  const FxpLoops *loops = fxp_loops_get ();
  FxpCell *cell = self->parent.in->gradient_cell;
  gpointer codes = fxp_tensor_at (self->parent.in->gradient, first);
  double values[FXP_PIECE], normal[FXP_PIECE];
  gsize begin, run;
  FxpStage stage;

  decode_both (self, first, n, values, normal);
  for (gsize i = 0; i < n; i += run)
    {
      run = get_run (self, first + i, first + n, &begin);
      loops->differentiate (values + i,
                            normal + i,
                            self->rows[ROW_MEAN] + begin,
                            self->rows[ROW_GAMMA] + begin,
                            self->rows[ROW_SCALE] + begin,
                            run);
    }
  stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  fxp_quantizer_apply (&cell->quantizer, walk->noise, values, codes, first, n, &tally->first, NULL);
  fxp_stopwatch_enter (stage);
  fxp_cell_probe (cell, walk->pass, values, codes, n);
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  BatchNorm *self = (BatchNorm *)layer;
  FxpNormalizer *normalizer = layer->row->normalizer;
  FxpCell *cell = layer->in->gradient_cell;
  const double m = normalizer->n_values;
  FxpNoise noise;
  FxpTally total;
  Walk walk = {
    .parent = {.func = differentiate_piece},
    .layer = self,
    .pass = pass,
    .noise = fxp_edge_get_noise (layer->in, cell, &pass->step, FXP_STREAM_QUANTIZE, &noise),
  };

  measure_gradients (self, pass);
  for (gsize i = 0; i < self->row_length; i++)
    {
      gsize channel = i % self->n_channels;

      self->rows[ROW_MEAN][i] = normalizer->beta->gradient[channel] / m;
      self->rows[ROW_GAMMA][i] = normalizer->gamma->gradient[channel] / m;
      self->rows[ROW_SCALE][i] = self->gamma[channel] * normalizer->inverse_deviation[channel];
    }
  fxp_pieces_run (&walk.parent, pass->n * layer->in->n_features, pass, &total);
  fxp_cell_count (cell, pass, &total.first);
}

static void
reserve (FxpLayer *layer, gsize n)
{
  BatchNorm *self = (BatchNorm *)layer;
  FxpShape shape = {.rank = layer->in->shape.rank + 1, .dim = {n}};

  for (guint i = 0; i < layer->in->shape.rank; i++)
    shape.dim[i + 1] = layer->in->shape.dim[i];
  fxp_tensor_free (self->normal);
  self->normal = fxp_tensor_new (&shape, layer->row->cells[FXP_ROLE_NORM].quantizer.format);
  fxp_edge_place_tensor (layer->in, self->normal);
}

static void
clear (FxpLayer *layer)
{
  BatchNorm *self = (BatchNorm *)layer;

  g_clear_pointer (&self->normal, fxp_tensor_free);
  g_free (self->gamma);
  for (guint row = 0; row < N_ROWS; row++)
    g_free (self->rows[row]);
}

const FxpTensor *
fxp_batch_norm_get_normal (const FxpLayer *self)
{
  return ((const BatchNorm *)self)->normal;
}

const FxpLayerClass fxp_batch_norm_class = {
  .size = sizeof (BatchNorm),
  .gradient_use = FXP_GRADIENT_OWN,
  .build = build,
  .reserve = reserve,
  .forward = forward,
  .backward = backward,
  .clear = clear,
};
