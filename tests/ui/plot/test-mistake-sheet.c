/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing.h"
#include "plot/mistake-sheet.h"

static FxpDataset *
load (const char *name)
{
  FxpDatasetSource source = {.name = name, .n_samples = 50, .test_share = 0.2, .seed = 1};

  return fxp_dataset_load (&source, NULL, NULL);
}

static void
check_text (FxuMistakeSheet *sheet, const char *expected)
{
  g_autofree char *text = fxu_mistake_sheet_describe (sheet);

  g_assert_cmpstr (text, ==, expected);
}

static void
draw (FxuMistakeSheet *sheet, int width, int height, const FxuPalette *palette)
{
  Drawing drawing = drawing_new (width, height);

  fxu_mistake_sheet_draw (sheet, drawing.cr, width, height, palette);
  drawing_finish (&drawing);
  drawing_free (&drawing);
}

static void
test_mistakes (void)
{
  g_autoptr (FxuMistakeSheet) sheet = fxu_mistake_sheet_new ();
  g_autoptr (FxpDataset) digits = load ("digits");
  g_autofree guint32 *counts = g_new0 (guint32, 100);
  const FxpMistake mistakes[] = {{3, 5, 7, 0.91F, 4.2F}, {17, 1, 2, 0.5F, 1.0F}};
  FxpConfusion confusion = {
    .n_classes = 10,
    .n = 100,
    .counts = {counts, NULL},
    .n_mistakes = {2, 0},
    .mistakes = {mistakes, NULL},
  };

  check_text (sheet, "No sample images");
  fxu_mistake_sheet_set_dataset (sheet, digits);
  check_text (sheet, "No test yet");
  counts[0] = 98;
  counts[57] = counts[12] = 1;
  fxu_mistake_sheet_set_confusion (sheet, &confusion, FALSE);
  check_text (sheet,
              "2 of 100 test samples are mistaken; the worst is 5 taken for 7 with a "
              "confidence of 91 %");
  draw (sheet, 300, 300, fxu_palette_get (FALSE, FALSE));
  fxu_mistake_sheet_set_confusion (sheet, &confusion, TRUE);
  check_text (sheet, "No test yet");
  confusion.n_mistakes[0] = 0;
  fxu_mistake_sheet_set_confusion (sheet, &confusion, FALSE);
  check_text (sheet, "No mistake in the test");
}

/* Data without images, and rows that the data do not have, do no harm. */
static void
test_odd_input (void)
{
  static const int sizes[][2] = {{1, 1}, {3, 200}, {200, 3}, {40, 40}, {120, 90}, {900, 500}};
  g_autoptr (FxuMistakeSheet) sheet = fxu_mistake_sheet_new ();
  g_autoptr (FxpDataset) spiral = load ("spiral");
  g_autoptr (FxpDataset) digits = load ("digits");
  g_autofree guint32 *counts = g_new0 (guint32, 100);
  FxpMistake mistakes[FXP_MISTAKES_MAX];
  FxpConfusion confusion = {
    .n_classes = 10,
    .n = 100,
    .counts = {counts, NULL},
    .n_mistakes = {FXP_MISTAKES_MAX, 0},
    .mistakes = {mistakes, NULL},
  };

  for (guint i = 0; i < FXP_MISTAKES_MAX; i++)
    mistakes[i] = (FxpMistake){i % 2 == 0 ? i : G_MAXUINT32 - i, 1, 2, 0.7F, 1.0F};
  fxu_mistake_sheet_set_dataset (sheet, spiral);
  fxu_mistake_sheet_set_confusion (sheet, &confusion, FALSE);
  check_text (sheet, "No sample images");
  fxu_mistake_sheet_set_dataset (sheet, digits);
  fxu_mistake_sheet_set_confusion (sheet, &confusion, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    draw (sheet, sizes[i][0], sizes[i][1], fxu_palette_get (i % 2, FALSE));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/mistake-sheet/mistakes", test_mistakes);
  g_test_add_func ("/plot/mistake-sheet/odd-input", test_odd_input);
  return g_test_run ();
}
