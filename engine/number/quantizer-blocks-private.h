/* SPDX-License-Identifier: MIT */
/* Quantizing in blocks of doubles on the stack, in portable C: scale and round, then bring into the
 * word, then narrow to the storage.  Each of these loops is branch-free, so that the compiler
 * vectorises it.  For every unit's kernel: it is all of the plain one, and wraps for the others. */
#pragma once

#ifndef FXP_COMPILATION
#  error "quantizer-blocks-private.h is for engine/number/ only"
#endif

#include "number/rounding-private.h"

#define BLOCK 256
/* Counts run in lanes, so that they vectorise.  Blocks are padded to whole lanes with zeros of code
 * 0, which no count sees. */
#define N_LANES 4

typedef struct
{
  const double *values; /* borrowed: the caller's, or padded */
  gsize n;              /* without the padding */
  gsize n_padded;
  double padded[BLOCK];
  double draws[BLOCK]; /* r 2^-32; set for stochastic rounding only */
  double rounded[BLOCK];
  guint32 codes[BLOCK]; /* indexes of the draws before there are codes */
} Block;

/* Tiny values are only enlarged where the step exceeds 1; see enlarge_tiny(). */
static FXP_ALWAYS_INLINE void
fill_values (Block *block, const double *values, gsize n, gboolean enlarge)
{
  block->values = values;
  block->n = n;
  block->n_padded = (n + N_LANES - 1) / N_LANES * N_LANES;
  if (!enlarge && n == block->n_padded)
    return;

  for (gsize i = 0; i < n; i++)
    block->padded[i] = enlarge_tiny (values[i]);
  for (gsize i = n; i < block->n_padded; i++)
    block->padded[i] = 0.0;
  block->values = block->padded;
}

/* Steps through the planes instead of dividing for each element. */
static void
find_in_planes (const FxpNoise *noise, gsize first, gsize n, guint32 *indexes)
{
  const gsize n_channels = noise->n_channels, n_pixels = noise->n_pixels;
  gsize channel = first % n_channels, pixel = first / n_channels % n_pixels;
  guint32 index = fxp_noise_find (noise, first);

  for (gsize i = 0; i < n; i++)
    {
      indexes[i] = index;
      index += noise->n_pixels;
      if (++channel < n_channels)
        continue;
      channel = 0;
      index += 1 - noise->n_channels * noise->n_pixels;
      if (++pixel < n_pixels)
        continue;
      pixel = 0;
      index += (noise->n_channels - 1) * noise->n_pixels;
    }
}

static FXP_ALWAYS_INLINE void
fill_draws (Block *block, const FxpNoise *noise, gsize first)
{
  const FxpNoise key = *noise;

  if (key.n_channels > 0)
    find_in_planes (noise, first, block->n_padded, block->codes);
  else
    for (gsize i = 0; i < block->n_padded; i++)
      block->codes[i] = (guint32)first + (guint32)i;
  /* Signed integers convert in fewer instructions than unsigned ones. */
  for (gsize i = 0; i < block->n_padded; i++)
    {
      guint32 draw = fxp_noise_draw (key, block->codes[i]);
      block->draws[i] = (double)(gint32)(draw ^ 0x80000000u) * 0x1p-32 + 0.5;
    }
}

static FXP_ALWAYS_INLINE void
round_values (Block *block, FxpRounding rounding, double scale)
{
  const double *values = block->values;

  for (gsize i = 0; i < block->n_padded; i++)
    {
      double draw = rounding == FXP_ROUND_STOCHASTIC ? block->draws[i] : 0.0;

      block->rounded[i] = round_value (rounding, values[i], scale_value (values[i], scale), draw);
    }
  for (gsize i = block->n; i < block->n_padded; i++)
    block->rounded[i] = 0.0;
}

/* One loop per rounding mode, with nothing left to decide inside. */
static FXP_ALWAYS_INLINE void
dispatch_rounding (Block *block, FxpRounding rounding, double scale)
{
  switch (rounding)
    {
    case FXP_ROUND_NEAREST_EVEN:
      round_values (block, FXP_ROUND_NEAREST_EVEN, scale);
      break;
    case FXP_ROUND_NEAREST_AWAY:
      round_values (block, FXP_ROUND_NEAREST_AWAY, scale);
      break;
    case FXP_ROUND_FLOOR:
      round_values (block, FXP_ROUND_FLOOR, scale);
      break;
    case FXP_ROUND_TOWARD_ZERO:
      round_values (block, FXP_ROUND_TOWARD_ZERO, scale);
      break;
    case FXP_ROUND_STOCHASTIC:
      round_values (block, FXP_ROUND_STOCHASTIC, scale);
      break;
    case FXP_ROUND_SIGN:
      round_values (block, FXP_ROUND_SIGN, scale);
      break;
    case FXP_ROUND_NEAREST_UP:
      round_values (block, FXP_ROUND_NEAREST_UP, scale);
      break;
    case FXP_N_ROUNDINGS:
    default:
      g_assert_not_reached ();
    }
}

