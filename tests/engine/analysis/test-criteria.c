/* SPDX-License-Identifier: MIT */
/* What the criteria say of formats that a user chose. */
#include "config.h"

#include "statistics-case.h"
#include <string.h>

/* C_o with one format changed, judged. */
static guint
judge_changed (const FxpAssignment *assignment,
               guint layer,
               FxpRole role,
               FxpFormat format,
               FxpTensorId judged,
               FxpJudgement judgements[FXP_JUDGEMENTS_MAX])
{
  const FxpQuantizer quantizer = {format, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  g_autoptr (FxpExperiment) changed =
    fxp_experiment_with_quantizer (fxp_assignment_get_experiment (assignment),
                                   (int)layer,
                                   role,
                                   &quantizer);

  return fxp_criteria_judge (fxp_assignment_get_criteria (assignment), changed, judged, judgements);
}

/* Of each role: which criteria apply, and that a bit of step or range is worth a bit of slack. */
static void
test_bits (void)
{
  const FxpCriterion step_criteria[] = {
    FXP_CRITERION_EFQN,
    FXP_CRITERION_EFQN,
    FXP_CRITERION_RQB,
    FXP_CRITERION_BQN,
    FXP_CRITERION_AS,
  };
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);

  for (guint role = 0; role <= FXP_ROLE_WEIGHT_ACC; role++)
    {
      const FxpTensorId id = {1, role};
      const FxpAssigned *assigned = fxp_assignment_get (assignment, id);
      FxpFormat fine = assigned->quantizer.format, narrow = assigned->quantizer.format;
      FxpJudgement judgements[FXP_JUDGEMENTS_MAX];

      fine.word_bits += 3;
      fine.frac_bits += 3;
      g_assert_cmpuint (judge_changed (assignment, 1, role, fine, id, judgements), ==, 2);
      g_assert_cmpuint (judgements[0].criterion,
                        ==,
                        role == FXP_ROLE_WEIGHT_GRAD ? FXP_CRITERION_GC : FXP_CRITERION_RANGE);
      g_assert_cmpuint (judgements[1].criterion, ==, step_criteria[role]);
      g_assert_cmpfloat (judgements[0].slack, ==, assigned->range.slack);
      g_assert_cmpfloat_with_epsilon (judgements[1].slack, assigned->step.slack + 3, 1e-12);
      g_assert_cmpfloat (judgements[1].limit, ==, assigned->step.limit);

      narrow.frac_bits += 2; /* two bits of range go to the step */
      g_assert_cmpuint (judge_changed (assignment, 1, role, narrow, id, judgements), ==, 2);
      g_assert_cmpfloat_with_epsilon (judgements[0].slack, assigned->range.slack - 2, 1e-12);
      g_assert_cmpfloat_with_epsilon (judgements[1].slack, assigned->step.slack + 2, 1e-12);
      g_assert_cmpfloat (judgements[0].slack, <, 0);
      g_assert_cmpfloat (judgements[0].measured, <, judgements[0].limit);
    }
}

/* Numbers, not only differences. */
static void
test_values (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  const FxpAssigned *weight = get_assigned (assignment, 1, FXP_ROLE_WEIGHT);
  const FxpAssigned *gradient = get_assigned (assignment, 1, FXP_ROLE_WEIGHT_GRAD);
  const FxpAssigned *activation_grad = get_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD);
  const FxpAssigned *accumulator = get_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC);

  g_assert_cmpfloat (weight->step.measured, ==, 0x1p-10); /* Delta^2 E */
  g_assert_cmpfloat (weight->step.limit, ==, 0x1p-9);
  g_assert_cmpfloat (weight->step.slack, ==, 0.5);
  g_assert_cmpfloat (gradient->range.measured, ==, 0x1p-5);
  g_assert_cmpfloat (gradient->range.limit, ==, 0x1p-5);
  g_assert_cmpfloat (gradient->step.limit, ==, 0x1p-10);
  g_assert_cmpfloat (activation_grad->range.limit, ==, 0x1p-7);
  g_assert_cmpfloat (activation_grad->step.limit, ==, 0x1p-11);
  g_assert_cmpfloat (accumulator->range.limit, ==, 0x1p-6);
  g_assert_cmpfloat_with_epsilon (accumulator->step.limit, 0x1.01p-17, 1e-16);
}

/* A tensor is judged with the formats that others have now. */
static void
test_others (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  const FxpTensorId accumulator = {1, FXP_ROLE_WEIGHT_ACC};
  const FxpTensorId activation_grad = {1, FXP_ROLE_ACTIVATION_GRAD};
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];
  FxpFormat format = get_assigned (assignment, 1, FXP_ROLE_WEIGHT)->quantizer.format;
  const double slack = get_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC)->step.slack;

  /* W with one bit less leaves residues twice as large. */
  format.word_bits--;
  format.frac_bits--;
  judge_changed (assignment, 1, FXP_ROLE_WEIGHT, format, accumulator, judgements);
  g_assert_cmpfloat (judgements[0].slack, ==, -1);
  g_assert_cmpfloat_with_epsilon (judgements[1].slack, slack, 1e-12);

  /* G_W in steps half as large: half the noise is allowed in G_A, half the step in W_acc. */
  format = get_assigned (assignment, 1, FXP_ROLE_WEIGHT_GRAD)->quantizer.format;
  format.word_bits++;
  format.frac_bits++;
  judge_changed (assignment, 1, FXP_ROLE_WEIGHT_GRAD, format, accumulator, judgements);
  g_assert_cmpfloat_with_epsilon (judgements[1].slack, slack - 1, 1e-12);
  judge_changed (assignment, 1, FXP_ROLE_WEIGHT_GRAD, format, activation_grad, judgements);
  g_assert_cmpfloat (judgements[1].slack, ==, -1);
}

