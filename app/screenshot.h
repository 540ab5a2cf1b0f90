/* SPDX-License-Identifier: MIT */
/* A widget as a PNG file, drawn in memory whatever the display draws with. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void fxa_screenshot_write_async (GtkWidget *widget,
                                 GFile *file,
                                 GCancellable *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean fxa_screenshot_write_finish (GAsyncResult *result, GError **error);

G_END_DECLS
