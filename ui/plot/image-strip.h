/* SPDX-License-Identifier: MIT */
/* Images of a data set, ready to be drawn at any size: grey ones as ink on the surface, so that
 * they suit light and dark alike, others in their colours.  Cairo only, no GTK. */
#pragma once

#include "fxp.h"
#include "plot/palette.h"

G_BEGIN_DECLS

typedef struct _FxuImageStrip FxuImageStrip;

/* Reads @n samples of the test data as their source holds them; NULL if they are no images.
 * @labels: NULL, or room for @n. */
FxuImageStrip *fxu_image_strip_new (FxpDataset *dataset,
                                    const guint32 *rows,
                                    guint n,
                                    guint16 *labels) G_GNUC_WARN_UNUSED_RESULT;
void fxu_image_strip_free (FxuImageStrip *self);
guint fxu_image_strip_get_n (const FxuImageStrip *self);
/* Sides of one image in its own pixels. */
guint fxu_image_strip_get_width (const FxuImageStrip *self);
guint fxu_image_strip_get_height (const FxuImageStrip *self);
/* The largest side not above @size that shows every pixel of @n alike. */
double fxu_image_strip_snap (double size, guint n);
void fxu_image_strip_draw (FxuImageStrip *self,
                           cairo_t *cr,
                           guint i,
                           double x,
                           double y,
                           double width,
                           double height,
                           const FxuPalette *palette);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuImageStrip, fxu_image_strip_free)

G_END_DECLS
