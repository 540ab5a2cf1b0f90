/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/scaling.h"

#include <math.h>

#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

static const char *const nicks[FXP_N_SCALINGS] = {
  [FXP_SCALING_FIXED] = "fixed",
  [FXP_SCALING_ABS_MAX] = "abs-max",
  [FXP_SCALING_RISTRETTO] = "ristretto",
  [FXP_SCALING_NITI] = "niti",
  [FXP_SCALING_OVERFLOW_RATE] = "overflow-rate",
  [FXP_SCALING_PREDICTIVE] = "predictive",
};

const char *
fxp_scaling_get_nick (FxpScaling self)
{
  g_return_val_if_fail ((guint)self < FXP_N_SCALINGS, NULL);

  return nicks[self];
}

gboolean
fxp_scaling_parse (const char *text, FxpScaling *scaling, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && scaling != NULL, FALSE);

  for (guint i = 0; i < FXP_N_SCALINGS; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *scaling = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is no way to choose exponents; expected fixed, abs-max, ristretto, niti, "
                  "overflow-rate or predictive"),
               found);
  return FALSE;
}

void
fxp_scaling_options_init (FxpScalingOptions *self, FxpScaling rule)
{
  /* F and M of Courbariaux, Bengio & David 2014. */
  *self = (FxpScalingOptions){.rule = rule, .period = 100, .overflow_max = 1e-4};
}

/* floor (log2 max) - (bits - 1), so that max 2^-e is within 2^(bits-1)..2^bits.  Just under a power
 * of two it may round to 2^bits, one code too many, with any rounding to nearest: midpoints go up
 * here, as 2^bits is even and positive. */
static int
choose_by_maximum (const FxpScalingOptions *options, int bits, int floor_log2, double max)
{
  const int exponent = floor_log2 - (bits - 1) + (int)options->head_room;

  if (options->bumps && ldexp (max, -exponent) >= ldexp (1.0, bits) - 0.5)
    return exponent + 1;
  return exponent;
}

int
fxp_scaling_choose (const FxpScalingOptions *options, FxpFormat format, double max)
{
  /* Bits of a magnitude: P - 1 of a signed word. */
  const int bits = format.word_bits - (format.is_signed ? 1 : 0);
  int exponent, floor_log2, ceil_log2;
  double fraction;

  g_return_val_if_fail (!fxp_format_is_float (format), 0);

  if (!isfinite (max) || max <= 0.0)
    return -format.frac_bits;
  /* max = fraction 2^exponent with fraction in [1/2, 1): logarithms without rounding, which
   * log2 () would be free to do next to powers of two. */
  fraction = frexp (max, &exponent);
  floor_log2 = exponent - 1;
  ceil_log2 = fraction == 0.5 ? exponent - 1 : exponent;

  switch (options->rule)
    {
    case FXP_SCALING_ABS_MAX:
      exponent = choose_by_maximum (options, bits, floor_log2, max);
      break;
    case FXP_SCALING_RISTRETTO:
      /* ceil (log2 A + 1) is one more than ceil (log2 A). */
      exponent = ceil_log2 + (options->is_parameter ? 1 : 0) - (bits + 1);
      break;
    case FXP_SCALING_NITI:
      exponent = ceil_log2 - bits;
      break;
    case FXP_SCALING_FIXED:
    case FXP_SCALING_OVERFLOW_RATE:
    case FXP_SCALING_PREDICTIVE:
      return -format.frac_bits;
    case FXP_N_SCALINGS:
    default:
      g_return_val_if_reached (-format.frac_bits);
    }
  return CLAMP (exponent, -FXP_FRAC_BITS_MAX, -FXP_FRAC_BITS_MIN);
}

guint
fxp_scaling_down_convert (const gint32 *sums,
                          gsize n,
                          guint word_bits,
                          FxpShiftRounding rounding,
                          const FxpNoise *noise,
                          gint32 *mantissas)
{
  guint32 max = 0;
  guint n_bits, shift;
  gint64 greatest;

  g_return_val_if_fail (word_bits >= 2 && word_bits <= FXP_WORD_BITS_MAX, 0);
  g_return_val_if_fail (rounding != FXP_SHIFT_STOCHASTIC || noise != NULL, 0);

  greatest = (G_GINT64_CONSTANT (1) << (word_bits - 1)) - 1;
  for (gsize i = 0; i < n; i++)
    max = MAX (max, sums[i] < 0 ? -(guint32)sums[i] : (guint32)sums[i]);
  n_bits = max == 0 ? 0 : g_bit_storage (max);
  shift = n_bits > word_bits - 1 ? n_bits - (word_bits - 1) : 0;
  for (gsize i = 0; i < n; i++)
    {
      guint64 draw = 0;
      gint64 mantissa;

      if (rounding == FXP_SHIFT_STOCHASTIC)
        draw = (guint64)fxp_noise_draw (*noise, fxp_noise_find (noise, i)) << 32;
      mantissa = fxp_shift_round (sums[i], shift, rounding, draw);
      mantissas[i] = (gint32)CLAMP (mantissa, -greatest, greatest);
    }
  return shift;
}
