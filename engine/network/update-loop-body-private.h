/* SPDX-License-Identifier: MIT */
/* The loops over vectors: update-loop-UNIT.c includes the vectors of its unit, defines LOOP, the
 * name of the table, and includes this. */

#include "network/update-loop-private.h"
#include "number/quantizer-vectors-private.h"

/* Of one of three counts that share a sum: three sums would take a tenth of the loop's time. */
#define COUNT_BITS 21
#define COUNT_MAX  ((1 << COUNT_BITS) - 1)

typedef struct
{
  Rounder weight, residue;
  FxpRounding weight_rounding, residue_rounding;
  Reals weight_step, residue_step, gradient_step, rate;
  FxpStorage gradient_storage;
  Words inner_low, inner_high; /* of codes between the ends of W's range */
  guint64 counted;             /* n, n_lost and n_stopped, side by side */
} Updater;

static Updater
updater_new (const FxpUpdateSpan *span)
{
  const FxpQuantizer *weight = span->weight_quantizer, *residue = span->residue_quantizer;
  const Word word = word_new (weight);

  return (Updater){
    .weight = rounder_new (weight, span->weight_noise, span->first),
    .residue = rounder_new (residue, span->residue_noise, span->first),
    .weight_rounding = weight->rounding,
    .residue_rounding = residue->rounding,
    .weight_step = reals_all (fxp_format_get_step (weight->format)),
    .residue_step = reals_all (fxp_format_get_step (residue->format)),
    .gradient_step = reals_all (fxp_format_get_step (span->gradient_format)),
    .rate = reals_all (span->rate),
    .gradient_storage = fxp_format_get_storage (span->gradient_format),
    .inner_low = words_all ((gint32)word.low + 1),
    .inner_high = words_all ((gint32)word.high - 1),
  };
}

/* v = W + (W_acc - rate d), W' = Q (v), W_acc' = Q (v - W'). */
static FXP_ALWAYS_INLINE void
update_group (Updater *self,
              FxpRounding weight_rounding,
              FxpRounding residue_rounding,
              gpointer weight,
              gpointer residue,
              gconstpointer gradient,
              const guint8 *moved)
{
  const Words words = words_load (weight, self->weight.storage);
  const Words rests = words_load (residue, self->residue.storage);
  const Words directions = words_load (gradient, self->gradient_storage);
  const Lanes changes = flags_load (moved);
  const Lanes at_rest = words_equal (directions, words_all (0));
  Group direction = words_decode (directions, self->gradient_step);
  Group rest = words_decode (rests, self->residue_step);
  Group word = words_decode (words, self->weight_step), shown;
  Words new_words, new_rests;
  Words changed, bounded;
  Lanes clipped, still, stopped;

  for (guint i = 0; i < 2; i++)
    {
      Reals change = self->rate * direction.half[i];
      Reals below = rest.half[i] - change;

      word.half[i] = word.half[i] + below;
    }
  new_words = rounder_next (&self->weight, weight_rounding, DRAWS_IN_LINE, word, &clipped);
  shown = words_decode (new_words, self->weight_step);
  for (guint i = 0; i < 2; i++)
    rest.half[i] = word.half[i] - shown.half[i];
  new_rests = rounder_next (&self->residue, residue_rounding, DRAWS_IN_LINE, rest, &clipped);

  words_store (new_words, weight, self->weight.storage);
  words_store (new_rests, residue, self->residue.storage);

  /* Both are 0 where W and W_acc are what they were, and W is between the ends of its range. */
  changed = (words ^ new_words) | (rests ^ new_rests);
  bounded = words ^ words_clamp (words, self->inner_low, self->inner_high);
  still = words_equal (changed, words_all (0));
  stopped = words_equal (changed | bounded, words_all (0)) & ~at_rest;
  self->counted += (guint64)__builtin_popcount (changes) |
                   (guint64)__builtin_popcount (changes & still) << COUNT_BITS |
                   (guint64)__builtin_popcount (stopped) << 2 * COUNT_BITS;
}

