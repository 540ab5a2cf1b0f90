/* SPDX-License-Identifier: MIT */
/* What the theory board's charts of feedforward and reflected noise show.  Of that board alone. */
#pragma once

#include "plot/chart.h"
#include "plot/dot-chart.h"
#include "run/noise-watch.h"

G_BEGIN_DECLS

/* Series of the chart of p_m. */
typedef enum
{
  FXU_MISMATCH_BOUND,     /* predicted */
  FXU_MISMATCH_QUANTIZED, /* measured: the float twin, quantized */
  FXU_MISMATCH_TWINS,     /* measured: the two runs */
  FXU_N_MISMATCH_LINES
} FxuMismatchLine;

FxuChart *fxu_noise_charts_make_mismatch (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_noise_charts_dress_mismatch (FxuChart *chart, const FxuPalette *palette);
void fxu_noise_charts_append_sight (FxuChart *chart, const FxuNoiseSight *sight);

/* Delta^2 E of each layer's W and A. */
FxuDotChart *fxu_noise_charts_make_contributions (void) G_GNUC_WARN_UNUSED_RESULT;
/* @gains NULL: nothing is known, and the chart says whether it soon will be.  @assignment: NULL, or
 * whose share is the limit. */
void fxu_noise_charts_fill_contributions (FxuDotChart *chart,
                                          FxpExperiment *experiment,
                                          const FxpNoiseGains *gains,
                                          const FxpAssignment *assignment,
                                          gboolean is_measuring);

/* Noise power in G_W for that of G_A, over G_W's own. */
FxuDotChart *fxu_noise_charts_make_reflected (void) G_GNUC_WARN_UNUSED_RESULT;
/* @baseline NULL: nothing is known. */
void fxu_noise_charts_fill_reflected (FxuDotChart *chart,
                                      FxpExperiment *experiment,
                                      const FxpBaseline *baseline);

/* Word lengths over depth. */
FxuDotChart *fxu_noise_charts_make_profile (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_noise_charts_fill_profile (FxuDotChart *chart, FxpExperiment *experiment);

G_END_DECLS
