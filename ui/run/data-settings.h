/* SPDX-License-Identifier: MIT */
/* Which data, and what is done with them before they are learned from. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_DATA_SETTINGS (fxu_data_settings_get_type ())
G_DECLARE_FINAL_TYPE (FxuDataSettings, fxu_data_settings, FXU, DATA_SETTINGS, GtkWidget)

/* @file_action and @folder_action: names of the actions that ask for a file and for a folder. */
GtkWidget *fxu_data_settings_new (FxuSession *session,
                                  const char *file_action,
                                  const char *folder_action) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
