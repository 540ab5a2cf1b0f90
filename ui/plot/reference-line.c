/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/reference-line.h"

#include <math.h>

void
fxu_reference_line_draw (const FxuLettering *letters,
                         cairo_t *cr,
                         const char *label,
                         double left,
                         double right,
                         double y,
                         double top,
                         const FxuPalette *palette)
{
  static const double dashes[] = {5.0, 4.0};
  double em = letters->size;

  y = floor (y) + 0.5;
  fxu_palette_set_source (palette, cr, FXU_HUE_TWIN);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  cairo_move_to (cr, left, y);
  cairo_line_to (cr, right, y);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      label,
                      right,
                      y - 1.2 * em < top ? y + 1.1 * em : y - 0.35 * em,
                      1.0,
                      right - left);
}
