/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "run/bits-handle.h"
#include "run/chart-board.h"
#include "run/dataset-picker.h"
#include "plot/line-plot.h"
#include "precision/network-picture.h"
#include "run/layers-page.h"
#include "run/loading-bar.h"
#include "run/outcome-view.h"
#include "run/preset-button.h"
#include "run/read-out.h"
#include "run/run-bar.h"
#include "run/settings-rows.h"
#include "run/setup-view.h"
#include "run/theory-board.h"
#include "run/training-settings.h"
#include "run/trials-view.h"

static GtkWidget *
make_picker (FxuSession *session)
{
  return fxu_dataset_picker_new (session, "win.nothing", "win.nothing");
}

static GtkWidget *
make_loading_bar (FxuSession *session)
{
  return fxu_loading_bar_new (session, "win.nothing");
}

static GtkWidget *
make_read_out (FxuSession *session)
{
  return fxu_read_out_new (session, "win.nothing");
}

static GtkWidget *
make_setup (FxuSession *session)
{
  return fxu_setup_view_new (session, "win.nothing", "win.nothing");
}

typedef struct
{
  const char *name;
  GtkWidget *(*make) (FxuSession *session);
  GtkAccessibleRole role;
} Pane;

static const Pane panes[] = {
  {"bits-handle", fxu_bits_handle_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"chart-board", fxu_chart_board_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"dataset-picker", make_picker, GTK_ACCESSIBLE_ROLE_GROUP},
  {"layers-page", fxu_layers_page_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"loading-bar", make_loading_bar, GTK_ACCESSIBLE_ROLE_STATUS},
  {"network-picture", fxu_network_picture_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"outcome-view", fxu_outcome_view_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"preset-button", fxu_preset_button_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"read-out", make_read_out, GTK_ACCESSIBLE_ROLE_STATUS},
  {"run-bar", fxu_run_bar_new, GTK_ACCESSIBLE_ROLE_TOOLBAR},
  {"setup-view", make_setup, GTK_ACCESSIBLE_ROLE_GROUP},
  {"theory-board", fxu_theory_board_new, GTK_ACCESSIBLE_ROLE_GROUP},
  {"trials-view", fxu_trials_view_new, GTK_ACCESSIBLE_ROLE_GROUP},
};

/* Made, shown, fed by a run on two kinds of data and by an edit, and gone without a trace. */
static void
test_life (gconstpointer data)
{
  const Pane *pane = data;
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *widget = pane->make (session);
  GtkWidget *window = display_show (widget, 700, 500);
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (widget), display_gone_cb, &gone);
  gtk_test_accessible_assert_role (widget, pane->role);
  fxu_session_step (session, 60);
  running_session_wait_step (session, 60);
  g_assert_true (fxu_session_set_all_bits (session, 6));
  fxu_session_step (session, 60);
  running_session_wait_step (session, 120);
  gtk_test_widget_wait_for_draw (window);

  g_assert_true (fxu_session_set_value (session, "dataset.name", "digits"));
  running_session_wait_loaded (session);
  fxu_session_step (session, 5);
  running_session_wait_step (session, 5);
  gtk_test_widget_wait_for_draw (window);

  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
  g_assert_true (gone);
}

static GtkWidget *
find (GtkWidget *widget, GType type)
{
  if (G_TYPE_CHECK_INSTANCE_TYPE (widget, type))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, type);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static guint
word_bits (FxuSession *session)
{
  return fxp_experiment_get_quantizer (fxu_session_get_experiment (session),
                                       (FxpTensorId){0, FXP_ROLE_WEIGHT})
    ->format.word_bits;
}

static void
test_bits_handle (void)
{
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *handle = fxu_bits_handle_new (session);
  GtkWidget *window = display_show (handle, 300, 120);
  GtkWidget *scale = find (handle, GTK_TYPE_SCALE);

  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 12.0);
  gtk_range_set_value (GTK_RANGE (scale), 5.0);
  g_assert_cmpuint (word_bits (session), ==, 5);
  fxu_session_undo (session);
  g_assert_cmpuint (word_bits (session), ==, 12);
  g_assert_cmpfloat (gtk_range_get_value (GTK_RANGE (scale)), ==, 12.0);
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

