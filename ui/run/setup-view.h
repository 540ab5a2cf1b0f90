/* SPDX-License-Identifier: MIT */
/* The pane of settings: precision of everything at once, data, training. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_SETUP_VIEW (fxu_setup_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuSetupView, fxu_setup_view, FXU, SETUP_VIEW, GtkWidget)

/* @file_action and @folder_action: names of the actions that ask for a data file, and a folder. */
GtkWidget *fxu_setup_view_new (FxuSession *session,
                               const char *file_action,
                               const char *folder_action) G_GNUC_WARN_UNUSED_RESULT;
/* Draws attention to the handle of all bits, once. */
void fxu_setup_view_give_cue (FxuSetupView *self);

G_END_DECLS
