/* SPDX-License-Identifier: MIT */
/* A converted network computed element by element in integers, as the formulas of model-private.h
 * have them and as slowly, in 128 bits where in doubt.  What both engines are compared with. */
#pragma once

#include "inference/model-private.h"
#include "number/scaler.h"

#include <math.h>

typedef struct
{
  gint64 *codes; /* n x output, channels-last; of the last node y */
  gsize n_features, n_channels, height, width;
  FxpFormat format; /* with the exponent of the batch */
  int exponent;     /* of codes; of the last node of y */
  FxpScaler scaler;
} ReferenceOutput;

typedef struct
{
  const FxpModel *model;
  FxpExponents exponents; /* the model's, or what a test sets before it runs */
  gsize n;
  guint *reductions; /* R of the run, per node */
  guint64 n_clipped; /* codes of nodes, and reduced sums of clusters, that do not fit their words,
                        of all runs */
  ReferenceOutput *outputs; /* the input's, then the nodes' */
} Reference;

static inline void
reference_describe (ReferenceOutput *output, const FxpShape *shape, FxpFormat format, gsize n)
{
  output->n_features = fxp_shape_get_n (shape);
  output->n_channels = shape->dim[0];
  output->height = shape->rank == 3 ? shape->dim[1] : 1;
  output->width = shape->rank == 3 ? shape->dim[2] : 1;
  output->format = format;
  output->exponent = -format.frac_bits;
  output->codes = g_new0 (gint64, n * output->n_features);
  fxp_scaler_init (&output->scaler, output->exponent);
}

static inline Reference *
reference_new (const FxpModel *model, gsize n)
{
  Reference *self = g_new0 (Reference, 1);

  self->model = model;
  self->exponents = model->options.exponents;
  self->n = n;
  self->outputs = g_new0 (ReferenceOutput, model->n_nodes + 1);
  self->reductions = g_new0 (guint, model->n_nodes);
  reference_describe (&self->outputs[0], &model->input, model->input_format, n);
  for (guint i = 0; i < model->n_nodes; i++)
    reference_describe (&self->outputs[i + 1], &model->nodes[i].output, model->nodes[i].format, n);
  return self;
}

static inline void
reference_free (Reference *self)
{
  for (guint i = 0; i <= self->model->n_nodes; i++)
    g_free (self->outputs[i].codes);
  g_free (self->outputs);
  g_free (self->reductions);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Reference, reference_free)

/* The code of sample, channel, row and column; 0 outside. */
static inline gint64
reference_get (const ReferenceOutput *self, gsize sample, gsize channel, gint64 row, gint64 column)
{
  if (row < 0 || row >= (gint64)self->height || column < 0 || column >= (gint64)self->width)
    return 0;
  return self->codes[sample * self->n_features +
                     ((gsize)row * self->width + (gsize)column) * self->n_channels + channel];
}

/* [value 2^-shift], or the value times a power of two. */
static inline __int128
reference_shift (__int128 value, int shift)
{
  if (shift <= 0)
    return value * ((__int128)1 << -shift);
  if (shift > 100)
    return 0;
  return (value + ((__int128)1 << (shift - 1))) >> shift;
}

static inline gint64
reference_get_most (FxpFormat format)
{
  return (1ll << (format.is_signed ? format.word_bits - 1 : format.word_bits)) - 1;
}

static inline gint64
reference_clip (FxpFormat format, __int128 value)
{
  const gint64 most = reference_get_most (format);

  return (gint64)CLAMP (value, format.is_signed ? -most : 0, most);
}

static inline gint64
reference_convert (Reference *self, FxpFormat format, __int128 value)
{
  const gint64 code = reference_clip (format, value);

  self->n_clipped += code != value;
  return code;
}

static inline __int128
reference_activate (FxpActivation activation, __int128 y, int exponent)
{
  __int128 one = exponent > 0 ? 0 : (__int128)1 << -exponent;
  __int128 two = exponent > 1 ? 0 : (__int128)1 << (1 - exponent);

  if (activation == FXP_ACTIVATION_RELU)
    return MAX (y, 0);
  if (activation == FXP_ACTIVATION_CLIPPED_RELU)
    return CLAMP (y, 0, two);
  return CLAMP (y, -one, one);
}

