/* SPDX-License-Identifier: MIT */
/* What can be done to convert a network, and how far it is. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CONVERT_BAR (fxu_convert_bar_get_type ())
G_DECLARE_FINAL_TYPE (FxuConvertBar, fxu_convert_bar, FXU, CONVERT_BAR, GtkWidget)

GtkWidget *fxu_convert_bar_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* "Testing, 43 %", or "" when idle. */
const char *fxu_convert_bar_get_text (FxuConvertBar *self);

G_END_DECLS
