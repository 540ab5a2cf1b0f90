/* SPDX-License-Identifier: MIT */
/* That what is measured is of this run, adds up and leaves nothing behind. */
#include "training/bench.h"

#include "number/vector-unit-private.h"
#include "tensor/stopwatch-private.h"

#include <math.h>

static FxpBench
make_bench (const char *workload, gboolean twin, guint n_threads)
{
  return (FxpBench){fxp_workload_find (workload, NULL),
                    FXP_WORDS_12,
                    FXP_ROUND_STOCHASTIC,
                    twin,
                    n_threads,
                    0.01};
}

static void
check (const FxpBench *bench)
{
  gint64 begin = g_get_monotonic_time (), end;
  guint n_less = 0, n_more = 0;
  double seconds, least = INFINITY, sum = 0;
  FxpBenchResult result;

  fxp_bench_run (bench, &result);
  end = g_get_monotonic_time ();
  seconds = (double)(end - begin) / G_USEC_PER_SEC;
  /* It warms up, measures and looks where the time goes. */
  g_assert_cmpfloat (seconds, >=, (1.0 / 3 + 4) * bench->seconds);
  g_assert_cmpint (result.first_step, >, begin);
  g_assert_cmpint (result.first_step, <, end - (gint64)(4 * bench->seconds * G_USEC_PER_SEC));
  for (guint i = 0; i < FXP_BENCH_N_WINDOWS; i++)
    {
      g_assert_cmpfloat (result.windows[i], >, 0);
      n_less += result.windows[i] < result.samples_per_second;
      n_more += result.windows[i] > result.samples_per_second;
      least = MIN (least, result.windows[i]);
    }
  g_assert_cmpuint (n_less, <=, 1);
  g_assert_cmpuint (n_more, <=, 1);
  /* No window is shorter than a batch at that rate, and all of them fit into the time. */
  g_assert_cmpfloat (bench->workload->batch / least, <=, seconds);
  g_assert_cmpfloat (result.processors, >, 0);
  g_assert_cmpfloat (result.processors, <, bench->n_threads + 0.1);
  for (guint stage = 0; stage < FXP_BENCH_N_STAGES; stage++)
    {
      g_assert_cmpfloat (result.shares[stage], >=, 0);
      sum += result.shares[stage];
    }
  g_assert_cmpfloat_with_epsilon (sum, 1, 1e-9);
  g_assert_cmpfloat (result.shares[FXP_STAGE_MULTIPLY], >, 0);
  g_assert_cmpfloat (result.shares[FXP_STAGE_QUANTIZE], >, 0);
  g_assert_cmpint (fxp_stopwatch_enter (FXP_STAGE_MULTIPLY), ==, FXP_STAGE_OTHER);
  g_assert_cmpint (fxp_stopwatch_enter (FXP_STAGE_OTHER), ==, FXP_STAGE_OTHER);
}

static void
test_mlp (void)
{
  for (guint twin = 0; twin < 2; twin++)
    for (guint n_threads = 1; n_threads <= 2; n_threads++)
      {
        FxpBench bench = make_bench ("W1", twin, n_threads);

        check (&bench);
      }
}

static void
test_convolutions (void)
{
  FxpBench bench = make_bench ("W2", FALSE, 2);

  bench.words = FXP_WORDS_PAPER;
  bench.rounding = FXP_ROUND_NEAREST_EVEN;
  check (&bench);
}

static void
test_names (void)
{
  static const struct
  {
    FxpStage stage;
    const char *nick;
  } stages[] = {
    {FXP_STAGE_OTHER, "other"},
    {FXP_STAGE_MULTIPLY, "multiply"},
    {FXP_STAGE_LOWER, "lower"},
    {FXP_STAGE_QUANTIZE, "quantize"},
    {FXP_STAGE_STATISTICS, "statistics"},
  };
  FxpVectorUnit best = fxp_vector_unit_get ();

  g_assert_cmpuint (G_N_ELEMENTS (stages), ==, FXP_BENCH_N_STAGES);
  for (guint i = 0; i < G_N_ELEMENTS (stages); i++)
    g_assert_cmpstr (fxp_bench_get_stage_nick (stages[i].stage), ==, stages[i].nick);
  g_assert_cmpstr (fxp_bench_get_vectors (), ==, fxp_vector_unit_get_name (best));
  fxp_vector_unit_limit (FXP_VECTOR_PLAIN);
  g_assert_cmpstr (fxp_bench_get_vectors (), ==, "plain");
  fxp_vector_unit_limit (best);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/bench/mlp", test_mlp);
  g_test_add_func ("/bench/convolutions", test_convolutions);
  g_test_add_func ("/bench/names", test_names);
  return g_test_run ();
}
