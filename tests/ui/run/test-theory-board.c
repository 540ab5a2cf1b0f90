/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "run/theory-board.h"

static const char *const titles[] = {
  "Mismatch p_m: ",
  "Share of the bound: ",
  "Reflected noise: ",
  "Widths over depth: ",
  "Clipping",
  "Bias η",
  "Lost updates",
  "Stopped accumulators",
};

typedef struct
{
  FxuSession *session;
  FxuTheoryBoard *board;
  GtkWidget *window;
} Fixture;

static void
set_value (Fixture *fixture, const char *key, const char *value)
{
  g_assert_true (fxu_session_set_value (fixture->session, key, value));
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = running_session_new ("spiral");
  set_value (fixture, "training.evaluate-every", "1");
  fixture->board = FXU_THEORY_BOARD (fxu_theory_board_new (fixture->session));
  fixture->window = display_show (GTK_WIDGET (fixture->board), 700, 500);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->board), display_gone_cb, &gone);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  running_session_end (fixture->session);
  g_assert_true (gone);
}

/* The line of a chart, without its title. */
static char *
get_line (Fixture *fixture, guint chart)
{
  g_autofree char *text = fxu_theory_board_describe (fixture->board);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_cmpuint (g_strv_length (lines), ==, G_N_ELEMENTS (titles) + 1);
  g_assert_true (g_str_has_prefix (lines[chart], titles[chart]));
  return g_strdup (lines[chart] + strlen (titles[chart]));
}

static void
wait_for (Fixture *fixture, guint chart, const char *part)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;
  g_autofree char *line = get_line (fixture, chart);

  while (strstr (line, part) == NULL)
    {
      if (g_get_monotonic_time () > deadline_us)
        g_error ("“%s” does not come after “%s”: %s", part, titles[chart], line);
      running_session_spin (G_MAXINT64);
      g_free (line);
      line = get_line (fixture, chart);
    }
}

/* Epochs of the spiral, with a test after each. */
static void
train (Fixture *fixture, guint n_epochs)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;
  double begun;

  running_session_wait_step (fixture->session, 0);
  begun = fxp_snapshot_get_epoch (fxu_session_get_snapshot (fixture->session));
  for (guint i = 1; i <= n_epochs; i++)
    {
      fxu_session_step_epoch (fixture->session);
      while (fxp_snapshot_get_epoch (fxu_session_get_snapshot (fixture->session)) < begun + i)
        running_session_spin (deadline_us);
    }
}

static void
check_same (Fixture *fixture, guint chart, const char *line, gboolean same)
{
  g_autofree char *now = get_line (fixture, chart);

  if (same)
    g_assert_cmpstr (now, ==, line);
  else
    g_assert_cmpstr (now, !=, line);
}

static void
test_fed_by_a_run (Fixture *fixture, gconstpointer data)
{
  g_autofree char *empty = get_line (fixture, 0);
  g_autofree char *contributions = NULL;
  g_autofree char *reflected = NULL;

  g_assert_cmpstr (empty, ==, "Needs the float twin and a test");
  train (fixture, 3);
  wait_for (fixture, 0, "bound ");
  wait_for (fixture, 0, "twin quantized ");
  wait_for (fixture, 0, "the two runs ");
  wait_for (fixture, 1, "fc1: W ");
  wait_for (fixture, 1, "; fc3: W ");
  wait_for (fixture, 2, "fc2: G_A in G_W ");
  wait_for (fixture, 3, "fc1: W 12, A 12, G_W 12, G_A 12, W_acc 12; fc2: ");
  for (guint i = 4; i < G_N_ELEMENTS (titles); i++)
    wait_for (fixture, i, " at epoch ");

  /* Both follow the formats at once, without another look at the network. */
  contributions = get_line (fixture, 1);
  reflected = get_line (fixture, 2);
  set_value (fixture, "precision.2.weight.bits", "7");
  check_same (fixture, 1, contributions, FALSE);
  check_same (fixture, 2, reflected, TRUE);
  wait_for (fixture, 3, "fc2: W 7, A 12, ");
  set_value (fixture, "precision.2.weight-grad.bits", "7");
  check_same (fixture, 2, reflected, FALSE);
  fxu_session_undo (fixture->session);
  fxu_session_undo (fixture->session);
  check_same (fixture, 1, contributions, TRUE);
  check_same (fixture, 2, reflected, TRUE);
}

