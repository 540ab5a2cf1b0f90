/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "value-entry.h"

#include <glib/gi18n.h>

struct _FxuValueEntry
{
  GtkWidget parent_instance;

  FxuSession *session;
  char *key;
  FxuStepValue step; /* or NULL */

  GtkWidget *box;
  GtkWidget *entry;
  gboolean dirty; /* holds text that was not taken yet */
  char *error;    /* why it was refused, or NULL */
};

G_DEFINE_FINAL_TYPE (FxuValueEntry, fxu_value_entry, GTK_TYPE_WIDGET)

static void
set_error (FxuValueEntry *self, const char *message)
{
  GtkEntry *entry = GTK_ENTRY (self->entry);

  g_free (self->error);
  self->error = g_strdup (message);
  if (message != NULL)
    gtk_widget_add_css_class (self->entry, "error");
  else
    gtk_widget_remove_css_class (self->entry, "error");
  gtk_entry_set_icon_from_icon_name (entry,
                                     GTK_ENTRY_ICON_SECONDARY,
                                     message != NULL ? "dialog-error-symbolic" : NULL);
  if (message != NULL)
    gtk_entry_set_icon_tooltip_text (entry, GTK_ENTRY_ICON_SECONDARY, message);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->entry),
                               GTK_ACCESSIBLE_STATE_INVALID,
                               message != NULL ? GTK_ACCESSIBLE_INVALID_TRUE
                                               : GTK_ACCESSIBLE_INVALID_FALSE,
                               -1);
}

/* Shows what the experiment says, unless the user is in the middle of something else. */
static void
refresh (FxuValueEntry *self)
{
  g_autofree char *text = NULL;

  if (self->dirty)
    return;

  text = fxp_experiment_get_value (fxu_session_get_experiment (self->session), self->key);
  if (text != NULL && !g_str_equal (text, gtk_editable_get_text (GTK_EDITABLE (self->entry))))
    {
      gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
      self->dirty = FALSE;
    }
  gtk_widget_set_sensitive (self->box, text != NULL);
}

static void
drop (FxuValueEntry *self)
{
  self->dirty = FALSE;
  set_error (self, NULL);
  refresh (self);
}

static void
failed_cb (FxuSession *session, const char *message, FxuValueEntry *self)
{
  set_error (self, message);
}

static gboolean
take (FxuValueEntry *self, const char *value)
{
  g_autofree char *text = g_strstrip (g_strdup (value));
  gulong id;
  gboolean ok;

  set_error (self, NULL);
  /* The session's sentence is shown here as well as in the window. */
  id = g_signal_connect (self->session, "failed", G_CALLBACK (failed_cb), self);
  ok = fxu_session_set_value (self->session, self->key, text);
  g_signal_handler_disconnect (self->session, id);
  if (ok)
    drop (self);
  return ok;
}

static void
activate_cb (GtkEntry *entry, FxuValueEntry *self)
{
  take (self, gtk_editable_get_text (GTK_EDITABLE (entry)));
}

static void
changed_cb (GtkEditable *editable, FxuValueEntry *self)
{
  self->dirty = TRUE;
  if (self->error != NULL)
    set_error (self, NULL);
}

static void
step (FxuValueEntry *self, int direction)
{
  g_autofree char *text =
    self->step (gtk_editable_get_text (GTK_EDITABLE (self->entry)), direction);

  if (text != NULL)
    take (self, text);
}

static void
minus_cb (FxuValueEntry *self)
{
  step (self, -1);
}

static void
plus_cb (FxuValueEntry *self)
{
  step (self, 1);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                FxuValueEntry *self)
{
  switch (keyval)
    {
    case GDK_KEY_Escape:
      if (!self->dirty)
        return FALSE;
      drop (self);
      return TRUE;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      if (self->step == NULL)
        return FALSE;
      step (self, keyval == GDK_KEY_Up || keyval == GDK_KEY_KP_Up ? 1 : -1);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
add_button (FxuValueEntry *self, const char *icon, const char *label, GCallback callback)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, label);
  gtk_widget_add_css_class (button, "step");
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  g_signal_connect_object (button, "clicked", callback, self, G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), button);
}

static void
fxu_value_entry_dispose (GObject *object)
{
  FxuValueEntry *self = FXU_VALUE_ENTRY (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_value_entry_parent_class)->dispose (object);
}

static void
fxu_value_entry_finalize (GObject *object)
{
  FxuValueEntry *self = FXU_VALUE_ENTRY (object);

  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->error, g_free);

  G_OBJECT_CLASS (fxu_value_entry_parent_class)->finalize (object);
}

static void
fxu_value_entry_class_init (FxuValueEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_value_entry_dispose;
  object_class->finalize = fxu_value_entry_finalize;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "valueentry");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_value_entry_init (FxuValueEntry *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  gtk_widget_add_css_class (self->box, "linked");
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->entry = gtk_entry_new ();
  gtk_widget_set_hexpand (self->entry, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 4);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 12);
  gtk_box_append (GTK_BOX (self->box), self->entry);
  g_signal_connect (self->entry, "activate", G_CALLBACK (activate_cb), self);
  g_signal_connect (self->entry, "changed", G_CALLBACK (changed_cb), self);

  /* Before the text itself, which would take the arrow keys. */
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (self->entry, keys);
}

GtkWidget *
fxu_value_entry_new (FxuSession *session,
                     const char *key,
                     const char *label,
                     FxuStepValue step_value)
{
  FxuValueEntry *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (key != NULL && label != NULL, NULL);

  self = g_object_new (FXU_TYPE_VALUE_ENTRY, NULL);
  self->session = g_object_ref (session);
  self->key = g_strdup (key);
  self->step = step_value;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
  if (step_value != NULL)
    {
      add_button (self, "list-remove-symbolic", _ ("Less"), G_CALLBACK (minus_cb));
      add_button (self, "list-add-symbolic", _ ("More"), G_CALLBACK (plus_cb));
    }
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}

void
fxu_value_entry_set_key (FxuValueEntry *self, const char *key)
{
  g_return_if_fail (FXU_IS_VALUE_ENTRY (self));
  g_return_if_fail (key != NULL);

  if (g_str_equal (self->key, key))
    return;

  g_free (self->key);
  self->key = g_strdup (key);
  drop (self);
}

void
fxu_value_entry_set_width_chars (FxuValueEntry *self, int least, int most)
{
  g_return_if_fail (FXU_IS_VALUE_ENTRY (self));

  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), least);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), most);
}

const char *
fxu_value_entry_get_text (FxuValueEntry *self)
{
  g_return_val_if_fail (FXU_IS_VALUE_ENTRY (self), NULL);

  return gtk_editable_get_text (GTK_EDITABLE (self->entry));
}

gboolean
fxu_value_entry_submit (FxuValueEntry *self, const char *text)
{
  g_return_val_if_fail (FXU_IS_VALUE_ENTRY (self), FALSE);
  g_return_val_if_fail (text != NULL, FALSE);

  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  return take (self, text);
}

const char *
fxu_value_entry_get_error (FxuValueEntry *self)
{
  g_return_val_if_fail (FXU_IS_VALUE_ENTRY (self), NULL);

  return self->error;
}
