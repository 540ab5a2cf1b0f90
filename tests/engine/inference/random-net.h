/* SPDX-License-Identifier: MIT */
/* A network, its weights and the way it is converted, all drawn from one seed: what the language of
 * topologies allows, small, and now and then what has to be refused. */
#pragma once

#include "inference-cases.h"

#define RANDOM_NET_LAYERS_MAX 5

typedef struct
{
  GRand *rand; /* owned */
  char *text;  /* owned; the topology */
  const char *activation;
  FxpShape input;
  guint n_classes;
  FxpTrained *trained; /* owned; NULL where the topology does not fit the input */
  FxpConversionOptions options;
} RandomNet;

static inline gint
random_net_draw (RandomNet *self, gint first, gint last)
{
  return g_rand_int_range (self->rand, first, last + 1);
}

/* One of @percent in a hundred. */
static inline gboolean
random_net_chance (RandomNet *self, gint percent)
{
  return random_net_draw (self, 1, 100) <= percent;
}

/* About normal. */
static inline double
random_net_draw_real (RandomNet *self)
{
  double sum = 0;

  for (guint i = 0; i < 6; i++)
    sum += g_rand_double_range (self->rand, -1, 1);
  return sum / sqrt (2);
}

static inline void
random_net_add_convolution (RandomNet *self, GString *text)
{
  static const guint kernels[] = {1, 1, 2, 3, 3, 3, 5};
  const guint kernel = kernels[random_net_draw (self, 0, G_N_ELEMENTS (kernels) - 1)];
  const guint units = random_net_chance (self, 15) ? 33 : (guint)random_net_draw (self, 1, 9);

  g_string_append_printf (text, "-%uC%u", units, kernel);
  if (random_net_chance (self, 60))
    g_string_append (text, "P");
  if (random_net_chance (self, 20))
    g_string_append_printf (text, "/%d", random_net_draw (self, 2, 3));
  if (random_net_chance (self, 60))
    g_string_append (text, "-BN");
}

static inline void
random_net_add_block (RandomNet *self, GString *text)
{
  static const char *const ways[] = {"", "", ",I", ",P1", ",P3"};

  g_string_append_printf (text, "-RES(%d", random_net_draw (self, 1, 9));
  if (random_net_chance (self, 30))
    g_string_append (text, "/2");
  g_string_append (text, ways[random_net_draw (self, 0, G_N_ELEMENTS (ways) - 1)]);
  if (random_net_chance (self, 10))
    g_string_append (text, ",D30");
  if (random_net_chance (self, 30))
    g_string_append (text, ",NOBN");
  g_string_append (text, ")");
}

static inline void
random_net_add_dense (RandomNet *self, GString *text)
{
  g_string_append_printf (text,
                          "-%dFC%s",
                          random_net_draw (self, 1, 20),
                          random_net_chance (self, 40) ? "-BN" : "");
}

static inline void
random_net_draw_topology (RandomNet *self, gboolean is_image)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const gint n = random_net_draw (self, 0, RANDOM_NET_LAYERS_MAX);

  for (gint i = 0; is_image && i < n; i++)
    switch (random_net_draw (self, 0, 9))
      {
      case 0:
        g_string_append_printf (text, "-MP%d", random_net_draw (self, 1, 3));
        break;
      case 1:
        g_string_append_printf (text, "-AP%d", random_net_draw (self, 1, 3));
        break;
      case 2:
        g_string_append_printf (text, "-D%d", random_net_draw (self, 1, 99));
        break;
      case 3:
      case 4:
        random_net_add_block (self, text);
        break;
      default:
        random_net_add_convolution (self, text);
        break;
      }
  if (is_image && random_net_chance (self, 30))
    g_string_append (text, "-GAP");
  for (gint i = random_net_chance (self, is_image ? 30 : 80) ? random_net_draw (self, 1, 2) : 0;
       i > 0;
       i--)
    random_net_add_dense (self, text);
  if (random_net_chance (self, 10))
    g_string_append (text, "-D50");
  g_string_append_printf (text, "-%uFC", self->n_classes + (random_net_chance (self, 20) ? 1 : 0));
  self->text = g_strdup (text->str + 1);
}

