/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment.h"
#include "number/error.h"
#include <math.h>

static void
test_constant (void)
{
  const FxpSettings plain = {.rate = 0.1, .schedule_factor = 0.5};
  const FxpSettings with_steps = {
    .rate = 0.1,
    .schedule_factor = 0.5,
    .schedule_steps = {10},
    .n_schedule_steps = 1,
  };

  for (guint i = 0; i < FXP_N_SCHEDULES; i++)
    {
      FxpSettings without_steps = plain;

      without_steps.schedule = i;
      g_assert_cmpfloat (fxp_settings_get_rate (&without_steps, 0), ==, 0.1);
      g_assert_cmpfloat (fxp_settings_get_rate (&without_steps, G_MAXUINT64), ==, 0.1);
    }
  g_assert_cmpfloat (fxp_settings_get_rate (&with_steps, 9), ==, 0.1);
  g_assert_cmpfloat (fxp_settings_get_rate (&with_steps, 10), ==, 0.1);
}

/* The new rate holds from the named step on; products are taken one after the other. */
static void
test_steps (void)
{
  const FxpSettings settings = {
    .rate = 0.3,
    .schedule = FXP_SCHEDULE_STEPS,
    .schedule_factor = 0.1,
    .schedule_steps = {10, 20, 21},
    .n_schedule_steps = 3,
  };
  const double once = 0.3 * 0.1, twice = once * 0.1, thrice = twice * 0.1;

  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 0), ==, 0.3);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 9), ==, 0.3);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 10), ==, once);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 19), ==, once);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 20), ==, twice);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 21), ==, thrice);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, G_MAXUINT64), ==, thrice);
}

static void
test_cosine (void)
{
  const FxpSettings settings = {
    .rate = 0.2,
    .schedule = FXP_SCHEDULE_COSINE,
    .schedule_factor = 0.25,
    .schedule_steps = {7, 1000},
    .n_schedule_steps = 2,
  };
  double before = INFINITY;

  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 0), ==, 0.2);
  g_assert_cmpfloat_with_epsilon (fxp_settings_get_rate (&settings, 500), 0.125, 1e-15);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, 1000), ==, 0.05);
  g_assert_cmpfloat (fxp_settings_get_rate (&settings, G_MAXUINT64), ==, 0.05);
  for (guint64 step = 0; step <= 1000; step++)
    {
      const double expected = 0.2 * (0.25 + 0.75 * (1 + cos (G_PI * (double)step / 1000)) / 2);
      const double rate = fxp_settings_get_rate (&settings, step);

      g_assert_cmpfloat_with_epsilon (rate, expected, 1e-15);
      g_assert_cmpfloat (rate, <, before);
      before = rate;
    }
}

static void
test_nicks (void)
{
  g_autoptr (GError) error = NULL;
  FxpSchedule schedule;

  for (guint i = 0; i < FXP_N_SCHEDULES; i++)
    {
      g_assert_true (fxp_schedule_parse (fxp_schedule_get_nick (i), &schedule, NULL));
      g_assert_cmpuint (schedule, ==, i);
    }
  g_assert_false (fxp_schedule_parse ("linear", &schedule, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  g_assert_cmpstr (error->message,
                   ==,
                   "\"linear\" is not a schedule; expected constant, steps or cosine");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/schedule/constant", test_constant);
  g_test_add_func ("/experiment/schedule/steps", test_steps);
  g_test_add_func ("/experiment/schedule/cosine", test_cosine);
  g_test_add_func ("/experiment/schedule/nicks", test_nicks);
  return g_test_run ();
}
