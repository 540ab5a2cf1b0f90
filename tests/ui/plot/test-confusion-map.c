/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "plot/confusion-map.h"

static void
check_reading (GtkWidget *map, const char *expected)
{
  g_autofree char *text = fxu_confusion_map_describe (FXU_CONFUSION_MAP (map));

  g_assert_cmpstr (text, ==, expected);
  gtk_test_accessible_assert_property (map, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, expected);
}

/* The arrow keys go from cell to cell, each is read out, and they stop at the edges. */
static void
test_keys (void)
{
  const guint32 counts[] = {8, 2, 1, 9};
  const FxpConfusion confusion = {.n_classes = 2, .n = 20, .counts = {counts, NULL}};
  GtkWidget *map = fxu_confusion_map_new ();
  GtkWidget *window = display_show (map, 300, 300);

  gtk_test_accessible_assert_role (map, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_false (display_press_key (map, GDK_KEY_Right, 0));
  fxu_confusion_map_set_confusion (FXU_CONFUSION_MAP (map), &confusion);
  g_assert_true (display_press_key (map, GDK_KEY_Right, 0));
  check_reading (map, "0 seen as it is: 8 of 10 (80.0 %)");
  g_assert_true (display_press_key (map, GDK_KEY_Right, 0));
  check_reading (map, "0 taken for 1: 2 of 10 (20.0 %)");
  g_assert_true (display_press_key (map, GDK_KEY_Right, 0));
  g_assert_true (display_press_key (map, GDK_KEY_Down, 0));
  check_reading (map, "1 seen as it is: 9 of 10 (90.0 %)");
  g_assert_false (display_press_key (map, GDK_KEY_Tab, 0));

  /* What is read stays where other counts come. */
  fxu_confusion_map_set_confusion (FXU_CONFUSION_MAP (map), &confusion);
  fxu_confusion_map_set_kind (FXU_CONFUSION_MAP (map), FXU_MAP_TWIN);
  check_reading (map, "No float twin");
  gtk_window_destroy (GTK_WINDOW (window));
}

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  g_test_add_func ("/plot/confusion-map/keys", test_keys);
  return g_test_run ();
}
