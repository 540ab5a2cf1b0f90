/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/nudge.h"

/* A sign and one more bit: a signed word of one bit holds only 0 and -1. */
static int
least_bits (FxpFormat format)
{
  return format.is_signed ? 2 : 1;
}

static FxpFormat
with_word (FxpFormat format, int bits)
{
  int int_bits = fxp_format_get_int_bits (format);
  int sign = format.is_signed ? 1 : 0;

  bits = CLAMP (bits, least_bits (format), FXP_WORD_BITS_MAX);
  format.word_bits = (guint8)bits;
  format.frac_bits = (gint8)CLAMP (bits - sign - int_bits, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
  return format;
}

static FxpFormat
nudge_fixed (const FxuNudge *self, FxpFormat format)
{
  switch (self->kind)
    {
    case FXU_NUDGE_FRACTION:
      return with_word (format, format.word_bits + self->amount);
    case FXU_NUDGE_POINT:
      format.frac_bits =
        (gint8)CLAMP (format.frac_bits + self->amount, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
      return format;
    case FXU_NUDGE_BITS:
      return with_word (format, self->amount);
    case FXU_NUDGE_LEAST:
      return with_word (format, 0);
    case FXU_NUDGE_MOST:
      return with_word (format, FXP_WORD_BITS_MAX);
    case FXU_NUDGE_FLOAT:
      return FXP_FORMAT_FLOAT;
    default:
      g_assert_not_reached ();
    }
}

FxpQuantizer
fxu_nudge_quantizer (const FxuNudge *self, const FxpQuantizer *from, FxpFormat fixed)
{
  FxpQuantizer to = *from;

  g_assert (!fxp_format_is_float (fixed));

  if (!fxp_format_is_float (from->format))
    to.format = nudge_fixed (self, from->format);
  else if (self->kind == FXU_NUDGE_FLOAT)
    to.format = fixed;
  else if (self->kind != FXU_NUDGE_FRACTION && self->kind != FXU_NUDGE_POINT)
    to.format = nudge_fixed (self, fixed);
  return to;
}

FxpSumRegister
fxu_nudge_sum (const FxuNudge *self, const FxpSumRegister *from, guint bits)
{
  FxpSumRegister to = *from;
  int wanted = (int)from->bits;

  if (self->kind == FXU_NUDGE_FLOAT)
    {
      if (from->mode != FXP_SUM_EXACT)
        return FXP_SUM_REGISTER_EXACT;
      to.mode = FXP_SUM_SATURATE;
      to.bits = CLAMP (bits, FXP_SUM_BITS_MIN, FXP_SUM_BITS_MAX);
      return to;
    }

  switch (self->kind)
    {
    case FXU_NUDGE_FRACTION:
      if (from->mode == FXP_SUM_EXACT)
        return to;
      wanted += self->amount;
      break;
    case FXU_NUDGE_BITS:
      wanted = self->amount;
      break;
    case FXU_NUDGE_LEAST:
      wanted = FXP_SUM_BITS_MIN;
      break;
    case FXU_NUDGE_MOST:
      wanted = FXP_SUM_BITS_MAX;
      break;
    default:
      return to;
    }

  if (to.mode == FXP_SUM_EXACT)
    to.mode = FXP_SUM_SATURATE;
  to.bits = (guint)CLAMP (wanted, FXP_SUM_BITS_MIN, FXP_SUM_BITS_MAX);
  return to;
}
