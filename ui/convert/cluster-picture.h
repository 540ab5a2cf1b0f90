/* SPDX-License-Identifier: MIT */
/* An FxuClusterSheet in a window: pointer and arrow keys choose a weight, which is read out. */
#pragma once

#include "plot/cluster-sheet.h"
#include "plot/picture.h"

G_BEGIN_DECLS

#define FXU_TYPE_CLUSTER_PICTURE (fxu_cluster_picture_get_type ())
G_DECLARE_FINAL_TYPE (FxuClusterPicture, fxu_cluster_picture, FXU, CLUSTER_PICTURE, FxuPicture)

/* Signals, of keys:
 *   "go" (int clusters, int outputs)  Page Up and Down, Up and Down: so many further
 *   "sort"                            S: in the other order */

GtkWidget *fxu_cluster_picture_new (const char *empty_text) G_GNUC_WARN_UNUSED_RESULT;
/* Borrowed; call fxu_picture_changed() after changing it. */
FxuClusterSheet *fxu_cluster_picture_get_sheet (FxuClusterPicture *self);

G_END_DECLS
