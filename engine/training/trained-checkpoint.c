/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/fine-tuning.h"

#include "number/error.h"
#include "training/checkpoint-private.h"
#include <glib/gi18n-lib.h>

/* Real values of what was stored; owned. */
typedef double *Values[FXP_N_LEARNT];

static double *
decode (const FxpStored *stored)
{
  const gsize n = fxp_shape_get_n (&stored->shape);
  double *values = g_new (double, n);
  gsize n_bytes;
  gconstpointer bytes = g_bytes_get_data (stored->data, &n_bytes);
  g_autofree gpointer codes = g_malloc (n_bytes);

  fxp_storage_copy_little_endian (fxp_format_get_storage (stored->format), codes, bytes, n_bytes);
  fxp_format_decode (stored->format, codes, n, values);
  return values;
}

static gboolean
fail_missing (FxpExperiment *experiment, guint layer, FxpLearnt what, GError **error)
{
  g_autofree char *name = fxp_topology_get_name (fxp_experiment_get_topology (experiment), layer);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_CHECKPOINT,
               /* translators: which tensor, such as "weight", and a layer's name */
               _ ("the checkpoint has no %s of layer %s; expected all that the layer has learnt"),
               fxp_learnt_get_nick (what),
               name);
  return FALSE;
}

/* Weights, and a bias or all of batch normalization. */
static gboolean
read_layer (const FxpCheckpoint *checkpoint,
            guint twin,
            guint layer,
            Values values,
            FxpTrainedLayer *trained,
            GError **error)
{
  static const FxpLearnt plain[] = {FXP_LEARNT_WEIGHT, FXP_LEARNT_BIAS};
  static const FxpLearnt normalized[] = {FXP_LEARNT_WEIGHT,
                                         FXP_LEARNT_GAMMA,
                                         FXP_LEARNT_BETA,
                                         FXP_LEARNT_MEAN,
                                         FXP_LEARNT_VARIANCE};
  FxpTopology *topology = fxp_experiment_get_topology (checkpoint->experiment);
  const gboolean is_normalized = fxp_topology_is_normalized (topology, layer);
  const FxpLearnt *kinds = is_normalized ? normalized : plain;
  const guint n_kinds = is_normalized ? G_N_ELEMENTS (normalized) : G_N_ELEMENTS (plain);
  const FxpShape *shape = NULL;

  for (guint i = 0; i < n_kinds; i++)
    {
      const FxpStored *stored = fxp_checkpoint_get_stored (checkpoint, twin == 1, layer, kinds[i]);

      if (stored == NULL)
        return fail_missing (checkpoint->experiment, layer, kinds[i], error);
      values[kinds[i]] = decode (stored);
      if (kinds[i] == FXP_LEARNT_WEIGHT)
        shape = &stored->shape;
    }
  *trained = (FxpTrainedLayer){
    .n_units = shape->dim[0],
    .n_inputs = shape->dim[1],
    .n_pixels = shape->rank == FXP_RANK_MAX ? shape->dim[2] * shape->dim[3] : 1,
    .weights = values[FXP_LEARNT_WEIGHT],
    .bias = values[FXP_LEARNT_BIAS],
    .gamma = values[FXP_LEARNT_GAMMA],
    .beta = values[FXP_LEARNT_BETA],
    .mean = values[FXP_LEARNT_MEAN],
    .variance = values[FXP_LEARNT_VARIANCE],
  };
  return TRUE;
}

/* A word of the run is split; what rounding left over is part of it. */
static void
add_residue (const FxpCheckpoint *checkpoint, guint twin, guint layer, Values values)
{
  const FxpStored *stored =
    fxp_checkpoint_get_stored (checkpoint, twin == 1, layer, FXP_LEARNT_WEIGHT_ACC);
  const FxpStored *weight =
    fxp_checkpoint_get_stored (checkpoint, twin == 1, layer, FXP_LEARNT_WEIGHT);
  g_autofree double *residue = NULL;

  if (stored == NULL || fxp_format_is_float (weight->format))
    return;
  residue = decode (stored);
  for (gsize i = 0; i < fxp_shape_get_n (&stored->shape); i++)
    values[FXP_LEARNT_WEIGHT][i] += residue[i];
}

FxpTrained *
fxp_trained_new_from_checkpoint (const FxpCheckpoint *checkpoint, GError **error)
{
  FxpExperiment *experiment;
  guint n_layers, twin;
  g_autofree FxpTrainedLayer *layers = NULL;
  g_autofree Values *values = NULL;
  FxpTrained *trained = NULL;
  gboolean done = TRUE;

  g_return_val_if_fail (checkpoint != NULL, NULL);

  experiment = checkpoint->experiment;
  n_layers = fxp_experiment_get_n_weighted (experiment);
  layers = g_new0 (FxpTrainedLayer, n_layers);
  values = g_new0 (Values, n_layers);
  /* Where no network is float this leaves the run itself. */
  fxp_checkpoint_find_float (experiment, &twin);
  for (guint i = 0; i < n_layers && done; i++)
    {
      done = read_layer (checkpoint, twin, i, values[i], &layers[i], error);
      if (done)
        add_residue (checkpoint, twin, i, values[i]);
    }
  if (done)
    trained = fxp_trained_new (experiment,
                               &checkpoint->position.input,
                               checkpoint->position.n_classes,
                               layers);
  for (guint i = 0; i < n_layers; i++)
    for (guint what = 0; what < FXP_N_LEARNT; what++)
      g_free (values[i][what]);
  return trained;
}
