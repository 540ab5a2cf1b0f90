/* SPDX-License-Identifier: MIT */
/* A few characters that say what changed, for a mark on a chart.  No GTK. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* "fc2 W 8→5", "A stochastic", "rate 0.05", "all 12→5"; NULL if nothing changed. */
char *fxu_change_label (FxpExperiment *before, FxpExperiment *after) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
