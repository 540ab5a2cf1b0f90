/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/lock-sign.h"

void
fxu_lock_sign_draw (cairo_t *cr, double x, double y, const FxuPalette *palette)
{
  cairo_save (cr);
  cairo_translate (cr, x, y);
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  cairo_rectangle (cr, 0.5, 5.0, 8.0, 5.5);
  cairo_fill (cr);
  cairo_set_line_width (cr, 1.4);
  cairo_move_to (cr, 2.2, 5.0);
  cairo_line_to (cr, 2.2, 3.3);
  cairo_arc (cr, 4.5, 3.3, 2.3, G_PI, 2.0 * G_PI);
  cairo_line_to (cr, 6.8, 5.0);
  cairo_stroke (cr);
  cairo_restore (cr);
}
