/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "lone-layer.h"
#include "network/convolution-private.h"

/* Lowered images and windows in place must give the same bits: of a layer by itself, where a test
 * can choose the way, and of whole networks, where the sum register does. */

/* A layer by itself. */
typedef struct
{
  FxpShape in;
  FxpLayerSpec spec;
} Case;

#define SHAPE(c, h, w)                                                                             \
  {                                                                                                \
    3, { c, h, w }                                                                                 \
  }
#define SPEC(n, k, s, p)                                                                           \
  {                                                                                                \
    .kind = FXP_LAYER_CONVOLUTION, .units = n, .kernel = k, .stride = s, .padding = p              \
  }

static const Case cases[] = {
  {SHAPE (1, 9, 7), SPEC (5, 3, 1, 0)},
  {SHAPE (3, 8, 9), SPEC (10, 3, 1, 1)},
  {SHAPE (1, 5, 6), SPEC (3, 1, 1, 0)},
  {SHAPE (3, 7, 7), SPEC (17, 1, 2, 0)},
  {SHAPE (3, 9, 8), SPEC (4, 5, 2, 2)},
  {SHAPE (17, 10, 7), SPEC (33, 3, 3, 2)},
  {SHAPE (20, 5, 5), SPEC (16, 2, 3, 1)},
  {SHAPE (9, 60, 33), SPEC (3, 3, 1, 1)}, /* gradients of several groups and channels' parts */
  {SHAPE (5, 1, 1), SPEC (7, 1, 3, 0)},
  {SHAPE (3, 24, 24), SPEC (10, 3, 1, 1)}, /* enough work for several threads */
};

/* Formats of what flows through the layer and of its weights. */
static const char *const formats[][2] = {
  {"Q2.5", "Q0.7"},
  {"UQ0.7", "Q-2.5"},
  {"Q4.11", "Q0.15"},
  {"UQ1.7", "Q2.9"},
  {"float", "float"},
  {"float", "Q0.11"},
};