/* The code that weight @input, @pixel of a unit meets. */
static inline gint64
reference_meet (const FxpNode *node,
                const ReferenceOutput *in,
                gsize sample,
                gsize input,
                gsize pixel,
                gsize row,
                gsize column)
{
  const gsize n_pixels = in->height * in->width;

  if (node->output.rank == 1)
    return reference_get (in,
                          sample,
                          input / n_pixels,
                          (gint64)(input % n_pixels / in->width),
                          (gint64)(input % in->width));
  return reference_get (in,
                        sample,
                        input,
                        (gint64)(row * node->stride + pixel / node->kernel) - node->padding,
                        (gint64)(column * node->stride + pixel % node->kernel) - node->padding);
}

/* The sum of one cluster of a unit. */
static inline __int128
reference_sum_cluster (const FxpNode *node,
                       const ReferenceOutput *in,
                       gsize sample,
                       guint term,
                       gsize unit,
                       gsize cluster,
                       gsize row,
                       gsize column)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  __int128 sum = 0;

  for (gsize i = 0; i < shape->n_inputs; i++)
    for (gsize p = 0; p < shape->n_pixels; p++)
      if (fxp_clusters_find (node->clusters, unit, i, p) == cluster)
        sum += fxp_clusters_get_codes (node->clusters,
                                       term)[(unit * shape->n_inputs + i) * shape->n_pixels + p] *
               reference_meet (node, in, sample, i, p, row, column);
  return sum;
}

/* The same as reference_sum() with every sum of a cluster reduced; @peak: the greatest of them, and
 * nothing else is of interest, or NULL. */
static inline __int128
reference_sum_reduced (Reference *self,
                       const FxpNode *node,
                       gsize sample,
                       gsize unit,
                       gsize row,
                       gsize column,
                       __int128 *peak)
{
  const ReferenceOutput *in = &self->outputs[node->from + 1];
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  const gint64 most = (1ll << (node->intermediate_bits - 1)) - 1;
  const gsize first = fxp_clusters_find (node->clusters, unit, 0, 0);
  const gsize last =
    fxp_clusters_find (node->clusters, unit, shape->n_inputs - 1, shape->n_pixels - 1);
  __int128 acc = 0;

  for (guint term = 0; term < fxp_clusters_get_n_terms (node->clusters); term++)
    for (gsize k = first; k <= last; k++)
      {
        __int128 sum = reference_sum_cluster (node, in, sample, term, unit, k, row, column);
        __int128 code = reference_shift (sum, (int)self->reductions[node - self->model->nodes]);

        if (peak != NULL)
          *peak = MAX (*peak, sum < 0 ? -sum : sum);
        else
          self->n_clipped += code < -most || code > most;
        acc += CLAMP (code, -most, most) * fxp_clusters_get_scales (node->clusters, term)[k];
      }
  return acc;
}

/* Sum over terms and weights of scale x code x activation. */
static inline __int128
reference_sum (const FxpNode *node,
               const ReferenceOutput *in,
               gsize sample,
               gsize unit,
               gsize row,
               gsize column)
{
  const FxpWeightShape *shape = fxp_clusters_get_shape (node->clusters);
  __int128 sum = 0;

  for (guint term = 0; term < fxp_clusters_get_n_terms (node->clusters); term++)
    for (gsize i = 0; i < shape->n_inputs; i++)
      for (gsize p = 0; p < shape->n_pixels; p++)
        {
          const gsize place = (unit * shape->n_inputs + i) * shape->n_pixels + p;
          gint64 weight =
            (gint64)fxp_clusters_get_codes (node->clusters, term)[place] *
            fxp_clusters_get_scales (node->clusters,
                                     term)[fxp_clusters_find (node->clusters, unit, i, p)];

          sum += weight * reference_meet (node, in, sample, i, p, row, column);
        }
  return sum;
}

static inline __int128
reference_pool (const FxpNode *node,
                const ReferenceOutput *in,
                gsize sample,
                gsize channel,
                gsize row,
                gsize column)
{
  gsize rows = node->kernel > 0 ? node->kernel : in->height;
  gsize columns = node->kernel > 0 ? node->kernel : in->width;
  __int128 sum = 0, max = G_MININT64;

  for (gsize i = 0; i < rows; i++)
    for (gsize j = 0; j < columns; j++)
      {
        gint64 code = reference_get (in,
                                     sample,
                                     channel,
                                     (gint64)(row * node->stride + i),
                                     (gint64)(column * node->stride + j));

        sum += code;
        max = MAX (max, code);
      }
  return node->kind == FXP_NODE_MAXIMUM ? max : sum;
}

