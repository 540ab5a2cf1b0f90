/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "trial.h"

#include <math.h>

/* Convolutions are formed in place where the sum register is proved wide enough or wraps, and by
 * lowered images where it may saturate: a network whose sums never leave it must not tell the
 * difference. */

/* A network, and a format in which a register of 2 * word - 1 bits holds any sum that occurs but
 * not even one product of the least codes, so that nothing is proved. */
typedef struct
{
  const char *topology;
  FxpShape shape;
  const char *format, *sum_bits;
  guint n, n_threads;
} Case;

static const Case cases[] = {
  {"1x9x8-4C3P-3C2/2-4", {3, {1, 9, 8}}, "Q2.5", "15", 5, 0},
  {"3x8x7-20C3-5C1-4", {3, {3, 8, 7}}, "Q2.9", "23", 3, 2},
  {"3x11x10-17C5P2/3-3C3P/2-4", {3, {3, 11, 10}}, "Q2.13", "31", 4, 0},
  {"3x24x24-10C3P-MP2-12C5/2-4", {3, {3, 24, 24}}, "Q2.13", "31", 5, 3},
  {"2x8x8-5C3P-BN-RES(8/2)-4", {3, {2, 8, 8}}, "Q2.13", "31", 1, 0},
  {"2x16x16-5C3P-RES(9/2,I,NOBN)-4", {3, {2, 16, 16}}, "Q2.13", "31", 5, 0},
};

static Trial *
new_trial (const Case *test, const char *mode, guint n_threads)
{
  const char *changes[] = {
    "network.topology",
    test->topology,
    "precision.*.*.format",
    test->format,
    "precision.*.*.rounding",
    "stochastic",
    "precision.*.sum.register",
    mode,
    "precision.*.sum.bits",
    test->sum_bits,
    NULL,
  };

  return trial_new (changes, &test->shape, 4, test->n, FALSE, n_threads);
}

static void
assert_near (double a, double b, double scale)
{
  g_assert_cmpfloat (ABS (a - b), <=, 1e-12 * scale);
}

/* The two ways take values in other pieces, so that the last bits of their sums may differ. */
static void
assert_same_statistics (const FxpStatistics *a, const FxpStatistics *b)
{
  const double n = (double)MAX (fxp_statistics_get_n (a), 1);

  g_assert_cmpmem (&a->counts, sizeof a->counts, &b->counts, sizeof b->counts);
  g_assert_cmpmem (a->binades, sizeof a->binades, b->binades, sizeof b->binades);
  g_assert_cmpuint (a->n_zero, ==, b->n_zero);
  g_assert_cmpfloat (a->min, ==, b->min);
  g_assert_cmpfloat (a->max, ==, b->max);
  assert_near (a->sum, b->sum, sqrt (n * a->sum_squares));
  assert_near (a->sum_squares, b->sum_squares, a->sum_squares);
  assert_near (a->noise, b->noise, a->noise);
}

static void
assert_same_counts (const FxpNetwork *a, const FxpNetwork *b)
{
  for (guint layer = 0; layer < fxp_network_get_n_weighted (a); layer++)
    {
      const FxpSumCounts *counts = fxp_network_get_sum_counts (a, layer);

      g_assert_cmpuint (counts->n_overflowed, ==, 0);
      g_assert_cmpuint (counts->peak, >, 0);
      g_assert_cmpmem (counts,
                       sizeof *counts,
                       fxp_network_get_sum_counts (b, layer),
                       sizeof *counts);
      g_assert_cmpmem (fxp_network_get_update_counts (a, layer),
                       sizeof (FxpUpdateCounts),
                       fxp_network_get_update_counts (b, layer),
                       sizeof (FxpUpdateCounts));
      for (guint role = 0; role < FXP_N_ROLES; role++)
        {
          const FxpTensorId id = {layer, role};

          assert_same_statistics (fxp_network_get_statistics (a, id),
                                  fxp_network_get_statistics (b, id));
        }
    }
}

/* Counts and codes of two steps, one of them with statistics and the other one in threads. */
static void
test_registers (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Trial) direct = new_trial (test, "wrap", 0);
  g_autoptr (Trial) lowered = new_trial (test, "saturate", test->n_threads);
  Trial *const trials[] = {direct, lowered};
  const FxpFormat format = trial_get_tensor (direct, 0, FXP_ROLE_WEIGHT)->format;

  g_assert_false (fxp_matmul_fits (format,
                                   format,
                                   1,
                                   fxp_experiment_get_precision (direct->experiment, 0)->sum.bits));
  for (guint step = 0; step < 2; step++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (trials); i++)
        {
          const FxpStep taken = trial_get_step (trials[i], step == 0);
          FxpStepResult result;

          take_whole_step (trials[i]->network,
                           trials[i]->inputs,
                           trials[i]->labels,
                           test->n,
                           0.05,
                           &taken,
                           &result);
          trials[i]->step++;
        }
      trial_assert_same_tensors (direct, lowered);
      assert_same_counts (direct->network, lowered->network);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/network/convolution-registers/%u", i);

      g_test_add_data_func (path, &cases[i], test_registers);
    }
  return g_test_run ();
}
