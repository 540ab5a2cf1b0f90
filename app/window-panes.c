/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "window-private.h"
#include "choice-switch.h"
#include "convert/convert-view.h"
#include "precision/assignment-view.h"
#include "precision/inspector.h"
#include "precision/matrix.h"
#include "precision/network-picture.h"
#include "precision/price-tag.h"
#include "run/outcome-view.h"
#include "run/setup-view.h"

#include <glib/gi18n.h>

#define SETUP_WIDTH 236

static void
selection_cb (FxaWindow *self)
{
  FxuPrecisionMatrix *matrix = FXU_PRECISION_MATRIX (self->matrix);
  guint layer;
  FxpRole role;

  if (!fxu_precision_matrix_get_selected (matrix, &layer, &role))
    return;

  fxu_network_picture_select (FXU_NETWORK_PICTURE (self->network), layer);
  fxu_assignment_view_select (FXU_ASSIGNMENT_VIEW (self->assignment),
                              (FxpTensorId){(guint16)layer, (guint16)role});
  fxu_inspector_show (FXU_INSPECTOR (self->inspector), layer, role);
  fxa_window_select_charts (self, fxu_precision_matrix_get_span (matrix), layer, role);
}

static void
box_selected_cb (FxaWindow *self, guint layer)
{
  fxu_precision_matrix_select_row (FXU_PRECISION_MATRIX (self->matrix), layer);
}

static void
assigned_selected_cb (FxaWindow *self)
{
  FxpTensorId id = fxu_assignment_view_get_selected (FXU_ASSIGNMENT_VIEW (self->assignment));

  fxu_precision_matrix_select (FXU_PRECISION_MATRIX (self->matrix), id.layer, id.role);
}

static void
opened_cb (FxaWindow *self)
{
  gtk_widget_child_focus (self->inspector, GTK_DIR_TAB_FORWARD);
}

static void
connect_selection (FxaWindow *self)
{
  g_signal_connect_object (self->matrix,
                           "selection-changed",
                           G_CALLBACK (selection_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->matrix, "opened", G_CALLBACK (opened_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->network,
                           "selected",
                           G_CALLBACK (box_selected_cb),
                           self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->assignment,
                           "selected",
                           G_CALLBACK (assigned_selected_cb),
                           self,
                           G_CONNECT_SWAPPED);
  selection_cb (self);
}

static GtkWidget *
in_pane (GtkWidget *child, const char *style)
{
  GtkWidget *pane = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_vexpand (child, TRUE);
  gtk_widget_set_hexpand (child, TRUE);
  gtk_widget_add_css_class (pane, "pane");
  gtk_widget_add_css_class (pane, style);
  gtk_box_append (GTK_BOX (pane), child);
  return pane;
}

static GtkWidget *
make_paned (GtkOrientation orientation, GtkWidget *start, GtkWidget *end, gboolean end_grows)
{
  GtkWidget *paned = gtk_paned_new (orientation);

  gtk_paned_set_start_child (GTK_PANED (paned), start);
  gtk_paned_set_end_child (GTK_PANED (paned), end);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_resize_start_child (GTK_PANED (paned), TRUE);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), end_grows);
  return paned;
}

static const FxaChoice page_choices[] = {
  {"matrix", N_ ("Matrix")},
  {"network", N_ ("Network")},
  {"assign", N_ ("Assign")},
  {"convert", N_ ("Convert")},
};

static GtkWidget *
make_hint (const char *text)
{
  GtkWidget *hint = gtk_label_new (text);

  /* Two lines are what the buttons beside it are high; all of it is in the tooltip. */
  gtk_label_set_wrap (GTK_LABEL (hint), TRUE);
  gtk_label_set_lines (GTK_LABEL (hint), 2);
  gtk_label_set_ellipsize (GTK_LABEL (hint), PANGO_ELLIPSIZE_END);
  gtk_widget_set_tooltip_text (hint, text);
  gtk_label_set_xalign (GTK_LABEL (hint), 0.0f);
  gtk_widget_add_css_class (hint, "caption");
  return hint;
}

/* The matrix, the same layers as boxes, the words an assignment would give them, or what becomes of
 * them in few bits; a line beneath says what the hand can do. */
