/* SPDX-License-Identifier: MIT */
/* The loops over vectors: norm-loop-UNIT.c includes the vectors of its unit, defines LOOP, the name
 * of the table, and includes this. */

#include "network/bend-vectors-private.h"
#include "network/norm-loop-private.h"

G_STATIC_ASSERT (GROUP <= FXP_NORM_OVERLAP);

/* A span at work: what moves on with each group. */
typedef struct
{
  Rounder rounder;
  Reals step; /* of Z */
  /* Where it goes on to activations: */
  Rounder activation;
  Reals identity_step;
  FxpStorage identity_storage;
  /* Backward: */
  Reals gradient_step;
  FxpStorage normal_storage, gradient_storage;
  const double *rows[FXP_N_NORM_ROWS];
  gsize at, period;
} Walk;

/* Field by field: what a loop does not need is not cleared either. */
static FXP_ALWAYS_INLINE void
walk_init (Walk *self, const FxpNormSpan *span)
{
  self->rounder = rounder_new (span->quantizer, span->noise, span->first);
  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
    self->rows[row] = span->rows[row];
  self->at = span->begin;
  self->period = span->period;
}

static FXP_ALWAYS_INLINE void
walk_on (Walk *self)
{
  self->at += GROUP;
  self->at -= self->at >= self->period ? self->period : 0;
}

static FXP_ALWAYS_INLINE Group
walk_load (const Walk *self, FxpNormRow row)
{
  return group_load (self->rows[row] + self->at);
}

/* For the elements behind the last whole group: the rows from here on, for @n elements, and zeros,
 * which no count sees. */
typedef struct
{
  double rows[FXP_N_NORM_ROWS][GROUP];
} Rest;

static FXP_ALWAYS_INLINE void
walk_enter_rest (Walk *self, gsize n, Rest *rest)
{
  memset (rest, 0, sizeof *rest);
  for (guint row = 0; row < FXP_N_NORM_ROWS; row++)
    {
      memcpy (rest->rows[row], self->rows[row] + self->at, n * sizeof (double));
      self->rows[row] = rest->rows[row];
    }
  self->at = 0;
}

/* Z = Q ((z - mu) r); returns y = gamma Z + beta. */
static FXP_ALWAYS_INLINE Group
normalize_group (Walk *self, FxpRounding rounding, DrawOrder order, Group sums, gpointer codes)
{
  const Group means = walk_load (self, FXP_NORM_MEAN), scales = walk_load (self, FXP_NORM_SCALE);
  const Group gamma = walk_load (self, FXP_NORM_GAMMA), beta = walk_load (self, FXP_NORM_BETA);
  Words words;
  Lanes clipped;

  for (guint i = 0; i < 2; i++)
    {
      Reals centred = sums.half[i] - means.half[i];

      sums.half[i] = centred * scales.half[i];
    }
  words = rounder_next (&self->rounder, rounding, order, sums, &clipped);
  words_store (words, codes, self->rounder.storage);
  sums = words_decode (words, self->step);
  for (guint i = 0; i < 2; i++)
    {
      Reals stretched = gamma.half[i] * sums.half[i];

      sums.half[i] = stretched + beta.half[i];
    }
  return sums;
}

/* A = Q (act (y + x)), x the value of @identity, or nothing where that is NULL. */
static FXP_ALWAYS_INLINE void
activate_group (Walk *self,
                FxpRounding rounding,
                DrawOrder order,
                Bend bend,
                Group values,
                gconstpointer identity,
                gpointer codes,
                guint8 *mask)
{
  Lanes passing;
  Words words;

  if (identity != NULL)
    {
      const Group added =
        words_decode (words_load (identity, self->identity_storage), self->identity_step);

      for (guint i = 0; i < 2; i++)
        values.half[i] = values.half[i] + added.half[i];
    }
  words = round_bent (&self->activation, rounding, order, bend, values, &passing);
  words_store (words, codes, self->activation.storage);
  flags_store (mask, passing);
}

