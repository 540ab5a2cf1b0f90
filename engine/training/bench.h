/* SPDX-License-Identifier: MIT */
/* How fast a workload trains: the steps of a run, loading, statistics and twin included, without a
 * window or files. */
#pragma once

#include "training/workload.h"

G_BEGIN_DECLS

#define FXP_BENCH_N_WINDOWS 3
#define FXP_BENCH_N_STAGES  5

typedef struct
{
  const FxpWorkload *workload;
  FxpWords words;
  FxpRounding rounding;
  gboolean twin;   /* the float twin trains too */
  guint n_threads; /* 1..64 */
  double seconds;  /* of each window, more than 0 */
} FxpBench;

typedef struct
{
  gint64 first_step;                   /* when it was done: g_get_monotonic_time() */
  double windows[FXP_BENCH_N_WINDOWS]; /* samples per second, in order of time */
  double samples_per_second;           /* their median */
  double processors; /* seconds of processors a second over all windows; below 1: others had them */
  /* Of the time of a step, probed steps by their share; what the calling thread does and waits for.
   * Their sum is 1. */
  double shares[FXP_BENCH_N_STAGES];
} FxpBenchResult;

/* Takes the first step, more for a third of a window to warm up, three windows, and then about one
 * window of steps of which every stage is timed.  Blocks, and trains on the calling thread. */
void fxp_bench_run (const FxpBench *self, FxpBenchResult *result);
/* "other", "multiply", "lower", "quantize", "statistics" */
const char *fxp_bench_get_stage_nick (guint stage);
/* The vector instructions that kernels use here, as in ROUNDOFF_VECTORS. */
const char *fxp_bench_get_vectors (void);

G_END_DECLS
