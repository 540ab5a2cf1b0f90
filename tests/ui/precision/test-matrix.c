/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "precision/cell.h"
#include "precision/frozen-grid.h"
#include "precision/matrix.h"

typedef struct
{
  FxuSession *session;
  GtkWidget *matrix;
  GtkWidget *window;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = running_session_new ("spiral");
  fixture->matrix = fxu_precision_matrix_new (fixture->session);
  fixture->window = display_show (fixture->matrix, 800, 400);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gboolean gone = FALSE;

  g_object_weak_ref (G_OBJECT (fixture->matrix), display_gone_cb, &gone);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  running_session_end (fixture->session);
  g_assert_true (gone);
}

static GtkWidget *
find_grid (GtkWidget *widget)
{
  if (FXU_IS_FROZEN_GRID (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *grid = find_grid (child);

      if (grid != NULL)
        return grid;
    }
  return NULL;
}

/* Row 0 and column 0 are headings. */
static GtkWidget *
cell_at (Fixture *fixture, int row, int column)
{
  return fxu_frozen_grid_get_child_at (FXU_FROZEN_GRID (find_grid (fixture->matrix)),
                                       (guint)column,
                                       (guint)row);
}

static FxpFormat
format_at (Fixture *fixture, guint layer, FxpRole role)
{
  FxpTensorId id = {(guint16)layer, (guint16)role};

  return fxp_experiment_get_quantizer (fxu_session_get_experiment (fixture->session), id)->format;
}

static void
press (Fixture *fixture, int row, int column, guint keyval, GdkModifierType modifiers)
{
  GtkWidget *cell = cell_at (fixture, row, column);

  gtk_widget_grab_focus (cell);
  g_assert_true (display_press_key (cell, keyval, modifiers));
}

static void
check_format (Fixture *fixture, guint layer, FxpRole role, const char *expected)
{
  g_autofree char *text = fxp_format_to_string (format_at (fixture, layer, role));

  g_assert_cmpstr (text, ==, expected);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FxpExperiment) first =
    fxp_experiment_ref (fxu_session_get_experiment (fixture->session));
  guint n_edits = 0;
  gboolean can_undo = TRUE;

  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q2.9");
  press (fixture, 2, 1, GDK_KEY_Down, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q2.8");
  press (fixture, 2, 1, GDK_KEY_Up, 0);
  press (fixture, 2, 1, GDK_KEY_Up, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q2.10");
  press (fixture, 2, 1, GDK_KEY_Up, GDK_SHIFT_MASK);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q1.11");
  press (fixture, 2, 1, GDK_KEY_Page_Down, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q1.7");
  press (fixture, 2, 1, GDK_KEY_Home, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q1.0");
  press (fixture, 2, 1, GDK_KEY_End, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q1.30");
  press (fixture, 2, 1, GDK_KEY_f, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "float");
  press (fixture, 2, 1, GDK_KEY_f, 0);
  check_format (fixture, 1, FXP_ROLE_WEIGHT, "Q1.30");
  check_format (fixture, 0, FXP_ROLE_WEIGHT, "Q2.9");

  for (; can_undo; n_edits++)
    {
      fxu_session_undo (fixture->session);
      g_object_get (fixture->session, "can-undo", &can_undo, NULL);
    }
  g_assert_cmpuint (n_edits, ==, 9);
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (fixture->session), first));
}

/* Of a cell, then of a whole column. */
static void
test_lock (Fixture *fixture, gconstpointer data)
{
  FxuTheory *theory = fxu_session_get_theory (fixture->session);
  gboolean can_undo;

  press (fixture, 2, 1, GDK_KEY_l, 0);
  g_assert_true (fxu_theory_is_locked (theory, (FxpTensorId){1, FXP_ROLE_WEIGHT}));
  g_assert_false (fxu_theory_is_locked (theory, (FxpTensorId){0, FXP_ROLE_WEIGHT}));
  press (fixture, 0, 1, GDK_KEY_l, 0);
  g_assert_true (fxu_theory_is_locked (theory, (FxpTensorId){0, FXP_ROLE_WEIGHT}));
  g_assert_true (fxu_theory_is_locked (theory, (FxpTensorId){1, FXP_ROLE_WEIGHT}));
  press (fixture, 0, 1, GDK_KEY_l, 0);
  g_assert_false (fxu_theory_is_locked (theory, (FxpTensorId){1, FXP_ROLE_WEIGHT}));

  /* Nothing is assigned yet. */
  press (fixture, 2, 1, GDK_KEY_a, 0);
  g_object_get (fixture->session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);
}

static void
test_digits (Fixture *fixture, gconstpointer data)
{
  press (fixture, 1, 3, GDK_KEY_1, 0);
  press (fixture, 1, 3, GDK_KEY_6, 0);
  g_assert_cmpuint (format_at (fixture, 0, FXP_ROLE_WEIGHT_GRAD).word_bits, ==, 12);
  press (fixture, 1, 3, GDK_KEY_Return, 0);
  g_assert_cmpuint (format_at (fixture, 0, FXP_ROLE_WEIGHT_GRAD).word_bits, ==, 16);

  press (fixture, 1, 3, GDK_KEY_7, 0);
  press (fixture, 1, 3, GDK_KEY_Escape, 0);
  g_assert_cmpuint (format_at (fixture, 0, FXP_ROLE_WEIGHT_GRAD).word_bits, ==, 16);
  press (fixture, 1, 3, GDK_KEY_8, 0);
  press (fixture, 1, 3, GDK_KEY_BackSpace, 0);
  press (fixture, 1, 3, GDK_KEY_9, 0);
  press (fixture, 1, 3, GDK_KEY_KP_Enter, 0);
  g_assert_cmpuint (format_at (fixture, 0, FXP_ROLE_WEIGHT_GRAD).word_bits, ==, 9);
}

static void
test_headings (Fixture *fixture, gconstpointer data)
{
  press (fixture, 0, 2, GDK_KEY_Down, 0);
  for (guint layer = 0; layer < 3; layer++)
    {
      g_assert_cmpuint (format_at (fixture, layer, FXP_ROLE_ACTIVATION).word_bits, ==, 11);
      g_assert_cmpuint (format_at (fixture, layer, FXP_ROLE_WEIGHT).word_bits, ==, 12);
    }
  g_assert_cmpint (fxu_precision_matrix_get_span (FXU_PRECISION_MATRIX (fixture->matrix)),
                   ==,
                   FXU_SPAN_COLUMN);
  fxu_session_undo (fixture->session);

  press (fixture, 3, 0, GDK_KEY_Page_Down, 0);
  for (guint role = 0; role < FXP_ROLE_BIAS; role++)
    {
      g_assert_cmpuint (format_at (fixture, 2, role).word_bits, ==, 8);
      g_assert_cmpuint (format_at (fixture, 1, role).word_bits, ==, 12);
    }
  check_format (fixture, 2, FXP_ROLE_BIAS, "float");
  fxu_session_undo (fixture->session);

  press (fixture, 0, 0, GDK_KEY_5, 0);
  press (fixture, 0, 0, GDK_KEY_Return, 0);
  g_assert_cmpuint (format_at (fixture, 0, FXP_ROLE_WEIGHT).word_bits, ==, 5);
  g_assert_cmpuint (format_at (fixture, 2, FXP_ROLE_WEIGHT_ACC).word_bits, ==, 5);
  fxu_session_undo (fixture->session);
  g_assert_cmpuint (format_at (fixture, 0, FXP_ROLE_WEIGHT).word_bits, ==, 12);
}

static void
test_sum (Fixture *fixture, gconstpointer data)
{
  const FxpSumRegister *sum;

  press (fixture, 2, 7, GDK_KEY_f, 0);
  press (fixture, 2, 7, GDK_KEY_2, 0);
  press (fixture, 2, 7, GDK_KEY_0, 0);
  press (fixture, 2, 7, GDK_KEY_Return, 0);
  press (fixture, 2, 7, GDK_KEY_Down, 0);
  sum = &fxp_experiment_get_precision (fxu_session_get_experiment (fixture->session), 1)->sum;
  g_assert_cmpint (sum->mode, ==, FXP_SUM_SATURATE);
  g_assert_cmpuint (sum->bits, ==, 19);
}

static void
check_selected (Fixture *fixture, guint layer, FxpRole role)
{
  guint found_layer;
  FxpRole found_role;

  g_assert_true (fxu_precision_matrix_get_selected (FXU_PRECISION_MATRIX (fixture->matrix),
                                                    &found_layer,
                                                    &found_role));
  g_assert_cmpuint (found_layer, ==, layer);
  g_assert_cmpuint (found_role, ==, role);
}

static void
count_cb (guint *n)
{
  (*n)++;
}

static void
test_focus (Fixture *fixture, gconstpointer data)
{
  guint n_changes = 0;

  g_signal_connect_swapped (fixture->matrix,
                            "selection-changed",
                            G_CALLBACK (count_cb),
                            &n_changes);
  g_assert_true (
    fxu_precision_matrix_select (FXU_PRECISION_MATRIX (fixture->matrix), 2, FXP_N_ROLES));
  check_selected (fixture, 2, FXP_N_ROLES);
  g_assert_cmpuint (n_changes, ==, 1);
  gtk_test_accessible_assert_state (cell_at (fixture, 3, 7), GTK_ACCESSIBLE_STATE_SELECTED, TRUE);

  /* The arrows that do not change a value move about. */
  press (fixture, 1, 1, GDK_KEY_Right, 0);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == cell_at (fixture, 1, 2));
  press (fixture, 1, 2, GDK_KEY_Down, GDK_CONTROL_MASK);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == cell_at (fixture, 2, 2));
}

static void
test_accessible (Fixture *fixture, gconstpointer data)
{
  GtkWidget *cell = cell_at (fixture, 2, 3);

  gtk_test_accessible_assert_role (fixture->matrix, GTK_ACCESSIBLE_ROLE_GRID);
  gtk_test_accessible_assert_role (cell, GTK_ACCESSIBLE_ROLE_SPIN_BUTTON);
  gtk_test_accessible_assert_property (cell,
                                       GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "fc2, weight gradients");
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 12.0);
  gtk_test_accessible_assert_role (cell_at (fixture, 0, 1), GTK_ACCESSIBLE_ROLE_COLUMN_HEADER);
  gtk_test_accessible_assert_role (cell_at (fixture, 1, 0), GTK_ACCESSIBLE_ROLE_ROW_HEADER);
  g_assert_true (gtk_widget_get_focusable (cell));
  press (fixture, 2, 3, GDK_KEY_Down, 0);
  gtk_test_accessible_assert_property (cell, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, 11.0);
}

