/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/weight-histogram.h"

#include <glib/gi18n.h>

#define NOWHERE G_MAXUINT

struct _FxuWeightHistogram
{
  FxuPicture parent_instance;

  FxuWeightBars *bars;
  guint bin;              /* NOWHERE: none is chosen */
  gboolean follows_mouse; /* it goes when the pointer leaves */
};

G_DEFINE_FINAL_TYPE (FxuWeightHistogram, fxu_weight_histogram, FXU_TYPE_PICTURE)

static void
fxu_weight_histogram_draw (FxuPicture *picture,
                           cairo_t *cr,
                           double width,
                           double height,
                           const FxuPalette *palette)
{
  FxuWeightHistogram *self = FXU_WEIGHT_HISTOGRAM (picture);

  fxu_weight_bars_draw (self->bars, cr, width, height, self->bin, palette);
}

/* There may be fewer bins since one was chosen. */
static gboolean
has_bin (FxuWeightHistogram *self)
{
  return self->bin < fxu_weight_bars_get_n_bins (self->bars);
}

static char *
fxu_weight_histogram_describe (FxuPicture *picture)
{
  FxuWeightHistogram *self = FXU_WEIGHT_HISTOGRAM (picture);

  return has_bin (self) ? fxu_weight_bars_describe_bin (self->bars, self->bin)
                        : fxu_weight_bars_describe (self->bars);
}

static void
choose (FxuWeightHistogram *self, guint bin, gboolean follows_mouse)
{
  self->follows_mouse = follows_mouse;
  if (bin == self->bin)
    return;
  self->bin = bin;
  fxu_picture_answer (FXU_PICTURE (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, gpointer user_data)
{
  FxuWeightHistogram *self = user_data;
  guint bin = NOWHERE;

  fxu_weight_bars_find (self->bars,
                        gtk_widget_get_width (GTK_WIDGET (self)),
                        gtk_widget_get_height (GTK_WIDGET (self)),
                        x,
                        &bin);
  choose (self, bin, TRUE);
}

static void
leave_cb (GtkEventControllerMotion *controller, gpointer user_data)
{
  FxuWeightHistogram *self = user_data;

  if (self->follows_mouse)
    choose (self, NOWHERE, FALSE);
}

/* Without a chosen bin it begins at zero. */
static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType state,
                gpointer user_data)
{
  FxuWeightHistogram *self = user_data;
  guint n = fxu_weight_bars_get_n_bins (self->bars);

  if (n == 0 || state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return GDK_EVENT_PROPAGATE;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      choose (self, has_bin (self) ? MAX (self->bin, 1) - 1 : n / 2, FALSE);
      return GDK_EVENT_STOP;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      choose (self, has_bin (self) ? MIN (self->bin + 1, n - 1) : n / 2, FALSE);
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
      if (!has_bin (self))
        return GDK_EVENT_PROPAGATE;
      choose (self, NOWHERE, FALSE);
      return GDK_EVENT_STOP;
    default:
      return GDK_EVENT_PROPAGATE;
    }
}

GtkWidget *
fxu_weight_histogram_new (const char *empty_text)
{
  FxuWeightHistogram *self;

  g_return_val_if_fail (empty_text != NULL, NULL);

  self = g_object_new (FXU_TYPE_WEIGHT_HISTOGRAM, NULL);
  self->bars = fxu_weight_bars_new (empty_text);
  fxu_picture_set_label (FXU_PICTURE (self), _ ("Weights of the layer, before and after"));
  fxu_picture_changed (FXU_PICTURE (self));
  return GTK_WIDGET (self);
}

FxuWeightBars *
fxu_weight_histogram_get_bars (FxuWeightHistogram *self)
{
  g_return_val_if_fail (FXU_IS_WEIGHT_HISTOGRAM (self), NULL);

  return self->bars;
}

static void
fxu_weight_histogram_finalize (GObject *object)
{
  FxuWeightHistogram *self = FXU_WEIGHT_HISTOGRAM (object);

  g_clear_pointer (&self->bars, fxu_weight_bars_free);
  G_OBJECT_CLASS (fxu_weight_histogram_parent_class)->finalize (object);
}

static void
fxu_weight_histogram_class_init (FxuWeightHistogramClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_weight_histogram_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_weight_histogram_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_weight_histogram_describe;
}

static void
fxu_weight_histogram_init (FxuWeightHistogram *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *key = gtk_event_controller_key_new ();

  self->bin = NOWHERE;
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), key);
}
