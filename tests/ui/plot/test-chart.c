/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/chart.h"

#include <cairo-svg.h>
#include <math.h>
#include <string.h>
#include <time.h>

static const FxuColor red = {1.0, 0.0, 0.0, 1.0};

static cairo_surface_t *
draw (const FxuChart *chart, int width, int height, double cursor_x)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  FxuChartView view = {width, height, cursor_x, FALSE};

  fxu_chart_draw (chart, cr, &view, fxu_palette_get (FALSE, FALSE));
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  return surface;
}

/* Strongly red pixels within a part of the surface, given as shares of its size. */
static guint
count_red (cairo_surface_t *surface, double x0, double y0, double x1, double y1)
{
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  int stride = cairo_image_surface_get_stride (surface);
  int width = cairo_image_surface_get_width (surface);
  int height = cairo_image_surface_get_height (surface);
  guint n = 0;

  for (int y = (int)(y0 * height); y < (int)(y1 * height); y++)
    for (int x = (int)(x0 * width); x < (int)(x1 * width); x++)
      {
        guint32 pixel;

        memcpy (&pixel, pixels + y * stride + x * 4, sizeof pixel);
        n += ((pixel >> 16) & 0xff) > 200 && ((pixel >> 8) & 0xff) < 110 && (pixel & 0xff) < 110;
      }
  return n;
}

static guint
count_color (cairo_surface_t *surface, FxuColor color)
{
  const guint8 *pixels = cairo_image_surface_get_data (surface);
  guint32 wanted = (guint32)lround (255.0 * color.red) << 16 |
                   (guint32)lround (255.0 * color.green) << 8 |
                   (guint32)lround (255.0 * color.blue);
  guint n = 0;

  for (int y = 0; y < cairo_image_surface_get_height (surface); y++)
    for (int x = 0; x < cairo_image_surface_get_width (surface); x++)
      {
        guint32 pixel;

        memcpy (&pixel, pixels + y * cairo_image_surface_get_stride (surface) + x * 4, 4);
        n += (pixel & 0xffffff) == wanted;
      }
  return n;
}

/* The label is blank so that the legend adds little red: its line sample alone. */
static FxuChart *
create_chart (FxuLine line)
{
  FxuChart *chart = fxu_chart_new ("Loss", "epoch", "nat");

  fxu_chart_add_series (chart, "fixed", red, line);
  return chart;
}

static void
test_line_lies_where_its_values_do (void)
{
  static const gsize lengths[] = {2, 50, 2000, 100000};

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
      cairo_surface_t *surface;

      fxu_chart_set_y_range (chart, 0.0, 1.0);
      for (gsize k = 0; k < lengths[i]; k++)
        fxu_chart_append (chart, 0, 100.0 * k / (lengths[i] - 1.0), 0.25);
      surface = draw (chart, 400, 300, NAN);
      g_assert_cmpuint (count_red (surface, 0.2, 0.6, 0.9, 0.8), >=, 270);
      g_assert_cmpuint (count_red (surface, 0.2, 0.2, 0.9, 0.6), ==, 0);
      g_assert_cmpuint (count_red (surface, 0.2, 0.8, 0.9, 1.0), ==, 0);
      cairo_surface_destroy (surface);
    }
}

