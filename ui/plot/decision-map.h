/* SPDX-License-Identifier: MIT */
/* What both twins say about every point of a plane, and where they differ. */
#pragma once

#include "plot/class-map.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_DECISION_MAP (fxu_decision_map_get_type ())
G_DECLARE_FINAL_TYPE (FxuDecisionMap, fxu_decision_map, FXU, DECISION_MAP, FxuPicture)

GtkWidget *fxu_decision_map_new (FxuMapKind kind) G_GNUC_WARN_UNUSED_RESULT;
/* The points drawn over the map: training set solid, test set as rings. NULL clears. */
void fxu_decision_map_set_dataset (FxuDecisionMap *self, FxpDataset *dataset);
/* Takes a copy of what it needs; NULL clears. */
void fxu_decision_map_set_field (FxuDecisionMap *self, const FxpField *field);
/* Share of grid points on which the twins differ, 0..1; NaN without both. */
double fxu_decision_map_get_disagreement (FxuDecisionMap *self);

G_END_DECLS
