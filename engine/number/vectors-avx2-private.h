/* SPDX-License-Identifier: MIT */
/* What kernels that quantize say in AVX2; vectors-avx512-private.h says the same in AVX-512. */
#pragma once

#ifndef FXP_COMPILATION
#  error "vectors-avx2-private.h is for engine/ only"
#endif

#include <immintrin.h>

#define LANES 4
#define GROUP 8

#include "number/draws-private.h"
#include "number/rounding-private.h"

G_BEGIN_DECLS

typedef __m256d Reals;
/* GROUP values in order. */
typedef struct
{
  Reals half[2];
} Group;
/* Integers of 32 bits in order. */
typedef __m256i Words;
/* One bit per lane, the first one lowest. */
typedef guint Lanes;

/* Steps above 1 could turn the smallest values into 0, and lose their sign. */
#define LEAST_SCALE 1.0

static FXP_ALWAYS_INLINE Reals
reals_all (double value)
{
  return _mm256_set1_pd (value);
}

static FXP_ALWAYS_INLINE Group
group_load (const double *values)
{
  return (Group){{_mm256_loadu_pd (values), _mm256_loadu_pd (values + LANES)}};
}

static FXP_ALWAYS_INLINE void
group_store (Group self, double *values)
{
  _mm256_storeu_pd (values, self.half[0]);
  _mm256_storeu_pd (values + LANES, self.half[1]);
}

static FXP_ALWAYS_INLINE Lanes
lanes_of (Reals first, Reals second)
{
  return (Lanes)_mm256_movemask_pd (first) | (Lanes)_mm256_movemask_pd (second) << LANES;
}

static FXP_ALWAYS_INLINE Lanes
group_find_nonzero (Group self)
{
  const Reals zero = _mm256_setzero_pd ();

  return lanes_of (_mm256_cmp_pd (self.half[0], zero, _CMP_NEQ_UQ),
                   _mm256_cmp_pd (self.half[1], zero, _CMP_NEQ_UQ));
}

/* Not NaN. */
static FXP_ALWAYS_INLINE Lanes
group_find_above (Group self, Reals limit)
{
  return lanes_of (_mm256_cmp_pd (self.half[0], limit, _CMP_GT_OQ),
                   _mm256_cmp_pd (self.half[1], limit, _CMP_GT_OQ));
}

static FXP_ALWAYS_INLINE Lanes
group_find_below (Group self, Reals limit)
{
  return lanes_of (_mm256_cmp_pd (self.half[0], limit, _CMP_LT_OQ),
                   _mm256_cmp_pd (self.half[1], limit, _CMP_LT_OQ));
}

/* Infinity and NaN. */
static FXP_ALWAYS_INLINE Lanes
group_find_nonfinite (Group self)
{
  const Reals sign = reals_all (-0.0), max = reals_all (DBL_MAX);

  return lanes_of (_mm256_cmp_pd (_mm256_andnot_pd (sign, self.half[0]), max, _CMP_NLE_UQ),
                   _mm256_cmp_pd (_mm256_andnot_pd (sign, self.half[1]), max, _CMP_NLE_UQ));
}

/* @self where it is NaN, and zeros keep their sign. */
static FXP_ALWAYS_INLINE Reals
reals_at_least (Reals self, Reals least)
{
  return _mm256_max_pd (least, self);
}

static FXP_ALWAYS_INLINE Reals
reals_at_most (Reals self, Reals most)
{
  return _mm256_min_pd (most, self);
}

/* Within +-@limit, and NaN as 0. */
static FXP_ALWAYS_INLINE Group
group_tame (Group self, Reals limit)
{
  const Reals least = _mm256_sub_pd (_mm256_setzero_pd (), limit);

  for (guint i = 0; i < 2; i++)
    {
      Reals is_number = _mm256_cmp_pd (self.half[i], self.half[i], _CMP_ORD_Q);
      Reals number = _mm256_and_pd (is_number, self.half[i]);

      self.half[i] = _mm256_min_pd (_mm256_max_pd (number, least), limit);
    }
  return self;
}

#define DOWN    (_MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC)
#define TO_EVEN (_MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC)
#define TO_ZERO (_MM_FROUND_TO_ZERO | _MM_FROUND_NO_EXC)

