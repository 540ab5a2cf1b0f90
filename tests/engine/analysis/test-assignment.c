/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "statistics-case.h"

/* Of the released configuration of the wide residual network: W, G_W and what follows for W_acc at
 * a least rate of 0.001. */
static const struct
{
  int weight_bits, gradient_bits, log2_gradient_range;
  int accumulator_bits, log2_accumulator_range, log2_accumulator_step;
} released[] = {
  {14, 11, -2, 9, -14, -22},  {13, 12, -4, 13, -13, -25}, {13, 12, -4, 13, -13, -25},
  {13, 11, -5, 13, -13, -25}, {13, 11, -5, 13, -13, -25}, {14, 11, -5, 12, -14, -25},
  {13, 11, -5, 13, -13, -25}, {14, 11, -5, 12, -14, -25}, {14, 11, -5, 12, -14, -25},
  {14, 11, -5, 12, -14, -25}, {14, 11, -5, 12, -14, -25}, {14, 11, -5, 12, -14, -25},
  {15, 11, -5, 11, -15, -25}, {14, 11, -5, 12, -14, -25}, {14, 11, -6, 13, -14, -26},
  {14, 11, -6, 13, -14, -26}, {14, 11, -6, 13, -14, -26}, {14, 11, -6, 13, -14, -26},
  {13, 12, -6, 15, -13, -27}, {13, 12, -6, 15, -13, -27}, {12, 14, -6, 18, -12, -29},
  {10, 14, -2, 16, -10, -25},
};

static void
test_accumulators (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) preset = fxp_preset_load ("resnet-cifar10", &error);
  g_autoptr (StatisticsCase) given = NULL;
  g_autoptr (FxpAssignment) assignment = NULL;

  g_assert_no_error (error);
  given = statistics_case_new_of (preset);
  g_assert_cmpuint (given->n_layers, ==, G_N_ELEMENTS (released));
  given->min_rate = 0.001;
  for (guint i = 0; i < given->n_layers; i++)
    {
      const int weight = released[i].weight_bits, gradient = released[i].gradient_bits;

      statistics_case_lock (given, i, FXP_ROLE_WEIGHT, FXP_FORMAT_SIGNED (weight, weight - 1));
      statistics_case_lock (given,
                            i,
                            FXP_ROLE_WEIGHT_GRAD,
                            FXP_FORMAT_SIGNED (gradient,
                                               gradient - 1 - released[i].log2_gradient_range));
    }
  assignment = statistics_case_assign (given);
  for (guint i = 0; i < given->n_layers; i++)
    assert_assigned (assignment,
                     i,
                     FXP_ROLE_WEIGHT_ACC,
                     released[i].log2_accumulator_range,
                     released[i].accumulator_bits,
                     released[i].log2_accumulator_step);
}

/* Every number of a small case, worked out by hand from table 2.7. */
static void
test_by_hand (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->layers[1].n_weights = 16 * given->layers[1].n_activation_grads;
  assignment = statistics_case_assign (given);
  g_assert_cmpint (fxp_assignment_get_least_bits (assignment), ==, 6); /* 3 x 4^(1-6) < 0.01 */
  g_assert_cmpfloat (fxp_assignment_get_bound (assignment), ==, 3 * 0x1p-10);
  assert_assigned (assignment, 0, FXP_ROLE_WEIGHT, 0, 6, -5);
  assert_assigned (assignment, 0, FXP_ROLE_ACTIVATION, 0, 8, -8);
  assert_assigned (assignment, 0, FXP_ROLE_WEIGHT_GRAD, -5, 6, -10);
  assert_assigned (assignment, 0, FXP_ROLE_ACTIVATION_GRAD, -7, 5, -11); /* 2^-10 / sqrt (4) */
  assert_assigned (assignment, 0, FXP_ROLE_WEIGHT_ACC, -6, 12, -17);     /* 2^-7 2^-10 */
  assert_assigned (assignment, 1, FXP_ROLE_ACTIVATION, 1, 6, -5);
  assert_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD, -7, 4, -10); /* a root of 2 */
  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      const FxpAssigned *assigned = fxp_assignment_get (assignment, (FxpTensorId){1, role});

      if (role > FXP_ROLE_WEIGHT_ACC)
        {
          g_assert_null (assigned);
          continue;
        }
      g_assert_cmpuint (assigned->quantizer.rounding, ==, FXP_ROUND_NEAREST_AWAY);
      g_assert_cmpuint (assigned->quantizer.overflow, ==, FXP_OVERFLOW_SATURATE);
      g_assert_cmpuint (assigned->notes, ==, FXP_NOTE_NONE);
      g_assert_true (
        fxp_quantizer_equal (&assigned->quantizer,
                             fxp_experiment_get_quantizer (fxp_assignment_get_experiment (
                                                             assignment),
                                                           assigned->id)));
    }
  assert_slacks (assignment);
}

