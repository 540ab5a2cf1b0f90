/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-chart.h"
#include "plot/histogram.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define PAGE 4

enum
{
  SIGNAL_FORMAT_EDITED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

struct _FxuHistogram
{
  FxuPicture parent_instance;

  FxuBinadeChart *chart;
  FxuWindowPart hovered;
  FxuWindowPart dragged; /* NONE: no drag is on */
  FxpQuantizer before_drag;
  double grip; /* exponent where the drag began */
};

G_DEFINE_FINAL_TYPE (FxuHistogram, fxu_histogram, FXU_TYPE_PICTURE)

static void
fxu_histogram_draw (FxuPicture *picture,
                    cairo_t *cr,
                    double width,
                    double height,
                    const FxuPalette *palette)
{
  FxuHistogram *self = FXU_HISTOGRAM (picture);

  fxu_binade_chart_draw (self->chart,
                         cr,
                         width,
                         height,
                         self->dragged != FXU_WINDOW_NONE ? self->dragged : self->hovered,
                         palette);
}

static char *
fxu_histogram_describe (FxuPicture *picture)
{
  return fxu_binade_chart_describe (FXU_HISTOGRAM (picture)->chart);
}

static void
emit_edited (FxuHistogram *self, gboolean done)
{
  FxpQuantizer quantizer;

  if (fxu_binade_chart_get_quantizer (self->chart, &quantizer))
    g_signal_emit (self, signals[SIGNAL_FORMAT_EDITED], 0, &quantizer, done);
}

static void
show_quantizer (FxuHistogram *self, const FxpQuantizer *quantizer)
{
  fxu_binade_chart_set_quantizer (self->chart, quantizer);
  fxu_picture_answer (FXU_PICTURE (self));
}

static FxuWindowPart
find_part (FxuHistogram *self, double x)
{
  return fxu_binade_chart_find_part (self->chart,
                                     gtk_widget_get_width (GTK_WIDGET (self)),
                                     gtk_widget_get_height (GTK_WIDGET (self)),
                                     x);
}

static double
get_exponent (FxuHistogram *self, double x)
{
  return fxu_binade_chart_get_exponent (self->chart,
                                        gtk_widget_get_width (GTK_WIDGET (self)),
                                        gtk_widget_get_height (GTK_WIDGET (self)),
                                        x);
}

static void
drag_begin_cb (GtkGestureDrag *gesture, double x, double y, gpointer user_data)
{
  FxuHistogram *self = user_data;
  FxuWindowPart part = find_part (self, x);

  if (part == FXU_WINDOW_NONE || !fxu_binade_chart_get_quantizer (self->chart, &self->before_drag))
    {
      gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }
  gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->dragged = part;
  self->grip = get_exponent (self, x);
  fxu_binade_chart_set_held (self->chart, TRUE);
}

static void
drag_update_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  FxuHistogram *self = user_data;
  FxpQuantizer moved = self->before_drag;
  FxpQuantizer shown;
  double x, y;

  if (self->dragged == FXU_WINDOW_NONE || !gtk_gesture_drag_get_start_point (gesture, &x, &y))
    return;
  fxu_window_move (&moved, self->dragged, (int)rint (get_exponent (self, x + dx) - self->grip));
  if (fxu_binade_chart_get_quantizer (self->chart, &shown) && fxp_quantizer_equal (&moved, &shown))
    return;
  show_quantizer (self, &moved);
  emit_edited (self, FALSE);
}

static void
end_drag (FxuHistogram *self)
{
  if (self->dragged == FXU_WINDOW_NONE)
    return;
  self->dragged = FXU_WINDOW_NONE;
  fxu_binade_chart_set_held (self->chart, FALSE);
  fxu_picture_answer (FXU_PICTURE (self));
  emit_edited (self, TRUE);
}

static void
drag_end_cb (GtkGestureDrag *gesture, double dx, double dy, gpointer user_data)
{
  end_drag (user_data);
}

/* Puts back what was there before. */
static void
cancel_drag (FxuHistogram *self)
{
  if (self->dragged == FXU_WINDOW_NONE)
    return;
  fxu_binade_chart_set_quantizer (self->chart, &self->before_drag);
  end_drag (self);
}

