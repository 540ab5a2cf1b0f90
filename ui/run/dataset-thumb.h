/* SPDX-License-Identifier: MIT */
/* A small picture of a data set: its points, or its first images. */
#pragma once

#include "fxp.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_DATASET_THUMB (fxu_dataset_thumb_get_type ())
G_DECLARE_FINAL_TYPE (FxuDatasetThumb, fxu_dataset_thumb, FXU, DATASET_THUMB, GtkWidget)

/* @name: of a built-in set; it is made or read in a thread, and drawn when it is there. */
GtkWidget *fxu_dataset_thumb_new (const char *name) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
