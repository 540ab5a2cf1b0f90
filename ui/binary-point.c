/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "binary-point.h"

#include <glib/gi18n.h>

/* Whether it goes with W. */
static gboolean
follows (const FxpExperiment *experiment, FxpTensorId id)
{
  return fxp_experiment_moves (experiment, id) &&
         fxp_experiment_get_scaling (experiment, id) == FXP_SCALING_FIXED;
}

const char *
fxu_binary_point_get_rule (const FxpExperiment *experiment, FxpTensorId id)
{
  g_return_val_if_fail (experiment != NULL, NULL);

  if (!fxp_experiment_moves (experiment, id))
    return NULL;
  /* translators: how the binary point of the weights' accumulators moves: as that of the weights */
  return follows (experiment, id)
           ? _ ("as W")
           : fxp_scaling_get_nick (fxp_experiment_get_scaling (experiment, id));
}

static gboolean
is_same (const FxpExperiment *a, const FxpExperiment *b, FxpTensorId id)
{
  return fxp_format_equal (fxp_experiment_get_quantizer (a, id)->format,
                           fxp_experiment_get_quantizer (b, id)->format) &&
         fxp_experiment_get_scaling (a, id) == fxp_experiment_get_scaling (b, id);
}

FxpQuantizer
fxu_binary_point_get_quantizer (FxuSession *session, FxpTensorId id)
{
  FxpExperiment *experiment = fxu_session_get_experiment (session);
  FxpSnapshot *snapshot = fxu_session_get_snapshot (session);
  FxpQuantizer quantizer = *fxp_experiment_get_quantizer (experiment, id);
  const FxpTensorId weight = {id.layer, FXP_ROLE_WEIGHT};
  FxpExperiment *measured;
  const FxpTensorView *view;

  if (snapshot == NULL || !fxp_experiment_moves (experiment, id))
    return quantizer;
  measured = fxp_snapshot_get_experiment (snapshot);
  if (fxp_experiment_needs_reset (measured, experiment) || !is_same (measured, experiment, id) ||
      (id.role == FXP_ROLE_WEIGHT_ACC && !is_same (measured, experiment, weight)))
    return quantizer;
  view = fxp_snapshot_get_tensor (snapshot, id);
  if (view != NULL)
    quantizer.format = view->format;
  return quantizer;
}

FxpExperiment *
fxu_binary_point_with_quantizer (FxuSession *session,
                                 FxpExperiment *experiment,
                                 FxpTensorId id,
                                 const FxpQuantizer *quantizer)
{
  const FxpTensorId residue = {id.layer, FXP_ROLE_WEIGHT_ACC};
  g_autoptr (FxpExperiment) base = fxp_experiment_ref (experiment);

  if (id.role == FXP_ROLE_WEIGHT && follows (experiment, residue))
    {
      const FxpQuantizer present = fxu_binary_point_get_quantizer (session, residue);

      fxp_experiment_unref (base);
      base = fxp_experiment_with_quantizer (experiment, residue.layer, residue.role, &present);
    }
  return fxp_experiment_with_quantizer (base, id.layer, id.role, quantizer);
}
