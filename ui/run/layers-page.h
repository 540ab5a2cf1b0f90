/* SPDX-License-Identifier: MIT */
/* One test sample on its way through the layers; which one can be chosen. */
#pragma once

#include "plot/class-map.h"
#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_LAYERS_PAGE (fxu_layers_page_get_type ())
G_DECLARE_FINAL_TYPE (FxuLayersPage, fxu_layers_page, FXU, LAYERS_PAGE, GtkWidget)

GtkWidget *fxu_layers_page_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Other data are in place. */
void fxu_layers_page_restart (FxuLayersPage *self);
/* NULL: nothing is known. */
void fxu_layers_page_show (FxuLayersPage *self, const FxpActivations *activations, FxuMapKind kind);
/* One sentence. */
char *fxu_layers_page_describe (FxuLayersPage *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
