/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/cluster-view.h"
#include "convert/cluster-picture.h"
#include "convert/cluster-reading.h"
#include "convert/weight-histogram.h"
#include "precision/assignment-constants.h"

#include <glib/gi18n.h>

struct _FxuClusterView
{
  GtkWidget parent_instance;

  FxuSession *session;
  guint layer, output, cluster; /* chosen; perhaps more than there are now */
  gboolean is_showing;          /* what the widgets say follows from what is chosen */

  GtkWidget *box;
  GtkWidget *name;
  GtkWidget *outputs, *clusters; /* counted from 1 */
  GtkWidget *sorted;
  GtkWidget *picture;
  GtkWidget *histogram;
};

G_DEFINE_FINAL_TYPE (FxuClusterView, fxu_cluster_view, GTK_TYPE_WIDGET)

static guint moved_signal;

static FxuClustering *
get_clustering (FxuClusterView *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);

  return conversion != NULL ? fxu_conversion_get_clustering (conversion) : NULL;
}

static FxuClusterSheet *
get_sheet (FxuClusterView *self)
{
  return fxu_cluster_picture_get_sheet (FXU_CLUSTER_PICTURE (self->picture));
}

static FxuWeightBars *
get_bars (FxuClusterView *self)
{
  return fxu_weight_histogram_get_bars (FXU_WEIGHT_HISTOGRAM (self->histogram));
}

static guint
count_outputs (FxuClustering *clustering, guint layer)
{
  return (guint)fxp_trained_get_layer (fxu_clustering_get_trained (clustering), layer)->n_units;
}

static void
show_choice (FxuClusterView *self, const char *name, guint n_outputs, guint n_clusters)
{
  self->is_showing = TRUE;
  gtk_label_set_text (GTK_LABEL (self->name), name);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->outputs), 1.0, MAX (n_outputs, 1));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->outputs), self->output + 1.0);
  gtk_spin_button_set_range (GTK_SPIN_BUTTON (self->clusters), 1.0, MAX (n_clusters, 1));
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->clusters), self->cluster + 1.0);
  gtk_widget_set_sensitive (self->outputs, n_outputs > 1);
  gtk_widget_set_sensitive (self->clusters, n_clusters > 1);
  self->is_showing = FALSE;
}

static void
show_nothing (FxuClusterView *self)
{
  show_choice (self, "", 0, 0);
  fxu_cluster_sheet_set (get_sheet (self), NULL, NULL, NULL);
  fxu_weight_bars_set (get_bars (self), NULL, NULL, NULL, 0);
}

static void
show_layer (FxuClusterView *self, FxuClustering *clustering)
{
  const FxpTrainedLayer *learnt =
    fxp_trained_get_layer (fxu_clustering_get_trained (clustering), self->layer);
  const char *name = fxu_clustering_get_report (clustering, self->layer)->name;
  guint n_clusters = fxu_clustering_count_clusters (clustering, self->layer);
  gsize n = learnt->n_units * learnt->n_inputs * learnt->n_pixels;
  g_autofree double *weights = g_new (double, n);
  g_autofree double *values = g_new (double, n);

  self->cluster = MIN (self->cluster, MAX (n_clusters, 1) - 1);
  show_choice (self, name, (guint)learnt->n_units, n_clusters);
  fxu_clustering_get_weights (clustering, self->layer, weights, values);
  fxu_weight_bars_set (get_bars (self), name, weights, values, n);
  if (n_clusters > 0)
    fxu_cluster_reading_fill (get_sheet (self),
                              clustering,
                              self->layer,
                              self->output,
                              self->cluster,
                              weights,
                              values);
  else
    fxu_cluster_sheet_set (get_sheet (self), NULL, NULL, NULL);
}

/* At once, so that the picture follows a hand. */
static void
update (FxuClusterView *self)
{
  FxuClustering *clustering = get_clustering (self);

  if (clustering == NULL || fxu_clustering_get_n_layers (clustering) == 0)
    show_nothing (self);
  else
    {
      self->layer = MIN (self->layer, fxu_clustering_get_n_layers (clustering) - 1);
      self->output = MIN (self->output, count_outputs (clustering, self->layer) - 1);
      show_layer (self, clustering);
    }
  fxu_picture_answer (FXU_PICTURE (self->picture));
  fxu_picture_answer (FXU_PICTURE (self->histogram));
  g_signal_emit (self, moved_signal, 0);
}

void
fxu_cluster_view_select (FxuClusterView *self, guint layer, guint output, guint cluster)
{
  g_return_if_fail (FXU_IS_CLUSTER_VIEW (self));

  self->layer = layer;
  self->output = output;
  self->cluster = cluster;
  update (self);
}

guint
fxu_cluster_view_get_layer (FxuClusterView *self)
{
  g_return_val_if_fail (FXU_IS_CLUSTER_VIEW (self), 0);

  return self->layer;
}

