/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/outcome-view.h"
#include "beat.h"
#include "plot/confusion-map.h"
#include "plot/mistake-gallery.h"
#include "plot/sample-sheet.h"
#include "plot/tile-gallery.h"
#include "precision/health.h"
#include "run/layers-page.h"
#include "run/learned-tiles.h"
#include "run/outcome-kinds.h"
#include "run/page-switch.h"
#include "run/plane-page.h"

#include <glib/gi18n.h>
#include <math.h>

#define FIELD_SIZE 80

/* In the order of FxuMapKind. */
static const char *const sides[FXU_N_SIDES] = {"fixed", "float", "difference"};

struct _FxuOutcomeView
{
  GtkWidget parent_instance;

  FxuSession *session;
  GtkWidget *box;
  GtkWidget *accuracies[2]; /* fixed, float */
  GtkWidget *page_switch;
  GtkWidget *stack;
  GtkWidget *widgets[FXU_N_OUTCOMES]; /* what shows each page */

  FxuOutcome offered[FXU_N_OUTCOMES];
  guint n_offered;
  FxuOutcome page;
  FxuMapKind side;
  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuOutcomeView, fxu_outcome_view, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_PAGE,
  PROP_SIDE,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static FxpSnapshot *
fitting_snapshot (FxuOutcomeView *self)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);

  if (snapshot != NULL && fxp_experiment_needs_reset (fxp_snapshot_get_experiment (snapshot),
                                                      fxu_session_get_experiment (self->session)))
    return NULL;
  return snapshot;
}

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
show_filters (FxuOutcomeView *self, FxpSnapshot *snapshot)
{
  FxuTileGallery *gallery = FXU_TILE_GALLERY (self->widgets[FXU_OUTCOME_FILTERS]);

  fxu_learned_tiles_show_filters (fxu_tile_gallery_get_sheet (gallery),
                                  snapshot != NULL ? fxp_snapshot_get_filters (snapshot) : NULL,
                                  self->side);
  fxu_tile_gallery_changed (gallery);
}

/* Nothing is shown of a page that is not looked at. */
static void
update (FxuOutcomeView *self)
{
  FxpSnapshot *snapshot = fitting_snapshot (self);
  const FxpConfusion *confusion = snapshot != NULL ? fxp_snapshot_get_confusion (snapshot) : NULL;
  GtkWidget *widget = self->widgets[self->page];

  show_accuracies (self, snapshot);
  switch (self->page)
    {
    case FXU_OUTCOME_PLANE:
      fxu_plane_page_set_field (FXU_PLANE_PAGE (widget),
                                snapshot != NULL ? fxp_snapshot_get_field (snapshot) : NULL);
      break;
    case FXU_OUTCOME_SAMPLES:
      fxu_sample_sheet_set_sheet (FXU_SAMPLE_SHEET (widget),
                                  snapshot != NULL ? fxp_snapshot_get_sheet (snapshot) : NULL);
      break;
    case FXU_OUTCOME_CONFUSION:
      fxu_confusion_map_set_confusion (FXU_CONFUSION_MAP (widget), confusion);
      break;
    case FXU_OUTCOME_MISTAKES:
      fxu_mistake_gallery_set_confusion (FXU_MISTAKE_GALLERY (widget),
                                         confusion,
                                         self->side == FXU_MAP_TWIN);
      break;
    case FXU_OUTCOME_FILTERS:
      show_filters (self, snapshot);
      break;
    case FXU_OUTCOME_LAYERS:
      fxu_layers_page_show (FXU_LAYERS_PAGE (widget),
                            snapshot != NULL ? fxp_snapshot_get_activations (snapshot) : NULL,
                            self->side);
      break;
    case FXU_OUTCOME_FACTS:
    case FXU_N_OUTCOMES:
    default:
      break;
    }
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
  gboolean is_seen =
    gtk_widget_get_mapped (GTK_WIDGET (self)) && fxu_session_get_dataset (self->session) != NULL;
  FxpView view = is_seen ? fxu_outcome_kinds[self->page].view : FXP_VIEW_NONE;

  fxu_session_set_view (self->session, view, view == FXP_VIEW_FIELD ? FIELD_SIZE : 0);
}

static void
show_page (FxuOutcomeView *self)
{
  guint selected = 0;

  while (selected < self->n_offered && self->offered[selected] != self->page)
    selected++;
  fxu_page_switch_show (FXU_PAGE_SWITCH (self->page_switch),
                        selected,
                        fxu_outcome_kinds[self->page].n_sides,
                        self->side);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), fxu_outcome_kinds[self->page].name);
  fxu_confusion_map_set_kind (FXU_CONFUSION_MAP (self->widgets[FXU_OUTCOME_CONFUSION]), self->side);
  ask_for_view (self);
  update (self);
}

