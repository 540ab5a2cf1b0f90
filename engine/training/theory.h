/* SPDX-License-Identifier: MIT */
/* What a run's float network says about precision: measured from a checkpoint, away from the
 * worker. Any thread; the async forms come back in the caller's thread-default main context. */
#pragma once

#include "analysis/assignment.h"
#include "analysis/mismatch.h"
#include "dataset/dataset.h"
#include "training/checkpoint.h"

G_BEGIN_DECLS

typedef struct
{
  guint n_samples;       /* of the slice, 1 or more; default 500 */
  gboolean caps_samples; /* 5.2; default FALSE */
  FxpSplit
    slice; /* validation data if there are any, else test data, whose labels are not looked at */
} FxpTheoryOptions;

void fxp_theory_options_init (FxpTheoryOptions *self, FxpDataset *dataset);

/* Told now and then: share done, and the running mean (borrowed; NULL where there is none). */
typedef void (*FxpTheoryProgress) (double share, FxpNoiseGains *so_far, gpointer data);

/* Noise gains of the checkpoint's float network (the twin, or the run itself if all is float).
 * Blocks, on @n_threads.  @progress is called on this thread.  Errors: FXP_ERROR_CHECKPOINT
 * without a float network or where the data do not fit, FXP_ERROR_DATASET for one class,
 * G_IO_ERROR_CANCELLED. */
FxpNoiseGains *fxp_theory_measure_gains (FxpCheckpoint *checkpoint,
                                         FxpDataset *dataset,
                                         const FxpTheoryOptions *options,
                                         guint n_threads,
                                         FxpTheoryProgress progress,
                                         gpointer progress_data,
                                         GCancellable *cancellable,
                                         GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* On a thread of its own, at a low priority; @progress in the caller's context. */
void fxp_theory_measure_gains_async (FxpCheckpoint *checkpoint,
                                     FxpDataset *dataset,
                                     const FxpTheoryOptions *options,
                                     guint n_threads,
                                     FxpTheoryProgress progress,
                                     gpointer progress_data,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
FxpNoiseGains *
fxp_theory_measure_gains_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* p_m of that float network quantized in the formats of W and A of @experiment (the same network;
 * only formats may differ), over the samples the gains were measured on. */
gboolean fxp_theory_measure_mismatch (FxpCheckpoint *checkpoint,
                                      FxpDataset *dataset,
                                      FxpExperiment *experiment,
                                      const FxpTheoryOptions *options,
                                      guint n_threads,
                                      GCancellable *cancellable,
                                      FxpMismatch *mismatch,
                                      GError **error);
void fxp_theory_measure_mismatch_async (FxpCheckpoint *checkpoint,
                                        FxpDataset *dataset,
                                        FxpExperiment *experiment,
                                        const FxpTheoryOptions *options,
                                        guint n_threads,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data);
gboolean
fxp_theory_measure_mismatch_finish (GAsyncResult *result, FxpMismatch *mismatch, GError **error);

/* The experiment of a baseline run: @experiment with all formats float, without a twin. */
FxpExperiment *
fxp_theory_get_baseline_experiment (FxpExperiment *experiment) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
