/* SPDX-License-Identifier: MIT */
/* Formulas with their numbers, as a user reads them. */
#include "config.h"

#include "statistics-case.h"

static void
assert_explained (const FxpAssignment *assignment,
                  guint layer,
                  FxpRole role,
                  const char *range,
                  const char *step)
{
  const FxpTensorId id = {layer, role};
  g_autofree char *found_range = fxp_assignment_explain_range (assignment, id);
  g_autofree char *found_step = fxp_assignment_explain_step (assignment, id);

  if (range != NULL)
    g_assert_cmpstr (found_range, ==, range);
  if (step != NULL)
    g_assert_cmpstr (found_step, ==, step);
}

static void
test_paper (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->weight_gains[1] = 4;
  given->layers[1].n_weights = 1600;
  assignment = statistics_case_assign (given);
  assert_explained (assignment,
                    1,
                    FXP_ROLE_WEIGHT,
                    "r = 1, as weights are clipped to [-1, 1]",
                    "B = round (log2 sqrt (E / E_min)) + B_min = round (log2 sqrt (4 / 1)) + 6 = "
                    "7");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_ACTIVATION,
                    "r = 2, as activations are clipped to [0, 2]",
                    "B = round (log2 sqrt (E / E_min)) + B_min = round (log2 sqrt (1 / 1)) + 6 = "
                    "6");
  assert_explained (assignment,
                    0,
                    FXP_ROLE_ACTIVATION,
                    "r = 2^0, the least in which no input saturates: max |A| = 0.9",
                    "B = 8, as chosen for the input");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_WEIGHT_GRAD,
                    "r = 2^ceil (log2 (2 c σ_max)) = 2^ceil (log2 (2 × 1 × 0.0156)) = 2^-5",
                    "Δ = 2^floor (log2 (σ_min / 4)) = 2^floor (log2 (0.00391 / 4)) = 2^-10, "
                    "B = log2 (r / Δ) + 1 = -5 + 10 + 1 = 6");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_ACTIVATION_GRAD,
                    "r = 2^ceil (log2 (k c σ_max)) = 2^ceil (log2 (4 × 1 × 0.00195)) = 2^-7",
                    "Δ = 2^floor (log2 (Δ_GW (|G_W| / |G_A|)^(1/4) / sqrt (λ))) = 2^floor (log2 "
                    "(2^-10 (1600 / 100)^(1/4) / sqrt (4))) = 2^-10, B = log2 (r / Δ) + 1 = -7 + "
                    "10 + 1 = 4");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_WEIGHT_ACC,
                    "r = Δ_W / 2 = 2^-6 / 2 = 2^-7",
                    "Δ = 2^(ceil (log2 (γ_min Δ_GW)) - 1) = 2^(ceil (log2 (0.00784 × 2^-10)) - 1) "
                    "= 2^-17, "
                    "B = log2 (r / Δ) + 1 = -7 + 17 + 1 = 11");
}

static void
test_code (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  fxp_assignment_options_init (&given->options, FXP_VARIANT_CODE);
  given->options.bits_max = 4;
  assignment = statistics_case_assign (given);
  assert_explained (assignment,
                    1,
                    FXP_ROLE_ACTIVATION_GRAD,
                    "r = 2 × 2^ceil (log2 (k c σ_max)) = 2 × 2^ceil (log2 (8 × 3.16 × 0.00195)) = "
                    "2^-3",
                    "Δ = 2^floor (log2 (Δ_GW / sqrt (λ))) = 2^floor (log2 (2^-6 / sqrt (4))) = "
                    "2^-7, B = log2 (r / Δ) + 1 = -3 + 7 + 1 = 5, held to 4");
}

static void
test_outside (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  statistics_case_settings (given)->momentum = 0.5;
  statistics_case_settings (given)->clip = FALSE;
  statistics_case_settings (given)->activation = FXP_ACTIVATION_RELU;
  given->layers[1].weight_peak = 1.75;
  given->layers[1].lambda[FXP_JACOBIAN_EXACT] = 0;
  given->weight_gains[0] = 0;
  statistics_case_lock (given, 0, FXP_ROLE_WEIGHT_GRAD, FXP_FORMAT_SIGNED (8, 12));
  assignment = statistics_case_assign (given);
  assert_explained (assignment,
                    1,
                    FXP_ROLE_WEIGHT,
                    "r = 2^ceil (log2 max |W|) = 2^ceil (log2 1.75) = 2^1",
                    "B = round (log2 sqrt (E / E_min)) + B_min = round (log2 sqrt (4^1 × 1 / 1)) "
                    "+ 5 = 6");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_ACTIVATION,
                    "r = 2^ceil (log2 max |A|) = 2^ceil (log2 1.9) = 2^1",
                    NULL);
  assert_explained (assignment,
                    0,
                    FXP_ROLE_WEIGHT,
                    NULL,
                    "B = 0, held to 2, as E = 0: its noise decides nothing");
  assert_explained (assignment, 0, FXP_ROLE_WEIGHT_GRAD, "locked at Q-5.12", "locked at Q-5.12");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_MOMENTUM,
                    "r = 2^ceil (log2 (r_GW / (1 - μ))) = 2^ceil (log2 (0.0312 / 0.5)) = 2^-4",
                    "Δ = 2^floor (log2 ((1 - μ) Δ_GW)) = 2^floor (log2 (0.5 × 2^-10)) = 2^-11, "
                    "B = log2 (r / Δ) + 1 = -4 + 11 + 1 = 8");
  assert_explained (assignment,
                    1,
                    FXP_ROLE_ACTIVATION_GRAD,
                    NULL,
                    "Δ = Δ_GW = 2^-10, B = log2 (r / Δ) + 1 = -7 + 10 + 1 = 4");
  g_assert_null (fxp_assignment_explain_range (assignment, (FxpTensorId){0, FXP_ROLE_BIAS}));
  g_assert_null (fxp_assignment_explain_step (assignment, (FxpTensorId){0, FXP_ROLE_BIAS}));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assignment-reasons/paper", test_paper);
  g_test_add_func ("/assignment-reasons/code", test_code);
  g_test_add_func ("/assignment-reasons/outside", test_outside);
  return g_test_run ();
}
