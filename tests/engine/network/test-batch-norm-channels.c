/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"
#include "norm-reference.h"

/* Channels lie side by side, and are normalized as if each lay by itself. */

/* Channels that fill vectors and do not, more than are summed at a time, and more than a piece has
 * elements; images of a part of the lanes, of many pieces, and units. */
static const FxpShape shapes[] = {
  {3, {3, 5, 5}},
  {3, {10, 6, 7}},
  {3, {20, 9, 9}},
  {3, {33, 11, 3}},
  {3, {64, 8, 8}},
  {3, {1, 35, 35}},
  {3, {16, 32, 32}},
  {3, {300, 3, 3}},
  {3, {1100, 2, 2}},
  {1, {600}},
};

/* One normalization with the lowest bits of everything in its codes, as in test_order(). */
typedef struct
{
  LoneLayer *lone;
  FxpWeights *row;
  gsize n, n_channels, n_pixels;
} Lone;

static Lone
lone_new (const FxpShape *shape, FxpRounding rounding, guint n_threads)
{
  const FxpLayerSpec spec = {.kind = FXP_LAYER_BATCH_NORM};
  const FxpStep step = {1, 0, FALSE};
  Lone self = {
    .lone = lone_layer_new (shape, shape, n_threads),
    .n = 4,
    .n_channels = shape->dim[0],
    .n_pixels = fxp_shape_get_n (shape) / shape->dim[0],
  };
  FxpLayerPrecision precision = {.quantizers = {{{0}}}};

  for (guint role = 0; role < FXP_N_ROLES; role++)
    precision.quantizers[role] = FXP_QUANTIZER_FLOAT;
  precision.quantizers[FXP_ROLE_NORM] =
    (FxpQuantizer){FXP_FORMAT_SIGNED (32, 52), rounding, FXP_OVERFLOW_WRAP};
  self.row = fxp_weights_new (0, &FXP_SHAPE_2 (self.n_channels, 9), 9, TRUE);
  fxp_weights_set_precision (self.row, &precision, &step);
  self.lone->gradient_cell.quantizer =
    (FxpQuantizer){FXP_FORMAT_SIGNED (32, 58), rounding, FXP_OVERFLOW_WRAP};
  self.lone->in.gradient_cell = self.lone->out.gradient_cell = &self.lone->gradient_cell;
  self.lone->in.keeps_reals = self.lone->out.keeps_reals = TRUE;
  self.lone->layer = fxp_layer_new (&spec, 0, FALSE, &self.lone->in, NULL, &self.lone->out);
  self.lone->layer->row = self.row;
  lone_layer_reserve (self.lone, self.n);
  lone_layer_fill (self.lone->out.gradient, 2);
  for (gsize i = 0; i < self.n_channels; i++)
    {
      ((float *)self.row->normalizer->gamma->masters->data)[i] = 0.3f + 0.1f * (float)(i % 7);
      ((float *)self.row->normalizer->beta->masters->data)[i] = 0.2f * (float)(i % 5) - 0.3f;
    }
  fxp_parameter_refresh (self.row->normalizer->gamma);
  fxp_parameter_refresh (self.row->normalizer->beta);
  return self;
}

/* Leaves behind what was normalized in @sums. */
static void
lone_run (Lone *self, double *sums)
{
  const gsize n = self->n * self->n_channels * self->n_pixels;
  const FxpNoise noise = fxp_noise_new (7, 1, 0, 0, FXP_STREAM_SYNTHETIC);
  FxpLayer *layer = self->lone->layer;

  fxp_edge_begin_reals (&self->lone->in, &self->lone->pass);
  for (gsize i = 0; i < n; i++)
    self->lone->in.reals[i] = sums[i] =
      ldexp (2.0 * fxp_noise_uniform (noise, (guint32)i) - 1.0, (int)(i * 7 % 41) - 40);
  layer->klass->forward (layer, &self->lone->pass);
  layer->klass->backward (layer, &self->lone->pass);
}

/* A channel's element, sample by sample and row by row, of the batch. */
static gsize
lone_at (const Lone *self, gsize i, gsize channel)
{
  return i * self->n_channels + channel;
}

