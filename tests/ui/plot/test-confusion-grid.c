/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing.h"
#include "plot/confusion-grid.h"

/* Label 1 is taken for 2 three times by the fixed-point run, once by its twin. */
static const guint32 fixed_counts[] = {9, 1, 0, 0, 7, 3, 0, 0, 10};
static const guint32 twin_counts[] = {10, 0, 0, 0, 9, 1, 2, 0, 8};
static const FxpConfusion confusion = {
  .n_classes = 3,
  .n = 30,
  .counts = {fixed_counts, twin_counts},
};

static FxuConfusionGrid *
make_grid (const FxpConfusion *counts)
{
  FxuConfusionGrid *grid = fxu_confusion_grid_new ();

  fxu_confusion_grid_set_confusion (grid, counts);
  return grid;
}

static void
check_text (FxuConfusionGrid *grid, const char *expected)
{
  g_autofree char *text = fxu_confusion_grid_describe (grid);

  g_assert_cmpstr (text, ==, expected);
}

/* Unless a cell is chosen, the most frequent mistake is read out. */
static void
test_reading (void)
{
  g_autoptr (FxuConfusionGrid) grid = make_grid (NULL);
  FxpConfusion alone = confusion;

  check_text (grid, "No test yet");
  fxu_confusion_grid_set_confusion (grid, &confusion);
  check_text (grid, "1 taken for 2: 3 of 10 (30.0 %)");
  fxu_confusion_grid_choose (grid, 0, 0);
  check_text (grid, "0 seen as it is: 9 of 10 (90.0 %)");
  fxu_confusion_grid_set_kind (grid, FXU_MAP_TWIN);
  check_text (grid, "0 seen as it is: 10 of 10 (100.0 %)");
  fxu_confusion_grid_choose (grid, G_MAXUINT, G_MAXUINT);
  check_text (grid, "2 taken for 0: 2 of 10 (20.0 %)");
  fxu_confusion_grid_set_kind (grid, FXU_MAP_DIFFERENCE);
  fxu_confusion_grid_choose (grid, 1, 2);
  check_text (grid, "1 taken for 2: fixed 3, float 1 of 10");

  alone.counts[1] = NULL;
  fxu_confusion_grid_set_confusion (grid, &alone);
  check_text (grid, "No float twin");
}

/* Names are the data's; a choice outside is none. */
static void
test_names (void)
{
  FxpDatasetSource source = {.name = "spiral", .n_samples = 50, .test_share = 0.5, .seed = 1};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  g_autoptr (FxuConfusionGrid) grid = fxu_confusion_grid_new ();
  const guint32 counts[] = {20, 5, 0, 25};
  FxpConfusion two = {.n_classes = 2, .n = 50, .counts = {counts, NULL}};
  g_autofree char *expected = g_strdup_printf ("%s taken for %s: 5 of 25 (20.0 %%)",
                                               fxp_dataset_get_class_name (dataset, 0),
                                               fxp_dataset_get_class_name (dataset, 1));

  fxu_confusion_grid_set_dataset (grid, dataset);
  fxu_confusion_grid_set_confusion (grid, &two);
  fxu_confusion_grid_choose (grid, 0, 2);
  check_text (grid, expected);
}

/* The cell found at a place is the one that is drawn there. */
static void
test_places (void)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  const guint32 counts[] = {0, 0, 0, 0, 0, 10, 0, 0, 0};
  FxpConfusion one = {.n_classes = 3, .n = 10, .counts = {counts, NULL}};
  g_autoptr (FxuConfusionGrid) grid = make_grid (&one);
  Drawing drawing = drawing_new (300, 300);
  guint n_inside = 0, n_outside = 0;
  FxuColor full = fxu_palette_get_amount (palette, 1.0);

  fxu_confusion_grid_draw (grid, drawing.cr, 300, 300, palette);
  drawing_finish (&drawing);
  for (int y = 0; y < 300; y++)
    for (int x = 0; x < 300; x++)
      {
        guint label = 9, predicted = 9;

        if (!drawing_has_color (&drawing, x, y, full))
          continue;
        if (fxu_confusion_grid_find (grid, 300, 300, x + 0.5, y + 0.5, &label, &predicted) &&
            label == 1 && predicted == 2)
          n_inside++;
        else
          n_outside++;
      }
  g_assert_cmpuint (n_inside, >, 500);
  g_assert_cmpuint (n_outside, ==, 0);
  drawing_free (&drawing);
}

/* A hundred classes and none, in sizes from nothing on, light and dark. */
static void
test_sizes (void)
{
  static const int sizes[][2] = {{1, 1}, {3, 200}, {200, 3}, {40, 40}, {120, 90}, {330, 330}};
  g_autofree guint32 *counts = g_new0 (guint32, 100 * 100);
  FxpConfusion many = {.n_classes = 100, .n = 10000, .counts = {counts, counts}};

  for (guint i = 0; i < 100 * 100; i++)
    counts[i] = i % 101 == 0 ? 90 : i % 7;
  for (guint kind = FXU_MAP_FIXED; kind <= FXU_MAP_DIFFERENCE; kind++)
    for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
      for (guint filled = 0; filled < 3; filled++)
        {
          g_autoptr (FxuConfusionGrid) grid = make_grid (filled == 0   ? NULL
                                                         : filled == 1 ? &confusion
                                                                       : &many);
          Drawing drawing = drawing_new (sizes[i][0], sizes[i][1]);

          fxu_confusion_grid_set_kind (grid, kind);
          fxu_confusion_grid_choose (grid, 1, 1);
          fxu_confusion_grid_draw (grid,
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
  g_test_add_func ("/plot/confusion-grid/reading", test_reading);
  g_test_add_func ("/plot/confusion-grid/names", test_names);
  g_test_add_func ("/plot/confusion-grid/places", test_places);
  g_test_add_func ("/plot/confusion-grid/sizes", test_sizes);
  return g_test_run ();
}
