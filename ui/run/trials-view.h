/* SPDX-License-Identifier: MIT */
/* Starting trials, and their losses in one chart. */
#pragma once

#include "run/trials.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_TRIALS_VIEW (fxu_trials_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuTrialsView, fxu_trials_view, FXU, TRIALS_VIEW, GtkWidget)

GtkWidget *fxu_trials_view_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Starts those of this text: names with blanks between, "C-1 FX C+1"; empty: gives up those under
 * way. */
void fxu_trials_view_start (FxuTrialsView *self, const char *names);
/* A line per trial: "C-1: epoch 12, loss 0.034, test 97.5 %". */
char *fxu_trials_view_describe (FxuTrialsView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
