/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment.h"

#include "number/elementary.h"
#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

static const char *const nicks[FXP_N_SCHEDULES] = {
  [FXP_SCHEDULE_CONSTANT] = "constant",
  [FXP_SCHEDULE_STEPS] = "steps",
  [FXP_SCHEDULE_COSINE] = "cosine",
};

const char *
fxp_schedule_get_nick (FxpSchedule self)
{
  g_return_val_if_fail ((guint)self < FXP_N_SCHEDULES, NULL);

  return nicks[self];
}

gboolean
fxp_schedule_parse (const char *text, FxpSchedule *schedule, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && schedule != NULL, FALSE);

  for (guint i = 0; i < FXP_N_SCHEDULES; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *schedule = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not a schedule; expected constant, steps or cosine"),
               found);
  return FALSE;
}

/* One product per step that has come, in their order, so that the bits depend on nothing else. */
static double
get_stepped_rate (const FxpSettings *self, guint64 step)
{
  double rate = self->rate;

  for (guint i = 0; i < self->n_schedule_steps && self->schedule_steps[i] <= step; i++)
    rate *= self->schedule_factor;
  return rate;
}

/* Loshchilov & Hutter 2017, equation 5, without restarts. */
static double
get_cosine_rate (const FxpSettings *self, guint64 step)
{
  const guint64 end = self->schedule_steps[self->n_schedule_steps - 1];
  const double factor = self->schedule_factor;
  double share = 0;

  if (step < end)
    share = (1 + fxp_cos (G_PI * (double)step / (double)end)) / 2;
  return self->rate * (factor + (1 - factor) * share);
}

double
fxp_settings_get_rate (const FxpSettings *self, guint64 step)
{
  g_return_val_if_fail (self != NULL, 0);

  if (self->n_schedule_steps == 0)
    return self->rate;
  switch (self->schedule)
    {
    case FXP_SCHEDULE_STEPS:
      return get_stepped_rate (self, step);
    case FXP_SCHEDULE_COSINE:
      return get_cosine_rate (self, step);
    case FXP_SCHEDULE_CONSTANT:
    case FXP_N_SCHEDULES:
    default:
      return self->rate;
    }
}
