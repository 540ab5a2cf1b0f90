/* SPDX-License-Identifier: MIT */
/* The drawing of a sample sheet: images, and beneath each what fixed-point run and float twin say
 * it is.  Cairo and Pango only, no GTK. */
#pragma once

#include "fxp.h"
#include "plot/palette.h"

G_BEGIN_DECLS

#define FXU_SHEET_IMAGES_MAX 64

typedef struct _FxuImageSheet FxuImageSheet;

FxuImageSheet *fxu_image_sheet_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_image_sheet_free (FxuImageSheet *self);
/* Copies what it needs; NULL clears, as does a set that holds no images. */
void fxu_image_sheet_set_dataset (FxuImageSheet *self, FxpDataset *dataset);
void fxu_image_sheet_set_sheet (FxuImageSheet *self, const FxpSheet *sheet);
void fxu_image_sheet_draw (FxuImageSheet *self,
                           cairo_t *cr,
                           double width,
                           double height,
                           const FxuPalette *palette);
/* One sentence: how many images both have right, and where they differ. */
char *fxu_image_sheet_describe (const FxuImageSheet *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuImageSheet, fxu_image_sheet_free)

G_END_DECLS
