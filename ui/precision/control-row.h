/* SPDX-License-Identifier: MIT */
/* Controls side by side under their captions or, where there is not the room to read them, two
 * beside each other without: then the tooltips say what they are.
 *
 * Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_CONTROL_ROW (fxu_control_row_get_type ())
G_DECLARE_FINAL_TYPE (FxuControlRow, fxu_control_row, FXU, CONTROL_ROW, GtkWidget)

GtkWidget *fxu_control_row_new (void);
/* Takes @control in, behind those there; one that has no tooltip gets @caption for it. */
void fxu_control_row_append (FxuControlRow *self, const char *caption, GtkWidget *control);
/* Whether there are two in a line. */
gboolean fxu_control_row_get_folded (FxuControlRow *self);

G_END_DECLS
