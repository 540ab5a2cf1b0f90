/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "conversion-steps.h"

#include <math.h>

#define TELL_INTERVAL_US (G_USEC_PER_SEC / 15)

typedef struct
{
  const FxuJobRequest *request;
  FxuJobNews news;
  FxpModel *model;  /* owned; the outcome's */
  FxuStage testing; /* whose accuracy the evaluation under way is */
  GCancellable *cancellable;
  FxuJobProgress func;
  gpointer func_data;
  gint64 told_us;
} Steps;

guint
fxu_sweep_get_size (guint i)
{
  return 1u << i;
}

static void
tell (Steps *self, FxuActivity activity, double share)
{
  gint64 now_us = g_get_monotonic_time ();

  if (activity == self->news.activity && share < 1.0 && now_us - self->told_us < TELL_INTERVAL_US)
    return;
  self->told_us = now_us;
  self->news.activity = activity;
  self->news.share = CLAMP (share, 0.0, 1.0);
  self->func (&self->news, self->func_data);
}

static void
calibration_cb (double share, gpointer data)
{
  tell (data, FXU_ACTIVITY_CALIBRATING, share);
}

static void
reestimation_cb (double share, gpointer data)
{
  tell (data, FXU_ACTIVITY_REESTIMATING, share);
}

static void
tuning_cb (double share, const FxpFineTuningResult *so_far, gpointer data)
{
  Steps *self = data;

  self->news.tuning = *so_far;
  tell (self, FXU_ACTIVITY_TUNING, share);
}

static FxuScore *
get_score (Steps *self)
{
  return self->request->kind == FXU_JOB_SWEEP && self->testing != FXU_STAGE_FLOAT
           ? &self->news.points[self->news.n_points - 1].scores[self->testing]
           : &self->news.scores[self->testing];
}

static void
take_score (Steps *self, const FxpInferenceResult *result)
{
  FxuScore *score = get_score (self);

  score->n = result->n;
  score->n_correct = result->n_correct;
}

static void
testing_cb (double share, const FxpInferenceResult *so_far, gpointer data)
{
  Steps *self = data;

  if (so_far != NULL)
    take_score (self, so_far);
  tell (self, FXU_ACTIVITY_TESTING, share);
}

static void
certification_cb (double share, const FxpInferenceResult *so_far, gpointer data)
{
  Steps *self = data;

  if (so_far != NULL)
    self->news.certificate = *so_far;
  tell (self, FXU_ACTIVITY_CERTIFYING, share);
}

static guint64
count_images (const Steps *self)
{
  guint64 n = fxp_dataset_get_n (self->request->dataset, FXP_SPLIT_TEST);

  return self->request->n_images > 0 ? MIN (n, self->request->n_images) : n;
}

static gboolean
test (Steps *self, FxpModel *model, FxuStage stage, GError **error)
{
  gboolean is_float = fxp_conversion_options_is_off (fxp_model_get_options (model));
  FxpInferenceResult result = {0};

  self->testing = stage;
  *get_score (self) = (FxuScore){.n_all = count_images (self)};
  tell (self, FXU_ACTIVITY_TESTING, 0.0);
  if (!fxp_evaluation_run (model,
                           self->request->dataset,
                           FXP_SPLIT_TEST,
                           self->request->n_images,
                           0,
                           is_float ? FXP_ENGINE_SIMULATED : FXP_ENGINE_INTEGER,
                           FALSE,
                           self->request->n_threads,
                           testing_cb,
                           self,
                           self->cancellable,
                           &result,
                           error))
    return FALSE;
  take_score (self, &result);
  return TRUE;
}

static gboolean
test_float (Steps *self, GError **error)
{
  FxpConversionOptions options;
  g_autoptr (FxpModel) model = NULL;

  if (!self->request->tests_float)
    return TRUE;
  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  model = fxp_conversion_cluster (self->request->trained, &options, error);
  return model != NULL && test (self, model, FXU_STAGE_FLOAT, error);
}

static FxpModel *
calibrate (Steps *self, FxpModel *model, GError **error)
{
  return fxp_conversion_calibrate (model,
                                   self->request->dataset,
                                   self->request->n_threads,
                                   calibration_cb,
                                   self,
                                   self->cancellable,
                                   error);
}

static FxpModel *
reestimate (Steps *self, FxpModel *model, GError **error)
{
  return fxp_conversion_reestimate (model,
                                    self->request->dataset,
                                    fxp_model_get_options (model)->calibration_batches,
                                    self->request->n_threads,
                                    reestimation_cb,
                                    self,
                                    self->cancellable,
                                    error);
}

static gboolean
has_normalization (FxpTrained *trained)
{
  guint n = 0;

  fxp_trained_is_normalized (trained, &n);
  return n > 0;
}

/* Calibrated or, where @anew and there is something to estimate, estimated anew; and tested. */
static FxpModel *
convert (Steps *self, FxpModel *model, gboolean anew, FxuStage stage, GError **error)
{
  g_autoptr (FxpModel) converted =
    anew ? reestimate (self, model, error) : calibrate (self, model, error);

  if (converted == NULL || !test (self, converted, stage, error))
    return NULL;
  return g_steal_pointer (&converted);
}

