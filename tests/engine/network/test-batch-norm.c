/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "norm-reference.h"
#include "trial.h"

static Trial *
new_trial (const char *topology, const char *const *more, const FxpShape *shape, gsize n)
{
  const char *changes[24] = {"network.topology", topology, "precision.*.*.format", "float", NULL};

  for (guint i = 0; more != NULL && more[i] != NULL; i++)
    changes[4 + i] = more[i];
  return trial_new (changes, shape, 3, n, FALSE, 0);
}

/* What a convolution of one pixel hands on: its sums of all samples in the channel of @weight. */
static void
get_moments (const Trial *trial, double weight, gsize n_pixels, double *mean, double *variance)
{
  gsize n = trial->n * n_pixels;

  *mean = *variance = 0.0;
  for (gsize i = 0; i < n; i++)
    *mean += weight * trial->inputs[i] / n;
  for (gsize i = 0; i < n; i++)
    *variance += (weight * trial->inputs[i] - *mean) * (weight * trial->inputs[i] - *mean) / n;
}

/* Every channel leaves with mean 0 and deviation 1, times gamma, plus beta; an evaluation takes
 * what steps before have gathered. */
static void
test_statistics (void)
{
  g_autoptr (Trial) trial = new_trial ("1x5x5-2C1-BN-3", NULL, &FXP_SHAPE_3 (1, 5, 5), 7);
  const double weights[] = {2.0, -0.5};
  const FxpTensor *mean, *variance, *normal;

  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, weights);
  trial_train (trial, 0.0);
  normal = trial_get_tensor (trial, 0, FXP_ROLE_NORM);
  mean = fxp_network_get_learnt (trial->network, 0, FXP_LEARNT_MEAN);
  variance = fxp_network_get_learnt (trial->network, 0, FXP_LEARNT_VARIANCE);
  g_assert_cmpuint (normal->n, ==, 7 * 2 * 25);
  for (guint channel = 0; channel < 2; channel++)
    {
      const double n = 7 * 25;
      double mu, sigma2, sum = 0.0, squares = 0.0;

      get_moments (trial, weights[channel], 25, &mu, &sigma2);
      for (gsize sample = 0; sample < 7; sample++)
        for (gsize i = 0; i < 25; i++)
          {
            double z = weights[channel] * (float)trial->inputs[sample * 25 + i];
            gsize at = fxp_tensor_find (normal, (sample * 2 + channel) * 25 + i);
            double value = fxp_tensor_get_value (normal, at);

            g_assert_cmpfloat_with_epsilon (value, (z - mu) / sqrt (sigma2 + EPSILON), 1e-5);
            sum += value;
            squares += value * value;
          }
      g_assert_cmpfloat_with_epsilon (sum / n, 0.0, 1e-6);
      g_assert_cmpfloat_with_epsilon (squares / n, sigma2 / (sigma2 + EPSILON), 1e-5);
      g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (mean, channel), 0.1 * mu, 1e-6);
      g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (variance, channel),
                                      0.9 + 0.1 * sigma2 * n / (n - 1.0),
                                      1e-6);
    }
}

/* A network that has seen enough of one batch says of it in evaluation what it says in training. */
static void
test_evaluation (void)
{
  g_autoptr (Trial) trial = new_trial ("4-6FC-BN-3", NULL, &FXP_SHAPE_1 (4), 300);
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, FALSE};
  FxpStep step = trial_get_step (trial, FALSE);
  g_autofree double *trained = NULL;
  const double *logits;

  for (guint i = 0; i < 400; i++)
    trial_train (trial, i < 100 ? 0.1 : 0.0);
  step.step = trial->step;
  fxp_network_forward (trial->network, trial->inputs, trial->n, &step);
  trained = g_memdup2 (fxp_network_get_logits (trial->network), 900 * sizeof (double));
  fxp_network_forward (trial->network, trial->inputs, trial->n, &evaluation);
  logits = fxp_network_get_logits (trial->network);
  for (gsize i = 0; i < 900; i++)
    g_assert_cmpfloat_with_epsilon (logits[i], trained[i], 0.02);
  /* One sample alone would be nothing but its own mean. */
  fxp_network_forward (trial->network, trial->inputs, 1, &evaluation);
  for (gsize i = 0; i < 3; i++)
    g_assert_cmpfloat_with_epsilon (fxp_network_get_logits (trial->network)[i], logits[i], 1e-9);
}

