/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing.h"
#include "plot/weight-bars.h"

#include <math.h>

#define N 4000

static double before[N], after[N];

/* A triangle of weights, and ternary values for them. */
static void
make_weights (double alpha)
{
  for (guint i = 0; i < N; i++)
    {
      double x = 2.0 * (i + 0.5) / N - 1.0;

      before[i] = x * fabs (x);
      after[i] = before[i] > 0.25 ? alpha : before[i] < -0.25 ? -alpha : 0.0;
    }
}

static double
sum_shares (const FxuWeightBars *bars, gboolean is_after)
{
  double sum = 0;

  for (guint i = 0; i < fxu_weight_bars_get_n_bins (bars); i++)
    sum += fxu_weight_bars_get_share (bars, i, is_after);
  return sum;
}

static void
test_counts (void)
{
  g_autoptr (FxuWeightBars) bars = fxu_weight_bars_new ("Nothing");
  double width;
  guint n;

  g_assert_cmpuint (fxu_weight_bars_get_n_bins (bars), ==, 0);
  make_weights (0.5);
  fxu_weight_bars_set (bars, "conv2", before, after, N);
  n = fxu_weight_bars_get_n_bins (bars);
  width = fxu_weight_bars_get_bin_width (bars);
  g_assert_cmpuint (n % 2, ==, 1);
  g_assert_cmpfloat (fabs (sum_shares (bars, FALSE) - 1.0), <, 1e-9);
  g_assert_cmpfloat (fabs (sum_shares (bars, TRUE) - 1.0), <, 1e-9);
  /* Half of them is below the threshold. */
  g_assert_cmpfloat (fabs (fxu_weight_bars_get_zeros (bars) - 0.5), <, 1e-3);
  g_assert_cmpfloat (fxu_weight_bars_get_share (bars, n / 2, TRUE),
                     ==,
                     fxu_weight_bars_get_zeros (bars));
  g_assert_cmpfloat (fabs (
                       fxu_weight_bars_get_share (bars, n / 2 + (guint)round (0.5 / width), TRUE) -
                       0.25),
                     <,
                     1e-3);
  /* Symmetric weights are counted symmetrically. */
  for (guint i = 0; i < n; i++)
    g_assert_cmpfloat (fabs (fxu_weight_bars_get_share (bars, i, FALSE) -
                             fxu_weight_bars_get_share (bars, n - 1 - i, FALSE)),
                       <,
                       1e-9);
}

/* Another conversion of the same weights is binned as before. */
static void
test_bins_stay (void)
{
  g_autoptr (FxuWeightBars) bars = fxu_weight_bars_new ("Nothing");
  double width, share;

  make_weights (0.5);
  fxu_weight_bars_set (bars, "conv2", before, after, N);
  width = fxu_weight_bars_get_bin_width (bars);
  share = fxu_weight_bars_get_share (bars, fxu_weight_bars_get_n_bins (bars) / 2 + 3, FALSE);
  make_weights (1.7);
  fxu_weight_bars_set (bars, "conv2", before, after, N);
  g_assert_cmpfloat (fxu_weight_bars_get_bin_width (bars), ==, width);
  g_assert_cmpfloat (fxu_weight_bars_get_share (bars,
                                                fxu_weight_bars_get_n_bins (bars) / 2 + 3,
                                                FALSE),
                     ==,
                     share);
}

static void
test_says_the_width (void)
{
  g_autoptr (FxuWeightBars) bars = fxu_weight_bars_new ("Nothing");
  g_autofree char *empty = fxu_weight_bars_describe (bars);
  g_autofree char *text = NULL;
  g_autofree char *bin = NULL;

  g_assert_cmpstr (empty, ==, "Nothing");
  make_weights (0.5);
  fxu_weight_bars_set (bars, "conv2", before, after, N);
  text = fxu_weight_bars_describe (bars);
  g_assert_nonnull (strstr (text, "conv2: 4000 weights in bins of 0.0"));
  g_assert_nonnull (strstr (text, "50.0 % exactly zero"));
  bin = fxu_weight_bars_describe_bin (bars, fxu_weight_bars_get_n_bins (bars) / 2);
  g_assert_nonnull (strstr (bin, "50.00 % after"));
}

static void
test_draws (void)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  g_autoptr (FxuWeightBars) bars = fxu_weight_bars_new ("Nothing");
  Drawing drawing = drawing_new (400, 240);
  int twin_below = 0, fixed_above = 0;
  guint bin;

  make_weights (0.5);
  fxu_weight_bars_set (bars, "conv2", before, after, N);
  fxu_weight_bars_draw (bars, drawing.cr, 400, 240, G_MAXUINT, palette);
  drawing_finish (&drawing);
  g_assert_cmpuint (drawing_count (&drawing, palette->hues[FXU_HUE_TWIN]), >, 500);
  g_assert_cmpuint (drawing_count (&drawing, palette->hues[FXU_HUE_FIXED]), >, 30);
  /* Before is above, after is below. */
  for (int y = 0; y < 240; y++)
    for (int x = 0; x < 400; x++)
      {
        twin_below += y > 150 && drawing_has_color (&drawing, x, y, palette->hues[FXU_HUE_TWIN]);
        fixed_above += y < 110 && drawing_has_color (&drawing, x, y, palette->hues[FXU_HUE_FIXED]);
      }
  /* But for a pixel of a letter's edge. */
  g_assert_cmpint (twin_below, <, 20);
  g_assert_cmpint (fixed_above, <, 20);
  drawing_free (&drawing);
  g_assert_true (fxu_weight_bars_find (bars, 400, 240, 200, &bin));
  g_assert_cmpuint (bin, ==, fxu_weight_bars_get_n_bins (bars) / 2);
  g_assert_false (fxu_weight_bars_find (bars, 400, 240, 399, &bin));
}

/* Neither a size nor what is not finite may fail. */
static void
test_anything (void)
{
  g_autoptr (FxuWeightBars) bars = fxu_weight_bars_new ("Nothing");
  double wild[] = {NAN, INFINITY, -INFINITY, 0.0, 1e300};
  double zeros[5] = {0};

  for (int round = 0; round < 3; round++)
    {
      for (int size = 1; size < 90; size += 7)
        {
          Drawing drawing = drawing_new (size, size);

          fxu_weight_bars_draw (bars, drawing.cr, size, size, 1, fxu_palette_get (TRUE, TRUE));
          drawing_finish (&drawing);
          drawing_free (&drawing);
        }
      if (round == 0)
        fxu_weight_bars_set (bars, "zeros", zeros, wild, G_N_ELEMENTS (wild));
      else
        fxu_weight_bars_set (bars, "wild", wild, zeros, G_N_ELEMENTS (wild));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/weight-bars/counts", test_counts);
  g_test_add_func ("/plot/weight-bars/bins-stay", test_bins_stay);
  g_test_add_func ("/plot/weight-bars/says-the-width", test_says_the_width);
  g_test_add_func ("/plot/weight-bars/draws", test_draws);
  g_test_add_func ("/plot/weight-bars/anything", test_anything);
  return g_test_run ();
}