static GtkWidget *
make_pages (FxaWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *foot = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *hints = gtk_stack_new ();

  self->matrix = fxu_precision_matrix_new (self->session);
  self->network = fxu_network_picture_new (self->session);
  self->assignment = fxu_assignment_view_new (self->session);
  self->conversion = fxu_convert_view_new (self->session);
  self->pages = gtk_stack_new ();
  gtk_widget_set_vexpand (self->pages, TRUE);
  gtk_stack_add_named (GTK_STACK (self->pages), self->matrix, "matrix");
  gtk_stack_add_named (GTK_STACK (self->pages), self->network, "network");
  gtk_stack_add_named (GTK_STACK (self->pages), self->assignment, "assign");
  gtk_stack_add_named (GTK_STACK (self->pages), self->conversion, "convert");

  gtk_stack_add_named (GTK_STACK (hints),
                       make_hint (_ ("Drag cells up or down, or type a width. Shift moves the "
                                     "point. Headings change all.")),
                       "matrix");
  gtk_stack_add_named (GTK_STACK (hints),
                       make_hint (_ ("Click a layer, or go through them with the arrow keys: the "
                                     "inspector follows.")),
                       "network");
  gtk_stack_add_named (GTK_STACK (hints),
                       make_hint (_ ("Arrows go from cell to cell, L locks, A takes one, Enter "
                                     "takes all.")),
                       "assign");
  gtk_stack_add_named (GTK_STACK (hints),
                       make_hint (_ ("In the weights: Page Up and Down change the cluster, Up and "
                                     "Down the output, S sorts.")),
                       "convert");
  g_object_bind_property (self->pages,
                          "visible-child-name",
                          hints,
                          "visible-child-name",
                          G_BINDING_SYNC_CREATE);
  gtk_widget_set_hexpand (hints, TRUE);
  gtk_box_append (GTK_BOX (foot), hints);
  self->price = fxu_price_tag_new (self->session);
  gtk_box_append (GTK_BOX (foot), self->price);
  gtk_box_append (GTK_BOX (foot),
                  fxa_choice_switch_new ("win.page", page_choices, G_N_ELEMENTS (page_choices)));
  gtk_box_append (GTK_BOX (box), self->pages);
  gtk_box_append (GTK_BOX (box), foot);
  return box;
}

GtkWidget *
fxa_window_make_panes (FxaWindow *self)
{
  GtkWidget *side = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *board;

  self->setup =
    fxu_setup_view_new (self->session, "win.open-data-dialog", "win.open-folder-dialog");
  self->outcome = fxu_outcome_view_new (self->session);
  self->inspector = fxu_inspector_new (self->session);
  board = fxa_window_make_charts (self);

  self->top = make_paned (GTK_ORIENTATION_HORIZONTAL,
                          in_pane (make_pages (self), "matrix"),
                          in_pane (self->outcome, "learned"),
                          FALSE);
  self->bottom = make_paned (GTK_ORIENTATION_HORIZONTAL,
                             in_pane (self->inspector, "inspected"),
                             in_pane (board, "charts"),
                             TRUE);
  self->work = make_paned (GTK_ORIENTATION_VERTICAL, self->top, self->bottom, TRUE);
  gtk_widget_set_hexpand (self->work, TRUE);

  gtk_widget_add_css_class (self->setup, "side");
  gtk_widget_set_size_request (self->setup, SETUP_WIDTH, -1);
  connect_selection (self);
  gtk_box_append (GTK_BOX (side), self->setup);
  gtk_box_append (GTK_BOX (side), self->work);
  return side;
}

/* Where the dividers stand at first; the user may move them. */
void
fxa_window_place_dividers (FxaWindow *self, int width, int height)
{
  int work = width - SETUP_WIDTH;

  gtk_paned_set_position (GTK_PANED (self->top), work - CLAMP (work * 30 / 100, 230, 380));
  gtk_paned_set_position (GTK_PANED (self->bottom), CLAMP (work * 38 / 100, 320, 480));
  gtk_paned_set_position (GTK_PANED (self->work), CLAMP ((height - 50) * 54 / 100, 260, 560));
}

static gboolean
has_room_for_more (FxaWindow *self)
{
  return gtk_stack_get_visible_child (GTK_STACK (self->pages)) != self->conversion;
}

void
fxa_window_show_outcome (FxaWindow *self, gboolean visible)
{
  /* The pane around it goes with it. */
  gtk_widget_set_visible (gtk_widget_get_parent (self->outcome),
                          visible && has_room_for_more (self));
}

/* Converting begins where training ends, and has as much to show: the panes that watch a run make
 * room. */
static void
share_room (FxaWindow *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), "show-outcome");
  g_autoptr (GVariant) state = g_action_get_state (action);

  gtk_widget_set_visible (self->bottom, has_room_for_more (self));
  fxa_window_show_outcome (self, g_variant_get_boolean (state));
}

static void
set_page (GSimpleAction *action, GVariant *state, gpointer data)
{
  FxaWindow *self = data;
  const char *name = g_variant_get_string (state, NULL);

  if (gtk_stack_get_child_by_name (GTK_STACK (self->pages), name) == NULL)
    return;
  gtk_stack_set_visible_child_name (GTK_STACK (self->pages), name);
  share_room (self);
  g_simple_action_set_state (action, state);
}

static void
set_sample (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  fxu_session_set_sample (FXA_WINDOW (data)->session, g_variant_get_uint32 (parameter));
}

void
fxa_window_add_pane_actions (FxaWindow *self)
{
  const GActionEntry entries[] = {
    {.name = "page", .parameter_type = "s", .state = "'matrix'", .change_state = set_page},
    {.name = "sample", .parameter_type = "u", .activate = set_sample},
  };
  g_autoptr (GPropertyAction) learned = g_property_action_new ("learned", self->outcome, "page");
  g_autoptr (GPropertyAction) side = g_property_action_new ("learned-side", self->outcome, "side");

  g_action_map_add_action_entries (G_ACTION_MAP (self), entries, G_N_ELEMENTS (entries), self);
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (learned));
  g_action_map_add_action (G_ACTION_MAP (self), G_ACTION (side));
}
