/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/line-plot.h"

#include <math.h>

#define STEP 0.005 /* of the data's range, moved by an arrow key */
#define PAGE 0.1

struct _FxuLinePlot
{
  FxuPicture parent_instance;

  FxuChart *chart;
  double cursor_x;        /* NaN: no reading line */
  gboolean follows_mouse; /* it goes when the pointer leaves */
};

G_DEFINE_FINAL_TYPE (FxuLinePlot, fxu_line_plot, FXU_TYPE_PICTURE)

static FxuChartView
get_view (FxuLinePlot *self)
{
  return (FxuChartView){.width = gtk_widget_get_width (GTK_WIDGET (self)),
                        .height = gtk_widget_get_height (GTK_WIDGET (self)),
                        .cursor_x = self->cursor_x};
}

static void
fxu_line_plot_draw (FxuPicture *picture,
                    cairo_t *cr,
                    double width,
                    double height,
                    const FxuPalette *palette)
{
  FxuLinePlot *self = FXU_LINE_PLOT (picture);
  FxuChartView view = {.width = width, .height = height, .cursor_x = self->cursor_x};

  fxu_chart_draw (self->chart, cr, &view, palette);
}

static char *
fxu_line_plot_describe (FxuPicture *picture)
{
  FxuLinePlot *self = FXU_LINE_PLOT (picture);

  return fxu_chart_describe_at (self->chart, self->cursor_x);
}

static void
set_cursor (FxuLinePlot *self, double x, gboolean follows_mouse)
{
  self->follows_mouse = follows_mouse;
  if (x == self->cursor_x || (isnan (x) && isnan (self->cursor_x)))
    return;
  self->cursor_x = x;
  fxu_picture_answer (FXU_PICTURE (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  FxuLinePlot *self = user_data;
  FxuChartView view = get_view (self);

  set_cursor (self, fxu_chart_x_at (self->chart, &view, x), TRUE);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  FxuLinePlot *self = user_data;

  if (self->follows_mouse)
    set_cursor (self, NAN, FALSE);
}

/* Moves the reading line by a share of the data's range, infinite for its ends; without one it
 * enters from the side it would come from. */
static void
move_cursor (FxuLinePlot *self, double share)
{
  FxuChartView view = get_view (self);
  double first = fxu_chart_x_at (self->chart, &view, -INFINITY);
  double last = fxu_chart_x_at (self->chart, &view, INFINITY);
  double x = share > 0.0 ? first : last;

  if (isinf (share))
    x = share < 0.0 ? first : last;
  else if (!isnan (self->cursor_x))
    x = CLAMP (self->cursor_x + share * (last - first), first, last);
  set_cursor (self, x, FALSE);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  FxuLinePlot *self = user_data;

  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      move_cursor (self, -STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      move_cursor (self, STEP);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      move_cursor (self, -PAGE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      move_cursor (self, PAGE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      move_cursor (self, -INFINITY);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      move_cursor (self, INFINITY);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (isnan (self->cursor_x))
        return GDK_EVENT_PROPAGATE;
      set_cursor (self, NAN, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_l:
      fxu_chart_set_log_y (self->chart, !fxu_chart_get_log_y (self->chart));
      fxu_picture_answer (FXU_PICTURE (self));
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

GtkWidget *
fxu_line_plot_new (FxuChart *chart)
{
  FxuLinePlot *self;

  g_return_val_if_fail (chart != NULL, NULL);

  self = g_object_new (FXU_TYPE_LINE_PLOT, NULL);
  self->chart = chart;
  fxu_picture_set_label (FXU_PICTURE (self), fxu_chart_get_title (chart));
  fxu_picture_changed (FXU_PICTURE (self));
  return GTK_WIDGET (self);
}

FxuChart *
fxu_line_plot_get_chart (FxuLinePlot *self)
{
  g_return_val_if_fail (FXU_IS_LINE_PLOT (self), NULL);

  return self->chart;
}

void
fxu_line_plot_changed (FxuLinePlot *self)
{
  g_return_if_fail (FXU_IS_LINE_PLOT (self));

  fxu_picture_set_label (FXU_PICTURE (self), fxu_chart_get_title (self->chart));
  fxu_picture_changed (FXU_PICTURE (self));
}

static void
fxu_line_plot_finalize (GObject *object)
{
  FxuLinePlot *self = FXU_LINE_PLOT (object);

  g_clear_pointer (&self->chart, fxu_chart_free);
  G_OBJECT_CLASS (fxu_line_plot_parent_class)->finalize (object);
}

static void
fxu_line_plot_class_init (FxuLinePlotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_line_plot_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_line_plot_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_line_plot_describe;
}

static void
fxu_line_plot_init (FxuLinePlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->cursor_x = NAN;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}
