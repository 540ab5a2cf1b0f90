/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/image-sheet.h"

#include <string.h>

static FxpDataset *
load (const char *name)
{
  FxpDatasetSource source = {.name = name, .n_samples = 50, .test_share = 0.2, .seed = 1};

  return fxp_dataset_load (&source, NULL, NULL);
}

static void
draw (FxuImageSheet *sheet, int width, int height, GString *pixels)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);

  fxu_image_sheet_draw (sheet, cr, width, height, fxu_palette_get (FALSE, FALSE));
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (pixels != NULL)
    g_string_append_len (pixels,
                         (const char *)cairo_image_surface_get_data (surface),
                         (gssize)height * cairo_image_surface_get_stride (surface));
  cairo_surface_destroy (surface);
}

/* Pixels that are more red than anything else: crosses and frames. */
static guint
count_red (FxuImageSheet *sheet)
{
  g_autoptr (GString) pixels = g_string_new (NULL);
  guint n = 0;

  draw (sheet, 320, 320, pixels);
  for (gsize i = 0; i < pixels->len; i += 4)
    {
      guint32 pixel;

      memcpy (&pixel, pixels->str + i, sizeof pixel);
      n += ((pixel >> 16) & 0xff) > 160 && ((pixel >> 8) & 0xff) < 90 && (pixel & 0xff) < 90;
    }
  return n;
}

static void
test_verdicts (void)
{
  g_autoptr (FxuImageSheet) sheet = fxu_image_sheet_new ();
  g_autoptr (FxpDataset) digits = load ("digits");
  g_autofree char *before = NULL;
  g_autofree char *right = NULL;
  g_autofree char *alone = NULL;
  g_autofree char *differing = NULL;
  guint32 rows[20];
  guint16 labels[20], wrong[20];
  guint n_red;

  for (guint i = 0; i < 20; i++)
    rows[i] = i;
  fxp_dataset_gather (digits, FXP_SPLIT_TEST, rows, 20, NULL, labels);
  memcpy (wrong, labels, sizeof wrong);
  wrong[3] = (labels[3] + 1) % 10;

  fxu_image_sheet_set_dataset (sheet, digits);
  before = fxu_image_sheet_describe (sheet);
  g_assert_cmpstr (before, ==, "64 sample images, no predictions yet");
  fxu_image_sheet_set_sheet (sheet, &(FxpSheet){20, {labels, labels}, {NULL, NULL}});
  right = fxu_image_sheet_describe (sheet);
  g_assert_cmpstr (right,
                   ==,
                   "Of 20 sample images the fixed-point run has 20 right, the float "
                   "twin 20; they differ on 0");
  g_assert_cmpuint (count_red (sheet), ==, 0);

  /* A cross and no frame, then a cross and a frame. */
  fxu_image_sheet_set_sheet (sheet, &(FxpSheet){20, {wrong, NULL}, {NULL, NULL}});
  alone = fxu_image_sheet_describe (sheet);
  g_assert_cmpstr (alone, ==, "Of 20 sample images the fixed-point run has 19 right");
  n_red = count_red (sheet);
  g_assert_cmpuint (n_red, >, 5);
  fxu_image_sheet_set_sheet (sheet, &(FxpSheet){20, {wrong, labels}, {NULL, NULL}});
  differing = fxu_image_sheet_describe (sheet);
  g_assert_cmpstr (differing,
                   ==,
                   "Of 20 sample images the fixed-point run has 19 right, the "
                   "float twin 20; they differ on 1");
  g_assert_cmpuint (count_red (sheet), >, n_red + 100);
}

static void
test_sizes (void)
{
  static const int sizes[][2] = {{1, 1}, {3, 200}, {200, 3}, {40, 40}, {120, 90}, {900, 500}};
  g_autoptr (FxuImageSheet) sheet = fxu_image_sheet_new ();
  g_autoptr (FxpDataset) digits = load ("digits");

  for (guint filled = 0; filled < 2; filled++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        draw (sheet, sizes[i][0], sizes[i][1], NULL);
      fxu_image_sheet_set_dataset (sheet, digits);
    }
}

/* What is no image set leaves the sheet empty; predictions without images, too many of them and
 * classes nobody named do no harm. */
static void
test_odd_input (void)
{
  g_autoptr (FxuImageSheet) sheet = fxu_image_sheet_new ();
  g_autoptr (FxpDataset) spiral = load ("spiral");
  g_autoptr (FxpDataset) digits = load ("digits");
  g_autofree guint16 *predicted = g_new (guint16, 1000);
  g_autofree char *text = NULL;

  for (guint i = 0; i < 1000; i++)
    predicted[i] = (guint16)(i * 37);
  fxu_image_sheet_set_dataset (sheet, spiral);
  fxu_image_sheet_set_sheet (sheet, &(FxpSheet){1000, {predicted, predicted}, {NULL, NULL}});
  text = fxu_image_sheet_describe (sheet);
  g_assert_cmpstr (text, ==, "No sample images");
  draw (sheet, 300, 300, NULL);
  fxu_image_sheet_set_dataset (sheet, digits);
  fxu_image_sheet_set_sheet (sheet, &(FxpSheet){1000, {predicted, predicted}, {NULL, NULL}});
  draw (sheet, 300, 300, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/image-sheet/verdicts", test_verdicts);
  g_test_add_func ("/plot/image-sheet/sizes", test_sizes);
  g_test_add_func ("/plot/image-sheet/odd-input", test_odd_input);
  return g_test_run ();
}
