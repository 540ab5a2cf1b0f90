/* SPDX-License-Identifier: MIT */
/* A run under way: the twins, what state they are in, where they are to stop, and all that is told
 * of them.  Knows nothing of threads and commands.  Worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "course-private.h is for engine/ and tests/ only"
#endif

#include "training/pace-private.h"
#include "training/record-private.h"
#include "training/run-log-private.h"
#include "training/test-job-private.h"
#include "training/views-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpLookout lookout;  /* of all long work */
  FxpScratch *scratch; /* owned, as all that follows */
  FxpTeam *team;
  FxpTwins *twins;
  FxpRunLog *log;
  FxpViews views;
  FxpPace pace;

  guint run;
  FxpState state;
  char *cause;
  guint64 last_epoch, last_step; /* where to stop; 0: nowhere */
  FxpState last_state;           /* what to be there */

  FxpTest test;                  /* the newest */
  gboolean is_tested;            /* it is of this very step */
  const FxpConfusion *confusion; /* owned; of the newest test, or NULL */

  FxpTestJob *job;        /* owned; an evaluation of this very step under way, or NULL */
  FxpDraftRecord *record; /* owned; waits for it */

  FxpSnapshot *draft; /* what happened since the newest one was taken, and runs that ended since */
  guint64 serial;     /* of the newest command obeyed */
} FxpCourse;

/* Paused at step 0.  The topology fits the data.  @interrupt: see FxpInterruptFunc; what is given
 * up leaves the course as it was, and the worker ends. */
FxpCourse *fxp_course_new (FxpExperiment *experiment,
                           FxpDataset *dataset,
                           guint n_threads,
                           FxpInterruptFunc interrupt,
                           gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void fxp_course_free (FxpCourse *self);

/* Monotonic time from which fxp_course_advance() has something to do; G_MAXINT64: nothing. */
gint64 fxp_course_get_due (const FxpCourse *self);
/* A running course's next piece of work: a chunk of the evaluation under way, or else one step and
 * what follows from it: record, evaluation, end. */
void fxp_course_advance (FxpCourse *self);
/* Makes the pictures that are due.  TRUE if there is a new one. */
gboolean fxp_course_update_views (FxpCourse *self, gint64 now);
/* All there is to tell. */
FxpSnapshot *fxp_course_take_snapshot (FxpCourse *self) G_GNUC_WARN_UNUSED_RESULT;

/* What commands ask for. */
void fxp_course_run (FxpCourse *self, guint64 last_epoch, guint64 last_step);
void fxp_course_take_steps (FxpCourse *self, guint64 n);
void fxp_course_finish_epoch (FxpCourse *self);
void fxp_course_pause (FxpCourse *self);
void fxp_course_reset (FxpCourse *self);
/* @dataset: NULL, or what replaces the data. */
void fxp_course_set_experiment (FxpCourse *self, FxpExperiment *experiment, FxpDataset *dataset);
void fxp_course_restore (FxpCourse *self, const FxpCheckpoint *checkpoint);
void fxp_course_add_checkpoint (FxpCourse *self);
/* Gives up the evaluation under way: its record has no figures of it. */
void fxp_course_skip_test (FxpCourse *self);
void fxp_course_set_view (FxpCourse *self, FxpView view, guint field_size);
/* Takes the processor only where nobody else of the program wants it. */
void fxp_course_give_way (FxpCourse *self);
void fxp_course_set_log_file (FxpCourse *self, GFile *file);
/* The last word of the log. */
void fxp_course_end (FxpCourse *self);

G_END_DECLS
