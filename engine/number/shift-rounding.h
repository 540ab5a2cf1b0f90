/* SPDX-License-Identifier: MIT */
/* How the low bits of an integer are rounded away.  Any thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * FxpShiftRounding: what becomes of y = sum / 2^shift.
 * @FXP_SHIFT_NEAREST_UP: floor (y + 1/2), midpoints towards plus infinity:
 *   (sum + 2^(shift-1)) >> shift
 * @FXP_SHIFT_NEAREST_AWAY: midpoints away from zero: C round ()
 * @FXP_SHIFT_NEAREST_EVEN: midpoints to the even neighbour
 * @FXP_SHIFT_FLOOR: arithmetic shift
 * @FXP_SHIFT_TOWARD_ZERO: drops the fraction
 * @FXP_SHIFT_STOCHASTIC: (sum + u) >> shift, u uniform in 0..2^shift - 1
 * @FXP_SHIFT_PSEUDO_STOCHASTIC: NITI (Wang et al. 2020): the bits lost of the magnitude are cut
 * into halves, and its integer part grows by one where the upper half is greater than the lower
 * one, which stands for the random number; of an odd number of bits the upper half is one longer,
 * and the lower one counts twice
 */
typedef enum
{
  FXP_SHIFT_NEAREST_UP,
  FXP_SHIFT_NEAREST_AWAY,
  FXP_SHIFT_NEAREST_EVEN,
  FXP_SHIFT_FLOOR,
  FXP_SHIFT_TOWARD_ZERO,
  FXP_SHIFT_STOCHASTIC,
  FXP_SHIFT_PSEUDO_STOCHASTIC,
  FXP_N_SHIFT_ROUNDINGS
} FxpShiftRounding;

#define FXP_SHIFT_MAX 62

/* "nearest-up", "nearest-away", "nearest-even", "floor", "toward-zero", "stochastic",
 * "pseudo-stochastic"; parse reports FXP_ERROR_PARSE with the choices. */
const char *fxp_shift_rounding_get_nick (FxpShiftRounding self);
gboolean fxp_shift_rounding_parse (const char *text, FxpShiftRounding *rounding, GError **error);

/* sum / 2^shift, rounded; @shift 0..FXP_SHIFT_MAX.  @draw: 64 random bits for stochastic rounding,
 * u being the upper @shift of them; a quantizer's 32-bit draw r is the upper half, r << 32.  Exact:
 * nothing overflows on the way. */
gint64 fxp_shift_round (gint64 sum, guint shift, FxpShiftRounding rounding, guint64 draw);

G_END_DECLS
