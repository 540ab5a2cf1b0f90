/* SPDX-License-Identifier: MIT */
/* How many codes would overflow with which exponent: what the overflow-rate controller
 * (Courbariaux, Bengio & David 2014) needs to settle without a run of its own per exponent. */
#pragma once

#ifndef FXP_COMPILATION
#  error "overflow-histogram-private.h is for engine/ and tests/ only"
#endif

#include "number/scaler.h"

G_BEGIN_DECLS

#define FXP_OVERFLOW_EXPONENT_MIN (-FXP_FRAC_BITS_MAX)
#define FXP_OVERFLOW_N_EXPONENTS  (FXP_FRAC_BITS_MAX - FXP_FRAC_BITS_MIN + 1)

/* A plain value, all zero at first. */
typedef struct
{
  guint64 n; /* values in all */
  /* By the greatest exponent with which a value is at the end of its word or beyond, |v| >= L(r).
   */
  guint64 n_full[FXP_OVERFLOW_N_EXPONENTS];
} FxpOverflowHistogram;

/* @max: the greatest code of the words; @codes: values times 2^-@exponent, within +-@max. */
void fxp_overflow_histogram_add (FxpOverflowHistogram *self,
                                 guint32 max,
                                 const gint32 *codes,
                                 gsize n,
                                 int exponent);
/* Where the controller comes to rest if all that follows is like what was added, beginning at
 * @exponent, and there where nothing was but zeros. */
int
fxp_overflow_histogram_settle (const FxpOverflowHistogram *self, FxpFormat format, int exponent);

G_END_DECLS
