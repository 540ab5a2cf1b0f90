/* SPDX-License-Identifier: MIT */
/* What both twins have learned: decision maps of a plane, a sheet of sample images, and how far
 * they agree. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_OUTCOME_VIEW (fxu_outcome_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuOutcomeView, fxu_outcome_view, FXU, OUTCOME_VIEW, GtkWidget)

GtkWidget *fxu_outcome_view_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