/* A change while training becomes one mark, also if it comes in many steps. */
static void
test_marks (void)
{
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *board = fxu_chart_board_new (session);
  GtkWidget *window = display_show (board, 700, 400);
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;

  fxu_session_step (session, 60);
  running_session_wait_step (session, 60);
  fxu_session_begin_edit (session);
  for (guint bits = 11; bits >= 6; bits--)
    {
      g_assert_true (fxu_session_set_all_bits (session, bits));
      fxu_session_step (session, 5);
      running_session_wait_step (session, 60 + 5 * (12 - bits));
    }
  fxu_session_end_edit (session);
  while (fxu_chart_board_get_n_marks (FXU_CHART_BOARD (board)) == 0)
    running_session_spin (deadline_us);
  g_assert_cmpuint (fxu_chart_board_get_n_marks (FXU_CHART_BOARD (board)), ==, 1);

  /* Another run begins without them. */
  fxu_session_reset (session);
  while (fxu_chart_board_get_n_marks (FXU_CHART_BOARD (board)) > 0)
    running_session_spin (deadline_us);

  g_assert_true (fxu_chart_board_show (FXU_CHART_BOARD (board), "loss"));
  g_assert_true (fxu_chart_board_show (FXU_CHART_BOARD (board), "all"));
  g_assert_false (fxu_chart_board_show (FXU_CHART_BOARD (board), "nothing"));
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

static gboolean
is_shown (GtkWidget *widget, const char *title)
{
  if (FXU_IS_LINE_PLOT (widget))
    return gtk_widget_get_visible (widget) &&
           g_str_has_prefix (fxu_chart_get_title (fxu_line_plot_get_chart (FXU_LINE_PLOT (widget))),
                             title);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (is_shown (child, title))
      return TRUE;
  return FALSE;
}

/* While binary points move their exponents are charted, in the place of bits. */
static void
test_exponents (void)
{
  FxuSession *session = running_session_new ("digits-dynamic");
  GtkWidget *board = fxu_chart_board_new (session);
  GtkWidget *window = display_show (board, 700, 500);
  g_autofree char *begun = NULL;
  g_autofree char *settled = NULL;

  fxu_session_step (session, 5);
  running_session_wait_step (session, 5);
  begun = fxu_chart_board_describe (FXU_CHART_BOARD (board));
  g_assert_nonnull (strstr (begun, "Exponents of fc1: W −4, A −4, "));
  g_assert_true (is_shown (board, "Exponents"));
  g_assert_false (is_shown (board, "Bits"));
  fxu_session_step (session, 40);
  running_session_wait_step (session, 45);
  settled = fxu_chart_board_describe (FXU_CHART_BOARD (board));
  g_assert_nonnull (strstr (settled, "Exponents of fc1: W −8, A −8, "));

  g_assert_true (fxu_chart_board_show (FXU_CHART_BOARD (board), "bits"));
  g_assert_true (is_shown (board, "Bits"));
  g_assert_false (is_shown (board, "Exponents"));
  g_assert_true (fxu_chart_board_show (FXU_CHART_BOARD (board), "exponents"));
  g_assert_true (is_shown (board, "Exponents"));
  g_assert_false (is_shown (board, "Training loss"));
  g_assert_true (fxu_chart_board_show (FXU_CHART_BOARD (board), "all"));
  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      g_autofree char *key = g_strdup_printf ("precision.*.%s.scaling", fxp_role_get_nick (role));

      /* Some roles are not there, and then there is nothing to do. */
      if (fxp_experiment_has_tensor (fxu_session_get_experiment (session), (FxpTensorId){0, role}))
        g_assert_true (fxu_session_set_value (session, key, "fixed"));
    }
  fxu_session_step (session, 5);
  running_session_wait_step (session, 50);
  g_assert_true (is_shown (board, "Bits"));
  g_assert_false (is_shown (board, "Exponents"));
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

static void
test_speed_scale (void)
{
  g_assert_cmpfloat (fxu_run_bar_speed_at (0.0), ==, 1.0);
  g_assert_cmpfloat (fxu_run_bar_speed_at (1.0), ==, 0.0);
  g_assert_cmpfloat (fxu_run_bar_position_of (0.0), ==, 1.0);
  for (double speed = 1.0; speed < 5e4; speed *= 3.0)
    g_assert_cmpfloat_with_epsilon (fxu_run_bar_speed_at (fxu_run_bar_position_of (speed)),
                                    speed,
                                    1e-6 * speed);
  g_assert_cmpfloat (fxu_run_bar_speed_at (fxu_run_bar_position_of (1e9)), >, 0.0);
}

static GtkWidget *
find_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && g_str_equal (gtk_label_get_text (GTK_LABEL (widget)), text))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_label (child, text);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Only what the schedule in force uses is there. */
static void
test_schedule (void)
{
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *settings = fxu_training_settings_new (session);
  GtkWidget *window = display_show (settings, 240, 500);
  GtkWidget *factor;

  gtk_expander_set_expanded (GTK_EXPANDER (find (settings, GTK_TYPE_EXPANDER)), TRUE);
  factor = find_label (settings, "Factor");
  g_assert_nonnull (factor);
  g_assert_false (gtk_widget_get_visible (factor));
  g_assert_true (fxu_session_set_value (session, "training.schedule-steps", "10,20"));
  g_assert_true (fxu_session_set_value (session, "training.schedule", "steps"));
  g_assert_true (gtk_widget_get_visible (factor));
  fxu_session_step (session, 12);
  running_session_wait_step (session, 12);
  /* A tenth after the first of the steps. */
  while (find_label (settings, "now 0.01") == NULL)
    running_session_spin (g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US);
  fxu_session_undo (session);
  g_assert_false (gtk_widget_get_visible (factor));

  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

/* Both go into the run as it is. */
static void
test_update (void)
{
  FxuSession *session = running_session_new ("spiral");
  GtkWidget *settings = fxu_training_settings_new (session);
  GtkWidget *window = display_show (settings, 240, 500);
  const FxpSettings *set;
  GtkWidget *clip;

  gtk_expander_set_expanded (GTK_EXPANDER (find (settings, GTK_TYPE_EXPANDER)), TRUE);
  clip = gtk_widget_get_ancestor (find_label (settings, "Clip to ±1"), GTK_TYPE_CHECK_BUTTON);
  g_assert_nonnull (clip);
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (clip)));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (clip), TRUE);
  g_assert_true (fxu_session_set_value (session, "training.gradients", "ternary"));
  set = fxp_experiment_get_settings (fxu_session_get_experiment (session));
  g_assert_true (set->clip);
  g_assert_cmpint (set->gradients, ==, FXP_GRADIENTS_TERNARY);
  g_assert_nonnull (find_label (settings, "ternary"));
  fxu_session_undo (session);
  fxu_session_undo (session);
  g_assert_false (gtk_check_button_get_active (GTK_CHECK_BUTTON (clip)));

  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

