/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/dataset-picker.h"
#include "run/dataset-thumb.h"

#include <glib/gi18n.h>

#define N_COLUMNS 3
#define SETS_MAX  12

struct _FxuDatasetPicker
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *grid;
  GtkWidget *buttons[SETS_MAX]; /* one per built-in name */
  GtkWidget *file;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuDatasetPicker, fxu_dataset_picker, GTK_TYPE_WIDGET)

static void
refresh (FxuDatasetPicker *self)
{
  const char *const *names = fxp_dataset_get_builtin_names ();
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxu_session_get_experiment (self->session));

  self->refreshing = TRUE;
  for (guint i = 0; self->buttons[i] != NULL; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[i]),
                                  g_strcmp0 (names[i], settings->dataset_name) == 0);
  self->refreshing = FALSE;

  if (settings->dataset_path != NULL)
    gtk_widget_add_css_class (self->file, "current");
  else
    gtk_widget_remove_css_class (self->file, "current");
  gtk_widget_set_tooltip_text (self->file,
                               settings->dataset_path != NULL ? settings->dataset_path
                                                              : _ ("Train on a CSV or IDX file"));
}

static void
toggled_cb (GtkToggleButton *button, FxuDatasetPicker *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), "dataset-name");

  if (self->refreshing)
    return;

  if (gtk_toggle_button_get_active (button))
    fxu_session_set_value (self->session, "dataset.name", name);
  /* Also when the click would leave none of them pressed. */
  refresh (self);
}

static GtkWidget *
make_content (GtkWidget *picture, const char *name)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *label = gtk_label_new (name);

  gtk_widget_add_css_class (label, "caption");
  gtk_box_append (GTK_BOX (box), picture);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static GtkWidget *
make_button (FxuDatasetPicker *self, const char *name)
{
  GtkWidget *button = gtk_toggle_button_new ();

  gtk_button_set_child (GTK_BUTTON (button), make_content (fxu_dataset_thumb_new (name), name));
  gtk_widget_add_css_class (button, "tile");
  gtk_widget_set_tooltip_text (button, fxp_dataset_get_builtin_description (name));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data (G_OBJECT (button), "dataset-name", (gpointer)name);
  g_signal_connect_object (button, "toggled", G_CALLBACK (toggled_cb), self, 0);
  return button;
}

static GtkWidget *
make_file_button (const char *action)
{
  GtkWidget *button = gtk_button_new ();
  GtkWidget *image = gtk_image_new_from_icon_name ("document-open-symbolic");

  gtk_image_set_pixel_size (GTK_IMAGE (image), 20);
  gtk_widget_set_size_request (image, 40, 40);
  gtk_button_set_child (GTK_BUTTON (button), make_content (image, _ ("file…")));
  gtk_widget_add_css_class (button, "tile");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Data from a file"),
                                  -1);
  return button;
}

static void
fxu_dataset_picker_dispose (GObject *object)
{
  FxuDatasetPicker *self = FXU_DATASET_PICKER (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_dataset_picker_parent_class)->dispose (object);
}

static void
fxu_dataset_picker_class_init (FxuDatasetPickerClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_dataset_picker_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "datasetpicker");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_dataset_picker_init (FxuDatasetPicker *self)
{
  self->grid = gtk_grid_new ();
  gtk_grid_set_column_homogeneous (GTK_GRID (self->grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (self->grid), 4);
  gtk_grid_set_column_spacing (GTK_GRID (self->grid), 4);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Data set"),
                                  -1);
}

GtkWidget *
fxu_dataset_picker_new (FxuSession *session, const char *file_action)
{
  const char *const *names = fxp_dataset_get_builtin_names ();
  FxuDatasetPicker *self;
  int i;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (file_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_DATASET_PICKER, NULL);
  self->session = g_object_ref (session);
  for (i = 0; names[i] != NULL && i < SETS_MAX - 1; i++)
    {
      self->buttons[i] = make_button (self, names[i]);
      gtk_grid_attach (GTK_GRID (self->grid), self->buttons[i], i % N_COLUMNS, i / N_COLUMNS, 1, 1);
    }
  self->file = make_file_button (file_action);
  gtk_grid_attach (GTK_GRID (self->grid), self->file, i % N_COLUMNS, i / N_COLUMNS, 1, 1);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
