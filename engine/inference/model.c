/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/model-private.h"

#include "experiment/topology-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

#define BYTE_BITS 8

FxpModel *
fxp_model_new (FxpTrained *trained,
               FxpExperiment *experiment,
               const FxpShape *input,
               guint n_classes,
               const FxpConversionOptions *options)
{
  FxpModel *self = g_atomic_rc_box_new0 (FxpModel);

  if (trained != NULL)
    {
      self->trained = fxp_trained_ref (trained);
      experiment = fxp_trained_get_experiment (trained);
    }
  self->experiment = fxp_experiment_ref (experiment);
  self->input = *input;
  self->n_classes = n_classes;
  self->options = *options;
  self->input_format = FXP_FORMAT_FLOAT;
  return self;
}

FxpModel *
fxp_model_ref (FxpModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

static void
node_clear (FxpNode *self)
{
  g_clear_pointer (&self->clusters, fxp_clusters_unref);
  g_free (self->factors);
  g_free (self->offsets);
  g_free (self->mean);
  g_free (self->variance);
  g_free (self->gamma);
  g_free (self->beta);
}

static void
model_clear (gpointer data)
{
  FxpModel *self = data;

  for (guint i = 0; i < self->n_nodes; i++)
    node_clear (&self->nodes[i]);
  g_free (self->nodes);
  g_clear_pointer (&self->trained, fxp_trained_unref);
  fxp_experiment_unref (self->experiment);
}

void
fxp_model_unref (FxpModel *self)
{
  g_return_if_fail (self != NULL);

  g_atomic_rc_box_release_full (self, model_clear);
}

static gpointer
copy (gconstpointer values, gsize n, gsize size)
{
  return values == NULL ? NULL : g_memdup2 (values, n * size);
}

static void
node_copy (FxpNode *self)
{
  const gsize n = self->output.dim[0];

  if (self->clusters != NULL)
    fxp_clusters_ref (self->clusters);
  self->factors = copy (self->factors, n, sizeof *self->factors);
  self->offsets = copy (self->offsets, n, sizeof *self->offsets);
  self->mean = copy (self->mean, n, sizeof *self->mean);
  self->variance = copy (self->variance, n, sizeof *self->variance);
  self->gamma = copy (self->gamma, n, sizeof *self->gamma);
  self->beta = copy (self->beta, n, sizeof *self->beta);
}

FxpModel *
fxp_model_copy (const FxpModel *self)
{
  FxpModel *result =
    fxp_model_new (self->trained, self->experiment, &self->input, self->n_classes, &self->options);

  result->input_format = self->input_format;
  result->is_reestimated = self->is_reestimated;
  result->n_nodes = self->n_nodes;
  result->nodes = copy (self->nodes, self->n_nodes, sizeof *self->nodes);
  for (guint i = 0; i < result->n_nodes; i++)
    node_copy (&result->nodes[i]);
  return result;
}

FxpNode *
fxp_model_get_product (const FxpModel *self, guint layer)
{
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].kind == FXP_NODE_PRODUCT && self->nodes[i].weighted == layer)
      return &self->nodes[i];
  return NULL;
}

FxpFormat
fxp_model_get_format (const FxpModel *self, int node)
{
  return node == FXP_NODE_INPUT ? self->input_format : self->nodes[node].format;
}

static int
get_exponent (const FxpModel *self, int node)
{
  return -fxp_model_get_format (self, node).frac_bits;
}

int
fxp_node_get_input_exponent (const FxpModel *self, const FxpNode *node)
{
  return get_exponent (self, node->from);
}

int
fxp_node_get_sum_exponent (const FxpModel *self, const FxpNode *node)
{
  return fxp_clusters_get_exponent (node->clusters) + fxp_node_get_input_exponent (self, node) +
         (int)node->reduction;
}

int
fxp_node_get_exponent (const FxpModel *self, const FxpNode *node)
{
  switch (node->kind)
    {
    case FXP_NODE_PRODUCT:
      return fxp_node_get_sum_exponent (self, node) + node->factor_exponent;
    case FXP_NODE_SUM:
      return MAX (get_exponent (self, node->from), get_exponent (self, node->skip));
    case FXP_NODE_MAXIMUM:
    case FXP_NODE_MEAN:
    default:
      return get_exponent (self, node->from);
    }
}

