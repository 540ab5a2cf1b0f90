/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "trial.h"

#include <math.h>

#define N_STEPS 1000
#define RATE    0.02

/* Sakr & Shanbhag 2019, 2.6: with room enough in W_acc the split word loses nothing, whatever W's
 * word is. */
static void
test_split_word (gconstpointer data)
{
  const char *rounding = data;
  const char *changes[] = {"network.topology",
                           "4-6-3",
                           "precision.*.weight.format",
                           "Q1.6",
                           "precision.*.weight-acc.format",
                           "Q-6.35",
                           "precision.*.weight-grad.format",
                           "Q2.12",
                           "precision.*.weight.rounding",
                           rounding,
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  const double residue_max = g_str_equal (rounding, "nearest-even") ? 0x1p-7 : 0x1p-6;
  double *words[2] = {NULL, NULL};
  double moved = 0.0;

  for (guint layer = 0; layer < 2; layer++)
    {
      g_autofree double *residues = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT_ACC);

      words[layer] = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT);
      for (gsize i = 0; i < trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT)->n; i++)
        words[layer][i] += residues[i];
    }

  for (guint step = 0; step < N_STEPS; step++)
    {
      trial_train (trial, RATE);
      for (guint layer = 0; layer < 2; layer++)
        {
          const FxpTensor *weight = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT);
          const FxpTensor *residue = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_ACC);
          const FxpTensor *gradient = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD);

          for (gsize i = 0; i < weight->n; i++)
            {
              double value = fxp_tensor_get_value (weight, i);
              double rest = fxp_tensor_get_value (residue, i);

              words[layer][i] -= RATE * fxp_tensor_get_value (gradient, i);
              moved = MAX (moved, fabs (RATE * fxp_tensor_get_value (gradient, i)));
              g_assert_cmpfloat (fabs (value), <, 127.0 / 64.0);
              g_assert_cmpfloat (value * 64.0, ==, rint (value * 64.0));
              g_assert_cmpfloat (fabs (rest), <=, residue_max);
              g_assert_cmpfloat_with_epsilon (value + rest, words[layer][i], 1e-6);
            }
        }
    }
  g_assert_cmpfloat (moved, >, 0.0);
  for (guint layer = 0; layer < 2; layer++)
    g_free (words[layer]);
}

static void
test_float_weight_has_no_residue (void)
{
  const char *changes[] = {"network.topology", "4-6-3", "precision.*.weight.format", "float", NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  g_autofree double *before = trial_dup_values (trial, 1, FXP_ROLE_WEIGHT);
  const FxpTensor *weight = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT);
  const FxpTensor *gradient = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT_GRAD);

  trial_train (trial, RATE);
  for (gsize i = 0; i < weight->n; i++)
    {
      double update = RATE * fxp_tensor_get_value (gradient, i);

      g_assert_cmpfloat (fxp_tensor_get_value (weight, i), ==, (float)(before[i] - update));
      g_assert_cmpfloat (fxp_tensor_get_value (trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT_ACC), i),
                         ==,
                         0.0);
    }
}

/* Without a rate every weight that had a gradient loses its update; with a coarse W_acc most do. */
static void
test_lost (void)
{
  const char *changes[] = {"network.topology",
                           "4-6-3",
                           "precision.*.weight.format",
                           "Q1.6",
                           "precision.*.weight.rounding",
                           "nearest-even",
                           "precision.*.weight-acc.format",
                           "Q-5.10",
                           "precision.*.weight-acc.rounding",
                           "nearest-even",
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 20, FALSE, 0);
  const FxpUpdateCounts *counts = fxp_network_get_update_counts (trial->network, 1);

  /* A residue that was rounded to just half a step of W may move to the even side once. */
  trial_train (trial, 0.0);
  fxp_network_clear_statistics (trial->network);
  trial_train (trial, 0.0);
  g_assert_cmpuint (counts->n, >, 9);
  g_assert_cmpuint (counts->n, <=, 18);
  g_assert_cmpuint (counts->n_lost, ==, counts->n);
  fxp_network_clear_statistics (trial->network);
  trial_train (trial, 4.0);
  g_assert_cmpuint (counts->n_lost, <, counts->n);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/network/update/split-word/nearest", "nearest-even", test_split_word);
  g_test_add_data_func ("/network/update/split-word/floor", "floor", test_split_word);
  g_test_add_data_func ("/network/update/split-word/stochastic", "stochastic", test_split_word);
  g_test_add_func ("/network/update/float-weight", test_float_weight_has_no_residue);
  g_test_add_func ("/network/update/lost", test_lost);
  return g_test_run ();
}
