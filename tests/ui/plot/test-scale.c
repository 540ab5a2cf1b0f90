/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/scale.h"

#include <math.h>
#include <string.h>

/* 1, 2 or 5 times a power of ten. */
static gboolean
is_nice (double value)
{
  double ratio = value / pow (10.0, floor (log10 (value) + 1e-9));

  return fabs (ratio - 1.0) < 1e-6 || fabs (ratio - 2.0) < 1e-6 || fabs (ratio - 5.0) < 1e-6;
}

static void
check_ticks (const FxuScale *scale, guint n_wanted)
{
  FxuTick ticks[FXU_TICKS_MAX];
  guint n = fxu_scale_make_ticks (scale, n_wanted, ticks);
  double span = scale->max - scale->min;
  guint n_major = 0;

  g_assert_cmpuint (n, <=, FXU_TICKS_MAX);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpfloat (ticks[i].value, >=, scale->min - span * 1e-6);
      g_assert_cmpfloat (ticks[i].value, <=, scale->max + span * 1e-6);
      g_assert_true (g_utf8_validate (ticks[i].label, -1, NULL));
      g_assert_true (ticks[i].is_major == (ticks[i].label[0] != '\0'));
      n_major += ticks[i].is_major;
      if (i > 0)
        g_assert_cmpfloat (ticks[i].value, >, ticks[i - 1].value);
      for (guint j = 0; j < i && ticks[i].is_major; j++)
        g_assert_cmpstr (ticks[i].label, !=, ticks[j].label);
    }
  g_assert_cmpuint (n_major, >=, 2);
  g_assert_cmpuint (n_major, <=, 2 * MAX (n_wanted, 4) + 2);
}

static void
test_linear (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (3);

  for (int trial = 0; trial < 3000; trial++)
    {
      double size = pow (10.0, g_rand_double_range (random, -12.0, 14.0));
      double min = g_rand_double_range (random, -1.0, 1.0) * size;
      double max = min + g_rand_double_range (random, 1e-3, 1.0) * size;
      FxuScale scale = fxu_scale_fit (min, max, FALSE);

      g_assert_cmpfloat (scale.min, <=, min + size * 1e-6);
      g_assert_cmpfloat (scale.max, >=, max - size * 1e-6);
      for (guint n_wanted = 1; n_wanted <= 10; n_wanted++)
        {
          FxuTick ticks[FXU_TICKS_MAX];

          check_ticks (&scale, n_wanted);
          fxu_scale_make_ticks (&scale, n_wanted, ticks);
          g_assert_true (is_nice (ticks[1].value - ticks[0].value));
        }
    }
}

static void
test_log (void)
{
  g_autoptr (GRand) random = g_rand_new_with_seed (4);

  for (int trial = 0; trial < 3000; trial++)
    {
      double min = pow (10.0, g_rand_double_range (random, -30.0, 20.0));
      double max = min * pow (10.0, g_rand_double_range (random, 0.0, 12.0));
      FxuScale scale = fxu_scale_fit (min, max, TRUE);

      g_assert_cmpfloat (scale.min, >, 0.0);
      g_assert_cmpfloat (scale.min, <=, min * (1.0 + 1e-8));
      g_assert_cmpfloat (scale.max, >=, max * (1.0 - 1e-8));
      for (guint n_wanted = 1; n_wanted <= 10; n_wanted++)
        check_ticks (&scale, n_wanted);
    }
}

