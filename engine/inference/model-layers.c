/* SPDX-License-Identifier: MIT */
/* What a float network has learnt, as a part of a model's content and back. */
#include "config.h"

#include "inference/model-content-private.h"

#include "number/error.h"

#include <glib/gi18n-lib.h>

enum
{
  LAYER_WEIGHTS,
  LAYER_BIAS,
  LAYER_GAMMA,
  LAYER_BETA,
  LAYER_MEAN,
  LAYER_VARIANCE,
};

static GVariant *
pack_layer (const FxpTrainedLayer *layer)
{
  const gsize n = layer->n_units;

  return g_variant_new ("(@ad@ad@ad@ad@ad@ad)",
                        fxp_model_pack_doubles (layer->weights,
                                                n * layer->n_inputs * layer->n_pixels),
                        fxp_model_pack_doubles (layer->bias, n),
                        fxp_model_pack_doubles (layer->gamma, n),
                        fxp_model_pack_doubles (layer->beta, n),
                        fxp_model_pack_doubles (layer->mean, n),
                        fxp_model_pack_doubles (layer->variance, n));
}

GVariant *
fxp_model_pack_layers (const FxpTrained *trained)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE (FXP_MODEL_LAYERS_TYPE));
  for (guint i = 0; trained != NULL && i < fxp_trained_get_n_layers (trained); i++)
    g_variant_builder_add_value (&builder, pack_layer (fxp_trained_get_layer (trained, i)));
  return g_variant_builder_end (&builder);
}

/* Sizes of the @index-th layer with weights. */
static FxpTrainedLayer
measure_layer (const FxpTopology *topology, const FxpLayerSize *sizes, guint index)
{
  const FxpLayerSpec *spec = fxp_topology_get_weighted (topology, index);
  const FxpShape *input = &sizes[fxp_topology_get_weighted_index (topology, index)].input;
  FxpTrainedLayer layer = {.n_units = spec->units, .n_inputs = input->dim[0], .n_pixels = 1};

  if (spec->kind == FXP_LAYER_DENSE)
    layer.n_inputs = fxp_shape_get_n (input);
  else
    layer.n_pixels = (gsize)spec->kernel * spec->kernel;
  return layer;
}

/* Borrows the arrays of @part. */
static gboolean
read_layer (FxpTrainedLayer *layer,
            gboolean is_normalized,
            const FxpModelReading *reading,
            GVariant *part,
            GError **error)
{
  const gsize n = layer->n_units;
  const gsize n_normal = is_normalized ? n : 0;
  const struct
  {
    guint index;
    gsize n;
    const double **values;
  } arrays[] = {
    {LAYER_WEIGHTS, n * layer->n_inputs * layer->n_pixels, &layer->weights},
    {LAYER_BIAS, is_normalized ? 0 : n, &layer->bias},
    {LAYER_GAMMA, n_normal, &layer->gamma},
    {LAYER_BETA, n_normal, &layer->beta},
    {LAYER_MEAN, n_normal, &layer->mean},
    {LAYER_VARIANCE, n_normal, &layer->variance},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (arrays); i++)
    {
      gboolean fits;

      *arrays[i].values =
        fxp_model_reading_get_doubles (reading, part, arrays[i].index, arrays[i].n, &fits, error);
      if (!fits)
        return FALSE;
    }
  return fxp_model_reading_check_variances (reading, part, layer->variance, n_normal, error);
}

FxpTrained *
fxp_model_unpack_layers (FxpExperiment *experiment,
                         const FxpShape *input,
                         guint n_classes,
                         const FxpModelReading *reading,
                         GVariant *part,
                         GError **error)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const guint n = fxp_topology_get_n_weighted (topology);
  g_autofree FxpLayerSize *sizes = g_new0 (FxpLayerSize, fxp_topology_get_n_layers (topology));
  g_autofree FxpTrainedLayer *layers = g_new0 (FxpTrainedLayer, n);
  GError *cause = NULL;

  if (!fxp_topology_check (topology, input, n_classes, NULL, &cause))
    {
      fxp_model_reading_fail_with (reading, part, cause, error);
      return NULL;
    }
  fxp_topology_measure (topology, input, sizes);
  if (g_variant_n_children (part) != n)
    {
      fxp_model_reading_fail (reading,
                              part,
                              error,
                              _ ("found %zu layers with weights; expected %u"),
                              g_variant_n_children (part),
                              n);
      return NULL;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (part, i);

      layers[i] = measure_layer (topology, sizes, i);
      if (!read_layer (&layers[i], fxp_topology_is_normalized (topology, i), reading, child, error))
        return NULL;
    }
  return fxp_trained_new (experiment, input, n_classes, layers);
}