/* What the sums are shifted and scaled by does not change what leaves, nor the way back. */
static void
test_invariance (void)
{
  g_autoptr (Trial) a = new_trial ("1x4x4-2C1-BN-3", NULL, &FXP_SHAPE_3 (1, 4, 4), 8);
  g_autoptr (Trial) b = new_trial ("1x4x4-2C1-BN-3", NULL, &FXP_SHAPE_3 (1, 4, 4), 8);
  const FxpTensor *of_a, *of_b;

  trial_set_tensor (a, 0, FXP_ROLE_WEIGHT, (double[]){1.0, 3.0});
  trial_set_tensor (b, 0, FXP_ROLE_WEIGHT, (double[]){64.0, 192.0});
  g_assert_cmpfloat_with_epsilon (trial_train (a, 0.0).loss, trial_train (b, 0.0).loss, 1e-3);
  /* A gradient along the weight itself is next to nothing. */
  of_a = trial_get_tensor (a, 0, FXP_ROLE_WEIGHT_GRAD);
  of_b = trial_get_tensor (a, 1, FXP_ROLE_WEIGHT_GRAD);
  for (gsize i = 0; i < of_a->n; i++)
    g_assert_cmpfloat (fabs (fxp_tensor_get_value (of_a, i)), <, 1e-3);
  g_assert_cmpfloat (fabs (fxp_tensor_get_value (of_b, 0)), >, 1e-3);
}

/* Each of its tensors can have a format, and then holds nothing but codes of it. */
static void
test_quantized (void)
{
  const char *changes[] = {"network.topology",
                           "1x6x6-4C3-BN-5FC-BN-3",
                           "precision.1.norm.format",
                           "Q2.4",
                           "precision.2.norm.format",
                           "Q2.5",
                           "precision.1.gamma.format",
                           "Q1.6",
                           "precision.1.beta.format",
                           "Q1.6",
                           "precision.1.norm-grad.format",
                           "Q-3.12",
                           "precision.1.norm-grad.rounding",
                           "stochastic",
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 30, FALSE, 2);
  g_autoptr (Trial) same = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 30, FALSE, 0);
  const FxpRole roles[] = {FXP_ROLE_NORM, FXP_ROLE_GAMMA, FXP_ROLE_BETA, FXP_ROLE_NORM_GRAD};
  double first = trial_train (trial, 0.2).loss, last = 0.0;

  trial_train (same, 0.2);
  for (guint step = 0; step < 60; step++)
    {
      last = trial_train (trial, 0.2).loss;
      trial_train (same, 0.2);
    }
  g_assert_cmpfloat (last, <, 0.7 * first);
  g_assert_cmpfloat (trial_get_loss (trial), ==, trial_get_loss (same));
  for (guint i = 0; i < G_N_ELEMENTS (roles); i++)
    {
      const FxpTensor *tensor = trial_get_tensor (trial, 0, roles[i]);
      FxpTensorId id = {0, roles[i]};

      g_assert_nonnull (tensor);
      g_assert_cmpuint (fxp_network_get_statistics (trial->network, id)->counts.n, >, 0);
      if (roles[i] == FXP_ROLE_NORM)
        g_assert_cmpint (tensor->storage, ==, FXP_STORAGE_I8);
      if (roles[i] == FXP_ROLE_NORM_GRAD)
        g_assert_cmpint (tensor->storage, ==, FXP_STORAGE_I16);
    }
  g_assert_cmpint (trial_get_tensor (trial, 1, FXP_ROLE_NORM_GRAD)->storage, ==, FXP_STORAGE_F32);
  g_assert_null (trial_get_tensor (trial, 0, FXP_ROLE_BIAS));
  g_assert_null (trial_get_tensor (trial, 2, FXP_ROLE_NORM));
  g_assert_nonnull (trial_get_tensor (trial, 2, FXP_ROLE_BIAS));
}

/* A batch of a single value per channel has no deviation. */
static void
test_single_sample (void)
{
  g_autoptr (Trial) trial = new_trial ("4-6FC-BN-3", NULL, &FXP_SHAPE_1 (4), 1);
  const FxpTensor *variance = fxp_network_get_learnt (trial->network, 0, FXP_LEARNT_VARIANCE);
  FxpTensorId id;

  trial_train (trial, 0.1);
  g_assert_false (fxp_network_get_nonfinite (trial->network, &id));
  for (gsize i = 0; i < 6; i++)
    g_assert_cmpfloat ((float)fxp_tensor_get_value (variance, i), ==, 0.9f);
}