/* @n values around @mean; now and then all the same, of another size or with one that is none. */
static inline double *
random_net_draw_values (RandomNet *self, gsize n, double mean, double scale)
{
  double *values = g_new (double, n);
  const gint kind = random_net_draw (self, 1, 100);

  if (kind <= 4)
    scale = 0;
  else if (kind <= 12)
    scale = ldexp (scale, random_net_draw (self, -60, 40));
  for (gsize i = 0; i < n; i++)
    values[i] = mean + scale * random_net_draw_real (self);
  if (kind >= 97)
    values[random_net_draw (self, 0, (gint)n - 1)] = kind == 97 ? 0 : ldexp (1, kind - 90);
  return values;
}

static inline FxpTrainedLayer
random_net_make_layer (RandomNet *self,
                       const FxpLayerSpec *spec,
                       const FxpShape *input,
                       gboolean is_normalized)
{
  const gboolean is_dense = spec->kind == FXP_LAYER_DENSE;
  const gsize n = spec->units;
  FxpTrainedLayer layer = {
    .n_units = n,
    .n_inputs = is_dense ? fxp_shape_get_n (input) : input->dim[0],
    .n_pixels = is_dense ? 1 : spec->kernel * spec->kernel,
  };
  const gsize fan_in = layer.n_inputs * layer.n_pixels;
  double *weights = random_net_draw_values (self, n * fan_in, 0, 1 / sqrt ((double)fan_in));

  if (random_net_chance (self, 3))
    weights[0] = random_net_chance (self, 50) ? NAN : -INFINITY;
  layer.weights = weights;
  if (is_normalized)
    {
      double *variance = random_net_draw_values (self, n, 0, 1);

      for (gsize i = 0; i < n; i++)
        variance[i] = fabs (variance[i]);
      layer.variance = variance;
      layer.gamma = random_net_draw_values (self, n, 1, 0.5);
      layer.beta = random_net_draw_values (self, n, 0, 0.3);
      layer.mean = random_net_draw_values (self, n, 0, 0.5);
    }
  else
    {
      double *bias = random_net_draw_values (self, n, 0, 0.1);

      if (random_net_chance (self, 1))
        bias[n - 1] = NAN;
      layer.bias = bias;
    }
  return layer;
}

static inline void
random_net_draw_trained (RandomNet *self)
{
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment (self->text, self->activation);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const guint n = fxp_topology_get_n_weighted (topology);
  g_autofree FxpShape *shapes = g_new (FxpShape, fxp_topology_get_n_layers (topology));
  g_autofree FxpTrainedLayer *layers = g_new (FxpTrainedLayer, n);

  if (!fxp_topology_check (topology, &self->input, self->n_classes, shapes, NULL))
    return;
  for (guint i = 0; i < n; i++)
    {
      const FxpLayerSpec *spec = fxp_topology_get_weighted (topology, i);

      layers[i] =
        random_net_make_layer (self,
                               spec,
                               spec->from == FXP_LAYER_INPUT ? &self->input : &shapes[spec->from],
                               fxp_topology_is_normalized (topology, i));
    }
  self->trained = fxp_trained_new (experiment, &self->input, self->n_classes, layers);
  for (guint i = 0; i < n; i++)
    trained_net_layer_clear (&layers[i]);
}

