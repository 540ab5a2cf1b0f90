/* SPDX-License-Identifier: MIT */
/* What codes show of the range they need.  Any thread. */
#pragma once

#include "number/format.h"

G_BEGIN_DECLS

/* What one array of codes showed, for a scaler.  L is the greatest code, at least 1.  Codes tell
 * values beyond the word by lying at its end, |v| >= L: those of a word that wraps do not. */
typedef struct
{
  guint64 n;
  guint64 n_full; /* |code| >= L: values that overflow (Courbariaux et al. 2014) */
  guint64 n_half; /* |code| >= (L + 1) / 2: those that would with one exponent less */
  /* Values that were not 0 and have code 0: how a scaler tells an array that is far below the step
   * from zeros.  Codes do not show it; whoever quantized them may add it
   * (FxpQuantizeCounts.n_underflowed). */
  guint64 n_underflowed;
  guint32 max; /* greatest |code| */
} FxpRangeSight;

/* Of @n codes stored as fxp_format_get_storage() says; of floats only n. */
FxpRangeSight fxp_range_sight_of_codes (FxpFormat format, gconstpointer codes, gsize n);
void fxp_range_sight_add (FxpRangeSight *self, const FxpRangeSight *other);

G_END_DECLS
