/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/weight-bars-data.h"
#include "plot/scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Bins on each side that the greatest weight is about to fill, and the most there may ever be. */
#define HALF_WANTED 32
#define HALF_MAX    512

FxuWeightBars *
fxu_weight_bars_new (const char *empty_text)
{
  FxuWeightBars *self = g_new0 (FxuWeightBars, 1);

  self->empty_text = g_strdup (empty_text);
  return self;
}

static void
clear (FxuWeightBars *self)
{
  g_clear_pointer (&self->title, g_free);
  g_clear_pointer (&self->shares[0], g_free);
  g_clear_pointer (&self->shares[1], g_free);
  self->n = 0;
  self->half = 0;
  self->bin_width = self->zeros = 0.0;
}

void
fxu_weight_bars_free (FxuWeightBars *self)
{
  if (self == NULL)
    return;
  clear (self);
  g_free (self->empty_text);
  g_free (self);
}

static double
find_greatest (const double *values, gsize n)
{
  double greatest = 0.0;

  for (gsize i = 0; i < n; i++)
    if (isfinite (values[i]))
      greatest = MAX (greatest, fabs (values[i]));
  return greatest;
}

/* What lies beyond the outermost bin is counted in it; half of a bin's width belongs to the one
 * that is further from zero, so that both signs are counted alike. */
static guint
find_bin (const FxuWeightBars *self, double value)
{
  double bin = floor (fabs (value) / self->bin_width + 0.5);
  guint from_zero = (guint)MIN (bin, (double)self->half);

  return value < 0.0 ? self->half - from_zero : self->half + from_zero;
}

static void
count (FxuWeightBars *self, const double *values, gboolean after)
{
  double *shares = g_new0 (double, 2 * self->half + 1);
  gsize n_zeros = 0;

  for (gsize i = 0; i < self->n; i++)
    if (isfinite (values[i]))
      {
        shares[find_bin (self, values[i])] += 1.0;
        n_zeros += values[i] == 0.0;
      }
  for (guint bin = 0; bin <= 2 * self->half; bin++)
    shares[bin] /= (double)self->n;
  self->shares[after] = shares;
  if (after)
    self->zeros = (double)n_zeros / (double)self->n;
}

/* The bin around zero may tower above all others after a conversion; it does not count, and is cut
 * off where it is drawn. */
static double
find_height (const FxuWeightBars *self, gboolean after)
{
  double greatest = 0.0;

  for (guint bin = 0; bin <= 2 * self->half; bin++)
    if (bin != self->half || !after)
      greatest = MAX (greatest, self->shares[after][bin]);
  return greatest > 0.0 ? greatest : 1.0;
}

void
fxu_weight_bars_set (FxuWeightBars *self,
                     const char *title,
                     const double *before,
                     const double *after,
                     gsize n)
{
  double greatest;

  g_return_if_fail (self != NULL);
  g_return_if_fail (n == 0 || (title != NULL && before != NULL && after != NULL));

  clear (self);
  if (n == 0)
    return;
  self->title = g_strdup (title);
  self->n = n;
  greatest = find_greatest (before, n);
  self->bin_width = greatest > 0.0 ? fxu_scale_round_up (greatest / HALF_WANTED) : 1.0;
  greatest = MAX (greatest, find_greatest (after, n));
  self->half = (guint)CLAMP (ceil (greatest / self->bin_width - 0.5), 1, HALF_MAX);
  count (self, before, FALSE);
  count (self, after, TRUE);
  self->greatest[0] = find_height (self, FALSE);
  self->greatest[1] = find_height (self, TRUE);
}

double
fxu_weight_bars_get_bin_width (const FxuWeightBars *self)
{
  g_return_val_if_fail (self != NULL, 0.0);

  return self->n > 0 ? self->bin_width : 0.0;
}

guint
fxu_weight_bars_get_n_bins (const FxuWeightBars *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n > 0 ? 2 * self->half + 1 : 0;
}

double
fxu_weight_bars_get_share (const FxuWeightBars *self, guint bin, gboolean after)
{
  g_return_val_if_fail (self != NULL && bin < fxu_weight_bars_get_n_bins (self), 0.0);

  return self->shares[!!after][bin];
}

double
fxu_weight_bars_get_zeros (const FxuWeightBars *self)
{
  g_return_val_if_fail (self != NULL, 0.0);

  return self->zeros;
}

char *
fxu_weight_bars_describe_bin (const FxuWeightBars *self, guint bin)
{
  g_autofree char *middle = NULL;

  g_return_val_if_fail (self != NULL && bin < fxu_weight_bars_get_n_bins (self), NULL);

  middle = fxu_scale_format_reading (((double)bin - self->half) * self->bin_width);
  /* translators: of one bin of a histogram: the middle of it, and two shares in percent */
  return g_strdup_printf (_ ("around %s: %.2f %% before, %.2f %% after"),
                          middle,
                          100.0 * self->shares[0][bin],
                          100.0 * self->shares[1][bin]);
}

char *
fxu_weight_bars_describe (const FxuWeightBars *self)
{
  g_autofree char *width = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->n == 0)
    return g_strdup (self->empty_text);
  width = fxu_scale_format_reading (self->bin_width);
  /* translators: %s is which layer; a number of weights; the width of a bin; a share in percent */
  return g_strdup_printf (_ ("%s: %u weights in bins of %s; %.1f %% exactly zero after"),
                          self->title,
                          (guint)self->n,
                          width,
                          100.0 * self->zeros);
}
