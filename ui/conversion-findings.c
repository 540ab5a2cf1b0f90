/* SPDX-License-Identifier: MIT */
/* What can be read of what a conversion found. */
#include "config.h"

#include "conversion-parts.h"

double
fxu_conversion_get_epoch (FxuConversion *self, gboolean *is_behind)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), 0.0);

  if (is_behind != NULL)
    *is_behind = self->source != NULL && self->session != NULL &&
                 fxu_conversion_source_compare (self->source, self->session) != FXU_SOURCE_CURRENT;
  return self->source != NULL
           ? fxp_checkpoint_get_epoch (fxu_conversion_source_get_checkpoint (self->source))
           : 0.0;
}

FxpWork *
fxu_conversion_get_work (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  return self->work;
}

FxuScore
fxu_conversion_get_score (FxuConversion *self, FxuStage stage, gboolean *is_stale)
{
  const FxuOrigin now = fxu_conversion_get_now (self);

  g_return_val_if_fail (FXU_IS_CONVERSION (self) && stage < FXU_N_STAGES, (FxuScore){0});

  if (is_stale != NULL)
    *is_stale = fxu_findings_is_stale (&self->findings, stage, &now);
  return self->findings.scores[stage];
}

FxpInferenceResult
fxu_conversion_get_certificate (FxuConversion *self, FxuStage *stage, gboolean *is_stale)
{
  const FxuOrigin now = fxu_conversion_get_now (self);

  g_return_val_if_fail (FXU_IS_CONVERSION (self), (FxpInferenceResult){0});

  if (stage != NULL)
    *stage = self->findings.certified;
  if (is_stale != NULL)
    *is_stale = fxu_origin_is_stale (&self->findings.certificate_origin, &now);
  return self->findings.certificate;
}

FxuCertificateState
fxu_conversion_get_certificate_state (FxuConversion *self, guint64 *n_images)
{
  const FxuFindings *findings;

  g_return_val_if_fail (FXU_IS_CONVERSION (self), FXU_CERTIFICATE_NONE);

  findings = &self->findings;
  if (n_images != NULL)
    *n_images = findings->n_to_certify;
  if (findings->certificate.n == 0 || !findings->certificate.is_compared)
    return FXU_CERTIFICATE_NONE;
  /* The verdict is not in before the job is over, whatever its last news. */
  if (self->activity == FXU_ACTIVITY_CERTIFYING)
    return FXU_CERTIFICATE_UNDER_WAY;
  return findings->certificate.n < findings->n_to_certify ? FXU_CERTIFICATE_STOPPED
                                                          : FXU_CERTIFICATE_WHOLE;
}

FxuStage
fxu_conversion_get_best (FxuConversion *self)
{
  const FxuOrigin now = fxu_conversion_get_now (self);

  g_return_val_if_fail (FXU_IS_CONVERSION (self), FXU_STAGE_FLOAT);

  return fxu_findings_get_best (&self->findings, &now);
}

FxpModel *
fxu_conversion_get_model (FxuConversion *self, FxuStage stage)
{
  const FxuOrigin now = fxu_conversion_get_now (self);

  g_return_val_if_fail (FXU_IS_CONVERSION (self) && stage < FXU_N_STAGES, NULL);

  return fxu_origin_is_stale (&self->findings.model_origins[stage], &now)
           ? NULL
           : self->findings.models[stage];
}

FxpFineTuningResult
fxu_conversion_get_tuning (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), (FxpFineTuningResult){0});

  return self->findings.tuning;
}

const FxuSweepPoint *
fxu_conversion_get_points (FxuConversion *self, guint *n_points, gboolean *is_stale)
{
  const FxuOrigin now = fxu_conversion_get_now (self);

  g_return_val_if_fail (FXU_IS_CONVERSION (self) && n_points != NULL, NULL);

  *n_points = self->findings.n_points;
  if (is_stale != NULL)
    *is_stale = fxu_findings_is_sweep_stale (&self->findings, &now);
  return self->findings.points;
}
