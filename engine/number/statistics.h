/* SPDX-License-Identifier: MIT */
/* One pass over an array and its codes: what a tensor looks like and what quantizing did to it.
 * A plain value; fxp_statistics_add() on the worker, everything else on any thread. */
#pragma once

#include "number/quantizer.h"

G_BEGIN_DECLS

#define FXP_BINADE_MIN (-64) /* exponent of the first bin: |x| in [2^-64, 2^-63) */
#define FXP_N_BINADES  96    /* last bin 2^31; smaller and larger magnitudes go to the end bins */

/* Histogram by binade: bin e holds 2^e <= |x| < 2^(e+1); signs apart, zeros counted apart. */
typedef struct
{
  FxpQuantizeCounts counts;
  guint64 n_zero;     /* exact zeros before quantizing */
  double sum;         /* of values before quantizing */
  double sum_squares; /* signal power times n */
  double noise;       /* sum of (quantized - value)^2 */
  /* Of values next to zero, step / 2 <= |x| < 3 step / 2, before quantizing: how many, and the sum
   * of |x|.  A float format has no step, and counts none. */
  guint64 n_first;
  double sum_first;
  double min;                        /* +inf while empty */
  double max;                        /* -inf while empty */
  guint64 binades[2][FXP_N_BINADES]; /* [negative?][exponent - FXP_BINADE_MIN] */
} FxpStatistics;

void fxp_statistics_clear (FxpStatistics *self);
/* Folds in @n values and the codes a quantizer of @format made of them (NULL: no noise term).
 * Does not touch counts: add those of fxp_quantizer_apply().  Non-finite values are left out of
 * the moments and the histogram; counts.n_nonfinite tells of them.  A finite value whose float32 is
 * infinite adds no noise. */
void fxp_statistics_add (FxpStatistics *self,
                         FxpFormat format,
                         const double *values,
                         const void *codes,
                         gsize n);
void fxp_statistics_merge (FxpStatistics *self, const FxpStatistics *other);

/* Values that went into the moments. */
guint64 fxp_statistics_get_n (const FxpStatistics *self);
double fxp_statistics_get_mean (const FxpStatistics *self);
double fxp_statistics_get_variance (const FxpStatistics *self); /* population */
/* 10 log10 (sum of squares / noise) in dB; +inf without noise, NaN while empty or all zero. */
double fxp_statistics_get_sqnr_db (const FxpStatistics *self);

/* Relative quantization bias eta = |step - mu_1| / mu_1 (first paper 1.7), mu_1 the mean magnitude
 * of the values next to zero.  @format: the one that was measured in.  NaN if there are no such
 * values. */
double fxp_statistics_get_bias (const FxpStatistics *self, FxpFormat format);

/* "Would-be" counts of @quantizer from the histogram alone: each binade is taken as uniform
 * between its ends.  Expected values, rounded to whole elements. */
void fxp_statistics_predict (const FxpStatistics *self,
                             const FxpQuantizer *quantizer,
                             FxpQuantizeCounts *would_be);

G_END_DECLS
