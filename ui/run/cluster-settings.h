/* SPDX-License-Identifier: MIT */
/* Settings of group clusters: what products use in place of weights. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CLUSTER_SETTINGS (fxu_cluster_settings_get_type ())
G_DECLARE_FINAL_TYPE (FxuClusterSettings, fxu_cluster_settings, FXU, CLUSTER_SETTINGS, GtkWidget)

GtkWidget *fxu_cluster_settings_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
