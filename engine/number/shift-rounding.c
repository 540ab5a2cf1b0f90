/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/shift-rounding.h"

#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

static const char *const nicks[FXP_N_SHIFT_ROUNDINGS] = {
  [FXP_SHIFT_NEAREST_UP] = "nearest-up",
  [FXP_SHIFT_NEAREST_AWAY] = "nearest-away",
  [FXP_SHIFT_NEAREST_EVEN] = "nearest-even",
  [FXP_SHIFT_FLOOR] = "floor",
  [FXP_SHIFT_TOWARD_ZERO] = "toward-zero",
  [FXP_SHIFT_STOCHASTIC] = "stochastic",
  [FXP_SHIFT_PSEUDO_STOCHASTIC] = "pseudo-stochastic",
};

const char *
fxp_shift_rounding_get_nick (FxpShiftRounding self)
{
  g_return_val_if_fail ((guint)self < FXP_N_SHIFT_ROUNDINGS, NULL);

  return nicks[self];
}

gboolean
fxp_shift_rounding_parse (const char *text, FxpShiftRounding *rounding, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && rounding != NULL, FALSE);

  for (guint i = 0; i < FXP_N_SHIFT_ROUNDINGS; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *rounding = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is no rounding of sums; expected nearest-up, nearest-away, nearest-even, "
                  "floor, toward-zero, stochastic or pseudo-stochastic"),
               found);
  return FALSE;
}

/* Whether NITI lets the integer part of a magnitude grow, of which @rest, of @shift bits, is lost.
 * A single bit is its upper half alone. */
static gboolean
outweighs_itself (guint64 rest, guint shift)
{
  const guint n_lower = shift / 2;
  const guint64 upper = rest >> n_lower, lower = rest & ((G_GUINT64_CONSTANT (1) << n_lower) - 1);

  return upper > lower << (shift % 2);
}

/* In all that follows sum / 2^shift = whole + rest / 2^shift, 0 <= rest < 2^shift: the result is
 * whole or whole + 1, and rests and what is added to them stay below 2^63. */
gint64
fxp_shift_round (gint64 sum, guint shift, FxpShiftRounding rounding, guint64 draw)
{
  const guint64 unit = G_GUINT64_CONSTANT (1) << MIN (shift, FXP_SHIFT_MAX), half = unit / 2;
  const guint64 rest = (guint64)sum & (unit - 1);
  const gint64 whole = sum >> MIN (shift, FXP_SHIFT_MAX);
  const gboolean is_negative = sum < 0;

  g_return_val_if_fail (shift <= FXP_SHIFT_MAX, 0);

  if (rest == 0)
    return whole;
  switch (rounding)
    {
    case FXP_SHIFT_NEAREST_UP:
      return whole + (rest >= half);
    case FXP_SHIFT_NEAREST_AWAY:
      return whole + (rest >= half + is_negative);
    case FXP_SHIFT_NEAREST_EVEN:
      return whole + (rest >= half + !(whole & 1));
    case FXP_SHIFT_FLOOR:
      return whole;
    case FXP_SHIFT_TOWARD_ZERO:
      return whole + is_negative;
    case FXP_SHIFT_STOCHASTIC:
      return whole + (rest + (draw >> (64 - shift)) >= unit);
    case FXP_SHIFT_PSEUDO_STOCHASTIC:
      return is_negative ? whole + !outweighs_itself (unit - rest, shift)
                         : whole + outweighs_itself (rest, shift);
    case FXP_N_SHIFT_ROUNDINGS:
    default:
      g_return_val_if_reached (whole);
    }
}