/* The released code's constants: sqrt (10), 8, doubled, no fourth root, the other lambda. */
static void
test_code_variant (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  fxp_assignment_options_init (&given->options, FXP_VARIANT_CODE);
  given->layers[1].n_weights = 16 * given->layers[1].n_activation_grads;
  given->layers[1].lambda[FXP_JACOBIAN_SIMPLIFIED] = 64;
  assignment = statistics_case_assign (given);
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_GRAD, -3, 8, -10); /* 2 x 3.16 x 2^-6 */
  assert_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD, -3, 11, -13);
  assert_slacks (assignment);
}

/* Scaling gradients by 2^n moves their formats by n and leaves their word lengths. */
static void
test_scale_gradients (void)
{
  for (int n = -30; n <= 10; n += 8)
    {
      g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
      g_autoptr (FxpAssignment) before = statistics_case_assign (given), after = NULL;
      const FxpAssigned *old = get_assigned (before, 1, FXP_ROLE_WEIGHT_GRAD);

      given->layers[1].weight_grad.max = ldexp (given->layers[1].weight_grad.max, n);
      given->layers[1].weight_grad.min = ldexp (given->layers[1].weight_grad.min, n);
      after = statistics_case_assign (given);
      assert_assigned (after,
                       1,
                       FXP_ROLE_WEIGHT_GRAD,
                       old->log2_range + n,
                       old->quantizer.format.word_bits,
                       n - old->quantizer.format.frac_bits);
    }
}

static void
test_scale_others (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) before = statistics_case_assign (given), slow = NULL, wide = NULL,
                            noisy = NULL;

  given->min_rate /= 2;
  slow = statistics_case_assign (given);
  g_assert_cmpint (get_bits (slow, 1, FXP_ROLE_WEIGHT_ACC),
                   ==,
                   get_bits (before, 1, FXP_ROLE_WEIGHT_ACC) + 1);
  given->min_rate *= 2;

  given->options.extra_bits = 1;
  wide = statistics_case_assign (given);
  g_assert_cmpint (get_bits (wide, 1, FXP_ROLE_WEIGHT),
                   ==,
                   get_bits (before, 1, FXP_ROLE_WEIGHT) + 1);
  g_assert_cmpint (get_bits (wide, 1, FXP_ROLE_WEIGHT_ACC),
                   ==,
                   get_bits (before, 1, FXP_ROLE_WEIGHT_ACC) - 1);
  given->options.extra_bits = 0;

  given->layers[1].lambda[FXP_JACOBIAN_EXACT] *= 4;
  noisy = statistics_case_assign (given);
  g_assert_cmpint (get_bits (noisy, 1, FXP_ROLE_ACTIVATION_GRAD),
                   ==,
                   get_bits (before, 1, FXP_ROLE_ACTIVATION_GRAD) + 1);
}

/* What a gradient that dies out asks for is held back, and it is said. */
static void
test_floor (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->layers[0].weight_grad.min = 0;
  given->layers[1].weight_grad.min = 1e-30;
  assignment = statistics_case_assign (given);
  for (guint i = 0; i < 2; i++)
    {
      assert_assigned (assignment, i, FXP_ROLE_WEIGHT_GRAD, -5, 16, -20); /* 2^-6 2^-12 / 4 */
      g_assert_cmpuint (get_assigned (assignment, i, FXP_ROLE_WEIGHT_GRAD)->notes,
                        ==,
                        FXP_NOTE_FLOORED);
    }
  assert_slacks (assignment);
}

/* A cap keeps the range and coarsens the step. */
static void
test_cap (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;
  const FxpAssigned *assigned;

  given->min_rate = 1e-9;
  given->options.bits_max = 10;
  assignment = statistics_case_assign (given);
  assigned = get_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC);
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC, -6, 10, -15);
  g_assert_cmpuint (assigned->notes, ==, FXP_NOTE_CAPPED);
  g_assert_cmpuint (assigned->step.criterion, ==, FXP_CRITERION_AS);
  g_assert_cmpfloat (assigned->step.slack, <, 0);
  for (guint i = 0; i < 2; i++)
    for (guint role = 0; role <= FXP_ROLE_WEIGHT_ACC; role++)
      g_assert_cmpint (get_bits (assignment, i, role), <=, 10);
}

