/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/team-private.h"

#define MUCH_WORK G_GUINT64_CONSTANT (1000000000)

/* Who did which item; each thread writes its own items only. */
typedef struct
{
  gsize n, grain;
  guint *n_done;
  gint n_calls;
  gint n_elsewhere; /* calls that ran on another thread than the caller's */
  GThread *caller;
} Job;

static void
do_items (gpointer data, gsize first, gsize last)
{
  Job *job = data;

  g_assert_cmpuint (first, <, last);
  g_assert_cmpuint (last, <=, job->n);
  g_assert_cmpuint (first % job->grain, ==, 0);
  if (last < job->n)
    g_assert_cmpuint (last % job->grain, ==, 0);
  for (gsize i = first; i < last; i++)
    job->n_done[i]++;
  g_atomic_int_inc (&job->n_calls);
  if (g_thread_self () != job->caller)
    g_atomic_int_inc (&job->n_elsewhere);
}

static Job
run (FxpTeam *team, gsize n, gsize grain, guint64 n_operations)
{
  g_autofree guint *n_done = g_new0 (guint, n + 1);
  Job job = {.n = n, .grain = grain, .n_done = n_done, .caller = g_thread_self ()};

  fxp_team_run (team, n, grain, n_operations, do_items, &job);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpuint (n_done[i], ==, 1);
  g_assert_cmpuint (n_done[n], ==, 0);
  job.n_done = NULL;
  return job;
}

static void
test_once (void)
{
  static const gsize sizes[] = {0, 1, 2, 3, 7, 16, 61, 64, 1000, 4097};
  static const gsize grains[] = {1, 2, 3, 16, 64, 5000};

  for (guint n_threads = 1; n_threads <= 5; n_threads++)
    {
      g_autoptr (FxpTeam) team = fxp_team_new (n_threads);

      g_assert_cmpuint (fxp_team_get_n_threads (team), ==, n_threads);
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        for (guint j = 0; j < G_N_ELEMENTS (grains); j++)
          run (team, sizes[i], grains[j], MUCH_WORK);
    }
}

static void
test_alone (void)
{
  g_autoptr (FxpTeam) team = fxp_team_new (3);
  g_autoptr (FxpTeam) single = fxp_team_new (1);
  const Job jobs[] = {
    run (NULL, 100, 1, MUCH_WORK),
    run (single, 100, 1, MUCH_WORK),
    run (team, 100, 1, 1000),
    run (team, 100, 100, MUCH_WORK),
  };

  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    {
      g_assert_cmpint (jobs[i].n_calls, ==, 1);
      g_assert_cmpint (jobs[i].n_elsewhere, ==, 0);
    }
}

/* The first range waits until another thread has begun one: threads do share the work. */
static void
do_meeting (gpointer data, gsize first, gsize last)
{
  gint *n_begun = data;

  g_atomic_int_inc (n_begun);
  while (g_atomic_int_get (n_begun) < 2)
    g_thread_yield ();
}

static void
test_together (void)
{
  g_autoptr (FxpTeam) team = fxp_team_new (2);

  for (guint i = 0; i < 50; i++)
    {
      gint n_begun = 0;

      fxp_team_run (team, 10, 1, MUCH_WORK, do_meeting, &n_begun);
      g_assert_cmpint (g_atomic_int_get (&n_begun), >=, 2);
    }
}

/* Jobs so short that workers come late, early and in between. */
static void
test_often (void)
{
  g_autoptr (FxpTeam) team = fxp_team_new (4);

  for (guint i = 0; i < 5000; i++)
    run (team, 1 + i % 40, 1 + i % 3, MUCH_WORK);
}

static void
test_free (void)
{
  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (FxpTeam) team = fxp_team_new (1 + i % 4);

      if (i % 2 == 0)
        run (team, 100, 1, MUCH_WORK);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/team/once", test_once);
  g_test_add_func ("/tensor/team/alone", test_alone);
  g_test_add_func ("/tensor/team/together", test_together);
  g_test_add_func ("/tensor/team/often", test_often);
  g_test_add_func ("/tensor/team/free", test_free);
  return g_test_run ();
}
