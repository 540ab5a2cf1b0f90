/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"
#include "shortcuts.h"
#include "run/loading-bar.h"
#include "run/preset-button.h"
#include "run/read-out.h"
#include "run/run-bar.h"
#include "run/setup-view.h"
#include "value-entry.h"

#include <glib/gi18n.h>

/* Slow enough to watch the first boundary form. */
#define SPEED_DEFAULT 1000.0
#define CUE_DELAY_MS  3000

G_DEFINE_FINAL_TYPE (FxaWindow, fxa_window, GTK_TYPE_APPLICATION_WINDOW)

void
fxa_window_tell (FxaWindow *self, GtkMessageType type, const char *message)
{
  gtk_label_set_text (GTK_LABEL (self->message), message);
  gtk_image_set_from_icon_name (GTK_IMAGE (self->message_icon),
                                type == GTK_MESSAGE_ERROR ? "dialog-error-symbolic"
                                                          : "dialog-warning-symbolic");
  gtk_info_bar_set_message_type (GTK_INFO_BAR (self->info_bar), type);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->info_bar), TRUE);
  fxa_window_set_action_state (self, "message", g_variant_new_string (message));
}

void
fxa_window_dismiss (FxaWindow *self)
{
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->info_bar), FALSE);
  fxa_window_set_action_state (self, "message", g_variant_new_string (""));
}

static void
failed_cb (FxuSession *session, const char *message, FxaWindow *self)
{
  fxa_window_tell (self, GTK_MESSAGE_ERROR, message);
}

/* A run that ends in infinity says so once, with the way out. */
static void
snapshot_cb (FxaWindow *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  gboolean diverged = fxp_snapshot_get_state (snapshot) == FXP_STATE_DIVERGED;
  const char *cause = fxp_snapshot_get_cause (snapshot);

  if (diverged && !self->diverged)
    {
      g_autofree char *message =
        g_strdup_printf (_ ("The run diverged and was paused: %s. Undo the last change or reset."),
                         cause != NULL ? cause : _ ("a value is not finite"));

      fxa_window_tell (self, GTK_MESSAGE_WARNING, message);
    }
  self->diverged = diverged;
}

static void
title_cb (FxaWindow *self)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;

  g_object_get (self->session, "title", &title, NULL);
  /* translators: title of the window: experiment and program */
  text = g_strdup_printf (_ ("%s – Roundoff"), title);
  gtk_window_set_title (GTK_WINDOW (self), text);
}

static GMenuModel *
make_menu (void)
{
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/io/github/roundoff/Roundoff/menu.ui");

  return g_object_ref (G_MENU_MODEL (gtk_builder_get_object (builder, "menu")));
}

static GtkWidget *
make_icon_button (const char *icon, const char *action, const char *label)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  return button;
}

static GtkWidget *
make_header (FxaWindow *self)
{
  g_autoptr (GMenuModel) menu = make_menu ();
  GtkWidget *header = gtk_header_bar_new ();
  GtkWidget *topology =
    fxu_value_entry_new (self->session, "network.topology", _ ("Network topology"), NULL);
  GtkWidget *history = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *button = gtk_menu_button_new ();

  self->run_bar = fxu_run_bar_new (self->session);
  gtk_widget_set_tooltip_text (topology,
                               _ ("Inputs, layers, classes: 64-32-10, or 2x(8C3)-MP2-32FC-10.\n"
                                  "Enter takes it."));
  fxu_value_entry_set_width_chars (FXU_VALUE_ENTRY (topology), 10, 22);
  gtk_widget_set_valign (topology, GTK_ALIGN_CENTER);

  gtk_widget_add_css_class (history, "linked");
  gtk_box_append (GTK_BOX (history),
                  make_icon_button ("edit-undo-symbolic", "win.undo", _ ("Undo (Ctrl+Z)")));
  gtk_box_append (GTK_BOX (history),
                  make_icon_button ("edit-redo-symbolic", "win.redo", _ ("Redo (Shift+Ctrl+Z)")));

  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (button), "open-menu-symbolic");
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), menu);
  gtk_menu_button_set_primary (GTK_MENU_BUTTON (button), TRUE);
  gtk_widget_set_tooltip_text (button, _ ("Menu"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Menu"),
                                  -1);

  /* The bar is full; the title is on the preset button. */
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (header),
                                   gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), fxu_preset_button_new (self->session));
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), topology);
  gtk_header_bar_pack_start (GTK_HEADER_BAR (header), self->run_bar);
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header), button);
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header), history);
  gtk_header_bar_pack_end (GTK_HEADER_BAR (header),
                           fxu_read_out_new (self->session, "win.skip-test"));
  return header;
}

