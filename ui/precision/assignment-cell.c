/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/assignment-cell.h"
#include "look.h"

#include <glib/gi18n.h>

/* In the padding. */
#define BAR_LEFT  -8.0f
#define BAR_WIDTH 4.0f
#define LOCK_ROOM 20

struct _FxuAssignmentCell
{
  GtkWidget parent_instance;

  GtkWidget *box; /* an overlay */
  GtkWidget *bits;
  GtkWidget *format; /* not there in a compact cell */
  GtkWidget *reason;
  GtkWidget *lock;

  FxuSlack slack;
  char *reading;
};

G_DEFINE_FINAL_TYPE (FxuAssignmentCell, fxu_assignment_cell, GTK_TYPE_WIDGET)

enum
{
  SIGNAL_SELECTED,
  SIGNAL_LOCK,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
select_cb (FxuAssignmentCell *self)
{
  g_signal_emit (self, signals[SIGNAL_SELECTED], 0);
}

static void
pressed_cb (FxuAssignmentCell *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  select_cb (self);
}

static void
lock_clicked_cb (FxuAssignmentCell *self)
{
  gboolean locked = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->lock));

  g_signal_emit (self, signals[SIGNAL_LOCK], 0, locked);
}

static void
fxu_assignment_cell_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FxuAssignmentCell *self = FXU_ASSIGNMENT_CELL (widget);
  float height = (float)gtk_widget_get_height (widget);
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (BAR_LEFT, 0.0f, BAR_WIDTH, height);

  if (self->slack.level != FXU_SLACK_UNKNOWN)
    {
      cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &bounds);

      fxu_slack_draw (&self->slack,
                      cr,
                      BAR_LEFT,
                      0.0,
                      BAR_WIDTH,
                      height,
                      fxu_look_get_palette (widget));
      cairo_destroy (cr);
    }
  GTK_WIDGET_CLASS (fxu_assignment_cell_parent_class)->snapshot (widget, snapshot);
}

static void
fxu_assignment_cell_dispose (GObject *object)
{
  FxuAssignmentCell *self = FXU_ASSIGNMENT_CELL (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);

  G_OBJECT_CLASS (fxu_assignment_cell_parent_class)->dispose (object);
}

static void
fxu_assignment_cell_finalize (GObject *object)
{
  g_free (FXU_ASSIGNMENT_CELL (object)->reading);

  G_OBJECT_CLASS (fxu_assignment_cell_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params)
{
  return g_signal_new (name,
                       FXU_TYPE_ASSIGNMENT_CELL,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       n_params,
                       G_TYPE_BOOLEAN);
}

static void
fxu_assignment_cell_class_init (FxuAssignmentCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_assignment_cell_dispose;
  object_class->finalize = fxu_assignment_cell_finalize;
  widget_class->snapshot = fxu_assignment_cell_snapshot;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_css_name (widget_class, "assignmentcell");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GRID_CELL);

  signals[SIGNAL_SELECTED] = add_signal ("selected", 0);
  signals[SIGNAL_LOCK] = add_signal ("lock", 1);
}

static GtkWidget *
make_line (const char *style)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_widget_add_css_class (label, style);
  return label;
}

static void
fxu_assignment_cell_init (FxuAssignmentCell *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (select_cb), self);
  g_signal_connect_swapped (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));

  self->bits = make_line ("bits");
  self->format = make_line ("caption");
  self->reason = make_line ("caption");
  gtk_widget_set_hexpand (lines, TRUE);
  gtk_widget_set_valign (lines, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (lines), self->bits);
  gtk_box_append (GTK_BOX (lines), self->format);
  gtk_box_append (GTK_BOX (lines), self->reason);

  /* The key l does the same, so that the arrows and Tab need not stop here. */
  self->lock = gtk_toggle_button_new ();
  gtk_widget_set_focusable (self->lock, FALSE);
  gtk_widget_set_valign (self->lock, GTK_ALIGN_START);
  gtk_widget_add_css_class (self->lock, "flat");
  gtk_widget_set_tooltip_text (self->lock, _ ("Locked: an assignment leaves it as it is (L)"));
  g_signal_connect_swapped (self->lock, "clicked", G_CALLBACK (lock_clicked_cb), self);

  /* Over the end of the first line, so that the others have the whole width. */
  gtk_widget_set_halign (self->lock, GTK_ALIGN_END);
  gtk_widget_set_margin_end (self->bits, LOCK_ROOM);
  self->box = gtk_overlay_new ();
  gtk_overlay_set_child (GTK_OVERLAY (self->box), lines);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->box), self->lock);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
fxu_assignment_cell_new (gboolean compact)
{
  FxuAssignmentCell *self = g_object_new (FXU_TYPE_ASSIGNMENT_CELL, NULL);

  gtk_widget_set_visible (self->format, !compact);
  if (compact)
    gtk_widget_add_css_class (GTK_WIDGET (self), "compact");
  return GTK_WIDGET (self);
}

/* What is in place, and what would be, as the eye goes. */
static void
show_bits (FxuAssignmentCell *self, const FxuAssignmentFace *face)
{
  g_autofree char *text = NULL;

  if (face->before != NULL)
    text = g_markup_printf_escaped ("<span weight='normal' size='small'>%s → </span>%s",
                                    face->before,
                                    face->bits);
  else
    text = g_markup_escape_text (face->bits, -1);
  gtk_label_set_markup (GTK_LABEL (self->bits), text);
}

static void
set_class (FxuAssignmentCell *self, const char *name, gboolean set)
{
  if (set)
    gtk_widget_add_css_class (GTK_WIDGET (self), name);
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), name);
}

static void
show_lock (FxuAssignmentCell *self, const FxuAssignmentFace *face)
{
  g_autofree char *label = g_strdup_printf (_ ("Lock %s"), face->spoken);

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->lock), face->is_locked);
  gtk_button_set_icon_name (GTK_BUTTON (self->lock),
                            face->is_locked ? "changes-prevent-symbolic"
                                            : "changes-allow-symbolic");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->lock),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label,
                                  -1);
}

void
fxu_assignment_cell_show (FxuAssignmentCell *self, const FxuAssignmentFace *face)
{
  g_autofree char *label = NULL;
  g_autofree char *reason = NULL;

  g_return_if_fail (FXU_IS_ASSIGNMENT_CELL (self));
  g_return_if_fail (face != NULL && face->bits != NULL);

  self->slack = face->slack;
  g_free (self->reading);
  self->reading = g_strdup (face->reading);
  reason = g_strconcat (face->reason, face->has_notes ? " *" : "", NULL);
  show_bits (self, face);
  gtk_label_set_text (GTK_LABEL (self->format), face->format);
  gtk_label_set_text (GTK_LABEL (self->reason), reason);
  show_lock (self, face);
  set_class (self, "changes", face->before != NULL);
  set_class (self, "locked", face->is_locked);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self), self->reading);

  label = g_strdup_printf ("%s: %s", face->spoken, face->reading);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
fxu_assignment_cell_set_selected (FxuAssignmentCell *self, gboolean selected)
{
  g_return_if_fail (FXU_IS_ASSIGNMENT_CELL (self));

  set_class (self, "chosen", selected);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_SELECTED, selected, -1);
}

const char *
fxu_assignment_cell_get_reading (FxuAssignmentCell *self)
{
  g_return_val_if_fail (FXU_IS_ASSIGNMENT_CELL (self), NULL);

  return self->reading;
}
