/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/equalization-private.h"
#include "analysis/exponent-private.h"
#include "analysis/limit-private.h"
#include "statistics-case.h"

/* The noise gains that were released with the wide residual network of CIFAR-10, as
 * precision_offset.py of the paper's code has them: A behind each activation, W of each layer. */
static const double released_activations[] = {
  5.14728904e-01, 1.28971756e-01, 1.12113886e-01, 7.31080845e-02, 8.97526741e-02,
  7.69944191e-02, 8.39371309e-02, 6.37812391e-02, 1.92214891e-01, 1.54414907e-01,
  1.32652089e-01, 1.12686194e-01, 8.50616097e-02, 6.56613559e-02, 1.28648296e-01,
  6.50851801e-02, 2.15582941e-02, 4.79985727e-03, 7.82166724e-04,
};
static const double released_weights[] = {
  2.40889087e+03, 9.80265381e+02, 1.22257690e+03, 1.62437598e+03, 1.51966980e+03, 3.04983301e+03,
  1.46590723e+03, 2.14751270e+03, 2.74122632e+03, 4.96135645e+03, 4.23212891e+03, 4.20190332e+03,
  7.25191992e+03, 2.98789404e+03, 2.85957227e+03, 2.99552051e+03, 5.01816895e+03, 4.33823926e+03,
  1.40675171e+03, 1.29727185e+03, 1.07979958e+02, 8.30818844e+00,
};
static const int activation_offsets[] = {5, 4, 4, 3, 3, 3, 3, 3, 4, 4, 4, 4, 3, 3, 4, 3, 2, 1, 0};
static const int weight_offsets[] = {11, 10, 10, 10, 10, 11, 10, 11, 11, 11, 11,
                                     11, 12, 11, 11, 11, 11, 11, 10, 10, 9,  7};

/* The network of these gains. */
static StatisticsCase *
released_case_new (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) preset = fxp_preset_load ("resnet-cifar10", &error);
  StatisticsCase *self;
  guint n = 0;

  g_assert_no_error (error);
  self = statistics_case_new_of (preset);
  g_assert_cmpuint (self->n_layers, ==, G_N_ELEMENTS (released_weights));
  for (guint i = 0; i < self->n_layers; i++)
    {
      const FxpTensorId id = {i, FXP_ROLE_ACTIVATION};
      const guint owner = fxp_experiment_get_owner (preset, id).layer;

      self->weight_gains[i] = released_weights[i];
      if (i > 0 && owner == i)
        self->activation_gains[i] = released_activations[n++];
      else
        self->activation_gains[i] = self->activation_gains[owner];
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (released_activations));
  return self;
}

static void
check_released (double target, guint extra_bits, int least_bits, double bound)
{
  g_autoptr (StatisticsCase) given = released_case_new ();
  g_autoptr (FxpAssignment) assignment = NULL;
  guint n = 0;

  given->options.target = target;
  given->options.extra_bits = extra_bits;
  assignment = statistics_case_assign (given);
  g_assert_cmpint (fxp_assignment_get_least_bits (assignment), ==, least_bits);
  g_assert_cmpfloat_with_epsilon (fxp_assignment_get_bound (assignment) / bound, 1, 0.001);
  g_assert_cmpfloat (fxp_assignment_get_min_gain (assignment), ==, 7.82166724e-04);
  g_assert_cmpuint (fxp_assignment_get_min_tensor (assignment).layer, ==, 21);
  g_assert_cmpuint (fxp_assignment_get_min_tensor (assignment).role, ==, FXP_ROLE_ACTIVATION);
  for (guint i = 0; i < given->n_layers; i++)
    {
      g_assert_cmpint (get_bits (assignment, i, FXP_ROLE_WEIGHT),
                       ==,
                       weight_offsets[i] + least_bits);
      if (i > 0 && fxp_assignment_get (assignment, (FxpTensorId){i, FXP_ROLE_ACTIVATION}) != NULL)
        g_assert_cmpint (get_bits (assignment, i, FXP_ROLE_ACTIVATION),
                         ==,
                         activation_offsets[n++] + least_bits);
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (activation_offsets));
  assert_slacks (assignment);
}

static void
test_offsets (void)
{
  check_released (0.04, 0, 1, 0.03744);
  check_released (0.01, 0, 2, 0.009361);
  check_released (0.01, 1, 3, 0.002340); /* the bit more that the authors took */
  check_released (0.005, 0, 3, 0.002340);
}

