/* SPDX-License-Identifier: MIT */
/* How many values every cell, register and update of a deep network counts in a step. */
#include "config.h"

#include "trial.h"

#define N_SAMPLES 12
#define N_STEPS   3

/* Numbers of values are those of one sample. */
typedef struct
{
  gboolean is_normalized;
  guint quantized; /* what becomes A, before it is pooled */
  guint input;     /* what of it enters */
  guint sums;
  guint weights;
  guint units;
  guint gradient; /* what becomes G_A, behind pooling */
} Row;

static const char topology[] = "2x8x8-3C3P-BN-D10-RES(5/2,P1)-GAP-6FC-BN-D40-3";

/* res1s, the projection, has A and G_A in common with res1a and res1b. */
static const Row rows[] = {
  {TRUE, 128, 128, 192, 54, 3, 192}, /* conv1 */
  {TRUE, 192, 192, 80, 135, 5, 80},  /* res1a */
  {TRUE, 80, 80, 80, 225, 5, 5},     /* res1b */
  {TRUE, 192, 192, 80, 15, 5, 5},    /* res1s */
  {TRUE, 80, 5, 6, 30, 6, 6},        /* fc1 */
  {FALSE, 6, 6, 3, 18, 3, 3},        /* fc2 */
};

/* Of one step; 0 where there is no such tensor.  Behind tanh a gradient is quantized twice, the
 * second time at the size of the sums. */
static guint64
get_expected (guint row, FxpRole role, gboolean has_momentum, gboolean is_tanh)
{
  const Row *self = &rows[row];
  const gboolean is_last = row + 1 == G_N_ELEMENTS (rows);

  switch (role)
    {
    case FXP_ROLE_WEIGHT:
    case FXP_ROLE_WEIGHT_ACC:
    case FXP_ROLE_WEIGHT_GRAD:
      return self->weights;
    case FXP_ROLE_MOMENTUM:
      return has_momentum ? self->weights : 0;
    case FXP_ROLE_ACTIVATION:
      return N_SAMPLES * self->quantized;
    case FXP_ROLE_ACTIVATION_GRAD:
      return N_SAMPLES * (self->gradient + (is_tanh && !is_last ? self->sums : 0));
    case FXP_ROLE_BIAS:
      return self->is_normalized ? 0 : self->units;
    case FXP_ROLE_GAMMA:
    case FXP_ROLE_BETA:
      return self->is_normalized ? self->units : 0;
    case FXP_ROLE_NORM:
    case FXP_ROLE_NORM_GRAD:
      return self->is_normalized ? N_SAMPLES * self->sums : 0;
    case FXP_N_ROLES:
    default:
      g_assert_not_reached ();
    }
}

/* The products of a step: sums, gradients of weights, and those of inputs where anything is learnt
 * below. */
static guint64
get_expected_sums (guint row)
{
  const Row *self = &rows[row];

  return N_SAMPLES * self->sums + self->weights + (row == 0 ? 0 : N_SAMPLES * self->input);
}

static void
assert_counts (const Trial *trial, guint row, gboolean has_momentum, gboolean is_tanh)
{
  const FxpUpdateCounts *updates = fxp_network_get_update_counts (trial->network, row);

  for (guint role = 0; role < FXP_N_ROLES; role++)
    {
      const FxpTensorId id = {row, role};
      const FxpStatistics *statistics = fxp_network_get_statistics (trial->network, id);
      const guint64 expected = get_expected (row, role, has_momentum, is_tanh);

      g_assert_cmpuint (statistics->counts.n, ==, N_STEPS * expected);
      /* One of the steps is probed. */
      g_assert_cmpuint (fxp_statistics_get_n (statistics), ==, expected);
    }
  g_assert_cmpuint (fxp_network_get_sum_counts (trial->network, row)->n,
                    ==,
                    N_STEPS * get_expected_sums (row));
  g_assert_cmpuint (updates->n, >, 0);
  g_assert_cmpuint (updates->n, <=, N_STEPS * rows[row].weights);
  g_assert_cmpuint (updates->n_lost, <, updates->n);
}

/* Evaluations between the steps, and a step begun anew, count nothing. */
static void
test_step (gconstpointer data)
{
  const char *activation = data;
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, TRUE};

  for (guint has_momentum = 0; has_momentum < 2; has_momentum++)
    {
      const char *changes[] = {"network.topology",
                               topology,
                               "network.activation",
                               activation,
                               "training.momentum",
                               has_momentum ? "0.9" : "0",
                               "precision.*.*.rounding",
                               "stochastic",
                               /* Products with a float operand are none of the register's. */
                               "precision.*.norm-grad.format",
                               "Q-3.18",
                               "precision.2.norm.format",
                               "Q2.9",
                               "precision.2.gamma.format",
                               "Q1.10",
                               NULL};
      g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_3 (2, 8, 8), 3, N_SAMPLES, FALSE, 0);

      for (guint i = 0; i < N_STEPS; i++)
        {
          FxpStep step = trial_get_step (trial, i == 1);
          FxpStep unprobed = trial_get_step (trial, FALSE);
          FxpStepResult result;

          fxp_network_forward (trial->network, trial->inputs, 5, &evaluation);
          fxp_network_forward (trial->network, trial->inputs, 7, &unprobed);
          take_whole_step (trial->network,
                           trial->inputs,
                           trial->labels,
                           trial->n,
                           0.1,
                           &step,
                           &result);
          trial->step++;
        }
      g_assert_cmpuint (fxp_network_get_n_weighted (trial->network), ==, G_N_ELEMENTS (rows));
      for (guint row = 0; row < G_N_ELEMENTS (rows); row++)
        assert_counts (trial, row, has_momentum, g_str_equal (activation, "tanh"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/counts/step/relu", "relu", test_step);
  g_test_add_data_func ("/network/counts/step/tanh", "tanh", test_step);
  return g_test_run ();
}
