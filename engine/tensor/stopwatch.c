/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/stopwatch-private.h"

#include <time.h>

static _Thread_local FxpStopwatch *current;

static gint64
get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

void
fxp_stopwatch_use (FxpStopwatch *self)
{
  /* What is under way counts up to here. */
  fxp_stopwatch_enter (FXP_STAGE_OTHER);
  current = self;
  if (self == NULL)
    return;
  *self = (FxpStopwatch){.began = get_time ()};
}

FxpStage
fxp_stopwatch_enter (FxpStage stage)
{
  FxpStopwatch *self = current;
  FxpStage was;
  gint64 now;

  if (G_LIKELY (self == NULL))
    return FXP_STAGE_OTHER;
  was = self->stage;
  now = get_time ();
  self->nanoseconds[was] += now - self->began;
  self->began = now;
  self->stage = stage;
  return was;
}
