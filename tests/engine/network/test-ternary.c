/* SPDX-License-Identifier: MIT */
/* Gradients of three values (TernGrad), and that what chance does to gradients keeps their mean;
 * numbers are those of the first paper's acceptance tests. */
#include "config.h"

#include "lone-row.h"
#include "trial.h"

#include <math.h>

#define N_DRAWS 10000
#define N       200

/* G_W as @quantizer says, all else float. */
static void
init_row (LoneRow *row, FxpQuantizer quantizer, FxpGradients gradients)
{
  FxpLayerPrecision precision = {.sum = FXP_SUM_REGISTER_EXACT};

  for (guint role = 0; role < FXP_N_ROLES; role++)
    precision.quantizers[role] = FXP_QUANTIZER_FLOAT;
  precision.quantizers[FXP_ROLE_WEIGHT_GRAD] = quantizer;
  lone_row_init (row, &precision, FALSE, 0.5, N, 0);
  row->pass.gradients = gradients;
}

static double
get_gradient (const LoneRow *row, gsize i)
{
  return fxp_tensor_get_value (row->weights->gradient, i);
}

/* The means of N_DRAWS are within 3 standard errors of what was to come: that of all of them, and
 * each alone but for the 3 in 1000 that chance puts outside. */
static void
check_means (const double *sums, const double *expected, const double *errors)
{
  double total = 0.0, variance = 0.0;
  guint n_outside = 0;

  for (gsize i = 0; i < N; i++)
    {
      const double distance = sums[i] / N_DRAWS - expected[i];

      g_assert_cmpfloat (fabs (distance), <=, 5.0 * errors[i] + 1e-12);
      n_outside += fabs (distance) > 3.0 * errors[i] + 1e-12;
      total += distance;
      variance += errors[i] * errors[i];
    }
  g_assert_cmpfloat (fabs (total), <=, 3.0 * sqrt (variance));
  g_assert_cmpuint (n_outside, <=, 3);
}

/* Of @quantizer's own values, what comes out is 0 or +-@peak, and on average what went in. */
static void
check_ternary (FxpQuantizer quantizer, const double *gradient, double peak)
{
  double sums[N] = {0.0}, expected[N], errors[N];
  LoneRow row;

  init_row (&row, quantizer, FXP_GRADIENTS_TERNARY);
  for (guint draw = 0; draw < N_DRAWS; draw++)
    {
      lone_row_learn (&row, gradient, 0.001);
      for (gsize i = 0; i < N; i++)
        {
          const double value = get_gradient (&row, i);

          g_assert_true (value == 0.0 || value == copysign (peak, gradient[i]));
          sums[i] += value;
        }
    }
  for (gsize i = 0; i < N; i++)
    {
      const double magnitude = fmin (fabs (gradient[i]), peak);

      expected[i] = copysign (magnitude, gradient[i]);
      errors[i] = sqrt (magnitude * (peak - magnitude) / N_DRAWS);
    }
  check_means (sums, expected, errors);
  lone_row_clear (&row);
}

static void
test_ternary (void)
{
  double gradient[N];
  float peak = 0.0f;

  for (gsize i = 0; i < N; i++)
    {
      const FxpNoise noise = fxp_noise_new (1, 0, 0, 0, FXP_STREAM_SYNTHETIC);

      gradient[i] = (float)(0.01 * fxp_noise_normal (noise, (guint32)i));
      peak = fmaxf (peak, fabsf ((float)gradient[i]));
    }
  gradient[5] = 0.0;
  check_ternary (FXP_QUANTIZER_FLOAT, gradient, peak);
}

/* -128 is in the word and 128 is not. */
static void
test_least_code (void)
{
  const FxpQuantizer quantizer = {
    FXP_FORMAT_SIGNED (8, 10),
    FXP_ROUND_NEAREST_AWAY,
    FXP_OVERFLOW_SATURATE,
  };
  double gradient[N];

  for (gsize i = 0; i < N; i++)
    gradient[i] = (i == 7 ? -128.0 : (double)i - 100.0) / 1024.0;
  check_ternary (quantizer, gradient, 127.0 / 1024.0);
}

/* The gradients of the comparison system SQ. */
static void
test_stochastic (void)
{
  const FxpFormat format = FXP_FORMAT_SIGNED (8, 10);
  const double step = fxp_format_get_step (format);
  double gradient[N], sums[N] = {0.0}, errors[N];
  LoneRow row;

  init_row (&row,
            (FxpQuantizer){format, FXP_ROUND_STOCHASTIC, FXP_OVERFLOW_SATURATE},
            FXP_GRADIENTS_PLAIN);
  for (gsize i = 0; i < N; i++)
    gradient[i] = 0.02 * fxp_noise_normal (fxp_noise_new (2, 0, 0, 0, FXP_STREAM_SYNTHETIC), i);
  for (guint draw = 0; draw < N_DRAWS; draw++)
    {
      lone_row_learn (&row, gradient, 0.001);
      for (gsize i = 0; i < N; i++)
        {
          const double value = get_gradient (&row, i);

          g_assert_cmpfloat (value / step, ==, rint (value / step));
          g_assert_cmpfloat (fabs (value - gradient[i]), <, step);
          sums[i] += value;
        }
    }
  for (gsize i = 0; i < N; i++)
    {
      const double rest = gradient[i] / step - floor (gradient[i] / step);

      errors[i] = step * sqrt (rest * (1.0 - rest) / N_DRAWS);
    }
  check_means (sums, gradient, errors);
  lone_row_clear (&row);
}

