/* SPDX-License-Identifier: MIT */
/* Run, step, epoch, reset and speed.  The buttons stand for actions of the window. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_RUN_BAR (fxu_run_bar_get_type ())
G_DECLARE_FINAL_TYPE (FxuRunBar, fxu_run_bar, FXU, RUN_BAR, GtkWidget)

/* Uses the actions win.run, win.step, win.epoch and win.reset. */
GtkWidget *fxu_run_bar_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

/* Steps per second at position 0..1 of the speed scale; 0 is as fast as it goes. */
double fxu_run_bar_speed_at (double position);
double fxu_run_bar_position_of (double speed);

G_END_DECLS
