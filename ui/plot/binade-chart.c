/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-frame.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#define MARGIN       1   /* binades beside what is shown */
#define LEAST_SPAN   14  /* binades shown at least */
#define MIN_FILL     0.5 /* what fills less of an axis gets a new one */
#define FINE_COUNT   1000000
#define DEFAULT_LOW  (-12)
#define DEFAULT_HIGH 4

FxuBinadeChart *
fxu_binade_chart_new (void)
{
  FxuBinadeChart *self = g_new0 (FxuBinadeChart, 1);

  self->low = DEFAULT_LOW;
  self->high = DEFAULT_HIGH;
  self->greatest = 1.0;
  self->has_below = TRUE;
  return self;
}

void
fxu_binade_chart_free (FxuBinadeChart *self)
{
  g_free (self);
}

gboolean
fxu_window_move (FxpQuantizer *quantizer, FxuWindowPart part, int binades)
{
  FxpFormat *format = &quantizer->format;
  int word = format->word_bits;
  int frac = format->frac_bits;

  if (fxp_format_is_float (*format) || part == FXU_WINDOW_NONE)
    return FALSE;
  switch (part)
    {
    case FXU_WINDOW_STEP:
      /* One limit serves both members, or the range would move at the end of the way. */
      binades = CLAMP (binades,
                       MAX (word - FXP_WORD_BITS_MAX, frac - FXP_FRAC_BITS_MAX),
                       MIN (word - 1, frac - FXP_FRAC_BITS_MIN));
      word -= binades;
      frac -= binades;
      break;
    case FXU_WINDOW_RANGE:
      word = CLAMP (word + binades, 1, FXP_WORD_BITS_MAX);
      break;
    case FXU_WINDOW_BODY:
      frac = CLAMP (frac - binades, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
      break;
    case FXU_WINDOW_NONE:
    default:
      break;
    }
  if (word == format->word_bits && frac == format->frac_bits)
    return FALSE;
  format->word_bits = (guint8)word;
  format->frac_bits = (gint8)frac;
  return TRUE;
}

gboolean
fxu_binade_chart_get_window (const FxuBinadeChart *self, int *step, int *range)
{
  FxpFormat format = self->quantizer.format;

  if (!self->has_quantizer || fxp_format_is_float (format))
    return FALSE;
  *step = -format.frac_bits;
  *range = format.word_bits - (format.is_signed ? 1 : 0) - format.frac_bits;
  return TRUE;
}

/* The engine predicts whole histograms; one of a single binade tells what becomes of that. */
static void
predict (FxuBinadeChart *self)
{
  g_autofree FxpStatistics *single = g_new (FxpStatistics, 1);

  memset (self->fates, 0, sizeof self->fates);
  self->would_be = (FxpQuantizeCounts){0};
  if (!self->has_statistics || !self->has_quantizer)
    return;
  fxp_statistics_predict (&self->statistics, &self->quantizer, &self->would_be);
  fxp_statistics_clear (single);
  for (guint sign = 0; sign < 2; sign++)
    for (guint bin = 0; bin < FXP_N_BINADES; bin++)
      {
        FxpQuantizeCounts counts;

        if (self->statistics.binades[sign][bin] == 0)
          continue;
        single->binades[sign][bin] = FINE_COUNT;
        fxp_statistics_predict (single, &self->quantizer, &counts);
        single->binades[sign][bin] = 0;
        self->fates[sign][bin].over = (double)counts.n_overflowed / FINE_COUNT;
        self->fates[sign][bin].under = (double)counts.n_underflowed / FINE_COUNT;
      }
}

/* Exponents that values or window take up; FALSE if nothing does. */
static gboolean
get_extent (const FxuBinadeChart *self, int *low, int *high)
{
  int step, range;

  *low = G_MAXINT;
  *high = G_MININT;
  for (int bin = 0; self->has_statistics && bin < FXP_N_BINADES; bin++)
    if (self->statistics.binades[0][bin] > 0 || self->statistics.binades[1][bin] > 0)
      {
        *low = MIN (*low, FXP_BINADE_MIN + bin);
        *high = MAX (*high, FXP_BINADE_MIN + bin + 1);
      }
  if (fxu_binade_chart_get_window (self, &step, &range))
    {
      *low = MIN (*low, step);
      *high = MAX (*high, range);
    }
  return *low <= *high;
}

static void
update_x (FxuBinadeChart *self)
{
  int span = self->high - self->low;
  int low, high;

  if (!get_extent (self, &low, &high))
    return;
  low -= MARGIN;
  high += MARGIN;
  if (self->is_held)
    {
      self->low = MIN (self->low, low);
      self->high = MAX (self->high, high);
      return;
    }
  if (low >= self->low && high <= self->high && MAX (high - low, LEAST_SPAN) >= MIN_FILL * span)
    return;
  while (high - low < LEAST_SPAN)
    {
      low--;
      if (high - low < LEAST_SPAN)
        high++;
    }
  self->low = low;
  self->high = high;
}

static void
update_y (FxuBinadeChart *self)
{
  static const double ladder[] = {0.02, 0.05, 0.1, 0.2, 0.5, 1.0};
  double greatest = 0.0;
  gboolean has_negative = FALSE;

  if (!self->has_statistics || self->n <= 0.0)
    return;
  for (guint bin = 0; bin < FXP_N_BINADES; bin++)
    {
      greatest = MAX (greatest, self->statistics.binades[0][bin]);
      greatest = MAX (greatest, self->statistics.binades[1][bin]);
      has_negative = has_negative || self->statistics.binades[1][bin] > 0;
    }
  greatest = MIN (1.0, MAX (greatest, (double)self->statistics.n_zero) / self->n);
  self->has_below = has_negative || !self->has_quantizer || self->quantizer.format.is_signed;
  if (greatest <= self->greatest && (self->is_held || greatest >= 0.3 * self->greatest))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (ladder); i++)
    if (ladder[i] >= greatest)
      {
        self->greatest = self->is_held ? MAX (self->greatest, ladder[i]) : ladder[i];
        return;
      }
}

