/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/unit-trace-private.h"

#include "network/convolution-private.h"
#include "network/wiring-private.h"

/* The way of a gradient from where it was quantized to the sums below is the layers' own backward
 * pass; only what goes down is another thing. */

typedef struct
{
  FxpWiring *wiring;
  FxpPass pass;
  FxpNonfinite ignored;
  gboolean differentiates; /* the derivatives of activations count */
} Trace;

/* @self stays where it is, as its pass points into it. */
static void
begin (Trace *self, FxpNetwork *network)
{
  *self = (Trace){0};
  self->wiring = fxp_network_begin_trace (network, &self->pass, &self->ignored);
}

/* The layer without weights on whose way the gradient comes down to @edge; NULL where it was
 * quantized for @edge itself.  Where ways part at an edge, the first to take it has weights. */
static FxpLayer *
find_taker (const FxpWiring *wiring, const FxpEdge *edge)
{
  for (guint i = 0; i < wiring->n_layers; i++)
    {
      FxpLayer *layer = wiring->layers[i];

      if (layer->in == edge || layer->skip == edge)
        return layer->weights == NULL ? layer : NULL;
    }
  return NULL;
}

/* Where G_A of a row's output was quantized. */
static FxpEdge *
find_entry (const FxpWiring *wiring, guint row)
{
  FxpEdge *edge = wiring->row_outputs[row];

  for (FxpLayer *layer = find_taker (wiring, edge); layer != NULL;
       layer = find_taker (wiring, edge))
    edge = layer->out;
  return edge;
}

/* Brings what lies in the gradient of the entry down to that of @edge.  An addition hands it on. */
static void
descend (Trace *self, const FxpEdge *edge)
{
  FxpLayer *layer = find_taker (self->wiring, edge);

  if (layer == NULL)
    return;
  descend (self, layer->out);
  if (layer->klass == &fxp_addition_class ||
      (layer->klass == &fxp_activation_class && !self->differentiates))
    return;
  layer->klass->backward (layer, &self->pass);
}

/* Another network may have used the memory of gradients since, and counts are not of this. */
static const FxpTensor *
trace (Trace *self, guint row, void (*fill) (const FxpEdge *entry, gsize n))
{
  FxpEdge *entry = find_entry (self->wiring, row);
  FxpQuantizeCounts counts = entry->gradient_cell->counts;

  fxp_wiring_begin_backward (self->wiring, self->pass.n, self->pass.scratch);
  fill (entry, self->pass.n);
  descend (self, self->wiring->row_outputs[row]);
  entry->gradient_cell->counts = counts;
  return self->wiring->row_outputs[row]->gradient;
}

static void
fill_units (const FxpEdge *entry, gsize n)
{
  float *units = entry->gradient->data;

  for (gsize i = 0; i < n * entry->n_features; i++)
    units[i] = 1.0f;
}

/* Bits of integers, which layers move as they move those of float32. */
static void
fill_places (const FxpEdge *entry, gsize n)
{
  guint32 *places = entry->gradient->data;

  for (gsize i = 0; i < n * entry->n_features; i++)
    places[i] = i % entry->n_features + 1;
}

void
fxp_network_trace_units (FxpNetwork *self, guint layer, float *factors)
{
  Trace under_way;
  const FxpNormalizer *normalizer;
  const float *units, *gamma;
  gsize n, n_channels;

  begin (&under_way, self);
  under_way.differentiates = TRUE;
  normalizer = under_way.wiring->rows[layer]->normalizer;
  n = under_way.pass.n * under_way.wiring->row_outputs[layer]->n_features;
  n_channels = under_way.wiring->row_outputs[layer]->shape.dim[0];
  units = trace (&under_way, layer, fill_units)->data;
  memcpy (factors, units, n * sizeof (float));
  if (normalizer == NULL)
    return;
  gamma = normalizer->gamma->masters->data;
  for (gsize i = 0; i < n; i++)
    {
      const gsize channel = i % n_channels;

      factors[i] = (float)(factors[i] * (gamma[channel] * normalizer->inverse_deviation[channel]));
    }
}

void
fxp_network_trace_owners (FxpNetwork *self, guint layer, guint32 *owners)
{
  Trace under_way;
  gsize n;

  begin (&under_way, self);
  n = under_way.pass.n * under_way.wiring->row_outputs[layer]->n_features;
  memcpy (owners, trace (&under_way, layer, fill_places)->data, n * sizeof (guint32));
}

static const FxpLayer *
find_layer (const FxpWiring *wiring, const FxpWeights *row)
{
  guint i = 0;

  while (wiring->layers[i]->weights != row)
    i++;
  return wiring->layers[i];
}

FxpLayerGeometry
fxp_network_get_geometry (FxpNetwork *self, guint layer)
{
  Trace under_way;
  const FxpLayer *product;
  const FxpEdge *entry;
  FxpLayerGeometry geometry;

  begin (&under_way, self);
  product = find_layer (under_way.wiring, under_way.wiring->rows[layer]);
  entry = find_entry (under_way.wiring, layer);
  geometry = (FxpLayerGeometry){
    .is_convolution = product->klass == &fxp_convolution_class,
    .n_activations = product->in->n_features,
    .n_places = product->out->n_features / product->weights->n_units,
    .n_units = product->weights->n_units,
    .n_inputs = product->weights->n_inputs,
    .n_taps = product->weights->n_pixels,
    .n_gradients = entry->n_features,
    /* What leaves an activation stands for itself again. */
    .is_averaged = entry != under_way.wiring->row_outputs[layer] && entry->n_averaged > 1,
  };
  if (geometry.is_convolution)
    geometry.window = ((const FxpConvolution *)product)->window;
  return geometry;
}

gsize
fxp_network_get_n_samples (FxpNetwork *self)
{
  Trace under_way;

  begin (&under_way, self);
  return under_way.pass.n;
}

void
fxp_network_get_operands (FxpNetwork *self, guint layer, float *values)
{
  Trace under_way;
  const FxpEdge *in;
  double piece[FXP_PIECE];
  gsize n;

  begin (&under_way, self);
  in = under_way.wiring->row_inputs[layer];
  n = under_way.pass.n * in->n_features;
  for (gsize first = 0; first < n; first += FXP_PIECE)
    {
      const gsize n_decoded = MIN (FXP_PIECE, n - first);

      fxp_edge_decode (in, &under_way.pass, first, n_decoded, piece);
      for (gsize i = 0; i < n_decoded; i++)
        values[first + i] = (float)piece[i];
    }
}
