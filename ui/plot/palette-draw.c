/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/palette.h"

void
fxu_palette_set_source (const FxuPalette *self, cairo_t *cr, FxuHue hue)
{
  const FxuColor *color;

  g_return_if_fail (self != NULL);
  g_return_if_fail (hue < FXU_N_HUES);

  color = &self->hues[hue];
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
}
