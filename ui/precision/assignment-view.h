/* SPDX-License-Identifier: MIT */
/* The page that assigns precision (Sakr & Shanbhag, ICLR 2019): what would change, and why. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_VIEW (fxu_assignment_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentView, fxu_assignment_view, FXU, ASSIGNMENT_VIEW, GtkWidget)

GtkWidget *fxu_assignment_view_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
FxpTensorId fxu_assignment_view_get_selected (FxuAssignmentView *self);
/* Nothing happens where nothing is assigned to such a tensor. */
void fxu_assignment_view_select (FxuAssignmentView *self, FxpTensorId id);
/* What it says in words: the result, a line per tensor, and why the selected one has its bits; ""
 * before the first assignment. */
char *fxu_assignment_view_describe (FxuAssignmentView *self) G_GNUC_WARN_UNUSED_RESULT;

/* Signal "selected" (): another tensor is selected. */

G_END_DECLS