static gint64
get_code (const FxpTensor *tensor, gsize i)
{
  return fxp_format_get_code (tensor->format, tensor->data, i);
}

/* Draws as if the channel lay by itself. */
static gint64
quantize (const Lone *self, const FxpQuantizer *quantizer, FxpNoise noise, double value, gsize at)
{
  gsize channel = at % self->n_channels, pixel = at / self->n_channels;
  gsize index =
    (pixel / self->n_pixels * self->n_channels + channel) * self->n_pixels + pixel % self->n_pixels;

  return fxp_quantizer_apply_one (quantizer, value, fxp_noise_draw (noise, (guint32)index));
}

static void
check_channel (const Lone *self, gsize channel, const double *sums)
{
  const gsize n = self->n * self->n_pixels;
  const FxpNormalizer *normalizer = self->row->normalizer;
  const FxpTensor *normal = fxp_batch_norm_get_normal (self->lone->layer);
  const FxpTensor *above = self->lone->out.gradient, *below = self->lone->in.gradient;
  const FxpNoise noise = fxp_noise_new (3, 5, 0, FXP_ROLE_NORM, FXP_STREAM_QUANTIZE);
  const FxpNoise noise_back =
    fxp_noise_new (3, 5, 0, FXP_ROLE_ACTIVATION_GRAD, FXP_STREAM_QUANTIZE);
  const double gamma = normalizer->gamma->values[channel];
  Reference reference = {self->n, self->n_pixels, TRUE, gamma, 0.0, {0.0}};
  g_autofree double *values = g_new (double, n), *found = g_new (double, n);
  g_autofree double *gradient = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    values[i] = sums[lone_at (self, i, channel)];
  reference_normalize (&reference, values, found);
  for (gsize i = 0; i < n; i++)
    {
      gsize at = lone_at (self, i, channel);
      double stretched;

      g_assert_cmpint (get_code (normal, at),
                       ==,
                       quantize (self,
                                 &self->row->cells[FXP_ROLE_NORM].quantizer,
                                 noise,
                                 found[i],
                                 at));
      values[i] = lone_layer_get_value (normal, at);
      stretched = gamma * values[i];
      g_assert_cmpfloat (self->lone->out.reals[at],
                         ==,
                         stretched + normalizer->beta->values[channel]);
      gradient[i] = lone_layer_get_value (above, at);
    }
  reference_differentiate (&reference, gradient, values, found);
  g_assert_cmpfloat (normalizer->beta->gradient[channel], ==, reference.gradients[0]);
  g_assert_cmpfloat (normalizer->gamma->gradient[channel], ==, reference.gradients[1]);
  for (gsize i = 0; i < n; i++)
    {
      gsize at = lone_at (self, i, channel);

      g_assert_cmpint (get_code (below, at),
                       ==,
                       quantize (self,
                                 &self->lone->gradient_cell.quantizer,
                                 noise_back,
                                 found[i],
                                 at));
    }
}

/* Every channel by itself, though their values lie side by side; with every unit and in a team. */
static void
test_channels (gconstpointer data)
{
  const FxpRounding rounding = GPOINTER_TO_UINT (data);

  for (guint i = 0; i < G_N_ELEMENTS (shapes); i++)
    for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
      {
        Lone self = lone_new (&shapes[i], rounding, unit == 0 ? 0 : 3);
        g_autofree double *sums = g_new (double, self.n *self.n_channels *self.n_pixels);

        fxp_vector_unit_limit (unit);
        lone_run (&self, sums);
        for (gsize channel = 0; channel < self.n_channels; channel++)
          check_channel (&self, channel, sums);
        lone_layer_free (self.lone);
        fxp_weights_free (self.row);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/batch-norm-channels/nearest",
                        GUINT_TO_POINTER (FXP_ROUND_NEAREST_EVEN),
                        test_channels);
  g_test_add_data_func ("/network/batch-norm-channels/stochastic",
                        GUINT_TO_POINTER (FXP_ROUND_STOCHASTIC),
                        test_channels);
  return g_test_run ();
}
