/* SPDX-License-Identifier: MIT */
/* One cell in detail: format, rounding, overflow, histogram under the format's window, counts. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_INSPECTOR (fxu_inspector_get_type ())
G_DECLARE_FINAL_TYPE (FxuInspector, fxu_inspector, FXU, INSPECTOR, GtkWidget)

GtkWidget *fxu_inspector_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* @role FXP_N_ROLES is the sum register. */
void fxu_inspector_show (FxuInspector *self, guint layer, FxpRole role);

G_END_DECLS
