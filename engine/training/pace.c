/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/pace-private.h"

/* A rate over less time than this is noise; over more, it is late. */
#define MEASURE_MIN (G_USEC_PER_SEC / 20)
#define MEASURE_MAX (G_USEC_PER_SEC)

/* Steps that came late are made up for by as much as this, no more: after a long wait nobody
 * wants to see a burst. */
#define ARREARS_MAX (G_USEC_PER_SEC / 10)

void
fxp_pace_start (FxpPace *self, gint64 now)
{
  self->due = now;
  self->since = now;
  self->n_steps = self->n_samples = 0;
}

static double
get_interval (const FxpPace *self)
{
  /* Slower than one step a day is as good as that. */
  return MIN (G_USEC_PER_SEC / self->limit, 86400.0 * G_USEC_PER_SEC);
}

void
fxp_pace_set_limit (FxpPace *self, double limit, gint64 now)
{
  if (self->limit == 0)
    self->due = now;
  self->limit = limit;
  if (limit > 0)
    self->due = MIN (self->due, now + get_interval (self));
}

void
fxp_pace_count (FxpPace *self, guint64 n_samples, gint64 now)
{
  self->n_steps++;
  self->n_samples += n_samples;
  if (self->limit > 0)
    self->due = MAX (self->due + get_interval (self), now - ARREARS_MAX);
}

void
fxp_pace_measure (FxpPace *self, gint64 now)
{
  gint64 elapsed = now - self->since;

  if (elapsed < MEASURE_MIN || self->n_steps == 0)
    return;
  self->steps_per_second = (double)self->n_steps * G_USEC_PER_SEC / elapsed;
  self->samples_per_second = (double)self->n_samples * G_USEC_PER_SEC / elapsed;
  if (elapsed < MEASURE_MAX)
    return;
  self->since = now;
  self->n_steps = self->n_samples = 0;
}
