/* SPDX-License-Identifier: MIT */
/* The conversion page: from the trained network to few-bit weights and an integer engine. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CONVERT_VIEW (fxu_convert_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuConvertView, fxu_convert_view, FXU, CONVERT_VIEW, GtkWidget)

GtkWidget *fxu_convert_view_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Shows a cluster; what is beyond the end becomes the last. */
void fxu_convert_view_select (FxuConvertView *self, guint layer, guint output, guint cluster);
/* Everything it shows, as lines. */
char *fxu_convert_view_describe (FxuConvertView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
