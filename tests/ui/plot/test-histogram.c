/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "plot/histogram.h"

typedef struct
{
  FxpQuantizer quantizer;
  gboolean done;
  guint n;
} Edit;

static void
edited_cb (FxuHistogram *histogram,
           const FxpQuantizer *quantizer,
           gboolean done,
           gpointer user_data)
{
  Edit *edit = user_data;

  edit->quantizer = *quantizer;
  edit->done = done;
  edit->n++;
}

static GtkWidget *
create_histogram (FxpFormat format, Edit *edit)
{
  GtkWidget *histogram = g_object_ref_sink (fxu_histogram_new ());
  FxpQuantizer quantizer = {format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};

  *edit = (Edit){0};
  fxu_histogram_set (FXU_HISTOGRAM (histogram), NULL, &quantizer);
  g_signal_connect (histogram, "format-edited", G_CALLBACK (edited_cb), edit);
  return histogram;
}

static void
test_accessible (void)
{
  /* Not spelled out below: the macro takes its argument's text for a format. */
  const char *shares = "Q1.5, 7 bits: 25.0 % of the values would overflow, 0.0 % would underflow, "
                       "25.0 % are zero";
  GtkWidget *histogram = g_object_ref_sink (fxu_histogram_new ());
  FxpStatistics statistics;
  FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (8, 6),
                            FXP_ROUND_NEAREST_EVEN,
                            FXP_OVERFLOW_SATURATE};
  const double values[] = {0.0, 0.5, -1.0, 64.0};

  gtk_test_accessible_assert_role (histogram, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_test_accessible_assert_property (histogram,
                                       GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                       "No values yet");
  fxp_statistics_clear (&statistics);
  fxp_statistics_add (&statistics, FXP_FORMAT_FLOAT, values, NULL, G_N_ELEMENTS (values));
  fxu_histogram_set (FXU_HISTOGRAM (histogram), &statistics, &quantizer);
  g_assert_true (display_press_key (histogram, GDK_KEY_Right, 0));
  gtk_test_accessible_assert_property (histogram, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, shares);
  g_assert_finalize_object (histogram);
}

static void
test_keys_move_the_window (void)
{
  static const struct
  {
    guint keyval;
    GdkModifierType state;
    FxpFormat expected;
  } cases[] = {
    {GDK_KEY_Left, 0, {9, 6, TRUE}},
    {GDK_KEY_Right, 0, {7, 4, TRUE}},
    {GDK_KEY_Left, GDK_CONTROL_MASK, {7, 5, TRUE}},
    {GDK_KEY_Right, GDK_CONTROL_MASK, {9, 5, TRUE}},
    {GDK_KEY_Left, GDK_SHIFT_MASK, {8, 6, TRUE}},
    {GDK_KEY_Right, GDK_SHIFT_MASK, {8, 4, TRUE}},
    {GDK_KEY_Page_Down, 0, {4, 1, TRUE}},
    {GDK_KEY_Page_Up, GDK_SHIFT_MASK, {8, 9, TRUE}},
    {GDK_KEY_Home, 0, {32, 29, TRUE}},
    {GDK_KEY_End, 0, {1, -2, TRUE}},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Edit edit;
      GtkWidget *histogram = create_histogram (FXP_FORMAT_SIGNED (8, 5), &edit);

      g_assert_true (display_press_key (histogram, cases[i].keyval, cases[i].state));
      g_assert_cmpuint (edit.n, ==, 1);
      g_assert_true (edit.done);
      g_assert_true (fxp_format_equal (edit.quantizer.format, cases[i].expected));
      g_assert_cmpint (edit.quantizer.rounding, ==, FXP_ROUND_NEAREST_EVEN);
      g_assert_finalize_object (histogram);
    }
}

static void
test_limits_and_float (void)
{
  Edit edit;
  GtkWidget *histogram = create_histogram (FXP_FORMAT_SIGNED (32, 5), &edit);

  display_press_key (histogram, GDK_KEY_Left, 0);
  g_assert_cmpuint (edit.n, ==, 0);
  g_assert_finalize_object (histogram);

  histogram = create_histogram (FXP_FORMAT_FLOAT, &edit);
  display_press_key (histogram, GDK_KEY_Left, 0);
  g_assert_cmpuint (edit.n, ==, 0);
  g_assert_false (display_press_key (histogram, GDK_KEY_Tab, 0));
  g_assert_finalize_object (histogram);
}

static GtkGesture *
find_drag (GtkWidget *widget)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (widget);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkGesture) gesture = g_list_model_get_item (controllers, i);

      if (GTK_IS_GESTURE_DRAG (gesture))
        return gesture;
    }
  g_assert_not_reached ();
}

/* A press outside the window's span takes hold of nothing. */
static void
test_drag_beside_the_window (void)
{
  Edit edit;
  GtkWidget *histogram = create_histogram (FXP_FORMAT_SIGNED (8, 5), &edit);
  GtkWidget *window = display_show (histogram, 400, 300);
  GtkGesture *drag = find_drag (histogram);

  g_signal_emit_by_name (drag, "drag-begin", 1.0, 150.0);
  g_signal_emit_by_name (drag, "drag-update", 200.0, 0.0);
  g_signal_emit_by_name (drag, "drag-end", 200.0, 0.0);
  g_assert_cmpuint (edit.n, ==, 0);
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (histogram);
}

/* An answer that comes during a drag must not pull the window from under the hand; Escape does. */
static void
test_drag_is_given_up_by_escape (void)
{
  Edit edit;
  GtkWidget *histogram = create_histogram (FXP_FORMAT_SIGNED (8, 5), &edit);
  GtkWidget *window = display_show (histogram, 400, 300);
  GtkGesture *drag = find_drag (histogram);
  FxpQuantizer other = {FXP_FORMAT_SIGNED (3, 1), FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  double x;

  for (x = 0.0; x < 400.0 && edit.n == 0; x += 5.0)
    {
      g_signal_emit_by_name (drag, "drag-begin", x, 150.0);
      fxu_histogram_set (FXU_HISTOGRAM (histogram), NULL, &other);
      if (display_press_key (histogram, GDK_KEY_Escape, 0))
        break;
      fxu_histogram_set (FXU_HISTOGRAM (histogram),
                         NULL,
                         &(FxpQuantizer){FXP_FORMAT_SIGNED (8, 5),
                                         FXP_ROUND_NEAREST_EVEN,
                                         FXP_OVERFLOW_SATURATE});
    }
  g_assert_cmpfloat (x, <, 400.0);
  g_assert_cmpuint (edit.n, ==, 1);
  g_assert_true (edit.done);
  g_assert_true (fxp_format_equal (edit.quantizer.format, FXP_FORMAT_SIGNED (8, 5)));
  gtk_window_destroy (GTK_WINDOW (window));
  g_assert_finalize_object (histogram);
}

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  g_test_add_func ("/plot/histogram/accessible", test_accessible);
  g_test_add_func ("/plot/histogram/keys-move-the-window", test_keys_move_the_window);
  g_test_add_func ("/plot/histogram/limits-and-float", test_limits_and_float);
  g_test_add_func ("/plot/histogram/drag-beside-the-window", test_drag_beside_the_window);
  g_test_add_func ("/plot/histogram/drag-is-given-up-by-escape", test_drag_is_given_up_by_escape);
  return g_test_run ();
}