/* A rate whose product with a step is below every double asks for more bits, not for none. */
static void
test_vanishing_rate (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->min_rate = 0x1p-1070;
  assignment = statistics_case_assign (given);
  for (guint i = 0; i < 2; i++)
    {
      const FxpAssigned *assigned = get_assigned (assignment, i, FXP_ROLE_WEIGHT_ACC);

      g_assert_cmpuint (assigned->quantizer.format.word_bits, ==, given->options.bits_max);
      g_assert_cmpuint (assigned->notes, ==, FXP_NOTE_CAPPED);
      g_assert_cmpfloat (assigned->step.slack, <, 0);
    }
}

/* At least two bits with a sign, the range kept. */
static void
test_least_word (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->layers[1].lambda[FXP_JACOBIAN_EXACT] = 1e-12;
  given->min_rate = 100;
  assignment = statistics_case_assign (given);
  assert_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD, -7, 2, -8);
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC, -6, 2, -7);
  g_assert_cmpuint (get_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC)->notes, ==, FXP_NOTE_LEAST);
  assert_slacks (assignment);
}

/* Statistics of any size give formats that there are. */
static void
test_extremes (void)
{
  const double sizes[] = {1e-300, 1e-44, 1e-38, 1e-30, 1, 1e30, 1e38};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
      g_autoptr (FxpAssignment) assignment = NULL;
      FxpLayerBaseline *layer = &given->layers[1];

      statistics_case_settings (given)->clip = FALSE;
      statistics_case_settings (given)->activation = FXP_ACTIVATION_RELU;
      layer->weight_grad.max = layer->weight_grad.min = sizes[i];
      layer->activation_grad.max = sizes[G_N_ELEMENTS (sizes) - 1 - i];
      layer->weight_peak = layer->activation_max = sizes[i];
      assignment = statistics_case_assign (given);
      for (guint role = 0; role <= FXP_ROLE_WEIGHT_ACC; role++)
        {
          g_assert_true (
            fxp_format_validate (get_assigned (assignment, 1, role)->quantizer.format, NULL));
          g_assert_cmpint (get_bits (assignment, 1, role), <=, 24);
        }
      g_assert_true (isfinite (fxp_assignment_get_bound (assignment)));
    }
}

/* What depends on a locked tensor goes by its step. */
static void
test_locks (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;
  const FxpAssigned *weight;

  statistics_case_lock (given, 0, FXP_ROLE_WEIGHT, FXP_FORMAT_SIGNED (9, 8));
  statistics_case_lock (given, 1, FXP_ROLE_WEIGHT_GRAD, FXP_FORMAT_SIGNED (12, 16));
  assignment = statistics_case_assign (given);
  weight = get_assigned (assignment, 0, FXP_ROLE_WEIGHT);
  assert_assigned (assignment, 0, FXP_ROLE_WEIGHT, 0, 9, -8);
  g_assert_cmpuint (weight->notes, ==, FXP_NOTE_LOCKED);
  g_assert_cmpuint (weight->quantizer.rounding, ==, FXP_ROUND_FLOOR);
  g_assert_cmpuint (weight->quantizer.overflow, ==, FXP_OVERFLOW_WRAP);
  assert_assigned (assignment, 0, FXP_ROLE_WEIGHT_ACC, -9, 9, -17);
  assert_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD, -7, 11, -17); /* 2^-16 / 2 */
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC, -5, 19, -23); /* two shares left: B_min 5 */
  g_assert_cmpfloat (get_assigned (assignment, 1, FXP_ROLE_WEIGHT_GRAD)->range.slack, ==, 0);
  g_assert_cmpfloat (get_assigned (assignment, 1, FXP_ROLE_WEIGHT_GRAD)->step.slack, ==, 6);
}

