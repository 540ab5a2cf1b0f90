/* SPDX-License-Identifier: MIT */
/* The constants of the formulas, to be turned one by one.  Of the assignment's settings alone. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_CONSTANTS (fxu_assignment_constants_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentConstants,
                      fxu_assignment_constants,
                      FXU,
                      ASSIGNMENT_CONSTANTS,
                      GtkWidget)

GtkWidget *fxu_assignment_constants_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* A number field of the assignment's settings, with its name for assistive technology. */
GtkWidget *fxu_assignment_constants_make_spin (double least,
                                               double most,
                                               double step,
                                               guint digits,
                                               const char *label) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
