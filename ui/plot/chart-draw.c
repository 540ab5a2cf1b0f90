/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"
#include "plot/ink.h"

#include <math.h>

#define LEAST_GRID_GAP 4.0 /* between minor gridlines, in user units */
#define LEAST_FLAG_GAP 8.0 /* between two triangles of one series, in user units */
#define BAND_ALPHA     0.3 /* of a noisy series' columns */
#define DODGE          2.5 /* between step lines that would hide each other, in user units */
#define DODGE_MAX      9.0 /* of all of them together */

static void
draw_grid (const FxuChartFrame *frame, const FxuChart *self, const FxuPalette *palette, cairo_t *cr)
{
  FxuColor grid = palette->hues[FXU_HUE_GRID];
  double last = INFINITY;

  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i < frame->n_y_ticks; i++)
    {
      const FxuTick *tick = &frame->y_ticks[i];
      double y = floor (fxu_chart_frame_get_y (frame, self, tick->value)) + 0.5;

      if (!tick->is_major && last - y < LEAST_GRID_GAP)
        continue;
      last = y;
      grid.alpha = tick->is_major ? 1.0 : 0.45;
      fxu_ink_set_color (cr, grid);
      cairo_move_to (cr, frame->left, y);
      cairo_line_to (cr, frame->left + frame->across, y);
      cairo_stroke (cr);
    }
  grid.alpha = 0.6;
  fxu_ink_set_color (cr, grid);
  for (guint i = 0; i < frame->n_x_ticks; i++)
    {
      double x = floor (fxu_chart_frame_get_x (frame, self, frame->x_ticks[i].value)) + 0.5;

      cairo_move_to (cr, x, frame->top);
      cairo_line_to (cr, x, frame->top + frame->down);
    }
  cairo_stroke (cr);
}

static void
draw_tick_labels (const FxuChartFrame *frame,
                  const FxuChart *self,
                  const FxuPalette *palette,
                  cairo_t *cr)
{
  const FxuLettering *letters = &frame->letters;
  double em = letters->size;
  double below = INFINITY; /* y of the label drawn last */
  double taken = -INFINITY;

  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  for (guint i = 0; i < frame->n_y_ticks; i++)
    {
      double y = fxu_chart_frame_get_y (frame, self, frame->y_ticks[i].value);

      if (!frame->y_ticks[i].is_major || below - y < 1.05 * em)
        continue;
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          frame->y_ticks[i].label,
                          frame->left - 0.45 * em,
                          y + 0.32 * em,
                          1.0,
                          INFINITY);
      below = y;
    }
  for (guint i = 0; i < frame->n_x_ticks; i++)
    {
      const char *label = frame->x_ticks[i].label;
      double half = fxu_lettering_measure (letters, FXU_FACE_SMALL, label) / 2.0;
      double x = fxu_chart_frame_get_x (frame, self, frame->x_ticks[i].value);

      x = MIN (x, frame->width - 1.0 - half);
      if (x - half < taken)
        continue;
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          label,
                          x,
                          frame->ticks_baseline,
                          0.5,
                          INFINITY);
      taken = x + half + 0.6 * em;
    }
}