/* Divergence shows: it is not thinned away. */
static void
test_nonfinite (void)
{
  double gradient[N] = {0.25, NAN, -0.5};
  LoneRow row;

  init_row (&row, FXP_QUANTIZER_FLOAT, FXP_GRADIENTS_TERNARY);
  lone_row_learn (&row, gradient, 0.0);
  g_assert_true (isnan (get_gradient (&row, 1)));
  g_assert_cmpfloat (get_gradient (&row, 2), ==, -0.5);
  gradient[3] = -INFINITY;
  lone_row_learn (&row, gradient, 0.0);
  g_assert_cmpfloat (get_gradient (&row, 0), ==, 0.0);
  g_assert_true (isnan (get_gradient (&row, 1)));
  g_assert_cmpfloat (get_gradient (&row, 2), ==, 0.0);
  g_assert_cmpfloat (get_gradient (&row, 3), ==, -INFINITY);
  lone_row_clear (&row);
}

static Trial *
new_trial (const char *gradients, gboolean twin, guint n_threads)
{
  const char *changes[] = {"network.topology",
                           "40-160-120-10",
                           "precision.2.weight-grad.format",
                           "float",
                           "training.gradients",
                           gradients,
                           NULL};

  return trial_new (changes, &FXP_SHAPE_1 (40), 10, 16, twin, n_threads);
}

static void
train (Trial *trial, guint n_steps)
{
  for (guint i = 0; i < n_steps; i++)
    {
      const FxpStep step = trial_get_step (trial, FALSE);
      FxpStepResult result;

      take_whole_step (trial->network, trial->inputs, trial->labels, trial->n, 0.1, &step, &result);
      trial->step++;
    }
}

/* Any number of threads; a fixed-point run alone. */
static void
test_network (void)
{
  g_autoptr (Trial) alone = new_trial ("ternary", FALSE, 0);
  g_autoptr (Trial) team = new_trial ("ternary", FALSE, 3);
  g_autoptr (Trial) twin = new_trial ("ternary", TRUE, 0);
  g_autoptr (Trial) plain_twin = new_trial ("plain", TRUE, 0);

  train (alone, 12);
  train (team, 12);
  train (twin, 3);
  train (plain_twin, 3);
  trial_assert_same_tensors (alone, team);
  trial_assert_same_counts (alone, team);
  trial_assert_same_tensors (twin, plain_twin);
  for (guint layer = 0; layer < 3; layer++)
    {
      const FxpTensor *gradient = trial_get_tensor (alone, layer, FXP_ROLE_WEIGHT_GRAD);
      double peak = 0.0;

      for (gsize i = 0; i < gradient->n; i++)
        peak = fmax (peak, fabs (fxp_tensor_get_value (gradient, i)));
      g_assert_cmpfloat (peak, >, 0.0);
      for (gsize i = 0; i < gradient->n; i++)
        {
          const double magnitude = fabs (fxp_tensor_get_value (gradient, i));

          g_assert_true (magnitude == 0.0 || magnitude == peak);
        }
    }
}

/* What the cell of G_W counts and measures is its quantizer's work. */
static void
test_statistics (void)
{
  g_autoptr (Trial) ternary = new_trial ("ternary", FALSE, 0);
  g_autoptr (Trial) plain = new_trial ("plain", FALSE, 0);

  trial_train (ternary, 0.1);
  trial_train (plain, 0.1);
  for (guint layer = 0; layer < 3; layer++)
    {
      const FxpTensorId id = {(guint16)layer, FXP_ROLE_WEIGHT_GRAD};

      g_assert_cmpmem (fxp_network_get_statistics (ternary->network, id),
                       sizeof (FxpStatistics),
                       fxp_network_get_statistics (plain->network, id),
                       sizeof (FxpStatistics));
      g_assert_cmpuint (fxp_network_get_update_counts (ternary->network, layer)->n,
                        ==,
                        fxp_network_get_update_counts (plain->network, layer)->n);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/update/6.29-ternary/mean", test_ternary);
  g_test_add_func ("/update/6.29-ternary/least-code", test_least_code);
  g_test_add_func ("/update/6.29-ternary/nonfinite", test_nonfinite);
  g_test_add_func ("/update/6.29-ternary/network", test_network);
  g_test_add_func ("/update/6.29-ternary/statistics", test_statistics);
  g_test_add_func ("/update/6.29-stochastic", test_stochastic);
  return g_test_run ();
}
