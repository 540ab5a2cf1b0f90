/* SPDX-License-Identifier: MIT */
/* What the files of the session share, and nobody else includes. */
#pragma once

#include "session.h"
#include "edit-stack.h"
#include "loader.h"
#include "runner.h"

G_BEGIN_DECLS

struct _FxuSession
{
  GObject parent_instance;

  FxuEditStack *edits;
  FxpExperiment *saved;        /* what was opened or saved last */
  GFile *file;                 /* of @saved, or NULL */
  FxpExperiment *former_saved; /* what both were before, while their data are not here; or NULL */
  GFile *former_file;

  FxuRunner *runner; /* NULL once stopped */
  FxuTheory *theory; /* likewise */
  FxuConversion *conversion;
  FxpSnapshot *snapshot;
  GCancellable *loading;     /* NULL unless something is being read */
  FxuLoadProgress *progress; /* of it, or NULL */
  char *loading_name;        /* what it is, for the user */
  gboolean loading_edit;     /* what is being read are the data of the current experiment */
};

/* Emit what the names say. */
void fxu_session_fail (FxuSession *self, const GError *error);
void fxu_session_experiment_changed (FxuSession *self);
void fxu_session_dataset_changed (FxuSession *self);

/* What is being read from now on; what was, is cancelled. NULL: nothing. */
void fxu_session_take_loading (FxuSession *self, GCancellable *loading);
/* @experiment is what @file, or a preset if NULL, holds. */
void fxu_session_take_saved (FxuSession *self, FxpExperiment *experiment, GFile *file);

/* What was opened before is of no interest any more. */
void fxu_session_forget_former (FxuSession *self);

/* Gives @experiment to the worker, at once or as soon as its data are here. */
gboolean fxu_session_apply (FxuSession *self, FxpExperiment *experiment, GError **error);
/* Back to the last experiment that works; what did not is not kept. */
void fxu_session_retreat (FxuSession *self);

G_END_DECLS
