/* SPDX-License-Identifier: MIT */
/* Logarithms to base two, rounded to integers exactly: no logarithm is taken, so that a power of
 * two is never missed by a last bit.  Finite @x > 0 everywhere. */
#pragma once

#ifndef FXP_COMPILATION
#  error "exponent-private.h is for engine/ and tests/ only"
#endif

#include "number/elementary.h"
#include <math.h>

G_BEGIN_DECLS

/* Greatest n with 2^n <= x. */
static inline int
fxp_floor_log2 (double x)
{
  int exponent;

  frexp (x, &exponent);
  return exponent - 1;
}

/* Least n with 2^n >= x. */
static inline int
fxp_ceil_log2 (double x)
{
  int exponent;

  return frexp (x, &exponent) == 0.5 ? exponent - 1 : exponent;
}

/* The integer nearest to log2 sqrt (x), halves away from zero: n for 2^(2n-1) <= x < 2^(2n+1) where
 * x >= 1, and the mirror image of that below. */
static inline int
fxp_round_log2_sqrt (double x)
{
  return x >= 1 ? (fxp_floor_log2 (x) + 1) / 2 : (fxp_ceil_log2 (x) - 1) / 2;
}

/* log2 (x) itself, to 1e-15 relative and exact for powers of two. */
static inline double
fxp_log2 (double x)
{
  const int exponent = fxp_floor_log2 (x);

  return exponent + fxp_log (ldexp (x, -exponent)) / G_LN2;
}

G_END_DECLS