/* Most of them fit together. */
static inline void
random_net_draw_options (RandomNet *self)
{
  static const guint sizes[] = {1, 2, 3, 4, 4, 5, 8, 16, 64, 65536};
  FxpConversionOptions *options = &self->options;
  FxpClusterOptions *clusters = &options->clusters;
  const gboolean is_wild = random_net_chance (self, 5);

  fxp_conversion_options_init (options);
  clusters->method = (FxpClusterMethod)random_net_draw (self, 0, FXP_N_CLUSTER_METHODS - 1);
  clusters->granularity = (FxpGranularity)random_net_draw (self, 0, FXP_N_GRANULARITIES - 1);
  clusters->size = sizes[random_net_draw (self, 0, G_N_ELEMENTS (sizes) - 1)];
  if (is_wild || !fxp_cluster_method_is_ternary (clusters->method))
    clusters->bits = (guint)random_net_draw (self, 2 - is_wild, 8 + is_wild);
  if (is_wild || fxp_cluster_method_is_ternary (clusters->method))
    {
      clusters->terms =
        random_net_chance (self, 60) ? 1 : (guint)random_net_draw (self, 1 - is_wild, 4 + is_wild);
      clusters->asymmetric = random_net_chance (self, 30);
    }
  options->last = (FxpLastWeights)random_net_draw (self, 0, FXP_LAST_WEIGHTS_CLUSTERS);
  if (options->last == FXP_LAST_WEIGHTS_FLOAT && !is_wild)
    options->last = FXP_LAST_WEIGHTS_CLUSTERS;
  options->activation_bits =
    random_net_chance (self, 40) ? 8 : (guint)random_net_draw (self, 2 - is_wild, 16 + is_wild);
  if (random_net_chance (self, 2))
    options->activation_bits = 32;
  options->is_unsigned = random_net_chance (self, 40);
  options->exponents = (FxpExponents)random_net_draw (self, 0, FXP_N_EXPONENTS - 1);
  options->scaling =
    (FxpScaling)random_net_draw (self, FXP_SCALING_ABS_MAX, FXP_SCALING_OVERFLOW_RATE);
  if (is_wild && random_net_chance (self, 30))
    options->scaling = FXP_SCALING_FIXED;
  options->calibration_batches = (guint)random_net_draw (self, 1 - is_wild, 3);
  options->calibration_size = (guint)random_net_draw (self, 1 - is_wild, 50);
  if (is_wild || (random_net_chance (self, 30) && clusters->method != FXP_CLUSTER_NONE &&
                  clusters->method != FXP_CLUSTER_POWER))
    options->intermediate_bits = (guint)random_net_draw (self, 8 - is_wild, 16 + is_wild);
}

/* @on_digits: of the embedded digits' shape and classes. */
static inline RandomNet *
random_net_new (guint32 seed, gboolean on_digits)
{
  static const char *const activations[] = {"relu", "relu", "relu", "clipped-relu", "hard-tanh"};
  RandomNet *self = g_new0 (RandomNet, 1);
  gboolean is_image;

  self->rand = g_rand_new_with_seed (seed);
  is_image = on_digits || random_net_chance (self, 80);
  self->activation = activations[random_net_draw (self, 0, G_N_ELEMENTS (activations) - 1)];
  if (random_net_chance (self, 1))
    self->activation = "tanh";
  if (on_digits)
    self->input = FXP_SHAPE_3 (1, 8, 8);
  else if (is_image)
    self->input = FXP_SHAPE_3 ((gsize)random_net_draw (self, 1, 5),
                               (gsize)random_net_draw (self, 1, 11),
                               (gsize)random_net_draw (self, 1, 11));
  else
    self->input = FXP_SHAPE_1 ((gsize)random_net_draw (self, 1, 70));
  self->n_classes = on_digits ? TRAINED_NET_CLASSES : (guint)random_net_draw (self, 2, 12);
  random_net_draw_topology (self, is_image);
  random_net_draw_trained (self);
  random_net_draw_options (self);
  return self;
}

static inline void
random_net_free (RandomNet *self)
{
  g_rand_free (self->rand);
  g_free (self->text);
  g_clear_pointer (&self->trained, fxp_trained_unref);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RandomNet, random_net_free)

/* @n samples, some values far beyond what the model expects. */
static inline double *
random_net_draw_inputs (RandomNet *self, gsize n)
{
  const gsize n_values = n * fxp_shape_get_n (&self->input);
  const double scale = ldexp (1, random_net_draw (self, -3, 3));
  double *inputs = g_new (double, n_values);

  for (gsize i = 0; i < n_values; i++)
    inputs[i] = random_net_chance (self, 30) ? 0 : scale * random_net_draw_real (self);
  if (random_net_chance (self, 20))
    inputs[random_net_draw (self, 0, (gint)n_values - 1)] = NAN;
  if (random_net_chance (self, 20))
    inputs[random_net_draw (self, 0, (gint)n_values - 1)] = -INFINITY;
  return inputs;
}
