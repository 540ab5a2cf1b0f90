/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/health.h"

#include <math.h>

/* A tensor of a thousand values of magnitude 1 .. 2. */
static FxpTensorView
make_view (guint64 n_overflowed, guint64 n_underflowed)
{
  FxpTensorView view;
  double values[1000];

  fxp_statistics_clear (&view.statistics);
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    values[i] = 1.0 + i / 1000.0;
  fxp_statistics_add (&view.statistics, FXP_FORMAT_FLOAT, values, NULL, G_N_ELEMENTS (values));
  view.statistics.counts.n = 1000;
  view.statistics.counts.n_overflowed = n_overflowed;
  view.statistics.counts.n_underflowed = n_underflowed;
  view.statistics.noise = view.statistics.sum_squares / 100.0;
  return view;
}

static const FxpQuantizer fixed = {{8, 5, TRUE}, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};

static void
test_verdicts (void)
{
  const FxpQuantizer real = FXP_QUANTIZER_FLOAT;
  FxpTensorView well = make_view (0, 0);
  FxpTensorView over = make_view (100, 900);
  FxpTensorView under = make_view (1, 500);
  FxpLayerView lost = {.n_updates = 100, .n_lost_updates = 60};
  FxuVerdict verdict;

  verdict = fxu_health_judge (&fixed, &well, NULL, FALSE);
  g_assert_cmpint (verdict.health, ==, FXU_HEALTH_OK);
  g_assert_cmpfloat_with_epsilon (verdict.sqnr_db, 20.0, 1e-9);
  g_assert_true (isnan (verdict.lost));
  g_assert_cmpint (fxu_health_judge (&fixed, &over, NULL, FALSE).health, ==, FXU_HEALTH_OVER);
  verdict = fxu_health_judge (&fixed, &under, NULL, FALSE);
  g_assert_cmpint (verdict.health, ==, FXU_HEALTH_UNDER);
  g_assert_cmpfloat (verdict.under, ==, 0.5);
  verdict = fxu_health_judge (&fixed, &well, &lost, FALSE);
  g_assert_cmpint (verdict.health, ==, FXU_HEALTH_LOST);
  g_assert_cmpfloat (verdict.lost, ==, 0.6);
  g_assert_cmpint (fxu_health_judge (&fixed, NULL, NULL, FALSE).health, ==, FXU_HEALTH_UNKNOWN);
  g_assert_cmpint (fxu_health_judge (&real, &over, NULL, FALSE).health, ==, FXU_HEALTH_FLOAT);
}

/* Before the worker has measured, the old values under the new format tell what would be. */
static void
test_predicted (void)
{
  FxpTensorView well = make_view (0, 0);
  const FxpQuantizer narrow = {{8, 9, TRUE}, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  const FxpQuantizer coarse = {{4, -4, TRUE}, FXP_ROUND_NEAREST_EVEN, FXP_OVERFLOW_SATURATE};
  FxuVerdict verdict;

  verdict = fxu_health_judge (&narrow, &well, NULL, TRUE);
  g_assert_cmpint (verdict.health, ==, FXU_HEALTH_OVER);
  g_assert_true (verdict.predicted);
  g_assert_true (isnan (verdict.sqnr_db));
  verdict = fxu_health_judge (&coarse, &well, NULL, TRUE);
  g_assert_cmpint (verdict.health, ==, FXU_HEALTH_UNDER);
  verdict = fxu_health_judge (&fixed, &well, NULL, TRUE);
  g_assert_cmpint (verdict.health, ==, FXU_HEALTH_OK);
}

static void
test_sum (void)
{
  FxpSumRegister sum = {FXP_SUM_WRAP, 12};
  FxpLayerView layer = {.sum = {.n = 1000, .n_overflowed = 0, .peak = 1000}};

  g_assert_cmpint (fxu_health_judge_sum (&sum, NULL, FALSE).health, ==, FXU_HEALTH_UNKNOWN);
  g_assert_cmpint (fxu_health_judge_sum (&sum, &layer, FALSE).health, ==, FXU_HEALTH_OK);
  g_assert_cmpint (fxu_health_judge_sum (&sum, &layer, TRUE).health, ==, FXU_HEALTH_OK);
  sum.bits = 8;
  g_assert_cmpint (fxu_health_judge_sum (&sum, &layer, TRUE).health, ==, FXU_HEALTH_OVER);
  layer.sum.n_overflowed = 300;
  g_assert_cmpint (fxu_health_judge_sum (&sum, &layer, FALSE).health, ==, FXU_HEALTH_OVER);
}

static void
test_words (void)
{
  static const struct
  {
    double share;
    const char *text;
  } shares[] = {
    {0.0, "0 %"},
    {1e-9, "< 0.1 %"},
    {0.0123, "1.2 %"},
    {0.0991, "9.9 %"},
    {0.0996, "10 %"},
    {1.0, "100 %"},
    {NAN, "–"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      g_autofree char *text = fxu_share_to_string (shares[i].share);

      g_assert_cmpstr (text, ==, shares[i].text);
    }
  for (int health = FXU_HEALTH_UNKNOWN; health <= FXU_HEALTH_LOST; health++)
    for (int predicted = 0; predicted < 2; predicted++)
      {
        FxuVerdict verdict = {health, predicted, 0.5, 0.5, 0.5, 20.0};
        g_autofree char *text = fxu_verdict_to_string (&verdict);

        g_assert_cmpuint (strlen (text), >, 0);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/precision/health/verdicts", test_verdicts);
  g_test_add_func ("/precision/health/predicted", test_predicted);
  g_test_add_func ("/precision/health/sum", test_sum);
  g_test_add_func ("/precision/health/words", test_words);
  return g_test_run ();
}
