/* SPDX-License-Identifier: MIT */
/* All that a run needs to go on: experiment, position, weights of both twins.  Immutable,
 * atomically ref-counted, any thread. */
#pragma once

#include "analysis/baseline.h"
#include "experiment/experiment.h"

G_BEGIN_DECLS

typedef struct _FxpCheckpoint FxpCheckpoint;

/* Versioned GVariant bytes with a SHA-256 in front; FXP_ERROR_CHECKPOINT says what is wrong and at
 * which offset, FXP_ERROR_VERSION that an older or newer program wrote it. */
FxpCheckpoint *fxp_checkpoint_new_from_bytes (GBytes *bytes, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
GBytes *fxp_checkpoint_to_bytes (const FxpCheckpoint *self) G_GNUC_WARN_UNUSED_RESULT;
FxpCheckpoint *fxp_checkpoint_load (GFile *file, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Writes beside and renames. */
gboolean fxp_checkpoint_save (const FxpCheckpoint *self, GFile *file, GCancellable *cancellable, GError **error);
FxpCheckpoint *fxp_checkpoint_ref (FxpCheckpoint *self);
void fxp_checkpoint_unref (FxpCheckpoint *self);

FxpExperiment *fxp_checkpoint_get_experiment (const FxpCheckpoint *self); /* borrowed */
guint64 fxp_checkpoint_get_step (const FxpCheckpoint *self);
double fxp_checkpoint_get_epoch (const FxpCheckpoint *self);
/* Lower-case SHA-256 (hex) over formats and codes of all that the fixed run has learnt, layer by
 * layer: W, W_acc, biases, batch normalization, momenta.  Equal fingerprints mean equal runs.  Owned
 * by the checkpoint. */
const char *fxp_checkpoint_get_fingerprint (const FxpCheckpoint *self);
/* What was recorded of the run's float network; NULL if it had none and before there was anything.
 * Borrowed. */
FxpBaseline *fxp_checkpoint_get_baseline (const FxpCheckpoint *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpCheckpoint, fxp_checkpoint_unref)

G_END_DECLS