/* Real-valued offsets equalize; whole ones keep within a factor of 2 of that on either side. */
static void
test_equalizes (void)
{
  g_autoptr (StatisticsCase) given = released_case_new ();
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  FxpExperiment *experiment = fxp_assignment_get_experiment (assignment);
  FxpNoiseGains *gains = fxp_assignment_get_gains (assignment);
  const double min_gain = fxp_assignment_get_min_gain (assignment);
  const double share = ldexp (min_gain, 2 * (1 - fxp_assignment_get_least_bits (assignment)));
  double least = INFINITY, greatest = 0;

  for (guint i = 0; i < 2 * given->n_layers; i++)
    {
      const FxpTensorId id = {i / 2, i % 2 == 0 ? FXP_ROLE_WEIGHT : FXP_ROLE_ACTIVATION};
      const FxpCriteria *criteria = fxp_assignment_get_criteria (assignment);
      double gain, offset, contribution;

      if (!fxp_equalization_counts (criteria, experiment, id))
        continue;
      gain = fxp_noise_gains_get (gains, id);
      offset = fxp_log2 (gain / min_gain) / 2;
      g_assert_cmpfloat_with_epsilon (fxp_exp (-2 * G_LN2 * offset) * gain / min_gain, 1, 1e-9);
      contribution = fxp_noise_gains_get_contribution (gains, experiment, id);
      least = MIN (least, contribution);
      greatest = MAX (greatest, contribution);
      g_assert_cmpfloat (contribution, >=, share / 2 * (1 - 1e-12));
      g_assert_cmpfloat (contribution, <=, share * 2 * (1 + 1e-12));
    }
  g_assert_cmpfloat (greatest / least, <=, 4 * (1 + 1e-12));
}

/* One bit more in B_min divides the bound by exactly 4. */
static void
test_bound_falls (void)
{
  double before = 0;

  for (guint extra = 0; extra < 5; extra++)
    {
      g_autoptr (StatisticsCase) given = released_case_new ();
      g_autoptr (FxpAssignment) assignment = NULL;

      given->options.extra_bits = extra;
      assignment = statistics_case_assign (given);
      if (extra > 0)
        g_assert_cmpfloat (fxp_assignment_get_bound (assignment), ==, before / 4);
      before = fxp_assignment_get_bound (assignment);
    }
}

/* B_min is the smallest that meets the target, whatever the gains' size; it may be below 1. */
static void
test_least_bits (void)
{
  for (int n = -60; n <= 20; n += 5)
    {
      g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
      g_autoptr (FxpAssignment) assignment = NULL;
      double sum = 0;
      int bits;

      for (guint i = 0; i < given->n_layers; i++)
        given->weight_gains[i] = given->activation_gains[i] = ldexp (1, n);
      assignment = statistics_case_assign (given);
      bits = fxp_assignment_get_least_bits (assignment);
      sum = ldexp (3, n); /* two W and one A */
      g_assert_cmpfloat (ldexp (sum, 2 * (1 - bits)), <, 0.01);
      g_assert_cmpfloat (ldexp (sum, 2 * (2 - bits)), >=, 0.01);
      g_assert_cmpint (get_bits (assignment, 0, FXP_ROLE_WEIGHT), ==, CLAMP (bits, 2, 24));
      g_assert_cmpint (get_bits (assignment, 1, FXP_ROLE_ACTIVATION), ==, CLAMP (bits, 1, 24));
    }
}

/* A target that the bound meets exactly is not met: it must be below. */
static void
test_strict (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->weight_gains[0] = 1;
  given->options.target = 0x1p-8; /* 4^(1-5) */
  assignment = statistics_case_assign (given);
  g_assert_cmpint (fxp_assignment_get_least_bits (assignment), ==, 6);
}

/* Ranges other than 1 count by kappa^2 (1.6): W of range 4 needs two bits more. */
static void
test_ranges (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  statistics_case_settings (given)->clip = FALSE;
  given->layers[0].weight_peak = 3;
  given->layers[1].weight_peak = 1;
  assignment = statistics_case_assign (given);
  g_assert_cmpint (get_assigned (assignment, 0, FXP_ROLE_WEIGHT)->log2_range, ==, 2);
  g_assert_cmpint (get_bits (assignment, 0, FXP_ROLE_WEIGHT),
                   ==,
                   get_bits (assignment, 1, FXP_ROLE_WEIGHT) + 2);
  g_assert_cmpint (get_log2_step (assignment, 0, FXP_ROLE_WEIGHT),
                   ==,
                   get_log2_step (assignment, 1, FXP_ROLE_WEIGHT));
  g_assert_cmpfloat (fxp_assignment_get_min_gain (assignment), ==, 1);
}

/* The input has the word length that is chosen, takes part only if asked, and is equalized with 0.
 */
