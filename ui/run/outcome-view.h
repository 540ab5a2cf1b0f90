/* SPDX-License-Identifier: MIT */
/* What both twins have learned, in pages: decision maps of a plane; of images sample predictions,
 * mistakes, kernels and activations; of all data which class is taken for which. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_OUTCOME_VIEW (fxu_outcome_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuOutcomeView, fxu_outcome_view, FXU, OUTCOME_VIEW, GtkWidget)

/* Properties:
 *   page  string  "plane", "samples", "facts", "confusion", "mistakes", "filters" or "layers"; what
 *                 the data have no such page for is not taken
 *   side  string  "fixed", "float" or "difference": whose, where a page shows one at a time */

GtkWidget *fxu_outcome_view_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* One sentence about what the page shows; NULL if it has none. */
char *fxu_outcome_view_describe (FxuOutcomeView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
