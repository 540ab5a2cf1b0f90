/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/cell-input.h"
#include "precision/nudge.h"

#define PIXELS_PER_BIT 10.0
#define PAGE           4
#define DIGITS_MAX     2

struct _FxuCellInput
{
  GtkWidget *cell; /* borrowed: owns this */
  char typed[DIGITS_MAX + 1];

  gboolean grabbed;
  gboolean shifted; /* the drag moves the binary point */
  int dragged;      /* bits given since the drag began */

  GtkEventController *controllers[5]; /* borrowed: the cell's */
};

static void
nudge (FxuCellInput *self, FxuNudgeKind kind, int amount)
{
  FxuNudge change = {kind, amount};

  g_signal_emit_by_name (self->cell, "nudge", &change);
}

static void
set_typed (FxuCellInput *self, const char *typed)
{
  if (g_str_equal (self->typed, typed))
    return;

  g_strlcpy (self->typed, typed, sizeof self->typed);
  g_signal_emit_by_name (self->cell, "typed");
}

static gboolean
type_digit (FxuCellInput *self, guint keyval)
{
  gunichar digit = gdk_keyval_to_unicode (keyval);
  char typed[DIGITS_MAX + 2];

  if (digit < '0' || digit > '9')
    return FALSE;

  g_snprintf (typed, sizeof typed, "%s%c", self->typed, (char)digit);
  if (strlen (typed) <= DIGITS_MAX)
    set_typed (self, typed);
  return TRUE;
}

static gboolean
typing_key (FxuCellInput *self, guint keyval)
{
  int bits;

  switch (keyval)
    {
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      bits = atoi (self->typed);
      set_typed (self, "");
      nudge (self, FXU_NUDGE_BITS, bits);
      return TRUE;
    case GDK_KEY_Escape:
      set_typed (self, "");
      return TRUE;
    case GDK_KEY_BackSpace:
      {
        char *shorter = g_strndup (self->typed, strlen (self->typed) - 1);

        set_typed (self, shorter);
        g_free (shorter);
        return TRUE;
      }
    default:
      set_typed (self, "");
      return FALSE;
    }
}

/* Up and Down belong to the value; Left and Right, and Control with Up and Down, to the focus. */
static gboolean
vertical_key (FxuCellInput *self, int direction, int amount, GdkModifierType modifiers)
{
  if ((modifiers & GDK_CONTROL_MASK) != 0)
    g_signal_emit_by_name (self->cell, "move", 0, -direction);
  else if ((modifiers & GDK_SHIFT_MASK) != 0)
    nudge (self, FXU_NUDGE_POINT, direction * amount);
  else
    nudge (self, FXU_NUDGE_FRACTION, direction * amount);
  return TRUE;
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                FxuCellInput *self)
{
  if ((modifiers & (GDK_ALT_MASK | GDK_SUPER_MASK)) != 0)
    return FALSE;
  if ((modifiers & GDK_CONTROL_MASK) == 0 && type_digit (self, keyval))
    return TRUE;
  if (self->typed[0] != '\0' && typing_key (self, keyval))
    return TRUE;

  switch (keyval)
    {
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      return vertical_key (self, 1, 1, modifiers);
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      return vertical_key (self, -1, 1, modifiers);
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      return vertical_key (self, 1, PAGE, modifiers & ~GDK_CONTROL_MASK);
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      return vertical_key (self, -1, PAGE, modifiers & ~GDK_CONTROL_MASK);
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      g_signal_emit_by_name (self->cell, "move", -1, 0);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      g_signal_emit_by_name (self->cell, "move", 1, 0);
      return TRUE;
    default:
      break;
    }

  if ((modifiers & GDK_CONTROL_MASK) != 0)
    return FALSE;

  switch (keyval)
    {
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      nudge (self, FXU_NUDGE_LEAST, 0);
      return TRUE;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      nudge (self, FXU_NUDGE_MOST, 0);
      return TRUE;
    case GDK_KEY_f:
    case GDK_KEY_F:
      nudge (self, FXU_NUDGE_FLOAT, 0);
      return TRUE;
    case GDK_KEY_a:
    case GDK_KEY_A:
      nudge (self, FXU_NUDGE_ASSIGN, 0);
      return TRUE;
    case GDK_KEY_l:
    case GDK_KEY_L:
      nudge (self, FXU_NUDGE_LOCK, 0);
      return TRUE;
    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
    case GDK_KEY_ISO_Enter:
      g_signal_emit_by_name (self->cell, "open");
      return TRUE;
    default:
      return FALSE;
    }
}

