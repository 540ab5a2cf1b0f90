/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/conversion.h"

#include "inference/model-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

static gboolean
check_weights (const FxpModel *self,
               const FxpNode *node,
               const FxpTrainedLayer *layer,
               GError **error)
{
  const FxpWeightShape shape = fxp_node_get_weight_shape (node);
  g_autofree char *name = NULL;

  if (layer->n_units == shape.n_units && layer->n_inputs == shape.n_inputs &&
      layer->n_pixels == shape.n_pixels)
    return TRUE;
  name = fxp_node_get_name (self, node);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_SHAPE,
               _ ("%s: found %zux%zux%zu weights; expected %zux%zux%zu, as the topology has them"),
               name,
               layer->n_units,
               layer->n_inputs,
               layer->n_pixels,
               shape.n_units,
               shape.n_inputs,
               shape.n_pixels);
  return FALSE;
}

static FxpClusters *
cluster (const FxpModel *self, const FxpNode *node, const double *weights)
{
  const FxpWeightShape shape = fxp_node_get_weight_shape (node);
  const guint plain_bits = fxp_node_get_plain_bits (self, node);

  return plain_bits > 0 ? fxp_clusters_new_plain (plain_bits, &shape, weights)
                        : fxp_clusters_new (&self->options.clusters, &shape, weights);
}

static FxpClusters *
cluster_layer (const FxpModel *self, const FxpNode *node, const FxpTrainedLayer *layer)
{
  const gsize n = layer->n_units * layer->n_inputs * layer->n_pixels;
  g_autofree double *scaled = NULL;

  if (node->share == 1.0)
    return cluster (self, node, layer->weights);
  scaled = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    scaled[i] = layer->weights[i] * node->share;
  return cluster (self, node, scaled);
}

static double *
copy (const double *values, gsize n)
{
  return g_memdup2 (values, n * sizeof *values);
}

static gboolean
convert_layer (FxpModel *self, FxpNode *node, GError **error)
{
  const FxpTrainedLayer *layer = fxp_trained_get_layer (self->trained, node->weighted);
  const gsize n = layer->n_units;

  if (!check_weights (self, node, layer, error))
    return FALSE;
  node->clusters = cluster_layer (self, node, layer);
  if (layer->gamma != NULL)
    {
      node->gamma = copy (layer->gamma, n);
      node->beta = copy (layer->beta, n);
      node->mean = copy (layer->mean, n);
      node->variance = copy (layer->variance, n);
    }
  else
    node->beta = layer->bias != NULL ? copy (layer->bias, n) : g_new0 (double, n);
  return TRUE;
}

FxpModel *
fxp_conversion_cluster (FxpTrained *trained, const FxpConversionOptions *options, GError **error)
{
  g_autoptr (FxpModel) self = NULL;

  g_return_val_if_fail (trained != NULL && options != NULL, NULL);

  if (!fxp_conversion_options_validate (options, error))
    return NULL;
  self = fxp_model_new (trained,
                        NULL,
                        fxp_trained_get_input (trained),
                        fxp_trained_get_n_classes (trained),
                        options);
  if (fxp_conversion_options_is_off (options))
    return g_steal_pointer (&self);
  if (!fxp_model_build_nodes (self, error))
    return NULL;
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].kind == FXP_NODE_PRODUCT && !convert_layer (self, &self->nodes[i], error))
      return NULL;
  if (!fxp_model_guess_exponents (self, error))
    return NULL;
  return g_steal_pointer (&self);
}
