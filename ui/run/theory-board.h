/* SPDX-License-Identifier: MIT */
/* Live charts of theory held against measurement (Sakr & Shanbhag, ICLR 2019): the bound on p_m,
 * what each tensor adds to it, reflected noise, widths over depth; and how the criteria stand while
 * training runs: clipping, quantization bias, lost updates, accumulators that stopped. */
#pragma once

#include "precision/matrix.h"
#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_THEORY_BOARD (fxu_theory_board_get_type ())
G_DECLARE_FINAL_TYPE (FxuTheoryBoard, fxu_theory_board, FXU, THEORY_BOARD, GtkWidget)

GtkWidget *fxu_theory_board_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Which tensors' lines are drawn. */
void fxu_theory_board_select (FxuTheoryBoard *self, FxuSpan span, guint layer, FxpRole role);
/* "noise" or "criteria", four charts each, or one alone: "mismatch", "contributions", "reflected",
 * "profile", "clipping", "bias", "lost", "stopped".  FALSE for another name. */
gboolean fxu_theory_board_show (FxuTheoryBoard *self, const char *name);
/* A line per chart with its newest values. */
char *fxu_theory_board_describe (FxuTheoryBoard *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