char *
fxp_node_get_name (const FxpModel *self, const FxpNode *node)
{
  FxpTopology *topology = fxp_experiment_get_topology (self->experiment);

  if (node->kind == FXP_NODE_PRODUCT)
    return fxp_topology_get_name (topology, node->weighted);
  return fxp_topology_describe_layer (topology, node->layer);
}

FxpWeightShape
fxp_node_get_weight_shape (const FxpNode *node)
{
  const gsize n_pixels = (gsize)node->kernel * node->kernel;

  if (node->output.rank == 1)
    return (FxpWeightShape){node->output.dim[0], fxp_shape_get_n (&node->input), 1};
  return (FxpWeightShape){node->output.dim[0], node->input.dim[0], n_pixels};
}

/* Plain words of 8 bits in the first layer, whose inputs have most to tell, and by choice in the
 * last one (2.3). */
guint
fxp_node_get_plain_bits (const FxpModel *self, const FxpNode *node)
{
  if (node->weighted == 0 || (node->is_last && self->options.last == FXP_LAST_WEIGHTS_BYTE))
    return BYTE_BITS;
  return self->options.clusters.method == FXP_CLUSTER_NONE ? self->options.clusters.bits : 0;
}

guint32
fxp_codes_get_max (FxpFormat format)
{
  return (G_GUINT64_CONSTANT (1) << (format.is_signed ? format.word_bits - 1 : format.word_bits)) -
         1;
}

FxpExperiment *
fxp_model_get_experiment (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->experiment;
}

const FxpConversionOptions *
fxp_model_get_options (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->options;
}

const FxpShape *
fxp_model_get_input (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->input;
}

guint
fxp_model_get_n_classes (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_classes;
}

guint
fxp_model_get_n_weighted (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return fxp_experiment_get_n_weighted (self->experiment);
}

FxpClusters *
fxp_model_get_clusters (const FxpModel *self, guint layer)
{
  const FxpNode *node;

  g_return_val_if_fail (self != NULL && layer < fxp_model_get_n_weighted (self), NULL);

  node = fxp_model_get_product (self, layer);
  return node == NULL ? NULL : node->clusters;
}

FxpFormat
fxp_model_get_input_format (const FxpModel *self, guint layer)
{
  const FxpNode *node;

  g_return_val_if_fail (self != NULL && layer < fxp_model_get_n_weighted (self), FXP_FORMAT_FLOAT);

  node = fxp_model_get_product (self, layer);
  return node == NULL ? FXP_FORMAT_FLOAT : fxp_model_get_format (self, node->from);
}

gboolean
fxp_model_is_wide (const FxpModel *self, guint layer)
{
  const FxpNode *node;

  g_return_val_if_fail (self != NULL && layer < fxp_model_get_n_weighted (self), FALSE);

  node = fxp_model_get_product (self, layer);
  return node != NULL && node->is_wide;
}

gboolean
fxp_model_is_reestimated (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->is_reestimated;
}

FxpTrained *
fxp_model_get_trained (const FxpModel *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->trained;
}

FxpModel *
fxp_model_with_trained (const FxpModel *self, FxpTrained *trained, GError **error)
{
  FxpTopology *own, *other;
  FxpModel *model;

  g_return_val_if_fail (self != NULL && trained != NULL, NULL);

  own = fxp_experiment_get_topology (self->experiment);
  other = fxp_experiment_get_topology (fxp_trained_get_experiment (trained));
  if (!g_str_equal (fxp_topology_get_text (own), fxp_topology_get_text (other)) ||
      !fxp_shape_equal (&self->input, fxp_trained_get_input (trained)) ||
      self->n_classes != fxp_trained_get_n_classes (trained))
    {
      g_autofree char *found = fxp_shape_to_string (fxp_trained_get_input (trained));
      g_autofree char *expected = fxp_shape_to_string (&self->input);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("the float network is %s on %s with %u classes; expected %s on %s with %u"),
                   fxp_topology_get_text (other),
                   found,
                   fxp_trained_get_n_classes (trained),
                   fxp_topology_get_text (own),
                   expected,
                   self->n_classes);
      return NULL;
    }
  model = fxp_model_copy (self);
  g_clear_pointer (&model->trained, fxp_trained_unref);
  model->trained = fxp_trained_ref (trained);
  return model;
}
