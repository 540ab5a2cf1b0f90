/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"
#include "plot/ink.h"

#include <math.h>

static void
draw_sample (const FxuChartFrame *frame,
             const FxuChartSeries *series,
             double x,
             double y,
             cairo_t *cr)
{
  double end = x + frame->sample;

  fxu_chart_set_pen (frame, series->line, cr);
  if (series->line == FXU_LINE_STEPS)
    {
      double rise = 0.22 * frame->letters.size;

      cairo_move_to (cr, x, y + rise);
      cairo_line_to (cr, (x + end) / 2.0, y + rise);
      cairo_line_to (cr, (x + end) / 2.0, y - rise);
      cairo_line_to (cr, end, y - rise);
    }
  else
    {
      cairo_move_to (cr, x, y);
      cairo_line_to (cr, end, y);
    }
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

static char *
format_value (const FxuChartSeries *series, double cursor_x)
{
  const FxuBucket *bucket;

  bucket = fxu_chart_series_peek_at (series, isnan (cursor_x) ? INFINITY : cursor_x);
  if (bucket == NULL)
    return g_strdup ("–");
  return fxu_scale_format_reading (bucket->n > 0 ? bucket->y_last : NAN);
}

static void
draw_item (const FxuChart *self,
           const FxuChartFrame *frame,
           const FxuLegendItem *item,
           double cursor_x,
           const FxuPalette *palette,
           cairo_t *cr)
{
  const FxuLettering *letters = &frame->letters;
  const FxuChartSeries *series = fxu_chart_peek_series (self, item->series);
  g_autofree char *value = format_value (series, cursor_x);
  double em = letters->size;
  double x = frame->legend_left + item->x;
  double baseline = frame->legend_top + item->row * frame->row + letters->ascents[FXU_FACE_NORMAL];
  double room = frame->width - x;

  fxu_ink_set_color (cr, fxu_palette_adapt (palette, series->color));
  draw_sample (frame, series, x, round (baseline - 0.32 * em), cr);
  x += frame->sample + 0.4 * em;
  room -= frame->sample + 0.4 * em;
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  x += fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, series->label, x, baseline, 0.0, room);
  room = frame->width - x;
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      value,
                      x + 0.4 * em,
                      baseline,
                      0.0,
                      room - 0.4 * em);
}

void
fxu_chart_draw_legend (const FxuChart *self,
                       const FxuChartFrame *frame,
                       double cursor_x,
                       const FxuPalette *palette,
                       cairo_t *cr)
{
  guint n = frame->legend->len;

  for (guint i = 0; i < n; i++)
    {
      const FxuLegendItem *item = &g_array_index (frame->legend, FxuLegendItem, i);

      if (i + 1 == n && frame->n_unlisted > 0)
        {
          g_autofree char *rest = g_strdup_printf ("+%u", frame->n_unlisted);
          double baseline =
            frame->legend_top + item->row * frame->row + frame->letters.ascents[FXU_FACE_NORMAL];

          fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
          fxu_lettering_draw (&frame->letters,
                              cr,
                              FXU_FACE_SMALL,
                              rest,
                              frame->legend_left + item->x,
                              baseline,
                              0.0,
                              INFINITY);
          return;
        }
      draw_item (self, frame, item, cursor_x, palette, cr);
    }
}
