/* SPDX-License-Identifier: MIT */
/* What the matrix's cells and headings say.  Of the matrix alone. */
#pragma once

#include "precision/cell.h"
#include "session.h"

G_BEGIN_DECLS

/* @layer -1: heading of a column; @column -1: of a row; both: of everything. */
void
fxu_matrix_text_show_heading (FxuPrecisionCell *cell, FxpTopology *topology, int layer, int column);
/* @role FXP_N_ROLES is the sum register. */
void
fxu_matrix_text_show_value (FxuPrecisionCell *cell, FxuSession *session, guint layer, FxpRole role);
/* "weight gradients"; translated, static. */
const char *fxu_matrix_text_get_role (FxpRole role);
/* The symbol as Pango markup: "G<sub>W</sub>"; static. */
const char *fxu_matrix_text_get_symbol (FxpRole role);

G_END_DECLS
