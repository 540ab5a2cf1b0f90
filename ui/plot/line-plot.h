/* SPDX-License-Identifier: MIT */
/* An FxuChart in a window: pointer and arrow keys move a reading line, `l` toggles the log axis. */
#pragma once

#include "plot/chart.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_LINE_PLOT (fxu_line_plot_get_type ())
G_DECLARE_FINAL_TYPE (FxuLinePlot, fxu_line_plot, FXU, LINE_PLOT, FxuPicture)

/* Takes the chart over. */
GtkWidget *fxu_line_plot_new (FxuChart *chart) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed; call fxu_line_plot_changed() after changing it. */
FxuChart *fxu_line_plot_get_chart (FxuLinePlot *self);
/* Draws anew at the next frame and brings the accessible description up to date. */
void fxu_line_plot_changed (FxuLinePlot *self);

G_END_DECLS
