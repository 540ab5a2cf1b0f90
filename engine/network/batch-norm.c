/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/layer-private.h"
#include "network/loops-private.h"
#include "network/norm-loop-private.h"
#include "network/norm-sums-private.h"
#include "tensor/stopwatch-private.h"

#include <math.h>

/* Batch normalization (Ioffe & Szegedy 2015) of real values: a channel is a filter's image or a
 * unit.  It has to see the whole batch before the first value leaves, so that it takes none as they
 * come; behind the sums it works on pieces that stay in the nearest cache. */

/* Parameters are repeated up to so many elements, so that loops do not stop at every pixel. */
#define ROW_MIN 256

typedef struct
{
  FxpLayer parent;
  gsize n_channels;
  gsize n_pixels;                /* of a channel's image */
  FxpTensor *normal;             /* Z; capacity x shape */
  double *gamma;                 /* per channel, of this pass, forward and backward */
  gsize row_length;              /* whole pixels */
  double *rows[FXP_N_NORM_ROWS]; /* owned; parameters of the walk under way, which go on behind
                                  * their end as they began */
} BatchNorm;

typedef struct
{
  FxpPieces parent;
  BatchNorm *layer;
  const FxpPass *pass;
  const FxpNormLoop *loop;
  const FxpNoise *noise;
  gboolean foresees; /* what becomes of the values */
  FxpOutlook outlook;
} Walk;

static void
build (FxpLayer *layer, const FxpLayerSpec *spec)
{
  BatchNorm *self = (BatchNorm *)layer;

  self->n_channels = layer->in->shape.dim[0];
  self->n_pixels = layer->in->n_features / self->n_channels;
  self->gamma = g_new0 (double, self->n_channels);
  self->row_length = self->n_channels * ((ROW_MIN - 1) / self->n_channels + 1);
  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
    self->rows[row] = g_new0 (double, self->row_length + FXP_NORM_OVERLAP);
}

static void
fill_row (BatchNorm *self, FxpNormRow row, const double *values, double factor)
{
  for (gsize i = 0; i < self->row_length + FXP_NORM_OVERLAP; i++)
    self->rows[row][i] = values[i % self->n_channels] * factor;
}

/* Elements from @i on, up to @end, that one stretch of the rows has parameters for, and where they
 * begin. */
static gsize
get_run (const BatchNorm *self, gsize i, gsize end, gsize *begin)
{
  *begin = i % self->row_length;
  return MIN (self->row_length - *begin, end - i);
}

static FxpNormImages
get_images (const BatchNorm *self, const FxpPass *pass)
{
  return (FxpNormImages){pass, self->n_channels, self->n_pixels};
}

static void
measure (BatchNorm *self, const FxpPass *pass)
{
  const FxpNormImages images = get_images (self, pass);
  FxpNormalizer *normalizer = self->parent.row->normalizer;
  const FxpEdge *in = self->parent.in;
  const double m = normalizer->n_values;

  fxp_norm_images_sum (&images, in, normalizer->batch_mean);
  for (gsize i = 0; i < self->n_channels; i++)
    normalizer->batch_mean[i] = normalizer->batch_mean[i] / m;
  fxp_norm_images_sum_squares (&images, in, normalizer->batch_mean, normalizer->batch_variance);
  for (gsize i = 0; i < self->n_channels; i++)
    {
      double variance = normalizer->batch_variance[i] / m;

      normalizer->batch_variance[i] = variance;
      normalizer->inverse_deviation[i] = 1.0 / sqrt (variance + FXP_NORMALIZER_EPSILON);
    }
}

/* Elements @first and on with the rows; what is left to say is where they are. */
static FxpNormSpan
span_new (const Walk *walk, const FxpCell *cell, gpointer codes, gsize first, gsize n)
{
  const BatchNorm *self = walk->layer;
  FxpNormSpan span = {
    .quantizer = &cell->quantizer,
    .noise = walk->noise,
    .period = self->row_length,
    .begin = first % self->row_length,
    .first = first,
    .n = n,
    .codes = codes,
  };

  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
    span.rows[row] = self->rows[row];
  return span;
}

