/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"
#include "plot/limit-line.h"

#include <math.h>

/* FALSE where the axis does not show it. */
static gboolean
find_limit (const FxuChart *self, const FxuChartFrame *frame, double *y)
{
  if (isnan (self->limit) || (self->log_y && self->limit <= 0.0))
    return FALSE;
  *y = floor (fxu_chart_frame_get_y (frame, self, self->limit)) + 0.5;
  return *y >= frame->top - 1.0 && *y <= frame->top + frame->down + 1.0;
}

void
fxu_chart_draw_limit (const FxuChart *self,
                      const FxuChartFrame *frame,
                      const FxuPalette *palette,
                      cairo_t *cr)
{
  double y;

  if (find_limit (self, frame, &y))
    fxu_limit_line_draw (cr, frame->left, frame->left + frame->across, y, palette);
}

void
fxu_chart_draw_limit_label (const FxuChart *self,
                            const FxuChartFrame *frame,
                            const FxuPalette *palette,
                            cairo_t *cr)
{
  double y;

  if (find_limit (self, frame, &y))
    fxu_limit_line_draw_label (&frame->letters,
                               cr,
                               self->limit_label,
                               frame->left,
                               frame->left + frame->across,
                               y,
                               frame->top,
                               palette);
}
