/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/ink.h"

#include <math.h>

#define HATCH_PERIOD 5.0 /* user units */
#define DOT_PERIOD   4.0
#define GROUND_ALPHA 0.35

void
fxu_ink_set_color (cairo_t *cr, FxuColor color)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha);
}

static void
add_hatches (cairo_t *cr, double x0, double y0, double x1, double y1)
{
  double rise = y1 - y0;
  double first = floor ((x0 + y0) / HATCH_PERIOD) * HATCH_PERIOD;

  /* Lines x + y = constant. */
  for (double sum = first; sum <= x1 + y1; sum += HATCH_PERIOD)
    {
      cairo_move_to (cr, sum - y0, y0);
      cairo_line_to (cr, sum - y0 - rise, y1);
    }
  cairo_set_line_width (cr, 1.3);
  cairo_stroke (cr);
}

static void
add_dots (cairo_t *cr, double x0, double y0, double x1, double y1)
{
  int row = (int)floor (y0 / DOT_PERIOD);

  for (double y = row * DOT_PERIOD; y <= y1; y += DOT_PERIOD, row++)
    {
      double shift = row % 2 == 0 ? 0.0 : DOT_PERIOD / 2.0;

      for (double x = floor (x0 / DOT_PERIOD) * DOT_PERIOD + shift; x <= x1; x += DOT_PERIOD)
        cairo_rectangle (cr, x, y, 1.5, 1.5);
    }
  cairo_fill (cr);
}

void
fxu_ink_fill (cairo_t *cr, FxuColor color, FxuFilling filling)
{
  double x0, y0, x1, y1;

  if (filling == FXU_FILLING_SOLID)
    {
      fxu_ink_set_color (cr, color);
      cairo_fill (cr);
      return;
    }
  cairo_save (cr);
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * GROUND_ALPHA);
  cairo_fill_preserve (cr);
  cairo_clip (cr);
  cairo_clip_extents (cr, &x0, &y0, &x1, &y1);
  fxu_ink_set_color (cr, color);
  if (filling == FXU_FILLING_HATCHED)
    add_hatches (cr, x0, y0, x1, y1);
  else
    add_dots (cr, x0, y0, x1, y1);
  cairo_restore (cr);
}

static void
add_polygon (cairo_t *cr, guint n, double turn, double x, double y, double radius)
{
  for (guint i = 0; i < n; i++)
    {
      double angle = turn + 2.0 * G_PI * i / n;

      cairo_line_to (cr, x + radius * cos (angle), y + radius * sin (angle));
    }
  cairo_close_path (cr);
}

void
fxu_ink_add_marker (cairo_t *cr, guint i, double x, double y, double radius)
{
  cairo_new_sub_path (cr);
  switch (i % 5)
    {
    case 0:
      cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
      cairo_close_path (cr);
      break;
    case 1:
      cairo_rectangle (cr, x - 0.88 * radius, y - 0.88 * radius, 1.76 * radius, 1.76 * radius);
      break;
    case 2:
      add_polygon (cr, 3, -G_PI / 2.0, x, y + 0.15 * radius, 1.25 * radius);
      break;
    case 3:
      add_polygon (cr, 4, 0.0, x, y, 1.25 * radius);
      break;
    default:
      add_polygon (cr, 3, G_PI / 2.0, x, y - 0.15 * radius, 1.25 * radius);
      break;
    }
}

void
fxu_ink_draw_verdict (cairo_t *cr, gboolean ok, double x, double y, double size)
{
  double half = size / 2.0;

  cairo_save (cr);
  cairo_set_line_width (cr, MAX (1.4, size * 0.19));
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  if (ok)
    {
      cairo_move_to (cr, x - 0.85 * half, y + 0.1 * half);
      cairo_line_to (cr, x - 0.2 * half, y + 0.75 * half);
      cairo_line_to (cr, x + 0.9 * half, y - 0.75 * half);
    }
  else
    {
      cairo_move_to (cr, x - 0.7 * half, y - 0.7 * half);
      cairo_line_to (cr, x + 0.7 * half, y + 0.7 * half);
      cairo_move_to (cr, x + 0.7 * half, y - 0.7 * half);
      cairo_line_to (cr, x - 0.7 * half, y + 0.7 * half);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}

void
fxu_ink_draw_focus_ring (cairo_t *cr, double width, double height, const FxuPalette *palette)
{
  if (width < 6.0 || height < 6.0)
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_OK);
  cairo_set_line_width (cr, 2.0);
  cairo_rectangle (cr, 1.0, 1.0, width - 2.0, height - 2.0);
  cairo_stroke (cr);
}
