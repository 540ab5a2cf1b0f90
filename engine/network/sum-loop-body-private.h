/* SPDX-License-Identifier: MIT */
/* The loops over vectors: sum-loop-UNIT.c includes the vectors of its unit, defines LOOP, the name
 * of the table, and includes this. */

#include "network/bend-vectors-private.h"
#include "network/sum-loop-private.h"

G_STATIC_ASSERT (FXP_SUM_GROUP % GROUP == 0);

/* Biases of the next group, and of those behind it: they begin again after @n, and can be read a
 * group beyond. */
typedef struct
{
  const double *all; /* or NULL */
  gsize next, step, n;
} Biases;

/* A span whose elements follow each other.  No function that is not inlined sees a pointer to one,
 * so that it stays in registers. */
typedef struct
{
  Rounder rounder;
  const gint32 *sums; /* or, if NULL: */
  const double *values;
  gsize n;
  Reals step;
  guint shift; /* steps of a sum in one of a code, as a power of two */
  Words peak;  /* magnitude of the sums so far, per lane */
  Biases biases;
  guint8 *codes;
  guint8 *mask; /* or NULL */
} Walk;

/* Values of one group, before the activation. */
static FXP_ALWAYS_INLINE Group
read_group (Walk *self, gsize i, const double *biases)
{
  Group values;

  if (self->sums != NULL)
    {
      const Words sums = words_load (self->sums + i, FXP_STORAGE_I32);

      self->peak = words_raise (self->peak, sums);
      values = words_decode (sums, self->step);
    }
  else
    values = group_load (self->values + i);
  if (biases != NULL)
    {
      const Group addends = group_load (biases);

      for (guint half = 0; half < 2; half++)
        values.half[half] = values.half[half] + addends.half[half];
    }
  return values;
}

/* What @rounding makes of sums / 2^shift, shift 1..31, in integers: the rest behind the lower
 * integer, and an addend below 2^shift, reach the upper one or not.  For draws it is floor (r
 * 2^(shift - 32)), as what is behind its binary point cannot matter to an integer. */
static FXP_ALWAYS_INLINE Words
round_sums (FxpRounding rounding, Words words, guint shift, DrawVector draws)
{
  const PlaceVector sums = (PlaceVector)words, whole = sums >> shift;
  const DrawVector rest = (DrawVector)sums & ((1u << shift) - 1);
  const DrawVector negative = (DrawVector)(sums < 0), half = (DrawVector){0} + (1u << (shift - 1));
  DrawVector addend = {0};

  if (rounding == FXP_ROUND_STOCHASTIC)
    addend = draws_in_order (draws) >> (32 - shift);
  else if (rounding == FXP_ROUND_NEAREST_EVEN)
    addend = half - 1 + ((DrawVector)whole & 1);
  else if (rounding == FXP_ROUND_NEAREST_AWAY)
    addend = half + negative;
  else if (rounding == FXP_ROUND_NEAREST_UP)
    addend = half;
  else if (rounding == FXP_ROUND_TOWARD_ZERO)
    addend = negative & ((1u << shift) - 1);
  return (Words)(whole + (PlaceVector)((rest + addend) >> shift));
}

static FXP_ALWAYS_INLINE Words
quantize_sums (Walk *self, FxpRounding rounding, DrawOrder order, gsize i, Lanes *nonzero)
{
  const gboolean draws_any = rounding == FXP_ROUND_STOCHASTIC;
  const DrawVector draws = draws_any ? draws_next (&self->rounder.draws, order) : (DrawVector){0};
  const Words sums = words_load (self->sums + i, FXP_STORAGE_I32);
  const Words rounded = round_sums (rounding, sums, self->shift, draws);
  Lanes clipped;

  self->peak = words_raise (self->peak, sums);
  *nonzero = words_equal (sums, words_all (0)) ^ ((1u << GROUP) - 1);
  return rounder_clamp (&self->rounder, rounded, *nonzero, &clipped);
}

