/* SPDX-License-Identifier: MIT */
/* The statistics of one float network from which precision is assigned, and how they are gathered:
 * from the session's run as it is, or from a float run of its own.  Of FxuTheory alone; main
 * thread.  Immutable, ref-counted. */
#pragma once

#include "session.h"

G_BEGIN_DECLS

typedef struct _FxuSurvey FxuSurvey;

FxuSurvey *fxu_survey_ref (FxuSurvey *self);
void fxu_survey_unref (FxuSurvey *self);

/* Told now and then while a survey is taken: what is under way, and the share of it that is done.
 */
typedef void (*FxuSurveyProgress) (FxuTheoryActivity activity, double share, gpointer data);

/* The session is only looked at: a run that trains goes on.  @progress is not called any more once
 * @cancellable is cancelled.  Errors: FXP_ERROR_CHECKPOINT where the run has no float network or
 * nothing is recorded of it, FXP_ERROR_DATASET while there are no data, those of
 * fxp_theory_measure_gains(), FXP_ERROR_RANGE if the float run diverges, G_IO_ERROR_CANCELLED. */
void fxu_survey_take_async (FxuSession *session,
                            FxuTheorySource source,
                            guint n_threads,
                            FxuSurveyProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
FxuSurvey *fxu_survey_take_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* TRUE where the statistics hold for @experiment too: the same network, data and seed, whatever its
 * formats and rates are. */
gboolean fxu_survey_fits (FxuSurvey *self, FxpExperiment *experiment);
FxuTheorySource fxu_survey_get_source (FxuSurvey *self);
FxpCheckpoint *fxu_survey_get_checkpoint (FxuSurvey *self); /* borrowed, as those below */
FxpDataset *fxu_survey_get_dataset (FxuSurvey *self);
FxpBaseline *fxu_survey_get_baseline (FxuSurvey *self);
FxpNoiseGains *fxu_survey_get_gains (FxuSurvey *self);

/* Whether statistics of @a hold for @b.  Whoever shows some may ask. */
gboolean fxu_survey_is_same_network (FxpExperiment *a, FxpExperiment *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuSurvey, fxu_survey_unref)

G_END_DECLS
