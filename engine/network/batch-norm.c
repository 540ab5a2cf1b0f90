/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"

#include <math.h>

/* Batch normalization (Ioffe & Szegedy 2015) of real values, in place: a channel is a filter's
 * image or a unit.  Sums go through eight lanes, so that vector units can follow the same order. */

#define N_LANES 8

typedef struct
{
  FxpLayer parent;
  gsize n_pixels;    /* of a channel's image */
  FxpTensor *normal; /* Z; capacity x shape */
  double *sums[2];   /* per channel: of g and of g Z, backward */
  double *scales;    /* per channel, of this pass: gamma, forward and backward */
} BatchNorm;

typedef struct
{
  FxpPieces parent;
  BatchNorm *layer;
  const FxpPass *pass;
  const FxpNoise *noise;
  const double *gamma, *beta;
} Walk;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  BatchNorm *self = (BatchNorm *)layer;
  gsize n_channels = layer->in->shape.dim[0];

  self->n_pixels = layer->in->n_features / n_channels;
  self->sums[0] = g_new0 (double, n_channels);
  self->sums[1] = g_new0 (double, n_channels);
  self->scales = g_new0 (double, n_channels);
}

static double
join_lanes (const double *lanes)
{
  double even = (lanes[0] + lanes[4]) + (lanes[2] + lanes[6]);
  double odd = (lanes[1] + lanes[5]) + (lanes[3] + lanes[7]);

  return even + odd;
}

/* Sum of (v - mean)^2 over one image. */
static double
sum_squares (const double *values, gsize n, double mean)
{
  double lanes[N_LANES] = {0};
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES)
    for (gsize lane = 0; lane < N_LANES; lane++)
      {
        double difference = values[i + lane] - mean;

        lanes[lane] += difference * difference;
      }
  for (gsize lane = 0; i < n; i++, lane++)
    {
      double difference = values[i] - mean;

      lanes[lane] += difference * difference;
    }
  return join_lanes (lanes);
}

static double
sum (const double *values, gsize n)
{
  double lanes[N_LANES] = {0};
  gsize i = 0;

  for (; i + N_LANES <= n; i += N_LANES)
    for (gsize lane = 0; lane < N_LANES; lane++)
      lanes[lane] += values[i + lane];
  for (gsize lane = 0; i < n; i++, lane++)
    lanes[lane] += values[i];
  return join_lanes (lanes);
}

static void
measure_channels (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const BatchNorm *self = walk->layer;
  FxpNormalizer *normalizer = self->parent.row->normalizer;
  const double m = (double)(walk->pass->n * self->n_pixels);

  for (gsize channel = first; channel < last; channel++)
    {
      const double *values = self->parent.in->reals + channel * self->n_pixels;
      double mean = 0.0, variance = 0.0;

      for (gsize sample = 0; sample < walk->pass->n; sample++)
        mean += sum (values + sample * self->parent.in->n_features, self->n_pixels);
      mean = mean / m;
      for (gsize sample = 0; sample < walk->pass->n; sample++)
        variance +=
          sum_squares (values + sample * self->parent.in->n_features, self->n_pixels, mean);
      variance = variance / m;
      normalizer->batch_mean[channel] = mean;
      normalizer->batch_variance[channel] = variance;
      normalizer->inverse_deviation[channel] = 1.0 / sqrt (variance + FXP_NORMALIZER_EPSILON);
    }
}

/* Elements from @i on that are of the same channel and of the piece that ends at @end. */
static gsize
get_run (const BatchNorm *self, gsize i, gsize end, gsize *channel)
{
  *channel = i / self->n_pixels % self->parent.row->normalizer->n_channels;
  return MIN (self->n_pixels - i % self->n_pixels, end - i);
}

static void
normalize_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *walk = (Walk *)pieces;
  BatchNorm *self = walk->layer;
  const FxpNormalizer *normalizer = self->parent.row->normalizer;
  FxpCell *cell = &self->parent.row->cells[FXP_ROLE_NORM];
  gpointer codes = fxp_tensor_at (self->normal, first);
  double *reals = self->parent.in->reals + first;
  gsize channel, run;

  for (gsize i = 0; i < n; i += run)
    {
      run = get_run (self, first + i, first + n, &channel);
      for (gsize j = i; j < i + run; j++)
        {
          double centred = reals[j] - normalizer->batch_mean[channel];

          reals[j] = centred * normalizer->inverse_deviation[channel];
        }
    }
  fxp_quantizer_apply (&cell->quantizer, walk->noise, reals, codes, first, n, &tally->first, NULL);
  fxp_cell_probe (cell, walk->pass, reals, codes, n);
  fxp_format_decode (self->normal->format, codes, n, reals);
  for (gsize i = 0; i < n; i += run)
    {
      run = get_run (self, first + i, first + n, &channel);
      for (gsize j = i; j < i + run; j++)
        {
          double scaled = walk->gamma[channel] * reals[j];

          reals[j] = scaled + walk->beta[channel];
        }
    }
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
  gsize n = pass->n * layer->in->n_features;
  FxpNoise noise;
  FxpTally total;
  Walk walk = {
    .parent = {.func = normalize_piece},
    .layer = self,
    .pass = pass,
    .noise = fxp_cell_get_noise (cell, &pass->step, FXP_STREAM_QUANTIZE, &noise),
  };

  follow_format (self);
  normalizer->n_values = pass->n * self->n_pixels;
  if (pass->evaluates)
    fxp_normalizer_use_running (normalizer);
  else
    fxp_team_run (pass->team, normalizer->n_channels, 1, 2 * n, measure_channels, &walk);
  walk.gamma = fxp_parameter_quantize (normalizer->gamma, pass);
  walk.beta = fxp_parameter_quantize (normalizer->beta, pass);
  memcpy (self->scales, walk.gamma, normalizer->n_channels * sizeof (double));
  fxp_pieces_run (&walk.parent, n, pass, &total);
  fxp_cell_count (cell, pass, &total.first);
  layer->out->reals = layer->in->reals;
}

