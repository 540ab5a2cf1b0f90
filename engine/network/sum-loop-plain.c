/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/sum-loop-private.h"

/* Without vectors the steps one by one are as good. */
static gboolean
quantize (const FxpSumSpan *span,
          const FxpQuantizer *quantizer,
          const FxpNoise *noise,
          gpointer codes,
          guint8 *nonzero,
          FxpTally *tally)
{
  return FALSE;
}

static gboolean
activate (const FxpSumSpan *span,
          FxpActivation activation,
          const FxpQuantizer *quantizer,
          const FxpNoise *noise,
          gpointer codes,
          guint8 *mask,
          FxpTally *tally)
{
  return FALSE;
}

const FxpSumLoop fxp_sum_loop_plain = {
  .quantize = quantize,
  .activate = activate,
};
