/* SPDX-License-Identifier: MIT */
/* Where the time of a step goes, as seen by the thread that asked to know. */
#pragma once

#ifndef FXP_COMPILATION
#  error "stopwatch-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  FXP_STAGE_OTHER,
  FXP_STAGE_MULTIPLY,   /* micro-kernels */
  FXP_STAGE_LOWER,      /* copying and packing operands */
  FXP_STAGE_QUANTIZE,   /* values to codes, counting included, and updating weights */
  FXP_STAGE_STATISTICS, /* moments and histograms of probed steps */
  FXP_N_STAGES
} FxpStage;

typedef struct
{
  gint64 began;   /* nanoseconds, monotonic */
  FxpStage stage; /* under way */
  gint64 nanoseconds[FXP_N_STAGES];
} FxpStopwatch;

/* Measures this thread from now on, in FXP_STAGE_OTHER; NULL: no more. */
void fxp_stopwatch_use (FxpStopwatch *self);
/* From here on the thread is at @stage; returns where it was, to go back to.  Costs next to nothing
 * on threads that are not measured. */
FxpStage fxp_stopwatch_enter (FxpStage stage);

G_END_DECLS
