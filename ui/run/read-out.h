/* SPDX-License-Identifier: MIT */
/* Two small lines: where the run is and how fast, and how well both twins do. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_READ_OUT (fxu_read_out_get_type ())
G_DECLARE_FINAL_TYPE (FxuReadOut, fxu_read_out, FXU, READ_OUT, GtkWidget)

/* @skip_action: name of the action that gives up a test under way. */
GtkWidget *
fxu_read_out_new (FxuSession *session, const char *skip_action) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
