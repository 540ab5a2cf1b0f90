/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "convert/cluster-picture.h"
#include "convert/weight-histogram.h"
#include "display.h"

#include <math.h>

static const double weights[] = {0.1, 0.9, -0.5, 0.3};
static const double values[] = {0.0, 0.7, -0.7, 0.0};
static const guint8 is_kept[] = {0, 1, 1, 0};

typedef struct
{
  int clusters, outputs, n_sorts;
} Heard;

static void
go_cb (Heard *heard, int clusters, int outputs)
{
  heard->clusters += clusters;
  heard->outputs += outputs;
}

static void
sort_cb (Heard *heard)
{
  heard->n_sorts++;
}

static GtkWidget *
create_picture (Heard *heard)
{
  GtkWidget *picture = fxu_cluster_picture_new ("Nothing");
  FxuClusterData data = {.n = 4,
                         .weights = weights,
                         .values = values,
                         .is_kept = is_kept,
                         .threshold = 0.35,
                         .levels = {0.7, -0.7},
                         .n_levels = 2};

  fxu_cluster_sheet_set (fxu_cluster_picture_get_sheet (FXU_CLUSTER_PICTURE (picture)),
                         &data,
                         "conv2",
                         "α = 0.7");
  fxu_picture_answer (FXU_PICTURE (picture));
  g_signal_connect_swapped (picture, "go", G_CALLBACK (go_cb), heard);
  g_signal_connect_swapped (picture, "sort", G_CALLBACK (sort_cb), heard);
  return picture;
}

/* What a screen reader is told. */
static void
check_described (GtkWidget *picture, const char *expected)
{
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (picture),
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       expected);
}

static void
test_keys (void)
{
  Heard heard = {0};
  GtkWidget *picture = create_picture (&heard);
  GtkWidget *window = display_show (picture, 400, 260);

  check_described (picture, "conv2: 2 of 4 weights kept; α = 0.7");
  g_assert_true (display_press_key (picture, GDK_KEY_Right, 0));
  check_described (picture, "weight 2: 0.9000, kept as 0.7000, residual 0.2000");
  g_assert_true (display_press_key (picture, GDK_KEY_End, 0));
  check_described (picture, "weight 3: −0.5000, kept as −0.7000, residual 0.2000");
  g_assert_true (display_press_key (picture, GDK_KEY_Left, 0));
  check_described (picture, "weight 1: 0.1000, dropped to 0, residual 0.1000");
  g_assert_true (display_press_key (picture, GDK_KEY_Escape, 0));
  check_described (picture, "conv2: 2 of 4 weights kept; α = 0.7");

  g_assert_true (display_press_key (picture, GDK_KEY_Page_Down, 0));
  g_assert_true (display_press_key (picture, GDK_KEY_Page_Down, 0));
  g_assert_true (display_press_key (picture, GDK_KEY_Up, 0));
  g_assert_true (display_press_key (picture, GDK_KEY_s, 0));
  g_assert_cmpint (heard.clusters, ==, 2);
  g_assert_cmpint (heard.outputs, ==, -1);
  g_assert_cmpint (heard.n_sorts, ==, 1);
  g_assert_false (display_press_key (picture, GDK_KEY_s, GDK_CONTROL_MASK));
  g_assert_false (display_press_key (picture, GDK_KEY_Tab, 0));
  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_histogram (void)
{
  GtkWidget *histogram = fxu_weight_histogram_new ("Nothing");
  GtkWidget *window;

  check_described (histogram, "Nothing");
  fxu_weight_bars_set (fxu_weight_histogram_get_bars (FXU_WEIGHT_HISTOGRAM (histogram)),
                       "conv2",
                       weights,
                       values,
                       4);
  window = display_show (histogram, 400, 240);
  g_assert_true (display_press_key (histogram, GDK_KEY_Left, 0));
  check_described (histogram, "around 0: 0.00 % before, 50.00 % after");
  g_assert_true (display_press_key (histogram, GDK_KEY_Escape, 0));
  g_assert_false (display_press_key (histogram, GDK_KEY_Escape, 0));
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/convert/cluster-picture/keys", test_keys);
  g_test_add_func ("/convert/cluster-picture/histogram", test_histogram);
  return g_test_run ();
}
