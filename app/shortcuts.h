/* SPDX-License-Identifier: MIT */
/* Every key of the window, in one table: for the keys themselves and for the help. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Keys with modifiers. */
void fxa_shortcuts_install (GtkApplication *application);
/* Plain keys, which a focused entry or button takes first. */
void fxa_shortcuts_attach (GtkWidget *window);
/* The help. */
GtkWindow *fxa_shortcuts_make_window (void) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
