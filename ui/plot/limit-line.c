/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/limit-line.h"
#include "plot/ink.h"

#define GROUND_ALPHA 0.8

void
fxu_limit_line_draw (cairo_t *cr, double left, double right, double y, const FxuPalette *palette)
{
  const double dashes[] = {6.0, 3.0, 1.0, 3.0};

  fxu_palette_set_source (palette, cr, FXU_HUE_MARK);
  cairo_set_line_width (cr, 1.0);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  cairo_move_to (cr, left, y);
  cairo_line_to (cr, right, y);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

void
fxu_limit_line_draw_label (const FxuLettering *letters,
                           cairo_t *cr,
                           const char *label,
                           double left,
                           double right,
                           double y,
                           double top,
                           const FxuPalette *palette)
{
  double row = fxu_lettering_get_height (letters, FXU_FACE_SMALL);
  double width = MIN (fxu_lettering_measure (letters, FXU_FACE_SMALL, label), right - left);
  double baseline = y - 0.3 * letters->size;
  FxuColor ground = palette->hues[FXU_HUE_SURFACE];

  if (baseline - row < top)
    baseline = y + row;
  ground.alpha *= GROUND_ALPHA;
  fxu_ink_set_color (cr, ground);
  cairo_rectangle (cr,
                   right - width - 3.0,
                   baseline - letters->ascents[FXU_FACE_SMALL],
                   width + 2.0,
                   row);
  cairo_fill (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_MARK);
  fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, label, right - 2.0, baseline, 1.0, width);
}
