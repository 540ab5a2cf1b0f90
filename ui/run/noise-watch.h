/* SPDX-License-Identifier: MIT */
/* Looks at the float network of the run now and then, away from the worker: its noise gains, and
 * how often it chooses another class when it is quantized as the run is (p_m), on as many samples
 * as an assignment takes, since a mean over fewer is another one.  One measurement at a time, of
 * what the run is when it begins.  Main thread. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

#define FXU_TYPE_NOISE_WATCH (fxu_noise_watch_get_type ())
G_DECLARE_FINAL_TYPE (FxuNoiseWatch, fxu_noise_watch, FXU, NOISE_WATCH, GObject)

/* One measurement. */
typedef struct
{
  guint run; /* of the session's snapshots */
  double epoch;
  FxpExperiment *experiment; /* whose formats it was */
  FxpNoiseGains *gains;
  FxpMismatch mismatch;
} FxuNoiseSight;

FxuNoiseWatch *fxu_noise_watch_new (FxuSession *session) G_GNUC_WARN_UNUSED_RESULT;
/* Begins one, or lets one more follow that which is under way.  Nothing comes of it where the run
 * has no float network. */
void fxu_noise_watch_look (FxuNoiseWatch *self);
gboolean fxu_noise_watch_is_looking (FxuNoiseWatch *self);
/* The newest; NULL before.  Borrowed until the next one. */
const FxuNoiseSight *fxu_noise_watch_get_sight (FxuNoiseWatch *self);
/* Gives up what is under way. */
void fxu_noise_watch_stop (FxuNoiseWatch *self);

/* Signals:
 *   "activity" ()  it begins to look, or has given up
 *   "seen" ()      fxu_noise_watch_get_sight() is new, and it looks no more */

G_END_DECLS
