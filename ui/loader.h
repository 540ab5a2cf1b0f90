/* SPDX-License-Identifier: MIT */
/* Reads experiments, checkpoints and their data in a thread of its own.  Main thread. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

/* What a request brought. */
typedef struct
{
  FxpExperiment *experiment; /* owned */
  FxpDataset *dataset;       /* owned: @experiment's data */
  FxpCheckpoint *checkpoint; /* owned: NULL unless one was asked for */
  GFile *file;               /* owned: where it came from, or NULL */
} FxuLoaded;

void fxu_loaded_free (FxuLoaded *self);

/* How far a request is; written by its thread, read by the main one.  Atomically ref-counted. */
typedef struct _FxuLoadProgress FxuLoadProgress;

FxuLoadProgress *fxu_load_progress_new (void) G_GNUC_WARN_UNUSED_RESULT;
FxuLoadProgress *fxu_load_progress_ref (FxuLoadProgress *self);
void fxu_load_progress_unref (FxuLoadProgress *self);
/* Share of the data that is read, 0..1. */
double fxu_load_progress_get_share (FxuLoadProgress *self);

/* TRUE when both describe the same data. */
gboolean fxu_loader_same_data (FxpExperiment *a, FxpExperiment *b);

/* Exactly one of @experiment, @experiment_file and @checkpoint_file says what to load.
 * @known_dataset, the data of @known, is taken where the data are the same; both may be NULL. */
void fxu_loader_load_async (FxpExperiment *experiment,
                            GFile *experiment_file,
                            GFile *checkpoint_file,
                            FxpExperiment *known,
                            FxpDataset *known_dataset,
                            FxuLoadProgress *progress,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
FxuLoaded *fxu_loader_load_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Writes a checkpoint, or its tensors as .npz. */
typedef enum
{
  FXU_WRITE_CHECKPOINT,
  FXU_WRITE_NPZ,
} FxuWrite;

void fxu_loader_write_async (FxpCheckpoint *checkpoint,
                             FxuWrite what,
                             GFile *file,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean fxu_loader_write_finish (GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuLoaded, fxu_loaded_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuLoadProgress, fxu_load_progress_unref)

G_END_DECLS