/* A locked float tensor has no step; others go by the one it would have been given. */
static void
test_float_locks (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) free = statistics_case_assign (given), locked = NULL;
  const FxpAssigned *gradient;

  statistics_case_lock (given, 1, FXP_ROLE_WEIGHT, FXP_FORMAT_FLOAT);
  statistics_case_lock (given, 1, FXP_ROLE_WEIGHT_GRAD, FXP_FORMAT_FLOAT);
  statistics_case_lock (given, 1, FXP_ROLE_ACTIVATION, FXP_FORMAT_FLOAT);
  given->options.extra_bits = 1; /* two of three shares of the bound are gone */
  locked = statistics_case_assign (given);
  gradient = get_assigned (locked, 1, FXP_ROLE_WEIGHT_GRAD);
  g_assert_true (fxp_format_is_float (gradient->quantizer.format));
  g_assert_cmpuint (gradient->range.criterion, ==, FXP_CRITERION_NONE);
  g_assert_true (
    fxp_quantizer_equal (&get_assigned (free, 1, FXP_ROLE_ACTIVATION_GRAD)->quantizer,
                         &get_assigned (locked, 1, FXP_ROLE_ACTIVATION_GRAD)->quantizer));
  g_assert_true (fxp_quantizer_equal (&get_assigned (free, 1, FXP_ROLE_WEIGHT_ACC)->quantizer,
                                      &get_assigned (locked, 1, FXP_ROLE_WEIGHT_ACC)->quantizer));
}

/* V has room for all that gradients add up to, and steps for what one of them adds. */
static void
test_momentum (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  statistics_case_settings (given)->momentum = 0.9;
  assignment = statistics_case_assign (given);
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_GRAD, -5, 6, -10);
  assert_assigned (assignment, 1, FXP_ROLE_MOMENTUM, -1, 14, -14);   /* 2^-5 / 0.1, 0.1 x 2^-10 */
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC, -6, 16, -21); /* 2^-7 2^-14 */
  g_assert_cmpuint (get_assigned (assignment, 1, FXP_ROLE_MOMENTUM)->notes, ==, FXP_NOTE_OUTSIDE);
  g_assert_cmpuint (get_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC)->notes, ==, FXP_NOTE_OUTSIDE);
  assert_slacks (assignment);

  statistics_case_lock (given, 1, FXP_ROLE_MOMENTUM, FXP_FORMAT_SIGNED (8, 10));
  fxp_assignment_unref (assignment);
  assignment = statistics_case_assign (given);
  assert_assigned (assignment, 1, FXP_ROLE_WEIGHT_ACC, -6, 12, -17);
}

/* Activations and weights of other kinds than the paper's. */
static void
test_other_ranges (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) tanh_ = NULL, relu = NULL;
  const FxpAssigned *activation, *input;

  statistics_case_settings (given)->activation = FXP_ACTIVATION_TANH;
  given->layers[0].activation_min = -5.5;
  given->layers[0].activation_max = 3;
  tanh_ = statistics_case_assign (given);
  activation = get_assigned (tanh_, 1, FXP_ROLE_ACTIVATION);
  input = get_assigned (tanh_, 0, FXP_ROLE_ACTIVATION);
  g_assert_cmpint (activation->log2_range, ==, 0);
  g_assert_true (activation->quantizer.format.is_signed);
  assert_assigned (tanh_, 0, FXP_ROLE_ACTIVATION, 3, 8, -4);
  g_assert_true (input->quantizer.format.is_signed);
  g_assert_cmpuint (input->notes, ==, FXP_NOTE_NONE);
  assert_slacks (tanh_);

  statistics_case_settings (given)->activation = FXP_ACTIVATION_RELU;
  statistics_case_settings (given)->clip = FALSE;
  given->layers[1].activation_max = 4;
  given->layers[1].weight_peak = 0.3;
  relu = statistics_case_assign (given);
  activation = get_assigned (relu, 1, FXP_ROLE_ACTIVATION);
  g_assert_cmpint (activation->log2_range, ==, 2);
  g_assert_false (activation->quantizer.format.is_signed);
  g_assert_cmpuint (activation->notes, ==, FXP_NOTE_OUTSIDE);
  g_assert_cmpint (get_assigned (relu, 1, FXP_ROLE_WEIGHT)->log2_range, ==, -1);
  g_assert_cmpuint (get_assigned (relu, 1, FXP_ROLE_WEIGHT)->notes, ==, FXP_NOTE_OUTSIDE);
  assert_slacks (relu);
}

/* Where no gradient passes, G_A has G_W's step. */
static void
test_unseen_lambda (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->layers[1].lambda[FXP_JACOBIAN_EXACT] = 0;
  assignment = statistics_case_assign (given);
  assert_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD, -7, 4, -10);
  g_assert_cmpuint (get_assigned (assignment, 1, FXP_ROLE_ACTIVATION_GRAD)->notes,
                    ==,
                    FXP_NOTE_UNSEEN);
  assert_slacks (assignment);
}

