/* SPDX-License-Identifier: MIT */
/* The first row of the assignment's page: begin, cancel, apply, and what came out.  Of the page
 * alone. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_BAR (fxu_assignment_bar_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentBar, fxu_assignment_bar, FXU, ASSIGNMENT_BAR, GtkWidget)

GtkWidget *fxu_assignment_bar_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* What it says of the result, or of what is under way; borrowed. */
const char *fxu_assignment_bar_get_text (FxuAssignmentBar *self);

G_END_DECLS
