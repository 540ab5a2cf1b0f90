/* SPDX-License-Identifier: MIT */
/* How much memory a run of both twins takes, told before any of it is allocated. */
#pragma once

#ifndef FXP_COMPILATION
#  error "footprint-private.h is for engine/ and tests/ only"
#endif

#include "experiment/experiment.h"

G_BEGIN_DECLS

/* Bytes, from above but not by more than a factor of about two; whatever the formats, as these
 * may change at any step.  The topology must fit @input.  @n_samples: of the training data. */
double fxp_footprint_estimate (const FxpExperiment *experiment,
                               const FxpShape *input,
                               guint n_classes,
                               gsize n_samples);
/* How many samples a network evaluates at a time: as many as keep few enough values in
 * memory, 1..256. A property of the network alone, so that neither memory nor thread counts can
 * show in results; 1 if the topology does not fit @input. */
guint fxp_footprint_get_chunk (const FxpTopology *topology, const FxpShape *input);
/* What a run may take of this computer's memory, in bytes. */
double fxp_footprint_get_limit (void);
/* FXP_ERROR_SHAPE if the estimate is above @limit. */
gboolean fxp_footprint_check (const FxpExperiment *experiment,
                              const FxpShape *input,
                              guint n_classes,
                              gsize n_samples,
                              double limit,
                              GError **error);

G_END_DECLS
