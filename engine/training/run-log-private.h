/* SPDX-License-Identifier: MIT */
/* Writes a run log, and reads one from memory.
 *
 *   # roundoff run log 1
 *   | every line of the experiment's text
 *   edit STEP key="value" key="value"
 *   reset
 *   end STEP FINGERPRINT
 *
 * A header begins another run; so does `reset`, with the settings as they are by then.  The last
 * run of a log is the one that counts.  Values are escaped as g_strescape() does. */
#pragma once

#ifndef FXP_COMPILATION
#  error "run-log-private.h is for engine/ and tests/ only"
#endif

#include "training/run-log.h"

G_BEGIN_DECLS

typedef struct _FxpRunLog FxpRunLog;

FxpRunLog *fxp_run_log_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxp_run_log_free (FxpRunLog *self);

/* A new run starts at step 0. */
void fxp_run_log_begin (FxpRunLog *self, const FxpExperiment *experiment);
/* The same from the settings the run has now. */
void fxp_run_log_reset (FxpRunLog *self, const FxpExperiment *experiment);
/* The run is now the one @text tells of, as fxp_run_log_get_text() gave it. */
void fxp_run_log_resume (FxpRunLog *self, const char *text);
/* @changes: "key=value", NULL-terminated. */
void fxp_run_log_edit (FxpRunLog *self, guint64 step, const char *const *changes);
/* The run stands here. */
void fxp_run_log_end (FxpRunLog *self, guint64 step, const char *fingerprint);

/* The run so far, without an end: all that a log started later needs. */
const char *fxp_run_log_get_text (const FxpRunLog *self);

/* Appends the run so far and all that follows to @file; NULL ends that.  Blocks, as all writing. */
void fxp_run_log_set_file (FxpRunLog *self, GFile *file);
gboolean fxp_run_log_is_writing (const FxpRunLog *self);
/* Why it no longer is, one sentence; NULL if all is well. */
const char *fxp_run_log_get_error (const FxpRunLog *self);

/* @name is for the messages. */
FxpRun *fxp_run_new_from_data (const char *text, gssize length, const char *name, GError **error)
  G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpRunLog, fxp_run_log_free)

G_END_DECLS
