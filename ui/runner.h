/* SPDX-License-Identifier: MIT */
/* The trainer and what was asked of it, remembered while there are no data to train on yet.  Of the
 * session alone; main thread. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

typedef struct _FxuRunner FxuRunner;

/* @snapshot_cb (user_data, trainer) is called at each snapshot. */
FxuRunner *fxu_runner_new (guint n_threads,
                           GCallback snapshot_cb,
                           gpointer user_data) G_GNUC_WARN_UNUSED_RESULT;
/* Ends and joins the worker. */
void fxu_runner_free (FxuRunner *self);

FxpTrainer *fxu_runner_get_trainer (FxuRunner *self); /* borrowed; NULL until the first data */
/* The experiment and data the worker trains on; NULL until there are any. */
FxpExperiment *fxu_runner_get_experiment (FxuRunner *self); /* borrowed */
FxpDataset *fxu_runner_get_dataset (FxuRunner *self);       /* borrowed */
/* Serial of the newest experiment given. */
guint64 fxu_runner_get_edit_serial (FxuRunner *self);

/* Another experiment; @dataset NULL keeps the data.  FALSE with nothing changed if they do not fit.
 */
gboolean
fxu_runner_give (FxuRunner *self, FxpExperiment *experiment, FxpDataset *dataset, GError **error);
gboolean fxu_runner_restore (FxuRunner *self, FxpCheckpoint *checkpoint, GError **error);

gboolean fxu_runner_get_running (FxuRunner *self);
void fxu_runner_set_running (FxuRunner *self, gboolean running);
/* TRUE if @snapshot tells that the worker has stopped by itself. */
gboolean fxu_runner_has_ended (FxuRunner *self, FxpSnapshot *snapshot);
double fxu_runner_get_speed (FxuRunner *self);
void fxu_runner_set_speed (FxuRunner *self, double speed);
void fxu_runner_set_view (FxuRunner *self, FxpView view, guint field_size);
/* Test sample of FXP_VIEW_ACTIVATIONS; other data begin at 0 again. */
void fxu_runner_set_sample (FxuRunner *self, guint32 row);
guint32 fxu_runner_get_sample (FxuRunner *self);
void fxu_runner_set_log_file (FxuRunner *self, GFile *file);

G_END_DECLS
