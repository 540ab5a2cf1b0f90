/* SPDX-License-Identifier: MIT */
/* What kernels that quantize say in AVX-512; vectors-avx2-private.h says the same in AVX2. */
#pragma once

#ifndef FXP_COMPILATION
#  error "vectors-avx512-private.h is for engine/ only"
#endif

/* GCC 12 takes the deliberately undefined operands inside these for mistakes. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#define LANES 8
#define GROUP 16

#include "number/draws-private.h"
#include "number/rounding-private.h"

G_BEGIN_DECLS

typedef __m512d Reals;
/* GROUP values in order. */
typedef struct
{
  Reals half[2];
} Group;
/* Integers of 32 bits in order. */
typedef __m512i Words;
/* One bit per lane, the first one lowest. */
typedef guint Lanes;

/* Steps of any size: directed rounding keeps the sign of the smallest product. */
#define LEAST_SCALE 0.0

static FXP_ALWAYS_INLINE Reals
reals_all (double value)
{
  return _mm512_set1_pd (value);
}

static FXP_ALWAYS_INLINE Group
group_load (const double *values)
{
  return (Group){{_mm512_loadu_pd (values), _mm512_loadu_pd (values + LANES)}};
}

static FXP_ALWAYS_INLINE void
group_store (Group self, double *values)
{
  _mm512_storeu_pd (values, self.half[0]);
  _mm512_storeu_pd (values + LANES, self.half[1]);
}

static FXP_ALWAYS_INLINE Lanes
group_find_nonzero (Group self)
{
  const Reals zero = _mm512_setzero_pd ();

  return _mm512_kunpackb (_mm512_cmp_pd_mask (self.half[1], zero, _CMP_NEQ_UQ),
                          _mm512_cmp_pd_mask (self.half[0], zero, _CMP_NEQ_UQ));
}

/* Not NaN. */
static FXP_ALWAYS_INLINE Lanes
group_find_above (Group self, Reals limit)
{
  return _mm512_kunpackb (_mm512_cmp_pd_mask (self.half[1], limit, _CMP_GT_OQ),
                          _mm512_cmp_pd_mask (self.half[0], limit, _CMP_GT_OQ));
}

static FXP_ALWAYS_INLINE Lanes
group_find_below (Group self, Reals limit)
{
  return _mm512_kunpackb (_mm512_cmp_pd_mask (self.half[1], limit, _CMP_LT_OQ),
                          _mm512_cmp_pd_mask (self.half[0], limit, _CMP_LT_OQ));
}

/* Infinity and NaN. */
static FXP_ALWAYS_INLINE Lanes
group_find_nonfinite (Group self)
{
  return _mm512_kunpackb (_mm512_fpclass_pd_mask (self.half[1], 0x99),
                          _mm512_fpclass_pd_mask (self.half[0], 0x99));
}

/* @self where it is NaN, and zeros keep their sign. */
static FXP_ALWAYS_INLINE Reals
reals_at_least (Reals self, Reals least)
{
  return _mm512_max_pd (least, self);
}

static FXP_ALWAYS_INLINE Reals
reals_at_most (Reals self, Reals most)
{
  return _mm512_min_pd (most, self);
}

