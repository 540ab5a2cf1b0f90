/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-chart.h"

#include <math.h>
#include <string.h>

static FxpQuantizer
get_quantizer (guint8 word_bits, gint8 frac_bits, gboolean is_signed)
{
  return (
    FxpQuantizer){{word_bits, frac_bits, is_signed}, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
}

static void
draw (const FxuBinadeChart *chart, int width, int height, guint n_hues[FXU_N_HUES])
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);

  fxu_binade_chart_draw (chart, cr, width, height, FXU_WINDOW_STEP, palette);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  for (int y = height / 4; n_hues != NULL && y < height; y++)
    for (int x = 0; x < width; x++)
      {
        const guint8 *row =
          cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface);
        guint32 pixel;

        memcpy (&pixel, row + 4 * x, sizeof pixel);
        for (guint hue = 0; hue < FXU_N_HUES; hue++)
          n_hues[hue] += fabs (((pixel >> 16) & 0xff) / 255.0 - palette->hues[hue].red) < 0.02 &&
                         fabs (((pixel >> 8) & 0xff) / 255.0 - palette->hues[hue].green) < 0.02 &&
                         fabs ((pixel & 0xff) / 255.0 - palette->hues[hue].blue) < 0.02;
      }
  cairo_surface_destroy (surface);
}

static void
test_window_moves (void)
{
  static const struct
  {
    guint8 word;
    gint8 frac;
    FxuWindowPart part;
    int binades;
    guint8 new_word;
    gint8 new_frac;
  } cases[] = {
    {8, 5, FXU_WINDOW_STEP, -1, 9, 6},
    {8, 5, FXU_WINDOW_STEP, 3, 5, 2},
    {8, 5, FXU_WINDOW_STEP, -100, 32, 29},
    {8, 5, FXU_WINDOW_STEP, 100, 1, -2},
    {8, 125, FXU_WINDOW_STEP, -5, 9, 126},
    {8, -94, FXU_WINDOW_STEP, 5, 6, -96},
    {8, 5, FXU_WINDOW_RANGE, 4, 12, 5},
    {8, 5, FXU_WINDOW_RANGE, 100, 32, 5},
    {8, 5, FXU_WINDOW_RANGE, -100, 1, 5},
    {8, 5, FXU_WINDOW_BODY, 4, 8, 1},
    {8, 5, FXU_WINDOW_BODY, 1000, 8, -96},
    {8, 5, FXU_WINDOW_BODY, -1000, 8, 126},
    {8, 5, FXU_WINDOW_NONE, 4, 8, 5},
    {0, 0, FXU_WINDOW_BODY, 4, 0, 0},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      FxpQuantizer quantizer = get_quantizer (cases[i].word, cases[i].frac, TRUE);
      gboolean differs = cases[i].word != cases[i].new_word || cases[i].frac != cases[i].new_frac;

      g_assert_true (fxu_window_move (&quantizer, cases[i].part, cases[i].binades) == differs);
      g_assert_cmpint (quantizer.format.word_bits, ==, cases[i].new_word);
      g_assert_cmpint (quantizer.format.frac_bits, ==, cases[i].new_frac);
      g_assert_true (fxp_format_validate (quantizer.format, NULL));
    }
}

static void
test_colours_tell_the_fate (void)
{
  g_autoptr (FxuBinadeChart) chart = fxu_binade_chart_new ();
  g_autofree char *text = NULL;
  FxpQuantizer quantizer = get_quantizer (8, 6, TRUE);
  FxpStatistics statistics;
  guint n_hues[FXU_N_HUES] = {0};
  double values[100];

  for (guint i = 0; i < 100; i++)
    values[i] = i < 50 ? 0.5 : i < 75 ? -40.0 : i < 95 ? 1e-4 : 0.0;
  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, FXP_FORMAT_FLOAT, values, NULL, 100);
  fxu_binade_chart_set_statistics (chart, &statistics);
  draw (chart, 400, 300, n_hues);
  g_assert_cmpuint (n_hues[FXU_HUE_OVER], ==, 0);
  g_assert_cmpuint (n_hues[FXU_HUE_UNDER], ==, 0);

  fxu_binade_chart_set_quantizer (chart, &quantizer);
  text = fxu_binade_chart_describe (chart);
  g_assert_cmpstr (text,
                   ==,
                   "Q1.6, 8 bits: 25.0 % of the values would overflow, 20.0 % would underflow, "
                   "5.0 % are zero");
  memset (n_hues, 0, sizeof n_hues);
  draw (chart, 400, 300, n_hues);
  g_assert_cmpuint (n_hues[FXU_HUE_OK], >, 50);
  g_assert_cmpuint (n_hues[FXU_HUE_OVER], >, 20);
  g_assert_cmpuint (n_hues[FXU_HUE_UNDER], >, 20);
  g_assert_cmpuint (n_hues[FXU_HUE_TWIN], >, 50);
}

