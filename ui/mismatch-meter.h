/* SPDX-License-Identifier: MIT */
/* Measures p_m of the newest assignment, one at a time: a newer one gives up the older.  Of
 * FxuTheory alone; main thread. */
#pragma once

#include "survey.h"

G_BEGIN_DECLS

typedef struct _FxuMismatchMeter FxuMismatchMeter;

/* @error NULL: there is a new result. */
typedef void (*FxuMismatchDone) (const GError *error, gpointer data);

FxuMismatchMeter *fxu_mismatch_meter_new (guint n_threads,
                                          FxuMismatchDone done,
                                          gpointer data) G_GNUC_WARN_UNUSED_RESULT;
void fxu_mismatch_meter_free (FxuMismatchMeter *self);

/* Of the network that @survey is of, in the formats of @assigned; nothing happens where those of W
 * and A are what was measured last. */
void
fxu_mismatch_meter_measure (FxuMismatchMeter *self, FxuSurvey *survey, FxpExperiment *assigned);
/* Gives up what is under way and knows nothing any more. */
void fxu_mismatch_meter_forget (FxuMismatchMeter *self);
/* n 0 while there is none. */
FxpMismatch fxu_mismatch_meter_get (FxuMismatchMeter *self);

G_END_DECLS
