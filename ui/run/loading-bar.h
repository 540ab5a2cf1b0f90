/* SPDX-License-Identifier: MIT */
/* What is being read and how far it is, with a way to give it up; unfolds when that takes a while.
 */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_LOADING_BAR (fxu_loading_bar_get_type ())
G_DECLARE_FINAL_TYPE (FxuLoadingBar, fxu_loading_bar, FXU, LOADING_BAR, GtkWidget)

/* @cancel_action: name of the action that gives up loading. */
GtkWidget *
fxu_loading_bar_new (FxuSession *session, const char *cancel_action) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
