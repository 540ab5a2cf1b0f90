/* SPDX-License-Identifier: MIT */
/* Low-precision fine-tuning (Mellempudi et al. 2017): training goes on from a float network with
 * clustered weights and 8-bit activations forward, float gradients, and float master weights that
 * learn straight through.  And what a checkpoint gives to conversion. */
#pragma once

#include "dataset/dataset.h"
#include "inference/model.h"
#include "training/checkpoint.h"

G_BEGIN_DECLS

/* The float network of a checkpoint (the twin, or the run itself if all is float), or the run's own
 * words W + W_acc where there is none.  FXP_ERROR_CHECKPOINT if tensors are missing. */
FxpTrained *fxp_trained_new_from_checkpoint (const FxpCheckpoint *checkpoint,
                                             GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  guint64 n_steps;
  double rate; /* 0: 1/50 of the rate the run began with */
} FxpFineTuningOptions;

/* The experiment that fine-tunes for @model: its network and data, W float with the model's
 * clusters (plain words as the one cluster of a layer whose scale is a power of two), A in the
 * model's formats, midpoints up and symmetric, all gradients float, constant rate, no twin.
 * Momentum, decay, batch and augmentation stay.  Its description tells that it does not begin with
 * drawn weights. */
FxpExperiment *
fxp_fine_tuning_get_experiment (const FxpModel *model,
                                const FxpFineTuningOptions *options) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  guint64 n_steps;              /* done */
  double loss_first, loss_last; /* means over the first and last tenth, 1000 steps at most */
  gboolean diverged; /* NaN or infinity, or the last tenth's loss is above both that of the first
                      * step, before anything was learnt, and that of guessing, log (n_classes) */
} FxpFineTuningResult;

typedef void (*FxpFineTuningProgress) (double share,
                                       const FxpFineTuningResult *so_far,
                                       gpointer data);

/* Trains from @checkpoint's float network on; returns a checkpoint whose run is the fine-tuned
 * network. Blocks; not on the main thread.  Divergence is a result.  Errors: those of
 * fxp_trained_new_from_checkpoint(), FXP_ERROR_SHAPE where data do not fit, G_IO_ERROR_CANCELLED.
 */
FxpCheckpoint *fxp_fine_tuning_run (const FxpCheckpoint *checkpoint,
                                    FxpDataset *dataset,
                                    const FxpModel *model,
                                    const FxpFineTuningOptions *options,
                                    guint n_threads,
                                    FxpFineTuningProgress progress,
                                    gpointer progress_data,
                                    GCancellable *cancellable,
                                    FxpFineTuningResult *result,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
