/* SPDX-License-Identifier: MIT */
/* gamma_min, from the structure of a schedule: runs may have millions of steps. */
#include "config.h"

#include "analysis/criteria.h"

/* Takes the rate of @step if it is a less one that still moves anything. */
static double
take_less (double least, const FxpSettings *settings, guint64 step)
{
  const double rate = fxp_settings_get_rate (settings, step);

  return rate > 0 && rate < least ? rate : least;
}

/* A cosine falls throughout; one that falls to 0 is searched for the last step above that. */
static guint64
find_last_moving (const FxpSettings *settings, guint64 last)
{
  guint64 moving = 0;

  if (fxp_settings_get_rate (settings, last) > 0)
    return last;
  while (last - moving > 1)
    {
      const guint64 middle = moving + (last - moving) / 2;

      if (fxp_settings_get_rate (settings, middle) > 0)
        moving = middle;
      else
        last = middle;
    }
  return moving;
}

double
fxp_criteria_get_min_rate (const FxpSettings *settings, guint64 n_steps)
{
  const guint64 last = MAX (n_steps, 1) - 1;
  double least;

  g_return_val_if_fail (settings != NULL, 0);

  least = settings->rate;
  if (settings->schedule == FXP_SCHEDULE_STEPS)
    for (guint i = 0; i < settings->n_schedule_steps; i++)
      {
        if (settings->schedule_steps[i] <= last)
          least = take_less (least, settings, settings->schedule_steps[i]);
      }
  if (settings->schedule == FXP_SCHEDULE_COSINE)
    least = take_less (least, settings, find_last_moving (settings, last));
  return least;
}
