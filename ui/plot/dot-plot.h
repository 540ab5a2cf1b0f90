/* SPDX-License-Identifier: MIT */
/* An FxuDotChart in a window: pointer and arrow keys choose a place, whose values are read out. */
#pragma once

#include "plot/dot-chart.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_DOT_PLOT (fxu_dot_plot_get_type ())
G_DECLARE_FINAL_TYPE (FxuDotPlot, fxu_dot_plot, FXU, DOT_PLOT, FxuPicture)

/* Takes the chart over. */
GtkWidget *fxu_dot_plot_new (FxuDotChart *chart) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed; call fxu_picture_changed() after changing it. */
FxuDotChart *fxu_dot_plot_get_chart (FxuDotPlot *self);

G_END_DECLS
