/* SPDX-License-Identifier: MIT */
/* Fillings and small signs shared by all drawings.  What differs in meaning differs in shape too,
 * never in colour alone.  Cairo only. */
#pragma once

#include "plot/palette.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_FILLING_SOLID,
  FXU_FILLING_HATCHED, /* overflow, disagreement */
  FXU_FILLING_DOTTED,  /* underflow */
} FxuFilling;

void fxu_ink_set_color (cairo_t *cr, FxuColor color);
/* Fills the current path and clears it; hatches and dots stand on a pale ground of their colour and
 * line up between neighbouring shapes. */
void fxu_ink_fill (cairo_t *cr, FxuColor color, FxuFilling filling);
/* Outline of the marker of class @i, about @radius large: disc, square, triangle, diamond, ... */
void fxu_ink_add_marker (cairo_t *cr, guint i, double x, double y, double radius);
/* A tick or a cross in the current source, within @size around (@x, @y). */
void fxu_ink_draw_verdict (cairo_t *cr, gboolean ok, double x, double y, double size);
void fxu_ink_draw_focus_ring (cairo_t *cr, double width, double height, const FxuPalette *palette);

G_END_DECLS