static void
test_lines_differ (void)
{
  guint counts[4];

  for (guint line = FXU_LINE_SOLID; line <= FXU_LINE_STEPS; line++)
    {
      g_autoptr (FxuChart) chart = create_chart (line);
      cairo_surface_t *surface;

      fxu_chart_set_y_range (chart, 0.0, 1.0);
      fxu_chart_append (chart, 0, 0.0, 0.1);
      fxu_chart_append (chart, 0, 100.0, 0.9);
      surface = draw (chart, 400, 300, NAN);
      counts[line] = count_red (surface, 0.1, 0.2, 1.0, 1.0);
      /* A step keeps to its old value: nothing in the middle of the chart. */
      g_assert_true ((count_red (surface, 0.4, 0.4, 0.7, 0.7) == 0) == (line == FXU_LINE_STEPS));
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (counts[FXU_LINE_DASHED], <, counts[FXU_LINE_SOLID]);
  g_assert_cmpuint (counts[FXU_LINE_DOTTED], <, counts[FXU_LINE_DASHED]);
}

/* A single outlier among very many points is seen. */
static void
test_spike_survives (void)
{
  for (int noisy = 0; noisy <= 1; noisy++)
    {
      g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
      cairo_surface_t *surface;
      const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);

      fxu_chart_set_y_range (chart, 0.0, 1.0);
      for (int i = 0; i < 100000; i++)
        fxu_chart_append (chart, 0, i, i == 50000 ? 0.9 : 0.2 + noisy * 0.1 * (i % 7) / 7.0);
      surface = draw (chart, 400, 300, NAN);
      if (!noisy)
        g_assert_cmpuint (count_red (surface, 0.4, 0.3, 0.7, 0.6), >=, 50);
      else
        {
          const guint8 *row =
            cairo_image_surface_get_data (surface) + 140 * cairo_image_surface_get_stride (surface);
          guint n = 0;

          /* The band is pale red: full red, less green and blue than the surface. */
          for (int x = 160; x < 280; x++)
            n += row[4 * x + 2] > 240 && row[4 * x] < 200;
          g_assert_cmpuint (n, >=, 1);
          g_assert_cmpfloat (palette->hues[FXU_HUE_SURFACE].blue, ==, 1.0);
        }
      cairo_surface_destroy (surface);
    }
}

static void
test_nan_is_marked_and_counted (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  cairo_surface_t *surface;

  fxu_chart_set_y_range (chart, 0.0, 1.0);
  for (int i = 0; i <= 100; i++)
    fxu_chart_append (chart, 0, i, 0.1);
  before = fxu_chart_describe (chart);
  g_assert_cmpstr (before, ==, "Loss: fixed 0.1000 at epoch 100");
  surface = draw (chart, 400, 300, NAN);
  g_assert_cmpuint (count_red (surface, 0.2, 0.1, 1.0, 0.5), ==, 0);
  cairo_surface_destroy (surface);

  fxu_chart_append (chart, 0, 110.0, NAN);
  fxu_chart_append (chart, 0, 120.0, -INFINITY);
  fxu_chart_append (chart, 0, 120.0, 0.1);
  after = fxu_chart_describe (chart);
  g_assert_cmpstr (after, ==, "Loss: fixed 0.1000 at epoch 120; 2 values not finite");
  surface = draw (chart, 400, 300, NAN);
  g_assert_cmpuint (count_red (surface, 0.7, 0.1, 1.0, 0.5), >=, 10);
  cairo_surface_destroy (surface);
}

static void
test_log_marks_zero_at_lower_edge (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  cairo_surface_t *surface;

  fxu_chart_set_log_y (chart, TRUE);
  g_assert_true (fxu_chart_get_log_y (chart));
  for (int i = 0; i <= 100; i++)
    fxu_chart_append (chart, 0, i, i == 50 ? 0.0 : 1.0);
  surface = draw (chart, 400, 300, NAN);
  g_assert_cmpuint (count_red (surface, 0.4, 0.8, 0.7, 0.95), >=, 10);
  cairo_surface_destroy (surface);
}

/* Zeros between are flagged and no wall is drawn to them, be the points few or many. */
static void
test_log_breaks_at_zero (void)
{
  static const int n[] = {60, 3000, 40000};

  for (gsize k = 0; k < G_N_ELEMENTS (n); k++)
    {
      g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
      cairo_surface_t *surface;

      fxu_chart_set_log_y (chart, TRUE);
      for (int i = 0; i < n[k]; i++)
        fxu_chart_append (chart, 0, i, i == 0 ? 0.001 : i % 2 == 0 ? 0.0 : 1.0);
      surface = draw (chart, 400, 300, NAN);
      g_assert_cmpuint (count_red (surface, 0.3, 0.12, 0.95, 0.45), >=, 10);
      g_assert_cmpuint (count_red (surface, 0.3, 0.5, 0.95, 0.75), ==, 0);
      g_assert_cmpuint (count_red (surface, 0.3, 0.75, 0.95, 0.95), >=, 10);
      cairo_surface_destroy (surface);
    }
}

