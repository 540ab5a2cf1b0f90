/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-frame.h"
#include "theory-fixture.h"

/* What the window shows of one tensor: all of it by way of the session's experiment. */
typedef struct
{
  double step, range;
  int window_step, window_range; /* exponents of the ends in the histogram */
  char *fate;                    /* what the histogram says would become of the values, owned */
  FxpCost cost, layer_cost;
  double slack; /* of RQB */
} Shown;

static void
shown_init (Shown *self, Fixture *fixture, FxpTensorId id, const FxpStatistics *statistics)
{
  FxpExperiment *experiment = get_experiment (fixture);
  const FxpQuantizer *quantizer = fxp_experiment_get_quantizer (experiment, id);
  g_autoptr (FxuBinadeChart) chart = fxu_binade_chart_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCostTable) costs =
    fxp_cost_table_new (experiment,
                        fxp_dataset_get_shape (fxu_session_get_dataset (fixture->session)),
                        &error);

  g_assert_no_error (error);
  *self = (Shown){
    .step = fxp_format_get_step (quantizer->format),
    .range = -fxp_format_get_min (quantizer->format),
    .cost = costs->total,
    .layer_cost = costs->layers[id.layer],
    .slack = slack_of (fixture, id, FXP_CRITERION_RQB),
  };
  fxu_binade_chart_set_statistics (chart, statistics);
  fxu_binade_chart_set_quantizer (chart, quantizer);
  g_assert_true (fxu_binade_chart_get_window (chart, &self->window_step, &self->window_range));
  self->fate = fxu_binade_chart_describe (chart);
}

static void
shown_assert_same (const Shown *a, const Shown *b)
{
  g_assert_cmpfloat (a->step, ==, b->step);
  g_assert_cmpfloat (a->range, ==, b->range);
  g_assert_cmpint (a->window_step, ==, b->window_step);
  g_assert_cmpint (a->window_range, ==, b->window_range);
  g_assert_cmpstr (a->fate, ==, b->fate);
  g_assert_cmpmem (&a->cost, sizeof a->cost, &b->cost, sizeof b->cost);
  g_assert_cmpmem (&a->layer_cost, sizeof a->layer_cost, &b->layer_cost, sizeof b->layer_cost);
  g_assert_cmpfloat (a->slack, ==, b->slack);
}

static void
set_bits (Fixture *fixture, guint bits)
{
  g_autofree char *text = g_strdup_printf ("%u", bits);

  g_assert_true (fxu_session_set_value (fixture->session, "precision.2.weight-grad.bits", text));
}

/* Acceptance test 6.31: a word length changed under way changes step, range, costs and the
 * histogram's window alike, and returning to C_o restores identical numbers. */
static void
test_live (Fixture *fixture, gconstpointer data)
{
  const FxpTensorId id = {1, FXP_ROLE_WEIGHT_GRAD};
  const double n_weights = 6 * 4;
  g_autoptr (FxpExperiment) assigned = NULL;
  g_autofree FxpStatistics *statistics = NULL;
  Shown at_first, shorter, again;
  guint bits;

  train (fixture, 300);
  assign (fixture, FXU_THEORY_FROM_RUN);
  g_assert_true (fxu_theory_apply (fixture->theory));
  assigned = fxp_experiment_ref (get_experiment (fixture));
  fxu_session_step (fixture->session, 100);
  running_session_wait_step (fixture->session, 400);
  statistics = g_memdup2 (&fxp_snapshot_get_tensor (fxu_session_get_snapshot (fixture->session), id)
                             ->statistics,
                          sizeof *statistics);
  bits = fxp_experiment_get_quantizer (assigned, id)->format.word_bits;
  shown_init (&at_first, fixture, id, statistics);

  set_bits (fixture, bits - 2);
  shown_init (&shorter, fixture, id, statistics);
  g_assert_cmpfloat (shorter.step, ==, 4 * at_first.step);
  g_assert_cmpfloat (shorter.range, ==, at_first.range);
  g_assert_cmpfloat (shorter.range, ==, shorter.step * ldexp (1, (int)bits - 3));
  g_assert_cmpfloat (ldexp (1, shorter.window_step), ==, shorter.step);
  g_assert_cmpfloat (ldexp (1, shorter.window_range), ==, shorter.range);
  g_assert_cmpstr (shorter.fate, !=, at_first.fate);
  g_assert_cmpfloat (at_first.cost.weights - shorter.cost.weights, ==, 2 * n_weights);
  g_assert_cmpfloat (at_first.layer_cost.communication - shorter.layer_cost.communication,
                     ==,
                     2 * n_weights);
  g_assert_cmpfloat (shorter.cost.multiplies, ==, at_first.cost.multiplies);
  g_assert_cmpfloat_with_epsilon (at_first.slack - shorter.slack, 2, 1e-9);
  /* The run goes on with it. */
  fxu_session_step (fixture->session, 50);
  running_session_wait_step (fixture->session, 450);
  g_assert_true (
    fxp_experiment_equal (fxp_snapshot_get_experiment (fxu_session_get_snapshot (fixture->session)),
                          get_experiment (fixture)));

  set_bits (fixture, bits);
  g_assert_true (fxp_experiment_equal (get_experiment (fixture), assigned));
  shown_init (&again, fixture, id, statistics);
  shown_assert_same (&again, &at_first);
  g_free (at_first.fate);
  g_free (shorter.fate);
  g_free (again.fate);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  THEORY_TEST ("6.31-live", NULL, test_live);
  return g_test_run ();
}