/* What has a sign does not fit into a format without. */
static void
test_signs (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;
  const FxpTensorId weight = {1, FXP_ROLE_WEIGHT}, activation = {1, FXP_ROLE_ACTIVATION};
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];

  assignment = statistics_case_assign (given);
  judge_changed (assignment, 1, FXP_ROLE_WEIGHT, FXP_FORMAT_UNSIGNED (8, 8), weight, judgements);
  g_assert_cmpfloat (judgements[0].measured, ==, 0);
  g_assert_cmpfloat (judgements[0].slack, <, -30);
  /* The other way round costs a bit and breaks nothing. */
  judge_changed (assignment,
                 1,
                 FXP_ROLE_ACTIVATION,
                 FXP_FORMAT_SIGNED (8, 6),
                 activation,
                 judgements);
  g_assert_cmpfloat (judgements[0].slack, ==, 0);
}

/* Nothing is said of float, of tensors that the paper leaves alone, of what is not there, nor from
 * what was never looked at. */
static void
test_nothing (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  g_autoptr (FxpBaseline) empty = NULL, other = NULL;
  g_autoptr (StatisticsCase) deeper = statistics_case_new ("4-3-3-2");
  FxpCriteria criteria = *fxp_assignment_get_criteria (assignment);
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      const FxpTensorId id = {1, role};

      if (role == FXP_ROLE_BIAS)
        g_assert_cmpuint (judge_changed (assignment,
                                         1,
                                         role,
                                         FXP_FORMAT_SIGNED (8, 6),
                                         id,
                                         judgements),
                          ==,
                          0);
      if (role <= FXP_ROLE_BIAS)
        g_assert_cmpuint (judge_changed (assignment, 1, role, FXP_FORMAT_FLOAT, id, judgements),
                          ==,
                          0);
      else
        g_assert_cmpuint (fxp_criteria_judge (&criteria, experiment, id, judgements), ==, 0);
    }

  memset (given->layers, 0, sizeof (FxpLayerBaseline) * given->n_layers);
  given->n_looks = 0;
  empty = statistics_case_get_baseline (given);
  criteria.baseline = empty;
  criteria.gains = NULL;
  for (guint role = FXP_ROLE_WEIGHT_GRAD; role <= FXP_ROLE_ACTIVATION_GRAD; role++)
    {
      const guint n =
        fxp_criteria_judge (&criteria, experiment, (FxpTensorId){1, role}, judgements);

      /* G_A's step is judged by that of G_W. */
      g_assert_cmpuint (n, ==, role == FXP_ROLE_WEIGHT_GRAD ? 0 : 1);
    }
  g_assert_cmpuint (fxp_criteria_judge (&criteria,
                                        experiment,
                                        (FxpTensorId){1, FXP_ROLE_WEIGHT},
                                        judgements),
                    ==,
                    1);
  g_assert_cmpuint (judgements[0].criterion, ==, FXP_CRITERION_RANGE);

  other = statistics_case_get_baseline (deeper);
  criteria.baseline = other;
  g_assert_cmpuint (fxp_criteria_judge (&criteria,
                                        experiment,
                                        (FxpTensorId){1, FXP_ROLE_WEIGHT},
                                        judgements),
                    ==,
                    0);
}

/* A projection's A and G_A are judged as its block's. */
static void
test_projections (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("1x8x8-4C3P-RES(8/2)-GAP-3");
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  const FxpTensorId shared = {3, FXP_ROLE_ACTIVATION_GRAD};
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];
  const FxpTensorId owner = fxp_experiment_get_owner (experiment, shared);

  g_assert_cmpuint (owner.layer, !=, shared.layer);
  g_assert_cmpuint (fxp_criteria_judge (fxp_assignment_get_criteria (assignment),
                                        experiment,
                                        shared,
                                        judgements),
                    ==,
                    2);
  g_assert_cmpfloat (judgements[1].slack, ==, fxp_assignment_get (assignment, owner)->step.slack);
}

static void
test_names (void)
{
  for (guint i = 0; i < FXP_N_CRITERIA; i++)
    {
      g_assert_cmpstr (fxp_criterion_get_nick (i), !=, "");
      g_assert_cmpstr (fxp_criterion_get_name (i), !=, "");
      g_assert_cmpint (fxp_criterion_is_reconstructed (i), ==, i != FXP_CRITERION_NONE);
    }
  g_assert_cmpstr (fxp_criterion_get_nick (FXP_CRITERION_BQN), ==, "BQN");
  g_assert_cmpstr (fxp_criterion_get_name (FXP_CRITERION_AS), ==, "accumulator stopping");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/criteria/bits", test_bits);
  g_test_add_func ("/criteria/values", test_values);
  g_test_add_func ("/criteria/others", test_others);
  g_test_add_func ("/criteria/signs", test_signs);
  g_test_add_func ("/criteria/nothing", test_nothing);
  g_test_add_func ("/criteria/projections", test_projections);
  g_test_add_func ("/criteria/names", test_names);
  return g_test_run ();
}
