/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart-frame.h"

#include <glib/gi18n-lib.h>
#include <math.h>

guint
fxu_chart_find_mark (const FxuChart *self, double x, double reach)
{
  guint found = 0;

  for (guint i = 0; i < self->marks->len; i++)
    {
      double distance = fabs (g_array_index (self->marks, FxuChartMark, i).x - x);

      if (distance <= reach)
        {
          reach = distance;
          found = i + 1;
        }
    }
  return found;
}

const FxuBucket *
fxu_chart_series_peek_at (const FxuChartSeries *self, double x)
{
  gsize n = fxu_history_get_n_buckets (self->history);
  const FxuBucket *before, *after;
  gsize i;

  if (n == 0)
    return NULL;
  i = fxu_history_find (self->history, x);
  before = fxu_history_get_bucket (self->history, i);
  if (i + 1 == n || x <= before->x_last || self->line == FXU_LINE_STEPS)
    return before;
  after = fxu_history_get_bucket (self->history, i + 1);
  return after->x_first - x < x - before->x_last ? after : before;
}

/* "fixed 0.123, float 0.120", at @x or the newest if that is NaN. */
static void
append_readings (const FxuChart *self, double x, GString *text)
{
  const char *separator = "";

  for (guint i = 0; i < self->series->len; i++)
    {
      const FxuChartSeries *series = fxu_chart_peek_series (self, i);
      const FxuBucket *bucket;
      g_autofree char *reading = NULL;

      bucket = fxu_chart_series_peek_at (series, isnan (x) ? INFINITY : x);
      if (!series->is_visible || bucket == NULL)
        continue;
      reading = fxu_scale_format_reading (bucket->n > 0 ? bucket->y_last : NAN);
      g_string_append_printf (text, "%s%s %s", separator, series->label, reading);
      separator = ", ";
    }
}

/* "3 values not finite", or NULL. */
static char *
describe_nonfinite (const FxuChart *self)
{
  g_autofree char *count = NULL;
  guint64 n = 0;

  for (guint i = 0; i < self->series->len; i++)
    if (fxu_chart_peek_series (self, i)->is_visible)
      n += fxu_chart_peek_series (self, i)->n_nonfinite;
  if (n == 0)
    return NULL;
  count = g_strdup_printf ("%" G_GUINT64_FORMAT, n);
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "%s value not finite",
                                       "%s values not finite",
                                       (gulong)MIN (n, G_MAXLONG)),
                          count);
}

char *
fxu_chart_describe (const FxuChart *self)
{
  g_autoptr (GString) readings = g_string_new (NULL);
  g_autofree char *x = NULL;
  g_autofree char *nonfinite = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (!self->has_points)
    return g_strdup_printf ("%s: %s", self->title, self->empty_text);
  append_readings (self, NAN, readings);
  x = fxu_scale_format_reading (self->x_last);
  nonfinite = describe_nonfinite (self);
  if (nonfinite != NULL)
    /* translators: chart title, readings, name of the x axis, position on it, what is amiss */
    return g_strdup_printf (_ ("%s: %s at %s %s; %s"),
                            self->title,
                            readings->str,
                            self->x_label,
                            x,
                            nonfinite);
  /* translators: "Loss: fixed 0.123, float 0.120 at epoch 41" */
  return g_strdup_printf (_ ("%s: %s at %s %s"), self->title, readings->str, self->x_label, x);
}

char *
fxu_chart_describe_at (const FxuChart *self, double x)
{
  g_autoptr (GString) readings = g_string_new (NULL);
  g_autofree char *position = NULL;
  guint mark;

  g_return_val_if_fail (self != NULL, NULL);

  if (!self->has_points || isnan (x))
    return fxu_chart_describe (self);
  append_readings (self, x, readings);
  position = fxu_scale_format_reading (x);
  mark = fxu_chart_find_mark (self, x, (self->x.max - self->x.min) * 0.005);
  if (mark > 0)
    /* translators: chart title, readings, name of the x axis, position on it, what changed there */
    return g_strdup_printf (_ ("%s: %s at %s %s (%s)"),
                            self->title,
                            readings->str,
                            self->x_label,
                            position,
                            g_array_index (self->marks, FxuChartMark, mark - 1).label);
  return g_strdup_printf (_ ("%s: %s at %s %s"),
                          self->title,
                          readings->str,
                          self->x_label,
                          position);
}