/* How many elements of @tensor, of a single channel, are not what @values become in its format. */
static gsize
count_others (const FxpTensor *tensor, const double *values)
{
  const FxpQuantizer quantizer = {tensor->format, FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP};
  g_autofree guint8 *codes = g_malloc (fxp_tensor_get_n_bytes (tensor));
  FxpQuantizeCounts counts = {0};
  gsize n = 0;

  fxp_quantizer_apply (&quantizer, NULL, values, codes, 0, tensor->n, &counts, NULL);
  for (gsize i = 0; i < tensor->n; i++)
    n += fxp_format_get_code (tensor->format, codes, i) !=
         fxp_format_get_code (tensor->format, tensor->data, i);
  return n;
}

/* A word that wraps shows the lowest bits of a double, and these the order of the sums it is made
 * of.  @data: the side of an image. */
static void
test_order (gconstpointer data)
{
  const gsize side = GPOINTER_TO_SIZE (data), n_pixels = side * side, n = 5 * n_pixels;
  g_autofree char *topology =
    g_strdup_printf ("1x%" G_GSIZE_FORMAT "x%" G_GSIZE_FORMAT "-1C1-BN-3", side, side);
  const char *const low_bits[] = {"Q-21.52", "Q-29.60"};
  const char *const roles[] = {"norm", "norm-grad"};

  for (guint looks_back = 0; looks_back < 2; looks_back++)
    {
      g_autofree char *format = g_strdup_printf ("precision.1.%s.format", roles[looks_back]);
      g_autofree char *rounding = g_strdup_printf ("precision.1.%s.rounding", roles[looks_back]);
      g_autofree char *overflow = g_strdup_printf ("precision.1.%s.overflow", roles[looks_back]);
      const char *more[] = {
        format,
        low_bits[looks_back],
        rounding,
        "floor",
        overflow,
        "wrap",
        NULL,
      };
      g_autoptr (Trial) trial = new_trial (topology, more, &FXP_SHAPE_3 (1, side, side), 5);
      g_autofree double *sums = g_new (double, n), *found = g_new (double, n);
      const FxpRole role = looks_back ? FXP_ROLE_NORM_GRAD : FXP_ROLE_NORM;

      trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, (double[]){0.7});
      /* So far apart that no order of adding is exact. */
      for (gsize i = 0; i < n; i++)
        {
          trial->inputs[i] = ldexp (trial->inputs[i], (int)(i * 7 % 41) - 40);
          sums[i] = 0.7f * (float)trial->inputs[i];
        }
      trial_train (trial, 0.1);
      for (guint in_lanes = 0; in_lanes < 2; in_lanes++)
        {
          /* On the way back only the order of its own sums is in question. */
          Reference reference = {5, n_pixels, in_lanes || looks_back, 1.0, 0.0, {0.0}};

          reference_normalize (&reference, sums, found);
          if (looks_back)
            {
              g_autofree double *gradient = trial_dup_values (trial, 0, FXP_ROLE_ACTIVATION_GRAD);
              g_autofree double *normal = trial_dup_values (trial, 0, FXP_ROLE_NORM);

              reference.in_lanes = in_lanes;
              reference_differentiate (&reference, gradient, normal, found);
            }
          if (in_lanes)
            g_assert_cmpuint (count_others (trial_get_tensor (trial, 0, role), found), ==, 0);
          else
            g_assert_cmpuint (count_others (trial_get_tensor (trial, 0, role), found), >, 0);
        }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/batch-norm/statistics", test_statistics);
  g_test_add_func ("/network/batch-norm/evaluation", test_evaluation);
  g_test_add_func ("/network/batch-norm/invariance", test_invariance);
  g_test_add_func ("/network/batch-norm/quantized", test_quantized);
  g_test_add_func ("/network/batch-norm/single-sample", test_single_sample);
  g_test_add_data_func ("/network/batch-norm/order/rest", GSIZE_TO_POINTER (5), test_order);
  g_test_add_data_func ("/network/batch-norm/order/pieces", GSIZE_TO_POINTER (35), test_order);
  return g_test_run ();
}
