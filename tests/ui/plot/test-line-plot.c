/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "plot/line-plot.h"

static const FxuColor red = {1.0, 0.0, 0.0, 1.0};

static GtkWidget *
create_plot (void)
{
  FxuChart *chart = fxu_chart_new ("Loss", "epoch", "nat");

  fxu_chart_add_series (chart, "fixed", red, FXU_LINE_SOLID);
  return g_object_ref_sink (fxu_line_plot_new (chart));
}

static void
fill (FxuLinePlot *plot)
{
  for (int i = 0; i <= 100; i++)
    fxu_chart_append (fxu_line_plot_get_chart (plot), 0, i, i + 1.0);
  fxu_line_plot_changed (plot);
}

static void
check_text (GtkWidget *plot, const char *text)
{
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text);
}

static void
test_accessible (void)
{
  GtkWidget *plot = create_plot ();
  int minimum;

  gtk_test_accessible_assert_role (plot, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (plot, GTK_ACCESSIBLE_PROPERTY_LABEL, "Loss");
  check_text (plot, "Loss: No data yet");
  g_assert_true (gtk_widget_get_focusable (plot));
  gtk_widget_measure (plot, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 120);
  gtk_widget_measure (plot, GTK_ORIENTATION_VERTICAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, ==, 90);
  g_assert_finalize_object (plot);
}

/* Data that come many times a second are told of once a second, and the last of them is. */
static void
test_description_follows (void)
{
  GtkWidget *plot = create_plot ();
  FxuChart *chart = fxu_line_plot_get_chart (FXU_LINE_PLOT (plot));
  gint64 deadline_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  gboolean told = FALSE;

  for (int i = 0; i <= 100; i++)
    {
      fxu_chart_append (chart, 0, i, i == 100 ? 7.0 : 0.5);
      fxu_line_plot_changed (FXU_LINE_PLOT (plot));
    }
  while (!told && g_get_monotonic_time () < deadline_us)
    {
      g_autofree char *difference =
        gtk_test_accessible_check_property (GTK_ACCESSIBLE (plot),
                                            GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                            "Loss: fixed 7 at epoch 100");

      told = difference == NULL;
      g_main_context_iteration (NULL, FALSE);
    }
  check_text (plot, "Loss: fixed 7 at epoch 100");
  g_assert_finalize_object (plot);
}

static void
test_reading_line_by_keys (void)
{
  GtkWidget *plot = create_plot ();
  GtkWidget *window = display_show (plot, 400, 300);

  fill (FXU_LINE_PLOT (plot));
  g_assert_false (display_press_key (plot, GDK_KEY_Escape, 0));
  g_assert_true (display_press_key (plot, GDK_KEY_Home, 0));
  check_text (plot, "Loss: fixed 1 at epoch 0");
  g_assert_true (display_press_key (plot, GDK_KEY_Page_Down, 0));
  check_text (plot, "Loss: fixed 11 at epoch 10");
  g_assert_true (display_press_key (plot, GDK_KEY_Right, 0));
  g_assert_true (display_press_key (plot, GDK_KEY_Right, 0));
  check_text (plot, "Loss: fixed 12 at epoch 11");
  g_assert_true (display_press_key (plot, GDK_KEY_Left, 0));
  g_assert_true (display_press_key (plot, GDK_KEY_Left, 0));
  check_text (plot, "Loss: fixed 11 at epoch 10");
  g_assert_true (display_press_key (plot, GDK_KEY_End, 0));
  g_assert_true (display_press_key (plot, GDK_KEY_Right, 0));
  check_text (plot, "Loss: fixed 101 at epoch 100");
  gtk_test_widget_wait_for_draw (window);
  g_assert_true (display_press_key (plot, GDK_KEY_Escape, 0));
  g_assert_true (display_press_key (plot, GDK_KEY_Left, 0));
  check_text (plot, "Loss: fixed 101 at epoch 100");
  g_assert_false (display_press_key (plot, GDK_KEY_Left, GDK_CONTROL_MASK));
  g_assert_false (display_press_key (plot, GDK_KEY_x, 0));
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (plot);
}

static void
test_log_by_key (void)
{
  GtkWidget *plot = create_plot ();
  FxuChart *chart = fxu_line_plot_get_chart (FXU_LINE_PLOT (plot));

  g_assert_true (display_press_key (plot, GDK_KEY_l, 0));
  g_assert_true (fxu_chart_get_log_y (chart));
  g_assert_true (display_press_key (plot, GDK_KEY_l, 0));
  g_assert_false (fxu_chart_get_log_y (chart));
  g_assert_finalize_object (plot);
}

/* Dark or light, focused or not, with a change of theme on the way. */
static void
test_draws_in_both_themes (void)
{
  GtkWidget *plot = create_plot ();
  GtkWidget *window = display_show (plot, 400, 300);
  GtkSettings *settings = gtk_settings_get_default ();

  fill (FXU_LINE_PLOT (plot));
  gtk_test_widget_wait_for_draw (window);
  g_object_set (settings, "gtk-application-prefer-dark-theme", TRUE, NULL);
  gtk_widget_grab_focus (plot);
  gtk_window_set_focus_visible (GTK_WINDOW (window), TRUE);
  gtk_test_widget_wait_for_draw (window);
  g_object_set (settings, "gtk-application-prefer-dark-theme", FALSE, NULL);
  gtk_test_widget_wait_for_draw (window);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (plot);
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/plot/line-plot/accessible", test_accessible);
  g_test_add_func ("/plot/line-plot/description-follows", test_description_follows);
  g_test_add_func ("/plot/line-plot/reading-line-by-keys", test_reading_line_by_keys);
  g_test_add_func ("/plot/line-plot/log-by-key", test_log_by_key);
  g_test_add_func ("/plot/line-plot/draws-in-both-themes", test_draws_in_both_themes);
  return g_test_run ();
}
