/* SPDX-License-Identifier: MIT */
/* Where the statistics of an assignment come from: a float run, made now or before. */
#pragma once

#include "fxp.h"
#include "progress.h"

G_BEGIN_DECLS

/* Whether @path is a file that looks like a checkpoint, whole or damaged, and not like text. */
gboolean fxa_baseline_is_checkpoint (const char *path);
/* A checkpoint that holds a baseline; FXP_ERROR_CHECKPOINT if its run had no float network. */
FxpCheckpoint *fxa_baseline_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Trains @experiment in float for @epochs; blocks until then.  A signal ends it early: then
 * @interrupted, and what was reached is in the checkpoint.  FXP_ERROR_DATASET if it diverges. */
FxpCheckpoint *fxa_baseline_run (FxpExperiment *experiment,
                                 FxpDataset *dataset,
                                 guint64 epochs,
                                 guint n_threads,
                                 FxaProgress *progress,
                                 gboolean *interrupted,
                                 GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
