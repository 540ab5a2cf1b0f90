/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/update-loop-private.h"

/* Without vectors the loops one by one are as good. */
static gboolean
update (const FxpUpdateSpan *span, FxpUpdateTally *tally)
{
  return FALSE;
}

static void
find_nonzero (const double *values, guint8 *flags, gsize n)
{
  for (gsize i = 0; i < n; i++)
    flags[i] = values[i] != 0.0;
}

const FxpUpdateLoop fxp_update_loop_plain = {
  .update = update,
  .find_nonzero = find_nonzero,
};
