/* SPDX-License-Identifier: MIT */
/* The loops of batch normalization that end in codes, one table per vector unit, all with the same
 * bits: what network-private.h says in 3a and 8a, in one pass over registers. */
#pragma once

#ifndef FXP_COMPILATION
#  error "norm-loop-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* What the loops take per element. */
typedef enum
{
  FXP_NORM_MEAN, /* or S / m, backward */
  FXP_NORM_SCALE,
  FXP_NORM_GAMMA, /* or T / m, backward */
  FXP_NORM_BETA,
  FXP_N_NORM_ROWS
} FxpNormRow;

/* Rows go on for so many elements behind their period, as they began, so that a vector never has to
 * be put together from both ends. */
#define FXP_NORM_OVERLAP 16

/* Some elements, of which the first one is number @first of its tensor. */
typedef struct
{
  const FxpQuantizer *quantizer; /* of Z, or G_Z */
  const FxpNoise *noise;         /* NULL where none is needed */
  const double *rows[FXP_N_NORM_ROWS];
  gsize period; /* of the rows; whole pixels, FXP_NORM_OVERLAP elements at least */
  gsize begin;  /* where in it the first element is; below the period */
  gsize first, n;
  gpointer codes; /* Z, or G_Z */

  /* Forward: */
  const double *sums; /* or, where that is NULL, */
  const gint32 *short_sums;
  double *values; /* y = gamma Z + beta; may be where the sums are */
  /* Or instead of y: A = Q (act (y + the identity's values)). */
  FxpActivation function;
  const FxpQuantizer *activation_quantizer;
  const FxpNoise *activation_noise;
  FxpFormat identity_format;
  gconstpointer identity; /* codes, or NULL */
  gpointer activations;
  guint8 *mask; /* 1 lets the gradient pass */
  /* Backward: */
  FxpFormat gradient_format, normal_format;
  gconstpointer gradient, normal; /* codes of the gradient from above, and Z */
} FxpNormSpan;

typedef struct
{
  /* These add to @counts.  FALSE if the formats must be taken apart into loops of their own, and
   * nothing is done. */
  gboolean (*normalize) (const FxpNormSpan *span, FxpQuantizeCounts *counts);
  gboolean (*normalize_and_activate) (const FxpNormSpan *span,
                                      FxpQuantizeCounts *counts,
                                      FxpQuantizeCounts *activation_counts);
  gboolean (*differentiate) (const FxpNormSpan *span, FxpQuantizeCounts *counts);
} FxpNormLoop;

/* That of fxp_vector_unit_get(). */
const FxpNormLoop *fxp_norm_loop_get (void);

extern const FxpNormLoop fxp_norm_loop_plain;
extern const FxpNormLoop fxp_norm_loop_avx2;
extern const FxpNormLoop fxp_norm_loop_avx512;

G_END_DECLS
