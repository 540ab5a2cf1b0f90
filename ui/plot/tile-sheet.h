/* SPDX-License-Identifier: MIT */
/* The drawing of many small arrays of numbers as tiles, in sections with a title, a note and a
 * scale of their own: kernels of a convolution, activations of layers.  Cairo and Pango only, no
 * GTK. */
#pragma once

#include "plot/palette.h"

G_BEGIN_DECLS

typedef struct _FxuTileSheet FxuTileSheet;

FxuTileSheet *fxu_tile_sheet_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_tile_sheet_free (FxuTileSheet *self);
/* Removes all sections; @title stands above those that follow, @empty_text in their place. */
void fxu_tile_sheet_clear (FxuTileSheet *self, const char *title, const char *empty_text);
/* Copies @n tiles of @height x @width values, one after the other; NaN is left blank.  Colours
 * reach their ends at @scale in magnitude; 0: at the greatest magnitude there is.  Where nothing is
 * negative and @is_signed is not set, colours tell amounts.  The scale is added to @note. */
void fxu_tile_sheet_add (FxuTileSheet *self,
                         const char *title,
                         const char *note,
                         const float *values,
                         guint n,
                         guint height,
                         guint width,
                         gboolean is_signed,
                         double scale);
guint fxu_tile_sheet_get_n_sections (const FxuTileSheet *self);
/* The height that shows everything at this width. */
double fxu_tile_sheet_measure (const FxuTileSheet *self, double width);
void fxu_tile_sheet_draw (FxuTileSheet *self,
                          cairo_t *cr,
                          double width,
                          double height,
                          const FxuPalette *palette);
/* One sentence: how many sections, and the scale of the first. */
char *fxu_tile_sheet_describe (const FxuTileSheet *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuTileSheet, fxu_tile_sheet_free)

G_END_DECLS
