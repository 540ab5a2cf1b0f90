/* SPDX-License-Identifier: MIT */
/* The inspector's line of figures: what quantizing did to the selected tensor. */
#pragma once

#include "fxp.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_INSPECTOR_COUNTS (fxu_inspector_counts_get_type ())
G_DECLARE_FINAL_TYPE (FxuInspectorCounts, fxu_inspector_counts, FXU, INSPECTOR_COUNTS, GtkWidget)

GtkWidget *fxu_inspector_counts_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* @view, @layer: NULL where nothing is known; @layer only of accumulators.  @predict: @view was
 * measured under another quantizer. */
void fxu_inspector_counts_show_tensor (FxuInspectorCounts *self,
                                       const FxpQuantizer *quantizer,
                                       const FxpTensorView *view,
                                       const FxpLayerView *layer,
                                       gboolean predict);
void fxu_inspector_counts_show_sum (FxuInspectorCounts *self,
                                    const FxpSumRegister *sum,
                                    const FxpLayerView *layer);

G_END_DECLS
