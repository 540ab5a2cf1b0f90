/* SPDX-License-Identifier: MIT */
/* Colours and dash patterns of everything drawn, for light, dark and high contrast.  The same
 * meaning has the same colour everywhere, and never colour alone.  No GTK. */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double red, green, blue, alpha;
} FxuColor;

/* Meanings. */
typedef enum
{
  FXU_HUE_FIXED,     /* the fixed-point run */
  FXU_HUE_TWIN,      /* the float twin: grey, dashed */
  FXU_HUE_OK,        /* blue: in range */
  FXU_HUE_OVER,      /* red: overflow */
  FXU_HUE_UNDER,     /* yellow: underflow to zero, lost updates */
  FXU_HUE_TEXT,
  FXU_HUE_DIM,       /* secondary text */
  FXU_HUE_GRID,
  FXU_HUE_SURFACE,   /* plot background */
  FXU_HUE_MARK,      /* event marks */
  FXU_N_HUES
} FxuHue;

typedef struct
{
  FxuColor hues[FXU_N_HUES];
  gboolean is_dark;
} FxuPalette;

/* Static. */
const FxuPalette *fxu_palette_get (gboolean dark, gboolean high_contrast);
/* Colour of class or line @i of many (colour-blind safe order, repeats after 10 with another
 * dash). */
FxuColor fxu_palette_get_category (const FxuPalette *self, guint i);
void fxu_palette_set_source (const FxuPalette *self, cairo_t *cr, FxuHue hue);
/* The colour that means here what @color means in the palette it came from; other colours pass
 * unchanged.  So what was coloured once follows a change of theme. */
FxuColor fxu_palette_adapt (const FxuPalette *self, FxuColor color);
/* How much of something, @share 0..1: from the surface through blue to the contrary of the surface,
 * so that lightness alone tells the order, to every eye. */
FxuColor fxu_palette_get_amount (const FxuPalette *self, double share);
/* A signed value, -1..1: orange below zero, the surface at zero, blue above. */
FxuColor fxu_palette_get_signed (const FxuPalette *self, double value);
/* Text that can be read on @ground. */
FxuColor fxu_palette_get_text_on (FxuColor ground);
/* @from at @share 0, @to at 1. */
FxuColor fxu_palette_mix (FxuColor from, FxuColor to, double share);

G_END_DECLS
