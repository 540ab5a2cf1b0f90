/* SPDX-License-Identifier: MIT */
/* Which cells the matrix has - a column for each tensor that any layer has, and one for the sum
 * register - and how a selection marks them.  Of the matrix alone. */
#pragma once

#include "precision/cell.h"
#include "precision/matrix.h"

G_BEGIN_DECLS

/* Column i + 1 of the matrix, as column 0 names the layers. */
typedef struct
{
  FxpRole roles[FXP_N_ROLES + 1]; /* the last one is FXP_N_ROLES, the sum register */
  guint n;
} FxuMatrixColumns;

FxuMatrixColumns fxu_matrix_columns_of (FxpExperiment *experiment);
gboolean fxu_matrix_columns_equal (const FxuMatrixColumns *a, const FxuMatrixColumns *b);
/* The column of a role, counted as in the matrix; 0 if there is none. */
guint fxu_matrix_columns_find (const FxuMatrixColumns *self, FxpRole role);

gboolean fxu_matrix_has_cell (FxpExperiment *experiment, guint layer, FxpRole role);
/* The layer whose cell sets the format of this one: @layer itself unless the tensor is shared. */
guint fxu_matrix_get_owner (FxpExperiment *experiment, guint layer, FxpRole role);
/* How a cell is marked where a span reaches from the chosen row and column. */
FxuSelected fxu_matrix_columns_select (FxuSpan span,
                                       guint chosen_row,
                                       guint chosen_column,
                                       guint row,
                                       guint column);

G_END_DECLS
