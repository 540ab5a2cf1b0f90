/* SPDX-License-Identifier: MIT */
/* One run of the trainer without a window: to its end, an interruption or a divergence. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxaHeadlessRun FxaHeadlessRun;

/* Called for each snapshot, on the calling thread. */
typedef void (*FxaSnapshotFunc) (FxpSnapshot *snapshot, gpointer data);

/* From here to the end SIGINT, SIGTERM and SIGHUP, unless they are ignored, are caught, so that
 * what was begun to be written is written whole.  A second one while training kills as usual. */
FxaHeadlessRun *fxa_headless_run_new (FxpExperiment *experiment,
                                      FxpDataset *dataset,
                                      guint n_threads,
                                      GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends and joins the worker. */
void fxa_headless_run_free (FxaHeadlessRun *self);
FxpTrainer *fxa_headless_run_get_trainer (FxaHeadlessRun *self);
void fxa_headless_run_set_snapshot_func (FxaHeadlessRun *self, FxaSnapshotFunc func, gpointer data);

/* Trains until so many epochs or steps are done in all (0: no limit) and blocks until then.
 * A signal ends it early between two steps, or in an evaluation, whose record then has no figures;
 * so does NaN or infinity.  May be called again to go on.  FALSE if a signal came, now or before.
 */
gboolean fxa_headless_run_until (FxaHeadlessRun *self, guint64 epochs, guint64 steps);
/* Ends the worker, and so the run log.  What was reached can still be asked for. */
void fxa_headless_run_stop (FxaHeadlessRun *self);
/* Seconds spent in fxa_headless_run_until(). */
double fxa_headless_run_get_seconds (FxaHeadlessRun *self);
/* Samples trained on in fxa_headless_run_until(). */
double fxa_headless_run_get_samples (FxaHeadlessRun *self);
FxpCheckpoint *
fxa_headless_run_get_checkpoint (FxaHeadlessRun *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaHeadlessRun, fxa_headless_run_free)

G_END_DECLS
