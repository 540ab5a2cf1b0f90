/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/criteria.h"
#include <math.h>

/* What a walk over every step finds. */
static double
find_by_walk (const FxpSettings *settings, guint64 n_steps)
{
  double least = INFINITY;

  for (guint64 step = 0; step < n_steps; step++)
    {
      const double rate = fxp_settings_get_rate (settings, step);

      if (rate > 0 && rate < least)
        least = rate;
    }
  return least;
}

static void
test_walks (void)
{
  const double factors[] = {0, 0.1, 0.5, 1};

  for (guint schedule = 0; schedule < FXP_N_SCHEDULES; schedule++)
    for (guint i = 0; i < G_N_ELEMENTS (factors); i++)
      for (guint n_schedule_steps = 0; n_schedule_steps <= 3; n_schedule_steps++)
        for (guint n_steps = 1; n_steps < 140; n_steps += 7)
          {
            const FxpSettings settings = {
              .rate = 0.3,
              .schedule = schedule,
              .schedule_steps = {20, 50, 100},
              .n_schedule_steps = n_schedule_steps,
              .schedule_factor = factors[i],
            };

            g_assert_cmpfloat (fxp_criteria_get_min_rate (&settings, n_steps),
                               ==,
                               find_by_walk (&settings, n_steps));
          }
}

/* A rate that ends at 0 moves nothing any more: what counts is the least that does. */
static void
test_zero (void)
{
  const FxpSettings stops = {
    .rate = 0.5,
    .schedule = FXP_SCHEDULE_STEPS,
    .schedule_steps = {10},
    .n_schedule_steps = 1,
    .schedule_factor = 0,
  };

  g_assert_cmpfloat (fxp_criteria_get_min_rate (&stops, 1000), ==, 0.5);
  g_assert_cmpfloat (fxp_criteria_get_min_rate (&stops, 0), ==, 0.5);
}

static void
test_long (void)
{
  FxpSettings settings = {
    .rate = 0.5,
    .schedule = FXP_SCHEDULE_COSINE,
    .schedule_steps = {G_GUINT64_CONSTANT (1000000000000)},
    .n_schedule_steps = 1,
    .schedule_factor = 0.25,
  };

  g_assert_cmpfloat (fxp_criteria_get_min_rate (&settings, G_MAXUINT64), ==, 0.125);
  settings.schedule_factor = 0;
  g_assert_cmpfloat (fxp_criteria_get_min_rate (&settings, G_MAXUINT64), >, 0);
  g_assert_cmpfloat (fxp_criteria_get_min_rate (&settings, G_MAXUINT64), <, 1e-12);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/least-rate/walks", test_walks);
  g_test_add_func ("/least-rate/zero", test_zero);
  g_test_add_func ("/least-rate/long", test_long);
  return g_test_run ();
}