static FXP_ALWAYS_INLINE Group
load_sums (const FxpNormSpan *span, gboolean is_short, gsize i)
{
  if (is_short)
    return words_decode (words_load (span->short_sums + i, FXP_STORAGE_I32), reals_all (1.0));
  return group_load (span->sums + i);
}

/* Of the @n elements behind the last whole group. */
static FXP_ALWAYS_INLINE Group
normalize_rest (Walk *self,
                FxpRounding rounding,
                DrawOrder order,
                const FxpNormSpan *span,
                gboolean is_short,
                gsize n)
{
  const gsize whole = span->n - n, size = fxp_storage_get_size (self->rounder.storage);
  double sums[GROUP] = {0.0};
  guint8 codes[4 * GROUP];
  Rest rest;
  Group values;

  for (gsize i = 0; i < n; i++)
    sums[i] = is_short ? span->short_sums[whole + i] : span->sums[whole + i];
  walk_enter_rest (self, n, &rest);
  values = normalize_group (self, rounding, order, group_load (sums), codes);
  memcpy ((guint8 *)span->codes + whole * size, codes, n * size);
  return values;
}

static FXP_ALWAYS_INLINE void
normalize_span (Walk walk,
                const FxpNormSpan *span,
                FxpRounding rounding,
                DrawOrder order,
                gboolean is_short,
                FxpQuantizeCounts *counts)
{
  const gsize rest = span->n % GROUP, whole = span->n - rest;
  const gsize size = fxp_storage_get_size (walk.rounder.storage);
  guint8 *codes = span->codes;

  for (gsize i = 0; i < whole; i += GROUP)
    {
      group_store (normalize_group (&walk,
                                    rounding,
                                    order,
                                    load_sums (span, is_short, i),
                                    codes + i * size),
                   span->values + i);
      walk_on (&walk);
    }
  if (rest > 0)
    {
      double values[GROUP];

      group_store (normalize_rest (&walk, rounding, order, span, is_short, rest), values);
      memcpy (span->values + whole, values, rest * sizeof (double));
    }
  rounder_count (&walk.rounder, span->n, counts);
}

static FXP_ALWAYS_INLINE void
activate_rest (Walk *self,
               FxpRounding rounding,
               DrawOrder order,
               Bend bend,
               const FxpNormSpan *span,
               Group values,
               gsize n)
{
  const gsize whole = span->n - n, size = fxp_storage_get_size (self->activation.storage);
  const gsize identity_size = fxp_storage_get_size (self->identity_storage);
  guint8 identity[4 * GROUP] = {0}, codes[4 * GROUP], mask[GROUP];

  if (span->identity != NULL)
    memcpy (identity, (const guint8 *)span->identity + whole * identity_size, n * identity_size);
  activate_group (self,
                  rounding,
                  order,
                  bend,
                  values,
                  span->identity == NULL ? NULL : identity,
                  codes,
                  mask);
  memcpy ((guint8 *)span->activations + whole * size, codes, n * size);
  memcpy (span->mask + whole, mask, n);
}

/* Both draw in the same order, if at all. */
static FXP_ALWAYS_INLINE void
activate_span (Walk walk,
               const FxpNormSpan *span,
               FxpRounding rounding,
               FxpRounding activation_rounding,
               DrawOrder order,
               Bend bend,
               FxpQuantizeCounts *counts,
               FxpQuantizeCounts *activation_counts)
{
  const gsize rest = span->n % GROUP, whole = span->n - rest;
  const gsize size = fxp_storage_get_size (walk.rounder.storage);
  const gsize activation_size = fxp_storage_get_size (walk.activation.storage);
  const gsize identity_size = fxp_storage_get_size (walk.identity_storage);
  const gboolean is_short = span->sums == NULL;
  const guint8 *identity = span->identity;
  guint8 *codes = span->codes, *activations = span->activations;

  for (gsize i = 0; i < whole; i += GROUP)
    {
      const Group values =
        normalize_group (&walk, rounding, order, load_sums (span, is_short, i), codes + i * size);

      activate_group (&walk,
                      activation_rounding,
                      order,
                      bend,
                      values,
                      identity == NULL ? NULL : identity + i * identity_size,
                      activations + i * activation_size,
                      span->mask + i);
      walk_on (&walk);
    }
  if (rest > 0)
    activate_rest (&walk,
                   activation_rounding,
                   order,
                   bend,
                   span,
                   normalize_rest (&walk, rounding, order, span, is_short, rest),
                   rest);
  rounder_count (&walk.rounder, span->n, counts);
  rounder_count (&walk.activation, span->n, activation_counts);
}

