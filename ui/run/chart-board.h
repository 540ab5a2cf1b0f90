/* SPDX-License-Identifier: MIT */
/* The live charts of a run: loss, accuracy, SQNR, bits and the exponents of dynamic fixed point,
 * with a mark where a setting changed. */
#pragma once

#include "precision/matrix.h"
#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CHART_BOARD (fxu_chart_board_get_type ())
G_DECLARE_FINAL_TYPE (FxuChartBoard, fxu_chart_board, FXU, CHART_BOARD, GtkWidget)

GtkWidget *fxu_chart_board_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Which tensors' lines are drawn. */
void fxu_chart_board_select (FxuChartBoard *self, FxuSpan span, guint layer, FxpRole role);
/* "all", or one alone: "loss", "accuracy", "sqnr", "bits", "exponents".  FALSE for another name.
 * Among all of them exponents stand in the place of bits while binary points move. */
gboolean fxu_chart_board_show (FxuChartBoard *self, const char *name);
/* Event marks drawn so far in this run. */
guint fxu_chart_board_get_n_marks (FxuChartBoard *self);
/* A line per chart with its newest values. */
char *fxu_chart_board_describe (FxuChartBoard *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
