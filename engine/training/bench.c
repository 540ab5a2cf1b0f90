/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/bench.h"

#include "number/vector-unit-private.h"
#include "tensor/stopwatch-private.h"
#include "training/twins-private.h"

#include <stdlib.h>
#include <time.h>

G_STATIC_ASSERT (FXP_BENCH_N_STAGES == FXP_N_STAGES);

static const char *const stage_nicks[FXP_N_STAGES] = {
  [FXP_STAGE_OTHER] = "other",
  [FXP_STAGE_MULTIPLY] = "multiply",
  [FXP_STAGE_LOWER] = "lower",
  [FXP_STAGE_QUANTIZE] = "quantize",
  [FXP_STAGE_STATISTICS] = "statistics",
};

/* A run and what it is made of. */
typedef struct
{
  FxpExperiment *experiment;
  FxpDataset *dataset;
  FxpScratch *scratch;
  FxpTeam *team;
  FxpLookout lookout;
  FxpTwins *twins;
} Run;

/* Nobody interrupts but by ending the process. */
static gboolean
go_on_cb (gpointer data)
{
  return FALSE;
}

static void
run_init (Run *self, const FxpBench *bench)
{
  *self = (Run){
    .experiment =
      fxp_workload_make_experiment (bench->workload, bench->words, bench->rounding, bench->twin),
    .dataset = fxp_workload_make_dataset (bench->workload),
    .scratch = fxp_scratch_new (),
    .team = fxp_team_new (bench->n_threads),
    .lookout = {.interrupt = go_on_cb},
  };
  self->twins =
    fxp_twins_new (self->experiment, self->dataset, self->scratch, self->team, &self->lookout);
}

static void
run_clear (Run *self)
{
  fxp_twins_free (self->twins);
  fxp_team_free (self->team);
  fxp_scratch_free (self->scratch);
  fxp_dataset_unref (self->dataset);
  fxp_experiment_unref (self->experiment);
}

static void
take_step (Run *self)
{
  /* A step of numbers that left the finite ones takes its time all the same. */
  g_autofree char *cause = NULL;

  fxp_twins_train (self->twins, &cause);
}

/* Samples per second of whole steps, one at least, that take @seconds or a bit more. */
static double
measure_window (Run *self, double seconds)
{
  guint64 n_samples = self->twins->position.interval.n_samples;
  gint64 begin = g_get_monotonic_time ();
  double elapsed;

  do
    {
      take_step (self);
      elapsed = (double)(g_get_monotonic_time () - begin) / G_USEC_PER_SEC;
    }
  while (elapsed < seconds);
  n_samples = self->twins->position.interval.n_samples - n_samples;
  /* The clock counts microseconds. */
  return (double)n_samples / MAX (elapsed, 1e-6);
}

/* Seconds, of all threads together. */
static double
get_processor_time (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return (x > y) - (x < y);
}

static double
find_median (const double *windows)
{
  double sorted[FXP_BENCH_N_WINDOWS];

  for (guint i = 0; i < FXP_BENCH_N_WINDOWS; i++)
    sorted[i] = windows[i];
  qsort (sorted, FXP_BENCH_N_WINDOWS, sizeof sorted[0], compare);
  return sorted[FXP_BENCH_N_WINDOWS / 2];
}

static void
measure_windows (Run *self, double seconds, FxpBenchResult *result)
{
  gint64 begin = g_get_monotonic_time ();
  double processor_time = get_processor_time ();

  for (guint i = 0; i < FXP_BENCH_N_WINDOWS; i++)
    result->windows[i] = measure_window (self, seconds);
  processor_time = get_processor_time () - processor_time;
  result->processors =
    processor_time * G_USEC_PER_SEC / (double)MAX (g_get_monotonic_time () - begin, 1);
  result->samples_per_second = find_median (result->windows);
}

/* Probed steps are rare and take longer, so that few of them by chance would say anything: the mean
 * of both kinds is weighted as a long run would. */
static void
measure_stages (Run *self, double seconds, double *shares)
{
  guint every = fxp_experiment_get_settings (self->experiment)->statistics_every;
  guint64 *step = &self->twins->position.step;
  gint64 begin = g_get_monotonic_time ();
  double sums[2][FXP_N_STAGES] = {{0}};
  guint n[2] = {0};
  double total = 0;

  /* The next one is probed: a step's number decides it. */
  *step = (*step + every - 1) / every * every;
  while (n[0] == 0 || n[1] == 0 || g_get_monotonic_time () < begin + seconds * G_USEC_PER_SEC)
    {
      gboolean probes = *step % every == 0;
      FxpStopwatch stopwatch;

      fxp_stopwatch_use (&stopwatch);
      take_step (self);
      fxp_stopwatch_use (NULL);
      for (guint stage = 0; stage < FXP_N_STAGES; stage++)
        sums[probes][stage] += (double)stopwatch.nanoseconds[stage];
      n[probes]++;
    }
  for (guint stage = 0; stage < FXP_N_STAGES; stage++)
    {
      shares[stage] = sums[0][stage] / n[0] * (every - 1) + sums[1][stage] / n[1];
      total += shares[stage];
    }
  for (guint stage = 0; stage < FXP_N_STAGES; stage++)
    shares[stage] /= total;
}

void
fxp_bench_run (const FxpBench *self, FxpBenchResult *result)
{
  Run run;

  g_return_if_fail (self != NULL && self->workload != NULL && result != NULL);
  g_return_if_fail (self->n_threads >= 1 && self->n_threads <= 64 && self->seconds > 0);

  run_init (&run, self);
  take_step (&run);
  result->first_step = g_get_monotonic_time ();
  measure_window (&run, self->seconds / FXP_BENCH_N_WINDOWS);
  measure_windows (&run, self->seconds, result);
  measure_stages (&run, self->seconds, result->shares);
  run_clear (&run);
}

const char *
fxp_bench_get_stage_nick (guint stage)
{
  g_return_val_if_fail (stage < FXP_BENCH_N_STAGES, NULL);

  return stage_nicks[stage];
}

const char *
fxp_bench_get_vectors (void)
{
  return fxp_vector_unit_get_name (fxp_vector_unit_get ());
}