/* Another network brings other rows. */
static void
test_topology (Fixture *fixture, gconstpointer data)
{
  g_assert_nonnull (cell_at (fixture, 3, 1));
  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "2-4-2"));
  g_assert_nonnull (cell_at (fixture, 2, 1));
  g_assert_null (cell_at (fixture, 3, 1));
  fxu_session_undo (fixture->session);
  g_assert_nonnull (cell_at (fixture, 3, 1));
}

/* A column for what any layer has, a blank where one has it not. */
static void
test_columns (Fixture *fixture, gconstpointer data)
{
  g_autofree char *before = fxu_precision_matrix_describe (FXU_PRECISION_MATRIX (fixture->matrix));
  g_autofree char *after = NULL;

  /* Of a plain network: five, biases and the sum. */
  g_assert_nonnull (cell_at (fixture, 1, 7));
  g_assert_null (cell_at (fixture, 1, 8));
  g_assert_null (strstr (before, "none"));

  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "2-8-BN-8-2"));
  after = fxu_precision_matrix_describe (FXU_PRECISION_MATRIX (fixture->matrix));
  g_assert_nonnull (strstr (after, "fc1 b: none\n"));
  g_assert_nonnull (strstr (after, "fc2 Z: none\n"));
  g_assert_nonnull (strstr (after, "fc1 Z: fc1, normalized values: float"));
  /* Which of both is in force stands there in plain words. */
  g_assert_nonnull (strstr (after, "fc1 G_Z: fc1, gradients behind normalization: float32"));
  g_assert_null (strstr (after, " V: "));
  g_assert_true (GTK_IS_LABEL (cell_at (fixture, 1, 6)));
  g_assert_false (gtk_widget_get_focusable (cell_at (fixture, 1, 6)));
  g_assert_true (FXU_IS_PRECISION_CELL (cell_at (fixture, 2, 6)));

  /* Momentum brings a column while it is not zero. */
  g_assert_true (fxu_session_set_value (fixture->session, "training.momentum", "0.9"));
  g_assert_nonnull (cell_at (fixture, 1, 12));
  g_assert_true (fxu_session_set_value (fixture->session, "training.momentum", "0"));
  g_assert_null (cell_at (fixture, 1, 12));
}

