/* SPDX-License-Identifier: MIT */
/* Looks up from long work: sees within some milliseconds that it is to be given up, and knows what
 * share of it is done.  Worker only; times are g_get_monotonic_time(). */
#pragma once

#ifndef FXP_COMPILATION
#  error "lookout-private.h is for engine/ and tests/ only"
#endif

#include "training/snapshot.h"

G_BEGIN_DECLS

/* Asked between pieces of work of some milliseconds; TRUE: give up. */
typedef gboolean (*FxpInterruptFunc) (gpointer data);

typedef struct
{
  FxpInterruptFunc interrupt;
  gpointer data;
  gint64 asked; /* when that was last done */

  FxpActivity activity;
  gint64 began;       /* of the activity */
  double share;       /* of it, done */
  double first, size; /* which part of it the pass under way is */
} FxpLookout;

void fxp_lookout_begin (FxpLookout *self, FxpActivity activity);
void fxp_lookout_end (FxpLookout *self);
/* The next pass is @size of the activity, from the share @first on. */
void fxp_lookout_set_part (FxpLookout *self, double first, double size);
/* The share @done is done; passes that follow are no part of the activity. */
void fxp_lookout_rest (FxpLookout *self, double done);
/* Whether it has taken so long that somebody may wonder. */
gboolean fxp_lookout_is_long (const FxpLookout *self, gint64 now);

/* Asks now. */
gboolean fxp_lookout_ask (FxpLookout *self);
/* FxpPassMonitor, with the lookout as its data: asks every few milliseconds. */
gboolean fxp_lookout_monitor (double share, gpointer self);

G_END_DECLS
