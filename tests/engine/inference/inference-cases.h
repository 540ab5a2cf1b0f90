/* SPDX-License-Identifier: MIT */
/* Networks that between them have every kind of node, of weights and of words, converted. */
#pragma once

#include "trained-net.h"

#include "inference/conversion.h"
#include "inference/model-private.h"

/* One network and how it is converted. */
typedef struct
{
  const char *topology, *activation;
  FxpShape input;
  FxpClusterOptions clusters;
  guint activation_bits;
  gboolean is_unsigned;
  FxpLastWeights last;
  guint intermediate_bits;
} Case;

static const Case cases[] = {
  /* Every kind of node; a mean of 36. */
  {"6C3P-BN-MP2-8C3P-BN-MP2-4C1-BN-GAP-10",
   "relu",
   {3, {2, 12, 12}},
   {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
   8,
   FALSE,
   FXP_LAST_WEIGHTS_BYTE},
  {"8C3-BN-GAP-10",
   "relu",
   {3, {3, 8, 8}},
   {FXP_CLUSTER_TWN, 2, FXP_GRANULARITY_WEIGHTS, 4, 1, FALSE},
   8,
   TRUE,
   FXP_LAST_WEIGHTS_CLUSTERS},
  /* Strides, means of 9, images into dense layers, no batch normalization, dropout. */
  {"6C3P/2-AP3-D20-16FC-D50-10",
   "clipped-relu",
   {3, {2, 13, 13}},
   {FXP_CLUSTER_LINEAR, 4, FXP_GRANULARITY_FILTER, 1, 1, FALSE},
   8,
   FALSE,
   FXP_LAST_WEIGHTS_BYTE},
  {"6C5P1/3-BN-7C3P-12FC-BN-10",
   "hard-tanh",
   {3, {1, 14, 11}},
   {FXP_CLUSTER_POWER, 4, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
   4,
   FALSE,
   FXP_LAST_WEIGHTS_CLUSTERS},
  /* Residual sums: the same shape, thinned and padded, projected. */
  {"4C3P-BN-RES(4)-RES(9/2,I)-RES(6/2)-GAP-10",
   "relu",
   {3, {1, 11, 11}},
   {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 3, 2, FALSE},
   8,
   FALSE,
   FXP_LAST_WEIGHTS_BYTE},
  {"4C3P-BN-RES(4)-RES(5/2,I)-AP2-10",
   "hard-tanh",
   {3, {1, 8, 8}},
   {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_LAYER, 1, 1, TRUE},
   16,
   FALSE,
   FXP_LAST_WEIGHTS_CLUSTERS},
  {"20-15-10",
   "clipped-relu",
   {1, {20}},
   {FXP_CLUSTER_NONE, 8, FXP_GRANULARITY_LAYER, 1, 1, FALSE},
   16,
   TRUE,
   FXP_LAST_WEIGHTS_BYTE},
  {"20-15-BN-12-BN-10",
   "relu",
   {1, {20}},
   {FXP_CLUSTER_RMS_LITERAL, 2, FXP_GRANULARITY_KERNELS, 1, 1, FALSE},
   2,
   FALSE,
   FXP_LAST_WEIGHTS_BYTE},
  /* Sums of clusters in fewer bits: of kernels, of weights, of residual terms and signs apart, of
   * whole layers and of dense ones. */
  {"6C3P-BN-MP2-8C3P-BN-GAP-10",
   "relu",
   {3, {2, 8, 8}},
   {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
   8,
   FALSE,
   FXP_LAST_WEIGHTS_BYTE,
   8},
  {"6C3P-BN-7C3P/2-BN-AP2-10",
   "relu",
   {3, {2, 8, 8}},
   {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_WEIGHTS, 4, 2, TRUE},
   8,
   TRUE,
   FXP_LAST_WEIGHTS_CLUSTERS,
   8},
  {"4C3P-BN-RES(4)-RES(6/2)-12FC-10",
   "hard-tanh",
   {3, {1, 9, 9}},
   {FXP_CLUSTER_LINEAR, 4, FXP_GRANULARITY_KERNELS, 3, 1, FALSE},
   12,
   FALSE,
   FXP_LAST_WEIGHTS_CLUSTERS,
   12},
  {"20-17-BN-12-BN-10",
   "clipped-relu",
   {1, {20}},
   {FXP_CLUSTER_TWN, 2, FXP_GRANULARITY_LAYER, 1, 3, FALSE},
   8,
   FALSE,
   FXP_LAST_WEIGHTS_CLUSTERS,
   12},
};

static inline FxpTrained *
new_trained (const Case *self)
{
  g_autoptr (FxpExperiment) experiment =
    trained_net_make_experiment (self->topology, self->activation);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const guint n = fxp_topology_get_n_weighted (topology);
  g_autofree FxpShape *shapes = g_new (FxpShape, fxp_topology_get_n_layers (topology));
  g_autofree FxpTrainedLayer *layers = g_new (FxpTrainedLayer, n);
  g_autoptr (GError) error = NULL;
  FxpTrained *trained;

  fxp_topology_check (topology, &self->input, TRAINED_NET_CLASSES, shapes, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < n; i++)
    {
      const int from = fxp_topology_get_weighted (topology, i)->from;

      layers[i] = trained_net_make_layer (topology,
                                          from == FXP_LAYER_INPUT ? &self->input : &shapes[from],
                                          i);
    }
  trained = fxp_trained_new (experiment, &self->input, TRAINED_NET_CLASSES, layers);
  for (guint i = 0; i < n; i++)
    trained_net_layer_clear (&layers[i]);
  return trained;
}

static inline FxpModel *
new_model (const Case *self, FxpExponents exponents)
{
  g_autoptr (FxpTrained) trained = new_trained (self);
  g_autoptr (GError) error = NULL;
  FxpConversionOptions options;
  FxpModel *model;

  fxp_conversion_options_init (&options);
  options.clusters = self->clusters;
  options.activation_bits = self->activation_bits;
  options.is_unsigned = self->is_unsigned;
  options.last = self->last;
  options.exponents = exponents;
  options.intermediate_bits = self->intermediate_bits;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  return model;
}

/* Some beyond what the model expects, and no number. */
static inline double *
draw_inputs (const Case *self, gsize n, guint64 batch)
{
  const FxpNoise noise = fxp_noise_new (batch, 1, 0, 0, FXP_STREAM_SYNTHETIC);
  gsize n_values = n * fxp_shape_get_n (&self->input);
  double *inputs = g_new (double, n_values);

  for (gsize i = 0; i < n_values; i++)
    inputs[i] = (batch + 1.0) * 0.6 * fxp_noise_normal (noise, (guint32)i);
  inputs[3] = NAN;
  inputs[5] = 1e30;
  inputs[6] = -INFINITY;
  return inputs;
}

/* @test for every case, by topology. */
static inline void
add_cases (const char *path, GTestDataFunc test)
{
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *topology = g_strdup (cases[i].topology);
      g_autofree char *whole = NULL;

      /* A slash of a stride would part the path. */
      g_strdelimit (topology, "/", ':');
      whole = g_strdup_printf ("%s/%s", path, topology);
      g_test_add_data_func (whole, &cases[i], test);
    }
}
