/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "theory-fixture.h"

#include <math.h>

static void
check_measured (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  FxpMismatch mismatch = {0};

  while (mismatch.n == 0)
    {
      running_session_spin (deadline_us);
      mismatch = fxu_theory_get_mismatch (fixture->theory);
    }
  g_assert_cmpuint (mismatch.n_different, <=, mismatch.n);
}

/* Acceptance test 6.31: applying and undoing restore identical numbers. */
static void
test_apply (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FxpExperiment) first = fxp_experiment_ref (get_experiment (fixture));
  g_autoptr (FxpExperiment) assigned = NULL;
  double bound;
  gboolean can_undo, can_redo;

  g_assert_false (fxu_theory_can_use_run (fixture->theory));
  train (fixture, 300);
  g_assert_true (fxu_theory_can_use_run (fixture->theory));
  assign (fixture, FXU_THEORY_FROM_RUN);
  g_assert_cmpuint (fixture->n_seen[FXU_THEORY_GAINS], >, 0);
  g_assert_cmpuint (fixture->n_seen[FXU_THEORY_BASELINE], ==, 0);
  g_assert_cmpint (fxu_theory_get_source (fixture->theory), ==, FXU_THEORY_FROM_RUN);
  check_measured (fixture);
  g_assert_true (fxp_experiment_equal (get_experiment (fixture), first));

  bound = fxp_assignment_get_bound (fxu_theory_get_assignment (fixture->theory));
  assigned = fxp_experiment_ref (
    fxp_assignment_get_experiment (fxu_theory_get_assignment (fixture->theory)));
  g_assert_false (fxp_experiment_equal (assigned, first));
  g_assert_true (fxu_theory_apply (fixture->theory));
  g_assert_true (fxp_experiment_equal (get_experiment (fixture), assigned));
  /* The criteria are content with it, so that it is its own assignment. */
  g_assert_true (fxp_experiment_equal (fxp_assignment_get_experiment (
                                         fxu_theory_get_assignment (fixture->theory)),
                                       assigned));

  fxu_session_undo (fixture->session);
  g_object_get (fixture->session, "can-undo", &can_undo, "can-redo", &can_redo, NULL);
  g_assert_false (can_undo);
  g_assert_true (can_redo);
  g_assert_true (fxp_experiment_equal (get_experiment (fixture), first));
  g_assert_true (fxp_experiment_equal (fxp_assignment_get_experiment (
                                         fxu_theory_get_assignment (fixture->theory)),
                                       assigned));
  g_assert_cmpfloat (fxp_assignment_get_bound (fxu_theory_get_assignment (fixture->theory)),
                     ==,
                     bound);
}

/* Without a step of the window's run. */
static void
test_baseline (Fixture *fixture, gconstpointer data)
{
  assign (fixture, FXU_THEORY_FROM_BASELINE);
  g_assert_cmpuint (fixture->n_seen[FXU_THEORY_BASELINE], >, 0);
  g_assert_cmpint (fxu_theory_get_source (fixture->theory), ==, FXU_THEORY_FROM_BASELINE);
  g_assert_cmpfloat (fxu_theory_get_epoch (fixture->theory), ==, 30.0);
  check_measured (fixture);
  g_assert_true (fxu_session_get_snapshot (fixture->session) == NULL ||
                 fxp_snapshot_get_step (fxu_session_get_snapshot (fixture->session)) == 0);
}

static const FxpQuantizer *
quantizer_of (FxpExperiment *experiment, FxpTensorId id)
{
  return fxp_experiment_get_quantizer (experiment, id);
}

