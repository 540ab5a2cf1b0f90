/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/chunk-private.h"
#include "training/evaluation-private.h"
#include "training/prediction-private.h"

/* Predictions of one twin for the samples of @chunk; @classes or @predicted may be NULL.  FALSE if
 * it is given up. */
static gboolean
predict (const FxpChunk *chunk,
         FxpNetwork *network,
         guint8 *classes,
         guint16 *predicted,
         float *confidence)
{
  guint n_outputs = fxp_network_get_n_outputs (network);
  const double *logits;

  if (!fxp_chunk_forward (chunk, network))
    return FALSE;
  logits = fxp_network_get_logits (network);
  for (gsize i = 0; i < chunk->n; i++)
    {
      FxpPrediction prediction = fxp_prediction_make (logits + i * n_outputs, n_outputs);

      confidence[i] = prediction.confidence;
      if (classes != NULL)
        classes[i] = MIN (prediction.winner, G_MAXUINT8);
      if (predicted != NULL)
        predicted[i] = prediction.winner;
    }
  return TRUE;
}

/* Points from @first on of the grid; the top row is the greatest ordinate. */
static void
place_points (FxpChunk *chunk, const FxpField *field, gsize first)
{
  gsize n = (gsize)field->size * field->size;
  double step = (field->max - field->min) / field->size;

  chunk->n = MIN (n - first, chunk->n_max);
  for (gsize i = 0; i < chunk->n; i++)
    {
      gsize row = (first + i) / field->size, column = (first + i) % field->size;

      chunk->inputs[2 * i] = field->min + (column + 0.5) * step;
      chunk->inputs[2 * i + 1] = field->max - (row + 0.5) * step;
    }
}

static gboolean
fill_field (FxpField *field, const FxpTwins *twins)
{
  g_autoptr (FxpChunk) chunk = fxp_chunk_new (twins);
  gsize n = (gsize)field->size * field->size;

  for (gsize first = 0; first < n; first += chunk->n)
    {
      if (fxp_lookout_ask (twins->lookout))
        return FALSE;
      place_points (chunk, field, first);
      for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
        if (!predict (chunk,
                      twins->networks[twin],
                      (guint8 *)field->classes[twin] + first,
                      NULL,
                      (float *)field->confidence[twin] + first))
          return FALSE;
    }
  return TRUE;
}

FxpField *
fxp_evaluation_make_field (const FxpTwins *twins, guint size)
{
  double min, max;
  FxpField *field;

  if (size == 0 || !fxp_dataset_get_plane (twins->dataset, &min, &max))
    return NULL;
  field = fxp_field_new (size, twins->networks[1] != NULL);
  field->min = min;
  field->max = max;
  if (!fill_field (field, twins))
    g_clear_pointer (&field, fxp_picture_unref);
  return field;
}

static gboolean
fill_sheet (FxpSheet *sheet, const FxpTwins *twins)
{
  g_autoptr (FxpChunk) chunk = fxp_chunk_new (twins);

  chunk->n_max = MIN (chunk->n_max, sheet->n);
  for (gsize first = 0; first < sheet->n; first += chunk->n)
    {
      if (fxp_lookout_ask (twins->lookout))
        return FALSE;
      fxp_chunk_gather (chunk, twins->dataset, FXP_SPLIT_TEST, first);
      chunk->n = MIN (chunk->n, sheet->n - first);
      for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
        if (!predict (chunk,
                      twins->networks[twin],
                      NULL,
                      (guint16 *)sheet->predicted[twin] + first,
                      (float *)sheet->confidence[twin] + first))
          return FALSE;
    }
  return TRUE;
}

