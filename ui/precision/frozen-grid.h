/* SPDX-License-Identifier: MIT */
/* A grid that scrolls under its first row and its first column, which stay where they are.  All
 * rows below the first are equally high. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_FROZEN_GRID (fxu_frozen_grid_get_type ())
G_DECLARE_FINAL_TYPE (FxuFrozenGrid, fxu_frozen_grid, FXU, FROZEN_GRID, GtkWidget)

GtkWidget *fxu_frozen_grid_new (void) G_GNUC_WARN_UNUSED_RESULT;
/* Lets all children go and begins anew, first row and first column included. */
void fxu_frozen_grid_set_size (FxuFrozenGrid *self, guint n_columns, guint n_rows);
void fxu_frozen_grid_attach (FxuFrozenGrid *self, GtkWidget *child, guint column, guint row);
/* NULL where there is none. */
GtkWidget *fxu_frozen_grid_get_child_at (FxuFrozenGrid *self, guint column, guint row);
/* FALSE if @child is none of its children. */
gboolean fxu_frozen_grid_find (FxuFrozenGrid *self, GtkWidget *child, guint *column, guint *row);
/* Scrolls as little as makes the cell visible. */
void fxu_frozen_grid_reveal (FxuFrozenGrid *self, guint column, guint row);
/* Rows of which something can be seen, the frozen one left out; FALSE if there are none. */
gboolean fxu_frozen_grid_get_visible_rows (FxuFrozenGrid *self, guint *first, guint *last);

G_END_DECLS
