/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing.h"
#include "plot/dot-chart.h"

#include <math.h>

static const char *const layers[] = {"conv1", "conv2", "fc1", NULL};

static FxuDotChart *
create_chart (void)
{
  FxuDotChart *chart = fxu_dot_chart_new ("Share", "%");

  fxu_dot_chart_add_kind (chart, "W");
  fxu_dot_chart_add_kind (chart, "A");
  fxu_dot_chart_set_places (chart, layers);
  return chart;
}

static Drawing
draw (const FxuDotChart *chart, guint place)
{
  Drawing drawing = drawing_new (400, 260);

  fxu_dot_chart_draw (chart, drawing.cr, 400, 260, place, fxu_palette_get (FALSE, FALSE));
  drawing_finish (&drawing);
  return drawing;
}

/* Mean height of the pixels of kind @kind below the legend, 0: none. */
static double
find_height (Drawing *drawing, guint kind, int x0, int x1)
{
  FxuColor color = fxu_palette_get_category (fxu_palette_get (FALSE, FALSE), kind);
  double sum = 0;
  guint n = 0;

  for (int y = 36; y < drawing->height; y++)
    for (int x = x0; x < x1; x++)
      if (drawing_has_color (drawing, x, y, color))
        {
          sum += y;
          n++;
        }
  return n > 0 ? sum / n : 0;
}

static void
test_values_stand_at_their_places (void)
{
  g_autoptr (FxuDotChart) chart = create_chart ();
  double low, high;
  Drawing drawing;
  guint place;

  fxu_dot_chart_set_log_y (chart, TRUE);
  fxu_dot_chart_set_value (chart, 0, 0, 1e-3);
  fxu_dot_chart_set_value (chart, 2, 0, 1.0);
  drawing = draw (chart, G_MAXUINT);
  low = find_height (&drawing, 0, 60, 160);
  high = find_height (&drawing, 0, 270, 400);
  g_assert_cmpfloat (low, >, 0);
  g_assert_cmpfloat (high, >, 0);
  g_assert_cmpfloat (low, >, high + 80);
  /* The place in between has none. */
  g_assert_cmpfloat (find_height (&drawing, 0, 175, 255), ==, 0);
  drawing_free (&drawing);

  g_assert_true (fxu_dot_chart_find (chart, 400, 260, 390, &place));
  g_assert_cmpuint (place, ==, 2);
  g_assert_false (fxu_dot_chart_find (chart, 400, 260, 2, &place));
}

static void
test_above_the_limit_is_crossed (void)
{
  g_autoptr (FxuDotChart) chart = create_chart ();
  FxuColor over = fxu_palette_get (FALSE, FALSE)->hues[FXU_HUE_OVER];
  Drawing drawing;

  fxu_dot_chart_set_value (chart, 0, 0, 0.5);
  fxu_dot_chart_set_value (chart, 1, 0, 2.0);
  fxu_dot_chart_set_limit (chart, 2.0, "limit");
  drawing = draw (chart, G_MAXUINT);
  g_assert_cmpuint (drawing_count (&drawing, over), ==, 0);
  drawing_free (&drawing);

  fxu_dot_chart_set_limit (chart, 1.0, "limit");
  drawing = draw (chart, G_MAXUINT);
  g_assert_cmpuint (drawing_count (&drawing, over), >, 0);
  drawing_free (&drawing);

  /* Not into the legend, also where the axis ends at the value. */
  fxu_dot_chart_set_value (chart, 1, 0, 10.0);
  fxu_dot_chart_set_log_y (chart, TRUE);
  drawing = draw (chart, G_MAXUINT);
  g_assert_cmpuint (drawing_count (&drawing, over), >, 0);
  for (int y = 0; y < 36; y++)
    for (int x = 0; x < drawing.width; x++)
      g_assert_false (drawing_has_color (&drawing, x, y, over));
  drawing_free (&drawing);
}

