/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/picture.h"
#include "plot/ink.h"
#include "beat.h"
#include "look.h"

#define LEAST_WIDTH    120
#define LEAST_HEIGHT   90
#define NATURAL_WIDTH  300
#define NATURAL_HEIGHT 210
#define DESCRIBE_US    1000000 /* a screen reader cannot follow faster */

typedef struct
{
  gint64 described_us;          /* when last */
  guint redraw_id, describe_id; /* sources under way */
  char *label, *description;
} FxuPicturePrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (FxuPicture, fxu_picture, GTK_TYPE_WIDGET)

static void
fxu_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  FxuPicture *self = FXU_PICTURE (widget);
  const FxuPalette *palette = fxu_look_get_palette (widget);
  float width = (float)gtk_widget_get_width (widget);
  float height = (float)gtk_widget_get_height (widget);
  cairo_t *cr;

  if (width < 1.0F || height < 1.0F)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0.0F, 0.0F, width, height));
  FXU_PICTURE_GET_CLASS (self)->draw (self, cr, width, height, palette);
  if (gtk_widget_has_visible_focus (widget))
    fxu_ink_draw_focus_ring (cr, width, height, palette);
  cairo_destroy (cr);
}

static void
fxu_picture_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  gboolean is_width = orientation == GTK_ORIENTATION_HORIZONTAL;

  *minimum = is_width ? LEAST_WIDTH : LEAST_HEIGHT;
  *natural = is_width ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
fxu_picture_state_flags_changed (GtkWidget *widget, GtkStateFlags previous)
{
  GTK_WIDGET_CLASS (fxu_picture_parent_class)->state_flags_changed (widget, previous);
  gtk_widget_queue_draw (widget);
}

static void
describe (FxuPicture *self)
{
  FxuPicturePrivate *priv = fxu_picture_get_instance_private (self);
  g_autofree char *text = FXU_PICTURE_GET_CLASS (self)->describe (self);

  priv->described_us = g_get_monotonic_time ();
  if (g_strcmp0 (text, priv->description) == 0)
    return;
  g_free (priv->description);
  priv->description = g_steal_pointer (&text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self),
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  priv->description,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT,
                                  priv->description,
                                  -1);
}

static gboolean
describe_cb (gpointer user_data)
{
  FxuPicturePrivate *priv = fxu_picture_get_instance_private (user_data);

  priv->describe_id = 0;
  describe (user_data);
  return G_SOURCE_REMOVE;
}

static void
redraw_cb (gpointer item, gpointer user_data)
{
  FxuPicturePrivate *priv = fxu_picture_get_instance_private (user_data);

  priv->redraw_id = 0;
  gtk_widget_queue_draw (user_data);
}

void
fxu_picture_set_label (FxuPicture *self, const char *label)
{
  FxuPicturePrivate *priv;

  g_return_if_fail (FXU_IS_PICTURE (self));
  g_return_if_fail (label != NULL);

  priv = fxu_picture_get_instance_private (self);
  if (g_strcmp0 (label, priv->label) == 0)
    return;
  g_free (priv->label);
  priv->label = g_strdup (label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static guint
get_milliseconds_left (gint64 since_us, gint64 interval_us, gint64 now_us)
{
  return (guint)CLAMP ((since_us + interval_us - now_us + 999) / 1000, 0, interval_us / 1000);
}

void
fxu_picture_changed (FxuPicture *self)
{
  FxuPicturePrivate *priv;
  gint64 now_us = g_get_monotonic_time ();

  g_return_if_fail (FXU_IS_PICTURE (self));

  priv = fxu_picture_get_instance_private (self);
  if (priv->describe_id == 0)
    {
      guint left_ms = get_milliseconds_left (priv->described_us, DESCRIBE_US, now_us);

      if (priv->description == NULL || left_ms == 0)
        describe (self);
      else
        priv->describe_id = g_timeout_add (left_ms, describe_cb, self);
    }
  if (priv->redraw_id == 0 && gtk_widget_get_mapped (GTK_WIDGET (self)))
    priv->redraw_id = fxu_beat_add (1, redraw_cb, self);
}

void
fxu_picture_answer (FxuPicture *self)
{
  FxuPicturePrivate *priv;

  g_return_if_fail (FXU_IS_PICTURE (self));

  priv = fxu_picture_get_instance_private (self);
  g_clear_handle_id (&priv->describe_id, g_source_remove);
  g_clear_handle_id (&priv->redraw_id, fxu_beat_remove);
  describe (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
pressed_cb (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  gtk_widget_grab_focus (user_data);
}

static void
fxu_picture_dispose (GObject *object)
{
  FxuPicturePrivate *priv = fxu_picture_get_instance_private (FXU_PICTURE (object));

  g_clear_handle_id (&priv->describe_id, g_source_remove);
  g_clear_handle_id (&priv->redraw_id, fxu_beat_remove);
  G_OBJECT_CLASS (fxu_picture_parent_class)->dispose (object);
}

static void
fxu_picture_finalize (GObject *object)
{
  FxuPicturePrivate *priv = fxu_picture_get_instance_private (FXU_PICTURE (object));

  g_free (priv->label);
  g_free (priv->description);
  G_OBJECT_CLASS (fxu_picture_parent_class)->finalize (object);
}

static void
fxu_picture_class_init (FxuPictureClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = fxu_picture_dispose;
  object_class->finalize = fxu_picture_finalize;
  widget_class->snapshot = fxu_picture_snapshot;
  widget_class->measure = fxu_picture_measure;
  widget_class->state_flags_changed = fxu_picture_state_flags_changed;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
fxu_picture_init (FxuPicture *self)
{
  GtkGesture *click = gtk_gesture_click_new ();

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  g_signal_connect (click, "pressed", G_CALLBACK (pressed_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
}
