/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/preset-button.h"

#include <glib/gi18n.h>

struct _FxuPresetButton
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *button;
  GtkWidget *label;
  GtkWidget *popover;
};

G_DEFINE_FINAL_TYPE (FxuPresetButton, fxu_preset_button, GTK_TYPE_WIDGET)

static void
refresh (FxuPresetButton *self)
{
  g_autofree char *title = NULL;
  g_autofree char *text = NULL;
  gboolean modified;

  g_object_get (self->session, "title", &title, "modified", &modified, NULL);
  /* translators: the title of an experiment that was changed since it was saved */
  text = modified ? g_strdup_printf (_ ("%s *"), title) : g_strdup (title);
  gtk_label_set_text (GTK_LABEL (self->label), text);
}

static void
row_activated_cb (GtkListBox *list, GtkListBoxRow *row, FxuPresetButton *self)
{
  const char *name = g_object_get_data (G_OBJECT (row), "preset-name");

  gtk_popover_popdown (GTK_POPOVER (self->popover));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.preset", "s", name);
}

static GtkWidget *
make_row (const char *name)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) preset = fxp_preset_load (name, &error);
  GtkWidget *row, *box, *title, *description;

  /* A preset that does not load is left out here; the tests load all of them. */
  if (preset == NULL)
    return NULL;

  row = gtk_list_box_row_new ();
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  title = gtk_label_new (fxp_experiment_get_settings (preset)->title);
  description = gtk_label_new (fxp_experiment_get_settings (preset)->description);
  gtk_widget_add_css_class (title, "name");
  gtk_widget_add_css_class (description, "caption");
  gtk_label_set_xalign (GTK_LABEL (title), 0.0f);
  gtk_label_set_xalign (GTK_LABEL (description), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (description), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (description), 48);
  gtk_box_append (GTK_BOX (box), title);
  gtk_box_append (GTK_BOX (box), description);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  g_object_set_data_full (G_OBJECT (row), "preset-name", g_strdup (name), g_free);
  return row;
}

static GtkWidget *
make_list (FxuPresetButton *self)
{
  g_auto (GStrv) names = fxp_presets_list ();
  GtkWidget *list = gtk_list_box_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "presets");
  for (guint i = 0; names[i] != NULL; i++)
    {
      GtkWidget *row = make_row (names[i]);

      if (row != NULL)
        gtk_list_box_append (GTK_LIST_BOX (list), row);
    }
  g_signal_connect_object (list, "row-activated", G_CALLBACK (row_activated_cb), self, 0);
  return list;
}

static void
fxu_preset_button_dispose (GObject *object)
{
  FxuPresetButton *self = FXU_PRESET_BUTTON (object);

  g_clear_pointer (&self->button, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_preset_button_parent_class)->dispose (object);
}

static void
fxu_preset_button_class_init (FxuPresetButtonClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_preset_button_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "presetbutton");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_preset_button_init (FxuPresetButton *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  self->label = gtk_label_new (NULL);
  gtk_label_set_ellipsize (GTK_LABEL (self->label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_label_set_width_chars (GTK_LABEL (self->label), 9);
  gtk_label_set_max_width_chars (GTK_LABEL (self->label), 18);
  gtk_box_append (GTK_BOX (content), self->label);
  gtk_box_append (GTK_BOX (content), gtk_image_new_from_icon_name ("pan-down-symbolic"));

  self->popover = gtk_popover_new ();
  gtk_popover_set_child (GTK_POPOVER (self->popover), make_list (self));
  self->button = gtk_menu_button_new ();
  gtk_menu_button_set_child (GTK_MENU_BUTTON (self->button), content);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->button), self->popover);
  gtk_widget_set_tooltip_text (self->button, _ ("Choose a preset: data, network and precision"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Preset"),
                                  -1);
  gtk_widget_set_parent (self->button, GTK_WIDGET (self));
}

GtkWidget *
fxu_preset_button_new (FxuSession *session)
{
  FxuPresetButton *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_PRESET_BUTTON, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "notify::title", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "notify::modified",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
