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
  GtkWidget *box;
  GtkWidget *grid;
  GtkWidget *found_box; /* a button per set found on this computer */
  GCancellable *cancellable;
  GtkWidget *buttons[SETS_MAX]; /* one per built-in name */
  GtkWidget *file;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuDatasetPicker, fxu_dataset_picker, GTK_TYPE_WIDGET)

/* "Fashion-MNIST" is the set named fashion-mnist, "CIFAR-10" is cifar10. */
static gboolean
is_same_name (const char *a, const char *b)
{
  for (;; a++, b++)
    {
      while (*a == '-')
        a++;
      while (*b == '-')
        b++;
      if (g_ascii_tolower (*a) != g_ascii_tolower (*b))
        return FALSE;
      if (*a == '\0')
        return TRUE;
    }
}

static gboolean
is_chosen (const FxpFoundDataset *found, const FxpSettings *settings)
{
  if (settings->dataset_path != NULL)
    return g_str_equal (found->path, settings->dataset_path);
  return is_same_name (found->name, settings->dataset_name);
}

static void
refresh (FxuDatasetPicker *self)
{
  const char *const *names = fxp_dataset_get_builtin_names ();
  const FxpSettings *settings =
    fxp_experiment_get_settings (fxu_session_get_experiment (self->session));
  gboolean is_listed = FALSE;

  self->refreshing = TRUE;
  for (guint i = 0; self->buttons[i] != NULL; i++)
    gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->buttons[i]),
                                  g_strcmp0 (names[i], settings->dataset_name) == 0);
  for (GtkWidget *button = gtk_widget_get_first_child (self->found_box); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    {
      const FxpFoundDataset *found = g_object_get_data (G_OBJECT (button), "found");
      gboolean chosen = is_chosen (found, settings);

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), chosen);
      is_listed = is_listed || chosen;
    }
  self->refreshing = FALSE;

  if (settings->dataset_path != NULL && !is_listed)
    gtk_widget_add_css_class (self->file, "current");
  else
    gtk_widget_remove_css_class (self->file, "current");
  gtk_widget_set_tooltip_text (self->file,
                               settings->dataset_path != NULL
                                 ? settings->dataset_path
                                 : _ ("Train on a CSV, IDX, npz, CIFAR or SVHN file"));
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

static void
found_toggled_cb (GtkToggleButton *button, FxuDatasetPicker *self)
{
  const FxpFoundDataset *found = g_object_get_data (G_OBJECT (button), "found");

  if (self->refreshing)
    return;

  if (gtk_toggle_button_get_active (button))
    fxu_session_set_value (self->session, "dataset.path", found->path);
  refresh (self);
}

/* Owns @found from now on. */
static void
add_found (FxuDatasetPicker *self, FxpFoundDataset *found)
{
  GtkWidget *button = gtk_toggle_button_new ();
  GtkWidget *label = gtk_label_new (found->name);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "tile");
  gtk_widget_add_css_class (button, "found");
  gtk_widget_set_tooltip_text (button, found->path);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  found->name,
                                  -1);
  g_object_set_data_full (G_OBJECT (button),
                          "found",
                          found,
                          (GDestroyNotify)fxp_found_dataset_free);
  g_signal_connect_object (button, "toggled", G_CALLBACK (found_toggled_cb), self, 0);
  gtk_box_append (GTK_BOX (self->found_box), button);
}

static void
find_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  g_task_return_pointer (task, fxp_dataset_find (cancellable), (GDestroyNotify)g_ptr_array_unref);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  FxuDatasetPicker *self = FXU_DATASET_PICKER (source);
  g_autoptr (GPtrArray) sets = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Cancelled: the window went. */
  if (sets == NULL)
    return;

  g_ptr_array_set_free_func (sets, NULL);
  for (guint i = 0; i < sets->len; i++)
    add_found (self, g_ptr_array_index (sets, i));
  gtk_widget_set_visible (self->found_box, sets->len > 0);
  refresh (self);
}

static void
find (FxuDatasetPicker *self)
{
  g_autoptr (GTask) task = g_task_new (self, self->cancellable, found_cb, NULL);

  g_task_run_in_thread (task, find_thread);
}

static GtkWidget *
make_folder_button (const char *action)
{
  GtkWidget *button = gtk_button_new_with_label (_ ("Folder with data…"));

  gtk_widget_add_css_class (button, "tile");
  gtk_widget_add_css_class (button, "found");
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button,
                               _ ("A folder with MNIST, CIFAR or SVHN files. Files and folders "
                                  "can also be dropped on the window."));
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

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->box, gtk_widget_unparent);
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
  self->cancellable = g_cancellable_new ();
  self->found_box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_widget_set_visible (self->found_box, FALSE);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append (GTK_BOX (self->box), self->grid);
  gtk_box_append (GTK_BOX (self->box), self->found_box);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Data set"),
                                  -1);
}

GtkWidget *
fxu_dataset_picker_new (FxuSession *session, const char *file_action, const char *folder_action)
{
  const char *const *names = fxp_dataset_get_builtin_names ();
  FxuDatasetPicker *self;
  int i;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (file_action != NULL && folder_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_DATASET_PICKER, NULL);
  self->session = g_object_ref (session);
  for (i = 0; names[i] != NULL && i < SETS_MAX - 1; i++)
    {
      self->buttons[i] = make_button (self, names[i]);
      gtk_grid_attach (GTK_GRID (self->grid), self->buttons[i], i % N_COLUMNS, i / N_COLUMNS, 1, 1);
    }
  self->file = make_file_button (file_action);
  gtk_grid_attach (GTK_GRID (self->grid), self->file, i % N_COLUMNS, i / N_COLUMNS, 1, 1);
  gtk_box_append (GTK_BOX (self->box), make_folder_button (folder_action));
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  find (self);
  return GTK_WIDGET (self);
}