/* A network without a hidden layer has everything but an A of its own. */
static void
test_one_layer (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-2");
  g_autoptr (FxpAssignment) assignment = NULL;

  given->weight_gains[0] = 0.25;
  given->activation_gains[0] = 1e-9; /* does not count */
  assignment = statistics_case_assign (given);
  g_assert_cmpfloat (fxp_assignment_get_min_gain (assignment), ==, 0.25);
  g_assert_cmpuint (fxp_assignment_get_min_tensor (assignment).role, ==, FXP_ROLE_WEIGHT);
  assert_assigned (assignment, 0, FXP_ROLE_WEIGHT, 0, 4, -3); /* 4^(1-4) / 4 < 0.01 */
  assert_assigned (assignment, 0, FXP_ROLE_ACTIVATION, 0, 8, -8);
  assert_assigned (assignment, 0, FXP_ROLE_ACTIVATION_GRAD, -7, 5, -11);
  assert_slacks (assignment);
}

/* Projections share A and G_A with their block. */
static void
test_projections (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("1x8x8-4C3P-RES(8/2)-GAP-3");
  g_autoptr (FxpAssignment) assignment = NULL;
  FxpExperiment *experiment;
  guint n_shared = 0;

  assignment = statistics_case_assign (given);
  experiment = fxp_assignment_get_experiment (assignment);
  for (guint i = 0; i < given->n_layers; i++)
    for (guint role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_WEIGHT_ACC; role++)
      {
        const FxpTensorId id = {i, role};
        const FxpTensorId owner = fxp_experiment_get_owner (experiment, id);

        if (owner.layer == i)
          continue;
        n_shared++;
        g_assert_null (fxp_assignment_get (assignment, id));
        g_assert_true (fxp_quantizer_equal (fxp_experiment_get_quantizer (experiment, id),
                                            &fxp_assignment_get (assignment, owner)->quantizer));
      }
  g_assert_cmpuint (n_shared, ==, 2);
  assert_slacks (assignment);
}

/* Nothing but the assigned cells changes, and the experiment that was given stays as it was. */
static void
test_rest_stays (void)
{
  g_autoptr (StatisticsCase) given = statistics_case_new ("4-3-2");
  g_autoptr (FxpExperiment) before = fxp_experiment_copy (given->experiment);
  g_autoptr (FxpAssignment) assignment = statistics_case_assign (given);
  g_autoptr (FxpAssignment) reference = fxp_assignment_ref (assignment);
  g_auto (GStrv) changes = fxp_experiment_diff (before, fxp_assignment_get_experiment (reference));

  g_assert_true (fxp_experiment_equal (before, given->experiment));
  g_assert_cmpuint (g_strv_length (changes), >, 0);
  for (guint i = 0; changes[i] != NULL; i++)
    g_assert_true (g_str_has_prefix (changes[i], "precision."));
  g_assert_cmpfloat (fxp_assignment_get_min_rate (assignment), ==, given->min_rate);
  g_assert_cmpfloat (fxp_assignment_get_options (assignment)->target, ==, 0.01);
  g_assert_nonnull (fxp_assignment_get_baseline (assignment));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/assignment/6.8-accumulators", test_accumulators);
  g_test_add_func ("/assignment/by-hand", test_by_hand);
  g_test_add_func ("/assignment/code-variant", test_code_variant);
  g_test_add_func ("/assignment/6.14-scale-gradients", test_scale_gradients);
  g_test_add_func ("/assignment/6.14-scale-others", test_scale_others);
  g_test_add_func ("/assignment/floor", test_floor);
  g_test_add_func ("/assignment/cap", test_cap);
  g_test_add_func ("/assignment/vanishing-rate", test_vanishing_rate);
  g_test_add_func ("/assignment/least-word", test_least_word);
  g_test_add_func ("/assignment/extremes", test_extremes);
  g_test_add_func ("/assignment/locks", test_locks);
  g_test_add_func ("/assignment/float-locks", test_float_locks);
  g_test_add_func ("/assignment/momentum", test_momentum);
  g_test_add_func ("/assignment/other-ranges", test_other_ranges);
  g_test_add_func ("/assignment/unseen-lambda", test_unseen_lambda);
  g_test_add_func ("/assignment/one-layer", test_one_layer);
  g_test_add_func ("/assignment/projections", test_projections);
  g_test_add_func ("/assignment/rest-stays", test_rest_stays);
  return g_test_run ();
}