/* All of 3a behind the sums, in loops one by one. */
static void
normalize_apart (Walk *walk, const FxpNormSpan *span, FxpQuantizeCounts *counts)
{
  BatchNorm *self = walk->layer;
  const FxpLoops *loops = fxp_loops_get ();
  FxpCell *cell = &self->parent.row->cells[FXP_ROLE_NORM];
  double *values = span->values;
  gsize begin, run;

  if (span->sums == NULL)
    for (gsize i = 0; i < span->n; i++)
      values[i] = span->short_sums[i];
  for (gsize i = 0; i < span->n; i += run)
    {
      run = get_run (self, span->first + i, span->first + span->n, &begin);
      loops->normalize (values + i,
                        (span->sums != NULL ? span->sums : values) + i,
                        span->rows[FXP_NORM_MEAN] + begin,
                        span->rows[FXP_NORM_SCALE] + begin,
                        run);
    }
  fxp_quantizer_apply (&cell->quantizer,
                       walk->noise,
                       values,
                       span->codes,
                       span->first,
                       span->n,
                       counts,
                       NULL);
  fxp_cell_probe (cell, walk->pass, values, span->codes, span->n);
  fxp_format_decode (self->normal->format, span->codes, span->n, values);
  for (gsize i = 0; i < span->n; i += run)
    {
      run = get_run (self, span->first + i, span->first + span->n, &begin);
      loops->stretch (values + i,
                      span->rows[FXP_NORM_GAMMA] + begin,
                      span->rows[FXP_NORM_BETA] + begin,
                      run);
    }
}

/* FALSE where that takes several loops. */
static gboolean
normalize_and_activate (const Walk *walk, FxpNormSpan *span, FxpTally *tally)
{
  const FxpOutlook *outlook = &walk->outlook;

  span->function = walk->pass->activation;
  span->activation_quantizer = outlook->quantizer;
  span->activation_noise = outlook->noise;
  span->activations = fxp_tensor_at (outlook->codes, span->first);
  span->mask = outlook->mask + span->first;
  if (outlook->identity != NULL)
    {
      span->identity_format = outlook->identity->format;
      span->identity = fxp_tensor_at (outlook->identity, span->first);
    }
  return walk->loop->normalize_and_activate (span, &tally->second, &tally->first);
}

/* Where a pixel is larger than a piece, in place: only then does it not fit the stack. */
static void
normalize_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *walk = (Walk *)pieces;
  BatchNorm *self = walk->layer;
  const FxpEdge *in = self->parent.in;
  double local[FXP_PIECE];
  FxpNormSpan span = span_new (walk,
                               &self->parent.row->cells[FXP_ROLE_NORM],
                               fxp_tensor_at (self->normal, first),
                               first,
                               n);
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);

  if (in->sums != NULL)
    span.short_sums = in->sums + first;
  else
    span.sums = in->reals + first;
  span.values = n <= FXP_PIECE ? local : in->reals + first;
  if (walk->foresees && normalize_and_activate (walk, &span, tally))
    {
      fxp_stopwatch_enter (stage);
      return;
    }
  if (walk->pass->step.probe || !walk->loop->normalize (&span, &tally->second))
    normalize_apart (walk, &span, &tally->second);
  fxp_stopwatch_enter (stage);
  fxp_edge_hand_on (self->parent.out, walk->pass, span.values, first, n, tally);
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
  /* What lies in units of a power of two is centred and scaled in them, with the same bits. */
  const double unit = layer->in->sums != NULL ? layer->in->sum_step : 1.0;
  FxpNoise noise;
  FxpTally total = {0};
  Walk walk = {
    .parent = {.func = normalize_piece,
               .length = self->n_channels * MAX (FXP_PIECE / self->n_channels, 1)},
    .layer = self,
    .pass = pass,
    .loop = fxp_norm_loop_get (),
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
  fill_row (self, FXP_NORM_MEAN, normalizer->batch_mean, 1.0 / unit);
  fill_row (self, FXP_NORM_SCALE, normalizer->inverse_deviation, unit);
  fill_row (self, FXP_NORM_GAMMA, self->gamma, 1.0);
  fill_row (self, FXP_NORM_BETA, fxp_parameter_quantize (normalizer->beta, pass), 1.0);
  fxp_edge_begin (layer->out, pass);
  walk.foresees = fxp_edge_foresee (layer->out, pass, &walk.outlook);
  fxp_pieces_run (&walk.parent, pass->n * layer->in->n_features, pass, &total);
  fxp_cell_count (cell, pass, &total.second);
  fxp_cell_look (cell, pass, self->normal->data, pass->n * layer->in->n_features);
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

static void
differentiate_apart (Walk *walk, const FxpNormSpan *span, FxpQuantizeCounts *counts)
{
  BatchNorm *self = walk->layer;
  FxpCell *cell = self->parent.in->gradient_cell;
  double values[FXP_PIECE], normal[FXP_PIECE];
  gsize begin, run;

  decode_both (self, span->first, span->n, values, normal);
  for (gsize i = 0; i < span->n; i += run)
    {
      run = get_run (self, span->first + i, span->first + span->n, &begin);
      fxp_loops_get ()->differentiate (values + i,
                                       normal + i,
                                       span->rows[FXP_NORM_MEAN] + begin,
                                       span->rows[FXP_NORM_GAMMA] + begin,
                                       span->rows[FXP_NORM_SCALE] + begin,
                                       run);
    }
  fxp_quantizer_apply (&cell->quantizer,
                       walk->noise,
                       values,
                       span->codes,
                       span->first,
                       span->n,
                       counts,
                       NULL);
  fxp_cell_probe (cell, walk->pass, values, span->codes, span->n);
}

static void
differentiate_piece (FxpPieces *pieces, gsize first, gsize n, FxpTally *tally)
{
  Walk *walk = (Walk *)pieces;
  BatchNorm *self = walk->layer;
  const FxpTensor *gradient = self->parent.out->gradient;
  FxpNormSpan span = span_new (walk,
                               self->parent.in->gradient_cell,
                               fxp_tensor_at (self->parent.in->gradient, first),
                               first,
                               n);
  const FxpStage stage = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);

  span.gradient_format = gradient->format;
  span.gradient = fxp_tensor_at (gradient, first);
  span.normal_format = self->normal->format;
  span.normal = fxp_tensor_at (self->normal, first);
  if (walk->pass->step.probe || !walk->loop->differentiate (&span, &tally->first))
    differentiate_apart (walk, &span, &tally->first);
  fxp_stopwatch_enter (stage);
}

