/* SPDX-License-Identifier: MIT */
/* What the long steps of a conversion found, and with which options and of which source each of it
 * was found.  Of FxuConversion alone; main thread. */
#pragma once

#include "conversion-job.h"

G_BEGIN_DECLS

/* What something was found with. */
typedef struct
{
  FxpConversionOptions options;
  guint source; /* number of the source; 0: nothing was found */
} FxuOrigin;

typedef struct
{
  FxuScore scores[FXU_N_STAGES];
  FxuOrigin origins[FXU_N_STAGES];
  FxpModel *models[FXU_N_STAGES]; /* owned; NULL of the float network, and before */
  FxuOrigin model_origins[FXU_N_STAGES];
  FxpInferenceResult certificate; /* n 0: none */
  guint64 n_to_certify;           /* images it is to be of */
  FxuStage certified;             /* whose model */
  FxuOrigin certificate_origin;
  FxpFineTuningResult tuning; /* n_steps 0: none */
  FxuSweepPoint points[FXU_SWEEP_N];
  guint n_points;
  FxuOrigin sweep_origin;
} FxuFindings;

void fxu_findings_clear (FxuFindings *self);
/* Forgets what @kind is about to find anew. */
void fxu_findings_begin (FxuFindings *self, FxuJobKind kind, FxuStage best);
void fxu_findings_take (FxuFindings *self,
                        FxuJobKind kind,
                        const FxuOrigin *origin,
                        const FxuJobNews *news);
/* Takes @model over. */
void fxu_findings_take_model (FxuFindings *self,
                              FxuJobKind kind,
                              const FxuOrigin *origin,
                              FxpModel *model);
/* The best model that was made with what is so @now; FXU_STAGE_FLOAT for none. */
FxuStage fxu_findings_get_best (const FxuFindings *self, const FxuOrigin *now);

/* Stale: found with anything else than what is so @now.  Of the float network options do not
 * matter, of a sweep N does not. */
gboolean fxu_origin_is_stale (const FxuOrigin *self, const FxuOrigin *now);
gboolean fxu_findings_is_stale (const FxuFindings *self, FxuStage stage, const FxuOrigin *now);
gboolean fxu_findings_is_sweep_stale (const FxuFindings *self, const FxuOrigin *now);

G_END_DECLS
