/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "plot/dot-plot.h"

static const char *const layers[] = {"fc1", "fc2", "fc3", NULL};

static GtkWidget *
create_plot (void)
{
  FxuDotChart *chart = fxu_dot_chart_new ("Widths", "bits");

  fxu_dot_chart_add_kind (chart, "W");
  fxu_dot_chart_add_kind (chart, "A");
  return g_object_ref_sink (fxu_dot_plot_new (chart));
}

static void
fill (FxuDotPlot *plot)
{
  FxuDotChart *chart = fxu_dot_plot_get_chart (plot);

  fxu_dot_chart_set_places (chart, layers);
  for (guint place = 0; place < 3; place++)
    fxu_dot_chart_set_value (chart, place, 0, 8.0 + place);
  fxu_dot_chart_set_value (chart, 1, 1, 4.0);
  fxu_picture_answer (FXU_PICTURE (plot));
}

static void
check_text (GtkWidget *plot, const char *text)
{
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text);
}

static void
press (GtkWidget *plot, guint keyval, const char *text)
{
  g_assert_true (display_press_key (plot, keyval, 0));
  check_text (plot, text);
}

static void
test_accessible (void)
{
  GtkWidget *plot = create_plot ();

  gtk_test_accessible_assert_role (plot, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Widths");
  check_text (plot, "Widths: No data yet");
  g_assert_true (gtk_widget_get_focusable (plot));
  /* There is nothing to choose yet. */
  g_assert_false (display_press_key (plot, GDK_KEY_Right, 0));
  fill (FXU_DOT_PLOT (plot));
  check_text (plot, "Widths: fc1: W 8; fc2: W 9, A 4; fc3: W 10");
  g_assert_finalize_object (plot);
}

static void
test_keys_choose_places (void)
{
  GtkWidget *plot = create_plot ();
  GtkWidget *window = display_show (plot, 400, 300);

  fill (FXU_DOT_PLOT (plot));
  g_assert_false (display_press_key (plot, GDK_KEY_Escape, 0));
  press (plot, GDK_KEY_Right, "fc1: W 8");
  press (plot, GDK_KEY_Left, "fc1: W 8");
  press (plot, GDK_KEY_Right, "fc2: W 9, A 4");
  press (plot, GDK_KEY_End, "fc3: W 10");
  press (plot, GDK_KEY_Right, "fc3: W 10");
  press (plot, GDK_KEY_Home, "fc1: W 8");
  gtk_test_widget_wait_for_draw (window);
  press (plot, GDK_KEY_Escape, "Widths: fc1: W 8; fc2: W 9, A 4; fc3: W 10");
  press (plot, GDK_KEY_Left, "fc3: W 10");
  g_assert_false (display_press_key (plot, GDK_KEY_Left, GDK_CONTROL_MASK));
  g_assert_false (display_press_key (plot, GDK_KEY_x, 0));
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (plot);
}

/* The chosen place goes where the network becomes shorter. */
static void
test_fewer_places (void)
{
  static const char *const fewer[] = {"fc1", NULL};
  GtkWidget *plot = create_plot ();
  GtkWidget *window = display_show (plot, 400, 300);
  FxuDotChart *chart = fxu_dot_plot_get_chart (FXU_DOT_PLOT (plot));

  fill (FXU_DOT_PLOT (plot));
  press (plot, GDK_KEY_End, "fc3: W 10");
  fxu_dot_chart_set_places (chart, fewer);
  fxu_dot_chart_set_value (chart, 0, 0, 5.0);
  fxu_picture_answer (FXU_PICTURE (plot));
  check_text (plot, "Widths: fc1: W 5");
  gtk_test_widget_wait_for_draw (window);
  press (plot, GDK_KEY_Right, "fc1: W 5");
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (plot);
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/plot/dot-plot/accessible", test_accessible);
  g_test_add_func ("/plot/dot-plot/keys-choose-places", test_keys_choose_places);
  g_test_add_func ("/plot/dot-plot/fewer-places", test_fewer_places);
  return g_test_run ();
}