/* What group_round() takes as scale. */
static FXP_ALWAYS_INLINE Reals
scale_for (FxpRounding rounding, double scale)
{
  return reals_all (scale);
}

/* floor (y + r 2^-32), r 2^-32 given as 2^20 + r 2^-32, whose low bits are those of r.  The rest
 * between y and the nearest integer is exact; of infinity it is NaN, and compares to nothing. */
static FXP_ALWAYS_INLINE Reals
round_to_draws (Reals y, __m256i bits)
{
  const Reals one = reals_all (1.0), base = reals_all (0x1p20);
  Reals raised = _mm256_castsi256_pd (_mm256_or_si256 (bits, _mm256_castpd_si256 (base)));
  Reals whole = _mm256_round_pd (y, TO_EVEN);
  Reals rest = _mm256_sub_pd (y, whole);
  Reals less = _mm256_sub_pd (base, raised);
  Reals up = _mm256_cmp_pd (rest, _mm256_add_pd (one, less), _CMP_GE_OQ);
  Reals down = _mm256_cmp_pd (rest, less, _CMP_LT_OQ);

  whole = _mm256_add_pd (whole, _mm256_and_pd (up, one));
  return _mm256_sub_pd (whole, _mm256_and_pd (down, one));
}

/* What lies behind the integer part of y is exact. */
static FXP_ALWAYS_INLINE Reals
round_away (Reals y)
{
  const Reals sign = reals_all (-0.0);
  Reals whole = _mm256_round_pd (y, TO_ZERO);
  Reals rest = _mm256_andnot_pd (sign, _mm256_sub_pd (y, whole));
  Reals one = _mm256_or_pd (reals_all (1.0), _mm256_and_pd (y, sign));

  return _mm256_add_pd (whole,
                        _mm256_and_pd (_mm256_cmp_pd (rest, reals_all (0.5), _CMP_GE_OQ), one));
}

/* See round_scaled(): y without its nearest integer is exact, of infinity NaN. */
static FXP_ALWAYS_INLINE Reals
round_up (Reals y)
{
  Reals whole = _mm256_round_pd (y, TO_EVEN);
  Reals up = _mm256_cmp_pd (_mm256_sub_pd (y, whole), reals_all (0.5), _CMP_EQ_OQ);

  return _mm256_add_pd (whole, _mm256_and_pd (up, reals_all (1.0)));
}

/* The integers that @rounding makes of values / step, see round_scaled(); G_MININT32 for NaN and
 * what 32 bits cannot hold. */
static FXP_ALWAYS_INLINE Words
group_round (FxpRounding rounding, Group values, Reals scale, DrawVector draws)
{
  const __m256i low = _mm256_set1_epi64x (0xffffffff);
  __m128i words[2];

  for (guint i = 0; i < 2; i++)
    {
      Reals y = _mm256_mul_pd (values.half[i], scale);

      if (rounding == FXP_ROUND_STOCHASTIC)
        y = round_to_draws (y,
                            i == 0 ? _mm256_and_si256 ((__m256i)draws, low)
                                   : _mm256_srli_epi64 ((__m256i)draws, 32));
      else if (rounding == FXP_ROUND_NEAREST_AWAY)
        y = round_away (y);
      else if (rounding == FXP_ROUND_NEAREST_UP)
        y = round_up (y);
      else if (rounding == FXP_ROUND_FLOOR)
        y = _mm256_round_pd (y, DOWN);
      else if (rounding == FXP_ROUND_TOWARD_ZERO)
        y = _mm256_round_pd (y, TO_ZERO);
      else
        y = _mm256_round_pd (y, TO_EVEN);
      words[i] = _mm256_cvttpd_epi32 (y);
    }
  return _mm256_set_m128i (words[1], words[0]);
}

#undef DOWN
#undef TO_EVEN
#undef TO_ZERO

/* See take_sign(). */
static FXP_ALWAYS_INLINE Words
group_take_signs (Group values)
{
  const Reals zero = _mm256_setzero_pd (), one = reals_all (1.0);
  __m128i words[2];

  for (guint i = 0; i < 2; i++)
    {
      Reals up = _mm256_cmp_pd (values.half[i], zero, _CMP_GE_OQ);
      Reals down = _mm256_cmp_pd (values.half[i], zero, _CMP_LT_OQ);

      words[i] =
        _mm256_cvttpd_epi32 (_mm256_sub_pd (_mm256_and_pd (up, one), _mm256_and_pd (down, one)));
    }
  return _mm256_set_m128i (words[1], words[0]);
}