/* S / m, T / m and gamma r of the contract, where S and T are the gradients of beta and gamma.  In
 * an evaluation mean and variance do not depend on the batch: nothing is taken off. */
static void
fill_gradient_rows (BatchNorm *self, const FxpPass *pass)
{
  FxpNormalizer *normalizer = self->parent.row->normalizer;
  const FxpNormImages images = get_images (self, pass);
  const double m = normalizer->n_values;

  if (pass->evaluates)
    {
      memset (normalizer->beta->gradient, 0, self->n_channels * sizeof (double));
      memset (normalizer->gamma->gradient, 0, self->n_channels * sizeof (double));
    }
  else
    fxp_norm_images_sum_codes (&images,
                               self->parent.out->gradient,
                               self->normal,
                               normalizer->beta->gradient,
                               normalizer->gamma->gradient);
  for (gsize i = 0; i < self->row_length + FXP_NORM_OVERLAP; i++)
    {
      gsize channel = i % self->n_channels;

      self->rows[FXP_NORM_MEAN][i] = normalizer->beta->gradient[channel] / m;
      self->rows[FXP_NORM_GAMMA][i] = normalizer->gamma->gradient[channel] / m;
      self->rows[FXP_NORM_SCALE][i] = self->gamma[channel] * normalizer->inverse_deviation[channel];
    }
}

static void
backward (FxpLayer *layer, const FxpPass *pass)
{
  BatchNorm *self = (BatchNorm *)layer;
  FxpCell *cell = layer->in->gradient_cell;
  FxpNoise noise;
  FxpTally total;
  Walk walk = {
    .parent = {.func = differentiate_piece},
    .layer = self,
    .pass = pass,
    .loop = fxp_norm_loop_get (),
    .noise = fxp_edge_get_noise (layer->in, cell, &pass->step, FXP_STREAM_QUANTIZE, &noise),
  };

  fill_gradient_rows (self, pass);
  fxp_pieces_run (&walk.parent, pass->n * layer->in->n_features, pass, &total);
  fxp_cell_count (cell, pass, &total.first);
  fxp_cell_look (cell, pass, layer->in->gradient->data, pass->n * layer->in->n_features);
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
  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
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