static FxpModel *
tune (Steps *self, FxpModel *model, GError **error)
{
  FxpFineTuningOptions options = {.n_steps = self->request->n_steps, .rate = self->request->rate};
  g_autoptr (FxpCheckpoint) tuned = NULL;
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) clustered = NULL;

  tell (self, FXU_ACTIVITY_TUNING, 0.0);
  tuned = fxp_fine_tuning_run (self->request->checkpoint,
                               self->request->dataset,
                               model,
                               &options,
                               self->request->n_threads,
                               tuning_cb,
                               self,
                               self->cancellable,
                               &self->news.tuning,
                               error);
  if (tuned == NULL)
    return NULL;
  trained = fxp_trained_new_from_checkpoint (tuned, error);
  if (trained == NULL)
    return NULL;
  clustered = fxp_conversion_cluster (trained, fxp_model_get_options (model), error);
  if (clustered == NULL)
    return NULL;
  return convert (self, clustered, has_normalization (trained), FXU_STAGE_TUNED, error);
}

static double
find_density (const FxpModel *model)
{
  guint n = fxp_model_get_n_weighted (model);
  FxpLayerReport *reports = fxp_model_report (model);
  double n_codes = 0.0, n_nonzero = 0.0;

  for (guint i = 0; i < n; i++)
    if (!reports[i].is_plain && reports[i].bits < 32)
      {
        n_codes += (double)reports[i].weights.n;
        n_nonzero += (double)reports[i].weights.n_nonzero;
      }
  fxp_layer_reports_free (reports, n);
  return n_codes > 0.0 ? n_nonzero / n_codes : NAN;
}

static gboolean
sweep_one (Steps *self, guint size, GError **error)
{
  FxpConversionOptions options = self->request->options;
  FxuSweepPoint *point = &self->news.points[self->news.n_points++];
  g_autoptr (FxpModel) clustered = NULL;
  g_autoptr (FxpModel) calibrated = NULL;
  g_autoptr (FxpModel) best = NULL;
  g_autoptr (FxpModel) tuned = NULL;

  *point = (FxuSweepPoint){.size = size, .density = NAN};
  self->news.sweep_size = options.clusters.size = size;
  clustered = fxp_conversion_cluster (self->request->trained, &options, error);
  if (clustered == NULL)
    return FALSE;
  point->density = find_density (clustered);
  calibrated = convert (self, clustered, FALSE, FXU_STAGE_CONVERTED, error);
  if (calibrated == NULL)
    return FALSE;
  if (has_normalization (self->request->trained))
    {
      best = convert (self, clustered, TRUE, FXU_STAGE_REESTIMATED, error);
      if (best == NULL)
        return FALSE;
    }
  if (!self->request->sweep_tunes)
    return TRUE;
  tuned = tune (self, best != NULL ? best : calibrated, error);
  return tuned != NULL;
}

static FxpModel *
begin (Steps *self, GError **error)
{
  if (self->request->model != NULL)
    return fxp_model_ref (self->request->model);
  return fxp_conversion_cluster (self->request->trained, &self->request->options, error);
}

static gboolean
run (Steps *self, GError **error)
{
  g_autoptr (FxpModel) model = begin (self, error);

  if (model == NULL || !test_float (self, error))
    return FALSE;
  switch (self->request->kind)
    {
    case FXU_JOB_CONVERT:
      self->model = convert (self, model, FALSE, FXU_STAGE_CONVERTED, error);
      return self->model != NULL;
    case FXU_JOB_REESTIMATE:
      self->model = convert (self, model, TRUE, FXU_STAGE_REESTIMATED, error);
      return self->model != NULL;
    case FXU_JOB_TUNE:
      self->model = tune (self, model, error);
      return self->model != NULL;
    case FXU_JOB_CERTIFY:
      self->news.n_to_certify = count_images (self);
      tell (self, FXU_ACTIVITY_CERTIFYING, 0.0);
      return fxp_evaluation_run (model,
                                 self->request->dataset,
                                 FXP_SPLIT_TEST,
                                 self->request->n_images,
                                 0,
                                 FXP_ENGINE_BOTH,
                                 FALSE,
                                 self->request->n_threads,
                                 certification_cb,
                                 self,
                                 self->cancellable,
                                 &self->news.certificate,
                                 error);
    case FXU_JOB_SWEEP:
      for (guint i = 0; i < FXU_SWEEP_N; i++)
        if (!sweep_one (self, fxu_sweep_get_size (i), error))
          return FALSE;
      return TRUE;
    case FXU_N_JOBS:
    default:
      g_return_val_if_reached (FALSE);
    }
}

gboolean
fxu_conversion_steps_run (const FxuJobRequest *request,
                          FxuJobProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          FxuJobOutcome *outcome,
                          GError **error)
{
  Steps steps = {
    .request = request,
    .cancellable = cancellable,
    .func = progress,
    .func_data = progress_data,
  };

  if (!run (&steps, error))
    return FALSE;
  outcome->news = steps.news;
  outcome->model = steps.model;
  return TRUE;
}
