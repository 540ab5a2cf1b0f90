/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "drawing.h"
#include "plot/cluster-sheet.h"

#include <math.h>

/* T4 of the second paper: alpha 0.58, five kept. */
static const double weights[] = {.05, -.02, .8, -.75, .4, -.35, .1, 0.0, -.6};
static const double values[] = {0.0, 0.0, .58, -.58, .58, -.58, 0.0, 0.0, -.58};
static const guint8 is_kept[] = {0, 0, 1, 1, 1, 1, 0, 0, 1};

static FxuClusterSheet *
create_sheet (void)
{
  FxuClusterSheet *sheet = fxu_cluster_sheet_new ("Nothing");
  FxuClusterData data = {
    .n = G_N_ELEMENTS (weights),
    .weights = weights,
    .values = values,
    .is_kept = is_kept,
    .threshold = 0.29,
    .levels = {0.58, -0.58},
    .n_levels = 2,
  };

  fxu_cluster_sheet_set (sheet, &data, "conv2, output 1", "α = 0.58");
  return sheet;
}

static Drawing
draw (const FxuClusterSheet *sheet, gsize place, gboolean dark)
{
  Drawing drawing = drawing_new (420, 260);

  fxu_cluster_sheet_draw (sheet, drawing.cr, 420, 260, place, fxu_palette_get (dark, FALSE));
  drawing_finish (&drawing);
  return drawing;
}

/* Rows below the head and above the legend that hold pixels of a colour. */
static guint
count_rows (Drawing *drawing, FxuColor color, int x0, int x1)
{
  guint n = 0;

  for (int y = 45; y < drawing->height - 24; y++)
    for (int x = x0; x < x1; x++)
      if (drawing_has_color (drawing, x, y, color))
        {
          n++;
          break;
        }
  return n;
}

static void
test_signs (void)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  g_autoptr (FxuClusterSheet) sheet = create_sheet ();
  Drawing drawing = draw (sheet, G_MAXSIZE, FALSE);

  /* Kept weights are filled, and the threshold and the values are there. */
  g_assert_cmpuint (count_rows (&drawing, palette->hues[FXU_HUE_TEXT], 60, 380), >, 20);
  g_assert_cmpuint (drawing_count (&drawing, palette->hues[FXU_HUE_FIXED]), >, 50);
  g_assert_cmpuint (count_rows (&drawing, palette->hues[FXU_HUE_MARK], 60, 380), >=, 2);
  drawing_free (&drawing);

  /* Where nothing is kept, no weight is filled. */
  {
    static const guint8 none[G_N_ELEMENTS (weights)] = {0};
    static const double zeros[G_N_ELEMENTS (weights)] = {0};
    FxuClusterData data = {
      .n = G_N_ELEMENTS (weights),
      .weights = weights,
      .values = zeros,
      .is_kept = none,
      .threshold = NAN,
    };

    fxu_cluster_sheet_set (sheet, &data, "conv2", "nothing kept");
    drawing = draw (sheet, G_MAXSIZE, FALSE);
    g_assert_cmpuint (count_rows (&drawing, palette->hues[FXU_HUE_TEXT], 60, 380), ==, 0);
    g_assert_cmpuint (count_rows (&drawing, palette->hues[FXU_HUE_MARK], 60, 380), ==, 0);
    drawing_free (&drawing);
  }
}

static void
test_order (void)
{
  g_autoptr (FxuClusterSheet) sheet = create_sheet ();
  g_autofree char *greatest = fxu_cluster_sheet_describe_place (sheet, 0);
  g_autofree char *least = fxu_cluster_sheet_describe_place (sheet, 8);
  g_autofree char *first = NULL;

  g_assert_nonnull (strstr (greatest, "weight 3: 0.8"));
  g_assert_nonnull (strstr (greatest, "kept as 0.58"));
  g_assert_nonnull (strstr (greatest, "residual 0.22"));
  g_assert_nonnull (strstr (least, "weight 4: −0.75"));
  fxu_cluster_sheet_set_sorted (sheet, FALSE);
  first = fxu_cluster_sheet_describe_place (sheet, 0);
  g_assert_nonnull (strstr (first, "weight 1: 0.05"));
  g_assert_nonnull (strstr (first, "dropped"));
}

static void
test_find (void)
{
  g_autoptr (FxuClusterSheet) sheet = create_sheet ();
  gsize place;

  g_assert_false (fxu_cluster_sheet_find (sheet, 420, 260, 1, &place));
  g_assert_true (fxu_cluster_sheet_find (sheet, 420, 260, 60, &place));
  g_assert_cmpuint (place, ==, 0);
  g_assert_true (fxu_cluster_sheet_find (sheet, 420, 260, 380, &place));
  g_assert_cmpuint (place, ==, 8);
  fxu_cluster_sheet_set (sheet, NULL, NULL, NULL);
  g_assert_false (fxu_cluster_sheet_find (sheet, 420, 260, 200, &place));
}

static void
test_describe (void)
{
  g_autoptr (FxuClusterSheet) sheet = create_sheet ();
  g_autofree char *text = fxu_cluster_sheet_describe (sheet);
  g_autofree char *empty = NULL;

  g_assert_cmpstr (text, ==, "conv2, output 1: 5 of 9 weights kept; α = 0.58");
  fxu_cluster_sheet_set (sheet, NULL, NULL, NULL);
  empty = fxu_cluster_sheet_describe (sheet);
  g_assert_cmpstr (empty, ==, "Nothing");
}

/* No size and no data may fail: not even what is not finite. */
static void
test_any_size (void)
{
  g_autoptr (FxuClusterSheet) sheet = create_sheet ();
  double wild[] = {NAN, INFINITY, -INFINITY, 0.0};
  double zeros[4] = {0};
  guint8 kept[4] = {0};
  FxuClusterData data = {.n = 4,
                         .weights = wild,
                         .values = zeros,
                         .is_kept = kept,
                         .threshold = INFINITY};

  for (int round = 0; round < 2; round++)
    {
      for (int size = 1; size < 90; size += 7)
        {
          Drawing drawing = drawing_new (size, size);

          fxu_cluster_sheet_draw (sheet, drawing.cr, size, size, 2, fxu_palette_get (TRUE, TRUE));
          drawing_finish (&drawing);
          drawing_free (&drawing);
        }
      fxu_cluster_sheet_set (sheet, &data, "wild", "");
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/cluster-sheet/signs", test_signs);
  g_test_add_func ("/plot/cluster-sheet/order", test_order);
  g_test_add_func ("/plot/cluster-sheet/find", test_find);
  g_test_add_func ("/plot/cluster-sheet/describe", test_describe);
  g_test_add_func ("/plot/cluster-sheet/any-size", test_any_size);
  return g_test_run ();
}