static void
test_parts_and_exponents (void)
{
  g_autoptr (FxuBinadeChart) chart = fxu_binade_chart_new ();
  FxpQuantizer quantizer = get_quantizer (9, 6, TRUE);
  FxuWindowPart last = FXU_WINDOW_NONE;
  guint n_changes = 0;
  double from = NAN;
  double to = NAN;

  g_assert_cmpint (fxu_binade_chart_find_part (chart, 400.0, 300.0, 200.0), ==, FXU_WINDOW_NONE);
  fxu_binade_chart_set_quantizer (chart, &quantizer);
  for (double x = 0.0; x < 400.0; x += 1.0)
    {
      FxuWindowPart part = fxu_binade_chart_find_part (chart, 400.0, 300.0, x);

      n_changes += part != last;
      if (part == FXU_WINDOW_BODY && last == FXU_WINDOW_STEP)
        from = fxu_binade_chart_get_exponent (chart, 400.0, 300.0, x);
      if (part == FXU_WINDOW_RANGE && last == FXU_WINDOW_BODY)
        to = fxu_binade_chart_get_exponent (chart, 400.0, 300.0, x);
      last = part;
    }
  /* Nothing, step, body, range, nothing; the edges lie at 2^-6 and 2^2. */
  g_assert_cmpuint (n_changes, ==, 4);
  g_assert_cmpfloat_with_epsilon (from, -6.0, 0.6);
  g_assert_cmpfloat_with_epsilon (to, 2.0, 0.6);
}

/* While held the axes grow at most, so that a place keeps its exponent. */
static void
test_held_axes (void)
{
  g_autoptr (FxuBinadeChart) chart = fxu_binade_chart_new ();
  FxpQuantizer quantizer = get_quantizer (8, 6, TRUE);
  FxpQuantizer narrow = get_quantizer (2, 6, TRUE);
  double before, held;

  quantizer.format.word_bits = 32;
  fxu_binade_chart_set_quantizer (chart, &quantizer);
  before = fxu_binade_chart_get_exponent (chart, 400.0, 300.0, 350.0);
  fxu_binade_chart_set_held (chart, TRUE);
  fxu_binade_chart_set_quantizer (chart, &narrow);
  held = fxu_binade_chart_get_exponent (chart, 400.0, 300.0, 350.0);
  g_assert_cmpfloat (held, ==, before);
  fxu_binade_chart_set_held (chart, FALSE);
  g_assert_cmpfloat (fxu_binade_chart_get_exponent (chart, 400.0, 300.0, 350.0), <, before);
}

static void
test_sizes_and_formats (void)
{
  static const int sizes[][2] = {{1, 1}, {3, 200}, {200, 3}, {60, 60}, {120, 90}, {700, 500}};
  static const FxpFormat formats[] = {
    {0, 0, TRUE},
    {1, 0, TRUE},
    {1, 0, FALSE},
    {32, 126, TRUE},
    {32, -96, FALSE},
    {8, 3, FALSE},
  };
  FxpStatistics statistics;
  const double values[] = {1e-30, -1e30, 0.0, 1.0, NAN, INFINITY};

  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, FXP_FORMAT_FLOAT, values, NULL, G_N_ELEMENTS (values));
  statistics.counts.n_nonfinite = 2;
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    for (guint full = 0; full < 2; full++)
      {
        g_autoptr (FxuBinadeChart) chart = fxu_binade_chart_new ();
        g_autofree char *text = NULL;
        FxpQuantizer quantizer = {formats[i], FXP_ROUND_STOCHASTIC, FXP_OVERFLOW_WRAP};

        fxu_binade_chart_set_statistics (chart, full ? &statistics : NULL);
        fxu_binade_chart_set_quantizer (chart, &quantizer);
        for (guint k = 0; k < G_N_ELEMENTS (sizes); k++)
          draw (chart, sizes[k][0], sizes[k][1], NULL);
        text = fxu_binade_chart_describe (chart);
        g_assert_cmpuint (strlen (text), >, 5);
        fxu_binade_chart_set_quantizer (chart, NULL);
        draw (chart, 300, 200, NULL);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/binade-chart/window-moves", test_window_moves);
  g_test_add_func ("/plot/binade-chart/colours-tell-the-fate", test_colours_tell_the_fate);
  g_test_add_func ("/plot/binade-chart/parts-and-exponents", test_parts_and_exponents);
  g_test_add_func ("/plot/binade-chart/held-axes", test_held_axes);
  g_test_add_func ("/plot/binade-chart/sizes-and-formats", test_sizes_and_formats);
  return g_test_run ();
}