/* Values of @n gradient codes and of Z from @first on. */
static void
decode_both (const BatchNorm *self, gsize first, gsize n, double *gradients, double *normal)
{
  const FxpTensor *gradient = self->parent.out->gradient;

  fxp_format_decode (gradient->format, fxp_tensor_at (gradient, first), n, gradients);
  fxp_format_decode (self->normal->format, fxp_tensor_at (self->normal, first), n, normal);
}

/* Adds one image's sums of g and g Z.  Pieces are whole numbers of lanes. */
static void
add_image (const BatchNorm *self, gsize first, double *sum_gradient, double *sum_product)
{
  double gradients[FXP_PIECE], normal[FXP_PIECE];
  double lanes[2][N_LANES] = {{0}};

  for (gsize begin = 0; begin < self->n_pixels; begin += FXP_PIECE)
    {
      gsize n = MIN (FXP_PIECE, self->n_pixels - begin);
      gsize i = 0;

      decode_both (self, first + begin, n, gradients, normal);
      for (; i + N_LANES <= n; i += N_LANES)
        for (gsize lane = 0; lane < N_LANES; lane++)
          {
            lanes[0][lane] += gradients[i + lane];
            lanes[1][lane] += gradients[i + lane] * normal[i + lane];
          }
      for (gsize lane = 0; i < n; i++, lane++)
        {
          lanes[0][lane] += gradients[i];
          lanes[1][lane] += gradients[i] * normal[i];
        }
    }
  *sum_gradient += join_lanes (lanes[0]);
  *sum_product += join_lanes (lanes[1]);
}

static void
sum_channels (gpointer data, gsize first, gsize last)
{
  const Walk *walk = data;
  const BatchNorm *self = walk->layer;

  for (gsize channel = first; channel < last; channel++)
    {
      double sums[2] = {0};

      for (gsize sample = 0; sample < walk->pass->n; sample++)
        add_image (self,
                   sample * self->parent.in->n_features + channel * self->n_pixels,
                   &sums[0],
                   &sums[1]);
      self->sums[0][channel] = sums[0];
      self->sums[1][channel] = sums[1];
    }
}

static void
differentiate_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *walk = (Walk *)pieces;
  BatchNorm *self = walk->layer;
  const FxpNormalizer *normalizer = self->parent.row->normalizer;
  FxpCell *cell = self->parent.in->gradient_cell;
  gpointer codes = fxp_tensor_at (self->parent.in->gradient, first);
  const double m = normalizer->n_values;
  double values[FXP_PIECE], normal[FXP_PIECE];
  gsize channel, run;

  decode_both (self, first, n, values, normal);
  for (gsize i = 0; i < n; i += run)
    {
      double mean, slope, scale;

      run = get_run (self, first + i, first + n, &channel);
      mean = self->sums[0][channel] / m;
      slope = self->sums[1][channel] / m;
      scale = self->scales[channel] * normalizer->inverse_deviation[channel];
      for (gsize j = i; j < i + run; j++)
        {
          double centred = values[j] - mean;
          double along = normal[j] * slope;

          values[j] = (centred - along) * scale;
        }
    }
  fxp_quantizer_apply (&cell->quantizer, walk->noise, values, codes, first, n, &tally->first, NULL);
  fxp_cell_probe (cell, walk->pass, values, codes, n);
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  BatchNorm *self = (BatchNorm *)layer;
  FxpNormalizer *normalizer = layer->row->normalizer;
  FxpCell *cell = layer->in->gradient_cell;
  gsize n = pass->n * layer->in->n_features;
  FxpNoise noise;
  FxpTally total;
  Walk walk = {
    .parent = {.func = differentiate_piece},
    .layer = self,
    .pass = pass,
    .noise = fxp_cell_get_noise (cell, &pass->step, FXP_STREAM_QUANTIZE, &noise),
  };

  fxp_team_run (pass->team, normalizer->n_channels, 1, 2 * n, sum_channels, &walk);
  memcpy (normalizer->beta->gradient, self->sums[0], normalizer->n_channels * sizeof (double));
  memcpy (normalizer->gamma->gradient, self->sums[1], normalizer->n_channels * sizeof (double));
  fxp_pieces_run (&walk.parent, n, pass, &total);
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
}

static void
clear (FxpLayer *layer)
{
  BatchNorm *self = (BatchNorm *)layer;

  g_clear_pointer (&self->normal, fxp_tensor_free);
  g_free (self->sums[0]);
  g_free (self->sums[1]);
  g_free (self->scales);
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
