/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "display.h"
#include "running-session.h"
#include "binary-point.h"
#include "precision/cell.h"
#include "precision/inspector.h"
#include "precision/matrix-text.h"

static const FxpTensorId weight = {0, FXP_ROLE_WEIGHT}, residue = {0, FXP_ROLE_WEIGHT_ACC};

static FxuSession *
make_session (guint n_steps)
{
  FxuSession *session = running_session_new ("digits-dynamic");

  fxu_session_step (session, n_steps);
  running_session_wait_step (session, n_steps);
  return session;
}

static int
get_frac_bits (FxuSession *session, FxpTensorId id)
{
  return fxu_binary_point_get_quantizer (session, id).format.frac_bits;
}

static void
test_rules (void)
{
  g_autoptr (FxpExperiment) spiral = fxp_preset_load ("spiral", NULL);
  g_autoptr (FxpExperiment) digits = fxp_preset_load ("digits-dynamic", NULL);
  g_autoptr (FxpExperiment) own =
    fxp_experiment_with_scaling (digits, 0, FXP_ROLE_WEIGHT_ACC, FXP_SCALING_ABS_MAX);
  const FxpQuantizer as_float = FXP_QUANTIZER_FLOAT;
  g_autoptr (FxpExperiment) none =
    fxp_experiment_with_quantizer (digits, 0, FXP_ROLE_WEIGHT, &as_float);

  g_assert_false (fxp_experiment_moves (spiral, weight));
  g_assert_null (fxu_binary_point_get_rule (spiral, weight));
  g_assert_cmpstr (fxu_binary_point_get_rule (digits, weight), ==, "overflow-rate");
  g_assert_cmpstr (fxu_binary_point_get_rule (digits, residue), ==, "as W");
  g_assert_cmpstr (fxu_binary_point_get_rule (own, residue), ==, "abs-max");
  g_assert_false (fxp_experiment_moves (none, weight));
  g_assert_false (fxp_experiment_moves (none, residue));
}

/* The snapshot's format, until an edit makes it another cell's. */
static void
test_present (void)
{
  FxuSession *session = make_session (40);

  g_assert_cmpint (get_frac_bits (session, weight), ==, 8);
  g_assert_cmpint (get_frac_bits (session, residue), ==, 11);
  g_assert_true (fxu_session_set_value (session, "precision.1.weight.rounding", "floor"));
  g_assert_cmpint (get_frac_bits (session, weight), ==, 8);
  g_assert_true (fxu_session_set_value (session, "precision.1.weight.format", "Q5.5"));
  g_assert_cmpint (get_frac_bits (session, weight), ==, 5);
  g_assert_cmpint (get_frac_bits (session, residue), ==, 7);
  g_assert_true (fxu_session_set_value (session, "precision.1.weight.scaling", "fixed"));
  g_assert_cmpint (get_frac_bits (session, weight), ==, 5);
  running_session_end (session);
}

/* A cell says the format of now, and that it moves. */
static void
test_cell (void)
{
  FxuSession *session = make_session (40);
  GtkWidget *cell = g_object_ref_sink (fxu_precision_cell_new (FXU_CELL_VALUE));
  const char *reading;

  fxu_matrix_text_show_value (FXU_PRECISION_CELL (cell), session, 0, FXP_ROLE_WEIGHT);
  reading = fxu_precision_cell_get_reading (FXU_PRECISION_CELL (cell));
  g_assert_nonnull (strstr (reading, "10 bits, Q1.8, "));
  g_assert_nonnull (strstr (reading, "the binary point moves: overflow-rate"));
  /* The criteria speak of formats that stand still. */
  g_assert_null (strstr (reading, "its range"));
  g_assert_true (fxu_session_set_value (session, "precision.1.weight.scaling", "fixed"));
  fxu_matrix_text_show_value (FXU_PRECISION_CELL (cell), session, 0, FXP_ROLE_WEIGHT);
  reading = fxu_precision_cell_get_reading (FXU_PRECISION_CELL (cell));
  g_assert_nonnull (strstr (reading, "10 bits, Q5.4, "));
  g_assert_null (strstr (reading, "moves"));
  g_object_unref (cell);
  running_session_end (session);
}

/* Words that are made longer or shorter by hand go on from where their binary points are: W, and
 * W_acc with it. */
static void
test_bits (void)
{
  FxuSession *session = make_session (40);
  FxpExperiment *experiment;
  FxpQuantizer quantizer = fxu_binary_point_get_quantizer (session, weight);

  quantizer.format.word_bits = 11;
  quantizer.format.frac_bits = 9;
  g_assert_true (fxu_session_set_quantizer (session, 0, FXP_ROLE_WEIGHT, &quantizer));
  experiment = fxu_session_get_experiment (session);
  g_assert_true (fxp_format_equal (fxp_experiment_get_quantizer (experiment, weight)->format,
                                   FXP_FORMAT_SIGNED (11, 9)));
  g_assert_true (fxp_format_equal (fxp_experiment_get_quantizer (experiment, residue)->format,
                                   FXP_FORMAT_SIGNED (4, 11)));
  fxu_session_undo (session);
  running_session_end (session);

  session = make_session (40);
  g_assert_true (fxu_session_set_all_bits (session, 12));
  experiment = fxu_session_get_experiment (session);
  g_assert_true (fxp_format_equal (fxp_experiment_get_quantizer (experiment, weight)->format,
                                   FXP_FORMAT_SIGNED (12, 10)));
  g_assert_true (fxp_format_equal (fxp_experiment_get_quantizer (experiment, residue)->format,
                                   FXP_FORMAT_SIGNED (12, 19)));
  running_session_end (session);
}

static gboolean
has_label (GtkWidget *widget, const char *text)
{
  if (GTK_IS_LABEL (widget) && strstr (gtk_label_get_text (GTK_LABEL (widget)), text) != NULL)
    return TRUE;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (has_label (child, text))
      return TRUE;
  return FALSE;
}

/* The format that is typed is where it begins; above it stands where it is. */
static void
test_inspector (void)
{
  FxuSession *session = make_session (40);
  GtkWidget *inspector = fxu_inspector_new (session);
  GtkWidget *window = display_show (inspector, 480, 360);

  fxu_inspector_show (FXU_INSPECTOR (inspector), 0, FXP_ROLE_WEIGHT);
  g_assert_true (has_label (inspector, "now Q1.8"));
  fxu_inspector_show (FXU_INSPECTOR (inspector), 0, FXP_N_ROLES);
  g_assert_false (has_label (inspector, "now "));
  fxu_inspector_show (FXU_INSPECTOR (inspector), 0, FXP_ROLE_WEIGHT);
  g_assert_true (fxu_session_set_value (session, "precision.1.weight.scaling", "fixed"));
  g_assert_false (has_label (inspector, "now "));
  gtk_window_destroy (GTK_WINDOW (window));
  running_session_end (session);
}

int
main (int argc, char *argv[])
{
  if (!display_test_init (&argc, &argv))
    return 0;

  g_test_add_func ("/binary-point/rules", test_rules);
  g_test_add_func ("/binary-point/present", test_present);
  g_test_add_func ("/binary-point/bits", test_bits);
  g_test_add_func ("/binary-point/cell", test_cell);
  g_test_add_func ("/binary-point/inspector", test_inspector);
  return g_test_run ();
}
