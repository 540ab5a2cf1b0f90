/* SPDX-License-Identifier: MIT */
/* Accuracies from the float network to the fine-tuned one, as big numbers, and whether the integer
 * engine was certified. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_SCORE_LINE (fxu_score_line_get_type ())
G_DECLARE_FINAL_TYPE (FxuScoreLine, fxu_score_line, FXU, SCORE_LINE, GtkWidget)

GtkWidget *fxu_score_line_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* A line for each, and the badge's words. */
char *fxu_score_line_describe (FxuScoreLine *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
