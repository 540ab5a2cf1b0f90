/* SPDX-License-Identifier: MIT */
/* Statistics that nothing can be assigned from: one sentence each, and no assignment. */
#include "config.h"

#include "statistics-case.h"

static void
assert_refused (const StatisticsCase *given, FxpError code, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (statistics_case_try (given, &error));
  g_assert_error (error, FXP_ERROR, (int)code);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_nothing_recorded (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");

  given->n_looks = 0;
  assert_refused (given,
                  FXP_ERROR_RANGE,
                  "Nothing is recorded of the float network yet; expected a baseline of more than "
                  "20 steps");
}

static void
test_nonfinite (void)
{
  const double values[] = {NAN, INFINITY};

  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    {
      g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");

      given->layers[1].weight_grad.max = values[i];
      assert_refused (given,
                      FXP_ERROR_RANGE,
                      "G_W of fc2 became infinite or NaN in the float network; expected a baseline "
                      "that does not diverge");
      /* A network that diverged before the first look is not one of which nothing is known. */
      given->n_looks = 0;
      assert_refused (given,
                      FXP_ERROR_RANGE,
                      "G_W of fc2 became infinite or NaN in the float network; expected a baseline "
                      "that does not diverge");
    }
}

static void
test_vanished (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");

  given->layers[0].activation_grad = (FxpSpread){0};
  assert_refused (given,
                  FXP_ERROR_RANGE,
                  "G_A of fc1 was 0 whenever the float network was looked at; expected a gradient "
                  "to choose a range and a step for");
  given->layers[0].weight_grad = (FxpSpread){0};
  assert_refused (given,
                  FXP_ERROR_RANGE,
                  "G_W of fc1 was 0 whenever the float network was looked at; expected a gradient "
                  "to choose a range and a step for");
}

static void
test_other_network (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (StatisticsCase) other = statistics_case_new ("4-3-3-2");
  g_autoptr (FxpBaseline) baseline = statistics_case_get_baseline (given);
  g_autoptr (FxpNoiseGains) gains = statistics_case_get_gains (other);
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_assignment_new (given->experiment,
                                     baseline,
                                     gains,
                                     &given->options,
                                     given->min_rate,
                                     NULL,
                                     &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message,
                   ==,
                   "The list of noise gains is of another network: its number of layers with "
                   "weights is 3, expected 2");
  g_clear_error (&error);
  g_assert_null (fxp_assignment_new (other->experiment,
                                     baseline,
                                     gains,
                                     &given->options,
                                     given->min_rate,
                                     NULL,
                                     &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
  g_assert_cmpstr (error->message,
                   ==,
                   "The baseline is of another network: its number of layers with weights is 2, "
                   "expected 3");
}

static void
test_gains (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");

  given->n_samples = 0;
  assert_refused (given,
                  FXP_ERROR_DATASET,
                  "The noise gains are of no sample; expected one or more");
  given->n_samples = 1;
  given->activation_gains[1] = NAN;
  assert_refused (given,
                  FXP_ERROR_RANGE,
                  "The noise gain of A of fc2 is not a finite number; expected one of a float "
                  "network that did not diverge");
  given->activation_gains[1] = 0;
  given->weight_gains[0] = INFINITY;
  assert_refused (given,
                  FXP_ERROR_RANGE,
                  "The noise gain of W of fc1 is not a finite number; expected one of a float "
                  "network that did not diverge");
  given->weight_gains[0] = 0;
  given->weight_gains[1] = 0;
  assert_refused (given,
                  FXP_ERROR_DATASET,
                  "All noise gains are 0; expected samples on which two logits differ and depend "
                  "on weights");
}

static void
test_one_class (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-1");

  assert_refused (given,
                  FXP_ERROR_DATASET,
                  "The network tells one class only; expected two or more, between which "
                  "quantization noise could decide");
}

static void
test_options (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");

  given->options.target = 0;
  assert_refused (given,
                  FXP_ERROR_RANGE,
                  "The target of p_m is 0; expected more than 0, at most 1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assignment-check/nothing-recorded", test_nothing_recorded);
  g_test_add_func ("/assignment-check/nonfinite", test_nonfinite);
  g_test_add_func ("/assignment-check/vanished", test_vanished);
  g_test_add_func ("/assignment-check/other-network", test_other_network);
  g_test_add_func ("/assignment-check/gains", test_gains);
  g_test_add_func ("/assignment-check/one-class", test_one_class);
  g_test_add_func ("/assignment-check/options", test_options);
  return g_test_run ();
}