static FXP_ALWAYS_INLINE void
walk_group (Walk *self,
            FxpRounding rounding,
            DrawOrder order,
            Bend bend,
            gsize i,
            const double *biases,
            gpointer codes,
            guint8 *mask)
{
  Lanes set;
  Words words;

  if (bend == BEND_NOTHING)
    words = quantize_sums (self, rounding, order, i, &set);
  else
    words = round_bent (&self->rounder, rounding, order, bend, read_group (self, i, biases), &set);
  words_store (words, codes, self->rounder.storage);
  if (bend != BEND_NOTHING || mask != NULL)
    flags_store (mask, set);
}

/* Zeros fill up the last group: no count sees them. */
static FXP_ALWAYS_INLINE void
walk_last (Walk *self, FxpRounding rounding, DrawOrder order, Bend bend, gsize i, gsize n)
{
  const gsize size = fxp_storage_get_size (self->rounder.storage);
  gint32 sums[GROUP] = {0};
  double values[GROUP] = {0.0}, biases[GROUP] = {0.0};
  guint8 codes[4 * GROUP], mask[GROUP];

  if (self->sums != NULL)
    self->sums = memcpy (sums, self->sums + i, n * sizeof (gint32));
  else
    self->values = memcpy (values, self->values + i, n * sizeof (double));
  if (self->biases.all != NULL)
    memcpy (biases, self->biases.all + self->biases.next, n * sizeof (double));
  walk_group (self, rounding, order, bend, 0, biases, codes, mask);
  memcpy (self->codes + i * size, codes, n * size);
  if (self->mask != NULL)
    memcpy (self->mask + i, mask, n);
}

static FXP_ALWAYS_INLINE void
walk (Walk *self, FxpRounding rounding, DrawOrder order, Bend bend)
{
  const gsize size = fxp_storage_get_size (self->rounder.storage);
  const gsize rest = self->n % GROUP, whole = self->n - rest;

  for (gsize i = 0; i < whole; i += GROUP)
    {
      Biases *biases = &self->biases;

      walk_group (self,
                  rounding,
                  order,
                  bend,
                  i,
                  biases->all == NULL ? NULL : biases->all + biases->next,
                  self->codes + i * size,
                  self->mask == NULL ? NULL : self->mask + i);
      biases->next += biases->step;
      biases->next -= biases->next >= biases->n ? biases->n : 0;
    }
  if (rest > 0)
    walk_last (self, rounding, order, bend, whole, rest);
}

/* The commonest ones know their rounding, and all that draw the order of the draws. */
static FXP_ALWAYS_INLINE void
walk_rounding (Walk *self, FxpRounding rounding, Bend bend)
{
  const DrawOrder order = self->rounder.draws.order;

  if (rounding == FXP_ROUND_NEAREST_EVEN)
    walk (self, FXP_ROUND_NEAREST_EVEN, DRAWS_IN_LINE, bend);
  else if (rounding != FXP_ROUND_STOCHASTIC)
    walk (self, rounding, DRAWS_IN_LINE, bend);
  else if (order == DRAWS_IN_BLOCKS)
    walk (self, FXP_ROUND_STOCHASTIC, DRAWS_IN_BLOCKS, bend);
  else if (order == DRAWS_IN_PLANES)
    walk (self, FXP_ROUND_STOCHASTIC, DRAWS_IN_PLANES, bend);
  else
    walk (self, FXP_ROUND_STOCHASTIC, DRAWS_IN_LINE, bend);
}

/* Rows one behind the other; a row's last group goes beyond it, and the next row over that. */
static const gint32 *
gather (const FxpSumSpan *span, gint32 *gathered)
{
  if (span->sums == NULL || span->n_rows == 1 || span->stride == span->n_columns)
    return span->sums;
  for (gsize r = 0; r < span->n_rows; r++)
    for (gsize c = 0; c < span->n_columns; c += GROUP)
      words_store (words_load (span->sums + r * span->stride + c, FXP_STORAGE_I32),
                   gathered + r * span->n_columns + c,
                   FXP_STORAGE_I32);
  return gathered;
}