static gboolean
is_offered (FxuOutcomeView *self, FxuOutcome page)
{
  for (guint i = 0; i < self->n_offered; i++)
    if (self->offered[i] == page)
      return TRUE;
  return FALSE;
}

static void
set_side (FxuOutcomeView *self, FxuMapKind side)
{
  if (side == self->side)
    return;
  self->side = side;
  show_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_SIDE]);
}

static void
set_page (FxuOutcomeView *self, FxuOutcome page)
{
  if (page == self->page || !is_offered (self, page))
    return;
  self->page = page;
  /* Mistakes are of one or the other. */
  if (fxu_outcome_kinds[page].n_sides > 0 && self->side >= fxu_outcome_kinds[page].n_sides)
    set_side (self, FXU_MAP_FIXED);
  show_page (self);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_PAGE]);
}

static void
page_chosen_cb (FxuOutcomeView *self, guint i)
{
  if (i < self->n_offered)
    set_page (self, self->offered[i]);
}

static void
side_chosen_cb (FxuOutcomeView *self, guint i)
{
  set_side (self, i);
}

/* The same page as before if the data have it too, else the first. */
static void
offer_pages (FxuOutcomeView *self)
{
  FxuOutcome offered[FXU_N_OUTCOMES];
  guint n = fxu_outcome_kinds_collect (self->session, offered);
  const char *labels[FXU_N_OUTCOMES];

  if (n == self->n_offered && memcmp (offered, self->offered, n * sizeof *offered) == 0)
    return;

  for (guint i = 0; i < n; i++)
    labels[i] = _ (fxu_outcome_kinds[offered[i]].label);
  fxu_page_switch_set_pages (FXU_PAGE_SWITCH (self->page_switch), labels, n);
  memcpy (self->offered, offered, n * sizeof *offered);
  self->n_offered = n;
  if (is_offered (self, self->page))
    show_page (self);
  else
    set_page (self, offered[0]);
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
  FxpDataset *images = dataset != NULL && fxp_dataset_is_image (dataset) ? dataset : NULL;
  g_autofree char *facts = NULL;

  if (dataset == NULL)
    return;

  facts = describe_data (dataset);
  gtk_label_set_text (GTK_LABEL (self->widgets[FXU_OUTCOME_FACTS]), facts);
  fxu_plane_page_set_dataset (FXU_PLANE_PAGE (self->widgets[FXU_OUTCOME_PLANE]), dataset);
  fxu_sample_sheet_set_sheet (FXU_SAMPLE_SHEET (self->widgets[FXU_OUTCOME_SAMPLES]), NULL);
  fxu_sample_sheet_set_dataset (FXU_SAMPLE_SHEET (self->widgets[FXU_OUTCOME_SAMPLES]), images);
  fxu_confusion_map_set_dataset (FXU_CONFUSION_MAP (self->widgets[FXU_OUTCOME_CONFUSION]), dataset);
  fxu_mistake_gallery_set_dataset (FXU_MISTAKE_GALLERY (self->widgets[FXU_OUTCOME_MISTAKES]),
                                   images);
  fxu_layers_page_restart (FXU_LAYERS_PAGE (self->widgets[FXU_OUTCOME_LAYERS]));
  offer_pages (self);
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
fxu_outcome_view_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FxuOutcomeView *self = FXU_OUTCOME_VIEW (object);

  if (id == PROP_PAGE)
    g_value_set_string (value, fxu_outcome_kinds[self->page].name);
  else if (id == PROP_SIDE)
    g_value_set_string (value, sides[self->side]);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
fxu_outcome_view_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FxuOutcomeView *self = FXU_OUTCOME_VIEW (object);
  const char *name = g_value_get_string (value);

  if (id != PROP_PAGE && id != PROP_SIDE)
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  for (guint i = 0; id == PROP_PAGE && i < FXU_N_OUTCOMES; i++)
    if (g_strcmp0 (fxu_outcome_kinds[i].name, name) == 0)
      set_page (self, i);
  for (guint i = 0; id == PROP_SIDE && i < G_N_ELEMENTS (sides); i++)
    if (g_strcmp0 (sides[i], name) == 0 &&
        (fxu_outcome_kinds[self->page].n_sides == 0 || i < fxu_outcome_kinds[self->page].n_sides))
      set_side (self, i);
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
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->dispose = fxu_outcome_view_dispose;
  object_class->get_property = fxu_outcome_view_get_property;
  object_class->set_property = fxu_outcome_view_set_property;
  widget_class->map = fxu_outcome_view_map;
  widget_class->unmap = fxu_outcome_view_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "outcome");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  props[PROP_PAGE] = g_param_spec_string ("page", NULL, NULL, NULL, flags);
  props[PROP_SIDE] = g_param_spec_string ("side", NULL, NULL, NULL, flags);
  g_object_class_install_properties (object_class, N_PROPS, props);
}

