/* SPDX-License-Identifier: MIT */
/* The newest assignment as a table: layers by the tensors that are assigned. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_TABLE (fxu_assignment_table_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentTable, fxu_assignment_table, FXU, ASSIGNMENT_TABLE, GtkWidget)

GtkWidget *fxu_assignment_table_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* W of the first layer at first. */
FxpTensorId fxu_assignment_table_get_selected (FxuAssignmentTable *self);
/* Nothing happens where the table has no such cell; a shared tensor selects its owner's. */
void fxu_assignment_table_select (FxuAssignmentTable *self, FxpTensorId id);
/* A line per cell, such as "fc1 W: 12 to 9 bits, ..."; "" without an assignment. */
char *fxu_assignment_table_describe (FxuAssignmentTable *self) G_GNUC_WARN_UNUSED_RESULT;

/* Signals:
 *   "selection-changed"  another cell is selected
 *   "apply"              Enter: the user wants all of it in place */

G_END_DECLS
