/* SPDX-License-Identifier: MIT */
/* Whether a run can be made of an experiment and data, asked before the worker is told.  Any
 * thread. */
#pragma once

#ifndef FXP_COMPILATION
#  error "fit-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"
#include "training/checkpoint.h"

G_BEGIN_DECLS

/* FXP_ERROR_SHAPE if topology and data do not fit, or not into memory. */
gboolean fxp_fit_check (FxpExperiment *experiment, FxpDataset *dataset, GError **error);
/* FXP_ERROR_CHECKPOINT besides, if it is of other data. */
gboolean
fxp_fit_check_checkpoint (const FxpCheckpoint *checkpoint, FxpDataset *dataset, GError **error);

G_END_DECLS
