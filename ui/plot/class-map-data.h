/* SPDX-License-Identifier: MIT */
/* The inside of an FxuClassMap; for its own files. */
#pragma once

#include "plot/class-map.h"

G_BEGIN_DECLS

typedef struct
{
  double x, y;
  guint16 label;
  gboolean is_test;
} FxuMapPoint;

struct _FxuClassMap
{
  FxuMapKind kind;
  guint size; /* of the grid, 0: none */
  double min, max;
  gboolean has_twin;
  guint8 *classes[2];
  float *confidence[2];
  guint n_classes;
  char **class_names;     /* of the data set, or NULL */
  GArray *points;         /* FxuMapPoint, finite */
  cairo_surface_t *image; /* the grid in the colours of image_palette; NULL: to be made */
  const FxuPalette *image_palette;
  double device_scale;
  cairo_surface_t *layer; /* the points, for that side, palette and scale; NULL: to be made */
  const FxuPalette *layer_palette;
  double layer_side;
};

/* Why there is no map to draw, or NULL. */
const char *fxu_class_map_get_obstacle (const FxuClassMap *self);

G_END_DECLS
