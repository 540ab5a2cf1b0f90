/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/outcome-kinds.h"

#include <glib/gi18n.h>

const FxuOutcomeKind fxu_outcome_kinds[FXU_N_OUTCOMES] = {
  [FXU_OUTCOME_PLANE] = {"plane", N_ ("Plane"), FXP_VIEW_FIELD, 0},
  [FXU_OUTCOME_SAMPLES] = {"samples", N_ ("Samples"), FXP_VIEW_SHEET, 0},
  [FXU_OUTCOME_FACTS] = {"facts", N_ ("Data"), FXP_VIEW_NONE, 0},
  [FXU_OUTCOME_CONFUSION] = {"confusion", N_ ("Confusion"), FXP_VIEW_NONE, 3},
  [FXU_OUTCOME_MISTAKES] = {"mistakes", N_ ("Mistakes"), FXP_VIEW_NONE, 2},
  [FXU_OUTCOME_FILTERS] = {"filters", N_ ("Filters"), FXP_VIEW_FILTERS, 3},
  [FXU_OUTCOME_LAYERS] = {"layers", N_ ("Layers"), FXP_VIEW_ACTIVATIONS, 3},
};

static gboolean
has_filters (FxuSession *session)
{
  FxpTopology *topology = fxp_experiment_get_topology (fxu_session_get_experiment (session));

  for (guint i = 0; i < fxp_topology_get_n_weighted (topology); i++)
    if (fxp_topology_get_weighted (topology, i)->kind == FXP_LAYER_CONVOLUTION)
      return TRUE;
  return FALSE;
}

guint
fxu_outcome_kinds_collect (FxuSession *session, FxuOutcome offered[FXU_N_OUTCOMES])
{
  FxpDataset *dataset = fxu_session_get_dataset (session);
  gboolean is_image = dataset != NULL && fxp_dataset_is_image (dataset);
  double min, max;
  guint n = 0;

  if (dataset != NULL && fxp_dataset_get_plane (dataset, &min, &max))
    offered[n++] = FXU_OUTCOME_PLANE;
  else
    offered[n++] = is_image ? FXU_OUTCOME_SAMPLES : FXU_OUTCOME_FACTS;
  offered[n++] = FXU_OUTCOME_CONFUSION;
  if (!is_image)
    return n;
  offered[n++] = FXU_OUTCOME_MISTAKES;
  if (has_filters (session))
    offered[n++] = FXU_OUTCOME_FILTERS;
  offered[n++] = FXU_OUTCOME_LAYERS;
  return n;
}