/* Within +-@limit, and NaN as 0. */
static FXP_ALWAYS_INLINE Group
group_tame (Group self, Reals limit)
{
  const Reals least = _mm512_sub_pd (_mm512_setzero_pd (), limit);

  for (guint i = 0; i < 2; i++)
    {
      __mmask8 is_number = _mm512_cmp_pd_mask (self.half[i], self.half[i], _CMP_ORD_Q);
      Reals number = _mm512_maskz_mov_pd (is_number, self.half[i]);

      self.half[i] = _mm512_min_pd (_mm512_max_pd (number, least), limit);
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
  return reals_all (rounding == FXP_ROUND_STOCHASTIC ? scale * 0x1p32 : scale);
}

/* floor (floor (y 2^32) + r) / 2^32) is floor (y + r 2^-32), as r is an integer. */
static FXP_ALWAYS_INLINE Words
round_to_draws (Group values, Reals scale, DrawVector draws)
{
  const __m512i high_halves =
    _mm512_set_epi32 (31, 29, 27, 25, 23, 21, 19, 17, 15, 13, 11, 9, 7, 5, 3, 1);
  const __m512i low = _mm512_set1_epi64 (0xffffffff);
  __m512i fixed[2];

  for (guint i = 0; i < 2; i++)
    fixed[i] = _mm512_cvt_roundpd_epi64 (_mm512_mul_round_pd (values.half[i], scale, DOWN), DOWN);
  fixed[0] = _mm512_add_epi64 (fixed[0], _mm512_and_si512 ((__m512i)draws, low));
  fixed[1] = _mm512_add_epi64 (fixed[1], _mm512_srli_epi64 ((__m512i)draws, 32));
  return _mm512_permutex2var_epi32 (fixed[0], high_halves, fixed[1]);
}

/* |y| + 1/2 towards zero has the integer part of the exact sum, as integers are doubles. */
static FXP_ALWAYS_INLINE __m256i
round_away (Reals y)
{
  Reals half = _mm512_or_pd (_mm512_and_pd (y, reals_all (-0.0)), reals_all (0.5));

  return _mm512_cvt_roundpd_epi32 (_mm512_add_round_pd (y, half, TO_ZERO), TO_ZERO);
}

/* y + 1/2 rounded down has the floor of the exact sum, as integers are doubles. */
static FXP_ALWAYS_INLINE __m256i
round_up (Reals y)
{
  return _mm512_cvt_roundpd_epi32 (_mm512_add_round_pd (y, reals_all (0.5), DOWN), DOWN);
}

/* The integers that @rounding makes of values / step, see round_scaled(); G_MININT32 for NaN and
 * what 32 bits cannot hold, or nearly so. */
static FXP_ALWAYS_INLINE Words
group_round (FxpRounding rounding, Group values, Reals scale, DrawVector draws)
{
  __m256i words[2];

  if (rounding == FXP_ROUND_STOCHASTIC)
    return round_to_draws (values, scale, draws);
  for (guint i = 0; i < 2; i++)
    if (rounding == FXP_ROUND_NEAREST_AWAY)
      words[i] = round_away (_mm512_mul_pd (values.half[i], scale));
    else if (rounding == FXP_ROUND_NEAREST_UP)
      words[i] = round_up (_mm512_mul_pd (values.half[i], scale));
    else if (rounding == FXP_ROUND_FLOOR)
      words[i] = _mm512_cvt_roundpd_epi32 (_mm512_mul_round_pd (values.half[i], scale, DOWN), DOWN);
    else if (rounding == FXP_ROUND_TOWARD_ZERO)
      words[i] = _mm512_cvt_roundpd_epi32 (_mm512_mul_pd (values.half[i], scale), TO_ZERO);
    else
      words[i] = _mm512_cvt_roundpd_epi32 (_mm512_mul_pd (values.half[i], scale), TO_EVEN);
  return _mm512_inserti64x4 (_mm512_castsi256_si512 (words[0]), words[1], 1);
}

#undef DOWN
#undef TO_EVEN
#undef TO_ZERO

/* See take_sign(). */
static FXP_ALWAYS_INLINE Words
group_take_signs (Group values)
{
  const Reals zero = _mm512_setzero_pd ();
  __mmask16 up = _mm512_kunpackb (_mm512_cmp_pd_mask (values.half[1], zero, _CMP_GE_OQ),
                                  _mm512_cmp_pd_mask (values.half[0], zero, _CMP_GE_OQ));
  __mmask16 down = _mm512_kunpackb (_mm512_cmp_pd_mask (values.half[1], zero, _CMP_LT_OQ),
                                    _mm512_cmp_pd_mask (values.half[0], zero, _CMP_LT_OQ));

  return _mm512_mask_set1_epi32 (_mm512_maskz_set1_epi32 (up, 1), down, -1);
}

static FXP_ALWAYS_INLINE Words
words_all (gint32 word)
{
  return _mm512_set1_epi32 (word);
}

static FXP_ALWAYS_INLINE Lanes
words_equal (Words a, Words b)
{
  return _mm512_cmpeq_epi32_mask (a, b);
}

static FXP_ALWAYS_INLINE Lanes
words_above (Words a, Words b)
{
  return _mm512_cmpgt_epi32_mask (a, b);
}

static FXP_ALWAYS_INLINE Words
words_clamp (Words self, Words low, Words high)
{
  return _mm512_min_epi32 (_mm512_max_epi32 (self, low), high);
}

/* The greater one of @peak, which has no sign, and the magnitude. */
static FXP_ALWAYS_INLINE Words
words_raise (Words peak, Words self)
{
  return _mm512_max_epu32 (peak, _mm512_abs_epi32 (self));
}

/* From and to codes as they are stored; words below 2^31. */
static FXP_ALWAYS_INLINE Words
words_load (gconstpointer codes, FxpStorage storage)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
      return _mm512_cvtepi8_epi32 (_mm_loadu_si128 (codes));
    case FXP_STORAGE_U8:
      return _mm512_cvtepu8_epi32 (_mm_loadu_si128 (codes));
    case FXP_STORAGE_I16:
      return _mm512_cvtepi16_epi32 (_mm256_loadu_si256 (codes));
    case FXP_STORAGE_U16:
      return _mm512_cvtepu16_epi32 (_mm256_loadu_si256 (codes));
    case FXP_STORAGE_I32:
    case FXP_STORAGE_U32:
    case FXP_STORAGE_F32:
    default:
      return _mm512_loadu_si512 (codes);
    }
}

static FXP_ALWAYS_INLINE void
words_store (Words self, gpointer codes, FxpStorage storage)
{
  switch (storage)
    {
    case FXP_STORAGE_I8:
    case FXP_STORAGE_U8:
      _mm_storeu_si128 (codes, _mm512_cvtepi32_epi8 (self));
      break;
    case FXP_STORAGE_I16:
    case FXP_STORAGE_U16:
      _mm256_storeu_si256 (codes, _mm512_cvtepi32_epi16 (self));
      break;
    case FXP_STORAGE_I32:
    case FXP_STORAGE_U32:
    case FXP_STORAGE_F32:
    default:
      _mm512_storeu_si512 (codes, self);
    }
}

static FXP_ALWAYS_INLINE Group
words_decode (Words self, Reals step)
{
  Reals first = _mm512_cvtepi32_pd (_mm512_castsi512_si256 (self));
  Reals second = _mm512_cvtepi32_pd (_mm512_extracti64x4_epi64 (self, 1));

  return (Group){{_mm512_mul_pd (first, step), _mm512_mul_pd (second, step)}};
}

/* Bytes that are 1 or 0, GROUP of them. */
static FXP_ALWAYS_INLINE void
flags_store (guint8 *flags, Lanes set)
{
  _mm_storeu_si128 ((gpointer)flags, _mm_maskz_set1_epi8 ((__mmask16)set, 1));
}

static FXP_ALWAYS_INLINE Lanes
flags_load (const guint8 *flags)
{
  __m128i bytes = _mm_loadu_si128 ((gconstpointer)flags);

  return _mm_test_epi8_mask (bytes, bytes);
}

G_END_DECLS
