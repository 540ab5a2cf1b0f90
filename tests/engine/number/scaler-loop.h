/* SPDX-License-Identifier: MIT */
/* A scaler at work on values, for tests of scalers. */
#pragma once

#include "number/quantizer.h"
#include "number/scaler.h"

G_BEGIN_DECLS

typedef struct
{
  FxpScaler scaler;
  FxpScalingOptions options;
  guint8 word;
} Loop;

static inline Loop
loop_new (FxpScaling rule, guint8 word, int exponent)
{
  Loop self = {.word = word};

  fxp_scaler_init (&self.scaler, exponent);
  fxp_scaling_options_init (&self.options, rule);
  return self;
}

static inline FxpFormat
loop_get_format (const Loop *self)
{
  return FXP_FORMAT_SIGNED (self->word, (gint8)-self->scaler.exponent);
}

/* Quantizes and advances; the number of values that overflowed. */
static inline guint64
loop_take (Loop *self, const double *values, gsize n)
{
  const FxpQuantizer quantizer = {loop_get_format (self),
                                  FXP_ROUND_NEAREST_UP,
                                  FXP_OVERFLOW_SATURATE_SYMMETRIC};
  g_autofree gint32 *codes = g_new (gint32, n);
  const int before = self->scaler.exponent;
  FxpQuantizeCounts counts = {0};
  FxpRangeSight sight;

  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, n, &counts, NULL);
  sight = fxp_range_sight_of_codes (quantizer.format, codes, n);
  sight.n_underflowed = counts.n_underflowed;
  g_assert_cmpint (fxp_scaler_advance (&self->scaler, &self->options, quantizer.format, &sight),
                   ==,
                   self->scaler.exponent != before);
  return counts.n_overflowed;
}

/* One value, which is the maximum. */
static inline guint64
loop_take_one (Loop *self, double value)
{
  return loop_take (self, &value, 1);
}

G_END_DECLS
