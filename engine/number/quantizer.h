/* SPDX-License-Identifier: MIT */
/* Value to code: the only place in Roundoff that rounds to a fixed-point format. */
#pragma once

#include "number/format.h"
#include "number/random.h"

G_BEGIN_DECLS

/**
 * FxpRounding: what happens between two codes, y = value / step.
 * @FXP_ROUND_NEAREST_EVEN: nearest code, midpoint to the even one
 * @FXP_ROUND_NEAREST_AWAY: nearest code, midpoint away from zero
 * @FXP_ROUND_FLOOR: towards minus infinity
 * @FXP_ROUND_TOWARD_ZERO: drops the fraction
 * @FXP_ROUND_STOCHASTIC: floor (y + r 2^-32), r the element's 32-bit draw; unbiased to 2^-32
 * @FXP_ROUND_SIGN: +1 where y >= 0, also for -0, else -1, whatever the size (binarization:
 *   Courbariaux et al., Hubara et al. 2016).  Infinity goes to its sign.  Nothing overflows in a
 *   word that holds both codes; unsigned words have no -1 and signed ones of 1 bit no +1
 * @FXP_ROUND_NEAREST_UP: nearest code, midpoint towards plus infinity: floor (y + 1/2), the adder
 *   and shift of hardware (AP_RND)
 */
typedef enum
{
  FXP_ROUND_NEAREST_EVEN,
  FXP_ROUND_NEAREST_AWAY,
  FXP_ROUND_FLOOR,
  FXP_ROUND_TOWARD_ZERO,
  FXP_ROUND_STOCHASTIC,
  FXP_ROUND_SIGN,
  FXP_ROUND_NEAREST_UP,
  FXP_N_ROUNDINGS
} FxpRounding;

/**
 * FxpOverflow: what happens to a rounded code outside the word.
 * @FXP_OVERFLOW_SATURATE: clamps to the least or greatest code
 * @FXP_OVERFLOW_SATURATE_SYMMETRIC: clamps to +-(2^(B-1) - 1); for unsigned as saturate
 * @FXP_OVERFLOW_WRAP: keeps the low B bits
 */
typedef enum
{
  FXP_OVERFLOW_SATURATE,
  FXP_OVERFLOW_SATURATE_SYMMETRIC,
  FXP_OVERFLOW_WRAP,
  FXP_N_OVERFLOWS
} FxpOverflow;

typedef struct
{
  FxpFormat format;
  FxpRounding rounding;
  FxpOverflow overflow;
} FxpQuantizer;

#define FXP_QUANTIZER_FLOAT ((FxpQuantizer){ FXP_FORMAT_FLOAT, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE })

/* What happened while quantizing; added up by callers.  For the float reference only
 * n and n_nonfinite count. */
typedef struct
{
  guint64 n;
  guint64 n_overflowed;  /* rounded code outside the range, clamped or wrapped */
  guint64 n_underflowed; /* finite and not zero before, rounded to zero; overflows apart */
  guint64 n_nonfinite;   /* NaN or infinity came in; NaN becomes code 0, infinity overflows unless
                          * only its sign counts */
} FxpQuantizeCounts;

void fxp_quantize_counts_add (FxpQuantizeCounts *self, const FxpQuantizeCounts *other);

/* Names as in files, options and the interface: "nearest-even", "saturate-symmetric", ...
 * The nick functions return static strings; parse reports FXP_ERROR_PARSE with the choices. */
const char *fxp_rounding_get_nick (FxpRounding self);
const char *fxp_overflow_get_nick (FxpOverflow self);
gboolean fxp_rounding_parse (const char *text, FxpRounding *rounding, GError **error);
gboolean fxp_overflow_parse (const char *text, FxpOverflow *overflow, GError **error);

gboolean fxp_quantizer_equal (const FxpQuantizer *a, const FxpQuantizer *b);

/* Quantizes @n doubles into @codes, stored as fxp_format_get_storage() says (float32 for the
 * float reference).  Element i draws from @noise at index first + i, so an array may be done in
 * pieces; @noise may be NULL unless the rounding is stochastic.  @counts is added to.
 * @clipped: NULL, or @n bytes that become 1 where the rounded code left the range, else 0.
 * One rounding: value / step is exact, as a power of two. */
void fxp_quantizer_apply (const FxpQuantizer *self,
                          const FxpNoise *noise,
                          const double *values,
                          gpointer codes,
                          gsize first,
                          gsize n,
                          FxpQuantizeCounts *counts,
                          guint8 *clipped);

/* One value; @draw is the 32-bit random number used if the rounding is stochastic.
 * Fixed formats only. */
gint64 fxp_quantizer_apply_one (const FxpQuantizer *self, double value, guint32 draw);

G_END_DECLS
