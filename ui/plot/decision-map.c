/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/decision-map.h"

#include <math.h>

struct _FxuDecisionMap
{
  FxuPicture parent_instance;

  FxuClassMap *map;
};

G_DEFINE_FINAL_TYPE (FxuDecisionMap, fxu_decision_map, FXU_TYPE_PICTURE)

static void
fxu_decision_map_draw (FxuPicture *picture,
                       cairo_t *cr,
                       double width,
                       double height,
                       const FxuPalette *palette)
{
  FxuDecisionMap *self = FXU_DECISION_MAP (picture);

  fxu_class_map_set_device_scale (self->map, gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  fxu_class_map_draw (self->map, cr, width, height, palette);
}

static char *
fxu_decision_map_describe (FxuPicture *picture)
{
  return fxu_class_map_describe (FXU_DECISION_MAP (picture)->map);
}

GtkWidget *
fxu_decision_map_new (FxuMapKind kind)
{
  FxuDecisionMap *self = g_object_new (FXU_TYPE_DECISION_MAP, NULL);

  self->map = fxu_class_map_new (kind);
  fxu_picture_set_label (FXU_PICTURE (self), fxu_class_map_get_title (self->map));
  fxu_picture_changed (FXU_PICTURE (self));
  return GTK_WIDGET (self);
}

void
fxu_decision_map_set_dataset (FxuDecisionMap *self, FxpDataset *dataset)
{
  g_return_if_fail (FXU_IS_DECISION_MAP (self));

  fxu_class_map_set_dataset (self->map, dataset);
  fxu_picture_changed (FXU_PICTURE (self));
}

void
fxu_decision_map_set_field (FxuDecisionMap *self, const FxpField *field)
{
  g_return_if_fail (FXU_IS_DECISION_MAP (self));

  fxu_class_map_set_field (self->map, field);
  fxu_picture_changed (FXU_PICTURE (self));
}

double
fxu_decision_map_get_disagreement (FxuDecisionMap *self)
{
  g_return_val_if_fail (FXU_IS_DECISION_MAP (self), NAN);

  return fxu_class_map_get_disagreement (self->map);
}

static void
fxu_decision_map_finalize (GObject *object)
{
  FxuDecisionMap *self = FXU_DECISION_MAP (object);

  g_clear_pointer (&self->map, fxu_class_map_free);
  G_OBJECT_CLASS (fxu_decision_map_parent_class)->finalize (object);
}

static void
fxu_decision_map_class_init (FxuDecisionMapClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fxu_decision_map_finalize;
  FXU_PICTURE_CLASS (klass)->draw = fxu_decision_map_draw;
  FXU_PICTURE_CLASS (klass)->describe = fxu_decision_map_describe;
}

static void
fxu_decision_map_init (FxuDecisionMap *self)
{
}
