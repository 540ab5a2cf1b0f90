/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/layers-page.h"
#include "plot/tile-gallery.h"
#include "run/learned-tiles.h"

#include <glib/gi18n.h>

struct _FxuLayersPage
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *sample;
  GtkWidget *gallery;
  gboolean refreshing;
};

G_DEFINE_FINAL_TYPE (FxuLayersPage, fxu_layers_page, GTK_TYPE_WIDGET)

static void
sample_cb (FxuLayersPage *self)
{
  if (!self->refreshing)
    fxu_session_set_sample (self->session,
                            (guint32)gtk_spin_button_get_value_as_int (
                              GTK_SPIN_BUTTON (self->sample)));
}

static void
fxu_layers_page_dispose (GObject *object)
{
  FxuLayersPage *self = FXU_LAYERS_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_layers_page_parent_class)->dispose (object);
}

static void
fxu_layers_page_class_init (FxuLayersPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_layers_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "layerspage");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_chooser (FxuLayersPage *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *label = gtk_label_new (_ ("Test sample"));

  gtk_widget_add_css_class (label, "caption");
  self->sample = gtk_spin_button_new_with_range (0.0, 1.0, 1.0);
  gtk_spin_button_set_numeric (GTK_SPIN_BUTTON (self->sample), TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (self->sample), 5);
  gtk_widget_set_hexpand (self->sample, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->sample),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Number of the test sample"),
                                  -1);
  g_signal_connect_object (self->sample,
                           "value-changed",
                           G_CALLBACK (sample_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (row), label);
  gtk_box_append (GTK_BOX (row), self->sample);
  return row;
}

static void
fxu_layers_page_init (FxuLayersPage *self)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  self->gallery = fxu_tile_gallery_new (_ ("Activations of the layers"));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled),
                                  GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), self->gallery);
  gtk_widget_set_vexpand (scrolled, TRUE);
  gtk_box_append (GTK_BOX (self->box), make_chooser (self));
  gtk_box_append (GTK_BOX (self->box), scrolled);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_layers_page_new (FxuSession *session)
{
  FxuLayersPage *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_LAYERS_PAGE, NULL);
  self->session = g_object_ref (session);
  fxu_layers_page_restart (self);
  fxu_layers_page_show (self, NULL, FXU_MAP_FIXED);
  return GTK_WIDGET (self);
}

void
fxu_layers_page_restart (FxuLayersPage *self)
{
  FxpDataset *dataset;
  gsize n;

  g_return_if_fail (FXU_IS_LAYERS_PAGE (self));

  dataset = fxu_session_get_dataset (self->session);
  n = dataset != NULL ? fxp_dataset_get_n (dataset, FXP_SPLIT_TEST) : 1;
  self->refreshing = TRUE;
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->sample), 0.0, (double)MAX (n, 1) - 1.0);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->sample),
                             fxu_session_get_sample (self->session));
  self->refreshing = FALSE;
}

/* "Sample 17: Sneaker" */
static char *
describe_sample (FxuLayersPage *self, guint32 row)
{
  FxpDataset *dataset = fxu_session_get_dataset (self->session);
  guint16 label = 0;

  if (dataset == NULL || row >= fxp_dataset_get_n (dataset, FXP_SPLIT_TEST))
    return g_strdup ("");
  fxp_dataset_gather (dataset, FXP_SPLIT_TEST, &row, 1, NULL, &label);
  /* translators: number of a test sample, and the name of its class */
  return g_strdup_printf (_ ("Sample %u: %s"), row, fxp_dataset_get_class_name (dataset, label));
}

void
fxu_layers_page_show (FxuLayersPage *self, const FxpActivations *activations, FxuMapKind kind)
{
  FxuTileGallery *gallery;
  g_autofree char *title = NULL;

  g_return_if_fail (FXU_IS_LAYERS_PAGE (self));

  gallery = FXU_TILE_GALLERY (self->gallery);
  title = activations != NULL ? describe_sample (self, activations->row) : NULL;
  fxu_learned_tiles_show_activations (fxu_tile_gallery_get_sheet (gallery),
                                      title,
                                      fxp_experiment_get_topology (
                                        fxu_session_get_experiment (self->session)),
                                      activations,
                                      kind);
  fxu_tile_gallery_changed (gallery);
}

char *
fxu_layers_page_describe (FxuLayersPage *self)
{
  g_return_val_if_fail (FXU_IS_LAYERS_PAGE (self), NULL);

  return fxu_tile_sheet_describe (fxu_tile_gallery_get_sheet (FXU_TILE_GALLERY (self->gallery)));
}
