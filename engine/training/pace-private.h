/* SPDX-License-Identifier: MIT */
/* How fast steps may come, and how fast they do.  Times are g_get_monotonic_time(). */
#pragma once

#ifndef FXP_COMPILATION
#  error "pace-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  double limit; /* steps per second, 0: none */
  double due;   /* of the next step, if there is a limit */

  gint64 since;               /* begin of the time that is measured */
  guint64 n_steps, n_samples; /* in it */
  double steps_per_second, samples_per_second;
} FxpPace;

/* Steps begin to come. */
void fxp_pace_start (FxpPace *self, gint64 now);
void fxp_pace_set_limit (FxpPace *self, double limit, gint64 now);
/* A step was made. */
void fxp_pace_count (FxpPace *self, guint64 n_samples, gint64 now);
/* Brings the measured rates up to date. */
void fxp_pace_measure (FxpPace *self, gint64 now);

static inline gboolean
fxp_pace_allows (const FxpPace *self, gint64 now)
{
  return self->limit == 0 || now >= self->due;
}

G_END_DECLS
