/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/setup-view.h"
#include "run/bits-handle.h"
#include "run/data-settings.h"
#include "run/settings-rows.h"
#include "run/training-settings.h"
#include "value-choice.h"

#include <glib/gi18n.h>

struct _FxuSetupView
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  GtkWidget *handle;
};

G_DEFINE_FINAL_TYPE (FxuSetupView, fxu_setup_view, GTK_TYPE_WIDGET)

static GtkWidget *
make_precision (FxuSetupView *self)
{
  const char *roundings[FXP_N_ROUNDINGS + 1] = {NULL};
  const char *overflows[FXP_N_OVERFLOWS + 1] = {NULL};
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *rows = fxu_settings_rows_new ();

  for (guint i = 0; i < FXP_N_ROUNDINGS; i++)
    roundings[i] = fxp_rounding_get_nick (i);
  for (guint i = 0; i < FXP_N_OVERFLOWS; i++)
    overflows[i] = fxp_overflow_get_nick (i);

  self->handle = fxu_bits_handle_new (self->session);
  fxu_settings_rows_add (rows,
                         _ ("Rounding"),
                         fxu_value_choice_new (self->session,
                                               "precision.*.*.rounding",
                                               _ ("Rounding of every tensor"),
                                               roundings));
  fxu_settings_rows_add (rows,
                         _ ("Overflow"),
                         fxu_value_choice_new (self->session,
                                               "precision.*.*.overflow",
                                               _ ("Overflow of every tensor"),
                                               overflows));
  gtk_box_append (GTK_BOX (box), self->handle);
  gtk_box_append (GTK_BOX (box), rows);
  return box;
}

static void
fxu_setup_view_dispose (GObject *object)
{
  FxuSetupView *self = FXU_SETUP_VIEW (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_setup_view_parent_class)->dispose (object);
}

static void
fxu_setup_view_class_init (FxuSetupViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_setup_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "setup");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_setup_view_init (FxuSetupView *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Settings"),
                                  -1);
}

GtkWidget *
fxu_setup_view_new (FxuSession *session, const char *file_action, const char *folder_action)
{
  FxuSetupView *self;
  GtkWidget *box;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (file_action != NULL && folder_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_SETUP_VIEW, NULL);
  self->session = g_object_ref (session);

  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 14);
  gtk_box_append (GTK_BOX (box), make_precision (self));
  gtk_box_append (GTK_BOX (box), fxu_data_settings_new (session, file_action, folder_action));
  gtk_box_append (GTK_BOX (box), fxu_training_settings_new (session));
  gtk_widget_add_css_class (box, "content");

  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled),
                                  GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), box);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
fxu_setup_view_give_cue (FxuSetupView *self)
{
  g_return_if_fail (FXU_IS_SETUP_VIEW (self));

  fxu_bits_handle_breathe (FXU_BITS_HANDLE (self->handle));
}
