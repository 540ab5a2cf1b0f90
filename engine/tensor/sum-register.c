/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/sum-register.h"

#include "number/error.h"

#include <glib/gi18n-lib.h>

static const char *const mode_nicks[FXP_N_SUM_MODES] = {
  [FXP_SUM_EXACT] = "exact",
  [FXP_SUM_WRAP] = "wrap",
  [FXP_SUM_SATURATE] = "saturate",
};

void
fxp_sum_counts_add (FxpSumCounts *self, const FxpSumCounts *other)
{
  self->n += other->n;
  self->n_overflowed += other->n_overflowed;
  self->peak = MAX (self->peak, other->peak);
}

guint
fxp_sum_counts_get_bits_needed (const FxpSumCounts *self)
{
  guint n_bits = 1;

  for (guint64 rest = self->peak; rest > 0; rest >>= 1)
    n_bits++;
  return n_bits;
}

const char *
fxp_sum_mode_get_nick (FxpSumMode self)
{
  g_return_val_if_fail ((guint)self < FXP_N_SUM_MODES, NULL);

  return mode_nicks[self];
}

gboolean
fxp_sum_mode_parse (const char *text, FxpSumMode *mode, GError **error)
{
  for (guint i = 0; i < FXP_N_SUM_MODES; i++)
    if (g_strcmp0 (text, mode_nicks[i]) == 0)
      {
        *mode = (FxpSumMode)i;
        return TRUE;
      }
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("sum register “%s”: expected exact, wrap or saturate"),
               text);
  return FALSE;
}

gboolean
fxp_sum_register_validate (const FxpSumRegister *self, GError **error)
{
  g_return_val_if_fail ((guint)self->mode < FXP_N_SUM_MODES, FALSE);

  if (self->mode == FXP_SUM_EXACT)
    return TRUE;
  if (self->bits >= FXP_SUM_BITS_MIN && self->bits <= FXP_SUM_BITS_MAX)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               _ ("sum register of %u bits: expected %d to %d bits"),
               self->bits,
               FXP_SUM_BITS_MIN,
               FXP_SUM_BITS_MAX);
  return FALSE;
}

gboolean
fxp_sum_register_equal (const FxpSumRegister *a, const FxpSumRegister *b)
{
  return a->mode == b->mode && (a->mode == FXP_SUM_EXACT || a->bits == b->bits);
}

gint64
fxp_sum_register_add (const FxpSumRegister *self, gint64 sum, gint64 term, gboolean *overflowed)
{
  guint bits = self->mode == FXP_SUM_EXACT ? FXP_SUM_BITS_MAX : self->bits;
  gint64 max = (gint64)(G_MAXUINT64 >> (FXP_SUM_BITS_MAX - bits + 1));
  gint64 min = -max - 1;
  __int128 exact = (__int128)sum + term;

  if (exact >= min && exact <= max)
    return (gint64)exact;
  if (overflowed != NULL)
    *overflowed = TRUE;
  if (self->mode == FXP_SUM_WRAP)
    {
      guint shift = FXP_SUM_BITS_MAX - bits;

      return (gint64)((guint64)exact << shift) >> shift;
    }
  return exact > max ? max : min;
}