/* G_Z = Q (((g - S / m) - Z (T / m)) (gamma r)). */
static FXP_ALWAYS_INLINE void
differentiate_group (Walk *self,
                     FxpRounding rounding,
                     DrawOrder order,
                     gconstpointer gradient,
                     gconstpointer normal,
                     gpointer codes)
{
  const Group means = walk_load (self, FXP_NORM_MEAN), slopes = walk_load (self, FXP_NORM_GAMMA);
  const Group scales = walk_load (self, FXP_NORM_SCALE);
  const Group along = words_decode (words_load (normal, self->normal_storage), self->step);
  Group values = words_decode (words_load (gradient, self->gradient_storage), self->gradient_step);
  Lanes clipped;

  for (guint i = 0; i < 2; i++)
    {
      Reals centred = values.half[i] - means.half[i];
      Reals part = along.half[i] * slopes.half[i];

      values.half[i] = (centred - part) * scales.half[i];
    }
  words_store (rounder_next (&self->rounder, rounding, order, values, &clipped),
               codes,
               self->rounder.storage);
}

static FXP_ALWAYS_INLINE void
differentiate_rest (Walk *self,
                    FxpRounding rounding,
                    DrawOrder order,
                    const FxpNormSpan *span,
                    gsize n)
{
  const gsize whole = span->n - n, size = fxp_storage_get_size (self->rounder.storage);
  const gsize gradient_size = fxp_storage_get_size (self->gradient_storage);
  const gsize normal_size = fxp_storage_get_size (self->normal_storage);
  guint8 gradient[4 * GROUP] = {0}, normal[4 * GROUP] = {0}, codes[4 * GROUP];
  Rest rest;

  memcpy (gradient, (const guint8 *)span->gradient + whole * gradient_size, n * gradient_size);
  memcpy (normal, (const guint8 *)span->normal + whole * normal_size, n * normal_size);
  walk_enter_rest (self, n, &rest);
  differentiate_group (self, rounding, order, gradient, normal, codes);
  memcpy ((guint8 *)span->codes + whole * size, codes, n * size);
}

static FXP_ALWAYS_INLINE void
differentiate_span (Walk walk,
                    const FxpNormSpan *span,
                    FxpRounding rounding,
                    DrawOrder order,
                    FxpQuantizeCounts *counts)
{
  const gsize rest = span->n % GROUP, whole = span->n - rest;
  const gsize size = fxp_storage_get_size (walk.rounder.storage);
  const guint8 *gradient = span->gradient, *normal = span->normal;
  const gsize gradient_size = fxp_storage_get_size (walk.gradient_storage);
  const gsize normal_size = fxp_storage_get_size (walk.normal_storage);

  for (gsize i = 0; i < whole; i += GROUP)
    {
      differentiate_group (&walk,
                           rounding,
                           order,
                           gradient + i * gradient_size,
                           normal + i * normal_size,
                           (guint8 *)span->codes + i * size);
      walk_on (&walk);
    }
  if (rest > 0)
    differentiate_rest (&walk, rounding, order, span, rest);
  rounder_count (&walk.rounder, span->n, counts);
}

/* One loop for what is common, with nothing left to decide inside, and one for all other modes. */
#define DISPATCH(run, ...)                                                                         \
  {                                                                                                \
    const FxpRounding rounding = span->quantizer->rounding;                                        \
                                                                                                   \
    if (rounding != FXP_ROUND_STOCHASTIC)                                                          \
      run (walk, span, rounding, DRAWS_IN_LINE, __VA_ARGS__);                                      \
    else if (walk.rounder.draws.order == DRAWS_IN_BLOCKS)                                          \
      run (walk, span, FXP_ROUND_STOCHASTIC, DRAWS_IN_BLOCKS, __VA_ARGS__);                        \
    else if (walk.rounder.draws.order == DRAWS_IN_PLANES)                                          \
      run (walk, span, FXP_ROUND_STOCHASTIC, DRAWS_IN_PLANES, __VA_ARGS__);                        \
    else                                                                                           \
      run (walk, span, FXP_ROUND_STOCHASTIC, DRAWS_IN_LINE, __VA_ARGS__);                          \
  }