/* A flag at the edge, not nothing. */
static void
test_what_the_axis_cannot_show_is_flagged (void)
{
  g_autoptr (FxuDotChart) chart = create_chart ();
  Drawing drawing;

  fxu_dot_chart_set_log_y (chart, TRUE);
  fxu_dot_chart_set_value (chart, 0, 1, 1.0);
  fxu_dot_chart_set_value (chart, 1, 0, 0.0);
  fxu_dot_chart_set_value (chart, 2, 0, INFINITY);
  drawing = draw (chart, G_MAXUINT);
  g_assert_cmpfloat (find_height (&drawing, 0, 160, 270), >, 220);
  g_assert_cmpfloat (find_height (&drawing, 0, 280, 400), <, 80);
  drawing_free (&drawing);
}

static void
test_describe (void)
{
  g_autoptr (FxuDotChart) chart = create_chart ();
  g_autofree char *empty = fxu_dot_chart_describe (chart);
  g_autofree char *text = NULL;

  g_assert_cmpstr (empty, ==, "Share: No data yet");
  fxu_dot_chart_set_value (chart, 0, 0, 2.0);
  fxu_dot_chart_set_value (chart, 1, 1, 3.0);
  text = fxu_dot_chart_describe (chart);
  g_assert_nonnull (strstr (text, "conv1: W 2"));
  g_assert_nonnull (strstr (text, "conv2: A 3"));
}

static void
test_tiny_and_joined (void)
{
  g_autoptr (FxuDotChart) chart = create_chart ();

  fxu_dot_chart_set_joined (chart, TRUE);
  for (guint place = 0; place < 3; place++)
    fxu_dot_chart_set_value (chart, place, place % 2, 8 + place);
  for (int size = 1; size < 80; size += 6)
    {
      Drawing drawing = drawing_new (size, size);

      fxu_dot_chart_draw (chart, drawing.cr, size, size, 1, fxu_palette_get (TRUE, TRUE));
      drawing_finish (&drawing);
      drawing_free (&drawing);
    }
}

/* Far from zero, values that lines join fill the axis; what they are compared with is in it. */
static void
test_reference_and_zero (void)
{
  g_autoptr (FxuDotChart) chart = create_chart ();
  FxuColor twin = fxu_palette_get (FALSE, FALSE)->hues[FXU_HUE_TWIN];
  double near, far;
  Drawing drawing;

  fxu_dot_chart_set_joined (chart, TRUE);
  fxu_dot_chart_set_value (chart, 0, 0, 88.0);
  fxu_dot_chart_set_value (chart, 2, 0, 90.0);
  drawing = draw (chart, G_MAXUINT);
  near = find_height (&drawing, 0, 60, 160) - find_height (&drawing, 0, 280, 400);
  g_assert_cmpuint (drawing_count (&drawing, twin), ==, 0);
  drawing_free (&drawing);

  fxu_dot_chart_set_from_zero (chart, FALSE);
  drawing = draw (chart, G_MAXUINT);
  far = find_height (&drawing, 0, 60, 160) - find_height (&drawing, 0, 280, 400);
  g_assert_cmpfloat (far, >, 10 * MAX (near, 1.0));
  drawing_free (&drawing);

  fxu_dot_chart_set_reference (chart, 91.5, "float");
  drawing = draw (chart, G_MAXUINT);
  g_assert_cmpuint (drawing_count (&drawing, twin), >, 20);
  drawing_free (&drawing);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/dot-chart/values-stand-at-their-places",
                   test_values_stand_at_their_places);
  g_test_add_func ("/plot/dot-chart/above-the-limit-is-crossed", test_above_the_limit_is_crossed);
  g_test_add_func ("/plot/dot-chart/what-the-axis-cannot-show-is-flagged",
                   test_what_the_axis_cannot_show_is_flagged);
  g_test_add_func ("/plot/dot-chart/describe", test_describe);
  g_test_add_func ("/plot/dot-chart/tiny-and-joined", test_tiny_and_joined);
  g_test_add_func ("/plot/dot-chart/reference-and-zero", test_reference_and_zero);
  return g_test_run ();
}
