/* SPDX-License-Identifier: MIT */
/* What can be chosen of a conversion, and what follows from it without a long step. */
#include "config.h"

#include "conversion-parts.h"

#include <glib/gi18n.h>

const FxpConversionOptions *
fxu_conversion_get_options (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  return &self->options;
}

gboolean
fxu_conversion_set_options (FxuConversion *self, const FxpConversionOptions *options)
{
  g_autoptr (GError) error = NULL;
  gboolean is_valid;

  g_return_val_if_fail (FXU_IS_CONVERSION (self), FALSE);
  g_return_val_if_fail (options != NULL, FALSE);

  if (self->session == NULL)
    return FALSE;
  is_valid = fxp_conversion_options_validate (options, &error);
  if (is_valid)
    {
      self->options = *options;
      if (self->source != NULL)
        fxu_clusterer_want (self->clusterer,
                            fxu_conversion_source_get_trained (self->source),
                            &self->options);
    }
  else
    fxu_conversion_fail (self, error->message);
  /* Whoever shows them shows the old ones again where the new ones were refused. */
  fxu_conversion_changed (self);
  return is_valid;
}

guint64
fxu_conversion_get_n_images (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), 0);

  return self->n_images;
}

void
fxu_conversion_set_n_images (FxuConversion *self, guint64 n_images)
{
  g_return_if_fail (FXU_IS_CONVERSION (self));

  if (self->n_images == n_images)
    return;
  self->n_images = n_images;
  fxu_conversion_changed (self);
}

guint64
fxu_conversion_get_max_steps (FxuConversion *self)
{
  FxpDataset *dataset;
  guint batch;

  g_return_val_if_fail (FXU_IS_CONVERSION (self), 1);

  dataset = self->session != NULL ? fxu_session_get_dataset (self->session) : NULL;
  if (dataset == NULL)
    return MAX (self->n_steps, 1);
  batch = fxp_experiment_get_settings (fxu_session_get_experiment (self->session))->batch;
  return MAX (1, (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) + batch - 1) / batch);
}

guint64
fxu_conversion_get_n_steps (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), 1);

  return MIN (self->n_steps, fxu_conversion_get_max_steps (self));
}

void
fxu_conversion_set_n_steps (FxuConversion *self, guint64 n_steps)
{
  g_return_if_fail (FXU_IS_CONVERSION (self));
  g_return_if_fail (n_steps >= 1);

  if (self->n_steps == n_steps)
    return;
  self->n_steps = n_steps;
  fxu_conversion_changed (self);
}

double
fxu_conversion_get_rate (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), 0.0);

  return self->rate;
}

void
fxu_conversion_set_rate (FxuConversion *self, double rate)
{
  g_return_if_fail (FXU_IS_CONVERSION (self));
  g_return_if_fail (rate >= 0.0 && rate <= FXU_RATE_MAX);

  if (self->rate == rate)
    return;
  self->rate = rate;
  fxu_conversion_changed (self);
}

double
fxu_conversion_get_default_rate (FxuConversion *self)
{
  static const FxpFineTuningOptions options = {.n_steps = 1};
  FxuClustering *clustering = fxu_conversion_get_clustering (self);
  g_autoptr (FxpExperiment) experiment = NULL;

  if (clustering == NULL)
    return 0.0;
  experiment = fxp_fine_tuning_get_experiment (fxu_clustering_get_model (clustering), &options);
  return fxp_experiment_get_settings (experiment)->rate;
}

gboolean
fxu_conversion_get_sweep_tunes (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), FALSE);

  return self->sweep_tunes;
}

void
fxu_conversion_set_sweep_tunes (FxuConversion *self, gboolean sweep_tunes)
{
  g_return_if_fail (FXU_IS_CONVERSION (self));

  if (self->sweep_tunes == !!sweep_tunes)
    return;
  self->sweep_tunes = !!sweep_tunes;
  fxu_conversion_changed (self);
}

FxuClustering *
fxu_conversion_get_clustering (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  return fxu_clusterer_get (self->clusterer);
}

const char *
fxu_conversion_get_refusal (FxuConversion *self)
{
  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  return fxu_clusterer_get_refusal (self->clusterer);
}

gboolean
fxu_conversion_has_normalization (FxuConversion *self)
{
  guint n = 0;

  g_return_val_if_fail (FXU_IS_CONVERSION (self), FALSE);

  if (self->source != NULL)
    fxp_trained_is_normalized (fxu_conversion_source_get_trained (self->source), &n);
  return n > 0;
}

FxpOperations
fxu_conversion_count (FxuConversion *self, guint size)
{
  FxpOperationOptions options;
  FxpOperations operations = {0};

  g_return_val_if_fail (FXU_IS_CONVERSION (self) && self->work != NULL, operations);

  fxp_operation_options_init (&options);
  options.clusters = self->options.clusters;
  options.clusters.size = size;
  options.last_is_byte = self->options.last != FXP_LAST_WEIGHTS_CLUSTERS;
  fxp_work_count (self->work, &options, FXP_OPERATIONS_DENSITY, NULL, &operations);
  return operations;
}

const char *
fxu_conversion_explain (FxuConversion *self, FxuJobKind kind)
{
  FxpGranularity granularity;

  g_return_val_if_fail (FXU_IS_CONVERSION (self), NULL);

  granularity = self->options.clusters.granularity;
  if (self->session == NULL || fxu_session_get_dataset (self->session) == NULL)
    return _ ("There are no data yet to convert a network with");
  if (fxu_conversion_get_refusal (self) != NULL)
    return fxu_conversion_get_refusal (self);
  if (kind == FXU_JOB_REESTIMATE && self->source != NULL &&
      !fxu_conversion_has_normalization (self))
    return _ ("The network has no batch normalization to estimate anew");
  if (kind == FXU_JOB_CERTIFY && fxu_conversion_get_best (self) == FXU_STAGE_FLOAT)
    return _ ("Nothing is converted yet that could be certified");
  if (kind == FXU_JOB_SWEEP &&
      (self->options.clusters.method == FXP_CLUSTER_NONE ||
       (granularity != FXP_GRANULARITY_KERNELS && granularity != FXP_GRANULARITY_WEIGHTS)))
    return _ ("A sweep goes over N: choose clusters of N kernels or of N weights");
  if (fxp_conversion_options_is_off (&self->options))
    return _ ("Nothing is converted with weights and activations in float");
  return NULL;
}
