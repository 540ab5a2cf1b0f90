/* SPDX-License-Identifier: MIT */
/* The network as boxes; pointer and arrow keys choose a layer. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_NETWORK_PICTURE (fxu_network_picture_get_type ())
G_DECLARE_FINAL_TYPE (FxuNetworkPicture, fxu_network_picture, FXU, NETWORK_PICTURE, GtkWidget)

GtkWidget *fxu_network_picture_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Marks a layer with weights, without the signal. */
void fxu_network_picture_select (FxuNetworkPicture *self, guint layer);
/* The marked layer in one sentence. */
char *fxu_network_picture_describe (FxuNetworkPicture *self) G_GNUC_WARN_UNUSED_RESULT;

/* Signal "selected" (guint layer): the user chose a layer with weights. */

G_END_DECLS
