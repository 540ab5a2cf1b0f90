/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/loading-bar.h"

#include <glib/gi18n.h>

/* What is read at once need not be told of. */
#define DELAY_MS 300
#define LOOK_MS  100

struct _FxuLoadingBar
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *revealer;
  GtkWidget *label;
  GtkWidget *bar;
  GtkWidget *cancel;
  guint look_id;
};

G_DEFINE_FINAL_TYPE (FxuLoadingBar, fxu_loading_bar, GTK_TYPE_WIDGET)

static void
look (FxuLoadingBar *self)
{
  double share = 0.0;
  const char *name = fxu_session_get_loading (self->session, &share);
  g_autofree char *text = NULL;

  if (name == NULL)
    return;
  /* translators: a data set or file that is being read */
  text = g_strdup_printf (_ ("Reading %s…"), name);
  gtk_label_set_text (GTK_LABEL (self->label), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bar),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text,
                                  -1);
  /* Before the first figure it moves, so that it is seen to live. */
  if (share > 0.0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->bar), share);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->bar));
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), TRUE);
}

static gboolean
look_cb (gpointer data)
{
  look (data);
  return G_SOURCE_CONTINUE;
}

static gboolean
delay_cb (gpointer data)
{
  FxuLoadingBar *self = data;

  look (self);
  self->look_id = g_timeout_add (LOOK_MS, look_cb, self);
  return G_SOURCE_REMOVE;
}

static void
loading_cb (FxuLoadingBar *self)
{
  g_clear_handle_id (&self->look_id, g_source_remove);
  if (fxu_session_get_loading (self->session, NULL) != NULL)
    self->look_id = g_timeout_add (DELAY_MS, delay_cb, self);
  else
    gtk_revealer_set_reveal_child (GTK_REVEALER (self->revealer), FALSE);
}

static void
fxu_loading_bar_dispose (GObject *object)
{
  FxuLoadingBar *self = FXU_LOADING_BAR (object);

  g_clear_handle_id (&self->look_id, g_source_remove);
  g_clear_pointer (&self->revealer, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_loading_bar_parent_class)->dispose (object);
}

static void
fxu_loading_bar_class_init (FxuLoadingBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_loading_bar_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "loadingbar");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_STATUS);
}

static void
fxu_loading_bar_init (FxuLoadingBar *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_MIDDLE);
  self->bar = gtk_progress_bar_new ();
  gtk_widget_set_hexpand (self->bar, TRUE);
  gtk_widget_set_valign (self->bar, GTK_ALIGN_CENTER);
  self->cancel = gtk_button_new_with_label (_ ("Cancel"));
  gtk_box_append (GTK_BOX (box), self->label);
  gtk_box_append (GTK_BOX (box), self->bar);
  gtk_box_append (GTK_BOX (box), self->cancel);
  gtk_widget_add_css_class (box, "content");

  self->revealer = gtk_revealer_new ();
  gtk_revealer_set_child (GTK_REVEALER (self->revealer), box);
  gtk_widget_set_parent (self->revealer, GTK_WIDGET (self));
}

GtkWidget *
fxu_loading_bar_new (FxuSession *session, const char *cancel_action)
{
  FxuLoadingBar *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (cancel_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_LOADING_BAR, NULL);
  self->session = g_object_ref (session);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->cancel), cancel_action);
  g_signal_connect_object (session,
                           "notify::loading",
                           G_CALLBACK (loading_cb),
                           self,
                           G_CONNECT_SWAPPED);
  loading_cb (self);
  return GTK_WIDGET (self);
}
