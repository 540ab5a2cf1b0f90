/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/data-settings.h"
#include "run/dataset-picker.h"
#include "run/settings-rows.h"
#include "value-check.h"
#include "value-entry.h"

#include <glib/gi18n.h>

struct _FxuDataSettings
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *generated; /* rows that only generated sets have */
  GtkWidget *images;    /* rows that only images have */
};

G_DEFINE_FINAL_TYPE (FxuDataSettings, fxu_data_settings, GTK_TYPE_WIDGET)

/* Sets that are read, not made, have neither noise nor a number of samples to choose. */
static gboolean
is_generated (const FxpSettings *settings)
{
  return settings->dataset_name != NULL && !g_str_equal (settings->dataset_name, "digits") &&
         g_strv_contains (fxp_dataset_get_builtin_names (), settings->dataset_name);
}

static void
refresh (FxuDataSettings *self)
{
  FxpDataset *dataset = fxu_session_get_dataset (self->session);

  gtk_widget_set_visible (self->generated,
                          is_generated (fxp_experiment_get_settings (
                            fxu_session_get_experiment (self->session))));
  gtk_widget_set_visible (self->images, dataset != NULL && fxp_dataset_is_image (dataset));
}

static void
fxu_data_settings_dispose (GObject *object)
{
  FxuDataSettings *self = FXU_DATA_SETTINGS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_data_settings_parent_class)->dispose (object);
}

static void
fxu_data_settings_class_init (FxuDataSettingsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_data_settings_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_data_settings_init (FxuDataSettings *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
add_entry (FxuDataSettings *self,
           GtkWidget *rows,
           const char *name,
           const char *key,
           const char *spoken,
           FxuStepValue step)
{
  fxu_settings_rows_add (rows, name, fxu_value_entry_new (self->session, key, spoken, step));
}

static void
fill_generated (FxuDataSettings *self)
{
  self->generated = fxu_settings_rows_new ();
  add_entry (self,
             self->generated,
             _ ("Noise %"),
             "dataset.noise",
             _ ("Noise in percent"),
             fxu_settings_step_five);
  add_entry (self,
             self->generated,
             _ ("Samples"),
             "dataset.samples",
             _ ("Number of samples"),
             fxu_settings_step_double);
}

static GtkWidget *
make_preparation (FxuDataSettings *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *rows = fxu_settings_rows_new ();
  GtkWidget *normalize =
    fxu_value_check_new (self->session, "dataset.normalize", _ ("Normalize inputs"));
  GtkWidget *flip =
    fxu_value_check_new (self->session, "augmentation.flip", _ ("Flip left and right"));

  gtk_widget_set_tooltip_text (normalize,
                               _ ("Mean 0 and deviation 1 of each channel, as measured over the "
                                  "training data."));
  gtk_widget_set_tooltip_text (flip, _ ("Every other training image, by chance."));
  add_entry (self,
             rows,
             _ ("Validation"),
             "dataset.validation-share",
             _ ("Share of the training data that is kept for validation"),
             fxu_settings_step_share);
  fxu_settings_rows_add_wide (rows, normalize);

  self->images = fxu_settings_rows_new ();
  fxu_settings_rows_add_wide (self->images, flip);
  add_entry (self,
             self->images,
             _ ("Crop"),
             "augmentation.crop",
             _ ("Pixels by which training images are moved at most"),
             fxu_settings_step_one);
  gtk_box_append (GTK_BOX (box), rows);
  gtk_box_append (GTK_BOX (box), self->images);
  return box;
}

GtkWidget *
fxu_data_settings_new (FxuSession *session, const char *file_action, const char *folder_action)
{
  FxuDataSettings *self;
  GtkBox *box;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);
  g_return_val_if_fail (file_action != NULL && folder_action != NULL, NULL);

  self = g_object_new (FXU_TYPE_DATA_SETTINGS, NULL);
  self->session = g_object_ref (session);
  fill_generated (self);
  box = GTK_BOX (self->box);
  gtk_box_append (box, fxu_settings_rows_make_heading (_ ("Data")));
  gtk_box_append (box, fxu_dataset_picker_new (session, file_action, folder_action));
  gtk_box_append (box, self->generated);
  gtk_box_append (box, fxu_settings_rows_make_fold (_ ("Preparation"), make_preparation (self)));
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "dataset-changed",
                           G_CALLBACK (refresh),
                           self,
                           G_CONNECT_SWAPPED);
  refresh (self);
  return GTK_WIDGET (self);
}
