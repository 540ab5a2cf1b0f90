/* SPDX-License-Identifier: MIT */
/* What the matrix's cells and headings say.  Of the matrix alone. */
#pragma once

#include "precision/cell.h"
#include "session.h"

G_BEGIN_DECLS

/* @layer -1: heading of a column; @role -1: of a row; both: of everything. */
void
fxu_matrix_text_show_heading (FxuPrecisionCell *cell, FxpTopology *topology, int layer, int role);
/* @role FXP_N_ROLES is the sum register.  A shared tensor names its owner. */
void
fxu_matrix_text_show_value (FxuPrecisionCell *cell, FxuSession *session, guint layer, FxpRole role);
/* "fc1, momenta: none" */
char *fxu_matrix_text_describe_blank (FxpTopology *topology,
                                      guint layer,
                                      FxpRole role) G_GNUC_WARN_UNUSED_RESULT;
/* "fc1 W: 12 bits, ...": what @cell says; NULL: there is none. */
void fxu_matrix_text_append_line (GString *text,
                                  FxpTopology *topology,
                                  guint layer,
                                  FxpRole role,
                                  FxuPrecisionCell *cell);
/* How a cell's tensor is, by the newest snapshot; @role FXP_N_ROLES: the sum register. */
FxuVerdict fxu_matrix_text_judge (FxuSession *session, guint layer, FxpRole role);
/* The worst of a layer's verdicts. */
FxuVerdict fxu_matrix_text_judge_layer (FxuSession *session, guint layer);
/* "weight gradients"; translated, static. */
const char *fxu_matrix_text_get_role (FxpRole role);
/* The symbol as Pango markup: "G<sub>W</sub>"; static. */
const char *fxu_matrix_text_get_symbol (FxpRole role);

G_END_DECLS
