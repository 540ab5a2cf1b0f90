/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/norm-loop-private.h"

/* Without vectors the loops one by one are as good. */
static gboolean
refuse (const FxpNormSpan *span, FxpQuantizeCounts *counts)
{
  return FALSE;
}

static gboolean
refuse_both (const FxpNormSpan *span, FxpQuantizeCounts *counts, FxpQuantizeCounts *other_counts)
{
  return FALSE;
}

const FxpNormLoop fxp_norm_loop_plain = {
  .normalize = refuse,
  .normalize_and_activate = refuse_both,
  .differentiate = refuse,
};
