/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/requantizer-private.h"

/* |y| is no greater (model-private.h), so no shift beyond 60 leaves more of it than one of 60. */
#define OUTPUT_BITS 52
#define SHIFT_MAX   60
#define NO_LIMIT    ((gint64)1 << 61)
/* Codes and what is just beyond them are within 2^17; a sum that is raised by so many is not
 * negative, and its bits may be shifted as those of a number without sign. */
#define BIAS_BITS 17

/* 2^(bits - exponent), floored. */
static gint64
get_power (int bits, int exponent)
{
  if (bits - exponent < 0)
    return 0;
  return bits - exponent >= 61 ? NO_LIMIT : (gint64)1 << (bits - exponent);
}

FxpActivationLimits
fxp_activation_get_limits (FxpActivation activation, gboolean activates, int exponent)
{
  if (activates)
    switch (activation)
      {
      case FXP_ACTIVATION_RELU:
        return (FxpActivationLimits){0, NO_LIMIT};
      case FXP_ACTIVATION_CLIPPED_RELU:
        return (FxpActivationLimits){0, get_power (1, exponent)};
      case FXP_ACTIVATION_HARD_TANH:
        return (FxpActivationLimits){-get_power (0, exponent), get_power (0, exponent)};
      default:
        break;
      }
  return (FxpActivationLimits){-NO_LIMIT, NO_LIMIT};
}

void
fxp_down_conversion_init (FxpDownConversion *self,
                          const FxpActivationLimits *limits,
                          int exponent,
                          FxpFormat format)
{
  self->limits = *limits;
  self->shift = CLAMP (-format.frac_bits - exponent, 0, SHIFT_MAX);
  self->half = self->shift == 0 ? 0 : (gint64)1 << (self->shift - 1);
  self->most = fxp_codes_get_max (format);
  self->least = format.is_signed ? -self->most : 0;
}

FxpRequantizer *
fxp_requantizer_new (gsize n_units)
{
  FxpRequantizer *self = g_new0 (FxpRequantizer, 1);

  self->n_units = self->loop.n_channels = n_units;
  self->offsets = g_new0 (gint64, n_units);
  self->loop.factors = g_new0 (gint32, n_units);
  self->loop.low = g_new0 (gint32, n_units);
  self->loop.high = g_new0 (gint32, n_units);
  self->loop.offsets = g_new0 (gint64, n_units);
  return self;
}

void
fxp_requantizer_free (FxpRequantizer *self)
{
  if (self == NULL)
    return;
  g_free (self->offsets);
  g_free ((gint32 *)self->loop.factors);
  g_free ((gint32 *)self->loop.low);
  g_free ((gint32 *)self->loop.high);
  g_free ((gint64 *)self->loop.offsets);
  g_free (self);
}

/* @value 2^-shift, rounded, within what y may be. */
static gint64
shift_offset (gint64 value, int shift)
{
  const gint64 max = (gint64)1 << OUTPUT_BITS;

  if (value == 0)
    return 0;
  if (shift > 0)
    return shift > SHIFT_MAX ? 0 : (value + ((gint64)1 << (shift - 1))) >> shift;
  if (-shift > OUTPUT_BITS || ABS (value) > max >> -shift)
    return value < 0 ? -max : max;
  return value * ((gint64)1 << -shift);
}

void
fxp_requantizer_begin (FxpRequantizer *self,
                       const FxpNode *node,
                       FxpActivation activation,
                       int from,
                       int sum_exponent)
{
  self->factors = node->factors;
  self->exponent = sum_exponent + node->factor_exponent;
  for (gsize i = 0; i < self->n_units; i++)
    self->offsets[i] = shift_offset (node->offsets[i], sum_exponent - from);
  self->conversion.limits = fxp_activation_get_limits (activation, node->activates, self->exponent);
}

/* The greatest integer not above @a / @b, b > 0. */
static gint64
divide_down (gint64 a, gint64 b)
{
  return a / b - (a % b < 0 ? 1 : 0);
}

/* The sums of a channel between which codes from @bottom to @top lie, and one on either side: for
 * factor > 0, codes are @bottom - 1 or less at the first and @top + 1 or more at the second.  Where
 * no sum of 32 bits leads beyond, any will do. */
static void
find_ends (gint64 factor,
           gint64 offset,
           guint shift,
           gint64 bottom,
           gint64 top,
           gint64 *low,
           gint64 *high)
{
  const gint64 room = NO_LIMIT >> shift;

  *low = -G_MAXINT32;
  *high = G_MAXINT32;
  if (bottom > -room)
    *low = divide_down (bottom * ((gint64)1 << shift) - 1 - offset, factor);
  if (top + 1 < room)
    *high = -divide_down (offset - (top + 1) * ((gint64)1 << shift), factor);
}

/* @bottom, @top: codes beyond which nothing need be told apart. */
static void
aim_unit (FxpRequantizer *self, gsize unit, gint64 bottom, gint64 top)
{
  FxpRequantization *loop = &self->loop;
  const guint shift = loop->shift;
  const gint64 offset = self->offsets[unit] + self->conversion.half;
  gint64 factor = self->factors[unit], constant = offset;
  gint64 low = -G_MAXINT32, high = G_MAXINT32;

  if (factor > 0)
    find_ends (factor, offset, shift, bottom, top, &low, &high);
  else if (factor < 0)
    {
      gint64 least;

      find_ends (-factor, offset, shift, bottom, top, &least, &high);
      low = -high;
      high = -least;
    }
  /* Every sum there can be leads beyond one end, or the same way. */
  if (factor == 0 || low >= G_MAXINT32 || high <= -G_MAXINT32)
    {
      const gboolean is_beneath = factor > 0 ? low >= G_MAXINT32 : high <= -G_MAXINT32;
      gint64 code = constant >> shift;

      if (factor != 0)
        code = is_beneath ? bottom - 1 : top + 1;
      constant = CLAMP (code, bottom - 1, top + 1) * ((gint64)1 << shift);
      factor = 0;
    }
  ((gint32 *)loop->factors)[unit] = factor;
  ((gint32 *)loop->low)[unit] = CLAMP (low, -G_MAXINT32, G_MAXINT32);
  ((gint32 *)loop->high)[unit] = CLAMP (high, -G_MAXINT32, G_MAXINT32);
  ((gint64 *)loop->offsets)[unit] = constant + loop->bias * ((gint64)1 << shift);
}

void
fxp_requantizer_aim (FxpRequantizer *self, FxpFormat format)
{
  FxpDownConversion *conversion = &self->conversion;
  const FxpActivationLimits limits = conversion->limits;
  FxpRequantization *loop = &self->loop;
  gint64 bottom, top;

  fxp_down_conversion_init (conversion, &limits, self->exponent, format);
  bottom = (limits.least + conversion->half) >> conversion->shift;
  top = (limits.greatest + conversion->half) >> conversion->shift;
  loop->shift = conversion->shift;
  loop->bias = 1 << MIN (BIAS_BITS, SHIFT_MAX + 1 - loop->shift);
  loop->least = CLAMP (bottom, conversion->least, conversion->most);
  loop->greatest = CLAMP (top, conversion->least, conversion->most);
  /* What the activation ends before the format does is not clipped. */
  loop->beneath = bottom < conversion->least ? (gint32)conversion->least : G_MININT32;
  loop->above = top > conversion->most ? (gint32)conversion->most : G_MAXINT32;
  for (gsize i = 0; i < self->n_units; i++)
    aim_unit (self, i, loop->least, loop->greatest);
}