static void
test_another_network (Fixture *fixture, gconstpointer data)
{
  train (fixture, 2);
  wait_for (fixture, 1, "fc1: W ");

  /* As many layers: what was measured of the former is nothing of this one. */
  set_value (fixture, "network.topology", "2-9-7-2");
  wait_for (fixture, 1, "Needs the float twin and a test");
  wait_for (fixture, 2, "Needs the float twin");
  train (fixture, 2);
  wait_for (fixture, 0, "bound ");
  wait_for (fixture, 1, "fc3: W ");
  set_value (fixture, "network.topology", "2-5-2");
  wait_for (fixture, 3, "fc2: W 12");
  train (fixture, 2);
  wait_for (fixture, 1, "fc2: W ");
  fxu_theory_board_select (fixture->board, FXU_SPAN_ROW, 1, FXP_ROLE_WEIGHT);

  /* Time begins anew. */
  fxu_session_reset (fixture->session);
  wait_for (fixture, 0, "Needs the float twin and a test");
  train (fixture, 1);
  wait_for (fixture, 0, "at epoch 1");
  set_value (fixture, "dataset.name", "digits");
  running_session_wait_loaded (fixture->session);
  train (fixture, 1);
  wait_for (fixture, 0, "at epoch 1");
  wait_for (fixture, 1, "fc1: W ");
}

static void
test_no_float_network (Fixture *fixture, gconstpointer data)
{
  set_value (fixture, "training.twin", "false");
  train (fixture, 2);
  wait_for (fixture, 0, "Needs the float twin and a test");
  wait_for (fixture, 1, "Needs the float twin and a test");
  wait_for (fixture, 2, "Needs the float twin");
  wait_for (fixture, 3, "fc1: W 12");
  set_value (fixture, "precision.*.*.format", "float");
  wait_for (fixture, 3, "All is float");
  train (fixture, 2);
  wait_for (fixture, 0, "bound 0");
  wait_for (fixture, 1, "All is float");
}

static void
test_names (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"criteria",
                                      "mismatch",
                                      "contributions",
                                      "reflected",
                                      "profile",
                                      "clipping",
                                      "bias",
                                      "lost",
                                      "stopped",
                                      "noise"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_true (fxu_theory_board_show (fixture->board, names[i]));
      fxu_session_step (fixture->session, 20);
      running_session_wait_step (fixture->session, 20 * (i + 1));
      gtk_test_widget_wait_for_draw (fixture->window);
    }
  g_assert_false (fxu_theory_board_show (fixture->board, "loss"));
  for (guint span = FXU_SPAN_CELL; span <= FXU_SPAN_ALL; span++)
    fxu_theory_board_select (fixture->board, span, 2, FXP_ROLE_WEIGHT_GRAD);
}

/* What is not seen is not measured, but is once somebody looks. */
static void
test_looks_when_shown (Fixture *fixture, gconstpointer data)
{
  g_autofree char *line = NULL;
  gint64 deadline_us = g_get_monotonic_time () + G_USEC_PER_SEC;

  g_assert_true (fxu_theory_board_show (fixture->board, "criteria"));
  train (fixture, 2);
  wait_for (fixture, 0, "the two runs ");
  /* Longer than a look takes. */
  while (g_get_monotonic_time () < deadline_us)
    g_main_context_iteration (NULL, FALSE);
  line = get_line (fixture, 1);
  g_assert_cmpstr (line, ==, "Needs the float twin and a test");
  g_assert_true (fxu_theory_board_show (fixture->board, "noise"));
  wait_for (fixture, 1, "fc1: W ");
  wait_for (fixture, 0, "bound ");
}

/* A measurement under way ends with the session, or with the board. */
static void
test_ends_while_it_measures (Fixture *fixture, gconstpointer data)
{
  train (fixture, 1);
  if (data != NULL)
    fxu_session_stop (fixture->session);
}

#define TEST(name, data, function)                                                                 \
  g_test_add ("/run/theory-board/" name, Fixture, data, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  if (!display_test_init (&argc, &argv))
    return 0;
  TEST ("fed-by-a-run", NULL, test_fed_by_a_run);
  TEST ("another-network", NULL, test_another_network);
  TEST ("no-float-network", NULL, test_no_float_network);
  TEST ("names", NULL, test_names);
  TEST ("looks-when-shown", NULL, test_looks_when_shown);
  TEST ("ends-while-it-measures/board", NULL, test_ends_while_it_measures);
  TEST ("ends-while-it-measures/session", "", test_ends_while_it_measures);
  return g_test_run ();
}
