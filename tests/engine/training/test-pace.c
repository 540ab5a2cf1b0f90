/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/pace-private.h"

#define SECOND G_USEC_PER_SEC

static void
test_no_limit (void)
{
  FxpPace pace = {0};

  fxp_pace_start (&pace, 5 * SECOND);
  for (guint i = 0; i < 100; i++)
    {
      g_assert_true (fxp_pace_allows (&pace, 5 * SECOND));
      fxp_pace_count (&pace, 10, 5 * SECOND);
    }
}

/* Steps are as many as the limit allows, also where its interval is no whole microsecond. */
static void
test_limit (void)
{
  const double limits[] = {1, 3, 60, 1000, 700000};

  for (guint i = 0; i < G_N_ELEMENTS (limits); i++)
    {
      FxpPace pace = {0};
      guint n = 0;

      fxp_pace_set_limit (&pace, limits[i], SECOND);
      fxp_pace_start (&pace, SECOND);
      for (gint64 now = SECOND; now < 2 * SECOND; now++)
        while (fxp_pace_allows (&pace, now))
          {
            fxp_pace_count (&pace, 1, now);
            n++;
          }
      g_assert_cmpuint (n, >=, limits[i]);
      g_assert_cmpuint (n, <=, limits[i] + 2);
    }
}

/* After a long wait there is no burst of more than a tenth of a second. */
static void
test_arrears (void)
{
  FxpPace pace = {0};
  guint n = 0;

  fxp_pace_set_limit (&pace, 1000, 0);
  fxp_pace_start (&pace, 0);
  while (fxp_pace_allows (&pace, 10 * SECOND))
    {
      fxp_pace_count (&pace, 1, 10 * SECOND);
      n++;
    }
  g_assert_cmpuint (n, <=, 102);
}

/* A new limit holds at once, not after the old one's next step. */
static void
test_change (void)
{
  FxpPace pace = {0};

  fxp_pace_set_limit (&pace, 1e-9, 0);
  fxp_pace_start (&pace, 0);
  fxp_pace_count (&pace, 1, 0);
  g_assert_false (fxp_pace_allows (&pace, SECOND));
  fxp_pace_set_limit (&pace, 10, SECOND);
  g_assert_false (fxp_pace_allows (&pace, SECOND));
  g_assert_true (fxp_pace_allows (&pace, SECOND + SECOND / 10));
  fxp_pace_set_limit (&pace, 0, SECOND);
  g_assert_true (fxp_pace_allows (&pace, SECOND));
}

static void
test_measure (void)
{
  FxpPace pace = {0};

  fxp_pace_start (&pace, 0);
  for (guint i = 1; i <= 300; i++)
    {
      fxp_pace_count (&pace, 32, i * SECOND / 100);
      fxp_pace_measure (&pace, i * SECOND / 100);
      if (i >= 5)
        {
          g_assert_cmpfloat_with_epsilon (pace.steps_per_second, 100, 1e-6);
          g_assert_cmpfloat_with_epsilon (pace.samples_per_second, 3200, 1e-6);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/pace/no-limit", test_no_limit);
  g_test_add_func ("/training/pace/limit", test_limit);
  g_test_add_func ("/training/pace/arrears", test_arrears);
  g_test_add_func ("/training/pace/change", test_change);
  g_test_add_func ("/training/pace/measure", test_measure);

  return g_test_run ();
}
