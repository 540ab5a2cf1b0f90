/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/convert-view.h"
#include "convert/cluster-view.h"
#include "convert/convert-bar.h"
#include "convert/convert-guide.h"
#include "convert/convert-settings.h"
#include "convert/convert-text.h"
#include "convert/layer-table.h"
#include "convert/score-line.h"
#include "convert/sweep-board.h"

#include <glib/gi18n.h>

struct _FxuConvertView
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *scrolled;
  GtkWidget *guide;
  GtkWidget *bar;
  GtkWidget *scores;
  GtkWidget *notes;
  GtkWidget *clusters;
  GtkWidget *layers;
  GtkWidget *sweep;
};

G_DEFINE_FINAL_TYPE (FxuConvertView, fxu_convert_view, GTK_TYPE_WIDGET)

static void
update_notes (FxuConvertView *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);
  g_autofree char *notes = conversion != NULL ? fxu_convert_text_notes (conversion) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (self->notes), notes);
  gtk_widget_set_visible (self->notes, *notes != '\0');
  fxu_layer_table_select (FXU_LAYER_TABLE (self->layers),
                          fxu_cluster_view_get_layer (FXU_CLUSTER_VIEW (self->clusters)));
}

static void
selected_cb (FxuConvertView *self, guint layer)
{
  fxu_cluster_view_select (FXU_CLUSTER_VIEW (self->clusters), layer, 0, 0);
}

static void
moved_cb (FxuConvertView *self)
{
  fxu_layer_table_select (FXU_LAYER_TABLE (self->layers),
                          fxu_cluster_view_get_layer (FXU_CLUSTER_VIEW (self->clusters)));
}

/* There may be something new to look at: a run that was opened, or data that have come. */
static void
look (FxuConvertView *self)
{
  FxuConversion *conversion = fxu_session_get_conversion (self->session);

  if (conversion != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    fxu_conversion_look (conversion);
}

static void
fxu_convert_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fxu_convert_view_parent_class)->map (widget);
  look (FXU_CONVERT_VIEW (widget));
}

static void
fxu_convert_view_dispose (GObject *object)
{
  FxuConvertView *self = FXU_CONVERT_VIEW (object);

  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_convert_view_parent_class)->dispose (object);
}

static void
fxu_convert_view_class_init (FxuConvertViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_convert_view_dispose;
  widget_class->map = fxu_convert_view_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "convertview");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
fxu_convert_view_init (FxuConvertView *self)
{
}

static GtkWidget *
make_notes (FxuConvertView *self)
{
  self->notes = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->notes), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->notes), 0.0f);
  gtk_label_set_selectable (GTK_LABEL (self->notes), TRUE);
  gtk_widget_add_css_class (self->notes, "notes");
  return self->notes;
}

/* Clusters on the left; layers above what N does on the right. */
static GtkWidget *
make_pictures (FxuConvertView *self)
{
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->clusters = fxu_cluster_view_new (self->session);
  self->layers = fxu_layer_table_new (self->session);
  self->sweep = fxu_sweep_board_new (self->session);
  gtk_box_append (GTK_BOX (right), self->layers);
  gtk_box_append (GTK_BOX (right), self->sweep);
  gtk_widget_set_size_request (self->clusters, 300, -1);
  /* All columns of the table. */
  gtk_widget_set_size_request (right, 396, -1);
  gtk_paned_set_start_child (GTK_PANED (paned), self->clusters);
  gtk_paned_set_end_child (GTK_PANED (paned), right);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (self->sweep, TRUE);
  gtk_widget_set_vexpand (paned, TRUE);
  return paned;
}

static void
build (FxuConvertView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->guide = fxu_convert_guide_new (fxu_session_get_conversion (self->session));
  self->bar = fxu_convert_bar_new (self->session);
  self->scores = fxu_score_line_new (self->session);
  gtk_box_append (GTK_BOX (box), self->guide);
  gtk_box_append (GTK_BOX (box), fxu_convert_settings_new (self->session));
  gtk_box_append (GTK_BOX (box), self->bar);
  gtk_box_append (GTK_BOX (box), self->scores);
  gtk_box_append (GTK_BOX (box), make_notes (self));
  gtk_box_append (GTK_BOX (box), make_pictures (self));
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->scrolled),
                                  GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), box);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

GtkWidget *
fxu_convert_view_new (FxuSession *session)
{
  static const char *const told_by[] = {"experiment-changed", "dataset-changed", "snapshot"};
  FxuConvertView *self;
  FxuConversion *conversion;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_CONVERT_VIEW, NULL);
  self->session = g_object_ref (session);
  build (self);
  conversion = fxu_session_get_conversion (session);
  g_signal_connect_object (conversion,
                           "changed",
                           G_CALLBACK (update_notes),
                           self,
                           G_CONNECT_SWAPPED);
  for (gsize i = 0; i < G_N_ELEMENTS (told_by); i++)
    g_signal_connect_object (session, told_by[i], G_CALLBACK (look), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->layers,
                           "selected",
                           G_CALLBACK (selected_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clusters, "moved", G_CALLBACK (moved_cb), self, G_CONNECT_SWAPPED);
  update_notes (self);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Conversion"),
                                  -1);
  return GTK_WIDGET (self);
}

void
fxu_convert_view_select (FxuConvertView *self, guint layer, guint output, guint cluster)
{
  g_return_if_fail (FXU_IS_CONVERT_VIEW (self));

  fxu_cluster_view_select (FXU_CLUSTER_VIEW (self->clusters), layer, output, cluster);
}

char *
fxu_convert_view_describe (FxuConvertView *self)
{
  g_autofree char *scores = NULL;
  g_autofree char *cluster = NULL;
  g_autofree char *layers = NULL;
  g_autofree char *sweep = NULL;

  g_return_val_if_fail (FXU_IS_CONVERT_VIEW (self), NULL);

  scores = fxu_score_line_describe (FXU_SCORE_LINE (self->scores));
  cluster = fxu_cluster_view_describe (FXU_CLUSTER_VIEW (self->clusters));
  layers = fxu_layer_table_describe (FXU_LAYER_TABLE (self->layers));
  sweep = fxu_sweep_board_describe (FXU_SWEEP_BOARD (self->sweep));
  return g_strdup_printf ("%s%s%s%s%s\n%s\n",
                          scores,
                          cluster,
                          layers,
                          sweep,
                          gtk_label_get_text (GTK_LABEL (self->notes)),
                          fxu_convert_guide_get_text (FXU_CONVERT_GUIDE (self->guide)));
}
