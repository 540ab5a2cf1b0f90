/* SPDX-License-Identifier: MIT */
/* Dynamic fixed point: an array of integer mantissas with one exponent, value = m 2^e (Courbariaux,
 * Bengio & David 2014; Das et al. 2018; Mellempudi et al. 2017), and how that exponent is chosen.
 * In terms of a format, e = -frac_bits, and P = word_bits counts the sign.  Any thread. */
#pragma once

#include "number/format.h"
#include "number/random.h"
#include "number/shift-rounding.h"

G_BEGIN_DECLS

/**
 * FxpScaling: the rule that chooses an exponent from the greatest magnitude A, or from how many
 * values overflow.  Unsigned words have one bit more for a magnitude: of them P is one more in all
 * that follows.
 * @FXP_SCALING_FIXED: the format's, always
 * @FXP_SCALING_ABS_MAX: e = floor (log2 A) - (P - 2) (Das et al. 2018), so that
 *   2^(P-2) <= A 2^-e < 2^(P-1)
 * @FXP_SCALING_RISTRETTO: integer bits ceil (log2 A) of activations and ceil (log2 A + 1) of
 *   parameters, sign included, e = integer bits - P (Gysel 2016); the greatest activations saturate
 * @FXP_SCALING_NITI: e = ceil (log2 A) - (P - 1) (Wang et al. 2020); it differs from abs-max
 *   where A is a power of two
 * @FXP_SCALING_OVERFLOW_RATE: the controller of Courbariaux, Bengio & David 2014
 * @FXP_SCALING_PREDICTIVE: Autoflex (Koster et al. 2017), from the maxima of the last sixteen
 *   arrays
 */
typedef enum
{
  FXP_SCALING_FIXED,
  FXP_SCALING_ABS_MAX,
  FXP_SCALING_RISTRETTO,
  FXP_SCALING_NITI,
  FXP_SCALING_OVERFLOW_RATE,
  FXP_SCALING_PREDICTIVE,
  FXP_N_SCALINGS
} FxpScaling;

/* "fixed", "abs-max", "ristretto", "niti", "overflow-rate", "predictive"; parse reports
 * FXP_ERROR_PARSE with the choices. */
const char *fxp_scaling_get_nick (FxpScaling self);
gboolean fxp_scaling_parse (const char *text, FxpScaling *scaling, GError **error);

/* Exponents stay within these: frac_bits of FXP_FRAC_BITS_MIN..FXP_FRAC_BITS_MAX. */
typedef struct
{
  FxpScaling rule;
  gboolean is_parameter; /* weights and biases, for Ristretto's rule */
  gboolean bumps;        /* where A rounds to 2^(P-1), just out of the word, abs-max takes the next
                          * exponent instead of saturating */
  guint period;          /* F: arrays between two decisions of the overflow-rate controller; 100 */
  double overflow_max;   /* M: share of values that may overflow; 1e-4 */
  guint head_room;       /* bits that abs-max leaves empty (add_shift of libxsmm); 0 */
} FxpScalingOptions;

void fxp_scaling_options_init (FxpScalingOptions *self, FxpScaling rule);

/* The exponent that abs-max, Ristretto or NITI choose for @max, the greatest magnitude, in words
 * like @format's; -format.frac_bits for the other rules, and where @max is 0 or not finite. */
int fxp_scaling_choose (const FxpScalingOptions *options, FxpFormat format, double max);

/* Down-conversion of wide sums (Das et al. 2018, NITI):
 * R = max (0, bit_length (max |sum|) - (P - 1)), m = clip (sum / 2^R, rounded), exponent +R.
 * @word_bits P: 2..32, sign included; the range is symmetric.  Returns R.
 * @noise: or NULL unless stochastic; element i draws at index i, and then has the code that
 *   fxp_quantizer_apply() gives its value with the same rounding and noise.
 * @mantissas may be @sums. */
guint fxp_scaling_down_convert (const gint32 *sums,
                                gsize n,
                                guint word_bits,
                                FxpShiftRounding rounding,
                                const FxpNoise *noise,
                                gint32 *mantissas);

G_END_DECLS
