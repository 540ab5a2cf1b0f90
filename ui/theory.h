/* SPDX-License-Identifier: MIT */
/* Assigning precision (Sakr & Shanbhag, ICLR 2019) for the session: where the statistics come from,
 * what is locked, the newest assignment, and how the present formats stand by its criteria.  One
 * per session, which owns it.  Main thread. */
#pragma once

#include "fxp.h"

G_BEGIN_DECLS

#define FXU_TYPE_THEORY (fxu_theory_get_type ())
G_DECLARE_FINAL_TYPE (FxuTheory, fxu_theory, FXU, THEORY, GObject)

typedef struct _FxuSession FxuSession;

/* What it is busy with. */
typedef enum
{
  FXU_THEORY_IDLE,
  FXU_THEORY_BASELINE, /* a float run of its own */
  FXU_THEORY_GAINS,    /* noise gains of the float network */
} FxuTheoryActivity;

/* Where an assignment's statistics come from. */
typedef enum
{
  FXU_THEORY_FROM_RUN,      /* the float twin as it is now */
  FXU_THEORY_FROM_BASELINE, /* a float run over all epochs of the experiment, away from the window's
                             */
} FxuTheorySource;

/* Signals:
 *   "changed"   assignment, options, locks or measured p_m are others
 *   "progress"  fxu_theory_get_activity() tells something new */

FxuTheory *fxu_theory_new (FxuSession *session, guint n_threads) G_GNUC_WARN_UNUSED_RESULT;
/* Gives up what is under way. */
void fxu_theory_stop (FxuTheory *self);

/* Begins; failures come as the session's "failed", with nothing lost.  FROM_RUN fails without a
 * twin that has been looked at. */
void fxu_theory_assign (FxuTheory *self, FxuTheorySource source);
void fxu_theory_cancel (FxuTheory *self);
/* @share: done, 0..1; may be NULL. */
FxuTheoryActivity fxu_theory_get_activity (FxuTheory *self, double *share);
/* Whether the run has a float network of which enough is recorded to assign from. */
gboolean fxu_theory_can_use_run (FxuTheory *self);

/* The newest one that fits the session's network, made anew where options or locks changed; NULL
 * before.  Borrowed. */
FxpAssignment *fxu_theory_get_assignment (FxuTheory *self);
/* Where its statistics come from, and after how many epochs of that float run they were taken. */
FxuTheorySource fxu_theory_get_source (FxuTheory *self);
double fxu_theory_get_epoch (FxuTheory *self);
/* p_m measured on the network the gains are of, in the formats of C_o; n 0 until it is there. */
FxpMismatch fxu_theory_get_mismatch (FxuTheory *self);
/* The experiment becomes C_o's: one undoable edit.  FALSE after "failed". */
gboolean fxu_theory_apply (FxuTheory *self);
/* The same of one tensor alone; FALSE too where nothing is assigned to it. */
gboolean fxu_theory_apply_tensor (FxuTheory *self, FxpTensorId id);

const FxpAssignmentOptions *fxu_theory_get_options (FxuTheory *self); /* borrowed */
void fxu_theory_set_options (FxuTheory *self, const FxpAssignmentOptions *options);
gboolean fxu_theory_is_locked (FxuTheory *self, FxpTensorId id);
void fxu_theory_set_locked (FxuTheory *self, FxpTensorId id, gboolean locked);

/* What the criteria say of a tensor in the format it has now, by the assignment's statistics or,
 * where there is none yet, by those recorded of the run so far; 0 where nothing is known. */
guint
fxu_theory_judge (FxuTheory *self, FxpTensorId id, FxpJudgement judgements[FXP_JUDGEMENTS_MAX]);

G_END_DECLS
