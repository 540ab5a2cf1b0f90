/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"

#include <math.h>

/* Below these sizes in user units the parts are left out, so that the lines keep their room. */
#define LEAST_HEIGHT_FOR_TITLE   56.0
#define LEAST_HEIGHT_FOR_TICKS   72.0
#define LEAST_HEIGHT_FOR_LEGEND  100.0
#define LEAST_HEIGHT_FOR_MARKS   130.0
#define LEAST_HEIGHT_FOR_X_LABEL 150.0
#define LEAST_WIDTH_FOR_TEXT     80.0
#define LEGEND_SHARE             0.3 /* of the height at most */

/* A width for the series' readings that changes seldom. */
static const char *
get_template (const FxuChartSeries *series)
{
  if (series->line == FXU_LINE_STEPS)
    return "00";
  if (series->y_min_positive < 1e-3 || series->y_max >= 1e6)
    return series->y_min < 0.0 ? "−0.00×10⁻⁰⁰" : "0.00×10⁻⁰⁰";
  return series->y_min < 0.0 ? "−0.0000" : "0.0000";
}

static double
get_item_width (const FxuChartFrame *self, const FxuChartSeries *series)
{
  const FxuLettering *letters = &self->letters;
  double em = letters->size;
  double width = self->sample + 0.4 * em;

  width += fxu_lettering_measure (letters, FXU_FACE_SMALL, series->label) + 0.4 * em;
  return width + fxu_lettering_measure (letters, FXU_FACE_SMALL, get_template (series));
}

/* Fills the legend's rows from the left; returns how many it needs, and the widest row's width. */
static guint
flow_legend (FxuChartFrame *self, const FxuChart *chart, double width, double *used)
{
  double gap = 1.2 * self->letters.size;
  double x = 0.0;
  guint row = 0;

  g_array_set_size (self->legend, 0);
  *used = 0.0;
  for (guint i = 0; i < chart->series->len; i++)
    {
      const FxuChartSeries *series = fxu_chart_peek_series (chart, i);
      FxuLegendItem item = {.series = i};
      double item_width;

      if (!series->is_visible)
        continue;
      item_width = get_item_width (self, series);
      if (x > 0.0 && x + item_width > width)
        {
          x = 0.0;
          row++;
        }
      item.row = row;
      item.x = x;
      g_array_append_val (self->legend, item);
      *used = MAX (*used, x + item_width);
      x += item_width + gap;
    }
  return self->legend->len > 0 ? row + 1 : 0;
}

/* Drops what lies beyond @n_rows, and one more so that its place can tell how many are missing. */
static void
shorten_legend (FxuChartFrame *self, guint n_rows)
{
  guint n = self->legend->len;
  guint kept = 0;

  while (kept < n && g_array_index (self->legend, FxuLegendItem, kept).row < n_rows)
    kept++;
  if (kept == n)
    return;
  if (kept > 0)
    kept--;
  self->n_unlisted = n - kept;
  g_array_set_size (self->legend, MIN (kept + 1, n));
}

/* Title and legend share a row where they fit, else the legend has its own rows.  Returns the y
 * below both. */
static double
place_header (FxuChartFrame *self, const FxuChart *chart)
{
  const FxuLettering *letters = &self->letters;
  double em = letters->size;
  double y = self->pad;
  double inner = self->width - 2.0 * self->pad;
  double title_width, legend_width;
  guint n_rows, max_rows;

  if (self->height < LEAST_HEIGHT_FOR_TITLE || self->width < LEAST_WIDTH_FOR_TEXT)
    return y;
  self->title_baseline = y + letters->ascents[FXU_FACE_NORMAL];
  self->title_end = self->width - self->pad;
  title_width = fxu_lettering_measure (letters, FXU_FACE_BOLD, chart->title) + 0.7 * em +
                fxu_lettering_measure (letters, FXU_FACE_SMALL, chart->y_label) + 2.0 * em;
  y += self->row;
  if (self->height < LEAST_HEIGHT_FOR_LEGEND)
    return y;

  n_rows = flow_legend (self, chart, inner, &legend_width);
  if (n_rows == 0)
    return y;
  if (n_rows == 1 && title_width + legend_width <= inner)
    {
      self->legend_left = self->width - self->pad - legend_width;
      self->legend_top = self->pad;
      self->title_end = self->legend_left - em;
      return y;
    }
  max_rows = MAX (1, (guint)(self->height * LEGEND_SHARE / self->row));
  shorten_legend (self, max_rows);
  self->legend_left = self->pad;
  self->legend_top = y;
  return y + MIN (n_rows, max_rows) * self->row;
}

/* Room for the y labels; in coarse steps, so that the plot area does not move with each new label.
 */
static double
get_label_room (FxuChartFrame *self)
{
  double width = fxu_lettering_measure (&self->letters, FXU_FACE_SMALL, "0.00");
  double grain = 0.75 * self->letters.size;

  for (guint i = 0; i < self->n_y_ticks; i++)
    if (self->y_ticks[i].is_major)
      width =
        MAX (width, fxu_lettering_measure (&self->letters, FXU_FACE_SMALL, self->y_ticks[i].label));
  return ceil (width / grain) * grain + 0.5 * self->letters.size;
}

