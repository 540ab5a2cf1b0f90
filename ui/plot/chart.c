/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
clear_series (gpointer data)
{
  FxuChartSeries *series = data;

  g_clear_pointer (&series->label, g_free);
  g_clear_pointer (&series->history, fxu_history_free);
}

static void
clear_mark (gpointer data)
{
  FxuChartMark *mark = data;

  g_clear_pointer (&mark->label, g_free);
}

FxuChart *
fxu_chart_new (const char *title, const char *x_label, const char *y_label)
{
  FxuChart *self = g_new0 (FxuChart, 1);

  self->title = g_strdup (title);
  self->x_label = g_strdup (x_label);
  self->y_label = g_strdup (y_label);
  self->empty_text = g_strdup (_ ("No data yet"));
  self->series = g_array_new (FALSE, FALSE, sizeof (FxuChartSeries));
  g_array_set_clear_func (self->series, clear_series);
  self->marks = g_array_new (FALSE, FALSE, sizeof (FxuChartMark));
  g_array_set_clear_func (self->marks, clear_mark);
  self->fixed_min = self->fixed_max = self->limit = NAN;
  self->x = self->y = (FxuScale){0.0, 1.0, FALSE};
  return self;
}

void
fxu_chart_free (FxuChart *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->x_label);
  g_free (self->y_label);
  g_free (self->empty_text);
  g_free (self->limit_label);
  g_array_unref (self->series);
  g_array_unref (self->marks);
  g_free (self);
}

const char *
fxu_chart_get_title (const FxuChart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

void
fxu_chart_set_title (FxuChart *self, const char *title)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (title != NULL);

  g_free (self->title);
  self->title = g_strdup (title);
}

void
fxu_chart_set_empty_text (FxuChart *self, const char *text)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  g_free (self->empty_text);
  self->empty_text = g_strdup (text);
}

/* Extrema of the visible series; FALSE if there is nothing this axis could show. */
static gboolean
get_extrema (const FxuChart *self, double *min, double *max)
{
  *min = INFINITY;
  *max = -INFINITY;
  for (guint i = 0; i < self->series->len; i++)
    {
      const FxuChartSeries *series = fxu_chart_peek_series (self, i);
      double pad;

      if (!series->is_visible || series->y_min > series->y_max)
        continue;
      /* Step lines lie side by side and need room beyond their values. */
      pad = series->line == FXU_LINE_STEPS && !self->log_y ? 0.5 : 0.0;
      *min = MIN (*min, self->log_y ? series->y_min_positive : series->y_min - pad);
      *max = MAX (*max, series->y_max + pad);
    }
  if (*min > *max)
    return FALSE;
  if (!isnan (self->limit) && (self->limit > 0.0 || !self->log_y))
    {
      *min = MIN (*min, self->limit);
      *max = MAX (*max, self->limit);
    }
  return TRUE;
}

/* The fixed range as far as this kind of axis can show it. */
static void
apply_fixed_range (FxuChart *self)
{
  double min, max;

  self->y = (FxuScale){self->fixed_min, self->fixed_max, self->log_y};
  if (!self->log_y || self->fixed_min > 0.0)
    return;
  if (self->fixed_max <= 0.0)
    self->y.max = 1.0;
  self->y.min = self->y.max * 1e-3;
  if (get_extrema (self, &min, &max) && min < self->y.max)
    self->y.min = fxu_scale_fit (min, self->y.max, TRUE).min;
}

/* Called by everything that changes data or settings, so that drawing itself changes nothing. */
static void
update_y (FxuChart *self)
{
  double min, max;

  if (!isnan (self->fixed_min))
    {
      apply_fixed_range (self);
      return;
    }
  if (!get_extrema (self, &min, &max))
    {
      if (!self->has_y || self->y.is_log != self->log_y)
        {
          self->y = (FxuScale){self->log_y ? 0.1 : 0.0, 1.0, self->log_y};
          self->has_y = FALSE;
        }
      return;
    }
  if (self->has_y && self->y.is_log == self->log_y)
    fxu_scale_follow (&self->y, min, max, self->is_held);
  else
    self->y = fxu_scale_fit (min, max, self->log_y);
  self->has_y = TRUE;
}

void
fxu_chart_set_log_y (FxuChart *self, gboolean log_y)
{
  g_return_if_fail (self != NULL);

  self->log_y = !!log_y;
  update_y (self);
}

gboolean
fxu_chart_get_log_y (const FxuChart *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->log_y;
}

void
fxu_chart_set_y_range (FxuChart *self, double min, double max)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (isfinite (min) && isfinite (max) && min < max);

  self->fixed_min = min;
  self->fixed_max = max;
  update_y (self);
}

