/* SPDX-License-Identifier: MIT */
/* What a conversion made of each layer, a row of figures for each; one row is selected. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_LAYER_TABLE (fxu_layer_table_get_type ())
G_DECLARE_FINAL_TYPE (FxuLayerTable, fxu_layer_table, FXU, LAYER_TABLE, GtkWidget)

/* Signal "selected" (guint layer): by the user. */

GtkWidget *fxu_layer_table_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
void fxu_layer_table_select (FxuLayerTable *self, guint layer);
/* A line for each layer. */
char *fxu_layer_table_describe (FxuLayerTable *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
