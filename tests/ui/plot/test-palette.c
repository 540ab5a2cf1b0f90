/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/palette.h"

#include <math.h>

static double
get_linear (double channel)
{
  return channel <= 0.04045 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

/* Relative luminance and contrast of the Web Content Accessibility Guidelines 2.1. */
static double
get_luminance (FxuColor color)
{
  return 0.2126 * get_linear (color.red) + 0.7152 * get_linear (color.green) +
         0.0722 * get_linear (color.blue);
}

static double
get_contrast (FxuColor a, FxuColor b)
{
  double la = get_luminance (a) + 0.05;
  double lb = get_luminance (b) + 0.05;

  return MAX (la, lb) / MIN (la, lb);
}

static void
test_contrast (void)
{
  static const FxuHue texts[] = {FXU_HUE_TEXT, FXU_HUE_DIM, FXU_HUE_MARK};
  static const FxuHue lines[] = {FXU_HUE_FIXED,
                                 FXU_HUE_TWIN,
                                 FXU_HUE_OK,
                                 FXU_HUE_OVER,
                                 FXU_HUE_UNDER};

  for (guint p = 0; p < 4; p++)
    {
      const FxuPalette *palette = fxu_palette_get (p & 1, p & 2);
      FxuColor surface = palette->hues[FXU_HUE_SURFACE];
      double least = p & 2 ? 2.0 : 1.0; /* high contrast doubles the demand */

      g_assert_cmpint (palette->is_dark, ==, (int)(p & 1));
      for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        g_assert_cmpfloat (get_contrast (palette->hues[texts[i]], surface), >=, 4.5 * least * 0.78);
      for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
        g_assert_cmpfloat (get_contrast (palette->hues[lines[i]], surface), >=, 3.0 * least);
      for (guint i = 0; i < 10; i++)
        g_assert_cmpfloat (get_contrast (fxu_palette_get_category (palette, i), surface),
                           >=,
                           3.0 * least);
      g_assert_cmpfloat (get_contrast (palette->hues[FXU_HUE_GRID], surface), <, 6.0);
    }
}

static void
test_categories_repeat (void)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);

  for (guint i = 0; i < 10; i++)
    {
      FxuColor a = fxu_palette_get_category (palette, i);
      FxuColor b = fxu_palette_get_category (palette, i + 10);

      g_assert_cmpmem (&a, sizeof a, &b, sizeof b);
      for (guint j = 0; j < i; j++)
        {
          FxuColor c = fxu_palette_get_category (palette, j);

          g_assert_cmpfloat (fabs (a.red - c.red) + fabs (a.green - c.green) +
                               fabs (a.blue - c.blue),
                             >,
                             0.15);
        }
    }
}

static void
test_adapt (void)
{
  const FxuPalette *light = fxu_palette_get (FALSE, FALSE);
  FxuColor own = {0.123, 0.456, 0.789, 1.0};
  FxuColor kept;

  for (guint p = 1; p < 4; p++)
    {
      const FxuPalette *other = fxu_palette_get (p & 1, p & 2);

      for (guint i = 0; i < FXU_N_HUES; i++)
        {
          FxuColor color = fxu_palette_adapt (other, light->hues[i]);

          g_assert_cmpmem (&color, sizeof color, &other->hues[i], sizeof color);
        }
      for (guint i = 0; i < 10; i++)
        {
          FxuColor there = fxu_palette_get_category (other, i);
          FxuColor color = fxu_palette_adapt (other, fxu_palette_get_category (light, i));

          g_assert_cmpmem (&color, sizeof color, &there, sizeof there);
        }
    }
  kept = fxu_palette_adapt (light, own);
  g_assert_cmpmem (&kept, sizeof kept, &own, sizeof own);
}

/* Lightness alone tells amounts apart, and both signs from zero. */
static void
test_scales (void)
{
  for (guint p = 0; p < 4; p++)
    {
      const FxuPalette *palette = fxu_palette_get (p & 1, p & 2);
      FxuColor surface = palette->hues[FXU_HUE_SURFACE];
      double before = 1.0;

      for (double share = 0.1; share <= 1.001; share += 0.1)
        {
          double contrast = get_contrast (fxu_palette_get_amount (palette, share), surface);

          g_assert_cmpfloat (contrast, >, before);
          before = contrast;
          g_assert_cmpfloat (get_contrast (fxu_palette_get_signed (palette, share), surface),
                             >,
                             1.0);
          g_assert_cmpfloat (get_contrast (fxu_palette_get_signed (palette, -share), surface),
                             >,
                             1.0);
          g_assert_cmpfloat (get_contrast (fxu_palette_get_text_on (
                                             fxu_palette_get_amount (palette, share)),
                                           fxu_palette_get_amount (palette, share)),
                             >,
                             2.9);
        }
      g_assert_cmpfloat (before, >, 7.0);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/palette/contrast", test_contrast);
  g_test_add_func ("/plot/palette/categories-repeat", test_categories_repeat);
  g_test_add_func ("/plot/palette/adapt", test_adapt);
  g_test_add_func ("/plot/palette/scales", test_scales);
  return g_test_run ();
}
