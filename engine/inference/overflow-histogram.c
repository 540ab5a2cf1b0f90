/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "inference/overflow-histogram-private.h"

static guint
find_place (int exponent)
{
  return (guint)(CLAMP (exponent,
                        FXP_OVERFLOW_EXPONENT_MIN,
                        FXP_OVERFLOW_EXPONENT_MIN + FXP_OVERFLOW_N_EXPONENTS - 1) -
                 FXP_OVERFLOW_EXPONENT_MIN);
}

void
fxp_overflow_histogram_add (FxpOverflowHistogram *self,
                            guint32 max,
                            const gint32 *codes,
                            gsize n,
                            int exponent)
{
  /* By the number of bits a finer exponent has to add before the code is full. */
  guint64 n_full[FXP_WORD_BITS_MAX + 1] = {0};

  for (gsize i = 0; i < n; i++)
    {
      const guint64 magnitude = (guint64)ABS ((gint64)codes[i]);
      guint shift = 0;

      if (magnitude == 0)
        continue;
      while (magnitude << shift < max)
        shift++;
      n_full[shift]++;
    }
  for (guint shift = 0; shift < G_N_ELEMENTS (n_full); shift++)
    self->n_full[find_place (exponent - (int)shift)] += n_full[shift];
  self->n += n;
}

/* Values that are full with @exponent are so with every finer one. */
static guint64
count_full (const FxpOverflowHistogram *self, int exponent)
{
  guint64 n = 0;

  for (guint i = find_place (exponent); i < FXP_OVERFLOW_N_EXPONENTS; i++)
    n += self->n_full[i];
  return n;
}

int
fxp_overflow_histogram_settle (const FxpOverflowHistogram *self, FxpFormat format, int exponent)
{
  FxpScalingOptions options;
  FxpScaler scaler;

  /* Zeros tell nothing, and the controller would go as low as exponents do. */
  if (count_full (self, FXP_OVERFLOW_EXPONENT_MIN) == 0)
    return exponent;
  fxp_scaling_options_init (&options, FXP_SCALING_OVERFLOW_RATE);
  options.period = 1;
  fxp_scaler_init (&scaler, exponent);
  for (guint i = 0; i < FXP_OVERFLOW_N_EXPONENTS; i++)
    {
      const FxpRangeSight sight = {
        .n = self->n,
        .n_full = count_full (self, scaler.exponent),
        .n_half = count_full (self, scaler.exponent - 1),
      };

      if (!fxp_scaler_advance (&scaler, &options, format, &sight))
        break;
    }
  return scaler.exponent;
}