static void
test_tiny_and_empty (void)
{
  static const int sizes[][2] =
    {{1, 1}, {2, 300}, {300, 2}, {20, 20}, {60, 40}, {90, 70}, {120, 90}, {2000, 30}};

  for (guint full = 0; full < 3; full++)
    {
      g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);

      for (guint i = 0; i < 30; i++)
        fxu_chart_add_series (chart, "another one", red, FXU_LINE_STEPS);
      for (guint i = 0; full > 0 && i < 5000; i++)
        fxu_chart_append (chart, i % 31, i, full == 2 ? NAN : 1e300 * sin (i));
      fxu_chart_add_mark (chart, 100.0, "mark");
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          FxuChartView view = {sizes[i][0], sizes[i][1], 50.0, TRUE};
          double x;

          cairo_surface_destroy (draw (chart, sizes[i][0], sizes[i][1], 50.0));
          x = fxu_chart_x_at (chart, &view, 10.0);
          g_assert_true (full > 0 ? x >= 0.0 && x <= 4999.0 : isnan (x));
        }
    }
}

static void
test_many_points_are_quick (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  g_autoptr (GRand) random = g_rand_new_with_seed (5);
  clock_t begin;

  fxu_chart_add_series (chart, "float", red, FXU_LINE_DASHED);
  for (int i = 0; i < 100000; i++)
    {
      fxu_chart_append (chart, 0, i, g_rand_double (random));
      fxu_chart_append (chart, 1, i, g_rand_double (random));
    }
  cairo_surface_destroy (draw (chart, 640, 400, NAN));
  begin = clock ();
  for (int i = 0; i < 10; i++)
    cairo_surface_destroy (draw (chart, 640, 400, NAN));
  /* An undecimated stroke takes seconds each; the bound leaves room for sanitizers. */
  g_assert_cmpfloat ((double)(clock () - begin) / CLOCKS_PER_SEC, <, 2.0);
}

static void
test_x_at (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  FxuChartView view = {400, 300, NAN, FALSE};
  double last = -1.0;

  g_assert_true (isnan (fxu_chart_x_at (chart, &view, 200.0)));
  fxu_chart_append (chart, 0, 0.0, 1.0);
  fxu_chart_append (chart, 0, 38.0, 2.0);
  for (double px = 0.0; px <= 400.0; px += 10.0)
    {
      double x = fxu_chart_x_at (chart, &view, px);

      g_assert_cmpfloat (x, >=, last);
      last = x;
    }
  g_assert_cmpfloat (fxu_chart_x_at (chart, &view, -50.0), ==, 0.0);
  g_assert_cmpfloat (last, ==, 38.0);
}

static void
test_describe (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  g_autofree char *empty = fxu_chart_describe (chart);
  g_autofree char *newest = NULL;
  g_autofree char *earlier = NULL;
  g_autofree char *hidden = NULL;
  guint twin = fxu_chart_add_series (chart, "float", red, FXU_LINE_DASHED);
  guint bits = fxu_chart_add_series (chart, "bits", red, FXU_LINE_STEPS);

  g_assert_cmpstr (empty, ==, "Loss: No data yet");
  g_assert_cmpstr (fxu_chart_get_title (chart), ==, "Loss");
  for (int i = 0; i <= 41; i++)
    {
      fxu_chart_append (chart, 0, i, i == 41 ? 0.123 : 1.0 / (i + 1));
      fxu_chart_append (chart, twin, i, 0.5);
      if (i % 10 == 0)
        fxu_chart_append (chart, bits, i, i < 20 ? 12.0 : 8.0);
    }
  newest = fxu_chart_describe (chart);
  g_assert_cmpstr (newest, ==, "Loss: fixed 0.1230, float 0.5000, bits 8 at epoch 41");
  fxu_chart_add_mark (chart, 19.0, "fc1.W 12 to 8");
  earlier = fxu_chart_describe_at (chart, 19.0);
  g_assert_cmpstr (earlier,
                   ==,
                   "Loss: fixed 0.0500, float 0.5000, bits 12 at epoch 19 (fc1.W 12 to 8)");
  fxu_chart_set_series_visible (chart, 0, FALSE);
  hidden = fxu_chart_describe_at (chart, 22.3);
  g_assert_cmpstr (hidden, ==, "Loss: float 0.5000, bits 8 at epoch 22.30");
}

