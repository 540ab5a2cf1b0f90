/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/history.h"

#include <math.h>

#define N_POINTS 1000000

/* Noise with a few spikes; not finite at every 9973rd point. */
static double
get_value (GRand *random, int i)
{
  if (i % 9973 == 9972)
    return i % 2 == 0 ? NAN : INFINITY;
  return sin (i * 1e-4) + g_rand_double_range (random, -0.1, 0.1) + (i % 70001 == 0 ? 50.0 : 0.0);
}

static void
test_empty (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();
  FxuBucket bucket;

  g_assert_cmpuint (fxu_history_get_n_buckets (history), ==, 0);
  g_assert_cmpuint (fxu_history_get_n_points (history), ==, 0);
  g_assert_false (fxu_history_get_last (history, NULL, NULL));
  g_assert_false (fxu_history_get_range (history, -1e9, 1e9, &bucket));
}

static void
test_few_points_stay_raw (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();
  double x, y;

  for (int i = 0; i < FXU_HISTORY_CAPACITY; i++)
    fxu_history_append (history, i, i * 0.5);
  g_assert_cmpuint (fxu_history_get_n_buckets (history), ==, FXU_HISTORY_CAPACITY);
  for (int i = 0; i < FXU_HISTORY_CAPACITY; i += 97)
    {
      const FxuBucket *bucket = fxu_history_get_bucket (history, i);

      g_assert_cmpuint (bucket->n, ==, 1);
      g_assert_cmpfloat (bucket->x_first, ==, i);
      g_assert_cmpfloat (bucket->y_last, ==, i * 0.5);
      g_assert_cmpfloat (bucket->y_mean, ==, i * 0.5);
      g_assert_cmpuint (fxu_history_find (history, i + 0.25), ==, i);
    }
  g_assert_cmpuint (fxu_history_find (history, -5.0), ==, 0);
  g_assert_cmpuint (fxu_history_find (history, INFINITY), ==, FXU_HISTORY_CAPACITY - 1);
  g_assert_true (fxu_history_get_last (history, &x, &y));
  g_assert_cmpfloat (x, ==, FXU_HISTORY_CAPACITY - 1);
  g_assert_cmpfloat (y, ==, (FXU_HISTORY_CAPACITY - 1) * 0.5);
}

/* What the points of a bucket really are. */
static void
check_bucket (const FxuBucket *bucket, const double *values)
{
  double min = INFINITY;
  double max = -INFINITY;
  double sum = 0.0;
  double last = NAN;
  guint n = 0;
  guint n_nonfinite = 0;

  for (int i = (int)bucket->x_first; i <= (int)bucket->x_last; i++)
    {
      if (!isfinite (values[i]))
        {
          n_nonfinite++;
          continue;
        }
      min = MIN (min, values[i]);
      max = MAX (max, values[i]);
      sum += values[i];
      last = values[i];
      n++;
    }
  g_assert_cmpuint (bucket->n, ==, n);
  g_assert_cmpuint (bucket->n_nonfinite, ==, n_nonfinite);
  g_assert_cmpfloat (bucket->y_min, ==, min);
  g_assert_cmpfloat (bucket->y_max, ==, max);
  g_assert_cmpfloat (bucket->y_last, ==, last);
  g_assert_cmpfloat_with_epsilon (bucket->y_mean, sum / n, 1e-9);
}

static void
test_million_points (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (1);
  g_autofree double *values = g_new (double, N_POINTS);
  guint64 n = 0;
  double end = -1.0;

  for (int i = 0; i < N_POINTS; i++)
    {
      values[i] = get_value (random, i);
      fxu_history_append (history, i, values[i]);
      g_assert_cmpuint (fxu_history_get_n_buckets (history), <=, FXU_HISTORY_CAPACITY);
    }
  g_assert_cmpuint (fxu_history_get_n_points (history), ==, N_POINTS);
  g_assert_cmpuint (fxu_history_get_n_buckets (history), >=, FXU_HISTORY_CAPACITY / 2);
  for (gsize i = 0; i < fxu_history_get_n_buckets (history); i++)
    {
      const FxuBucket *bucket = fxu_history_get_bucket (history, i);

      g_assert_cmpfloat (bucket->x_first, ==, end + 1.0);
      check_bucket (bucket, values);
      n += bucket->n + bucket->n_nonfinite;
      end = bucket->x_last;
    }
  g_assert_cmpuint (n, ==, N_POINTS);
}

static void
test_range_merges_exactly (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();
  g_autoptr (GRand) random = g_rand_new_with_seed (2);
  g_autofree double *values = g_new (double, 50000);

  for (int i = 0; i < 50000; i++)
    {
      values[i] = get_value (random, i);
      fxu_history_append (history, i, values[i]);
    }
  for (int trial = 0; trial < 300; trial++)
    {
      double x0 = g_rand_double_range (random, 0.0, 49000.0);
      double x1 = x0 + g_rand_double_range (random, 0.0, 900.0);
      FxuBucket merged;

      g_assert_true (fxu_history_get_range (history, x0, x1, &merged));
      g_assert_cmpfloat (merged.x_first, <=, ceil (x0));
      g_assert_cmpfloat (merged.x_last, >=, floor (x1));
      check_bucket (&merged, values);
    }
}

static void
test_nan_only (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();
  FxuBucket merged;

  for (int i = 0; i < 20000; i++)
    fxu_history_append (history, i, NAN);
  g_assert_true (fxu_history_get_range (history, 0.0, 20000.0, &merged));
  g_assert_cmpuint (merged.n, ==, 0);
  g_assert_cmpuint (merged.n_nonfinite, ==, 20000);
}

static void
test_clear (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();

  for (int i = 0; i < 3 * FXU_HISTORY_CAPACITY; i++)
    fxu_history_append (history, i, i);
  fxu_history_clear (history);
  g_assert_cmpuint (fxu_history_get_n_buckets (history), ==, 0);
  fxu_history_append (history, 0.0, 7.0);
  fxu_history_append (history, 0.0, 8.0);
  g_assert_cmpuint (fxu_history_get_n_buckets (history), ==, 2);
  g_assert_cmpfloat (fxu_history_get_bucket (history, 1)->y_last, ==, 8.0);
}

static void
test_falling_x (void)
{
  g_autoptr (FxuHistory) history = fxu_history_new ();

  fxu_history_append (history, 5.0, 1.0);
  g_test_expect_message (NULL, G_LOG_LEVEL_CRITICAL, "*x >= self->last_x*");
  fxu_history_append (history, 4.0, 1.0);
  g_test_assert_expected_messages ();
  g_assert_cmpuint (fxu_history_get_n_points (history), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/history/empty", test_empty);
  g_test_add_func ("/plot/history/few-points-stay-raw", test_few_points_stay_raw);
  g_test_add_func ("/plot/history/million-points", test_million_points);
  g_test_add_func ("/plot/history/range-merges-exactly", test_range_merges_exactly);
  g_test_add_func ("/plot/history/nan-only", test_nan_only);
  g_test_add_func ("/plot/history/clear", test_clear);
  g_test_add_func ("/plot/history/falling-x", test_falling_x);
  return g_test_run ();
}
