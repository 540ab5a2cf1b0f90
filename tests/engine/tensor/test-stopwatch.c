/* SPDX-License-Identifier: MIT */
/* That every nanosecond goes to one stage, and to this thread's watch alone. */
#include "tensor/stopwatch-private.h"

#include <time.h>

#define A_WHILE 200000 /* nanoseconds */

static gint64
get_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (gint64)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void
pass_a_while (void)
{
  gint64 until = get_time () + A_WHILE;

  while (get_time () < until)
    ;
}

static gint64
add_up (const FxpStopwatch *watch)
{
  gint64 sum = 0;

  for (guint stage = 0; stage < FXP_N_STAGES; stage++)
    sum += watch->nanoseconds[stage];
  return sum;
}

static void
test_unmeasured (void)
{
  g_assert_cmpint (fxp_stopwatch_enter (FXP_STAGE_MULTIPLY), ==, FXP_STAGE_OTHER);
  g_assert_cmpint (fxp_stopwatch_enter (FXP_STAGE_QUANTIZE), ==, FXP_STAGE_OTHER);
}

static void
test_nested (void)
{
  FxpStopwatch watch;
  FxpStage outer, inner;
  gint64 begin = get_time ();

  fxp_stopwatch_use (&watch);
  pass_a_while ();
  outer = fxp_stopwatch_enter (FXP_STAGE_QUANTIZE);
  pass_a_while ();
  inner = fxp_stopwatch_enter (FXP_STAGE_STATISTICS);
  pass_a_while ();
  pass_a_while ();
  g_assert_cmpint (fxp_stopwatch_enter (inner), ==, FXP_STAGE_STATISTICS);
  pass_a_while ();
  g_assert_cmpint (fxp_stopwatch_enter (outer), ==, FXP_STAGE_QUANTIZE);
  g_assert_cmpint (outer, ==, FXP_STAGE_OTHER);
  g_assert_cmpint (inner, ==, FXP_STAGE_QUANTIZE);
  fxp_stopwatch_use (NULL);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_OTHER], >=, A_WHILE);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_QUANTIZE], >=, 2 * A_WHILE);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_STATISTICS], >=, 2 * A_WHILE);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_MULTIPLY], ==, 0);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_LOWER], ==, 0);
  g_assert_cmpint (add_up (&watch), <=, get_time () - begin);
}

/* What is under way when the watch is put away counts; what comes after does not. */
static void
test_end (void)
{
  FxpStopwatch watch;
  gint64 begin, end, sum;

  fxp_stopwatch_use (&watch);
  begin = get_time ();
  fxp_stopwatch_enter (FXP_STAGE_LOWER);
  pass_a_while ();
  end = get_time ();
  fxp_stopwatch_use (NULL);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_LOWER], >=, A_WHILE);
  sum = add_up (&watch);
  g_assert_cmpint (sum, >=, end - begin);
  fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);
  pass_a_while ();
  fxp_stopwatch_enter (FXP_STAGE_OTHER);
  g_assert_cmpint (add_up (&watch), ==, sum);
}

static void
test_another (void)
{
  FxpStopwatch first, second;
  gint64 sum;

  fxp_stopwatch_use (&first);
  fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);
  pass_a_while ();
  fxp_stopwatch_use (&second);
  g_assert_cmpint (first.nanoseconds[FXP_STAGE_MULTIPLY], >=, A_WHILE);
  sum = add_up (&first);
  pass_a_while ();
  fxp_stopwatch_use (NULL);
  g_assert_cmpint (add_up (&first), ==, sum);
  g_assert_cmpint (second.nanoseconds[FXP_STAGE_OTHER], >=, A_WHILE);
  g_assert_cmpint (second.nanoseconds[FXP_STAGE_MULTIPLY], ==, 0);
}

static gpointer
enter_cb (gpointer data)
{
  fxp_stopwatch_enter (FXP_STAGE_MULTIPLY);
  pass_a_while ();
  return GINT_TO_POINTER (fxp_stopwatch_enter (FXP_STAGE_LOWER));
}

static void
test_threads (void)
{
  FxpStopwatch watch;

  fxp_stopwatch_use (&watch);
  g_assert_cmpint (GPOINTER_TO_INT (g_thread_join (g_thread_new ("other", enter_cb, NULL))),
                   ==,
                   FXP_STAGE_OTHER);
  fxp_stopwatch_use (NULL);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_OTHER], >=, A_WHILE);
  g_assert_cmpint (watch.nanoseconds[FXP_STAGE_MULTIPLY], ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/stopwatch/unmeasured", test_unmeasured);
  g_test_add_func ("/stopwatch/nested", test_nested);
  g_test_add_func ("/stopwatch/end", test_end);
  g_test_add_func ("/stopwatch/another", test_another);
  g_test_add_func ("/stopwatch/threads", test_threads);
  return g_test_run ();
}
