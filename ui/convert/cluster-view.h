/* SPDX-License-Identifier: MIT */
/* The weights of one cluster, chosen by layer, output and number, and below them how the weights of
 * the whole layer are distributed before and after. */
#pragma once

#include "session.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CLUSTER_VIEW (fxu_cluster_view_get_type ())
G_DECLARE_FINAL_TYPE (FxuClusterView, fxu_cluster_view, FXU, CLUSTER_VIEW, GtkWidget)

/* Signal "moved": another cluster is shown. */

GtkWidget *fxu_cluster_view_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* What is beyond the end becomes the last. */
void fxu_cluster_view_select (FxuClusterView *self, guint layer, guint output, guint cluster);
guint fxu_cluster_view_get_layer (FxuClusterView *self);
/* From the greatest weight to the least, or as they lie. */
void fxu_cluster_view_set_sorted (FxuClusterView *self, gboolean sorted);
/* The cluster and, in a second line, the layer. */
char *fxu_cluster_view_describe (FxuClusterView *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
