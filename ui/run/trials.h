/* SPDX-License-Identifier: MIT */
/* Runs of the session's experiment under changed precision, side by side with the same seed and
 * data and away from the window's own run: perturbations of a configuration and the systems it is
 * compared with (Sakr & Shanbhag 2019, 3.7, 4.4).  Main thread. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

#define FXU_TYPE_TRIALS (fxu_trials_get_type ())
G_DECLARE_FINAL_TYPE (FxuTrials, fxu_trials, FXU, TRIALS, GObject)

#define FXU_TRIALS_MAX 8

typedef struct
{
  char *name;           /* as fxp_system_apply() takes it, in upper case */
  double epoch;         /* done */
  double loss;          /* newest, of training; NaN before */
  double test_accuracy; /* newest; NaN before */
  gboolean has_ended;   /* all epochs are done, it diverged, or it was given up */
  const char *cause;    /* why it diverged; NULL if it did not */
} FxuTrial;

FxuTrials *fxu_trials_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Begins them anew, with the session's data and settings as they are now; what ran before is given
 * up.  @names: systems, NULL-terminated, at most FXU_TRIALS_MAX - 1; FL comes with them.  FALSE
 * after the session's "failed", with the former trials going on. */
gboolean fxu_trials_start (FxuTrials *self, const char *const *names);
void fxu_trials_stop (FxuTrials *self); /* figures so far stay */
gboolean fxu_trials_is_running (FxuTrials *self);
guint fxu_trials_get_n (FxuTrials *self);
const FxuTrial *fxu_trials_get (FxuTrials *self, guint i); /* borrowed, until others start */
/* Epochs done of all to do, 0..1. */
double fxu_trials_get_share (FxuTrials *self);

/* Signals:
 *   "started" ()                                   other trials
 *   "recorded" (guint i, double epoch, double loss)  trial @i has trained so far
 *   "changed" ()                                   accuracies, or one has ended */

G_END_DECLS
