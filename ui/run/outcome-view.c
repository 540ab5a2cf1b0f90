/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/outcome-view.h"
#include "beat.h"
#include "plot/decision-map.h"
#include "plot/sample-sheet.h"
#include "precision/health.h"

#include <glib/gi18n.h>
#include <math.h>

#define FIELD_SIZE 80

struct _FxuOutcomeView
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *stack; /* "plane", "images", "other" */
  GtkWidget *maps[3];
  GtkWidget *disagreement;
  GtkWidget *sheet;
  GtkWidget *facts;         /* of data without a picture */
  GtkWidget *accuracies[2]; /* fixed, float */
  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuOutcomeView, fxu_outcome_view, GTK_TYPE_WIDGET)

static void
show_accuracies (FxuOutcomeView *self, FxpSnapshot *snapshot)
{
  for (guint i = 0; i < 2; i++)
    {
      double accuracy = snapshot != NULL ? fxp_snapshot_get_test_accuracy (snapshot, i == 1) : NAN;
      g_autofree char *text = fxu_share_to_string (accuracy);

      gtk_label_set_text (GTK_LABEL (self->accuracies[i]), text);
    }
}

static void
show_maps (FxuOutcomeView *self, const FxpField *field)
{
  double disagreement;
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (self->maps); i++)
    fxu_decision_map_set_field (FXU_DECISION_MAP (self->maps[i]), field);
  disagreement =
    fxu_decision_map_get_disagreement (FXU_DECISION_MAP (self->maps[FXU_MAP_DIFFERENCE]));
  text = fxu_share_to_string (disagreement);
  gtk_label_set_text (GTK_LABEL (self->disagreement), text);
}

static void
update (FxuOutcomeView *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);

  if (snapshot != NULL && fxp_experiment_needs_reset (fxp_snapshot_get_experiment (snapshot),
                                                      fxu_session_get_experiment (self->session)))
    snapshot = NULL;

  show_accuracies (self, snapshot);
  show_maps (self, snapshot != NULL ? fxp_snapshot_get_field (snapshot) : NULL);
  fxu_sample_sheet_set_sheet (FXU_SAMPLE_SHEET (self->sheet),
                              snapshot != NULL ? fxp_snapshot_get_sheet (snapshot) : NULL);
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuOutcomeView *self = data;

  self->update_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
}

static void
snapshot_cb (FxuOutcomeView *self)
{
  if (self->update_id == 0)
    self->update_id = fxu_beat_add (1, update_cb, self);
}

/* The worker makes only the pictures that are looked at. */
static void
ask_for_view (FxuOutcomeView *self)
{
  FxpDataset *dataset = fxu_session_get_dataset (self->session);
  gboolean mapped = gtk_widget_get_mapped (GTK_WIDGET (self));
  double min, max;

  if (!mapped || dataset == NULL)
    fxu_session_set_view (self->session, FXP_VIEW_NONE, 0);
  else if (fxp_dataset_get_plane (dataset, &min, &max))
    fxu_session_set_view (self->session, FXP_VIEW_FIELD, FIELD_SIZE);
  else if (fxp_dataset_is_image (dataset))
    fxu_session_set_view (self->session, FXP_VIEW_SHEET, 0);
  else
    fxu_session_set_view (self->session, FXP_VIEW_NONE, 0);
}

static char *
describe_data (FxpDataset *dataset)
{
  g_autofree char *shape = fxp_shape_to_string (fxp_dataset_get_shape (dataset));

  return g_strdup_printf (_ ("Inputs: %s\n"
                             "Classes: %u\n"
                             "Samples: %lu to train on, %lu to test on\n\n"
                             "These data are neither a plane nor images, so there is no picture "
                             "of what was learned."),
                          shape,
                          fxp_dataset_get_n_classes (dataset),
                          (gulong)fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN),
                          (gulong)fxp_dataset_get_n (dataset, FXP_SPLIT_TEST));
}

