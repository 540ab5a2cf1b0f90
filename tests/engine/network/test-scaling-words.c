/* SPDX-License-Identifier: MIT */
/* What becomes of W and W_acc, which are one word, when its binary point moves. */
#include "config.h"

#include "moving-trial.h"

#include <math.h>

/* v = W + W_acc of a layer. */
static double *
dup_words (const Trial *self, guint layer)
{
  const FxpTensor *weight = trial_get_tensor (self, layer, FXP_ROLE_WEIGHT);
  const FxpTensor *residue = trial_get_tensor (self, layer, FXP_ROLE_WEIGHT_ACC);
  double *words = trial_decode (weight);
  g_autofree double *residues = trial_decode (residue);

  for (gsize i = 0; i < weight->n; i++)
    words[i] += residues[i];
  return words;
}

/* The two binary points move together; a finer grid has every word of the coarser one. */
static void
test_narrow_words (void)
{
  g_autoptr (Trial) fixed = make_trial (FALSE, 0, NULL);
  g_autoptr (Trial) moving =
    make_trial (FALSE, 0, "precision.*.weight.scaling", "overflow-rate", NULL);

  trial_train (fixed, 0.1);
  trial_train (moving, 0.1);
  for (guint layer = 0; layer < 2; layer++)
    {
      g_autofree double *expected = dup_words (fixed, layer);
      g_autofree double *found = dup_words (moving, layer);
      const FxpTensor *weight = trial_get_tensor (moving, layer, FXP_ROLE_WEIGHT);
      const FxpTensor *residue = trial_get_tensor (moving, layer, FXP_ROLE_WEIGHT_ACC);

      g_assert_cmpint (weight->format.frac_bits, ==, 5);
      g_assert_cmpint (residue->format.frac_bits, ==, 8);
      for (gsize i = 0; i < weight->n; i++)
        {
          g_assert_cmpfloat (found[i], ==, expected[i]);
          g_assert_cmpfloat (fabs (fxp_tensor_get_value (residue, i)), <=, 0.5 / 32);
        }
    }
}

/* Wider words lose at most half a step of the whole word. */
static void
test_widen_words (void)
{
  /* The greatest weight is 511/4096 here, less than the limit of the draws. */
  const char *narrow[] = {"precision.*.weight.format",
                          "Q-3.12",
                          "precision.*.weight-acc.format",
                          "Q-11.15",
                          NULL};
  g_autoptr (Trial) fixed = make_trial (FALSE, 0, narrow[0], narrow[1], narrow[2], narrow[3], NULL);
  g_autoptr (Trial) moving = make_trial (FALSE,
                                         0,
                                         narrow[0],
                                         narrow[1],
                                         narrow[2],
                                         narrow[3],
                                         "precision.*.weight.scaling",
                                         "abs-max",
                                         NULL);

  trial_train (fixed, 0.1);
  trial_train (moving, 0.1);
  for (guint layer = 0; layer < 2; layer++)
    {
      g_autofree double *expected = dup_words (fixed, layer);
      g_autofree double *found = dup_words (moving, layer);
      const FxpTensor *weight = trial_get_tensor (moving, layer, FXP_ROLE_WEIGHT);

      g_assert_cmpint (weight->format.frac_bits, ==, 11);
      g_assert_cmpint (get_frac_bits (moving, layer, FXP_ROLE_WEIGHT_ACC), ==, 14);
      for (gsize i = 0; i < weight->n; i++)
        g_assert_cmpfloat (fabs (found[i] - expected[i]), <=, ldexp (0.5, -14));
    }
}

/* A W_acc that has a rule goes its own way. */
static void
test_own_residue (void)
{
  g_autoptr (Trial) trial = make_trial (FALSE,
                                        0,
                                        "precision.*.weight.scaling",
                                        "overflow-rate",
                                        "precision.*.weight-acc.format",
                                        "Q4.7",
                                        "precision.*.weight-acc.scaling",
                                        "abs-max",
                                        NULL);

  for (guint i = 0; i < 4; i++)
    trial_train (trial, 0.1);
  for (guint layer = 0; layer < 2; layer++)
    {
      int weight = get_frac_bits (trial, layer, FXP_ROLE_WEIGHT);

      /* Residues are at most half a step of W: ten bits finer than it fills a word of twelve. */
      g_assert_cmpint (get_frac_bits (trial, layer, FXP_ROLE_WEIGHT_ACC), >=, weight + 10);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/scaling-words/narrow", test_narrow_words);
  g_test_add_func ("/scaling-words/widen", test_widen_words);
  g_test_add_func ("/scaling-words/own-residue", test_own_residue);
  return g_test_run ();
}