static void
place_footer (FxuChartFrame *self, double *bottom)
{
  const FxuLettering *letters = &self->letters;
  double small = fxu_lettering_get_height (letters, FXU_FACE_SMALL);

  if (self->width < LEAST_WIDTH_FOR_TEXT || self->height < LEAST_HEIGHT_FOR_TICKS)
    return;
  if (self->height >= LEAST_HEIGHT_FOR_X_LABEL)
    {
      self->x_label_baseline = *bottom - letters->descents[FXU_FACE_SMALL];
      *bottom -= small;
    }
  self->ticks_baseline = *bottom - letters->descents[FXU_FACE_SMALL];
  *bottom -= small + 0.35 * letters->size;
}

/* Step lines count something: no tick lies between two integers. */
static gboolean
has_step_lines_only (const FxuChart *chart)
{
  for (guint i = 0; i < chart->series->len; i++)
    if (fxu_chart_peek_series (chart, i)->line != FXU_LINE_STEPS)
      return FALSE;
  return chart->series->len > 0;
}

static void
make_ticks (FxuChartFrame *self, const FxuChart *chart)
{
  double em = self->letters.size;
  double widest = 5.0 * em;
  double n_wanted = CLAMP (self->down / (3.2 * em), 2.0, 8.0);

  if (has_step_lines_only (chart))
    n_wanted = MIN (n_wanted, MAX (2.0, chart->y.max - chart->y.min));
  self->n_y_ticks = fxu_scale_make_ticks (&chart->y, (guint)n_wanted, self->y_ticks);
  if (self->ticks_baseline > 0.0)
    {
      double right = self->left + self->across;

      self->left = ceil (self->pad + get_label_room (self));
      self->across = MAX (0.0, right - self->left);
    }
  self->n_x_ticks =
    fxu_scale_make_ticks (&chart->x, CLAMP (self->across / widest, 2, 10), self->x_ticks);
}

void
fxu_chart_frame_init (FxuChartFrame *self, const FxuChart *chart, double width, double height)
{
  double bottom;

  *self = (FxuChartFrame){.width = width, .height = height};
  fxu_lettering_init (&self->letters, fxu_lettering_choose_size (width, height));
  self->legend = g_array_new (FALSE, FALSE, sizeof (FxuLegendItem));
  self->pad = MIN (floor (0.7 * self->letters.size), MIN (width, height) / 12.0);
  self->row = ceil (fxu_lettering_get_height (&self->letters, FXU_FACE_NORMAL));
  self->sample = round (1.9 * self->letters.size);

  self->top = place_header (self, chart);
  bottom = height - self->pad;
  place_footer (self, &bottom);
  if (height >= LEAST_HEIGHT_FOR_MARKS && width >= LEAST_WIDTH_FOR_TEXT)
    {
      double small = fxu_lettering_get_height (&self->letters, FXU_FACE_SMALL);

      self->marks_baseline = self->top + 0.2 * self->row + self->letters.ascents[FXU_FACE_SMALL];
      self->top += 0.2 * self->row + small;
    }
  else if (self->title_baseline > 0.0)
    {
      self->top += 0.3 * self->letters.size;
    }
  self->top = ceil (self->top);
  self->down = MAX (0.0, floor (bottom) - self->top);
  self->left = ceil (self->pad);
  /* A little more on the right, where half of the last tick's label hangs over. */
  self->across = MAX (0.0, floor (width - 2.0 * self->pad) - self->left);
  make_ticks (self, chart);
}

void
fxu_chart_frame_clear (FxuChartFrame *self)
{
  fxu_lettering_clear (&self->letters);
  g_clear_pointer (&self->legend, g_array_unref);
}

double
fxu_chart_frame_get_x (const FxuChartFrame *self, const FxuChart *chart, double x)
{
  return self->left + self->across * fxu_scale_get_position (&chart->x, x);
}

double
fxu_chart_frame_get_y (const FxuChartFrame *self, const FxuChart *chart, double y)
{
  double position = fxu_scale_get_position (&chart->y, y);

  /* Not -1: what a logarithmic axis cannot show lies on its lower edge. */
  position = isinf (position) ? 0.0 : CLAMP (position, -1.0, 2.0);
  return self->top + self->down * (1.0 - position);
}

double
fxu_chart_x_at (const FxuChart *self, const FxuChartView *view, double px)
{
  g_auto (FxuChartFrame) frame = {0};
  double x;

  g_return_val_if_fail (self != NULL, NAN);
  g_return_val_if_fail (view != NULL, NAN);

  if (!self->has_points)
    return NAN;
  fxu_chart_frame_init (&frame, self, view->width, view->height);
  if (frame.across < 1.0)
    return self->x_last;
  x = fxu_scale_get_value (&self->x, (px - frame.left) / frame.across);
  return CLAMP (x, self->x_first, self->x_last);
}