static void
test_labels (void)
{
  static const struct
  {
    FxuScale scale;
    guint n_wanted;
    const char *labels;
  } cases[] = {
    {{0.0, 2.5, FALSE}, 5, "0 0.5 1.0 1.5 2.0 2.5"},
    {{0.0, 40.0, FALSE}, 4, "0 10 20 30 40"},
    {{-1.0, 1.0, FALSE}, 4, "−1.0 −0.5 0 0.5 1.0"},
    {{0.0, 100000.0, FALSE}, 5, "0 20k 40k 60k 80k 100k"},
    {{0.0, 2e6, FALSE}, 4, "0 0.5M 1.0M 1.5M 2.0M"},
    {{0.0, 4e-6, FALSE}, 4, "0 1×10⁻⁶ 2×10⁻⁶ 3×10⁻⁶ 4×10⁻⁶"},
    {{0.001, 10.0, TRUE}, 4, "0.001 0.01 0.1 1 10"},
    {{1e-6, 1e-3, TRUE}, 4, "10⁻⁶ 10⁻⁵ 10⁻⁴ 0.001"},
    {{0.1, 2.0, TRUE}, 6, "0.1 0.2 0.5 1 2"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxuTick ticks[FXU_TICKS_MAX];
      guint n = fxu_scale_make_ticks (&cases[i].scale, cases[i].n_wanted, ticks);
      g_autoptr (GString) labels = g_string_new (NULL);

      for (guint j = 0; j < n; j++)
        if (ticks[j].is_major)
          g_string_append_printf (labels, "%s%s", labels->len > 0 ? " " : "", ticks[j].label);
      g_assert_cmpstr (labels->str, ==, cases[i].labels);
    }
}

static void
test_extremes (void)
{
  static const double ends[][2] = {
    {0.0, 0.0},
    {5.0, 5.0},
    {-3.0, -3.0},
    {1e308, 1e308},
    {-1e308, 1e308},
    {1e-310, 2e-310},
    {1e15, 1e15 + 1.0},
    {0.0, 1e-300},
    {12.0, 12.0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      FxuScale linear = fxu_scale_fit (ends[i][0], ends[i][1], FALSE);
      FxuScale log = fxu_scale_fit (ends[i][0], ends[i][1], TRUE);

      g_assert_true (isfinite (linear.min) && isfinite (linear.max));
      g_assert_cmpfloat (linear.min, <, linear.max);
      g_assert_true (isfinite (log.max));
      g_assert_cmpfloat (log.min, >, 0.0);
      g_assert_cmpfloat (log.min, <, log.max);
      check_ticks (&linear, 5);
      check_ticks (&log, 5);
    }
}

static void
test_position (void)
{
  FxuScale linear = {-2.0, 8.0, FALSE};
  FxuScale log = {0.01, 100.0, TRUE};

  g_assert_cmpfloat_with_epsilon (fxu_scale_get_position (&linear, 3.0), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (fxu_scale_get_position (&log, 1.0), 0.5, 1e-12);
  g_assert_true (isinf (fxu_scale_get_position (&log, 0.0)));
  g_assert_true (isinf (fxu_scale_get_position (&log, -1.0)));
  for (double position = -0.5; position <= 1.5; position += 0.1)
    {
      double a = fxu_scale_get_value (&linear, position);
      double b = fxu_scale_get_value (&log, position);

      g_assert_cmpfloat_with_epsilon (fxu_scale_get_position (&linear, a), position, 1e-12);
      g_assert_cmpfloat_with_epsilon (fxu_scale_get_position (&log, b), position, 1e-12);
    }
}

/* A slowly changing curve must not make its axis flicker. */
static void
test_follow (void)
{
  FxuScale scale = fxu_scale_fit (0.0, 2.3, FALSE);
  FxuScale before = scale;
  guint n_changes = 0;

  for (double max = 2.3; max > 0.01; max *= 0.99)
    n_changes += fxu_scale_follow (&scale, 0.0, max, FALSE);
  g_assert_cmpuint (n_changes, <=, 6);
  g_assert_cmpfloat (scale.max, <, 0.05);

  scale = before;
  g_assert_false (fxu_scale_follow (&scale, 0.0, 0.01, TRUE));
  g_assert_true (fxu_scale_follow (&scale, -1.0, 0.01, TRUE));
  g_assert_cmpfloat (scale.min, <=, -1.0);
  g_assert_cmpfloat (scale.max, ==, before.max);
}

static void
test_round_up (void)
{
  for (double x = 1e-9; x < 1e12; x *= 1.0173)
    {
      double up = fxu_scale_round_up (x);

      g_assert_cmpfloat (up, >=, x * (1.0 - 1e-8));
      g_assert_cmpfloat (up, <=, x * 1.25);
      g_assert_cmpfloat_with_epsilon (fxu_scale_round_up (up), up, up * 1e-9);
    }
  g_assert_cmpfloat (fxu_scale_round_up (40.0), ==, 40.0);
}

static void
test_reading (void)
{
  static const struct
  {
    double value;
    const char *text;
  } cases[] = {
    {0.0, "0"},
    {12.0, "12"},
    {0.123456, "0.1235"},
    {2.5, "2.500"},
    {-31.25, "−31.25"},
    {123.45, "123.5"},
    {1.2e-5, "1.20×10⁻⁵"},
    {3e10, "3.00×10¹⁰"},
    {-INFINITY, "−∞"},
    {INFINITY, "∞"},
  };
  g_autofree char *nan = fxu_scale_format_reading (NAN);

  g_assert_cmpstr (nan, ==, "NaN");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = fxu_scale_format_reading (cases[i].value);

      g_assert_cmpstr (text, ==, cases[i].text);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/scale/linear", test_linear);
  g_test_add_func ("/plot/scale/log", test_log);
  g_test_add_func ("/plot/scale/labels", test_labels);
  g_test_add_func ("/plot/scale/extremes", test_extremes);
  g_test_add_func ("/plot/scale/position", test_position);
  g_test_add_func ("/plot/scale/follow", test_follow);
  g_test_add_func ("/plot/scale/round-up", test_round_up);
  g_test_add_func ("/plot/scale/reading", test_reading);
  return g_test_run ();
}
