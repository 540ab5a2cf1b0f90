/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing.h"
#include "plot/tile-sheet.h"

#include <math.h>

static void
check_text (FxuTileSheet *sheet, const char *expected)
{
  g_autofree char *text = fxu_tile_sheet_describe (sheet);

  g_assert_cmpstr (text, ==, expected);
}

/* Signs and scales are stated, be they found or given. */
static void
test_scales (void)
{
  g_autoptr (FxuTileSheet) sheet = fxu_tile_sheet_new ();
  const float positive[] = {0.0F, 1.0F, 2.0F, 0.5F};
  const float both[] = {0.0F, -1.0F, 0.25F, NAN};

  fxu_tile_sheet_clear (sheet, "Layers", "nothing here");
  check_text (sheet, "nothing here");
  fxu_tile_sheet_add (sheet, "conv1", "1 of 4", positive, 1, 2, 2, FALSE, 0.0);
  fxu_tile_sheet_add (sheet, "conv2", NULL, both, 2, 1, 2, FALSE, 0.0);
  fxu_tile_sheet_add (sheet, "conv3", NULL, positive, 4, 1, 1, TRUE, 5.0);
  g_assert_cmpuint (fxu_tile_sheet_get_n_sections (sheet), ==, 3);
  check_text (sheet, "Layers: conv1 1 of 4 · 0 … 2; conv2 ±1; conv3 ±5");
}

/* Each value has its colour. */
static void
test_colors (void)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  g_autoptr (FxuTileSheet) sheet = fxu_tile_sheet_new ();
  const float values[] = {1.0F, -1.0F, 0.0F, -0.5F};
  Drawing drawing = drawing_new (300, 200);

  fxu_tile_sheet_clear (sheet, "", NULL);
  fxu_tile_sheet_add (sheet, "", NULL, values, 1, 2, 2, TRUE, 0.0);
  fxu_tile_sheet_draw (sheet, drawing.cr, 300, 200, palette);
  drawing_finish (&drawing);
  g_assert_cmpuint (drawing_count (&drawing, fxu_palette_get_signed (palette, 1.0)), >, 400);
  g_assert_cmpuint (drawing_count (&drawing, fxu_palette_get_signed (palette, -1.0)), >, 400);
  g_assert_cmpuint (drawing_count (&drawing, fxu_palette_get_signed (palette, -0.5)), >, 400);
  drawing_free (&drawing);
}

/* More tiles need more room, less width too; nothing breaks where there is none. */
static void
test_sizes (void)
{
  static const int sizes[][2] = {{1, 1}, {3, 200}, {200, 3}, {40, 40}, {230, 400}};
  g_autoptr (FxuTileSheet) sheet = fxu_tile_sheet_new ();
  g_autofree float *values = g_new0 (float, 16 * 32 * 32);
  double one;

  fxu_tile_sheet_clear (sheet, "Layers", NULL);
  fxu_tile_sheet_add (sheet, "a", "16 of 64", values, 16, 32, 32, FALSE, 0.0);
  one = fxu_tile_sheet_measure (sheet, 300.0);
  fxu_tile_sheet_add (sheet, "b", "16 of 64", values, 16, 32, 32, FALSE, 0.0);
  fxu_tile_sheet_add (sheet, "c", "64 values", values, 1, 2, 32, FALSE, 0.0);
  g_assert_cmpfloat (fxu_tile_sheet_measure (sheet, 300.0), >, 1.5 * one);
  g_assert_cmpfloat (fxu_tile_sheet_measure (sheet, 150.0),
                     >,
                     fxu_tile_sheet_measure (sheet, 300.0));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Drawing drawing = drawing_new (sizes[i][0], sizes[i][1]);

      fxu_tile_sheet_draw (sheet,
                           drawing.cr,
                           sizes[i][0],
                           sizes[i][1],
                           fxu_palette_get (i % 2, FALSE));
      drawing_finish (&drawing);
      drawing_free (&drawing);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/tile-sheet/scales", test_scales);
  g_test_add_func ("/plot/tile-sheet/colors", test_colors);
  g_test_add_func ("/plot/tile-sheet/sizes", test_sizes);
  return g_test_run ();
}
