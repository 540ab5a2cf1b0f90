/* SPDX-License-Identifier: MIT */
/* What becomes of a network as N grows: accuracy of a sweep, and by the counting formulas the share
 * of multiplications that are replaced, the speed that allows, and bits per weight. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_SWEEP_BOARD (fxu_sweep_board_get_type ())
G_DECLARE_FINAL_TYPE (FxuSweepBoard, fxu_sweep_board, FXU, SWEEP_BOARD, GtkWidget)

GtkWidget *fxu_sweep_board_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* A line for each plot. */
char *fxu_sweep_board_describe (FxuSweepBoard *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
