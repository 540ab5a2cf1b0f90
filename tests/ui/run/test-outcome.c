/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "precision/network-picture.h"
#include "run/learned-tiles.h"
#include "run/outcome-view.h"

static char *
get (GtkWidget *view, const char *property)
{
  char *value;

  g_object_get (view, property, &value, NULL);
  return value;
}

static void
check (GtkWidget *view, const char *property, const char *expected)
{
  g_autofree char *value = get (view, property);

  g_assert_cmpstr (value, ==, expected);
}

/* Until the page says something with @part in it. */
static void
wait_for_text (GtkWidget *view, const char *part)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;

  for (;;)
    {
      g_autofree char *text = fxu_outcome_view_describe (FXU_OUTCOME_VIEW (view));

      if (text != NULL && strstr (text, part) != NULL)
        return;
      running_session_spin (deadline_us);
    }
}

/* Each page asks the worker for what it shows, and gets it. */
static void
test_pages (void)
{
  FxuSession *session = running_session_new ("digits-conv");
  GtkWidget *view = fxu_outcome_view_new (session);
  GtkWidget *window = display_show (view, 300, 400);

  check (view, "page", "samples");
  fxu_session_step_epoch (session);
  wait_for_text (view, "sample images the fixed-point run has");
  g_object_set (view, "page", "confusion", NULL);
  wait_for_text (view, "taken for");
  g_object_set (view, "page", "mistakes", NULL);
  wait_for_text (view, "test samples are mistaken; the worst is");
  g_object_set (view, "page", "filters", NULL);
  wait_for_text (view, "Kernels 3×3 of the first layer: kernels 8 · ±");
  g_object_set (view, "side", "difference", NULL);
  wait_for_text (view, "Kernels 3×3, fixed minus float");
  g_object_set (view, "page", "layers", NULL);
  wait_for_text (view, "Sample 0: ");
  fxu_session_set_sample (session, 7);
  wait_for_text (view, "Sample 7: ");

  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

/* Data offer the pages they have; what is not offered is not taken. */
static void
test_offers (void)
{
  FxuSession *session = running_session_new ("digits-conv");
  GtkWidget *view = fxu_outcome_view_new (session);
  GtkWidget *window = display_show (view, 300, 400);

  g_object_set (view, "page", "plane", NULL);
  check (view, "page", "samples");
  g_object_set (view, "page", "nothing", "side", "nothing", NULL);
  check (view, "page", "samples");
  g_object_set (view, "page", "filters", "side", "difference", NULL);
  check (view, "side", "difference");
  /* Mistakes are of one or the other. */
  g_object_set (view, "page", "mistakes", NULL);
  check (view, "side", "fixed");
  g_object_set (view, "side", "difference", NULL);
  check (view, "side", "fixed");

  g_object_set (view, "page", "filters", NULL);
  g_assert_true (fxu_session_set_value (session, "network.topology", "64-16-10"));
  check (view, "page", "samples");
  g_object_set (view, "page", "layers", NULL);
  g_assert_true (fxu_session_set_value (session, "dataset.name", "circle"));
  running_session_wait_loaded (session);
  check (view, "page", "plane");

  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

static void
selected_cb (GtkWidget *picture, guint layer, guint *selected)
{
  *selected = layer;
}

static GtkWidget *
find_area (GtkWidget *widget)
{
  if (GTK_IS_DRAWING_AREA (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *area = find_area (child);

      if (area != NULL)
        return area;
    }
  return NULL;
}

/* Arrow keys go from layer to layer and stop at the ends. */
static void
test_network (void)
{
  FxuSession *session = running_session_new ("digits-conv");
  GtkWidget *picture = fxu_network_picture_new (session);
  GtkWidget *window = display_show (picture, 300, 300);
  GtkWidget *area = find_area (picture);
  g_autofree char *text = NULL;
  guint selected = 99;

  g_signal_connect (picture, "selected", G_CALLBACK (selected_cb), &selected);
  gtk_test_accessible_assert_role (area, GTK_ACCESSIBLE_ROLE_IMG);
  g_assert_true (display_press_key (area, GDK_KEY_Right, 0));
  g_assert_cmpuint (selected, ==, 1);
  g_assert_true (display_press_key (area, GDK_KEY_End, 0));
  g_assert_true (display_press_key (area, GDK_KEY_Right, 0));
  g_assert_cmpuint (selected, ==, 3);
  text = fxu_network_picture_describe (FXU_NETWORK_PICTURE (picture));
  g_assert_true (g_str_has_prefix (text, "fc2, 10 units: output 10"));
  g_assert_true (display_press_key (area, GDK_KEY_Home, 0));
  g_assert_cmpuint (selected, ==, 0);

  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

/* Without a twin there is no difference, of kernels in colour each channel is told apart. */
static void
test_tiles (void)
{
  g_autoptr (FxuTileSheet) sheet = fxu_tile_sheet_new ();
  g_autofree float *values = g_new0 (float, 4 * 3 * 9);
  FxpFilters filters = {.n = 4, .channels = 3, .height = 3, .width = 3, .values = {values, NULL}};
  g_autofree char *text = NULL;

  values[0] = -0.5F;
  fxu_learned_tiles_show_filters (sheet, &filters, FXU_MAP_FIXED);
  text = fxu_tile_sheet_describe (sheet);
  g_assert_cmpstr (text,
                   ==,
                   "Kernels 3×3 of the first layer: red 4 · ±0.5; green 4 · ±0.5; blue 4 · ±0.5");
  fxu_learned_tiles_show_filters (sheet, &filters, FXU_MAP_DIFFERENCE);
  g_assert_cmpuint (fxu_tile_sheet_get_n_sections (sheet), ==, 0);
  fxu_learned_tiles_show_filters (sheet, NULL, FXU_MAP_FIXED);
  g_assert_cmpuint (fxu_tile_sheet_get_n_sections (sheet), ==, 0);
}

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  g_test_add_func ("/run/outcome/pages", test_pages);
  g_test_add_func ("/run/outcome/offers", test_offers);
  g_test_add_func ("/run/outcome/network", test_network);
  g_test_add_func ("/run/outcome/tiles", test_tiles);
  return g_test_run ();
}
