/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/scaler.h"

#include <math.h>
#include <string.h>

/* Autoflex (Koster et al. 2017): deviations of the maxima, and steps of a 16-bit word, that are
 * kept free above the greatest one. */
#define N_DEVIATIONS 3.0
#define OFFSET       100.0
#define OFFSET_BITS  16
/* The least maximum that tells a tensor's size well enough to be remembered, in steps. */
#define RELIABLE 32u

void
fxp_scaler_init (FxpScaler *self, int exponent)
{
  g_return_if_fail (exponent >= -FXP_FRAC_BITS_MAX && exponent <= -FXP_FRAC_BITS_MIN);

  memset (self, 0, sizeof *self);
  self->exponent = exponent;
}

static void
move (FxpScaler *self, int n_bits)
{
  self->exponent = CLAMP (self->exponent + n_bits, -FXP_FRAC_BITS_MAX, -FXP_FRAC_BITS_MIN);
}

/* Bits of a magnitude. */
static int
get_bits (FxpFormat format)
{
  return format.word_bits - (format.is_signed ? 1 : 0);
}

static gboolean
is_full (FxpFormat format, const FxpRangeSight *sight)
{
  return sight->max >= MAX (fxp_format_get_max_code (format), 1);
}

/* Courbariaux, Bengio & David 2014: after F arrays the range doubles where more than M of the
 * values overflow, and is halved where no more than M would overflow then. */
static void
control (FxpScaler *self, const FxpScalingOptions *options, const FxpRangeSight *sight)
{
  self->overflow += (double)sight->n_full / (double)sight->n;
  self->overflow_half += (double)sight->n_half / (double)sight->n;
  if (++self->n_arrays < options->period)
    return;
  if (self->overflow / self->n_arrays > options->overflow_max)
    move (self, 1);
  else if (self->overflow_half / self->n_arrays <= options->overflow_max)
    move (self, -1);
  self->overflow = self->overflow_half = 0.0;
  self->n_arrays = 0;
}

/* Whether an array may seem saturated, @measured being the maximum when it last was not: any number
 * of values where the rule put it beyond the word, as NITI's and Ristretto's do; the greatest value
 * alone where that is the greatest code, or may be, as it was measured with an exponent more. */
static gboolean
is_foreseen (const FxpScaler *self, FxpFormat format, double measured, const FxpRangeSight *sight)
{
  const double greatest = (double)fxp_format_get_max_code (format);
  const double code = ldexp (measured, -self->exponent);

  return code >= greatest + 0.5 || (code >= greatest - 1.0 && sight->n_full == 1);
}

/* The rules that look at one array. */
static void
follow (FxpScaler *self,
        const FxpScalingOptions *options,
        FxpFormat format,
        const FxpRangeSight *sight)
{
  double *measured = &self->maxima[0];

  if (!is_full (format, sight))
    {
      /* Small codes are too coarse to foresee anything by. */
      *measured = ldexp (sight->max, self->exponent);
      self->n_maxima = sight->max >= fxp_format_get_max_code (format) / 2 ? 1 : 0;
      self->n_arrays = 0;
      self->exponent = fxp_scaling_choose (options, format, *measured);
    }
  else if (self->n_maxima == 0 || !is_foreseen (self, format, *measured, sight) ||
           ++self->n_arrays >= options->period)
    {
      self->n_maxima = 0;
      self->n_arrays = 0;
      move (self, 1);
    }
}

static void
remember (FxpScaler *self, double max)
{
  if (self->n_maxima == FXP_SCALER_QUEUE)
    memmove (self->maxima, self->maxima + 1, (FXP_SCALER_QUEUE - 1) * sizeof *self->maxima);
  else
    self->n_maxima++;
  self->maxima[self->n_maxima - 1] = max;
}

/* What the next maximum is expected to stay below.  The offset is a share of the word's range, that
 * of 100 steps in Flexpoint's 16 bits; of 9 bits or fewer a step, as a maximum that is known to
 * half a step may have the greatest code with an exponent less, and there would count as saturated.
 * The deviation is that of the population. */
static double
predict (const FxpScaler *self, FxpFormat format)
{
  const double offset = MAX (ldexp (OFFSET, get_bits (format) + 1 - OFFSET_BITS), 1.0);
  double greatest = 0.0, mean = 0.0, squares = 0.0;

  for (guint32 i = 0; i < self->n_maxima; i++)
    {
      greatest = MAX (greatest, self->maxima[i]);
      mean += self->maxima[i] / self->n_maxima;
    }
  for (guint32 i = 0; i < self->n_maxima; i++)
    squares += (self->maxima[i] - mean) * (self->maxima[i] - mean);
  return greatest + N_DEVIATIONS * sqrt (squares / self->n_maxima) + ldexp (offset, self->exponent);
}

/* Autoflex.  A saturated array clears the memory, and counts twice.  While nothing is remembered
 * the word looks for the tensor's size: 7 bits up at once where 16 bits are saturated, and where
 * the maximum is a small code to where its leading bit is the word's. */
static void
anticipate (FxpScaler *self, FxpFormat format, const FxpRangeSight *sight)
{
  const FxpScalingOptions abs_max = {.rule = FXP_SCALING_ABS_MAX};
  const double max = ldexp (sight->max, self->exponent);
  const int bits = get_bits (format);

  if (is_full (format, sight) && self->n_maxima == 0)
    {
      move (self, MAX (bits / 2, 1));
      return;
    }
  if (is_full (format, sight))
    {
      self->n_maxima = 0;
      remember (self, 2.0 * max);
    }
  else if (self->n_maxima == 0 && sight->max < MIN (RELIABLE, 1u << (MAX (bits, 1) - 1)))
    {
      self->exponent = fxp_scaling_choose (&abs_max, format, max);
      return;
    }
  else
    remember (self, max);
  /* A value that equals the prediction just fits. */
  self->exponent = fxp_scaling_choose (&abs_max, format, predict (self, format));
}

gboolean
fxp_scaler_advance (FxpScaler *self,
                    const FxpScalingOptions *options,
                    FxpFormat format,
                    const FxpRangeSight *sight)
{
  const gint32 before = self->exponent;

  if (options->rule == FXP_SCALING_FIXED || fxp_format_is_float (format) || sight->n == 0)
    return FALSE;
  if (options->rule == FXP_SCALING_OVERFLOW_RATE)
    control (self, options, sight);
  else if (sight->max == 0)
    /* Less than a step, whatever the rounding, fits into a word whose range that is. */
    move (self, sight->n_underflowed > 0 ? -get_bits (format) : 0);
  else if (options->rule == FXP_SCALING_PREDICTIVE)
    anticipate (self, format, sight);
  else
    follow (self, options, format, sight);
  return self->exponent != before;
}