static void
draw_axes (const FxuChartFrame *frame, const FxuChart *self, const FxuPalette *palette, cairo_t *cr)
{
  double bottom = frame->top + frame->down;

  draw_grid (frame, self, palette, cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  cairo_set_line_width (cr, 1.0);
  cairo_move_to (cr, frame->left, bottom + 0.5);
  cairo_line_to (cr, frame->left + frame->across, bottom + 0.5);
  cairo_stroke (cr);
  if (frame->ticks_baseline > 0.0)
    draw_tick_labels (frame, self, palette, cr);
  if (frame->x_label_baseline > 0.0)
    fxu_lettering_draw (&frame->letters,
                        cr,
                        FXU_FACE_SMALL,
                        self->x_label,
                        frame->left + frame->across / 2.0,
                        frame->x_label_baseline,
                        0.5,
                        frame->across);
}

/* Title and unit; under the reading line its position takes the unit's place, so that nothing
 * moves. */
static void
draw_title (const FxuChartFrame *frame,
            const FxuChart *self,
            double cursor_x,
            const FxuPalette *palette,
            cairo_t *cr)
{
  const FxuLettering *letters = &frame->letters;
  double x = frame->pad;
  g_autofree char *reading = NULL;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  x += fxu_lettering_draw (letters,
                           cr,
                           FXU_FACE_BOLD,
                           self->title,
                           x,
                           frame->title_baseline,
                           0.0,
                           frame->title_end - x);
  x += 0.7 * letters->size;
  if (isnan (cursor_x))
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      reading = g_strdup (self->y_label);
    }
  else
    {
      g_autofree char *position = fxu_scale_format_reading (cursor_x);
      guint mark = fxu_chart_find_mark (self, cursor_x, (self->x.max - self->x.min) * 0.005);

      reading = mark == 0
                  ? g_strdup_printf ("%s %s", self->x_label, position)
                  : g_strdup_printf ("%s %s · %u: %s",
                                     self->x_label,
                                     position,
                                     mark,
                                     g_array_index (self->marks, FxuChartMark, mark - 1).label);
    }
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      reading,
                      x,
                      frame->title_baseline,
                      0.0,
                      frame->title_end - x);
}

static void
add_triangle (cairo_t *cr, double x, double y, double height)
{
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x - 0.7 * fabs (height), y + height);
  cairo_line_to (cr, x + 0.7 * fabs (height), y + height);
  cairo_close_path (cr);
}

/* Triangles for what the axis cannot show: upwards at the top edge for NaN and infinity, downwards
 * at the lower edge for values not above zero on a logarithmic axis. */
static void
draw_flags (const FxuChartFrame *frame,
            const FxuChart *self,
            const FxuChartSeries *series,
            cairo_t *cr)
{
  double size = 0.55 * frame->letters.size;
  double bottom = frame->top + frame->down;
  double last_top = -INFINITY;
  double last_bottom = -INFINITY;
  gboolean below = self->log_y && series->y_min <= 0.0;
  gsize n;

  if (series->n_nonfinite == 0 && !below)
    return;
  n = fxu_history_get_n_buckets (series->history);
  for (gsize i = 0; i < n; i++)
    {
      const FxuBucket *bucket = fxu_history_get_bucket (series->history, i);
      double x = fxu_chart_frame_get_x (frame, self, bucket->x_last);

      if (bucket->n_nonfinite > 0 && x - last_top >= LEAST_FLAG_GAP)
        {
          add_triangle (cr, x, frame->top, size);
          last_top = x;
        }
      if (below && bucket->n > 0 && bucket->y_min <= 0.0 && x - last_bottom >= LEAST_FLAG_GAP)
        {
          add_triangle (cr, x, bottom, -size);
          last_bottom = x;
        }
    }
  cairo_fill (cr);
}

static guint
count_step_lines (const FxuChart *self)
{
  guint n = 0;

  for (guint i = 0; i < self->series->len; i++)
    if (fxu_chart_peek_series (self, i)->is_visible &&
        fxu_chart_peek_series (self, i)->line == FXU_LINE_STEPS)
      n++;
  return n;
}

/* The bands of all series lie under all lines, or a noisy one would hide the others. */
static void
draw_bands (const FxuChartFrame *frame,
            const FxuChart *self,
            const FxuPalette *palette,
            cairo_t *cr)
{
  for (guint i = 0; i < self->series->len; i++)
    {
      const FxuChartSeries *series = fxu_chart_peek_series (self, i);
      FxuColor color = fxu_palette_adapt (palette, series->color);

      color.alpha *= BAND_ALPHA;
      fxu_ink_set_color (cr, color);
      if (series->is_visible)
        fxu_chart_trace_band (self, frame, series, cr);
    }
}

