/* SPDX-License-Identifier: MIT */
/* Why a tensor of the newest assignment has its bits: criteria, statistics, formulas with numbers
 * put in, notes; and what is to be said of the whole. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_DETAIL (fxu_assignment_detail_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentDetail, fxu_assignment_detail, FXU, ASSIGNMENT_DETAIL, GtkWidget)

GtkWidget *fxu_assignment_detail_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Another tensor from now on. */
void fxu_assignment_detail_show (FxuAssignmentDetail *self, FxpTensorId id);
/* What it says, without markup; "" without an assignment. */
char *fxu_assignment_detail_describe (FxuAssignmentDetail *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
