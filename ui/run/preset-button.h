/* SPDX-License-Identifier: MIT */
/* The experiment's title; behind it a list of all presets. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_PRESET_BUTTON (fxu_preset_button_get_type ())
G_DECLARE_FINAL_TYPE (FxuPresetButton, fxu_preset_button, FXU, PRESET_BUTTON, GtkWidget)

/* Uses the action win.preset. */
GtkWidget *fxu_preset_button_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