static void
dataset_changed_cb (FxuOutcomeView *self)
{
  FxpDataset *dataset = fxu_session_get_dataset (self->session);
  const char *page = "other";
  g_autofree char *facts = NULL;
  gboolean is_plane = FALSE;
  double min, max;

  if (dataset == NULL)
    return;

  is_plane = fxp_dataset_get_plane (dataset, &min, &max);
  if (is_plane)
    page = "plane";
  else if (fxp_dataset_is_image (dataset))
    page = "images";

  for (guint i = 0; i < G_N_ELEMENTS (self->maps); i++)
    {
      fxu_decision_map_set_field (FXU_DECISION_MAP (self->maps[i]), NULL);
      fxu_decision_map_set_dataset (FXU_DECISION_MAP (self->maps[i]), is_plane ? dataset : NULL);
    }
  fxu_sample_sheet_set_sheet (FXU_SAMPLE_SHEET (self->sheet), NULL);
  fxu_sample_sheet_set_dataset (FXU_SAMPLE_SHEET (self->sheet),
                                fxp_dataset_is_image (dataset) ? dataset : NULL);
  facts = describe_data (dataset);
  gtk_label_set_text (GTK_LABEL (self->facts), facts);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), page);
  ask_for_view (self);
}

static void
fxu_outcome_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fxu_outcome_view_parent_class)->map (widget);

  ask_for_view (FXU_OUTCOME_VIEW (widget));
}

static void
fxu_outcome_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fxu_outcome_view_parent_class)->unmap (widget);

  ask_for_view (FXU_OUTCOME_VIEW (widget));
}

static void
fxu_outcome_view_dispose (GObject *object)
{
  FxuOutcomeView *self = FXU_OUTCOME_VIEW (object);

  g_clear_handle_id (&self->update_id, fxu_beat_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_outcome_view_parent_class)->dispose (object);
}

static void
fxu_outcome_view_class_init (FxuOutcomeViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = fxu_outcome_view_dispose;
  widget_class->map = fxu_outcome_view_map;
  widget_class->unmap = fxu_outcome_view_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "outcome");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_figure (GtkWidget **value, const char *caption)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (caption);

  *value = gtk_label_new ("–");
  gtk_widget_add_css_class (*value, "big-figure");
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_xalign (GTK_LABEL (*value), 0.0f);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), *value);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static GtkWidget *
make_map (FxuOutcomeView *self, FxuMapKind kind)
{
  self->maps[kind] = fxu_decision_map_new (kind);
  gtk_widget_set_vexpand (self->maps[kind], TRUE);
  gtk_widget_set_hexpand (self->maps[kind], TRUE);
  return self->maps[kind];
}

static GtkWidget *
make_plane (FxuOutcomeView *self)
{
  GtkWidget *grid = gtk_grid_new ();
  GtkWidget *figure =
    make_figure (&self->disagreement, _ ("of the plane is seen differently by the twins"));

  gtk_grid_set_row_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
  gtk_grid_attach (GTK_GRID (grid), make_map (self, FXU_MAP_FIXED), 0, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), make_map (self, FXU_MAP_TWIN), 1, 0, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), make_map (self, FXU_MAP_DIFFERENCE), 0, 1, 1, 1);
  gtk_widget_set_valign (figure, GTK_ALIGN_CENTER);
  gtk_grid_attach (GTK_GRID (grid), figure, 1, 1, 1, 1);
  return grid;
}

static GtkWidget *
make_accuracies (FxuOutcomeView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_box_append (GTK_BOX (box), make_figure (&self->accuracies[0], _ ("test, fixed point")));
  gtk_box_append (GTK_BOX (box), make_figure (&self->accuracies[1], _ ("test, float twin")));
  gtk_widget_add_css_class (self->accuracies[0], "fixed");
  gtk_widget_add_css_class (self->accuracies[1], "twin");
  return box;
}

static void
fxu_outcome_view_init (FxuOutcomeView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_box_append (GTK_BOX (self->box), make_accuracies (self));

  self->sheet = fxu_sample_sheet_new ();
  self->facts = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (self->facts), TRUE);
  gtk_label_set_xalign (GTK_LABEL (self->facts), 0.0f);
  gtk_label_set_yalign (GTK_LABEL (self->facts), 0.1f);
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_plane (self), "plane");
  gtk_stack_add_named (GTK_STACK (self->stack), self->sheet, "images");
  gtk_stack_add_named (GTK_STACK (self->stack), self->facts, "other");
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What both twins have learned"),
                                  -1);
}

GtkWidget *
fxu_outcome_view_new (FxuSession *session)
{
  FxuOutcomeView *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_OUTCOME_VIEW, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "dataset-changed",
                           G_CALLBACK (dataset_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  dataset_changed_cb (self);
  return GTK_WIDGET (self);
}
