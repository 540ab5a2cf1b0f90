/* SPDX-License-Identifier: MIT */
/* The view-model: experiment, undo stack, trainer, newest snapshot.  Widgets change settings here
 * and nowhere else, and learn of changes from its signals.  Main thread. */
#pragma once

#include "conversion.h"
#include "theory.h"

G_BEGIN_DECLS

#define FXU_TYPE_SESSION (fxu_session_get_type ())
G_DECLARE_FINAL_TYPE (FxuSession, fxu_session, FXU, SESSION, GObject)

/* Properties (notify tells of changes):
 *   running   gboolean  read/write: the worker trains
 *   speed     double    read/write: steps per second at most, 0: as fast as it goes
 *   can-undo, can-redo  gboolean, read
 *   loading   gboolean  read: a data set is being loaded
 *   title     string    read: experiment title or file name
 *   modified  gboolean  read: differs from what was opened or saved
 * Signals:
 *   "experiment-changed"               some setting changed (also by undo and opening)
 *   "dataset-changed"                  another data set is in place
 *   "snapshot"                         fxu_session_get_snapshot() is new
 *   "failed" (const char *message)     one sentence for the user; nothing was lost */

/* Starts loading the experiment's data at once; trains when running is set and the data are there.
 */
FxuSession *fxu_session_new (FxpExperiment *experiment, guint n_threads) G_GNUC_WARN_UNUSED_RESULT;

FxpExperiment *fxu_session_get_experiment (FxuSession *self); /* borrowed, newest */
FxpDataset *fxu_session_get_dataset (FxuSession *self);       /* borrowed; NULL until loaded */
FxpSnapshot *fxu_session_get_snapshot (FxuSession *self);     /* borrowed; NULL until the first */
FxuTheory *fxu_session_get_theory (FxuSession *self);         /* borrowed; NULL once stopped */
FxuConversion *fxu_session_get_conversion (FxuSession *self); /* borrowed; NULL once stopped */
/* Serial of the newest edit: snapshots with a smaller one do not show it yet. */
guint64 fxu_session_get_edit_serial (FxuSession *self);

/* Edits.  Each is one undo step, or part of one between begin and end.  FALSE after "failed".
 * Choosing tanh or hard-tanh also gives unsigned activations a sign bit, in the same step. */
gboolean fxu_session_set_value (FxuSession *self, const char *key, const char *value);
gboolean fxu_session_set_quantizer (FxuSession *self,
                                    int layer,
                                    FxpRole role,
                                    const FxpQuantizer *quantizer);
gboolean fxu_session_set_sum (FxuSession *self, int layer, const FxpSumRegister *sum);
/* Several settings at once. */
gboolean fxu_session_edit (FxuSession *self, FxpExperiment *experiment);
/* Every quantized tensor (biases and sums left alone) to @word_bits, 2 or more; integer bits kept.
 */
gboolean fxu_session_set_all_bits (FxuSession *self, guint word_bits);
/* Replaces the whole experiment (preset, opened file). */
void fxu_session_set_experiment (FxuSession *self, FxpExperiment *experiment);
void fxu_session_begin_edit (FxuSession *self);
void fxu_session_end_edit (FxuSession *self);
gboolean fxu_session_is_editing (FxuSession *self); /* between begin and end */
void fxu_session_undo (FxuSession *self);
void fxu_session_redo (FxuSession *self);

void fxu_session_step (FxuSession *self, guint n_steps);
void fxu_session_step_epoch (FxuSession *self);
void fxu_session_reset (FxuSession *self);
void fxu_session_new_seed (FxuSession *self); /* another random start: an undoable edit */
void fxu_session_set_view (FxuSession *self, FxpView view, guint field_size);
/* Which test sample's way through the layers is shown; 0 at first and after other data came. */
void fxu_session_set_sample (FxuSession *self, guint32 row);
guint32 fxu_session_get_sample (FxuSession *self);
/* Gives up the evaluation under way, if there is one. */
void fxu_session_skip_test (FxuSession *self);

/* What is being read, and the share of it that is done; NULL if nothing is. */
const char *fxu_session_get_loading (FxuSession *self, double *share);
/* Gives that up; the run goes on as it is, and settings that wanted other data go back. */
void fxu_session_cancel_loading (FxuSession *self);

/* Files.  Errors come as "failed". */
GFile *
fxu_session_get_file (FxuSession *self); /* borrowed: opened or saved last; NULL of presets */
void fxu_session_open (FxuSession *self, GFile *file);
gboolean fxu_session_save (FxuSession *self, GFile *file);
void fxu_session_save_checkpoint (FxuSession *self, GFile *file);
void fxu_session_open_checkpoint (FxuSession *self, GFile *file);
void fxu_session_set_log_file (FxuSession *self, GFile *file);
void fxu_session_export_npz (FxuSession *self, GFile *file);
/* The run's state at the next step boundary; G_IO_ERROR_NOT_INITIALIZED while there is no run yet.
 */
void fxu_session_checkpoint_async (FxuSession *self,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
FxpCheckpoint *fxu_session_checkpoint_finish (FxuSession *self,
                                              GAsyncResult *result,
                                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Ends and joins the worker. */
void fxu_session_stop (FxuSession *self);

G_END_DECLS
