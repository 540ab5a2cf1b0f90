/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/plane-page.h"
#include "plot/decision-map.h"
#include "precision/health.h"

#include <glib/gi18n.h>

struct _FxuPlanePage
{
  GtkWidget parent_instance;

  GtkWidget *grid;
  GtkWidget *maps[3];
  GtkWidget *disagreement;
};

G_DEFINE_FINAL_TYPE (FxuPlanePage, fxu_plane_page, GTK_TYPE_WIDGET)

static void
fxu_plane_page_dispose (GObject *object)
{
  FxuPlanePage *self = FXU_PLANE_PAGE (object);

  g_clear_pointer (&self->grid, gtk_widget_unparent);

  G_OBJECT_CLASS (fxu_plane_page_parent_class)->dispose (object);
}

static void
fxu_plane_page_class_init (FxuPlanePageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_plane_page_dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_map (FxuPlanePage *self, FxuMapKind kind)
{
  self->maps[kind] = fxu_decision_map_new (kind);
  gtk_widget_set_vexpand (self->maps[kind], TRUE);
  gtk_widget_set_hexpand (self->maps[kind], TRUE);
  return self->maps[kind];
}

static GtkWidget *
make_disagreement (FxuPlanePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *caption = gtk_label_new (_ ("of the plane is seen differently by the twins"));

  self->disagreement = gtk_label_new ("–");
  gtk_widget_add_css_class (self->disagreement, "big-figure");
  gtk_widget_add_css_class (caption, "caption");
  gtk_label_set_xalign (GTK_LABEL (self->disagreement), 0.0f);
  gtk_label_set_xalign (GTK_LABEL (caption), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (caption), TRUE);
  gtk_box_append (GTK_BOX (box), self->disagreement);
  gtk_box_append (GTK_BOX (box), caption);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  return box;
}

static void
fxu_plane_page_init (FxuPlanePage *self)
{
  GtkGrid *grid;

  self->grid = gtk_grid_new ();
  grid = GTK_GRID (self->grid);
  gtk_grid_set_row_homogeneous (grid, TRUE);
  gtk_grid_set_column_homogeneous (grid, TRUE);
  gtk_grid_set_row_spacing (grid, 6);
  gtk_grid_set_column_spacing (grid, 6);
  gtk_grid_attach (grid, make_map (self, FXU_MAP_FIXED), 0, 0, 1, 1);
  gtk_grid_attach (grid, make_map (self, FXU_MAP_TWIN), 1, 0, 1, 1);
  gtk_grid_attach (grid, make_map (self, FXU_MAP_DIFFERENCE), 0, 1, 1, 1);
  gtk_grid_attach (grid, make_disagreement (self), 1, 1, 1, 1);
  gtk_widget_set_parent (self->grid, GTK_WIDGET (self));
}

GtkWidget *
fxu_plane_page_new (void)
{
  return g_object_new (FXU_TYPE_PLANE_PAGE, NULL);
}

void
fxu_plane_page_set_dataset (FxuPlanePage *self, FxpDataset *dataset)
{
  double min, max;
  gboolean is_plane = dataset != NULL && fxp_dataset_get_plane (dataset, &min, &max);

  g_return_if_fail (FXU_IS_PLANE_PAGE (self));

  for (guint i = 0; i < G_N_ELEMENTS (self->maps); i++)
    {
      fxu_decision_map_set_field (FXU_DECISION_MAP (self->maps[i]), NULL);
      fxu_decision_map_set_dataset (FXU_DECISION_MAP (self->maps[i]), is_plane ? dataset : NULL);
    }
}

void
fxu_plane_page_set_field (FxuPlanePage *self, const FxpField *field)
{
  double disagreement;
  g_autofree char *text = NULL;

  g_return_if_fail (FXU_IS_PLANE_PAGE (self));

  for (guint i = 0; i < G_N_ELEMENTS (self->maps); i++)
    fxu_decision_map_set_field (FXU_DECISION_MAP (self->maps[i]), field);
  disagreement =
    fxu_decision_map_get_disagreement (FXU_DECISION_MAP (self->maps[FXU_MAP_DIFFERENCE]));
  text = fxu_share_to_string (disagreement);
  gtk_label_set_text (GTK_LABEL (self->disagreement), text);
}
