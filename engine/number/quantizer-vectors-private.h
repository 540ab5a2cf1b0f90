/* SPDX-License-Identifier: MIT */
/* Quantizing in one pass over registers: GROUP values at a time are scaled, drawn for, rounded,
 * counted and clamped.  For kernels that have included the vectors of their unit; words that wrap
 * or nearly fill 32 bits, and steps that a unit does not take, are for quantizer-blocks-private.h.
 * Signs are apart: they would make 1 of the zeros that fill up a group. */
#pragma once

#ifndef FXP_COMPILATION
#  error "quantizer-vectors-private.h is for engine/ only"
#endif

#include "number/quantizer.h"

G_BEGIN_DECLS

/* Beyond every word that is taken, and below what group_round() cannot hold. */
#define LIMIT 0x7ffffffe

/* A quantizer at work on an array. */
typedef struct
{
  Reals scale, limit;
  Words low, high;
  FxpStorage storage;
  Draws draws;
  guint64 n_overflowed, n_underflowed, n_nonfinite;
} Rounder;

static FXP_ALWAYS_INLINE gboolean
rounder_takes (const FxpQuantizer *quantizer)
{
  return !fxp_format_is_float (quantizer->format) && quantizer->overflow != FXP_OVERFLOW_WRAP &&
         quantizer->rounding != FXP_ROUND_SIGN && quantizer->format.word_bits <= 30 &&
         1.0 / fxp_format_get_step (quantizer->format) >= LEAST_SCALE;
}

static FXP_ALWAYS_INLINE Rounder
rounder_new (const FxpQuantizer *quantizer, const FxpNoise *noise, gsize first)
{
  const Word word = word_new (quantizer);
  const gboolean draws_any = quantizer->rounding == FXP_ROUND_STOCHASTIC;

  return (Rounder){
    .scale = scale_for (quantizer->rounding, word.scale),
    .limit = reals_all (LIMIT * fxp_format_get_step (quantizer->format)),
    .low = words_all ((gint32)word.low),
    .high = words_all ((gint32)word.high),
    .storage = fxp_format_get_storage (quantizer->format),
    .draws = draws_begin (draws_any ? noise : NULL, first),
  };
}

/* Rounded values within the word; @clipped becomes the lanes that left the range.  @nonzero: lanes
 * whose value is not 0. */
static FXP_ALWAYS_INLINE Words
rounder_clamp (Rounder *self, Words rounded, Lanes nonzero, Lanes *clipped)
{
  const Words codes = words_clamp (rounded, self->low, self->high);

  *clipped = words_equal (rounded, codes) ^ ((1u << GROUP) - 1);
  self->n_overflowed += (guint)__builtin_popcount (*clipped);
  self->n_underflowed += (guint)__builtin_popcount (words_equal (rounded, words_all (0)) & nonzero);
  return codes;
}

/* The codes of the next group; @clipped becomes the lanes that left the range.  @rounding and
 * @order are those of the quantizer and its draws, known to the compiler. */
static FXP_ALWAYS_INLINE Words
rounder_next (Rounder *self, FxpRounding rounding, DrawOrder order, Group values, Lanes *clipped)
{
  const gboolean draws_any = rounding == FXP_ROUND_STOCHASTIC;
  const DrawVector draws = draws_any ? draws_next (&self->draws, order) : (DrawVector){0};
  Words rounded = group_round (rounding, values, self->scale, draws);

  if (G_UNLIKELY (words_equal (rounded, words_all (G_MININT32)) != 0))
    {
      self->n_nonfinite += (guint)__builtin_popcount (group_find_nonfinite (values));
      values = group_tame (values, self->limit);
      rounded = group_round (rounding, values, self->scale, draws);
    }
  return rounder_clamp (self, rounded, group_find_nonzero (values), clipped);
}

static FXP_ALWAYS_INLINE void
rounder_count (const Rounder *self, gsize n, FxpQuantizeCounts *counts)
{
  counts->n += n;
  counts->n_overflowed += self->n_overflowed;
  counts->n_underflowed += self->n_underflowed;
  counts->n_nonfinite += self->n_nonfinite;
}

#undef LIMIT

G_END_DECLS
