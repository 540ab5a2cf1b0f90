/* SPDX-License-Identifier: MIT */
/* The drawing of a decision map: the classes over a plane, the points of the data set, and where
 * fixed-point run and float twin differ.  Cairo and Pango only, no GTK. */
#pragma once

#include "fxp.h"
#include "plot/palette.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_MAP_FIXED,
  FXU_MAP_TWIN,
  FXU_MAP_DIFFERENCE, /* points where the classes differ */
} FxuMapKind;

#define FXU_MAP_POINTS_MAX 500 /* points of the data set drawn at most, evenly chosen */

typedef struct _FxuClassMap FxuClassMap;

FxuClassMap *fxu_class_map_new (FxuMapKind kind) G_GNUC_WARN_UNUSED_RESULT;
void fxu_class_map_free (FxuClassMap *self);
const char *fxu_class_map_get_title (const FxuClassMap *self);
/* Copies what it needs; NULL clears. */
void fxu_class_map_set_dataset (FxuClassMap *self, FxpDataset *dataset);
void fxu_class_map_set_field (FxuClassMap *self, const FxpField *field);
/* Device pixels per user unit, so that what is kept between drawings is sharp; 1 unless set. */
void fxu_class_map_set_device_scale (FxuClassMap *self, double scale);
/* Share of grid points on which the twins differ, 0..1; NaN without both. */
double fxu_class_map_get_disagreement (const FxuClassMap *self);
void fxu_class_map_draw (FxuClassMap *self,
                         cairo_t *cr,
                         double width,
                         double height,
                         const FxuPalette *palette);
/* One sentence: what is shown, and how often the twins differ. */
char *fxu_class_map_describe (const FxuClassMap *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuClassMap, fxu_class_map_free)

G_END_DECLS