static void
test_locks (Fixture *fixture, gconstpointer data)
{
  const FxpTensorId id = {1, FXP_ROLE_WEIGHT_GRAD};
  FxpQuantizer present = *quantizer_of (get_experiment (fixture), id);
  FxpQuantizer proposed;
  FxpExperiment *assigned;

  assign (fixture, FXU_THEORY_FROM_BASELINE);
  proposed = fxp_assignment_get (fxu_theory_get_assignment (fixture->theory), id)->quantizer;
  g_assert_false (fxp_quantizer_equal (&proposed, &present));

  fxu_theory_set_locked (fixture->theory, id, TRUE);
  g_assert_true (fxu_theory_is_locked (fixture->theory, id));
  assigned = fxp_assignment_get_experiment (fxu_theory_get_assignment (fixture->theory));
  g_assert_true (fxp_quantizer_equal (quantizer_of (assigned, id), &present));
  g_assert_true (fxu_theory_apply (fixture->theory));
  g_assert_true (fxp_quantizer_equal (quantizer_of (get_experiment (fixture), id), &present));

  fxu_theory_set_locked (fixture->theory, id, FALSE);
  g_assert_true (fxu_theory_apply_tensor (fixture->theory, id));
  g_assert_true (fxp_quantizer_equal (quantizer_of (get_experiment (fixture), id), &proposed));
}

/* Pure and at once: no statistics are gathered anew. */
static void
test_options (Fixture *fixture, gconstpointer data)
{
  FxpAssignmentOptions options = *fxu_theory_get_options (fixture->theory);
  int least;
  guint n_progress;

  assign (fixture, FXU_THEORY_FROM_BASELINE);
  least = fxp_assignment_get_least_bits (fxu_theory_get_assignment (fixture->theory));
  n_progress = fixture->n_seen[FXU_THEORY_GAINS];
  options.extra_bits = 2;
  fxu_theory_set_options (fixture->theory, &options);
  g_assert_cmpint (fxp_assignment_get_least_bits (fxu_theory_get_assignment (fixture->theory)),
                   ==,
                   least + 2);
  g_assert_cmpuint (fixture->n_seen[FXU_THEORY_GAINS], ==, n_progress);
  check_measured (fixture);

  options.target = -1.0;
  fxu_theory_set_options (fixture->theory, &options);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpfloat (fxu_theory_get_options (fixture->theory)->target, ==, 0.01);
  g_assert_nonnull (fxu_theory_get_assignment (fixture->theory));
}

/* A float run without end. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  fxu_theory_assign (fixture->theory, FXU_THEORY_FROM_BASELINE);
  while (fixture->n_seen[FXU_THEORY_BASELINE] < 3)
    running_session_spin (deadline_us);
  fxu_theory_cancel (fixture->theory);
  g_assert_cmpint (fxu_theory_get_activity (fixture->theory, NULL), ==, FXU_THEORY_IDLE);
  train (fixture, 5);
  g_assert_cmpint (fxu_theory_get_activity (fixture->theory, NULL), ==, FXU_THEORY_IDLE);
  g_assert_null (fxu_theory_get_assignment (fixture->theory));
  g_assert_cmpuint (fixture->n_failed, ==, 0);

  /* The session may go in the middle of another one. */
  fxu_theory_assign (fixture->theory, FXU_THEORY_FROM_BASELINE);
  g_main_context_iteration (NULL, FALSE);
}

static void
test_without_twin (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FxpExperiment) first = fxp_experiment_ref (get_experiment (fixture));

  train (fixture, 100);
  g_assert_false (fxu_theory_can_use_run (fixture->theory));
  fxu_theory_assign (fixture->theory, FXU_THEORY_FROM_RUN);
  spin_until_idle (fixture);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_null (strchr (fixture->failure, '\n'));
  g_assert_null (fxu_theory_get_assignment (fixture->theory));
  g_assert_true (fxp_experiment_equal (get_experiment (fixture), first));
  g_assert_false (fxu_theory_apply (fixture->theory));

  g_clear_pointer (&fixture->failure, g_free);
  assign (fixture, FXU_THEORY_FROM_BASELINE);
}