static FXP_ALWAYS_INLINE void
count (const Block *block, const Word *word, FxpQuantizeCounts *counts)
{
  const double *values = block->values, *rounded = block->rounded;
  const double low = word->low, high = word->high;
  double overflowed[N_LANES] = {0.0}, zero[N_LANES] = {0.0}, nonfinite[N_LANES] = {0.0};

  for (gsize i = 0; i < block->n_padded; i += N_LANES)
    for (gsize lane = 0; lane < N_LANES; lane++)
      {
        double magnitude = fabs (values[i + lane]), code = rounded[i + lane];

        overflowed[lane] += (code < low ? 1.0 : 0.0) + (code > high ? 1.0 : 0.0);
        zero[lane] += code == 0.0 ? (magnitude > 0.0 ? 1.0 : 0.0) : 0.0;
        nonfinite[lane] += magnitude <= DBL_MAX ? 0.0 : 1.0;
      }

  counts->n += block->n;
  for (gsize lane = 0; lane < N_LANES; lane++)
    {
      counts->n_overflowed += (guint64)overflowed[lane];
      counts->n_underflowed += (guint64)zero[lane];
      counts->n_nonfinite += (guint64)nonfinite[lane];
    }
}

static FXP_ALWAYS_INLINE void
mark_clipped (const Block *block, const Word *word, guint8 *clipped)
{
  const double low = word->low, high = word->high;

  for (gsize i = 0; i < block->n; i++)
    clipped[i] = (guint8)((block->rounded[i] < low) | (block->rounded[i] > high));
}

static FXP_ALWAYS_INLINE void
saturate (Block *block, const Word *word)
{
  const double low = word->low, high = word->high;

  for (gsize i = 0; i < block->n_padded; i++)
    block->codes[i] = low_bits (clamp (block->rounded[i], low, high));
}

/* Codes of values that were clamped before rounding: rare, so apart. */
static void
wrap_rest (Block *block, const Word *word, FxpRounding rounding)
{
  for (gsize i = 0; i < block->n; i++)
    if (fabs (block->rounded[i]) >= Y_MAX)
      {
        double draw = rounding == FXP_ROUND_STOCHASTIC ? block->draws[i] : 0.0;
        double y = scale_value (block->values[i], word->scale);

        block->codes[i] = wrap_beyond (word, rounding, y, draw);
      }
}

static FXP_ALWAYS_INLINE void
wrap (Block *block, const Word *word, FxpRounding rounding)
{
  const guint shift = word->shift;
  double farthest[N_LANES] = {0.0};

  if (word->is_signed)
    for (gsize i = 0; i < block->n_padded; i++)
      block->codes[i] = wrap_code (low_bits (block->rounded[i]), TRUE, shift);
  else
    for (gsize i = 0; i < block->n_padded; i++)
      block->codes[i] = wrap_code (low_bits (block->rounded[i]), FALSE, shift);

  for (gsize i = 0; i < block->n_padded; i += N_LANES)
    for (gsize lane = 0; lane < N_LANES; lane++)
      {
        double magnitude = fabs (block->rounded[i + lane]);
        farthest[lane] = farthest[lane] > magnitude ? farthest[lane] : magnitude;
      }
  if (MAX (MAX (farthest[0], farthest[1]), MAX (farthest[2], farthest[3])) >= Y_MAX)
    wrap_rest (block, word, rounding);
}

static FXP_ALWAYS_INLINE void
store (const Block *block, FxpStorage storage, gpointer codes, gsize offset)
{
#define STORE(Type)                                                                                \
  {                                                                                                \
    Type *typed = (Type *)codes + offset;                                                          \
    for (gsize i = 0; i < block->n; i++)                                                           \
      typed[i] = (Type)block->codes[i];                                                            \
    break;                                                                                         \
  }

  switch (storage)
    {
    case FXP_STORAGE_I8:
      STORE (gint8)
    case FXP_STORAGE_U8:
      STORE (guint8)
    case FXP_STORAGE_I16:
      STORE (gint16)
    case FXP_STORAGE_U16:
      STORE (guint16)
    case FXP_STORAGE_I32:
      STORE (gint32)
    case FXP_STORAGE_U32:
      STORE (guint32)
    case FXP_STORAGE_F32:
    default:
      g_assert_not_reached ();
    }

#undef STORE
}

static void
apply_blocks (const FxpQuantizer *self,
              const FxpNoise *noise,
              const double *values,
              gpointer codes,
              gsize first,
              gsize n,
              FxpQuantizeCounts *counts,
              guint8 *clipped)
{
  const FxpStorage storage = fxp_format_get_storage (self->format);
  const Word word = word_new (self);
  Block block;

  for (gsize done = 0; done < n; done += BLOCK)
    {
      fill_values (&block, values + done, MIN (n - done, BLOCK), word.scale < 1.0);
      if (self->rounding == FXP_ROUND_STOCHASTIC)
        fill_draws (&block, noise, first + done);
      dispatch_rounding (&block, self->rounding, word.scale);
      count (&block, &word, counts);
      if (word.wraps)
        wrap (&block, &word, self->rounding);
      else
        saturate (&block, &word);
      store (&block, storage, codes, done);
      if (clipped != NULL)
        mark_clipped (&block, &word, clipped + done);
    }
}

static gsize
narrow (const double *values, float *codes, gsize n)
{
  gsize n_nonfinite = 0;

  for (gsize done = 0; done < n; done += BLOCK)
    {
      const gsize size = MIN (n - done, BLOCK);
      guint32 n_finite = 0;

      for (gsize i = done; i < done + size; i++)
        {
          codes[i] = (float)values[i];
          n_finite += (guint32)(fabsf (codes[i]) <= FLT_MAX);
        }
      n_nonfinite += size - n_finite;
    }
  return n_nonfinite;
}