static void
test_clear (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  g_autofree char *cleared = NULL;
  g_autofree char *anew = NULL;

  fxu_chart_append (chart, 0, 7.0, 1.0);
  fxu_chart_set_empty_text (chart, "Press Run");
  fxu_chart_clear_points (chart);
  cleared = fxu_chart_describe (chart);
  g_assert_cmpstr (cleared, ==, "Loss: Press Run");
  fxu_chart_append (chart, 0, 1.0, 3.0);
  fxu_chart_clear_series (chart);
  g_assert_cmpuint (fxu_chart_add_series (chart, "other", red, FXU_LINE_SOLID), ==, 0);
  fxu_chart_append (chart, 0, 0.5, 2.0);
  anew = fxu_chart_describe (chart);
  g_assert_cmpstr (anew, ==, "Loss: other 2 at epoch 0.5000");
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_string_append_len (closure, (const char *)data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
test_vector_output_stays_small (void)
{
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  g_autoptr (GString) bytes = g_string_new (NULL);
  cairo_surface_t *surface = cairo_svg_surface_create_for_stream (append_bytes, bytes, 640, 400);
  cairo_t *cr = cairo_create (surface);
  FxuChartView view = {640, 400, NAN, FALSE};

  for (int i = 0; i < 100000; i++)
    fxu_chart_append (chart, 0, i, sin (i * 0.7) + i * 1e-4);
  fxu_chart_draw (chart, cr, &view, fxu_palette_get (FALSE, FALSE));
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  cairo_surface_destroy (surface);
  g_assert_nonnull (strstr (bytes->str, "</svg>"));
  g_assert_cmpuint (bytes->len, <, 400000);
}

/* The axis takes the limit in, above all values. */
static void
test_limit_is_drawn (void)
{
  const FxuColor mark = fxu_palette_get (FALSE, FALSE)->hues[FXU_HUE_MARK];
  g_autoptr (FxuChart) chart = create_chart (FXU_LINE_SOLID);
  guint n[2];

  fxu_chart_append (chart, 0, 0.0, 0.2);
  fxu_chart_append (chart, 0, 10.0, 0.3);
  for (guint i = 0; i < 2; i++)
    {
      cairo_surface_t *surface;

      if (i == 1)
        fxu_chart_set_limit (chart, 5.0, "limit");
      surface = draw (chart, 400, 300, NAN);
      n[i] = count_color (surface, mark);
      cairo_surface_destroy (surface);
    }
  g_assert_cmpuint (n[0], ==, 0);
  g_assert_cmpuint (n[1], >, 120);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/chart/line-lies-where-its-values-do", test_line_lies_where_its_values_do);
  g_test_add_func ("/plot/chart/lines-differ", test_lines_differ);
  g_test_add_func ("/plot/chart/spike-survives", test_spike_survives);
  g_test_add_func ("/plot/chart/nan-is-marked-and-counted", test_nan_is_marked_and_counted);
  g_test_add_func ("/plot/chart/log-marks-zero-at-lower-edge", test_log_marks_zero_at_lower_edge);
  g_test_add_func ("/plot/chart/log-breaks-at-zero", test_log_breaks_at_zero);
  g_test_add_func ("/plot/chart/tiny-and-empty", test_tiny_and_empty);
  g_test_add_func ("/plot/chart/many-points-are-quick", test_many_points_are_quick);
  g_test_add_func ("/plot/chart/x-at", test_x_at);
  g_test_add_func ("/plot/chart/describe", test_describe);
  g_test_add_func ("/plot/chart/clear", test_clear);
  g_test_add_func ("/plot/chart/vector-output-stays-small", test_vector_output_stays_small);
  g_test_add_func ("/plot/chart/limit-is-drawn", test_limit_is_drawn);
  return g_test_run ();
}
