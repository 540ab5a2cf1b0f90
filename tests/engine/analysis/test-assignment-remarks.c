/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/noise-gain-private.h"
#include "statistics-case.h"
#include <string.h>

/* Whether a remark has these words. */
static gboolean
has_remark (const FxpAssignment *assignment, const char *words)
{
  g_auto (GStrv) remarks = fxp_assignment_get_remarks (assignment);

  for (guint i = 0; remarks[i] != NULL; i++)
    if (strstr (remarks[i], words) != NULL)
      return TRUE;
  return FALSE;
}

static void
test_paper (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;
  g_auto (GStrv) remarks = NULL;

  statistics_case_settings (given)->dataset_validation_share = 0.2;
  assignment = statistics_case_assign (given);
  remarks = fxp_assignment_get_remarks (assignment);
  g_assert_cmpuint (g_strv_length (remarks), ==, 1);
  g_assert_nonnull (strstr (remarks[0], "reconstructed"));
  for (guint role = 0; role < FXP_N_ROLES; role++)
    g_assert_null (fxp_assignment_explain_notes (assignment, (FxpTensorId){1, role}));
}

static void
test_outside (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) relu = NULL, tanh_ = NULL;

  statistics_case_settings (given)->clip = FALSE;
  statistics_case_settings (given)->momentum = 0.9;
  statistics_case_settings (given)->weight_decay = 1e-4;
  statistics_case_settings (given)->activation = FXP_ACTIVATION_RELU;
  relu = statistics_case_assign (given);
  g_assert_true (has_remark (relu, "training.clip"));
  g_assert_true (has_remark (relu, "without momentum"));
  g_assert_true (has_remark (relu, "weight decay"));
  g_assert_true (has_remark (relu, "ReLU has no upper limit"));
  g_assert_true (has_remark (relu, "dataset.validation-share"));
  g_assert_true (has_remark (relu, "reconstructed"));
  g_assert_false (has_remark (relu, "misses the target"));
  g_assert_false (has_remark (relu, "have a sign"));

  statistics_case_settings (given)->activation = FXP_ACTIVATION_TANH;
  tanh_ = statistics_case_assign (given);
  g_assert_true (has_remark (tanh_, "have a sign"));
  g_assert_false (has_remark (tanh_, "ReLU"));
}

static void
test_target (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->options.bits_max = 3;
  assignment = statistics_case_assign (given);
  g_assert_true (
    has_remark (assignment, "The bound on p_m is 0.188 and misses the target of 0.01"));
  g_assert_false (has_remark (assignment, "promises nothing"));
}

static void
test_no_bound (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->options.bits_max = 2;
  given->weight_gains[0] = given->weight_gains[1] = 100;
  assignment = statistics_case_assign (given);
  g_assert_cmpfloat (fxp_assignment_get_bound (assignment), >=, 1);
  g_assert_true (has_remark (assignment, "misses the target"));
  g_assert_true (has_remark (assignment, "A bound of 1 or more promises nothing"));
}

static void
test_counted (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpBaseline) baseline = statistics_case_get_baseline (given);
  g_autoptr (FxpNoiseGains) gains =
    fxp_noise_gains_new_counted (given->weight_gains, given->activation_gains, 2, 200, 1, 3);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpAssignment) assignment = fxp_assignment_new (given->experiment,
                                                             baseline,
                                                             gains,
                                                             &given->options,
                                                             given->min_rate,
                                                             NULL,
                                                             &error);

  g_assert_no_error (error);
  g_assert_true (has_remark (assignment, "the shares of 3 samples were held to 1"));
  g_assert_true (has_remark (assignment, "1 pair of logits tied on a sample"));
}

/* All that acts is told, in sentences one behind the other. */
static void
test_notes (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;
  g_autofree char *gradient = NULL, *weight = NULL, *activation_grad = NULL, *locked = NULL;

  given->layers[1].weight_grad.min = 0;
  given->layers[1].lambda[FXP_JACOBIAN_EXACT] = 0;
  given->options.bits_max = 6;
  given->weight_gains[0] = 0;
  statistics_case_lock (given, 0, FXP_ROLE_ACTIVATION, FXP_FORMAT_UNSIGNED (4, 4));
  assignment = statistics_case_assign (given);
  gradient = fxp_assignment_explain_notes (assignment, (FxpTensorId){1, FXP_ROLE_WEIGHT_GRAD});
  g_assert_cmpstr (gradient,
                   ==,
                   "The cap of the word length acts: the step is coarser than the criterion asks. "
                   "σ_min was held to its floor, as the gradient all but vanished.");
  weight = fxp_assignment_explain_notes (assignment, (FxpTensorId){0, FXP_ROLE_WEIGHT});
  g_assert_cmpstr (weight, ==, "The criterion asks fewer bits than a word must have.");
  activation_grad =
    fxp_assignment_explain_notes (assignment, (FxpTensorId){1, FXP_ROLE_ACTIVATION_GRAD});
  g_assert_nonnull (strstr (activation_grad, "λ is 0"));
  locked = fxp_assignment_explain_notes (assignment, (FxpTensorId){0, FXP_ROLE_ACTIVATION});
  g_assert_cmpstr (locked, ==, "Locked: kept as it was.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assignment-remarks/paper", test_paper);
  g_test_add_func ("/assignment-remarks/outside", test_outside);
  g_test_add_func ("/assignment-remarks/target", test_target);
  g_test_add_func ("/assignment-remarks/no-bound", test_no_bound);
  g_test_add_func ("/assignment-remarks/counted", test_counted);
  g_test_add_func ("/assignment-remarks/notes", test_notes);
  return g_test_run ();
}