/* Biases that begin again within a group are laid out as they are needed, once around. */
static Biases
place_biases (const FxpSumSpan *span, gsize n, double *placed)
{
  const gsize begin = span->biases == NULL ? 0 : span->first % span->n_biases;
  Biases self = {span->biases, begin, 0, span->n_biases};

  if (span->biases == NULL)
    return self;
  self.step = GROUP % self.n;
  if ((begin % GROUP == 0 && self.n % GROUP == 0) || begin + n <= self.n)
    return self;
  n = MIN (n, self.n + GROUP);
  for (gsize i = 0, from = begin; i < n; from = 0)
    {
      const gsize run = MIN (self.n - from, n - i);

      memcpy (placed + i, span->biases + from, run * sizeof (double));
      i += run;
    }
  self.all = placed;
  self.next = 0;
  return self;
}

static guint32
get_peak (Words words)
{
  guint32 lanes[GROUP], peak = 0;

  memcpy (lanes, &words, sizeof lanes);
  for (guint i = 0; i < GROUP; i++)
    peak = MAX (peak, lanes[i]);
  return peak;
}

/* How much finer sums are than codes, 2^1..2^31; 0 where it is something else. */
static guint
get_shift (const FxpSumSpan *span, const FxpQuantizer *quantizer)
{
  const double ratio = fxp_format_get_step (quantizer->format) / span->step;

  return ratio >= 2.0 && ratio <= 0x1p31 ? g_bit_storage ((guint32)ratio) - 1 : 0;
}

static FXP_ALWAYS_INLINE gboolean
take (const FxpSumSpan *span,
      Bend bend,
      const FxpQuantizer *quantizer,
      const FxpNoise *noise,
      gpointer codes,
      guint8 *mask,
      FxpTally *tally)
{
  const gsize n = span->n_rows * span->n_columns;
  const guint shift = bend == BEND_NOTHING ? get_shift (span, quantizer) : 0;
  gint32 gathered[FXP_PIECE + GROUP];
  double placed[FXP_PIECE];
  Walk self;

  g_assert (n <= FXP_PIECE);
  if (!rounder_takes (quantizer) || (bend == BEND_NOTHING && shift == 0))
    return FALSE;
  self.rounder = rounder_new (quantizer, noise, span->first);
  self.sums = gather (span, gathered);
  self.values = span->values;
  self.n = n;
  self.step = reals_all (span->step);
  self.shift = shift;
  self.peak = words_all (0);
  self.biases = place_biases (span, n, placed);
  self.codes = codes;
  self.mask = mask;
  walk_rounding (&self, quantizer->rounding, bend);
  rounder_count (&self.rounder, n, &tally->first);
  if (span->sums != NULL)
    {
      tally->sums.n += n;
      tally->sums.peak = MAX (tally->sums.peak, get_peak (self.peak));
    }
  return TRUE;
}

static gboolean
quantize (const FxpSumSpan *span,
          const FxpQuantizer *quantizer,
          const FxpNoise *noise,
          gpointer codes,
          guint8 *nonzero,
          FxpTally *tally)
{
  return span->sums != NULL && span->biases == NULL &&
         take (span, BEND_NOTHING, quantizer, noise, codes, nonzero, tally);
}

static gboolean
activate (const FxpSumSpan *span,
          FxpActivation activation,
          const FxpQuantizer *quantizer,
          const FxpNoise *noise,
          gpointer codes,
          guint8 *mask,
          FxpTally *tally)
{
  if (activation == FXP_ACTIVATION_RELU)
    return take (span, BEND_RELU, quantizer, noise, codes, mask, tally);
  if (activation == FXP_ACTIVATION_CLIPPED_RELU)
    return take (span, BEND_CLIPPED_RELU, quantizer, noise, codes, mask, tally);
  return FALSE;
}

const FxpSumLoop LOOP = {
  .quantize = quantize,
  .activate = activate,
};