/* Of a column's heading only what is there changes, and the arrows pass what is not. */
static void
test_blanks (Fixture *fixture, gconstpointer data)
{
  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "2-8-BN-8-2"));
  press (fixture, 0, 10, GDK_KEY_f, 0);
  check_format (fixture, 0, FXP_ROLE_NORM_GRAD, "Q2.9");
  check_format (fixture, 1, FXP_ROLE_NORM_GRAD, "float");
  press (fixture, 1, 10, GDK_KEY_Down, 0);
  check_format (fixture, 0, FXP_ROLE_NORM_GRAD, "Q2.8");

  press (fixture, 2, 6, GDK_KEY_Right, 0);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == cell_at (fixture, 2, 11));
  press (fixture, 2, 6, GDK_KEY_Up, GDK_CONTROL_MASK);
  g_assert_true (gtk_root_get_focus (GTK_ROOT (fixture->window)) == cell_at (fixture, 0, 6));
  g_assert_false (
    fxu_precision_matrix_select (FXU_PRECISION_MATRIX (fixture->matrix), 0, FXP_ROLE_BIAS));
}

/* A projection has its block's activations: its cell names the layer that owns them and changes
 * them there. */
static void
test_shared (void)
{
  FxuSession *session = running_session_new ("digits");
  Fixture fixture = {.session = session};
  g_autofree char *text = NULL;
  FxpExperiment *experiment;
  guint projection, owner;

  g_assert_true (
    fxu_session_set_value (session, "network.topology", "4C3P-BN-2xRES(4)-2xRES(8/2)-GAP-10"));
  experiment = fxu_session_get_experiment (session);
  for (projection = 0; projection < fxp_experiment_get_n_weighted (experiment); projection++)
    if (fxp_experiment_get_owner (experiment, (FxpTensorId){projection, FXP_ROLE_ACTIVATION})
          .layer != projection)
      break;
  g_assert_cmpuint (projection, <, fxp_experiment_get_n_weighted (experiment));
  owner =
    fxp_experiment_get_owner (experiment, (FxpTensorId){projection, FXP_ROLE_ACTIVATION}).layer;

  fixture.matrix = fxu_precision_matrix_new (session);
  fixture.window = display_show (fixture.matrix, 500, 300);
  text = fxu_precision_matrix_describe (FXU_PRECISION_MATRIX (fixture.matrix));
  g_assert_nonnull (strstr (text, "activations: the same as of "));
  g_assert_false (gtk_widget_get_focusable (cell_at (&fixture, (int)projection + 1, 2)));
  g_assert_true (fxu_precision_matrix_select (FXU_PRECISION_MATRIX (fixture.matrix),
                                              projection,
                                              FXP_ROLE_ACTIVATION));
  check_selected (&fixture, owner, FXP_ROLE_ACTIVATION);
  g_assert_true (display_press_key (cell_at (&fixture, (int)projection + 1, 2), GDK_KEY_Down, 0));
  g_assert_cmpuint (format_at (&fixture, owner, FXP_ROLE_ACTIVATION).word_bits, ==, 11);

  gtk_window_destroy (GTK_WINDOW (fixture.window));
  running_session_end (session);
}

