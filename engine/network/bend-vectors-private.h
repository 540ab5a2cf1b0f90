/* SPDX-License-Identifier: MIT */
/* Activations in registers, for loops that have included the vectors of their unit. */
#pragma once

#ifndef FXP_COMPILATION
#  error "bend-vectors-private.h is for engine/network/ only"
#endif

#include "number/quantizer-vectors-private.h"

G_BEGIN_DECLS

/* What happens to values before they are quantized. */
typedef enum
{
  BEND_NOTHING,
  BEND_RELU,
  BEND_CLIPPED_RELU
} Bend;

/* The codes of max (z, 0) are those of z, but for negative ones, which no rounding makes positive:
 * they are clamped to 0 last, and only what is above the word was clipped. */
static FXP_ALWAYS_INLINE Words
round_bent (Rounder *self,
            FxpRounding rounding,
            DrawOrder order,
            Bend bend,
            Group values,
            Lanes *passing)
{
  const gboolean draws_any = rounding == FXP_ROUND_STOCHASTIC;
  const DrawVector draws = draws_any ? draws_next (&self->draws, order) : (DrawVector){0};
  const Words zero = words_all (0);
  const Lanes positive = group_find_above (values, reals_all (0.0));
  Lanes clipped;
  Words rounded;

  *passing = positive;
  if (bend == BEND_CLIPPED_RELU)
    {
      *passing &= group_find_below (values, reals_all (2.0));
      for (guint i = 0; i < 2; i++)
        values.half[i] = reals_at_most (values.half[i], reals_all (2.0));
    }
  rounded = group_round (rounding, values, self->scale, draws);
  if (G_UNLIKELY (words_equal (rounded, words_all (G_MININT32)) != 0))
    {
      for (guint i = 0; i < 2; i++)
        values.half[i] = reals_at_least (values.half[i], reals_all (0.0));
      self->n_nonfinite += (guint)__builtin_popcount (group_find_nonfinite (values));
      rounded = group_round (rounding, group_tame (values, self->limit), self->scale, draws);
    }
  clipped = words_above (rounded, self->high);
  *passing &= ~clipped;
  self->n_overflowed += (guint)__builtin_popcount (clipped);
  self->n_underflowed += (guint)__builtin_popcount (words_equal (rounded, zero) & positive);
  return words_clamp (rounded, zero, self->high);
}

G_END_DECLS