static FXP_ALWAYS_INLINE Words
words_all (gint32 word)
{
  return _mm256_set1_epi32 (word);
}

static FXP_ALWAYS_INLINE Lanes
words_equal (Words a, Words b)
{
  return (Lanes)_mm256_movemask_ps (_mm256_castsi256_ps (_mm256_cmpeq_epi32 (a, b)));
}

static FXP_ALWAYS_INLINE Lanes
words_above (Words a, Words b)
{
  return (Lanes)_mm256_movemask_ps (_mm256_castsi256_ps (_mm256_cmpgt_epi32 (a, b)));
}

static FXP_ALWAYS_INLINE Words
words_clamp (Words self, Words low, Words high)
{
  return _mm256_min_epi32 (_mm256_max_epi32 (self, low), high);
}

/* The greater one of @peak, which has no sign, and the magnitude. */
static FXP_ALWAYS_INLINE Words
words_raise (Words peak, Words self)
{
  return _mm256_max_epu32 (peak, _mm256_abs_epi32 (self));
}

/* From and to codes as they are stored; words below 2^31. */
static FXP_ALWAYS_INLINE Words
words_load (gconstpointer codes, FxpStorage storage)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
      return _mm256_cvtepi8_epi32 (_mm_loadl_epi64 (codes));
    case FXP_STORAGE_U8:
      return _mm256_cvtepu8_epi32 (_mm_loadl_epi64 (codes));
    case FXP_STORAGE_I16:
      return _mm256_cvtepi16_epi32 (_mm_loadu_si128 (codes));
    case FXP_STORAGE_U16:
      return _mm256_cvtepu16_epi32 (_mm_loadu_si128 (codes));
    case FXP_STORAGE_I32:
    case FXP_STORAGE_U32:
    case FXP_STORAGE_F32:
    default:
      return _mm256_loadu_si256 (codes);
    }
}

static FXP_ALWAYS_INLINE void
words_store (Words self, gpointer codes, FxpStorage storage)
{
  __m128i lower = _mm256_castsi256_si128 (self), upper = _mm256_extracti128_si256 (self, 1);

  switch (storage)
    {
    case FXP_STORAGE_I8:
      lower = _mm_packs_epi32 (lower, upper);
      _mm_storel_epi64 (codes, _mm_packs_epi16 (lower, lower));
      break;
    case FXP_STORAGE_U8:
      lower = _mm_packs_epi32 (lower, upper);
      _mm_storel_epi64 (codes, _mm_packus_epi16 (lower, lower));
      break;
    case FXP_STORAGE_I16:
      _mm_storeu_si128 (codes, _mm_packs_epi32 (lower, upper));
      break;
    case FXP_STORAGE_U16:
      _mm_storeu_si128 (codes, _mm_packus_epi32 (lower, upper));
      break;
    case FXP_STORAGE_I32:
    case FXP_STORAGE_U32:
    case FXP_STORAGE_F32:
    default:
      _mm256_storeu_si256 (codes, self);
    }
}

static FXP_ALWAYS_INLINE Group
words_decode (Words self, Reals step)
{
  Reals first = _mm256_cvtepi32_pd (_mm256_castsi256_si128 (self));
  Reals second = _mm256_cvtepi32_pd (_mm256_extracti128_si256 (self, 1));

  return (Group){{_mm256_mul_pd (first, step), _mm256_mul_pd (second, step)}};
}

/* Bytes that are 1 or 0, GROUP of them.  The factors move bit k to bit 8 k, and nothing else to
 * where it would be taken for one. */
static FXP_ALWAYS_INLINE void
flags_store (guint8 *flags, Lanes set)
{
  guint32 halves[2] = {(set & 15) * 0x204081 & 0x01010101, (set >> 4) * 0x204081 & 0x01010101};

  memcpy (flags, halves, sizeof halves);
}

static FXP_ALWAYS_INLINE Lanes
flags_load (const guint8 *flags)
{
  __m128i bytes = _mm_loadl_epi64 ((gconstpointer)flags);

  return (Lanes)_mm_movemask_epi8 (_mm_cmpgt_epi8 (bytes, _mm_setzero_si128 ()));
}

G_END_DECLS