static void
test_input (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) plain = NULL, counted = NULL, equalized = NULL;

  given->activation_gains[0] = 0x1p-6; /* of range 1: E' is a quarter of it */
  plain = statistics_case_assign (given);
  assert_assigned (plain, 0, FXP_ROLE_ACTIVATION, 0, 8, -8);
  g_assert_cmpfloat (fxp_assignment_get_min_gain (plain), ==, 1);
  g_assert_cmpint (get_assigned (plain, 0, FXP_ROLE_ACTIVATION)->step.criterion,
                   ==,
                   FXP_CRITERION_NONE);

  given->options.input_counts = TRUE;
  counted = statistics_case_assign (given);
  assert_assigned (counted, 0, FXP_ROLE_ACTIVATION, 0, 8, -8);
  g_assert_cmpfloat (fxp_assignment_get_min_gain (counted), ==, 0x1p-8);
  g_assert_cmpint (fxp_assignment_get_least_bits (counted),
                   ==,
                   fxp_assignment_get_least_bits (plain) - 4);
  g_assert_cmpfloat (fxp_assignment_get_bound (counted),
                     ==,
                     fxp_assignment_get_bound (plain) + ldexp (0x1p-6, -16));

  given->options.input_counts = FALSE;
  given->options.input_bits = 0;
  equalized = statistics_case_assign (given);
  g_assert_cmpint (get_bits (equalized, 0, FXP_ROLE_ACTIVATION),
                   ==,
                   MAX (1, fxp_assignment_get_least_bits (equalized) - 4));
  g_assert_cmpint (get_assigned (equalized, 0, FXP_ROLE_ACTIVATION)->step.criterion,
                   ==,
                   FXP_CRITERION_EFQN);
}

/* What a locked W contributes is taken off the target that the others share; a hopeless one leaves
 * them as they were. */
static void
test_locked_share (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) fine = NULL, coarse = NULL, hopeless = NULL;

  statistics_case_lock (given, 0, FXP_ROLE_WEIGHT, FXP_FORMAT_SIGNED (20, 19));
  fine = statistics_case_assign (given);
  statistics_case_lock (given, 0, FXP_ROLE_WEIGHT, FXP_FORMAT_SIGNED (5, 4)); /* 0.0039 */
  coarse = statistics_case_assign (given);
  statistics_case_lock (given, 0, FXP_ROLE_WEIGHT, FXP_FORMAT_SIGNED (2, 1)); /* 0.25 */
  hopeless = statistics_case_assign (given);
  g_assert_cmpint (fxp_assignment_get_least_bits (fine), ==, 5);
  g_assert_cmpfloat (fxp_assignment_get_bound (fine), <, 0.01);
  g_assert_cmpint (fxp_assignment_get_least_bits (coarse), ==, 6);
  g_assert_cmpfloat (fxp_assignment_get_bound (coarse), <, 0.01);
  g_assert_cmpint (fxp_assignment_get_least_bits (hopeless), ==, 5);
  g_assert_cmpfloat (fxp_assignment_get_bound (hopeless), >, 0.25);
}

/* A tensor whose noise decides nothing has the least word, and is nobody's measure. */
static void
test_no_gain (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->weight_gains[0] = 0;
  given->activation_gains[1] = 1e-290;
  given->weight_gains[1] = 1e190;
  assignment = statistics_case_assign (given);
  g_assert_cmpint (get_bits (assignment, 0, FXP_ROLE_WEIGHT), ==, 2);
  g_assert_true (get_assigned (assignment, 0, FXP_ROLE_WEIGHT)->notes & FXP_NOTE_LEAST);
  g_assert_cmpint (get_bits (assignment, 1, FXP_ROLE_WEIGHT), ==, 24);
  g_assert_true (get_assigned (assignment, 1, FXP_ROLE_WEIGHT)->notes & FXP_NOTE_CAPPED);
  assert_slacks (assignment);
}

/* E_min and B_min of the formats that C_o has are its own. */
static void
test_set_least (void)
{
  g_autoptr (StatisticsCase) given = released_case_new ();
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  FxpCriteria criteria = *fxp_assignment_get_criteria (assignment);

  criteria.min_gain = 0;
  criteria.least_bits = -100;
  fxp_criteria_set_least (&criteria, fxp_assignment_get_experiment (assignment));
  g_assert_cmpfloat (criteria.min_gain, ==, fxp_assignment_get_min_gain (assignment));
  g_assert_cmpint (criteria.least_bits, ==, fxp_assignment_get_least_bits (assignment));
  criteria.gains = NULL;
  fxp_criteria_set_least (&criteria, fxp_assignment_get_experiment (assignment));
  g_assert_cmpfloat (criteria.min_gain, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/equalization/6.7-offsets", test_offsets);
  g_test_add_func ("/equalization/6.14-bound-falls", test_bound_falls);
  g_test_add_func ("/equalization/6.17-equalizes", test_equalizes);
  g_test_add_func ("/equalization/least-bits", test_least_bits);
  g_test_add_func ("/equalization/strict", test_strict);
  g_test_add_func ("/equalization/ranges", test_ranges);
  g_test_add_func ("/equalization/input", test_input);
  g_test_add_func ("/equalization/locked-share", test_locked_share);
  g_test_add_func ("/equalization/no-gain", test_no_gain);
  g_test_add_func ("/equalization/set-least", test_set_least);
  return g_test_run ();
}
