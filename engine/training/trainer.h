/* SPDX-License-Identifier: MIT */
/* The main thread's face of a run.  Nothing here waits for the worker but fxp_trainer_stop(). */
#pragma once

#include "dataset/dataset.h"
#include "training/checkpoint.h"
#include "training/snapshot.h"

G_BEGIN_DECLS

#define FXP_TYPE_TRAINER (fxp_trainer_get_type ())
G_DECLARE_FINAL_TYPE (FxpTrainer, fxp_trainer, FXP, TRAINER, GObject)

/* What a snapshot brings besides numbers; made at most 15 times a second. */
typedef enum
{
  FXP_VIEW_NONE = 0,
  FXP_VIEW_FIELD = 1 << 0, /* decision map of a plane data set */
  FXP_VIEW_SHEET = 1 << 1, /* predictions for sample images */
  FXP_VIEW_FILTERS = 1 << 2, /* kernels of the first convolution */
  FXP_VIEW_ACTIVATIONS = 1 << 3, /* one test sample's way through the layers */
} FxpView;

/* All of this on the thread that made the trainer, in whose thread-default main context the signal
 * "snapshot" (no arguments) comes.  Commands return at once with their serial; compare
 * fxp_snapshot_get_serial().  They take effect between steps and between the chunks of an
 * evaluation, in order; of several experiments in a row only the last is applied.
 * Starts paused at step 0.  @n_threads >= 1.  FXP_ERROR_SHAPE if the topology does not fit the data. */
FxpTrainer *fxp_trainer_new (FxpExperiment *experiment, FxpDataset *dataset, guint n_threads, GError **error) G_GNUC_WARN_UNUSED_RESULT;

guint64 fxp_trainer_run (FxpTrainer *self);
/* Runs until so many epochs or steps are done in all, then finishes; 0: no limit. */
guint64 fxp_trainer_run_until (FxpTrainer *self, guint64 epochs, guint64 steps);
/* An evaluation under way waits, and goes on with the run.  An edit, a reset and a checkpoint put back
 * give it up as fxp_trainer_skip_test() does; steps come behind it. */
guint64 fxp_trainer_pause (FxpTrainer *self);
guint64 fxp_trainer_step (FxpTrainer *self, guint n_steps);
/* To the end of the current epoch. */
guint64 fxp_trainer_step_epoch (FxpTrainer *self);
/* Back to step 0 with the same seed, paused or running as before. */
guint64 fxp_trainer_reset (FxpTrainer *self);
/* At most so many steps a second; 0: as fast as it goes. */
guint64 fxp_trainer_set_speed (FxpTrainer *self, double steps_per_second);
/* Live where possible, by a reset where fxp_experiment_needs_reset() says so or @dataset is not
 * NULL (then it replaces the data).  FALSE and an error, with nothing changed, if topology and data
 * do not fit. */
gboolean fxp_trainer_set_experiment (FxpTrainer *self, FxpExperiment *experiment, FxpDataset *dataset, guint64 *serial, GError **error);
/* Puts a checkpoint's state back; its experiment becomes current.  Its topology must fit the data. */
gboolean fxp_trainer_restore (FxpTrainer *self, FxpCheckpoint *checkpoint, guint64 *serial, GError **error);
guint64 fxp_trainer_set_view (FxpTrainer *self, FxpView view, guint field_size);
/* Which test sample FXP_VIEW_ACTIVATIONS shows, 0 at first; beyond the last one, the last one. */
guint64 fxp_trainer_set_sample (FxpTrainer *self, guint32 row);
/* For runs beside the one that is watched: the worker takes the processor when neither that one's
 * nor main wants it.  Not taken back. */
guint64 fxp_trainer_give_way (FxpTrainer *self);
/* Gives up the evaluation under way, if there is one: its record has no test figures. */
guint64 fxp_trainer_skip_test (FxpTrainer *self);
/* Appends the run's events to @file as fxp_run_log_* describe, from a new header on; NULL ends it. */
guint64 fxp_trainer_set_log_file (FxpTrainer *self, GFile *file);

FxpExperiment *fxp_trainer_get_experiment (FxpTrainer *self); /* newest given; borrowed */
FxpDataset *fxp_trainer_get_dataset (FxpTrainer *self);       /* borrowed */
FxpSnapshot *fxp_trainer_get_snapshot (FxpTrainer *self);     /* newest delivered, or NULL; borrowed */

/* State at the next step boundary. */
void fxp_trainer_checkpoint_async (FxpTrainer *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
FxpCheckpoint *fxp_trainer_checkpoint_finish (FxpTrainer *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ends and joins the worker, within 50 ms, then tells of what was not delivered yet, so that no
 * record is lost.  Commands do nothing any more; the newest snapshot stays.  Calling it twice is
 * allowed.  dispose() ends the worker too, without a signal. */
void fxp_trainer_stop (FxpTrainer *self);

G_END_DECLS
