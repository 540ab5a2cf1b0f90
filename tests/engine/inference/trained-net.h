/* SPDX-License-Identifier: MIT */
/* Networks with drawn weights, as if they had been trained, and the embedded digits to run them on.
 * Batch normalization's statistics are drawn too, so that they fit the data badly. */
#pragma once

#include "config.h"

#include "dataset/dataset.h"
#include "inference/trained.h"
#include "number/random.h"

#include <math.h>

#define TRAINED_NET_CLASSES 10

/* Set @key of @experiment, which is replaced. */
static inline void
trained_net_set (FxpExperiment **experiment, const char *key, const char *value)
{
  g_autoptr (FxpExperiment) old = *experiment;
  g_autoptr (GError) error = NULL;

  *experiment = fxp_experiment_with_value (old, key, value, &error);
  g_assert_no_error (error);
}

static inline FxpExperiment *
trained_net_make_experiment (const char *topology, const char *activation)
{
  FxpExperiment *experiment = fxp_experiment_new ();

  trained_net_set (&experiment, "dataset.name", "digits");
  trained_net_set (&experiment, "network.topology", topology);
  trained_net_set (&experiment, "network.activation", activation);
  return experiment;
}

/* @scale times normal draws around @mean; owned by the caller. */
static inline double *
trained_net_draw (gsize n, guint layer, guint role, double mean, double scale)
{
  const FxpNoise noise = fxp_noise_new (7, 0, layer, role, FXP_STREAM_INITIALIZE);
  double *values = g_new (double, n);

  for (gsize i = 0; i < n; i++)
    values[i] = mean + scale * fxp_noise_normal (noise, (guint32)i);
  return values;
}

/* As the network keeps them: every second draw's magnitude, so that none is negative. */
static inline double *
trained_net_draw_variances (gsize n, guint layer)
{
  double *values = trained_net_draw (n, layer, 5, 0, 1);

  for (gsize i = 0; i < n; i++)
    values[i] = 0.25 + values[i] * values[i];
  return values;
}

static inline void
trained_net_layer_clear (FxpTrainedLayer *layer)
{
  g_free ((gpointer)layer->weights);
  g_free ((gpointer)layer->bias);
  g_free ((gpointer)layer->gamma);
  g_free ((gpointer)layer->beta);
  g_free ((gpointer)layer->mean);
  g_free ((gpointer)layer->variance);
}

static inline FxpTrainedLayer
trained_net_make_layer (FxpTopology *topology, const FxpShape *input, guint index)
{
  const FxpLayerSpec *spec = fxp_topology_get_weighted (topology, index);
  const gboolean is_dense = spec->kind == FXP_LAYER_DENSE;
  const gsize n = spec->units;
  FxpTrainedLayer layer = {
    .n_units = n,
    .n_inputs = is_dense ? fxp_shape_get_n (input) : input->dim[0],
    .n_pixels = is_dense ? 1 : spec->kernel * spec->kernel,
  };
  const gsize fan_in = layer.n_inputs * layer.n_pixels;

  layer.weights = trained_net_draw (n * fan_in, index, 0, 0, 1 / sqrt ((double)fan_in));
  if (fxp_topology_is_normalized (topology, index))
    {
      layer.gamma = trained_net_draw (n, index, 2, 1, 0.2);
      layer.beta = trained_net_draw (n, index, 3, 0, 0.3);
      layer.mean = trained_net_draw (n, index, 4, 0, 0.5);
      layer.variance = trained_net_draw_variances (n, index);
    }
  else
    layer.bias = trained_net_draw (n, index, 1, 0, 0.1);
  return layer;
}

/* The layers of @experiment on samples of @input; n_weighted of them, to be changed by tests. */
static inline FxpTrainedLayer *
trained_net_make_layers_on (FxpExperiment *experiment, const FxpShape *input)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const guint n = fxp_topology_get_n_weighted (topology);
  g_autofree FxpShape *shapes = g_new (FxpShape, fxp_topology_get_n_layers (topology));
  FxpTrainedLayer *layers = g_new (FxpTrainedLayer, n);
  g_autoptr (GError) error = NULL;

  g_assert_true (fxp_topology_check (topology, input, TRAINED_NET_CLASSES, shapes, &error));
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      const int from = fxp_topology_get_weighted (topology, i)->from;

      layers[i] =
        trained_net_make_layer (topology, from == FXP_LAYER_INPUT ? input : &shapes[from], i);
    }
  return layers;
}

/* On the digits. */
static inline FxpTrainedLayer *
trained_net_make_layers (FxpExperiment *experiment)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);

  return trained_net_make_layers_on (experiment, &input);
}

static inline void
trained_net_free_layers (FxpTrainedLayer *layers, guint n)
{
  for (guint i = 0; i < n; i++)
    trained_net_layer_clear (&layers[i]);
  g_free (layers);
}

static inline FxpTrained *
trained_net_new_on (const char *topology, const char *activation, const FxpShape *input)
{
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment (topology, activation);
  FxpTrainedLayer *layers = trained_net_make_layers_on (experiment, input);
  FxpTrained *trained = fxp_trained_new (experiment, input, TRAINED_NET_CLASSES, layers);

  trained_net_free_layers (layers, fxp_experiment_get_n_weighted (experiment));
  return trained;
}

static inline FxpTrained *
trained_net_new (const char *topology, const char *activation)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);

  return trained_net_new_on (topology, activation, &input);
}

static inline FxpDataset *
trained_net_load_data (void)
{
  const FxpDatasetSource source = {.name = "digits", .test_share = 0.2, .seed = 1};
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}
