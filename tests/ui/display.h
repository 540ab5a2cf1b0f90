/* SPDX-License-Identifier: MIT */
/* How programs that need a display begin. */
#pragma once

#include <gtk/gtk.h>

/* FALSE, with the whole program reported as skipped, where there is no display. */
static inline gboolean
display_test_init (int *argc, char ***argv)
{
  if (g_getenv ("DISPLAY") == NULL && g_getenv ("WAYLAND_DISPLAY") == NULL)
    {
      g_print ("1..0 # SKIP no display: neither DISPLAY nor WAYLAND_DISPLAY is set\n");
      return FALSE;
    }
  gtk_test_init (argc, argv, NULL);
  /* Without a window manager no entry is told that the focus has left it, and it would warn. */
  g_object_set (gtk_settings_get_default (), "gtk-cursor-blink", FALSE, NULL);
  return TRUE;
}

/* A window that shows @widget, once it is mapped and drawn. */
static inline GtkWidget *
display_show (GtkWidget *widget, int width, int height)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  gtk_test_widget_wait_for_draw (window);
  return window;
}

/* Hands a key to the first controller of @widget that takes it. */
static inline gboolean
display_press_key (GtkWidget *widget, guint keyval, GdkModifierType state)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);
  gboolean taken = FALSE;

  for (guint i = 0; i < g_list_model_get_n_items (controllers) && !taken; i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_EVENT_CONTROLLER_KEY (controller))
        g_signal_emit_by_name (controller, "key-pressed", keyval, 0, state, &taken);
    }
  return taken;
}

/* For g_object_weak_ref(): tells that a widget was really let go of. */
static inline void
display_gone_cb (gpointer data, GObject *where_it_was)
{
  *(gboolean *)data = TRUE;
}
