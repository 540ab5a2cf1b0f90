/* SPDX-License-Identifier: MIT */
/* What is told of one tensor of an assignment.  Of the assignment's page alone. */
#pragma once

#include "precision/assignment-cell.h"

G_BEGIN_DECLS

/* In a cell of the table; the session has an assignment. */
void fxu_assignment_text_show (FxuAssignmentCell *cell, FxuSession *session, FxpTensorId id);
/* "12 to 9 bits, Q1.10 to Q0.8", or what stays as it is. */
char *fxu_assignment_text_describe_change (const FxpQuantizer *present,
                                           const FxpQuantizer *assigned) G_GNUC_WARN_UNUSED_RESULT;
/* "Share of p_m 0.00021, limit 0.0003: 0.3 bits to spare"; Pango markup. */
char *
fxu_assignment_text_describe_judgement (const FxpJudgement *judgement) G_GNUC_WARN_UNUSED_RESULT;
/* A formula as the engine writes it, "2^-9" and "σ_min", with its powers raised and its indices
 * lowered; Pango markup, or NULL for NULL. */
char *fxu_assignment_text_typeset (const char *formula) G_GNUC_WARN_UNUSED_RESULT;
/* 0.00195 as "2^-9", other numbers with three digits; Pango markup. */
char *fxu_assignment_text_number (double value) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
