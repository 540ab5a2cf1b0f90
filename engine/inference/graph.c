/* SPDX-License-Identifier: MIT */
/* From the layers of a topology to the nodes of a model.  A layer with weights, its batch
 * normalization and its activation are one node; dropout is none. */
#include "config.h"

#include "inference/model-private.h"

#include "experiment/topology-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

/* What is known of a layer's output while nodes are made. */
typedef struct
{
  int node;     /* whose output it is, or becomes */
  double share; /* of it that dropout keeps, which what comes behind makes up for */
} Place;

typedef struct
{
  FxpModel *model;
  FxpTopology *topology;
  FxpShape *shapes; /* owned; of the layers' outputs */
  Place *places;    /* owned; of the layers */
} Graph;

static Place
get_place (const Graph *self, int layer)
{
  return layer == FXP_LAYER_INPUT ? (Place){FXP_NODE_INPUT, 1.0} : self->places[layer];
}

static const FxpShape *
get_shape (const Graph *self, int layer)
{
  return layer == FXP_LAYER_INPUT ? &self->model->input : &self->shapes[layer];
}

/* A node that begins with layer @index; its index. */
static int
add_node (Graph *self, guint index, FxpNodeKind kind)
{
  const FxpLayerSpec *spec = fxp_topology_get_layer (self->topology, index);
  const int from = get_place (self, spec->from).node;
  FxpModel *model = self->model;

  model->nodes[model->n_nodes] = (FxpNode){
    .kind = kind,
    .layer = index,
    .weighted = fxp_topology_find_weighted (self->topology, index),
    .from = from,
    .skip = FXP_NODE_INPUT,
    .skip_stride = 1,
    .input = *get_shape (self, spec->from),
    .output = self->shapes[index],
    .kernel = spec->kernel,
    .stride = spec->stride,
    .padding = spec->padding,
    .format = fxp_model_get_format (model, from),
    .share = 1.0,
  };
  return (int)model->n_nodes++;
}

static void
add_product (Graph *self, guint index)
{
  const FxpLayerSpec *spec = fxp_topology_get_layer (self->topology, index);
  const int place = add_node (self, index, FXP_NODE_PRODUCT);
  FxpNode *node = &self->model->nodes[place];

  if (spec->kind == FXP_LAYER_DENSE)
    node->kernel = node->stride = 1;
  node->share = get_place (self, spec->from).share;
  node->format = FXP_FORMAT_SIGNED (self->model->options.activation_bits, 0);
  node->is_last = index + 1 == fxp_topology_get_n_layers (self->topology);
  if (node->is_last)
    node->format = FXP_FORMAT_FLOAT;
  self->places[index] = (Place){place, 1.0};
}

/* Weights make up for dropout, but an identity has none. */
static gboolean
add_sum (Graph *self, guint index, GError **error)
{
  const FxpLayerSpec *spec = fxp_topology_get_layer (self->topology, index);
  const Place skip = get_place (self, spec->skip);
  FxpNode *node;
  int place;

  if (skip.share != 1.0)
    {
      g_autofree char *name = fxp_topology_describe_layer (self->topology, index);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("%s: dropout in front of an identity scales what is added, and integers have "
                      "no weights there to make up for it; expected a projection, or dropout "
                      "elsewhere"),
                   name);
      return FALSE;
    }
  place = add_node (self, index, FXP_NODE_SUM);
  node = &self->model->nodes[place];
  node->skip = skip.node;
  node->skip_stride = MAX (spec->stride, 1);
  node->stride = 0;
  node->format = FXP_FORMAT_SIGNED (self->model->options.activation_bits, 0);
  self->places[index] = (Place){place, 1.0};
  return TRUE;
}

/* What an activation without negative values leaves may have its sign's bit for a number. */
static gboolean
activate (Graph *self, guint index, GError **error)
{
  const FxpModel *model = self->model;
  const FxpActivation activation = fxp_experiment_get_settings (model->experiment)->activation;
  const FxpLayerSpec *spec = fxp_topology_get_layer (self->topology, index);
  const Place place = get_place (self, spec->from);
  FxpNode *node = &model->nodes[place.node];

  if (activation == FXP_ACTIVATION_TANH)
    {
      g_autofree char *name = fxp_node_get_name (model, node);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_SHAPE,
                   _ ("%s: its activation tanh needs real numbers; expected relu, clipped-relu or "
                      "hard-tanh, which integers can compute"),
                   name);
      return FALSE;
    }
  node->activates = TRUE;
  if (model->options.is_unsigned && activation != FXP_ACTIVATION_HARD_TANH)
    node->format.is_signed = FALSE;
  self->places[index] = place;
  return TRUE;
}

static gboolean
add_layer (Graph *self, guint index, GError **error)
{
  const FxpLayerSpec *spec = fxp_topology_get_layer (self->topology, index);
  Place place = get_place (self, spec->from);

  switch (spec->kind)
    {
    case FXP_LAYER_DENSE:
    case FXP_LAYER_CONVOLUTION:
      add_product (self, index);
      return TRUE;
    case FXP_LAYER_ADDITION:
      return add_sum (self, index, error);
    case FXP_LAYER_ACTIVATION:
      return activate (self, index, error);
    case FXP_LAYER_MAX_POOLING:
      place.node = add_node (self, index, FXP_NODE_MAXIMUM);
      break;
    case FXP_LAYER_AVERAGE_POOLING:
      place.node = add_node (self, index, FXP_NODE_MEAN);
      break;
    case FXP_LAYER_DROPOUT:
      place.share *= (100 - spec->percent) / 100.0;
      break;
    case FXP_LAYER_BATCH_NORM:
    case FXP_N_LAYER_KINDS:
    default:
      break;
    }
  self->places[index] = place;
  return TRUE;
}

gboolean
fxp_model_build_nodes (FxpModel *self, GError **error)
{
  FxpTopology *topology = fxp_experiment_get_topology (self->experiment);
  const guint n = fxp_topology_get_n_layers (topology);
  g_autofree FxpShape *shapes = g_new (FxpShape, n);
  g_autofree Place *places = g_new (Place, n);
  Graph graph = {self, topology, shapes, places};

  g_return_val_if_fail (self->nodes == NULL, FALSE);

  if (!fxp_topology_check (topology, &self->input, self->n_classes, shapes, error))
    return FALSE;
  self->input_format = FXP_FORMAT_SIGNED (self->options.activation_bits, 0);
  self->nodes = g_new0 (FxpNode, n);
  for (guint i = 0; i < n; i++)
    if (!add_layer (&graph, i, error))
      return FALSE;
  for (guint i = 0; i < self->n_nodes; i++)
    if (self->nodes[i].kind == FXP_NODE_PRODUCT &&
        fxp_node_get_plain_bits (self, &self->nodes[i]) == 0)
      self->nodes[i].intermediate_bits = self->options.intermediate_bits;
  return TRUE;
}