static inline __int128
reference_add (const Reference *self,
               const FxpNode *node,
               gsize sample,
               gsize channel,
               gsize row,
               gsize column,
               int grid)
{
  const ReferenceOutput *in = &self->outputs[node->from + 1],
                        *skip = &self->outputs[node->skip + 1];
  gint64 front = ((gint64)node->output.dim[0] - (gint64)skip->n_channels) / 2;
  gint64 from = (gint64)channel - front;
  __int128 identity = 0;

  if (from >= 0 && from < (gint64)skip->n_channels)
    identity = reference_get (skip,
                              sample,
                              (gsize)from,
                              (gint64)(row * node->skip_stride),
                              (gint64)(column * node->skip_stride));
  return reference_shift (reference_get (in, sample, channel, (gint64)row, (gint64)column),
                          grid - in->exponent) +
         reference_shift (identity, grid - skip->exponent);
}

/* The grid of what a node forms. */
static inline int
reference_get_grid (const Reference *self, const FxpNode *node)
{
  int exponent = self->outputs[node->from + 1].exponent;

  if (node->kind == FXP_NODE_PRODUCT)
    return exponent + fxp_clusters_get_exponent (node->clusters) + node->factor_exponent +
           (int)self->reductions[node - self->model->nodes];
  return node->kind == FXP_NODE_SUM ? MAX (exponent, self->outputs[node->skip + 1].exponent)
                                    : exponent;
}

/* z, the sum of a mean or the code of a maximum. */
static inline __int128
reference_form (Reference *self,
                const FxpNode *node,
                gsize sample,
                gsize channel,
                gsize row,
                gsize column)
{
  const ReferenceOutput *in = &self->outputs[node->from + 1];
  const int grid = reference_get_grid (self, node);
  __int128 y, offset;

  if (node->kind == FXP_NODE_MAXIMUM || node->kind == FXP_NODE_MEAN)
    return reference_pool (node, in, sample, channel, row, column);
  if (node->kind == FXP_NODE_SUM)
    y = reference_add (self, node, sample, channel, row, column, grid);
  else
    {
      offset =
        reference_shift (node->offsets[channel], grid - fxp_node_get_exponent (self->model, node));
      offset = CLAMP (offset, -((__int128)1 << 52), (__int128)1 << 52);
      y = node->intermediate_bits > 0
            ? reference_sum_reduced (self, node, sample, channel, row, column, NULL)
            : reference_sum (node, in, sample, channel, row, column);
      y = node->factors[channel] * y + offset;
    }
  if (!node->activates)
    return y;
  return reference_activate (fxp_experiment_get_settings (self->model->experiment)->activation,
                             y,
                             grid);
}

static inline guint
reference_get_length (__int128 magnitude)
{
  guint length = 0;

  for (; magnitude > 0; magnitude >>= 1)
    length++;
  return length;
}

/* @max: of magnitudes on @grid, of a mean of sums of k. */
static inline int
reference_choose (const Reference *self, guint index, __int128 max, int grid, gint64 k)
{
  const FxpNode *node = &self->model->nodes[index];
  const int scaler = self->outputs[index + 1].scaler.exponent;
  const int word = node->format.word_bits - (node->format.is_signed ? 1 : 0);
  int t = 0;

  if (self->exponents == FXP_EXPONENTS_STATIC)
    return -node->format.frac_bits;
  if (self->exponents == FXP_EXPONENTS_PREDICTIVE)
    return node->kind == FXP_NODE_MEAN ? CLAMP (scaler, grid - 15, grid) : MAX (scaler, grid);
  if (max == 0)
    return -node->format.frac_bits;
  if (node->kind != FXP_NODE_MEAN)
    return MAX (MIN (grid + MAX (0, (int)reference_get_length (max) - word), -FXP_FRAC_BITS_MIN),
                grid);
  while (max >= (__int128)k << (t + 1))
    t++;
  while (t <= 0 && max << -t < k)
    t--;
  return MAX (grid + t - (word - 1), -FXP_FRAC_BITS_MAX);
}

static inline gint64
reference_divide (__int128 sum, int shift, gint64 k)
{
  __int128 numerator = 2 * sum * ((__int128)1 << shift) + k, quotient = numerator / (2 * k);

  return (gint64)(quotient - (numerator % (2 * k) < 0));
}

