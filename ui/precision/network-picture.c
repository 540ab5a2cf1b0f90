/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/network-picture.h"
#include "beat.h"
#include "precision/matrix-text.h"
#include "precision/network-diagram.h"
#include "look.h"
#include "plot/ink.h"

#include <glib/gi18n.h>
#include <math.h>

struct _FxuNetworkPicture
{
  GtkWidget parent_instance;

  FxuSession *session;
  FxuNetworkDiagram *diagram;
  GtkWidget *scrolled;
  GtkWidget *area;
  char *description;
  guint update_id;
};

G_DEFINE_FINAL_TYPE (FxuNetworkPicture, fxu_network_picture, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
draw_cb (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  FxuNetworkPicture *self = data;
  const FxuPalette *palette = fxu_look_get_palette (GTK_WIDGET (area));

  fxu_network_diagram_draw (self->diagram, cr, width, height, palette);
  if (gtk_widget_has_visible_focus (GTK_WIDGET (area)))
    fxu_ink_draw_focus_ring (cr, width, height, palette);
}

static void
tell (FxuNetworkPicture *self)
{
  g_autofree char *text = fxu_network_diagram_describe (self->diagram);

  if (g_strcmp0 (text, self->description) == 0)
    return;
  g_free (self->description);
  self->description = g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  self->description,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  self->description,
                                  -1);
}

static void
update (FxuNetworkPicture *self)
{
  guint n = fxp_experiment_get_n_weighted (fxu_session_get_experiment (self->session));
  gboolean changed = FALSE;

  for (guint layer = 0; layer < n; layer++)
    {
      FxuVerdict verdict = fxu_matrix_text_judge_layer (self->session, layer);

      if (fxu_network_diagram_set_verdict (self->diagram, layer, &verdict))
        changed = TRUE;
    }
  if (changed)
    gtk_widget_queue_draw (self->area);
  tell (self);
}

static void
rebuild (FxuNetworkPicture *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxpDataset *dataset = fxu_session_get_dataset (self->session);
  guint selected = fxu_network_diagram_get_selected (self->diagram);
  double width, height;

  fxu_network_diagram_set_network (self->diagram,
                                   fxp_experiment_get_topology (experiment),
                                   dataset != NULL ? fxp_dataset_get_shape (dataset) : NULL,
                                   fxp_experiment_get_settings (experiment)->activation);
  fxu_network_diagram_select (self->diagram,
                              MIN (selected, fxp_experiment_get_n_weighted (experiment) - 1));
  fxu_network_diagram_measure (self->diagram, &width, &height);
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (self->area), (int)ceil (width));
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (self->area), (int)ceil (height));
  update (self);
  gtk_widget_queue_draw (self->area);
}

static void
update_cb (gpointer item, gpointer data)
{
  FxuNetworkPicture *self = data;

  self->update_id = 0;
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    update (self);
}

static void
snapshot_cb (FxuNetworkPicture *self)
{
  if (self->update_id == 0)
    self->update_id = fxu_beat_add (FXU_BEATS_FIGURE, update_cb, self);
}

/* Scrolls as little as shows the whole box. */
static void
reveal (FxuNetworkPicture *self)
{
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (self->scrolled));
  double begin, end;

  if (fxu_network_diagram_get_span (self->diagram,
                                    fxu_network_diagram_get_selected (self->diagram),
                                    &begin,
                                    &end))
    gtk_adjustment_clamp_page (adjustment, begin - 12.0, end + 12.0);
}

static void
choose (FxuNetworkPicture *self, guint layer)
{
  fxu_network_picture_select (self, layer);
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0, layer);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, FxuNetworkPicture *self)
{
  guint layer;

  gtk_widget_grab_focus (self->area);
  if (fxu_network_diagram_find (self->diagram, gtk_widget_get_height (self->area), x, y, &layer))
    choose (self, layer);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                FxuNetworkPicture *self)
{
  int last = (int)fxp_experiment_get_n_weighted (fxu_session_get_experiment (self->session)) - 1;
  int layer = (int)fxu_network_diagram_get_selected (self->diagram);

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      layer--;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      layer++;
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      layer = 0;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      layer = last;
      break;
    default:
      return FALSE;
    }
  choose (self, (guint)CLAMP (layer, 0, last));
  return TRUE;
}

