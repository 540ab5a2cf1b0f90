/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "findings.h"

#include <string.h>

void
fxu_findings_clear (FxuFindings *self)
{
  for (guint i = 0; i < FXU_N_STAGES; i++)
    g_clear_pointer (&self->models[i], fxp_model_unref);
  *self = (FxuFindings){0};
}

/* What a job makes a model of; FXU_N_STAGES: nothing. */
static FxuStage
get_stage (FxuJobKind kind)
{
  switch (kind)
    {
    case FXU_JOB_CONVERT:
      return FXU_STAGE_CONVERTED;
    case FXU_JOB_REESTIMATE:
      return FXU_STAGE_REESTIMATED;
    case FXU_JOB_TUNE:
      return FXU_STAGE_TUNED;
    case FXU_JOB_CERTIFY:
    case FXU_JOB_SWEEP:
    case FXU_N_JOBS:
    default:
      return FXU_N_STAGES;
    }
}

void
fxu_findings_begin (FxuFindings *self, FxuJobKind kind, FxuStage best)
{
  FxuStage stage = get_stage (kind);

  if (stage < FXU_N_STAGES)
    self->scores[stage] = (FxuScore){0};
  if (kind == FXU_JOB_TUNE)
    self->tuning = (FxpFineTuningResult){0};
  if (kind == FXU_JOB_SWEEP)
    self->n_points = 0;
  if (kind == FXU_JOB_CERTIFY)
    {
      self->certificate = (FxpInferenceResult){0};
      self->certified = best;
    }
}

void
fxu_findings_take (FxuFindings *self,
                   FxuJobKind kind,
                   const FxuOrigin *origin,
                   const FxuJobNews *news)
{
  for (guint i = 0; i < FXU_N_STAGES; i++)
    if (news->scores[i].n > 0)
      {
        self->scores[i] = news->scores[i];
        self->origins[i] = *origin;
      }
  if (kind == FXU_JOB_CERTIFY && news->certificate.n > 0)
    {
      self->certificate = news->certificate;
      self->n_to_certify = news->n_to_certify;
      self->certificate_origin = *origin;
    }
  if (kind == FXU_JOB_TUNE && news->tuning.n_steps > 0)
    self->tuning = news->tuning;
  if (kind == FXU_JOB_SWEEP && news->n_points > 0)
    {
      memcpy (self->points, news->points, sizeof self->points);
      self->n_points = news->n_points;
      self->sweep_origin = *origin;
    }
}

void
fxu_findings_take_model (FxuFindings *self,
                         FxuJobKind kind,
                         const FxuOrigin *origin,
                         FxpModel *model)
{
  FxuStage stage = get_stage (kind);

  g_return_if_fail (stage < FXU_N_STAGES);

  g_clear_pointer (&self->models[stage], fxp_model_unref);
  self->models[stage] = model;
  self->model_origins[stage] = *origin;
}

FxuStage
fxu_findings_get_best (const FxuFindings *self, const FxuOrigin *now)
{
  for (guint i = FXU_N_STAGES - 1; i > FXU_STAGE_FLOAT; i--)
    if (self->models[i] != NULL && !fxu_origin_is_stale (&self->model_origins[i], now))
      return i;
  return FXU_STAGE_FLOAT;
}

static gboolean
options_equal (const FxpConversionOptions *a, const FxpConversionOptions *b)
{
  return fxp_cluster_options_equal (&a->clusters, &b->clusters) && a->last == b->last &&
         a->activation_bits == b->activation_bits && a->is_unsigned == b->is_unsigned &&
         a->intermediate_bits == b->intermediate_bits && a->scaling == b->scaling &&
         a->exponents == b->exponents && a->calibration_batches == b->calibration_batches &&
         a->calibration_size == b->calibration_size;
}

gboolean
fxu_origin_is_stale (const FxuOrigin *self, const FxuOrigin *now)
{
  return self->source != now->source || !options_equal (&self->options, &now->options);
}

gboolean
fxu_findings_is_stale (const FxuFindings *self, FxuStage stage, const FxuOrigin *now)
{
  if (stage == FXU_STAGE_FLOAT)
    return self->origins[stage].source != now->source;
  return fxu_origin_is_stale (&self->origins[stage], now);
}

gboolean
fxu_findings_is_sweep_stale (const FxuFindings *self, const FxuOrigin *now)
{
  FxuOrigin same_size = *now;

  same_size.options.clusters.size = self->sweep_origin.options.clusters.size;
  return fxu_origin_is_stale (&self->sweep_origin, &same_size);
}