static GtkWidget *
make_info_bar (FxaWindow *self)
{
  self->info_bar = gtk_info_bar_new ();
  self->message = gtk_label_new (NULL);
  self->message_icon = gtk_image_new ();
  gtk_label_set_wrap (GTK_LABEL (self->message), TRUE);
  gtk_label_set_selectable (GTK_LABEL (self->message), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->message), 0.0f);
  gtk_info_bar_add_child (GTK_INFO_BAR (self->info_bar), self->message_icon);
  gtk_info_bar_add_child (GTK_INFO_BAR (self->info_bar), self->message);
  gtk_info_bar_set_show_close_button (GTK_INFO_BAR (self->info_bar), TRUE);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (self->info_bar), FALSE);
  g_signal_connect_object (self->info_bar,
                           "response",
                           G_CALLBACK (fxa_window_dismiss),
                           self,
                           G_CONNECT_SWAPPED);
  return self->info_bar;
}

static gboolean
cue_cb (gpointer data)
{
  FxaWindow *self = data;

  self->cue_id = 0;
  fxu_setup_view_give_cue (FXU_SETUP_VIEW (self->setup));
  return G_SOURCE_REMOVE;
}

static void
fxa_window_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  FxaWindow *self = FXA_WINDOW (widget);

  /* The first size may be less than what was asked for, on a small screen. */
  if (!self->is_placed && self->work != NULL)
    {
      self->is_placed = TRUE;
      fxa_window_place_dividers (self, width, height);
    }
  GTK_WIDGET_CLASS (fxa_window_parent_class)->size_allocate (widget, width, height, baseline);
}

static gboolean
fxa_window_close_request (GtkWindow *window)
{
  FxaWindow *self = FXA_WINDOW (window);
  int width, height;

  gtk_window_get_default_size (window, &width, &height);
  fxa_preferences_set_window_size (self->preferences,
                                   width,
                                   height,
                                   gtk_window_is_maximized (window));
  return GTK_WINDOW_CLASS (fxa_window_parent_class)->close_request (window);
}

static void
fxa_window_dispose (GObject *object)
{
  FxaWindow *self = FXA_WINDOW (object);

  g_clear_pointer (&self->pulse, fxa_pulse_free);
  g_cancellable_cancel (self->cancellable);
  g_clear_handle_id (&self->cue_id, g_source_remove);
  g_clear_handle_id (&self->status_id, g_source_remove);
  g_clear_object (&self->chooser);
  if (self->session != NULL)
    fxu_session_stop (self->session);

  G_OBJECT_CLASS (fxa_window_parent_class)->dispose (object);
}

static void
fxa_window_finalize (GObject *object)
{
  FxaWindow *self = FXA_WINDOW (object);

  g_clear_object (&self->session);
  g_clear_object (&self->preferences);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (fxa_window_parent_class)->finalize (object);
}

static void
fxa_window_class_init (FxaWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fxa_window_dispose;
  object_class->finalize = fxa_window_finalize;
  GTK_WIDGET_CLASS (klass)->size_allocate = fxa_window_size_allocate;
  GTK_WINDOW_CLASS (klass)->close_request = fxa_window_close_request;
}

static void
fxa_window_init (FxaWindow *self)
{
  self->cancellable = g_cancellable_new ();
  self->pulse = fxa_pulse_new (GTK_WIDGET (self));
}

static void
restore_size (FxaWindow *self)
{
  int width, height;
  gboolean maximized;

  fxa_preferences_get_window_size (self->preferences, &width, &height, &maximized);
  gtk_window_set_default_size (GTK_WINDOW (self), width, height);
  if (maximized)
    gtk_window_maximize (GTK_WINDOW (self));
}

static void
connect (FxaWindow *self)
{
  FxuSession *session = self->session;

  g_signal_connect_object (session, "failed", G_CALLBACK (failed_cb), self, 0);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "notify::title",
                           G_CALLBACK (title_cb),
                           self,
                           G_CONNECT_SWAPPED);
  title_cb (self);
}

GtkWindow *
fxa_window_new (FxaApplication *application,
                FxpExperiment *experiment,
                guint n_threads,
                gboolean paused)
{
  FxaWindow *self = g_object_new (FXA_TYPE_WINDOW, "application", application, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gboolean animations;

  self->preferences = g_object_ref (fxa_application_get_preferences (application));
  self->session = fxu_session_new (experiment, n_threads);
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)),
                "gtk-enable-animations",
                &animations,
                NULL);
  g_object_set (self->session, "speed", SPEED_DEFAULT, "running", animations && !paused, NULL);

  fxa_window_add_actions (self);
  fxa_window_add_file_actions (self);
  fxa_window_add_theory_actions (self);
  fxa_window_add_convert_actions (self);
  fxa_window_add_status (self);
  gtk_window_set_titlebar (GTK_WINDOW (self), make_header (self));
  gtk_box_append (GTK_BOX (box), make_info_bar (self));
  gtk_box_append (GTK_BOX (box), fxu_loading_bar_new (self->session, "win.cancel-loading"));
  gtk_box_append (GTK_BOX (box), fxa_window_make_panes (self));
  fxa_window_add_pane_actions (self);
  fxa_window_add_chart_actions (self);
  gtk_window_set_child (GTK_WINDOW (self), box);
  fxa_shortcuts_attach (GTK_WIDGET (self));
  connect (self);
  restore_size (self);
  gtk_widget_grab_focus (self->run_bar);
  self->cue_id = g_timeout_add (CUE_DELAY_MS, cue_cb, self);
  return GTK_WINDOW (self);
}
