/* SPDX-License-Identifier: MIT */
/* Pictures of what both twins have learnt and what they say of samples.  Changes nothing of the
 * run.  Worker only; each function returns NULL where the data or the network have no such picture,
 * and if the twins' lookout gives up. */
#pragma once

#ifndef FXP_COMPILATION
#  error "evaluation-private.h is for engine/ and tests/ only"
#endif

#include "training/twins-private.h"

G_BEGIN_DECLS

#define FXP_SHEET_SAMPLES 40

/* @size x @size points of a plane data set. */
FxpField *fxp_evaluation_make_field (const FxpTwins *twins, guint size) G_GNUC_WARN_UNUSED_RESULT;
/* The first test samples of an image set. */
FxpSheet *fxp_evaluation_make_sheet (const FxpTwins *twins) G_GNUC_WARN_UNUSED_RESULT;
/* The kernels of the first convolution. */
FxpFilters *fxp_evaluation_make_filters (const FxpTwins *twins) G_GNUC_WARN_UNUSED_RESULT;
/* Of test sample @row, or of the last one if there are not so many. */
FxpActivations *
fxp_evaluation_make_activations (const FxpTwins *twins, guint32 row) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
