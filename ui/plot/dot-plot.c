/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/dot-plot.h"

#define NOWHERE G_MAXUINT

struct _FxuDotPlot
{
  FxuPicture parent_instance;

  FxuDotChart *chart;
  guint place;            /* NOWHERE: none is chosen */
  gboolean follows_mouse; /* it goes when the pointer leaves */
};

G_DEFINE_FINAL_TYPE (FxuDotPlot, fxu_dot_plot, FXU_TYPE_PICTURE)

static void
fxu_dot_plot_draw (FxuPicture *picture,
                   cairo_t *cr,
                   double width,
                   double height,
                   const FxuPalette *palette)
{
  FxuDotPlot *self = FXU_DOT_PLOT (picture);

  fxu_dot_chart_draw (self->chart, cr, width, height, self->place, palette);
}

/* The places may have become fewer since one was chosen. */
static gboolean
has_place (FxuDotPlot *self)
{
  return self->place < fxu_dot_chart_get_n_places (self->chart);
}

static char *
fxu_dot_plot_describe (FxuPicture *picture)
{
  FxuDotPlot *self = FXU_DOT_PLOT (picture);

  return has_place (self) ? fxu_dot_chart_describe_place (self->chart, self->place)
                          : fxu_dot_chart_describe (self->chart);
}

static void
choose (FxuDotPlot *self, guint place, gboolean follows_mouse)
{
  self->follows_mouse = follows_mouse;
  if (place == self->place)
    return;
  self->place = place;
  fxu_picture_answer (FXU_PICTURE (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  FxuDotPlot *self = user_data;
  guint place = NOWHERE;

  fxu_dot_chart_find (self->chart,
                      gtk_widget_get_width (GTK_WIDGET (self)),
                      gtk_widget_get_height (GTK_WIDGET (self)),
                      x,
                      &place);
  choose (self, place, TRUE);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  FxuDotPlot *self = user_data;

  if (self->follows_mouse)
    choose (self, NOWHERE, FALSE);
}

/* Without a chosen place it enters from the side it would come from. */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  FxuDotPlot *self = user_data;
  guint n = fxu_dot_chart_get_n_places (self->chart);

  if (n == 0 || state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      choose (self, has_place (self) ? MAX (self->place, 1) - 1 : n - 1, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      choose (self, has_place (self) ? MIN (self->place + 1, n - 1) : 0, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Home:
    case GDK_KEY_KP_Home:
      choose (self, 0, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_End:
    case GDK_KEY_KP_End:
      choose (self, n - 1, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Escape:
      if (!has_place (self))
        return GDK_EVENT_PROPAGATE;
      choose (self, NOWHERE, FALSE);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

GtkWidget *
fxu_dot_plot_new (FxuDotChart *chart)
{
  FxuDotPlot *self;

  g_return_val_if_fail (chart != NULL, NULL);

  self = g_object_new (FXU_TYPE_DOT_PLOT, NULL);
  self->chart = chart;
  fxu_picture_set_label (FXU_PICTURE (self), fxu_dot_chart_get_title (chart));
  fxu_picture_changed (FXU_PICTURE (self));
  return GTK_WIDGET (self);
}

FxuDotChart *
fxu_dot_plot_get_chart (FxuDotPlot *self)
{
  g_return_val_if_fail (FXU_IS_DOT_PLOT (self), NULL);

  return self->chart;
}

static void
fxu_dot_plot_finalize (GObject *object)
{
  FxuDotPlot *self = FXU_DOT_PLOT (object);

  g_clear_pointer (&self->chart, fxu_dot_chart_free);
  G_OBJECT_CLASS (fxu_dot_plot_parent_class)->finalize (object);
}

static void
fxu_dot_plot_class_init (FxuDotPlotClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_dot_plot_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_dot_plot_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_dot_plot_describe;
}

static void
fxu_dot_plot_init (FxuDotPlot *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->place = NOWHERE;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}
