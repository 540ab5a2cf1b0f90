/* SPDX-License-Identifier: MIT */
/* What an assignment goes by: which constants, the target of p_m, extra bits.  A change assigns
 * anew at once. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_SETTINGS (fxu_assignment_settings_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentSettings,
                      fxu_assignment_settings,
                      FXU,
                      ASSIGNMENT_SETTINGS,
                      GtkWidget)

GtkWidget *fxu_assignment_settings_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
