/* SPDX-License-Identifier: MIT */
/* The built-in data sets as pictures, and one button for a file. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_DATASET_PICKER (fxu_dataset_picker_get_type ())
G_DECLARE_FINAL_TYPE (FxuDatasetPicker, fxu_dataset_picker, FXU, DATASET_PICKER, GtkWidget)

/* @file_action: name of the action behind the file button, "win.open-data"; @folder_action likewise.
 * Sets that are found on this computer join a moment later. */
GtkWidget *fxu_dataset_picker_new (FxuSession *session,
                                   const char *file_action,
                                   const char *folder_action) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
