/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"

#include <math.h>

/* Long antialiased strokes cost far more than their parts. */
#define RUN_LENGTH 48

static double
get_line_width (const FxuChartFrame *frame)
{
  return CLAMP (0.145 * frame->letters.size, 1.5, 2.6);
}

/* Lengths of dash and gap in line widths; 0: solid. */
static guint
get_dashes (FxuLine line, double width, double dashes[2])
{
  if (line == FXU_LINE_DASHED)
    {
      dashes[0] = 3.6 * width;
      dashes[1] = 2.2 * width;
      return 2;
    }
  if (line == FXU_LINE_DOTTED)
    {
      dashes[0] = 1.2 * width;
      dashes[1] = 1.8 * width;
      return 2;
    }
  return 0;
}

void
fxu_chart_set_pen (const FxuChartFrame *frame, FxuLine line, cairo_t *cr)
{
  double width = get_line_width (frame);
  double dashes[2];
  guint n = get_dashes (line, width, dashes);

  cairo_set_line_width (cr, width);
  cairo_set_dash (cr, dashes, (int)n, 0.0);
  cairo_set_line_join (cr, line == FXU_LINE_STEPS ? CAIRO_LINE_JOIN_MITER : CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
}

/* A polyline under way. */
typedef struct
{
  cairo_t *cr;
  FxuLine line;
  double dashes[2];
  guint n_dashes;
  double dot;     /* radius of a point without neighbours */
  double x, y;    /* newest vertex */
  double length;  /* from the line's start */
  double stroked; /* length at the start of this run */
  guint n_in_run;
  guint n_in_line;
} Polyline;

static void
stroke_run (Polyline *self)
{
  cairo_set_dash (self->cr, self->dashes, (int)self->n_dashes, self->stroked);
  cairo_stroke (self->cr);
  self->stroked = self->length;
  self->n_in_run = 0;
}

static void
end_line (Polyline *self)
{
  if (self->n_in_line == 1)
    {
      cairo_new_path (self->cr);
      cairo_arc (self->cr, self->x, self->y, self->dot, 0.0, 2.0 * G_PI);
      cairo_fill (self->cr);
    }
  else if (self->n_in_line > 1)
    {
      stroke_run (self);
    }
  self->n_in_line = self->n_in_run = 0;
  self->length = self->stroked = 0.0;
}

static void
add_vertex (Polyline *self, double x, double y)
{
  if (self->n_in_line == 0)
    {
      cairo_move_to (self->cr, x, y);
    }
  else
    {
      if (self->n_in_run == 0)
        cairo_move_to (self->cr, self->x, self->y);
      cairo_line_to (self->cr, x, y);
      self->length += hypot (x - self->x, y - self->y);
    }
  self->n_in_line++;
  self->n_in_run++;
  self->x = x;
  self->y = y;
  if (self->n_in_run >= RUN_LENGTH)
    stroke_run (self);
}

/* A step line keeps its value up to the next point. */
static void
add_point (Polyline *self, double x, double y)
{
  if (self->line == FXU_LINE_STEPS && self->n_in_line > 0 && y != self->y)
    add_vertex (self, x, self->y);
  add_vertex (self, x, y);
}

static void
begin_polyline (Polyline *self, const FxuChartFrame *frame, FxuLine line, cairo_t *cr)
{
  double width = get_line_width (frame);

  *self = (Polyline){.cr = cr, .line = line, .dot = 1.2 * width};
  self->n_dashes = get_dashes (line, width, self->dashes);
  fxu_chart_set_pen (frame, line, cr);
}

/* What a logarithmic axis cannot show is flagged at its edge; a line drawn there would be a wall.
 */
static gboolean
can_show (const FxuChart *self, double y)
{
  return !self->log_y || y > 0.0;
}

static void
trace_points (const FxuChart *self,
              const FxuChartFrame *frame,
              const FxuChartSeries *series,
              double dodge,
              cairo_t *cr)
{
  gsize n = fxu_history_get_n_buckets (series->history);
  Polyline polyline;

  begin_polyline (&polyline, frame, series->line, cr);
  for (gsize i = 0; i < n; i++)
    {
      const FxuBucket *point = fxu_history_get_bucket (series->history, i);
      double x, y;

      if (point->n == 0 || !can_show (self, point->y_last))
        {
          end_line (&polyline);
          continue;
        }
      x = fxu_chart_frame_get_x (frame, self, point->x_first);
      y = fxu_chart_frame_get_y (frame, self, point->y_last) + dodge;
      add_point (&polyline, x, y);
    }
  end_line (&polyline);
}

/* What a series does within one pixel column, in user units. */
typedef struct
{
  int column;
  gboolean follows;   /* nothing but values that can be shown since the column before */
  double x;           /* of the last value */
  double top, bottom; /* extrema */
  double first, last, mean;
} Column;

/* Height of one of a bucket's values, or of their mean where it cannot be shown. */
static double
get_height (const FxuChart *self, const FxuChartFrame *frame, const FxuBucket *bucket, double y)
{
  return fxu_chart_frame_get_y (frame, self, can_show (self, y) ? y : bucket->y_mean);
}

static GArray *
collect_columns (const FxuChart *self,
                 const FxuChartFrame *frame,
                 const FxuHistory *history,
                 double dodge)
{
  GArray *columns = g_array_new (FALSE, FALSE, sizeof (Column));
  gboolean follows = FALSE;

  for (int i = 0; i <= (int)frame->across; i++)
    {
      double x0 = fxu_scale_get_value (&self->x, i / frame->across);
      double x1 = fxu_scale_get_value (&self->x, (i + 1) / frame->across);
      Column column = {.column = i, .follows = follows};
      FxuBucket bucket;

      if (!fxu_history_get_range (history, x0, x1, &bucket))
        continue;
      follows = bucket.n > 0 && can_show (self, bucket.y_max) && can_show (self, bucket.y_mean);
      if (!follows)
        continue;
      column.x = fxu_chart_frame_get_x (frame, self, bucket.x_last);
      column.top = get_height (self, frame, &bucket, bucket.y_max) + dodge;
      column.bottom = get_height (self, frame, &bucket, bucket.y_min) + dodge;
      column.first = get_height (self, frame, &bucket, bucket.y_first) + dodge;
      column.last = get_height (self, frame, &bucket, bucket.y_last) + dodge;
      column.mean = fxu_chart_frame_get_y (frame, self, bucket.y_mean) + dodge;
      g_array_append_val (columns, column);
    }
  return columns;
}

/* How far a column's values stray beside the way from its first to its last. */
static double
get_stray (const Column *self)
{
  return self->bottom - self->top - fabs (self->last - self->first);
}

static gboolean
is_smooth (const GArray *columns, double line_width)
{
  double stray = 0.0;

  for (guint i = 0; i < columns->len; i++)
    stray += get_stray (&g_array_index (columns, Column, i));
  return stray <= line_width * columns->len;
}

/* One vertex per column, and the extrema of the few that stray. */
static void
trace_smooth (const GArray *columns, const FxuChartFrame *frame, FxuLine line, cairo_t *cr)
{
  Polyline polyline;

  begin_polyline (&polyline, frame, line, cr);
  for (guint i = 0; i < columns->len; i++)
    {
      const Column *column = &g_array_index (columns, Column, i);

      if (!column->follows)
        {
          end_line (&polyline);
          add_point (&polyline, frame->left + column->column, column->first);
        }
      if (get_stray (column) > 1.0)
        {
          gboolean rises = column->last < column->first;

          add_vertex (&polyline, column->x, rises ? column->bottom : column->top);
          add_vertex (&polyline, column->x, rises ? column->top : column->bottom);
        }
      add_point (&polyline, column->x, column->last);
    }
  end_line (&polyline);
}

/* The way from one column's last value to a later one's first, over columns without data. */
static void
add_bridge (const Column *from, const Column *to, double left, cairo_t *cr)
{
  double n = to->column - from->column;
  double rise = to->first - from->last;

  for (int column = from->column + 1; column < to->column; column++)
    {
      double a = from->last + rise * (column - from->column - 0.5) / n;
      double b = from->last + rise * (column - from->column + 0.5) / n;

      cairo_rectangle (cr, left + column, MIN (a, b) - 0.5, 1.0, fabs (b - a) + 1.0);
    }
}

/* Rectangles on whole pixel columns, filled at once: their cost does not depend on the signal. */
static void
fill_band (const GArray *columns, const FxuChartFrame *frame, cairo_t *cr)
{
  for (guint i = 0; i < columns->len; i++)
    {
      const Column *column = &g_array_index (columns, Column, i);
      double top = column->top;
      double bottom = column->bottom;

      if (column->follows && i > 0)
        {
          add_bridge (column - 1, column, frame->left, cr);
          if (column[-1].column == column->column - 1)
            {
              top = MIN (top, column[-1].last);
              bottom = MAX (bottom, column[-1].last);
            }
        }
      cairo_rectangle (cr, frame->left + column->column, top - 0.5, 1.0, bottom - top + 1.0);
    }
  cairo_fill (cr);
}

static void
trace_means (const GArray *columns, const FxuChartFrame *frame, FxuLine line, cairo_t *cr)
{
  Polyline polyline;

  begin_polyline (&polyline, frame, line, cr);
  for (guint i = 0; i < columns->len; i++)
    {
      const Column *column = &g_array_index (columns, Column, i);

      if (!column->follows)
        end_line (&polyline);
      add_point (&polyline, frame->left + column->column + 0.5, column->mean);
    }
  end_line (&polyline);
}

/* As many points as pixel columns at most need no decimation. */
static gboolean
is_sparse (const FxuChartFrame *frame, const FxuHistory *history)
{
  gsize n = fxu_history_get_n_buckets (history);

  return n <= frame->across && n == fxu_history_get_n_points (history);
}

void
fxu_chart_trace_band (const FxuChart *self,
                      const FxuChartFrame *frame,
                      const FxuChartSeries *series,
                      cairo_t *cr)
{
  g_autoptr (GArray) columns = NULL;

  if (series->line == FXU_LINE_STEPS || is_sparse (frame, series->history))
    return;
  columns = collect_columns (self, frame, series->history, 0.0);
  if (!is_smooth (columns, get_line_width (frame)))
    fill_band (columns, frame, cr);
}

void
fxu_chart_trace_line (const FxuChart *self,
                      const FxuChartFrame *frame,
                      const FxuChartSeries *series,
                      double dodge,
                      cairo_t *cr)
{
  g_autoptr (GArray) columns = NULL;

  if (is_sparse (frame, series->history))
    {
      trace_points (self, frame, series, dodge, cr);
      return;
    }
  columns = collect_columns (self, frame, series->history, dodge);
  if (series->line == FXU_LINE_STEPS || is_smooth (columns, get_line_width (frame)))
    trace_smooth (columns, frame, series->line, cr);
  else
    trace_means (columns, frame, series->line, cr);
}