static void
test_steps_of_values (void)
{
  static const struct
  {
    char *(*step) (const char *text, int direction);
    const char *from, *up, *down;
  } steps[] = {
    {fxu_settings_step_decade, "0.1", "0.2", "0.05"},
    {fxu_settings_step_decade, "5", "10", "2"},
    {fxu_settings_step_double, "32", "64", "16"},
    {fxu_settings_step_five, "50", "50", "45"},
    {fxu_settings_step_share, "0", "0.05", "0"},
    {fxu_settings_step_one, "0", "1", "0"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    {
      g_autofree char *up = steps[i].step (steps[i].from, 1);
      g_autofree char *down = steps[i].step (steps[i].from, -1);

      g_assert_cmpstr (up, ==, steps[i].up);
      g_assert_cmpstr (down, ==, steps[i].down);
    }
}

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  for (gsize i = 0; i < G_N_ELEMENTS (panes); i++)
    {
      g_autofree char *path = g_strconcat ("/run/panes/", panes[i].name, NULL);

      g_test_add_data_func (path, &panes[i], test_life);
    }
  g_test_add_func ("/run/panes/bits-handle/edits", test_bits_handle);
  g_test_add_func ("/run/panes/chart-board/marks", test_marks);
  g_test_add_func ("/run/panes/chart-board/exponents", test_exponents);
  g_test_add_func ("/run/panes/run-bar/speed", test_speed_scale);
  g_test_add_func ("/run/panes/training-settings/schedule", test_schedule);
  g_test_add_func ("/run/panes/training-settings/update", test_update);
  g_test_add_func ("/run/panes/settings-rows/steps", test_steps_of_values);
  return g_test_run ();
}
