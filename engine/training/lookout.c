/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/lookout-private.h"

/* A quit is to be seen within 50 ms; asking takes about as long as reading the clock twice. */
#define ASK_INTERVAL_US 4000
#define LONG_US         (G_USEC_PER_SEC / 10)

void
fxp_lookout_begin (FxpLookout *self, FxpActivity activity)
{
  self->activity = activity;
  self->began = g_get_monotonic_time ();
  fxp_lookout_rest (self, 0);
}

void
fxp_lookout_end (FxpLookout *self)
{
  self->activity = FXP_ACTIVITY_NONE;
  fxp_lookout_rest (self, 0);
}

void
fxp_lookout_set_part (FxpLookout *self, double first, double size)
{
  self->first = first;
  self->size = size;
}

void
fxp_lookout_rest (FxpLookout *self, double done)
{
  self->share = done;
  fxp_lookout_set_part (self, done, 0);
}

gboolean
fxp_lookout_is_long (const FxpLookout *self, gint64 now)
{
  return self->activity != FXP_ACTIVITY_NONE && now - self->began >= LONG_US;
}

gboolean
fxp_lookout_ask (FxpLookout *self)
{
  self->asked = g_get_monotonic_time ();
  return self->interrupt (self->data);
}

gboolean
fxp_lookout_monitor (double share, gpointer data)
{
  FxpLookout *self = data;

  if (g_get_monotonic_time () - self->asked < ASK_INTERVAL_US)
    return FALSE;
  self->share = self->first + CLAMP (share, 0, 1) * self->size;
  return fxp_lookout_ask (self);
}