static GtkWidget *
make_figure (GtkWidget **value, const char *caption, const char *style)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *label = gtk_label_new (caption);

  *value = gtk_label_new ("–");
  gtk_widget_add_css_class (*value, "big-figure");
  gtk_widget_add_css_class (*value, style);
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_xalign (GTK_LABEL (*value), 0.0f);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_box_append (GTK_BOX (box), *value);
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static GtkWidget *
make_accuracies (FxuOutcomeView *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
  gtk_box_append (GTK_BOX (box),
                  make_figure (&self->accuracies[0], _ ("test, fixed point"), "fixed"));
  gtk_box_append (GTK_BOX (box),
                  make_figure (&self->accuracies[1], _ ("test, float twin"), "twin"));
  return box;
}

static GtkWidget *
make_facts (void)
{
  GtkWidget *facts = gtk_label_new (NULL);

  gtk_label_set_wrap (GTK_LABEL (facts), TRUE);
  gtk_label_set_xalign (GTK_LABEL (facts), 0.0f);
  gtk_label_set_yalign (GTK_LABEL (facts), 0.1f);
  return facts;
}

static void
add_pages (FxuOutcomeView *self)
{
  self->widgets[FXU_OUTCOME_PLANE] = fxu_plane_page_new ();
  self->widgets[FXU_OUTCOME_SAMPLES] = fxu_sample_sheet_new ();
  self->widgets[FXU_OUTCOME_FACTS] = make_facts ();
  self->widgets[FXU_OUTCOME_CONFUSION] = fxu_confusion_map_new ();
  self->widgets[FXU_OUTCOME_MISTAKES] = fxu_mistake_gallery_new ();
  self->widgets[FXU_OUTCOME_FILTERS] =
    fxu_tile_gallery_new (_ ("Kernels of the first convolution"));
  self->widgets[FXU_OUTCOME_LAYERS] = fxu_layers_page_new (self->session);
  for (guint i = 0; i < FXU_N_OUTCOMES; i++)
    {
      GtkWidget *child = self->widgets[i];

      if (i == FXU_OUTCOME_FILTERS)
        {
          child = gtk_scrolled_window_new ();
          gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (child),
                                          GTK_POLICY_NEVER,
                                          GTK_POLICY_AUTOMATIC);
          gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (child), self->widgets[i]);
        }
      gtk_stack_add_named (GTK_STACK (self->stack), child, fxu_outcome_kinds[i].name);
    }
}

static void
fxu_outcome_view_init (FxuOutcomeView *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  gtk_box_append (GTK_BOX (self->box), make_accuracies (self));
  self->page_switch = fxu_page_switch_new ();
  g_signal_connect_object (self->page_switch,
                           "page-chosen",
                           G_CALLBACK (page_chosen_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->page_switch,
                           "side-chosen",
                           G_CALLBACK (side_chosen_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (self->box), self->page_switch);
  self->stack = gtk_stack_new ();
  /* A page out of sight does not say how wide the others are. */
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_widget_set_vexpand (self->stack, TRUE);
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
  add_pages (self);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "dataset-changed",
                           G_CALLBACK (dataset_changed_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (offer_pages),
                           self,
                           G_CONNECT_SWAPPED);
  offer_pages (self);
  dataset_changed_cb (self);
  return GTK_WIDGET (self);
}

char *
fxu_outcome_view_describe (FxuOutcomeView *self)
{
  GtkWidget *widget;

  g_return_val_if_fail (FXU_IS_OUTCOME_VIEW (self), NULL);

  widget = self->widgets[self->page];
  if (self->page == FXU_OUTCOME_LAYERS)
    return fxu_layers_page_describe (FXU_LAYERS_PAGE (widget));
  return FXU_IS_PICTURE (widget) ? FXU_PICTURE_GET_CLASS (widget)->describe (FXU_PICTURE (widget))
                                 : NULL;
}
