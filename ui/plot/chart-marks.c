/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"

#include <math.h>

#define LEAST_GAP 3.0 /* between two lines, in user units */

static void
draw_line (const FxuChartFrame *frame, double x, const FxuPalette *palette, cairo_t *cr)
{
  const double dashes[] = {3.0, 3.0};

  fxu_palette_set_source (palette, cr, FXU_HUE_MARK);
  cairo_set_line_width (cr, 1.0);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  cairo_move_to (cr, floor (x) + 0.5, frame->top - 2.0);
  cairo_line_to (cr, floor (x) + 0.5, frame->top + frame->down);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

/* Draws the label to the right of the line at @x if it fits before @end; at the drawing's own edge
 * it may move left.  Returns where it began, or NaN. */
static double
draw_label (const FxuChartFrame *frame,
            const char *text,
            double x,
            double begin,
            double end,
            cairo_t *cr)
{
  const FxuLettering *letters = &frame->letters;
  double width = fxu_lettering_measure (letters, FXU_FACE_SMALL, text);
  double left = x - 1.0;

  if (left + width > end && end >= frame->width - frame->pad)
    left = end - width;
  if (left + width > end || left < begin)
    return NAN;
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      text,
                      left,
                      frame->marks_baseline,
                      0.0,
                      INFINITY);
  return left;
}

/* From the newest to the oldest, so that of two in one place the newer is spelt out. */
void
fxu_chart_draw_marks (const FxuChart *self,
                      const FxuChartFrame *frame,
                      const FxuPalette *palette,
                      cairo_t *cr)
{
  double gap = 0.5 * frame->letters.size;
  double end = frame->width - 2.0;
  double line_end = INFINITY;

  for (guint i = self->marks->len; i-- > 0;)
    {
      const FxuChartMark *mark = &g_array_index (self->marks, FxuChartMark, i);
      double x = fxu_chart_frame_get_x (frame, self, mark->x);
      double begin = 2.0;
      double left;
      char number[16];

      if (x < frame->left - 1.0 || x > frame->left + frame->across + 1.0)
        continue;
      if (line_end - x < LEAST_GAP)
        continue;
      draw_line (frame, x, palette, cr);
      line_end = x;
      if (frame->marks_baseline <= 0.0)
        continue;
      if (i > 0)
        begin =
          fxu_chart_frame_get_x (frame, self, g_array_index (self->marks, FxuChartMark, i - 1).x) +
          gap;
      g_snprintf (number, sizeof number, "%u", i + 1);
      left = draw_label (frame, mark->label, x, begin, end, cr);
      if (isnan (left))
        left = draw_label (frame, number, x, begin, end, cr);
      if (!isnan (left))
        end = left - gap;
    }
}