static void
fill (FxpTensor *tensor, guint key)
{
  const FxpNoise noise = fxp_noise_new (13, key, 0, 0, FXP_STREAM_SYNTHETIC);
  const FxpQuantizer quantizer = {tensor->format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  const double most =
    fxp_format_is_float (tensor->format) ? 1.0 : fxp_format_get_max (tensor->format);
  g_autofree double *values = g_new (double, tensor->n);
  FxpQuantizeCounts counts = {0};

  for (gsize i = 0; i < tensor->n; i++)
    values[i] = 1.1 * most * (2.0 * fxp_noise_uniform (noise, (guint32)i) - 1.0);
  fxp_quantizer_apply (&quantizer, NULL, values, tensor->data, 0, tensor->n, &counts, NULL);
}

/* Sums leave upwards as they are, and downwards as float32. */
static LoneLayer *
new_layer (const Case *test, const char *const format[2], gsize n, guint n_threads, FxpCell *below)
{
  const FxpLayerSpec *spec = &test->spec;
  const FxpShape *in = &test->in;
  const FxpShape out =
    FXP_SHAPE_3 (spec->units,
                 (in->dim[1] + 2 * spec->padding - spec->kernel) / spec->stride + 1,
                 (in->dim[2] + 2 * spec->padding - spec->kernel) / spec->stride + 1);
  LoneLayer *self = lone_layer_new (in, &out, n_threads);
  g_autoptr (GError) error = NULL;
  FxpFormat weight;

  lone_layer_carry_codes (self, format[0]);
  fxp_cell_init (below, 0, FXP_ROLE_ACTIVATION_GRAD);
  self->in.gradient_cell = below;
  self->out.cell = NULL;
  self->layer = fxp_layer_new (spec, 0, TRUE, &self->in, NULL, &self->out);
  fxp_format_parse (format[1], &weight, &error);
  g_assert_no_error (error);
  fxp_tensor_set_format (self->layer->weights->weight, weight);
  lone_layer_reserve (self, n);
  fill (self->in.codes, 1);
  fill (self->out.gradient, 2);
  /* Some images prove short sums, and others in the same batch do not. */
  if (n > 4)
    memset (self->out.gradient->data, 0, fxp_tensor_get_n_bytes (self->out.gradient) / n * 2);
  fill (self->layer->weights->weight, 3);
  return self;
}

/* The counts of the way just gone. */
static FxpSumCounts
take_counts (LoneLayer *self)
{
  FxpSumCounts counts = self->layer->weights->step_sum_counts;

  fxp_weights_begin_step (self->layer->weights);
  self->in.n_returned = 0;
  return counts;
}

static void
check_layer (LoneLayer *self)
{
  FxpConvolution *convolution = (FxpConvolution *)self->layer;
  FxpWeights *weights = self->layer->weights;
  const gsize n_up = self->pass.n * self->out.n_features * sizeof (double);
  const gsize n_down = fxp_tensor_get_n_bytes (self->in.gradient);
  const gsize n_weights = weights->n_units * weights->n_inputs;
  g_autofree gpointer up = NULL, down = NULL;
  g_autofree double *gradient = g_new (double, n_weights);
  FxpSumCounts direct, lowered;

  self->layer->klass->forward (self->layer, &self->pass);
  up = g_memdup2 (self->out.reals, n_up);
  self->layer->klass->backward (self->layer, &self->pass);
  down = g_memdup2 (self->in.gradient->data, n_down);
  direct = take_counts (self);

  g_assert_true (fxp_convolution_forward_lowered (convolution, &self->pass, NULL));
  g_assert_cmpmem (self->out.reals, n_up, up, n_up);
  g_assert_true (fxp_convolution_gather_lowered (convolution, &self->pass, gradient));
  for (gsize i = 0; i < n_weights; i++)
    g_assert_cmpfloat (((const float *)weights->gradient->data)[i], ==, (float)gradient[i]);
  memset (self->in.gradient->data, 0x55, n_down);
  g_assert_true (fxp_convolution_return_lowered (convolution, &self->pass));
  g_assert_cmpmem (self->in.gradient->data, n_down, down, n_down);
  lowered = take_counts (self);
  g_assert_cmpmem (&lowered, sizeof lowered, &direct, sizeof direct);
}

/* @data: the vector unit. */
static void
test_layer (gconstpointer data)
{
  fxp_vector_unit_limit ((FxpVectorUnit)GPOINTER_TO_UINT (data));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint j = 0; j < G_N_ELEMENTS (formats); j++)
      {
        FxpCell below;
        g_autoptr (LoneLayer) layer =
          new_layer (&cases[i], formats[j], 1 + (i + j) % 5, (i + j) % 4, &below);

        check_layer (layer);
      }
}

/* A layer that looks at what it takes. */
static void
take_pixels (FxpLayer *self,
             const FxpPass *pass,
             double *values,
             gsize first,
             gsize n,
             FxpTally *tally)
{
  const gsize n_channels = self->in->shape.dim[0];

  g_assert_cmpuint (first % n_channels, ==, 0);
  g_assert_cmpuint (n % n_channels, ==, 0);
  memcpy (self->in->reals + first, values, n * sizeof (double));
}

/* Pieces of values are whole pixels both ways, also where a pixel is more than a piece. */
static void
test_pixels (void)
{
  static const FxpLayerClass taking_class = {.take = take_pixels};
  static const Case wide[] = {
    {SHAPE (1, 9, 11), SPEC (20, 1, 1, 0)},
    {SHAPE (1, 3, 3), SPEC (FXP_PIECE + 6, 1, 2, 0)},
  };

  for (guint i = 0; i < G_N_ELEMENTS (wide); i++)
    {
      FxpCell below;
      g_autoptr (LoneLayer) lone = new_layer (&wide[i], formats[2], 3, 2, &below);
      g_autofree double *reals = g_new (double, lone->pass.n * lone->out.n_features);
      FxpLayer taker = {.klass = &taking_class, .in = &lone->out};

      lone->out.taker = &taker;
      lone->out.reals = reals;
      check_layer (lone);
    }
}

int
main (int argc, char *argv[])
{
  const guint n_units = fxp_vector_unit_get () + 1;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/convolution-lowered/pixels", test_pixels);
  for (guint unit = 0; unit < n_units; unit++)
    {
      g_autofree char *path = g_strconcat ("/network/convolution-lowered/layer/",
                                           fxp_vector_unit_get_name ((FxpVectorUnit)unit),
                                           NULL);

      g_test_add_data_func (path, GUINT_TO_POINTER (unit), test_layer);
    }
  return g_test_run ();
}
