/* SPDX-License-Identifier: MIT */
/* What both twins see in a plane of two features, and where they differ. */
#pragma once

#include "fxp.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_PLANE_PAGE (fxu_plane_page_get_type ())
G_DECLARE_FINAL_TYPE (FxuPlanePage, fxu_plane_page, FXU, PLANE_PAGE, GtkWidget)

GtkWidget *fxu_plane_page_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* NULL clears, as do data without a plane. */
void fxu_plane_page_set_dataset (FxuPlanePage *self, FxpDataset *dataset);
void fxu_plane_page_set_field (FxuPlanePage *self, const FxpField *field);

G_END_DECLS