static inline void
reference_advance (ReferenceOutput *output, gsize n)
{
  FxpRangeSight sight = {.n = n};
  FxpScalingOptions options;
  gint64 most = reference_get_most (output->format);

  for (gsize i = 0; i < n; i++)
    {
      gint64 magnitude = ABS (output->codes[i]);

      sight.n_full += magnitude >= most;
      sight.n_half += 2 * magnitude >= most + 1;
      sight.max = MAX (sight.max, (guint32)magnitude);
    }
  fxp_scaling_options_init (&options, FXP_SCALING_PREDICTIVE);
  output->scaler.exponent = output->exponent;
  fxp_scaler_advance (&output->scaler, &options, output->format, &sight);
}

/* R: the model's, or of the greatest sum of a cluster in the batch. */
static inline void
reference_choose_reduction (Reference *self, guint index)
{
  const FxpNode *node = &self->model->nodes[index];
  const ReferenceOutput *output = &self->outputs[index + 1];
  __int128 peak = 0;

  self->reductions[index] = node->reduction;
  if (node->intermediate_bits == 0 || self->exponents != FXP_EXPONENTS_DYNAMIC)
    return;
  for (gsize i = 0; i < self->n * output->n_features; i++)
    {
      gsize place = i % output->n_features / output->n_channels;

      reference_sum_reduced (self,
                             node,
                             i / output->n_features,
                             i % output->n_channels,
                             place / output->width,
                             place % output->width,
                             &peak);
    }
  self->reductions[index] =
    MAX (reference_get_length (peak), node->intermediate_bits - 1) - (node->intermediate_bits - 1);
}

static inline void
reference_run_node (Reference *self, guint index)
{
  const FxpNode *node = &self->model->nodes[index];
  ReferenceOutput *output = &self->outputs[index + 1];
  const gsize n = self->n * output->n_features;
  const gint64 k = node->kernel > 0 ? (gint64)node->kernel * node->kernel
                                    : (gint64)(fxp_shape_get_n (&node->input) / node->input.dim[0]);
  int grid;
  __int128 *formed = g_new (__int128, n), max = 0;

  reference_choose_reduction (self, index);
  grid = reference_get_grid (self, node);
  for (gsize i = 0; i < n; i++)
    {
      gsize place = i % output->n_features / output->n_channels;

      formed[i] = reference_form (self,
                                  node,
                                  i / output->n_features,
                                  i % output->n_channels,
                                  place / output->width,
                                  place % output->width);
      max = MAX (max, formed[i] < 0 ? -formed[i] : formed[i]);
    }
  output->exponent = grid;
  if (node->kind != FXP_NODE_MAXIMUM && !node->is_last)
    output->exponent = reference_choose (self, index, max, grid, k);
  output->format.frac_bits = (gint8)-output->exponent;
  for (gsize i = 0; i < n; i++)
    if (node->kind == FXP_NODE_MAXIMUM || node->is_last)
      output->codes[i] = (gint64)formed[i];
    else if (node->kind == FXP_NODE_MEAN)
      output->codes[i] =
        reference_convert (self,
                           output->format,
                           reference_divide (formed[i], grid - output->exponent, k));
    else
      output->codes[i] = reference_convert (self,
                                            output->format,
                                            reference_shift (formed[i], output->exponent - grid));
  if (self->exponents == FXP_EXPONENTS_PREDICTIVE && node->kind != FXP_NODE_MAXIMUM &&
      !node->is_last)
    reference_advance (output, n);
  g_free (formed);
}

/* @inputs: n x channels x rows x columns. */
static inline void
reference_run (Reference *self, const double *inputs)
{
  ReferenceOutput *input = &self->outputs[0];
  const gsize n_pixels = input->height * input->width;

  for (gsize i = 0; i < self->n * input->n_features; i++)
    {
      gsize sample = i / input->n_features, rest = i % input->n_features;
      double y = ldexp (inputs[i], -input->exponent);

      input->codes[sample * input->n_features + rest % n_pixels * input->n_channels +
                   rest / n_pixels] =
        isnan (y) ? 0
                  : reference_clip (input->format, (__int128)floor (CLAMP (y, -1e6, 1e6) + 0.5));
    }
  for (guint i = 0; i < self->model->n_nodes; i++)
    reference_run_node (self, i);
}