void
fxu_chart_set_held (FxuChart *self, gboolean held)
{
  g_return_if_fail (self != NULL);

  self->is_held = !!held;
  update_y (self);
}

void
fxu_chart_set_limit (FxuChart *self, double y, const char *label)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (isnan (y) || (isfinite (y) && label != NULL));

  self->limit = y;
  g_clear_pointer (&self->limit_label, g_free);
  self->limit_label = g_strdup (isnan (y) ? NULL : label);
  update_y (self);
}

guint
fxu_chart_add_series (FxuChart *self, const char *label, FxuColor color, FxuLine line)
{
  FxuChartSeries series = {
    .color = color,
    .line = line,
    .is_visible = TRUE,
    .y_min = INFINITY,
    .y_max = -INFINITY,
    .y_min_positive = INFINITY,
  };

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (label != NULL, 0);

  series.label = g_strdup (label);
  series.history = fxu_history_new ();
  g_array_append_val (self->series, series);
  return self->series->len - 1;
}

static void
forget_axes (FxuChart *self)
{
  self->has_points = FALSE;
  self->x = (FxuScale){0.0, 1.0, FALSE};
  if (!self->is_held)
    self->has_y = FALSE;
  update_y (self);
}

void
fxu_chart_clear_series (FxuChart *self)
{
  g_return_if_fail (self != NULL);

  g_array_set_size (self->series, 0);
  g_array_set_size (self->marks, 0);
  forget_axes (self);
}

void
fxu_chart_clear_points (FxuChart *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->series->len; i++)
    {
      FxuChartSeries *series = &g_array_index (self->series, FxuChartSeries, i);

      fxu_history_clear (series->history);
      series->y_min = series->y_min_positive = INFINITY;
      series->y_max = -INFINITY;
      series->n_nonfinite = 0;
    }
  g_array_set_size (self->marks, 0);
  forget_axes (self);
}

void
fxu_chart_set_series_visible (FxuChart *self, guint series, gboolean visible)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (series < self->series->len);

  g_array_index (self->series, FxuChartSeries, series).is_visible = !!visible;
  update_y (self);
}

void
fxu_chart_set_series_look (FxuChart *self, guint series, const char *label, FxuColor color)
{
  FxuChartSeries *found;

  g_return_if_fail (self != NULL);
  g_return_if_fail (series < self->series->len);
  g_return_if_fail (label != NULL);

  found = &g_array_index (self->series, FxuChartSeries, series);
  g_free (found->label);
  found->label = g_strdup (label);
  found->color = color;
}

static void
update_x (FxuChart *self, double x)
{
  self->x_first = self->has_points ? MIN (self->x_first, x) : x;
  self->x_last = self->has_points ? MAX (self->x_last, x) : x;
  self->has_points = TRUE;
  if (x < self->x.min)
    self->x.min = -fxu_scale_round_up (-x);
  if (x > self->x.max || (self->x_last > 0.0 && self->x.max > fxu_scale_round_up (self->x_last)))
    self->x.max = fxu_scale_round_up (self->x_last);
}

void
fxu_chart_append (FxuChart *self, guint series, double x, double y)
{
  FxuChartSeries *line;
  double last;

  g_return_if_fail (self != NULL);
  g_return_if_fail (series < self->series->len);
  g_return_if_fail (isfinite (x));

  line = &g_array_index (self->series, FxuChartSeries, series);
  g_return_if_fail (!fxu_history_get_last (line->history, &last, NULL) || x >= last);

  fxu_history_append (line->history, x, y);
  update_x (self, x);
  if (!isfinite (y))
    {
      line->n_nonfinite++;
      return;
    }
  if (y > 0.0 && y < line->y_min_positive)
    line->y_min_positive = y;
  if (y < line->y_min || y > line->y_max || !self->has_y)
    {
      line->y_min = MIN (line->y_min, y);
      line->y_max = MAX (line->y_max, y);
      update_y (self);
    }
  else if (self->log_y && y == line->y_min_positive)
    {
      update_y (self);
    }
}

void
fxu_chart_add_mark (FxuChart *self, double x, const char *label)
{
  FxuChartMark mark = {.x = x};
  guint i;

  g_return_if_fail (self != NULL);
  g_return_if_fail (isfinite (x));
  g_return_if_fail (label != NULL);

  for (i = self->marks->len; i > 0; i--)
    if (g_array_index (self->marks, FxuChartMark, i - 1).x <= x)
      break;
  mark.label = g_strdup (label);
  g_array_insert_val (self->marks, i, mark);
}