/* Headings stay while the rest scrolls, and what has the focus is in sight. */
static void
test_scrolling (void)
{
  FxuSession *session = running_session_new ("spiral");
  Fixture fixture = {.session = session};
  graphene_rect_t heading, row;

  g_assert_true (fxu_session_set_value (session, "network.topology", "2-20x(4FC)-2"));
  fixture.matrix = fxu_precision_matrix_new (session);
  fixture.window = display_show (fixture.matrix, 400, 300);
  gtk_widget_grab_focus (cell_at (&fixture, 21, 7));
  gtk_test_widget_wait_for_draw (fixture.window);
  g_assert_true (gtk_widget_compute_bounds (cell_at (&fixture, 0, 7), fixture.matrix, &heading));
  g_assert_true (gtk_widget_compute_bounds (cell_at (&fixture, 21, 7), fixture.matrix, &row));
  g_assert_cmpfloat (heading.origin.y, <, 20.0);
  g_assert_cmpfloat (row.origin.y, >=, heading.origin.y + heading.size.height);
  g_assert_cmpfloat (row.origin.y + row.size.height, <=, 301.0);
  g_assert_cmpfloat (row.origin.x + row.size.width, <=, 401.0);
  gtk_window_destroy (GTK_WINDOW (fixture.window));
  running_session_end (session);
}

#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  ADD ("/precision/matrix/keys", test_keys);
  ADD ("/precision/matrix/digits", test_digits);
  ADD ("/precision/matrix/lock", test_lock);
  ADD ("/precision/matrix/headings", test_headings);
  ADD ("/precision/matrix/sum", test_sum);
  ADD ("/precision/matrix/focus", test_focus);
  ADD ("/precision/matrix/accessible", test_accessible);
  ADD ("/precision/matrix/topology", test_topology);
  ADD ("/precision/matrix/columns", test_columns);
  ADD ("/precision/matrix/blanks", test_blanks);
  g_test_add_func ("/precision/matrix/shared", test_shared);
  g_test_add_func ("/precision/matrix/scrolling", test_scrolling);
  return g_test_run ();
}