static void
focus_enter_cb (GtkEventControllerFocus *controller, FxuCellInput *self)
{
  g_signal_emit_by_name (self->cell, "selected");
}

static void
focus_leave_cb (GtkEventControllerFocus *controller, FxuCellInput *self)
{
  set_typed (self, "");
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, FxuCellInput *self)
{
  GdkModifierType modifiers =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (gesture));

  self->shifted = (modifiers & GDK_SHIFT_MASK) != 0;
  self->dragged = 0;
  gtk_widget_grab_focus (self->cell);
  g_signal_emit_by_name (self->cell, "selected");
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, FxuCellInput *self)
{
  int bits = (int)(-dy / PIXELS_PER_BIT);

  if (bits == self->dragged)
    return;

  if (!self->grabbed)
    {
      self->grabbed = TRUE;
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
      g_signal_emit_by_name (self->cell, "grab", TRUE);
    }
  nudge (self, self->shifted ? FXU_NUDGE_POINT : FXU_NUDGE_FRACTION, bits - self->dragged);
  self->dragged = bits;
}

static void
end_grab (FxuCellInput *self)
{
  if (!self->grabbed)
    return;

  self->grabbed = FALSE;
  g_signal_emit_by_name (self->cell, "grab", FALSE);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, FxuCellInput *self)
{
  end_grab (self);
}

static void
drag_cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, FxuCellInput *self)
{
  end_grab (self);
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, FxuCellInput *self)
{
  if (n_press == 2)
    g_signal_emit_by_name (self->cell, "open");
}

/* Only the cell that has the focus: else the wheel scrolls the matrix. */
static gboolean
scroll_cb (GtkEventControllerScroll *controller, double dx, double dy, FxuCellInput *self)
{
  GdkModifierType modifiers =
    gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (controller));

  if (!gtk_widget_has_focus (self->cell) || dy == 0.0)
    return FALSE;

  nudge (self,
         (modifiers & GDK_SHIFT_MASK) != 0 ? FXU_NUDGE_POINT : FXU_NUDGE_FRACTION,
         dy < 0.0 ? 1 : -1);
  return TRUE;
}

static void
add_controllers (FxuCellInput *self)
{
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();
  GtkEventController *scroll = gtk_event_controller_scroll_new (
    GTK_EVENT_CONTROLLER_SCROLL_VERTICAL | GTK_EVENT_CONTROLLER_SCROLL_DISCRETE);
  GtkEventController *drag = GTK_EVENT_CONTROLLER (gtk_gesture_drag_new ());
  GtkEventController *click = GTK_EVENT_CONTROLLER (gtk_gesture_click_new ());
  GtkEventController *all[] = {keys, focus, scroll, drag, click};

  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (focus, "enter", G_CALLBACK (focus_enter_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_leave_cb), self);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (drag_cancel_cb), self);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    {
      self->controllers[i] = all[i];
      gtk_widget_add_controller (self->cell, all[i]);
    }
}

FxuCellInput *
fxu_cell_input_new (GtkWidget *cell)
{
  FxuCellInput *self = g_new0 (FxuCellInput, 1);

  self->cell = cell;
  add_controllers (self);
  return self;
}

void
fxu_cell_input_free (FxuCellInput *self)
{
  end_grab (self);
  /* They would still tell of a lost focus while the cell goes. */
  for (guint i = 0; i < G_N_ELEMENTS (self->controllers); i++)
    {
      g_signal_handlers_disconnect_by_data (self->controllers[i], self);
      gtk_widget_remove_controller (self->cell, self->controllers[i]);
    }
  g_free (self);
}

const char *
fxu_cell_input_get_typed (FxuCellInput *self)
{
  return self->typed;
}
