/* SPDX-License-Identifier: MIT */
/* The kernel over vectors: quantizer-kernel-UNIT.c includes the vectors of its unit, defines
 * KERNEL, the name of the table, and includes this. */

#include "number/decoding-private.h"
#include "number/quantizer-blocks-private.h"
#include "number/quantizer-kernel-private.h"
#include "number/quantizer-vectors-private.h"

static FXP_ALWAYS_INLINE void
quantize_group (Rounder *rounder,
                FxpRounding rounding,
                DrawOrder order,
                const double *values,
                gpointer codes,
                guint8 *clipped)
{
  Lanes lanes;
  Words words = rounder_next (rounder, rounding, order, group_load (values), &lanes);

  words_store (words, codes, rounder->storage);
  if (clipped != NULL)
    flags_store (clipped, lanes);
}

/* Zeros fill up the last group: no count sees them. */
static FXP_ALWAYS_INLINE void
quantize (Rounder rounder,
          FxpRounding rounding,
          DrawOrder order,
          const double *values,
          guint8 *codes,
          gsize n,
          FxpQuantizeCounts *counts,
          guint8 *clipped)
{
  const gsize size = fxp_storage_get_size (rounder.storage), rest = n % GROUP, whole = n - rest;

  for (gsize i = 0; i < whole; i += GROUP)
    quantize_group (&rounder,
                    rounding,
                    order,
                    values + i,
                    codes + i * size,
                    clipped == NULL ? NULL : clipped + i);
  if (rest > 0)
    {
      double last_values[GROUP] = {0.0};
      guint8 last_codes[4 * GROUP], last_clipped[GROUP];

      memcpy (last_values, values + whole, rest * sizeof (double));
      quantize_group (&rounder, rounding, order, last_values, last_codes, last_clipped);
      memcpy (codes + whole * size, last_codes, rest * size);
      if (clipped != NULL)
        memcpy (clipped + whole, last_clipped, rest);
    }
  rounder_count (&rounder, n, counts);
}

/* Signs, in a word that holds the codes of both: nothing is clipped, and no zero counts. */
static void
quantize_signs (const double *values,
                guint8 *codes,
                FxpStorage storage,
                gsize n,
                FxpQuantizeCounts *counts)
{
  const gsize size = fxp_storage_get_size (storage), rest = n % GROUP, whole = n - rest;

  for (gsize i = 0; i < whole; i += GROUP)
    {
      const Group group = group_load (values + i);

      words_store (group_take_signs (group), codes + i * size, storage);
      counts->n_nonfinite += (guint)__builtin_popcount (group_find_nonfinite (group));
    }
  if (rest > 0)
    {
      double last_values[GROUP] = {0.0};
      guint8 last_codes[4 * GROUP];

      memcpy (last_values, values + whole, rest * sizeof (double));
      words_store (group_take_signs (group_load (last_values)), last_codes, storage);
      memcpy (codes + whole * size, last_codes, rest * size);
      counts->n_nonfinite +=
        (guint)__builtin_popcount (group_find_nonfinite (group_load (last_values)));
    }
  counts->n += n;
}

static void
apply (const FxpQuantizer *quantizer,
       const FxpNoise *noise,
       const double *values,
       gpointer codes,
       gsize first,
       gsize n,
       FxpQuantizeCounts *counts,
       guint8 *clipped)
{
  const FxpFormat format = quantizer->format;
  Rounder rounder;

  if (quantizer->rounding == FXP_ROUND_SIGN && format.is_signed && format.word_bits >= 2)
    {
      quantize_signs (values, codes, fxp_format_get_storage (format), n, counts);
      if (clipped != NULL)
        memset (clipped, 0, n);
      return;
    }
  if (!rounder_takes (quantizer))
    {
      apply_blocks (quantizer, noise, values, codes, first, n, counts, clipped);
      return;
    }

#define QUANTIZE(rounding, order)                                                                  \
  quantize (rounder, rounding, order, values, codes, n, counts, clipped)

  rounder = rounder_new (quantizer, noise, first);
  switch (quantizer->rounding)
    {
    case FXP_ROUND_NEAREST_EVEN:
      QUANTIZE (FXP_ROUND_NEAREST_EVEN, DRAWS_IN_LINE);
      break;
    case FXP_ROUND_NEAREST_AWAY:
      QUANTIZE (FXP_ROUND_NEAREST_AWAY, DRAWS_IN_LINE);
      break;
    case FXP_ROUND_FLOOR:
      QUANTIZE (FXP_ROUND_FLOOR, DRAWS_IN_LINE);
      break;
    case FXP_ROUND_TOWARD_ZERO:
      QUANTIZE (FXP_ROUND_TOWARD_ZERO, DRAWS_IN_LINE);
      break;
    case FXP_ROUND_STOCHASTIC:
      if (rounder.draws.order == DRAWS_IN_BLOCKS)
        QUANTIZE (FXP_ROUND_STOCHASTIC, DRAWS_IN_BLOCKS);
      else if (rounder.draws.order == DRAWS_IN_PLANES)
        QUANTIZE (FXP_ROUND_STOCHASTIC, DRAWS_IN_PLANES);
      else
        QUANTIZE (FXP_ROUND_STOCHASTIC, DRAWS_IN_LINE);
      break;
    case FXP_ROUND_NEAREST_UP:
      QUANTIZE (FXP_ROUND_NEAREST_UP, DRAWS_IN_LINE);
      break;
    case FXP_ROUND_SIGN: /* done above */
    case FXP_N_ROUNDINGS:
    default:
      g_assert_not_reached ();
    }

#undef QUANTIZE
}

const FxpQuantizerKernel KERNEL = {
  .apply = apply,
  .narrow = narrow,
  .decode = decode,
};
