/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/confusion-map.h"

#include <glib/gi18n-lib.h>

struct _FxuConfusionMap
{
  FxuPicture parent_instance;

  FxuConfusionGrid *grid;
};

G_DEFINE_FINAL_TYPE (FxuConfusionMap, fxu_confusion_map, FXU_TYPE_PICTURE)

static void
fxu_confusion_map_draw (FxuPicture *picture,
                        cairo_t *cr,
                        double width,
                        double height,
                        const FxuPalette *palette)
{
  fxu_confusion_grid_draw (FXU_CONFUSION_MAP (picture)->grid, cr, width, height, palette);
}

static char *
fxu_confusion_map_describe_picture (FxuPicture *picture)
{
  return fxu_confusion_grid_describe (FXU_CONFUSION_MAP (picture)->grid);
}

static void
choose (FxuConfusionMap *self, guint label, guint predicted)
{
  guint old_label, old_predicted;

  fxu_confusion_grid_get_chosen (self->grid, &old_label, &old_predicted);
  if (label == old_label && predicted == old_predicted)
    return;
  fxu_confusion_grid_choose (self->grid, label, predicted);
  fxu_picture_answer (FXU_PICTURE (self));
}

static void
motion_cb (GtkEventControllerMotion *controller, double x, double y, FxuConfusionMap *self)
{
  guint label = G_MAXUINT, predicted = G_MAXUINT;

  fxu_confusion_grid_find (self->grid,
                           gtk_widget_get_width (GTK_WIDGET (self)),
                           gtk_widget_get_height (GTK_WIDGET (self)),
                           x,
                           y,
                           &label,
                           &predicted);
  choose (self, label, predicted);
}

/* What the keys read stays. */
static void
leave_cb (GtkEventControllerMotion *controller, FxuConfusionMap *self)
{
  if (!gtk_widget_has_focus (GTK_WIDGET (self)))
    choose (self, G_MAXUINT, G_MAXUINT);
}

static void
focus_leave_cb (GtkEventControllerFocus *controller, FxuConfusionMap *self)
{
  choose (self, G_MAXUINT, G_MAXUINT);
}

static gboolean
key_pressed_cb (GtkEventControllerKey *controller,
                guint keyval,
                guint keycode,
                GdkModifierType modifiers,
                FxuConfusionMap *self)
{
  int last = (int)fxu_confusion_grid_get_n_classes (self->grid) - 1;
  int columns = 0, rows = 0;
  guint label, predicted;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      columns = -1;
      break;
    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      columns = 1;
      break;
    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      rows = -1;
      break;
    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      rows = 1;
      break;
    default:
      return FALSE;
    }
  if (last < 0 || (modifiers & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return FALSE;
  if (fxu_confusion_grid_get_chosen (self->grid, &label, &predicted))
    choose (self,
            (guint)CLAMP ((int)label + rows, 0, last),
            (guint)CLAMP ((int)predicted + columns, 0, last));
  else
    choose (self, 0, 0);
  return TRUE;
}

static void
fxu_confusion_map_finalize (GObject *object)
{
  FxuConfusionMap *self = FXU_CONFUSION_MAP (object);

  g_clear_pointer (&self->grid, fxu_confusion_grid_free);
  G_OBJECT_CLASS (fxu_confusion_map_parent_class)->finalize (object);
}

static void
fxu_confusion_map_class_init (FxuConfusionMapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_confusion_map_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_confusion_map_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_confusion_map_describe_picture;
}

static void
fxu_confusion_map_init (FxuConfusionMap *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->grid = fxu_confusion_grid_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (motion_cb), self);
  g_signal_connect (motion, "leave", G_CALLBACK (leave_cb), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (key_pressed_cb), self);
  g_signal_connect (focus, "leave", G_CALLBACK (focus_leave_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
  fxu_picture_set_label (FXU_PICTURE (self), _ ("Confusion matrix"));
  fxu_picture_changed (FXU_PICTURE (self));
}

GtkWidget *
fxu_confusion_map_new (void)
{
  return g_object_new (FXU_TYPE_CONFUSION_MAP, NULL);
}

void
fxu_confusion_map_set_dataset (FxuConfusionMap *self, FxpDataset *dataset)
{
  g_return_if_fail (FXU_IS_CONFUSION_MAP (self));

  fxu_confusion_grid_set_dataset (self->grid, dataset);
  fxu_picture_changed (FXU_PICTURE (self));
}

void
fxu_confusion_map_set_confusion (FxuConfusionMap *self, const FxpConfusion *confusion)
{
  g_return_if_fail (FXU_IS_CONFUSION_MAP (self));

  fxu_confusion_grid_set_confusion (self->grid, confusion);
  fxu_picture_changed (FXU_PICTURE (self));
}

void
fxu_confusion_map_set_kind (FxuConfusionMap *self, FxuMapKind kind)
{
  g_return_if_fail (FXU_IS_CONFUSION_MAP (self));

  fxu_confusion_grid_set_kind (self->grid, kind);
  fxu_picture_answer (FXU_PICTURE (self));
}

char *
fxu_confusion_map_describe (FxuConfusionMap *self)
{
  g_return_val_if_fail (FXU_IS_CONFUSION_MAP (self), NULL);

  return fxu_confusion_grid_describe (self->grid);
}