static void
update (FxuBinadeChart *self)
{
  predict (self);
  update_x (self);
  update_y (self);
}

void
fxu_binade_chart_set_statistics (FxuBinadeChart *self, const FxpStatistics *statistics)
{
  g_return_if_fail (self != NULL);

  self->has_statistics = statistics != NULL;
  self->n = 0.0;
  if (statistics != NULL)
    {
      self->statistics = *statistics;
      self->n = (double)fxp_statistics_get_n (statistics);
    }
  update (self);
}

void
fxu_binade_chart_set_quantizer (FxuBinadeChart *self, const FxpQuantizer *quantizer)
{
  g_return_if_fail (self != NULL);

  self->has_quantizer = quantizer != NULL;
  if (quantizer != NULL)
    self->quantizer = *quantizer;
  update (self);
}

gboolean
fxu_binade_chart_get_quantizer (const FxuBinadeChart *self, FxpQuantizer *quantizer)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (quantizer != NULL, FALSE);

  if (self->has_quantizer)
    *quantizer = self->quantizer;
  return self->has_quantizer;
}

void
fxu_binade_chart_set_held (FxuBinadeChart *self, gboolean held)
{
  g_return_if_fail (self != NULL);

  self->is_held = !!held;
  update (self);
}

char *
fxu_binade_chart_format_share (double share)
{
  if (share > 0.0 && share < 0.0005)
    return g_strdup_printf ("<%.1f %%", 0.1);
  return g_strdup_printf ("%.1f %%", 100.0 * share);
}

char *
fxu_binade_chart_describe (const FxuBinadeChart *self)
{
  g_autofree char *format = NULL;
  g_autofree char *over = NULL;
  g_autofree char *under = NULL;
  g_autofree char *zero = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (!self->has_quantizer)
    return g_strdup (_ ("No values yet"));
  format = fxp_format_to_string (self->quantizer.format);
  if (!self->has_statistics || self->n <= 0.0)
    return g_strdup_printf (_ ("%s, %u bits: no values yet"),
                            format,
                            self->quantizer.format.word_bits);
  zero = fxu_binade_chart_format_share ((double)self->statistics.n_zero / self->n);
  if (fxp_format_is_float (self->quantizer.format))
    return g_strdup_printf (_ ("float: %s of the values are zero"), zero);
  over = fxu_binade_chart_format_share ((double)self->would_be.n_overflowed / self->n);
  under = fxu_binade_chart_format_share ((double)self->would_be.n_underflowed / self->n);
  /* translators: number format, word length, then three percentages */
  return g_strdup_printf (_ ("%s, %u bits: %s of the values would overflow, %s would underflow, %s "
                             "are zero"),
                          format,
                          self->quantizer.format.word_bits,
                          over,
                          under,
                          zero);
}
