/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/statistics.h"

#include <math.h>
#include <string.h>

#include "number/elementary.h"
#include "number/statistics-kernel-private.h"
#include "number/vector-unit-private.h"

#define BINADE_MAX (FXP_BINADE_MIN + FXP_N_BINADES - 1)

void
fxp_statistics_clear (FxpStatistics *self)
{
  memset (self, 0, sizeof *self);
  self->min = INFINITY;
  self->max = -INFINITY;
}

void
fxp_statistics_add (FxpStatistics *self,
                    FxpFormat format,
                    const double *values,
                    const void *codes,
                    gsize n)
{
#if FXP_HAVE_AVX512
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX512)
    {
      fxp_statistics_add_avx512 (self, format, values, codes, n);
      return;
    }
#endif
#if FXP_HAVE_AVX2
  if (fxp_vector_unit_get () >= FXP_VECTOR_AVX2)
    {
      fxp_statistics_add_avx2 (self, format, values, codes, n);
      return;
    }
#endif
  fxp_statistics_add_plain (self, format, values, codes, n);
}

void
fxp_statistics_merge (FxpStatistics *self, const FxpStatistics *other)
{
  fxp_quantize_counts_add (&self->counts, &other->counts);
  self->n_zero += other->n_zero;
  self->sum += other->sum;
  self->sum_squares += other->sum_squares;
  self->noise += other->noise;
  self->n_first += other->n_first;
  self->sum_first += other->sum_first;
  self->min = MIN (self->min, other->min);
  self->max = MAX (self->max, other->max);
  for (gsize sign = 0; sign < 2; sign++)
    for (gsize bin = 0; bin < FXP_N_BINADES; bin++)
      self->binades[sign][bin] += other->binades[sign][bin];
}

guint64
fxp_statistics_get_n (const FxpStatistics *self)
{
  guint64 n = self->n_zero;

  for (gsize bin = 0; bin < FXP_N_BINADES; bin++)
    n += self->binades[0][bin] + self->binades[1][bin];

  return n;
}

double
fxp_statistics_get_mean (const FxpStatistics *self)
{
  return self->sum / (double)fxp_statistics_get_n (self);
}

double
fxp_statistics_get_variance (const FxpStatistics *self)
{
  double n = (double)fxp_statistics_get_n (self);
  double mean = self->sum / n;
  double variance = self->sum_squares / n - mean * mean;

  /* Rounding can leave a constant signal a little below zero; NaN while empty passes. */
  return variance < 0.0 ? 0.0 : variance;
}

double
fxp_statistics_get_sqnr_db (const FxpStatistics *self)
{
  /* 10 / ln 10 */
  static const double decibels = 4.342944819032518;

  if (!(self->sum_squares > 0.0))
    return NAN;
  if (self->noise == 0.0)
    return INFINITY;
  return decibels * fxp_log (self->sum_squares / self->noise);
}

double
fxp_statistics_get_bias (const FxpStatistics *self, FxpFormat format)
{
  double mean;

  g_return_val_if_fail (!fxp_format_is_float (format) || self->n_first == 0, NAN);

  if (self->n_first == 0)
    return NAN;
  mean = self->sum_first / (double)self->n_first;
  return fabs (fxp_format_get_step (format) - mean) / mean;
}

/* How much of the magnitudes of a binade, in steps and uniform between @low and @high, passes a
 * threshold.  With @ramp a magnitude y passes with probability y - @threshold, kept in [0,1]. */
static double
share_above (double threshold, gboolean ramp, double low, double high)
{
  double above_low = MAX (low - threshold, 0.0);
  double above_high = MAX (high - threshold, 0.0);

  if (ramp)
    {
      /* The integral of the probability from the threshold on. */
      above_low = above_low < 1.0 ? 0.5 * above_low * above_low : above_low - 0.5;
      above_high = above_high < 1.0 ? 0.5 * above_high * above_high : above_high - 0.5;
    }

  return (above_high - above_low) / (high - low);
}

/* The magnitude from which on a value of one sign rounds to a code of magnitude @code or more,
 * or, for stochastic rounding, where the probability starts to rise. */
static double
threshold_of (FxpRounding rounding, gboolean negative, double code)
{
  switch (rounding)
    {
    case FXP_ROUND_NEAREST_EVEN:
    case FXP_ROUND_NEAREST_AWAY:
    case FXP_ROUND_NEAREST_UP:
      return code - 0.5;
    case FXP_ROUND_TOWARD_ZERO:
      return code;
    case FXP_ROUND_FLOOR:
      return negative ? code - 1.0 : code;
    case FXP_ROUND_STOCHASTIC:
      return code - 1.0;
    case FXP_ROUND_SIGN:
      return code <= 1.0 ? 0.0 : INFINITY;
    case FXP_N_ROUNDINGS:
    default:
      g_return_val_if_reached (code);
    }
}

void
fxp_statistics_predict (const FxpStatistics *self,
                        const FxpQuantizer *quantizer,
                        FxpQuantizeCounts *would_be)
{
  const FxpFormat format = quantizer->format;
  const gboolean ramp = quantizer->rounding == FXP_ROUND_STOCHASTIC;
  double n_overflowed = 0.0, n_underflowed = 0.0, greatest[2];

  *would_be = (FxpQuantizeCounts){.n = fxp_statistics_get_n (self)};
  if (fxp_format_is_float (format))
    return;

  greatest[0] = (double)fxp_format_get_max_code (format);
  greatest[1] = -(double)fxp_format_get_min_code (format);
  if (quantizer->overflow == FXP_OVERFLOW_SATURATE_SYMMETRIC)
    greatest[1] = MIN (greatest[0], greatest[1]);

  for (int sign = 0; sign < 2; sign++)
    {
      double first = threshold_of (quantizer->rounding, sign == 1, 1.0);
      double beyond = threshold_of (quantizer->rounding, sign == 1, greatest[sign] + 1.0);

      for (int binade = FXP_BINADE_MIN; binade <= BINADE_MAX; binade++)
        {
          double n = (double)self->binades[sign][binade - FXP_BINADE_MIN];
          double low = ldexp (1.0, binade + format.frac_bits);

          n_overflowed += n * share_above (beyond, ramp, low, 2.0 * low);
          n_underflowed += n * (1.0 - share_above (first, ramp, low, 2.0 * low));
        }
    }

  /* Zeros too have a sign, which a signed word of 1 bit cannot hold. */
  if (quantizer->rounding == FXP_ROUND_SIGN && greatest[0] < 1.0)
    n_overflowed += (double)self->n_zero;

  would_be->n_overflowed = (guint64)floor (n_overflowed + 0.5);
  would_be->n_underflowed = (guint64)floor (n_underflowed + 0.5);
}
