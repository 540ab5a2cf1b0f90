/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/lookout-private.h"

static gboolean
count_cb (gpointer data)
{
  guint *n = data;

  return ++*n > 2;
}

/* A pass is a part of the work, and its share a share of that part. */
static void
test_share (void)
{
  guint n = 0;
  FxpLookout lookout = {.interrupt = count_cb, .data = &n};

  fxp_lookout_begin (&lookout, FXP_ACTIVITY_STEP);
  fxp_lookout_set_part (&lookout, 0.5, 0.25);
  g_assert_false (fxp_lookout_monitor (0.5, &lookout));
  g_assert_cmpfloat (lookout.share, ==, 0.625);
  lookout.asked = 0;
  g_assert_false (fxp_lookout_monitor (7, &lookout));
  g_assert_cmpfloat (lookout.share, ==, 0.75);
  /* Passes of something else do not move it. */
  fxp_lookout_rest (&lookout, 0.75);
  lookout.asked = 0;
  g_assert_true (fxp_lookout_monitor (0.3, &lookout));
  g_assert_cmpfloat (lookout.share, ==, 0.75);
  fxp_lookout_end (&lookout);
  g_assert_cmpint (lookout.activity, ==, FXP_ACTIVITY_NONE);
}

/* However often it is called, it asks some hundred times a second at most. */
static void
test_asks_seldom (void)
{
  guint n = 0;
  FxpLookout lookout = {.interrupt = count_cb, .data = &n};
  gint64 began = g_get_monotonic_time ();
  guint n_calls = 0;

  while (!fxp_lookout_monitor (0, &lookout))
    n_calls++;
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 2 * 4000);
  g_assert_cmpuint (n, ==, 3);
  g_assert_cmpuint (n_calls, >, 3);
}

static void
test_long (void)
{
  FxpLookout lookout = {0};

  g_assert_false (fxp_lookout_is_long (&lookout, G_MAXINT64));
  fxp_lookout_begin (&lookout, FXP_ACTIVITY_TEST);
  g_assert_false (fxp_lookout_is_long (&lookout, lookout.began + 99999));
  g_assert_true (fxp_lookout_is_long (&lookout, lookout.began + 100000));
  fxp_lookout_end (&lookout);
  g_assert_false (fxp_lookout_is_long (&lookout, G_MAXINT64));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/lookout/share", test_share);
  g_test_add_func ("/training/lookout/asks-seldom", test_asks_seldom);
  g_test_add_func ("/training/lookout/long", test_long);

  return g_test_run ();
}
