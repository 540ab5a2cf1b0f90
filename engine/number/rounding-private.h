/* SPDX-License-Identifier: MIT */
/* The arithmetic of one value on its way to a code, for the quantizer and its kernels: scaling,
 * rounding, bringing into the word.  Free of branches but for the two functions named "beyond". */
#pragma once

#ifndef FXP_COMPILATION
#  error "rounding-private.h is for engine/ only"
#endif

#include <float.h>
#include <math.h>
#include <string.h>

#include "number/quantizer.h"
#include "number/vector-unit-private.h"

G_BEGIN_DECLS

/* Wider intermediates would break the rounding by addition below. */
G_STATIC_ASSERT (FLT_EVAL_METHOD == 0);

/* Scaled values are clamped here before rounding: beyond every word, within what NEAREST_INTEGER
 * rounds.  Only wrapping looks at what was beyond. */
#define Y_MAX 0x1p51
/* Added and taken away again, rounds |y| <= 2^51 to the nearest integer, midpoints to even.  The
 * sum's low 32 bits are those of the integer in two's complement. */
#define NEAREST_INTEGER 0x1.8p52

typedef struct
{
  double scale; /* 1 / step */
  double low;   /* least and greatest code that is no overflow */
  double high;
  guint shift; /* 32 - word bits */
  gboolean is_signed;
  gboolean wraps;
} Word;

static FXP_ALWAYS_INLINE Word
word_new (const FxpQuantizer *quantizer)
{
  const FxpFormat format = quantizer->format;
  Word self = {1.0 / fxp_format_get_step (format),
               (double)fxp_format_get_min_code (format),
               (double)fxp_format_get_max_code (format),
               32u - format.word_bits,
               format.is_signed,
               quantizer->overflow == FXP_OVERFLOW_WRAP};

  if (quantizer->overflow == FXP_OVERFLOW_SATURATE_SYMMETRIC && format.is_signed)
    self.low = -self.high;

  return self;
}

/* Below 2^-900 a value times 2^200 has the same code in every format, as both are far below the
 * smallest draw; but a step above 1 could turn the smaller one's y into 0 and lose its sign. */
static FXP_ALWAYS_INLINE double
enlarge_tiny (double value)
{
  return value * (fabs (value) < 0x1p-900 ? 0x1p200 : 1.0);
}

/* y = value / step: exact, as a power of two, or infinite.  NaN becomes 0. */
static FXP_ALWAYS_INLINE double
scale_value (double value, double scale)
{
  return (value == value ? value : 0.0) * scale;
}

static FXP_ALWAYS_INLINE double
clamp (double y, double low, double high)
{
  y = y > low ? y : low;
  return y < high ? y : high;
}

/* The integer that @rounding makes of y, for |y| <= 2^51.  Midpoints: nearest-even to the even
 * neighbour, nearest-away to the one of greater magnitude, nearest-up to the greater one.  @draw is
 * r 2^-32 in [0,1). */
static FXP_ALWAYS_INLINE double
round_scaled (FxpRounding rounding, double y, double draw)
{
  double magnitude, whole, rest;

  whole = (y + NEAREST_INTEGER) - NEAREST_INTEGER;
  if (rounding == FXP_ROUND_NEAREST_EVEN)
    return whole;
  /* Up goes the midpoint that the even neighbour below took; y + 1/2 would round. */
  if (rounding == FXP_ROUND_NEAREST_UP)
    return whole + (y - whole == 0.5 ? 1.0 : 0.0);

  magnitude = fabs (y);
  whole = (magnitude + NEAREST_INTEGER) - NEAREST_INTEGER;
  whole -= whole > magnitude ? 1.0 : 0.0;
  if (rounding == FXP_ROUND_NEAREST_AWAY)
    return copysign (whole + (magnitude - whole >= 0.5 ? 1.0 : 0.0), y);
  whole = copysign (whole, y);
  if (rounding == FXP_ROUND_TOWARD_ZERO)
    return whole;

  /* The rest has the sign of y and is exact; y - floor (y) would round for tiny negative y. */
  rest = y - whole;
  if (rounding == FXP_ROUND_FLOOR)
    return whole - (rest < 0.0 ? 1.0 : 0.0);
  return whole + (rest >= 1.0 - draw ? 1.0 : 0.0) - (rest < -draw ? 1.0 : 0.0);
}

/* The code of binarization.  NaN compares to nothing and becomes 0. */
static FXP_ALWAYS_INLINE double
take_sign (double value)
{
  return (value >= 0.0 ? 1.0 : 0.0) - (value < 0.0 ? 1.0 : 0.0);
}

/* What @rounding makes of @value, whose scaled value is @y; clamped to Y_MAX before. */
static FXP_ALWAYS_INLINE double
round_value (FxpRounding rounding, double value, double y, double draw)
{
  if (rounding == FXP_ROUND_SIGN)
    return take_sign (value);
  return round_scaled (rounding, clamp (y, -Y_MAX, Y_MAX), draw);
}

/* The same as round_scaled() for any finite y. */
static inline double
round_beyond (FxpRounding rounding, double y, double draw)
{
  double even;

  /* From 2^52 on every double is an integer.  Below, what is rounded is the rest behind an even
   * integer, which leaves midpoints where they were. */
  if (!(fabs (y) < 0x1p52))
    return y;

  even = 2.0 * trunc (0.5 * y);
  return even + round_scaled (rounding, y - even, draw);
}

/* Low bits of the integer @rounded, for |rounded| <= 2^51. */
static FXP_ALWAYS_INLINE guint32
low_bits (double rounded)
{
  guint64 bits;

  rounded += NEAREST_INTEGER;
  memcpy (&bits, &rounded, sizeof bits);
  return (guint32)bits;
}

/* The low bits of the word, its sign spread over the upper ones. */
static FXP_ALWAYS_INLINE guint32
wrap_code (guint32 code, gboolean is_signed, guint shift)
{
  code <<= shift;
  return is_signed ? (guint32)((gint32)code >> shift) : code >> shift;
}

/* The code of a scaled value beyond Y_MAX in a wrapping word; 0 for infinity. */
static inline guint32
wrap_beyond (const Word *word, FxpRounding rounding, double y, double draw)
{
  double rounded;

  if (!(fabs (y) <= DBL_MAX))
    return 0;

  rounded = fmod (round_beyond (rounding, y, draw), 0x1p32);
  return wrap_code (low_bits (rounded), word->is_signed, word->shift);
}

G_END_DECLS
