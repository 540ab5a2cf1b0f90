/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/cluster-legend.h"
#include "plot/ink.h"

#include <glib/gi18n-lib.h>

typedef enum
{
  SIGN_KEPT,
  SIGN_DROPPED,
  SIGN_VALUE,
  SIGN_RESIDUAL,
  N_SIGNS
} Sign;

static const char *const names[N_SIGNS] = {
  N_ ("kept"),
  N_ ("dropped"),
  N_ ("its value"),
  N_ ("residual"),
};

/* Around (@x, @y), as they are in the drawing. */
static void
draw_sign (Sign sign, cairo_t *cr, double x, double y, double em, const FxuPalette *palette)
{
  switch (sign)
    {
    case SIGN_KEPT:
      fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
      cairo_arc (cr, x, y, 0.3 * em, 0.0, 2.0 * G_PI);
      cairo_fill (cr);
      break;
    case SIGN_DROPPED:
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      cairo_set_line_width (cr, 1.2);
      cairo_arc (cr, x, y, 0.3 * em, 0.0, 2.0 * G_PI);
      cairo_stroke (cr);
      break;
    case SIGN_VALUE:
      fxu_palette_set_source (palette, cr, FXU_HUE_FIXED);
      cairo_set_line_width (cr, 2.0);
      cairo_move_to (cr, x - 0.4 * em, y);
      cairo_line_to (cr, x + 0.4 * em, y);
      cairo_stroke (cr);
      break;
    case SIGN_RESIDUAL:
    case N_SIGNS:
    default:
      fxu_ink_set_color (cr, fxu_palette_get_category (palette, FXU_CLUSTER_RESIDUAL));
      cairo_set_line_width (cr, 3.0);
      cairo_move_to (cr, x, y - 0.45 * em);
      cairo_line_to (cr, x, y + 0.45 * em);
      cairo_stroke (cr);
    }
}

void
fxu_cluster_legend_draw (const FxuLettering *letters,
                         cairo_t *cr,
                         double left,
                         double baseline,
                         double right,
                         const FxuPalette *palette)
{
  double em = letters->size, x = left;

  for (Sign sign = SIGN_KEPT; sign < N_SIGNS && x + 2.0 * em < right; sign++)
    {
      draw_sign (sign, cr, x + 0.4 * em, baseline - 0.3 * em, em, palette);
      x += 1.1 * em;
      fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
      x += em + fxu_lettering_draw (letters,
                                    cr,
                                    FXU_FACE_SMALL,
                                    _ (names[sign]),
                                    x,
                                    baseline,
                                    0.0,
                                    right - x);
    }
}