/* Weights that fill up the last group are 0 and have no gradient: no count sees them. */
static FXP_ALWAYS_INLINE void
update_last (Updater *self,
             const FxpUpdateSpan *span,
             guint8 *weight,
             guint8 *residue,
             const guint8 *gradient,
             gsize n)
{
  const gsize weight_size = fxp_storage_get_size (self->weight.storage);
  const gsize residue_size = fxp_storage_get_size (self->residue.storage);
  const gsize gradient_size = fxp_storage_get_size (self->gradient_storage);
  guint8 weights[4 * GROUP] = {0}, residues[4 * GROUP] = {0}, gradients[4 * GROUP] = {0};
  guint8 moved[GROUP] = {0};

  memcpy (weights, weight, n * weight_size);
  memcpy (residues, residue, n * residue_size);
  memcpy (gradients, gradient, n * gradient_size);
  memcpy (moved, span->moved + span->n - n, n);
  update_group (self,
                self->weight_rounding,
                self->residue_rounding,
                weights,
                residues,
                gradients,
                moved);
  memcpy (weight, weights, n * weight_size);
  memcpy (residue, residues, n * residue_size);
}

static FXP_ALWAYS_INLINE void
update_span (Updater *self,
             FxpRounding weight_rounding,
             FxpRounding residue_rounding,
             const FxpUpdateSpan *span)
{
  const gsize weight_size = fxp_storage_get_size (self->weight.storage);
  const gsize residue_size = fxp_storage_get_size (self->residue.storage);
  const gsize gradient_size = fxp_storage_get_size (self->gradient_storage);
  const gsize rest = span->n % GROUP;
  guint8 *weight = span->weight, *residue = span->residue;
  const guint8 *gradient = span->gradient;

  for (gsize i = 0; i < span->n - rest; i += GROUP)
    {
      update_group (self,
                    weight_rounding,
                    residue_rounding,
                    weight,
                    residue,
                    gradient,
                    span->moved + i);
      weight += GROUP * weight_size;
      residue += GROUP * residue_size;
      gradient += GROUP * gradient_size;
    }
  if (rest > 0)
    update_last (self, span, weight, residue, gradient, rest);
}

static gboolean
update (const FxpUpdateSpan *span, FxpUpdateTally *tally)
{
  Updater updater;

  /* Gradients are read as words of 32 bits with a sign, and what fills up a group must stay 0; a
   * word of one bit has no codes between its ends. */
  if (!rounder_takes (span->weight_quantizer) || !rounder_takes (span->residue_quantizer) ||
      fxp_format_is_float (span->gradient_format) || span->gradient_format.word_bits > 31 ||
      span->weight_quantizer->format.word_bits < 2 || span->n > COUNT_MAX ||
      !(fabs (span->rate) <= DBL_MAX))
    return FALSE;

  updater = updater_new (span);
  if (updater.weight_rounding == FXP_ROUND_STOCHASTIC &&
      updater.residue_rounding == FXP_ROUND_STOCHASTIC)
    update_span (&updater, FXP_ROUND_STOCHASTIC, FXP_ROUND_STOCHASTIC, span);
  else
    update_span (&updater, updater.weight_rounding, updater.residue_rounding, span);
  rounder_count (&updater.weight, span->n, &tally->weight);
  rounder_count (&updater.residue, span->n, &tally->residue);
  tally->updates.n += updater.counted & COUNT_MAX;
  tally->updates.n_lost += updater.counted >> COUNT_BITS & COUNT_MAX;
  tally->updates.n_stopped += updater.counted >> 2 * COUNT_BITS;
  return TRUE;
}

static void
find_nonzero (const double *values, guint8 *flags, gsize n)
{
  const gsize rest = n % GROUP;

  for (gsize i = 0; i < n - rest; i += GROUP)
    flags_store (flags + i, group_find_nonzero (group_load (values + i)));
  for (gsize i = n - rest; i < n; i++)
    flags[i] = values[i] != 0.0;
}

const FxpUpdateLoop LOOP = {
  .update = update,
  .find_nonzero = find_nonzero,
};