static void
cancel_cb (GtkGesture *gesture, GdkEventSequence *sequence, gpointer user_data)
{
  cancel_drag (user_data);
}

static void
set_hovered (FxuHistogram *self, FxuWindowPart part)
{
  static const char *const cursors[] = {
    [FXU_WINDOW_NONE] = NULL,
    [FXU_WINDOW_STEP] = "ew-resize",
    [FXU_WINDOW_RANGE] = "ew-resize",
    [FXU_WINDOW_BODY] = "grab",
  };

  if (part == self->hovered)
    return;
  self->hovered = part;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), cursors[part]);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  FxuHistogram *self = user_data;

  if (self->dragged == FXU_WINDOW_NONE)
    set_hovered (self, find_part (self, x));
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  set_hovered (user_data, FXU_WINDOW_NONE);
}

/* A key is a whole edit by itself. */
static void
move_by_key (FxuHistogram *self, FxuWindowPart part, int binades)
{
  FxpQuantizer quantizer;

  if (self->dragged != FXU_WINDOW_NONE ||
      !fxu_binade_chart_get_quantizer (self->chart, &quantizer) ||
      !fxu_window_move (&quantizer, part, binades))
    {
      gtk_widget_error_bell (GTK_WIDGET (self));
      return;
    }
  show_quantizer (self, &quantizer);
  emit_edited (self, TRUE);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  FxuHistogram *self = user_data;
  FxuWindowPart part = FXU_WINDOW_STEP;
  int binades;

  if (keyval == GDK_KEY_Escape && self->dragged != FXU_WINDOW_NONE)
    {
      cancel_drag (self);
      return GDK_EVENT_STOP;
    }
  if (state & (GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  if (state & GDK_SHIFT_MASK)
    part = FXU_WINDOW_BODY;
  else if (state & GDK_CONTROL_MASK)
    part = FXU_WINDOW_RANGE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      binades = -1;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      binades = 1;
      break;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      binades = -PAGE;
      break;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      binades = PAGE;
      break;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      binades = -FXP_WORD_BITS_MAX;
      break;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      binades = FXP_WORD_BITS_MAX;
      break;
    default:
      return GDK_EVENT_PROPAGATE;
    }
  move_by_key (self, part, binades);
  return GDK_EVENT_STOP;
}

GtkWidget *
fxu_histogram_new (void)
{
  return g_object_new (FXU_TYPE_HISTOGRAM, NULL);
}

void
fxu_histogram_set (FxuHistogram *self,
                   const FxpStatistics *statistics,
                   const FxpQuantizer *quantizer)
{
  g_return_if_fail (FXU_IS_HISTOGRAM (self));

  fxu_binade_chart_set_statistics (self->chart, statistics);
  /* Under a drag the hand is right: an answer from elsewhere may be older. */
  if (self->dragged == FXU_WINDOW_NONE)
    fxu_binade_chart_set_quantizer (self->chart, quantizer);
  fxu_picture_changed (FXU_PICTURE (self));
}

static void
fxu_histogram_finalize (GObject *object)
{
  FxuHistogram *self = FXU_HISTOGRAM (object);

  g_clear_pointer (&self->chart, fxu_binade_chart_free);
  G_OBJECT_CLASS (fxu_histogram_parent_class)->finalize (object);
}

static void
fxu_histogram_class_init (FxuHistogramClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_histogram_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_histogram_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_histogram_describe;
  signals[SIGNAL_FORMAT_EDITED] = g_signal_new ("format-edited",
                                                G_TYPE_FROM_CLASS (klass),
                                                G_SIGNAL_RUN_LAST,
                                                0,
                                                NULL,
                                                NULL,
                                                NULL,
                                                G_TYPE_NONE,
                                                2,
                                                G_TYPE_POINTER,
                                                G_TYPE_BOOLEAN);
}

static void
fxu_histogram_init (FxuHistogram *self)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->chart = fxu_binade_chart_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin_cb), self);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update_cb), self);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end_cb), self);
  g_signal_connect (drag, "cancel", G_CALLBACK (cancel_cb), self);
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (drag));
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
  fxu_picture_set_label (FXU_PICTURE (self), _ ("Histogram of values under the format's window"));
  fxu_picture_changed (FXU_PICTURE (self));
}
