/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/health-badge.h"

static void
draw_badge_path (cairo_t *cr, FxuHealth health)
{
  switch (health)
    {
    case FXU_HEALTH_OK:
      cairo_move_to (cr, 1.5, 6.0);
      cairo_line_to (cr, 4.5, 9.0);
      cairo_line_to (cr, 9.5, 2.5);
      break;
    case FXU_HEALTH_OVER:
      cairo_move_to (cr, 5.5, 1.0);
      cairo_line_to (cr, 10.0, 9.5);
      cairo_line_to (cr, 1.0, 9.5);
      cairo_close_path (cr);
      break;
    case FXU_HEALTH_UNDER:
      cairo_move_to (cr, 5.5, 10.0);
      cairo_line_to (cr, 10.0, 1.5);
      cairo_line_to (cr, 1.0, 1.5);
      cairo_close_path (cr);
      break;
    case FXU_HEALTH_LOST:
      cairo_arc (cr, 5.5, 5.5, 4.0, 0.0, 2.0 * G_PI);
      cairo_move_to (cr, 2.0, 9.0);
      cairo_line_to (cr, 9.0, 2.0);
      break;
    case FXU_HEALTH_FLOAT:
      cairo_move_to (cr, 1.5, 6.5);
      cairo_curve_to (cr, 4.0, 1.5, 7.0, 9.5, 9.5, 4.5);
      break;
    case FXU_HEALTH_UNKNOWN:
    default:
      cairo_arc (cr, 5.5, 5.5, 1.0, 0.0, 2.0 * G_PI);
      break;
    }
}

FxuHue
fxu_health_badge_get_hue (FxuHealth health)
{
  switch (health)
    {
    case FXU_HEALTH_OK:
      return FXU_HUE_OK;
    case FXU_HEALTH_OVER:
      return FXU_HUE_OVER;
    case FXU_HEALTH_UNDER:
    case FXU_HEALTH_LOST:
      return FXU_HUE_UNDER;
    case FXU_HEALTH_FLOAT:
    case FXU_HEALTH_UNKNOWN:
    default:
      return FXU_HUE_DIM;
    }
}

void
fxu_health_badge_draw (cairo_t *cr,
                       FxuHealth health,
                       gboolean predicted,
                       double x,
                       double y,
                       const FxuPalette *palette)
{
  gboolean solid = health == FXU_HEALTH_OVER || health == FXU_HEALTH_UNDER;

  cairo_save (cr);
  cairo_translate (cr, x, y);
  fxu_palette_set_source (palette, cr, fxu_health_badge_get_hue (health));
  cairo_set_line_width (cr, 1.6);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  draw_badge_path (cr, health);
  if (solid && !predicted)
    cairo_fill_preserve (cr);
  cairo_stroke (cr);
  cairo_restore (cr);
}