static guint
get_number (GtkWidget *spin)
{
  return (guint)MAX (gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (spin)), 1) - 1;
}

static void
turned_cb (FxuClusterView *self)
{
  if (!self->is_showing)
    fxu_cluster_view_select (self,
                             self->layer,
                             get_number (self->outputs),
                             get_number (self->clusters));
}

static void
go_cb (FxuClusterView *self, int clusters, int outputs)
{
  fxu_cluster_view_select (self,
                           self->layer,
                           (guint)MAX ((int)self->output + outputs, 0),
                           (guint)MAX ((int)self->cluster + clusters, 0));
}

void
fxu_cluster_view_set_sorted (FxuClusterView *self, gboolean sorted)
{
  g_return_if_fail (FXU_IS_CLUSTER_VIEW (self));

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->sorted), sorted);
}

static void
sorted_cb (FxuClusterView *self)
{
  fxu_cluster_sheet_set_sorted (get_sheet (self),
                                gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->sorted)));
  fxu_picture_answer (FXU_PICTURE (self->picture));
}

static void
sort_cb (FxuClusterView *self)
{
  fxu_cluster_view_set_sorted (self, !fxu_cluster_sheet_get_sorted (get_sheet (self)));
}

static void
fxu_cluster_view_dispose (GObject *object)
{
  FxuClusterView *self = FXU_CLUSTER_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_cluster_view_parent_class)->dispose (object);
}

static void
fxu_cluster_view_class_init (FxuClusterViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_cluster_view_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "clusterview");
  moved_signal = g_signal_new ("moved",
                               FXU_TYPE_CLUSTER_VIEW,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
}

static GtkWidget *
add_spin (FxuClusterView *self, GtkWidget *row, const char *name, const char *help)
{
  GtkWidget *spin = fxu_assignment_constants_make_spin (1.0, 1.0, 1.0, 0, help);

  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 2);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (spin), 3);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (turned_cb), self);
  gtk_box_append (GTK_BOX (row), gtk_label_new (name));
  gtk_box_append (GTK_BOX (row), spin);
  return spin;
}

static GtkWidget *
make_chooser (FxuClusterView *self)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);

  self->name = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->name), 0.0f);
  gtk_widget_add_css_class (self->name, "section");
  gtk_widget_set_hexpand (self->name, TRUE);
  gtk_label_set_ellipsize (GTK_LABEL (self->name), PANGO_ELLIPSIZE_END);
  gtk_label_set_width_chars (GTK_LABEL (self->name), 5);
  gtk_box_append (GTK_BOX (row), self->name);
  self->outputs = add_spin (self, row, _ ("output"), _ ("Output channel or unit of the layer"));
  self->clusters =
    add_spin (self, row, _ ("cluster"), _ ("Which of the output's clusters, by its first weight"));
  self->sorted = gtk_toggle_button_new_with_label (_ ("Sorted"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->sorted), TRUE);
  gtk_widget_set_tooltip_text (self->sorted,
                               _ ("From the greatest weight to the least, or as they lie"));
  g_signal_connect_swapped (self->sorted, "toggled", G_CALLBACK (sorted_cb), self);
  gtk_box_append (GTK_BOX (row), self->sorted);
  return row;
}

static void
fxu_cluster_view_init (FxuClusterView *self)
{
  self->layer = 1; /* the first one with clusters */
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_box_append (GTK_BOX (self->box), make_chooser (self));
  self->picture = fxu_cluster_picture_new (_ ("No clusters to show"));
  self->histogram = fxu_weight_histogram_new (_ ("No weights to show"));
  gtk_widget_set_vexpand (self->picture, TRUE);
  gtk_widget_set_vexpand (self->histogram, TRUE);
  gtk_widget_set_size_request (self->picture, -1, 150);
  gtk_widget_set_size_request (self->histogram, -1, 120);
  gtk_box_append (GTK_BOX (self->box), self->picture);
  gtk_box_append (GTK_BOX (self->box), self->histogram);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_swapped (self->picture, "go", G_CALLBACK (go_cb), self);
  g_signal_connect_swapped (self->picture, "sort", G_CALLBACK (sort_cb), self);
}

GtkWidget *
fxu_cluster_view_new (FxuSession *session)
{
  FxuClusterView *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CLUSTER_VIEW, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (fxu_session_get_conversion (session),
                           "clustered",
                           G_CALLBACK (update),
                           self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}

char *
fxu_cluster_view_describe (FxuClusterView *self)
{
  g_autofree char *cluster = NULL;
  g_autofree char *layer = NULL;

  g_return_val_if_fail (FXU_IS_CLUSTER_VIEW (self), NULL);

  cluster = fxu_cluster_sheet_describe (get_sheet (self));
  layer = fxu_weight_bars_describe (get_bars (self));
  return g_strdup_printf ("%s\n%s\n", cluster, layer);
}
