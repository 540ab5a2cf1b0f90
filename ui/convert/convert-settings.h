/* SPDX-License-Identifier: MIT */
/* How the network is converted: method, N, bits and what else there is to choose. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CONVERT_SETTINGS (fxu_convert_settings_get_type ())
G_DECLARE_FINAL_TYPE (FxuConvertSettings, fxu_convert_settings, FXU, CONVERT_SETTINGS, GtkWidget)

GtkWidget *fxu_convert_settings_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
