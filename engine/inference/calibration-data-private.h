/* SPDX-License-Identifier: MIT */
/* The samples that a model is calibrated with: training samples without replacement, in an order
 * drawn by the run's seed, batch by batch. */
#pragma once

#ifndef FXP_COMPILATION
#  error "calibration-data-private.h is for engine/ and tests/ only"
#endif

#include "dataset/dataset.h"
#include "inference/model-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpDataset *dataset; /* owned */
  guint32 *rows;       /* owned; in the order drawn */
  guint size;          /* samples of every batch; all there are where that is less than asked for */
  guint n_batches;     /* as many whole ones as there are samples for, at most those asked for */
  double *inputs;      /* owned; of a batch */
} FxpCalibrationData;

/* FXP_ERROR_SHAPE where the data do not fit the model or there are none. */
gboolean fxp_calibration_data_init (FxpCalibrationData *self,
                                    const FxpModel *model,
                                    FxpDataset *dataset,
                                    guint n_batches,
                                    GError **error);
void fxp_calibration_data_clear (FxpCalibrationData *self);
/* Puts batch @batch into inputs. */
void fxp_calibration_data_gather (FxpCalibrationData *self, guint batch);
/* Gives inputs of @model the exponent that its scaling chooses for the greatest magnitude in all
 * batches: engines take it as it is. */
gboolean fxp_calibration_data_fit_input (FxpCalibrationData *self,
                                         FxpModel *model,
                                         GCancellable *cancellable,
                                         GError **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxpCalibrationData, fxp_calibration_data_clear)

G_END_DECLS
