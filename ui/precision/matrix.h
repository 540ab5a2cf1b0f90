/* SPDX-License-Identifier: MIT */
/* The precision matrix: layers by the tensors that any of them has, and the sum register.  Cells show
 * bits and health and are the control themselves; where a layer has no such tensor it is blank. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_PRECISION_MATRIX (fxu_precision_matrix_get_type ())
G_DECLARE_FINAL_TYPE (FxuPrecisionMatrix, fxu_precision_matrix, FXU, PRECISION_MATRIX, GtkWidget)

GtkWidget *fxu_precision_matrix_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* The selected cell: @role FXP_N_ROLES is the sum register; FALSE if none. */
gboolean fxu_precision_matrix_get_selected (FxuPrecisionMatrix *self, guint *layer, FxpRole *role);
/* A shared tensor selects its owner's cell.  FALSE if there is no such cell. */
gboolean fxu_precision_matrix_select (FxuPrecisionMatrix *self, guint layer, FxpRole role);
void fxu_precision_matrix_select_row (FxuPrecisionMatrix *self, guint layer);

/* How far the selection reaches: headings select their row, their column, or everything. */
typedef enum
{
  FXU_SPAN_CELL,
  FXU_SPAN_ROW,
  FXU_SPAN_COLUMN,
  FXU_SPAN_ALL,
} FxuSpan;

FxuSpan fxu_precision_matrix_get_span (FxuPrecisionMatrix *self);

/* A line per cell, such as "fc1 W: 12 bits, ...": what a screen reader would say; "none" where there
 * is no such tensor. */
char *fxu_precision_matrix_describe (FxuPrecisionMatrix *self) G_GNUC_WARN_UNUSED_RESULT;

/* Signal "opened" (): Enter on a cell, or a double click.
 * Signal "selection-changed" (): another cell or span is selected. */

G_END_DECLS
