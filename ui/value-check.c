/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "value-check.h"

struct _FxuValueCheck
{
  GtkWidget parent_instance;

  FxuSession *session;
  char *key;
  GtkWidget *button;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuValueCheck, fxu_value_check, GTK_TYPE_WIDGET)

static void
refresh (FxuValueCheck *self)
{
  g_autofree char *value =
    fxp_experiment_get_value (fxu_session_get_experiment (self->session), self->key);

  self->refreshing = TRUE;
  gtk_check_button_set_active (GTK_CHECK_BUTTON (self->button), g_strcmp0 (value, "true") == 0);
  self->refreshing = FALSE;
}

static void
toggled_cb (FxuValueCheck *self)
{
  gboolean on = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->button));

  if (!self->refreshing && !fxu_session_set_value (self->session, self->key, on ? "true" : "false"))
    refresh (self);
}

static void
fxu_value_check_dispose (GObject *object)
{
  FxuValueCheck *self = FXU_VALUE_CHECK (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_value_check_parent_class)->dispose (object);
}

static void
fxu_value_check_finalize (GObject *object)
{
  FxuValueCheck *self = FXU_VALUE_CHECK (object);

  g_clear_pointer (&self->key, g_free);

  G_OBJECT_CLASS (fxu_value_check_parent_class)->finalize (object);
}

static void
fxu_value_check_class_init (FxuValueCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_value_check_dispose;
  object_class->finalize = fxu_value_check_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "valuecheck");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_value_check_init (FxuValueCheck *self)
{
  self->button = gtk_check_button_new ();
  g_signal_connect_object (self->button,
                           "toggled",
                           G_CALLBACK (toggled_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
fxu_value_check_new (FxuSession *session, const char *key, const char *label)
{
  FxuValueCheck *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (key != NULL && label != NULL, NULL);

  self = g_object_new (FXU_TYPE_VALUE_CHECK, NULL);
  self->session = g_object_ref (session);
  self->key = g_strdup (key);
  gtk_check_button_set_label (GTK_CHECK_BUTTON (self->button), label);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