static gboolean
query_tooltip_cb (FxuNetworkPicture *self, int x, int y, gboolean keyboard, GtkTooltip *tooltip)
{
  gtk_tooltip_set_text (tooltip, self->description);
  return keyboard && self->description != NULL;
}

static void
fxu_network_picture_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (fxu_network_picture_parent_class)->map (widget);

  update (FXU_NETWORK_PICTURE (widget));
}

static void
fxu_network_picture_dispose (GObject *object)
{
  FxuNetworkPicture *self = FXU_NETWORK_PICTURE (object);

  g_clear_handle_id (&self->update_id, fxu_beat_remove);
  g_clear_pointer (&self->scrolled, gtk_widget_unparent);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_network_picture_parent_class)->dispose (object);
}

static void
fxu_network_picture_finalize (GObject *object)
{
  FxuNetworkPicture *self = FXU_NETWORK_PICTURE (object);

  g_clear_pointer (&self->diagram, fxu_network_diagram_free);
  g_clear_pointer (&self->description, g_free);

  G_OBJECT_CLASS (fxu_network_picture_parent_class)->finalize (object);
}

static void
fxu_network_picture_class_init (FxuNetworkPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_network_picture_dispose;
  object_class->finalize = fxu_network_picture_finalize;
  widget_class->map = fxu_network_picture_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "networkpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);

  signals[SIGNAL_SELECTED] = g_signal_new ("selected",
                                           FXU_TYPE_NETWORK_PICTURE,
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_NONE,
                                           1,
                                           G_TYPE_UINT);
}

static void
make_area (FxuNetworkPicture *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *click = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());

  self->area = g_object_new (GTK_TYPE_DRAWING_AREA,
                             "accessible-role",
                             GTK_ACCESSIBLE_ROLE_IMG,
                             "focusable",
                             TRUE,
                             "has-tooltip",
                             TRUE,
                             NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (self->area), draw_cb, self, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->area),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Network"),
                                  -1);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  g_signal_connect_object (self->area,
                           "query-tooltip",
                           G_CALLBACK (query_tooltip_cb),
                           self,
                           G_CONNECT_SWAPPED);
  gtk_widget_add_controller (self->area, keys);
  gtk_widget_add_controller (self->area, click);
}

static void
fxu_network_picture_init (FxuNetworkPicture *self)
{
  self->diagram = fxu_network_diagram_new ();
  make_area (self);
  self->scrolled = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_overlay_scrolling (GTK_SCROLLED_WINDOW (self->scrolled), FALSE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scrolled), self->area);
  gtk_widget_set_parent (self->scrolled, GTK_WIDGET (self));
}

GtkWidget *
fxu_network_picture_new (FxuSession *session)
{
  FxuNetworkPicture *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_NETWORK_PICTURE, NULL);
  self->session = g_object_ref (session);
  g_signal_connect_object (session,
                           "experiment-changed",
                           G_CALLBACK (rebuild),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session,
                           "dataset-changed",
                           G_CALLBACK (rebuild),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (session, "snapshot", G_CALLBACK (snapshot_cb), self, G_CONNECT_SWAPPED);
  rebuild (self);
  return GTK_WIDGET (self);
}

void
fxu_network_picture_select (FxuNetworkPicture *self, guint layer)
{
  g_return_if_fail (FXU_IS_NETWORK_PICTURE (self));

  if (fxu_network_diagram_get_selected (self->diagram) == layer)
    return;
  fxu_network_diagram_select (self->diagram, layer);
  reveal (self);
  tell (self);
  gtk_widget_queue_draw (self->area);
}

char *
fxu_network_picture_describe (FxuNetworkPicture *self)
{
  g_return_val_if_fail (FXU_IS_NETWORK_PICTURE (self), NULL);

  return fxu_network_diagram_describe (self->diagram);
}