static void
draw_lines (const FxuChartFrame *frame,
            const FxuChart *self,
            const FxuPalette *palette,
            cairo_t *cr)
{
  guint n_steps = count_step_lines (self);
  double apart = n_steps > 1 ? MIN (DODGE, DODGE_MAX / (n_steps - 1)) : 0.0;
  double dodge = -apart * (n_steps - 1.0) / 2.0;

  for (guint i = 0; i < self->series->len; i++)
    {
      const FxuChartSeries *series = fxu_chart_peek_series (self, i);
      gboolean is_steps = series->line == FXU_LINE_STEPS;

      if (!series->is_visible)
        continue;
      fxu_ink_set_color (cr, fxu_palette_adapt (palette, series->color));
      fxu_chart_trace_line (self, frame, series, is_steps ? dodge : 0.0, cr);
      draw_flags (frame, self, series, cr);
      if (is_steps)
        dodge += apart;
    }
}

static void
draw_data (const FxuChartFrame *frame, const FxuChart *self, const FxuPalette *palette, cairo_t *cr)
{
  cairo_save (cr);
  cairo_rectangle (cr, frame->left, frame->top - 2.0, frame->across + 2.0, frame->down + 4.0);
  cairo_clip (cr);
  draw_bands (frame, self, palette, cr);
  draw_lines (frame, self, palette, cr);
  cairo_restore (cr);
}

static void
draw_reading_line (const FxuChartFrame *frame,
                   const FxuChart *self,
                   double cursor_x,
                   const FxuPalette *palette,
                   cairo_t *cr)
{
  double x = floor (fxu_chart_frame_get_x (frame, self, cursor_x)) + 0.5;
  double radius = 0.28 * frame->letters.size;

  if (x < frame->left - 1.0 || x > frame->left + frame->across + 1.0)
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  cairo_set_line_width (cr, 1.0);
  cairo_move_to (cr, x, frame->top);
  cairo_line_to (cr, x, frame->top + frame->down);
  cairo_stroke (cr);
  for (guint i = 0; i < self->series->len; i++)
    {
      const FxuChartSeries *series = fxu_chart_peek_series (self, i);
      const FxuBucket *bucket = fxu_chart_series_peek_at (series, cursor_x);
      double y;

      if (!series->is_visible || bucket == NULL || bucket->n == 0)
        continue;
      y = fxu_chart_frame_get_y (frame, self, bucket->y_last);
      if (y < frame->top - 1.0 || y > frame->top + frame->down + 1.0)
        continue;
      cairo_arc (cr, x, y, radius, 0.0, 2.0 * G_PI);
      fxu_ink_set_color (cr, fxu_palette_adapt (palette, series->color));
      cairo_fill_preserve (cr);
      fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
      cairo_stroke (cr);
    }
}

void
fxu_chart_draw (const FxuChart *self,
                cairo_t *cr,
                const FxuChartView *view,
                const FxuPalette *palette)
{
  g_auto (FxuChartFrame) frame = {0};

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (view != NULL);
  g_return_if_fail (palette != NULL);

  if (!(view->width > 0.0 && view->height > 0.0))
    return;
  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, view->width, view->height);
  cairo_clip (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_paint (cr);
  fxu_chart_frame_init (&frame, self, view->width, view->height);
  if (frame.title_baseline > 0.0)
    draw_title (&frame, self, self->has_points ? view->cursor_x : NAN, palette, cr);
  if (frame.across >= 2.0 && frame.down >= 2.0 && self->has_points)
    {
      draw_axes (&frame, self, palette, cr);
      fxu_chart_draw_marks (self, &frame, palette, cr);
      fxu_chart_draw_limit (self, &frame, palette, cr);
      draw_data (&frame, self, palette, cr);
      fxu_chart_draw_limit_label (self, &frame, palette, cr);
      if (!isnan (view->cursor_x))
        draw_reading_line (&frame, self, view->cursor_x, palette, cr);
      fxu_chart_draw_legend (self, &frame, view->cursor_x, palette, cr);
    }
  else if (frame.title_baseline > 0.0)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame.letters,
                          cr,
                          FXU_FACE_NORMAL,
                          self->empty_text,
                          view->width / 2.0,
                          view->height / 2.0,
                          0.5,
                          view->width - 8.0);
    }
  if (view->focused)
    fxu_ink_draw_focus_ring (cr, view->width, view->height, palette);
  cairo_restore (cr);
}