FxpSheet *
fxp_evaluation_make_sheet (const FxpTwins *twins)
{
  gsize n = MIN (fxp_dataset_get_n (twins->dataset, FXP_SPLIT_TEST), FXP_SHEET_SAMPLES);
  FxpSheet *sheet;

  if (n == 0 || !fxp_dataset_is_image (twins->dataset))
    return NULL;
  sheet = fxp_sheet_new (n, twins->networks[1] != NULL);
  if (!fill_sheet (sheet, twins))
    g_clear_pointer (&sheet, fxp_picture_unref);
  return sheet;
}

FxpFilters *
fxp_evaluation_make_filters (const FxpTwins *twins)
{
  FxpTopology *topology = fxp_experiment_get_topology (twins->experiment);
  FxpTensorId id = {0, FXP_ROLE_WEIGHT};
  FxpFilters *filters;

  while (id.layer < fxp_topology_get_n_weighted (topology) &&
         fxp_topology_get_weighted (topology, id.layer)->kind != FXP_LAYER_CONVOLUTION)
    id.layer++;
  if (id.layer == fxp_topology_get_n_weighted (topology))
    return NULL;
  filters = fxp_filters_new (&fxp_network_get_tensor (twins->networks[0], id)->shape,
                             twins->networks[1] != NULL);
  filters->layer = id.layer;
  for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
    {
      const FxpTensor *weights = fxp_network_get_tensor (twins->networks[twin], id);
      float *values = (float *)filters->values[twin];

      for (gsize i = 0; i < fxp_shape_get_n (&weights->shape); i++)
        values[i] = fxp_tensor_get_value (weights, i);
    }
  return filters;
}

static void
copy_activations (FxpActivations *activations, const FxpTwins *twins, guint twin)
{
  for (guint layer = 0; layer < activations->n_layers; layer++)
    {
      gsize n = fxp_shape_get_n (&activations->shapes[layer]);
      float *to = (float *)activations->values[twin] + activations->first[layer];
      g_autofree double *values = g_new (double, n);
      FxpShape shape;

      fxp_network_get_activations (twins->networks[twin], layer, 0, &shape, values);
      for (gsize i = 0; i < n; i++)
        to[i] = values[i];
    }
}

/* What enters each layer with weights. */
static FxpActivations *
prepare_activations (const FxpTwins *twins)
{
  FxpTopology *topology = fxp_experiment_get_topology (twins->experiment);
  const FxpShape *input = &twins->position.input;
  guint n_weighted = fxp_topology_get_n_weighted (topology);
  g_autofree FxpShape *outputs = g_new (FxpShape, fxp_topology_get_n_layers (topology));
  g_autofree FxpShape *shapes = g_new (FxpShape, n_weighted);

  fxp_topology_check (topology, input, twins->position.n_classes, outputs, NULL);
  for (guint i = 0; i < n_weighted; i++)
    {
      int from = fxp_topology_get_weighted (topology, i)->from;

      shapes[i] = from == FXP_LAYER_INPUT ? *input : outputs[from];
    }
  return fxp_activations_new (shapes, n_weighted, twins->networks[1] != NULL);
}

FxpActivations *
fxp_evaluation_make_activations (const FxpTwins *twins, guint32 row)
{
  gsize n = fxp_dataset_get_n (twins->dataset, FXP_SPLIT_TEST);
  g_autoptr (FxpChunk) chunk = NULL;
  FxpActivations *activations;

  if (n == 0 || fxp_lookout_ask (twins->lookout))
    return NULL;
  chunk = fxp_chunk_new (twins);
  chunk->n_max = 1;
  row = MIN (row, n - 1);
  fxp_chunk_gather (chunk, twins->dataset, FXP_SPLIT_TEST, row);
  activations = prepare_activations (twins);
  activations->row = row;
  for (guint twin = 0; twin < FXP_N_TWINS && twins->networks[twin] != NULL; twin++)
    {
      if (!fxp_chunk_forward (chunk, twins->networks[twin]))
        {
          fxp_picture_unref (activations);
          return NULL;
        }
      copy_activations (activations, twins, twin);
    }
  return activations;
}
