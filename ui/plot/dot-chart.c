/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/dot-chart-data.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define HEADROOM 1.05

FxuDotChart *
fxu_dot_chart_new (const char *title, const char *y_label)
{
  FxuDotChart *self = g_new0 (FxuDotChart, 1);

  self->title = g_strdup (title);
  self->y_label = g_strdup (y_label);
  self->empty_text = g_strdup (_ ("No data yet"));
  self->limit = self->reference = NAN;
  self->from_zero = TRUE;
  self->places = g_new0 (char *, 1);
  self->kinds = g_ptr_array_new_with_free_func (g_free);
  self->is_empty = TRUE;
  self->y = (FxuScale){0.0, 1.0, FALSE};
  return self;
}

void
fxu_dot_chart_free (FxuDotChart *self)
{
  if (self == NULL)
    return;
  g_free (self->title);
  g_free (self->y_label);
  g_free (self->empty_text);
  g_free (self->limit_label);
  g_free (self->reference_label);
  g_strfreev (self->places);
  g_ptr_array_unref (self->kinds);
  g_free (self->values);
  g_free (self);
}

const char *
fxu_dot_chart_get_title (const FxuDotChart *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->title;
}

guint
fxu_dot_chart_get_n_places (const FxuDotChart *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_places;
}

void
fxu_dot_chart_set_empty_text (FxuDotChart *self, const char *text)
{
  g_return_if_fail (self != NULL && text != NULL);

  g_free (self->empty_text);
  self->empty_text = g_strdup (text);
}

/* Takes in a line's height, where there is one that the axis can show. */
static void
take_in (const FxuDotChart *self, double height, double *min, double *max)
{
  if (isnan (height) || (height <= 0.0 && self->log_y))
    return;
  *min = MIN (*min, height);
  *max = MAX (*max, height);
}

/* The axis takes in all values, the limit and the reference; without values there is none. */
static void
update_y (FxuDotChart *self)
{
  double min = INFINITY, max = -INFINITY;

  for (gsize i = 0; i < (gsize)self->n_places * self->kinds->len; i++)
    {
      double value = self->values[i];

      if (!isfinite (value) || (self->log_y && value <= 0.0))
        continue;
      min = MIN (min, value);
      max = MAX (max, value);
    }
  self->is_empty = min > max;
  if (self->is_empty)
    return;
  take_in (self, self->limit, &min, &max);
  take_in (self, self->reference, &min, &max);
  /* Stems of a linear axis begin at zero, and its greatest marker keeps off the legend. */
  if (self->log_y || !self->from_zero)
    self->y = fxu_scale_fit (min, max, self->log_y);
  else
    self->y = fxu_scale_fit (MIN (min, 0.0), MAX (HEADROOM * max, 0.0), FALSE);
}

void
fxu_dot_chart_set_log_y (FxuDotChart *self, gboolean log_y)
{
  g_return_if_fail (self != NULL);

  self->log_y = !!log_y;
  update_y (self);
}

void
fxu_dot_chart_set_joined (FxuDotChart *self, gboolean joined)
{
  g_return_if_fail (self != NULL);

  self->is_joined = !!joined;
}

void
fxu_dot_chart_set_from_zero (FxuDotChart *self, gboolean from_zero)
{
  g_return_if_fail (self != NULL);

  self->from_zero = !!from_zero;
  update_y (self);
}

static void
forget_values (FxuDotChart *self)
{
  gsize n = (gsize)self->n_places * self->kinds->len;

  g_free (self->values);
  self->values = g_new (double, n);
  for (gsize i = 0; i < n; i++)
    self->values[i] = NAN;
  update_y (self);
}

void
fxu_dot_chart_set_places (FxuDotChart *self, const char *const *names)
{
  g_return_if_fail (self != NULL && names != NULL);

  g_strfreev (self->places);
  self->places = g_strdupv ((char **)names);
  self->n_places = g_strv_length (self->places);
  forget_values (self);
}

guint
fxu_dot_chart_add_kind (FxuDotChart *self, const char *label)
{
  g_return_val_if_fail (self != NULL && label != NULL, 0);

  g_ptr_array_add (self->kinds, g_strdup (label));
  forget_values (self);
  return self->kinds->len - 1;
}

void
fxu_dot_chart_set_value (FxuDotChart *self, guint place, guint kind, double value)
{
  g_return_if_fail (self != NULL && place < self->n_places && kind < self->kinds->len);

  self->values[place * self->kinds->len + kind] = value;
  update_y (self);
}

double
fxu_dot_chart_get_value (const FxuDotChart *self, guint place, guint kind)
{
  g_return_val_if_fail (self != NULL && place < self->n_places && kind < self->kinds->len, NAN);

  return self->values[place * self->kinds->len + kind];
}

gboolean
fxu_dot_chart_has_kind (const FxuDotChart *self, guint kind)
{
  for (guint place = 0; place < self->n_places; place++)
    if (!isnan (fxu_dot_chart_get_value (self, place, kind)))
      return TRUE;
  return FALSE;
}

void
fxu_dot_chart_set_limit (FxuDotChart *self, double limit, const char *label)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (isnan (limit) || label != NULL);

  self->limit = limit;
  g_clear_pointer (&self->limit_label, g_free);
  self->limit_label = g_strdup (isnan (limit) ? NULL : label);
  update_y (self);
}

void
fxu_dot_chart_set_reference (FxuDotChart *self, double reference, const char *label)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (isnan (reference) || label != NULL);

  self->reference = reference;
  g_clear_pointer (&self->reference_label, g_free);
  self->reference_label = g_strdup (isnan (reference) ? NULL : label);
  update_y (self);
}

char *
fxu_dot_chart_describe_place (const FxuDotChart *self, guint place)
{
  g_autoptr (GString) text = NULL;
  gboolean any = FALSE;

  g_return_val_if_fail (self != NULL && place < self->n_places, NULL);

  text = g_string_new (self->places[place]);
  for (guint kind = 0; kind < self->kinds->len; kind++)
    {
      double value = fxu_dot_chart_get_value (self, place, kind);
      g_autofree char *reading = NULL;

      if (isnan (value))
        continue;
      reading = fxu_scale_format_reading (value);
      g_string_append_printf (text,
                              "%s %s %s",
                              any ? "," : ":",
                              (char *)g_ptr_array_index (self->kinds, kind),
                              reading);
      any = TRUE;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
fxu_dot_chart_describe (const FxuDotChart *self)
{
  g_autoptr (GString) text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->is_empty)
    return g_strdup_printf ("%s: %s", self->title, self->empty_text);
  text = g_string_new (self->title);
  for (guint place = 0; place < self->n_places; place++)
    {
      g_autofree char *part = fxu_dot_chart_describe_place (self, place);

      g_string_append_printf (text, "%s %s", place == 0 ? ":" : ";", part);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}