static gboolean
normalize (const FxpNormSpan *span, FxpQuantizeCounts *counts)
{
  Walk walk;

  if (!rounder_takes (span->quantizer))
    return FALSE;
  walk_init (&walk, span);
  walk.step = reals_all (fxp_format_get_step (span->quantizer->format));
  if (span->sums == NULL)
    DISPATCH (normalize_span, TRUE, counts)
  else
    DISPATCH (normalize_span, FALSE, counts)
  return TRUE;
}

/* Codes are read as words of 32 bits with a sign. */
static gboolean
is_read (FxpFormat format)
{
  return !fxp_format_is_float (format) && format.word_bits <= 31;
}

static gboolean
normalize_and_activate (const FxpNormSpan *span,
                        FxpQuantizeCounts *counts,
                        FxpQuantizeCounts *activation_counts)
{
  const FxpRounding rounding = span->quantizer->rounding;
  const FxpRounding other = span->activation_quantizer->rounding;
  const Bend bend = span->function == FXP_ACTIVATION_RELU ? BEND_RELU : BEND_CLIPPED_RELU;
  const gboolean is_common = rounding == FXP_ROUND_STOCHASTIC && other == FXP_ROUND_STOCHASTIC &&
                             span->function == FXP_ACTIVATION_RELU;
  DrawOrder order;
  Walk walk;

  if (!rounder_takes (span->quantizer) || !rounder_takes (span->activation_quantizer) ||
      (span->function != FXP_ACTIVATION_RELU && span->function != FXP_ACTIVATION_CLIPPED_RELU) ||
      (span->identity != NULL && !is_read (span->identity_format)))
    return FALSE;
  walk_init (&walk, span);
  walk.step = reals_all (fxp_format_get_step (span->quantizer->format));
  walk.activation = rounder_new (span->activation_quantizer, span->activation_noise, span->first);
  walk.identity_step = reals_all (fxp_format_get_step (span->identity_format));
  walk.identity_storage = fxp_format_get_storage (span->identity_format);
  order = MAX (walk.rounder.draws.order, walk.activation.draws.order);
#define ACTIVATE(rounding, other, order, bend)                                                     \
  activate_span (walk, span, rounding, other, order, bend, counts, activation_counts)

  if (is_common && order == DRAWS_IN_BLOCKS)
    ACTIVATE (FXP_ROUND_STOCHASTIC, FXP_ROUND_STOCHASTIC, DRAWS_IN_BLOCKS, BEND_RELU);
  else if (is_common && order == DRAWS_IN_PLANES)
    ACTIVATE (FXP_ROUND_STOCHASTIC, FXP_ROUND_STOCHASTIC, DRAWS_IN_PLANES, BEND_RELU);
  else
    ACTIVATE (rounding, other, order, bend);
#undef ACTIVATE
  return TRUE;
}

static gboolean
differentiate (const FxpNormSpan *span, FxpQuantizeCounts *counts)
{
  Walk walk;

  if (!rounder_takes (span->quantizer) || !is_read (span->gradient_format) ||
      !is_read (span->normal_format))
    return FALSE;
  walk_init (&walk, span);
  walk.step = reals_all (fxp_format_get_step (span->normal_format));
  walk.gradient_step = reals_all (fxp_format_get_step (span->gradient_format));
  walk.normal_storage = fxp_format_get_storage (span->normal_format);
  walk.gradient_storage = fxp_format_get_storage (span->gradient_format);
  DISPATCH (differentiate_span, counts)
  return TRUE;
}

#undef DISPATCH

const FxpNormLoop LOOP = {
  .normalize = normalize,
  .normalize_and_activate = normalize_and_activate,
  .differentiate = differentiate,
};