/* Another network has no assignment, and the old one's is there again with it. */
static void
test_other_network (Fixture *fixture, gconstpointer data)
{
  const FxpTensorId id = {0, FXP_ROLE_ACTIVATION};

  assign (fixture, FXU_THEORY_FROM_BASELINE);
  fxu_theory_set_locked (fixture->theory, id, TRUE);
  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "2-7-4-2"));
  g_assert_null (fxu_theory_get_assignment (fixture->theory));
  g_assert_false (fxu_theory_is_locked (fixture->theory, id));
  fxu_session_undo (fixture->session);
  g_assert_nonnull (fxu_theory_get_assignment (fixture->theory));
  g_assert_true (fxu_theory_is_locked (fixture->theory, id));

  /* Rates, formats and the twin leave the statistics as they are. */
  g_assert_true (fxu_session_set_value (fixture->session, "training.rate", "0.02"));
  g_assert_true (fxu_session_set_value (fixture->session, "training.twin", "false"));
  g_assert_nonnull (fxu_theory_get_assignment (fixture->theory));
  g_assert_true (fxu_session_set_value (fixture->session, "experiment.seed", "4"));
  g_assert_null (fxu_theory_get_assignment (fixture->theory));
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* Where nothing moves there is nothing to assign from; what is assigned already stays. */
static void
test_standstill (Fixture *fixture, gconstpointer data)
{
  assign (fixture, FXU_THEORY_FROM_BASELINE);
  g_assert_true (fxu_session_set_value (fixture->session, "training.batch", "2"));
  train (fixture, 300);
  g_assert_true (fxu_session_set_value (fixture->session, "training.rate", "1e6"));
  fxu_theory_assign (fixture->theory, FXU_THEORY_FROM_BASELINE);
  spin_until_idle (fixture);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_null (strchr (fixture->failure, '\n'));
  g_assert_nonnull (fxu_theory_get_assignment (fixture->theory));
  g_assert_cmpint (fxu_theory_get_source (fixture->theory), ==, FXU_THEORY_FROM_BASELINE);
}

/* By the run so far, before anything is assigned, and by the assignment's statistics then. */
static void
test_judge (Fixture *fixture, gconstpointer data)
{
  const FxpTensorId grad = {1, FXP_ROLE_WEIGHT_GRAD}, weight = {1, FXP_ROLE_WEIGHT};
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];

  g_assert_cmpuint (fxu_theory_judge (fixture->theory, grad, judgements), ==, 0);
  train (fixture, 300);
  g_assert_true (
    fxu_session_set_value (fixture->session, "precision.2.weight-grad.format", "Q0.24"));
  g_assert_cmpfloat (slack_of (fixture, grad, FXP_CRITERION_RQB), >, 0.0);
  g_assert_true (isnan (slack_of (fixture, weight, FXP_CRITERION_EFQN)));

  g_assert_true (
    fxu_session_set_value (fixture->session, "precision.2.weight-grad.format", "Q0.2"));
  g_assert_cmpfloat (slack_of (fixture, grad, FXP_CRITERION_RQB), <, 0.0);

  assign (fixture, FXU_THEORY_FROM_RUN);
  g_assert_false (isnan (slack_of (fixture, weight, FXP_CRITERION_EFQN)));
  g_assert_true (fxu_theory_apply (fixture->theory));
  g_assert_cmpfloat (slack_of (fixture, grad, FXP_CRITERION_RQB), >=, 0.0);
  g_assert_cmpfloat (slack_of (fixture, weight, FXP_CRITERION_EFQN), >=, -1e-9);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  THEORY_TEST ("6.31-apply-and-undo", NULL, test_apply);
  THEORY_TEST ("6.32-baseline", NULL, test_baseline);
  THEORY_TEST ("locks", NULL, test_locks);
  THEORY_TEST ("options", NULL, test_options);
  THEORY_TEST ("cancel", "training.epochs=1000000", test_cancel);
  THEORY_TEST ("without-twin", "training.twin=false", test_without_twin);
  THEORY_TEST ("other-network", NULL, test_other_network);
  THEORY_TEST ("standstill", NULL, test_standstill);
  THEORY_TEST ("judge", NULL, test_judge);
  return g_test_run ();
}
