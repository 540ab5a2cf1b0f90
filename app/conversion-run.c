/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "conversion-run.h"

#include "cli.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

const char *
fxa_stage_get_nick (FxaStage self)
{
  static const char *const nicks[FXA_N_STAGES] = {"float", "clustered", "reestimated", "tuned"};

  g_return_val_if_fail ((guint)self < FXA_N_STAGES, NULL);

  return nicks[self];
}

const char *
fxa_stage_get_name (FxaStage self)
{
  static const char *const names[FXA_N_STAGES] = {
    N_ ("float"),
    N_ ("converted"),
    N_ ("re-estimated"),
    N_ ("fine-tuned"),
  };

  g_return_val_if_fail ((guint)self < FXA_N_STAGES, NULL);

  return _ (names[self]);
}

/* What is at hand while one is converted. */
typedef struct
{
  const FxaConversionPlan *plan;
  FxaConversion *result;
  FxaConversionTold told;
  GCancellable *cancellable; /* or NULL */
  FxpCheckpoint *checkpoint; /* owned */
  FxpDataset *dataset;       /* owned */
  gboolean is_off, is_normalized;
} Converting;

static void
converting_clear (Converting *self)
{
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Converting, converting_clear)

void
fxa_conversion_free (FxaConversion *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_clear_pointer (&self->model, fxp_model_unref);
  if (self->layers != NULL)
    fxp_layer_reports_free (self->layers, self->n_layers);
  g_ptr_array_unref (self->notices);
  g_free (self);
}

double
fxa_conversion_get_recovered (const double *accuracy)
{
  const double before = isnan (accuracy[FXA_STAGE_REESTIMATED]) ? accuracy[FXA_STAGE_CLUSTERED]
                                                                : accuracy[FXA_STAGE_REESTIMATED];
  const double lost = accuracy[FXA_STAGE_FLOAT] - before;

  return lost > 0 ? (accuracy[FXA_STAGE_TUNED] - before) / lost : NAN;
}

static void notice (Converting *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
notice (Converting *self, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (self->result->notices, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
conversion_cb (double share, gpointer progress)
{
  fxa_progress_work (progress, share);
}

static void
tuning_cb (double share, const FxpFineTuningResult *so_far, gpointer progress)
{
  fxa_progress_work (progress, share);
}

static void
evaluation_cb (double share, const FxpInferenceResult *so_far, gpointer progress)
{
  fxa_progress_work (progress, share);
}

/* A bar of its own, gone before what came of the work is told. */
static FxaProgress *
begin_work (const char *what)
{
  FxaProgress *progress = fxa_progress_new ();

  fxa_progress_begin_work (progress, what);
  return progress;
}

/* Behind a stage: its accuracy. */
static gboolean
evaluate (Converting *self, FxpModel *model, FxaStage stage, GError **error)
{
  const gboolean is_off = fxp_conversion_options_is_off (fxp_model_get_options (model));
  FxaConversion *result = self->result;
  FxpInferenceResult found;
  gboolean done;

  {
    g_autoptr (FxaProgress) progress = begin_work (_ ("evaluation"));

    done = fxp_evaluation_run (model,
                               self->dataset,
                               FXP_SPLIT_TEST,
                               self->plan->n_samples,
                               0,
                               is_off ? FXP_ENGINE_SIMULATED : FXP_ENGINE_INTEGER,
                               FALSE,
                               self->plan->n_threads,
                               evaluation_cb,
                               progress,
                               self->cancellable,
                               &found,
                               error);
  }
  if (!done)
    return FALSE;
  result->n_samples = found.n;
  result->accuracy[stage] = found.n > 0 ? (double)found.n_correct / found.n : NAN;
  if (self->told != NULL)
    self->told (result, stage);
  return TRUE;
}

/* The float network as it is. */
static FxpModel *
keep_float (FxpTrained *trained, GError **error)
{
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.clusters.bits = 8;
  options.activation_bits = 32;
  return fxp_conversion_cluster (trained, &options, error);
}

/* Weights to clusters, then exponents. */
static FxpModel *
cluster (Converting *self, FxpTrained *trained, GError **error)
{
  const gint64 start_us = g_get_monotonic_time ();
  g_autoptr (FxpModel) model = fxp_conversion_cluster (trained, &self->plan->options, error);
  g_autoptr (FxaProgress) progress = NULL;

  if (model == NULL)
    return NULL;
  self->result->clustering_ms = (g_get_monotonic_time () - start_us) / 1e3;
  if (self->is_off)
    return g_steal_pointer (&model);
  progress = begin_work (_ ("calibration"));
  return fxp_conversion_calibrate (model,
                                   self->dataset,
                                   self->plan->n_threads,
                                   conversion_cb,
                                   progress,
                                   self->cancellable,
                                   error);
}

static gboolean
reestimates (const Converting *self)
{
  return self->plan->reestimate > 0 && self->is_normalized && !self->is_off;
}

static FxpModel *
reestimate (Converting *self, FxpModel *model, GError **error)
{
  g_autoptr (FxaProgress) progress = begin_work (_ ("re-estimation"));

  return fxp_conversion_reestimate (model,
                                    self->dataset,
                                    self->plan->reestimate,
                                    self->plan->n_threads,
                                    conversion_cb,
                                    progress,
                                    self->cancellable,
                                    error);
}

static void
keep (Converting *self, FxpModel *model)
{
  g_clear_pointer (&self->result->model, fxp_model_unref);
  self->result->model = fxp_model_ref (model);
}

static gboolean
convert (Converting *self, FxpTrained *trained, GError **error)
{
  g_autoptr (FxpModel) model = cluster (self, trained, error);
  g_autoptr (FxpModel) better = NULL;

  if (model == NULL)
    return FALSE;
  keep (self, model);
  if (!evaluate (self, model, FXA_STAGE_CLUSTERED, error))
    return FALSE;
  if (!reestimates (self))
    return TRUE;
  better = reestimate (self, model, error);
  if (better == NULL)
    return FALSE;
  keep (self, better);
  return evaluate (self, better, FXA_STAGE_REESTIMATED, error);
}

/* Trains with what the model computes, and converts what that has made of the weights. */
static gboolean
tune (Converting *self, GError **error)
{
  FxaConversion *result = self->result;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (FxpModel) better = NULL;

  {
    g_autoptr (FxaProgress) progress = begin_work (_ ("fine-tuning"));

    checkpoint = fxp_fine_tuning_run (self->checkpoint,
                                      self->dataset,
                                      result->model,
                                      &self->plan->tuning,
                                      self->plan->n_threads,
                                      tuning_cb,
                                      progress,
                                      self->cancellable,
                                      &result->tuning,
                                      error);
  }
  if (checkpoint == NULL)
    return FALSE;
  if (result->tuning.diverged)
    {
      notice (self,
              _ ("fine-tuning diverged (loss %.3g, %.3g at first): the network stays as it was; a "
                 "lower --rate may help"),
              result->tuning.loss_last,
              result->tuning.loss_first);
      return TRUE;
    }
  trained = fxp_trained_new_from_checkpoint (checkpoint, error);
  model = trained != NULL ? cluster (self, trained, error) : NULL;
  if (model == NULL)
    return FALSE;
  better = reestimates (self) ? reestimate (self, model, error) : fxp_model_ref (model);
  if (better == NULL)
    return FALSE;
  keep (self, better);
  return evaluate (self, better, FXA_STAGE_TUNED, error);
}

/* What a user might not expect of one layer. */
static void
look_at_layer (Converting *self, const FxpLayerReport *layer)
{
  const FxpClusterOptions *clusters = &self->plan->options.clusters;
  const FxpClusterReport *weights = &layer->weights;
  const gboolean has_size = clusters->granularity == FXP_GRANULARITY_KERNELS ||
                            clusters->granularity == FXP_GRANULARITY_WEIGHTS;

  if (weights->n_nonfinite > 0)
    notice (self,
            _ ("%s: %" PRIu64 " weights are no numbers and became 0"),
            layer->name,
            weights->n_nonfinite);
  if (weights->n_nonzero == 0)
    notice (self, _ ("%s: no weight is left, all codes are 0"), layer->name);
  else if (!layer->is_plain && weights->n_vanished > 0)
    notice (self,
            _ ("%s: %zu of %zu clusters vanished: nothing in them is left"),
            layer->name,
            weights->n_vanished,
            weights->n_clusters);
  if (!layer->is_plain && has_size && layer->effective_size < clusters->size)
    notice (self,
            _ ("%s: it has %u inputs, fewer than clusters of %u: N is %u there"),
            layer->name,
            layer->effective_size,
            clusters->size,
            layer->effective_size);
  if (layer->is_wide)
    notice (self, _ ("%s: its sums may need more than 32 bits and are formed in 64"), layer->name);
}

/* Of weights in clusters, in each residual step; the two terms of a step that has signs of their
 * own count as one. */
static double
get_density (const FxaConversion *self)
{
  const gboolean is_asymmetric = fxp_model_get_options (self->model)->clusters.asymmetric;
  guint64 n = 0, n_nonzero = 0;

  for (guint i = 0; i < self->n_layers; i++)
    if (!self->layers[i].is_plain)
      {
        n += self->layers[i].weights.n;
        n_nonzero += self->layers[i].weights.n_nonzero;
      }
  return n > 0 ? MIN ((is_asymmetric ? 2.0 : 1.0) * n_nonzero / n, 1.0) : 1.0;
}

static gboolean
count (FxaConversion *self, GError **error)
{
  const FxpConversionOptions *options = fxp_model_get_options (self->model);
  FxpExperiment *experiment = fxp_model_get_experiment (self->model);
  g_autoptr (FxpWork) work = fxp_work_new (fxp_experiment_get_topology (experiment),
                                           fxp_model_get_input (self->model),
                                           error);
  FxpOperationOptions counted;

  if (work == NULL)
    return FALSE;
  fxp_operation_options_init (&counted);
  counted.clusters = options->clusters;
  counted.last_is_byte = options->last == FXP_LAST_WEIGHTS_BYTE;
  fxp_work_count (work, &counted, get_density (self), NULL, &self->operations);
  self->n_weights = self->operations.total.n_weights;
  return TRUE;
}

static gboolean
look_back (Converting *self, GError **error)
{
  FxaConversion *result = self->result;
  guint n_plain = 0;

  if (!self->is_off)
    {
      result->layers = fxp_model_report (result->model);
      result->n_layers = fxp_model_get_n_weighted (result->model);
    }
  for (guint i = 0; i < result->n_layers; i++)
    {
      look_at_layer (self, &result->layers[i]);
      n_plain += result->layers[i].is_plain;
    }
  if (self->plan->options.clusters.method != FXP_CLUSTER_NONE && n_plain == result->n_layers)
    notice (self,
            _ ("no layer has clusters: the first keeps 8-bit words, and the last does without "
               "--last clusters"));
  return count (result, error);
}

static gboolean
load (Converting *self, FxpTrained **trained, GError **error)
{
  const char *path = self->result->path;
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (FxaProgress) progress = fxa_progress_new ();
  guint n_normalized;

  self->checkpoint = fxp_checkpoint_load (file, self->cancellable, error);
  if (self->checkpoint == NULL)
    return FALSE;
  *trained = fxp_trained_new_from_checkpoint (self->checkpoint, error);
  if (*trained == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }
  fxp_trained_is_normalized (*trained, &n_normalized);
  self->is_normalized = n_normalized > 0;
  self->is_off = fxp_conversion_options_is_off (&self->plan->options);
  if (!self->is_normalized && self->plan->reestimate > 0 && !self->is_off)
    notice (self, _ ("the network has no batch normalization: there is nothing to re-estimate"));
  self->dataset = fxa_cli_load_dataset (fxp_checkpoint_get_experiment (self->checkpoint),
                                        progress,
                                        self->cancellable,
                                        error);
  return self->dataset != NULL;
}

/* All stages. */
static gboolean
run (Converting *self, GError **error)
{
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) of_float = NULL;

  if (!load (self, &trained, error))
    return FALSE;
  of_float = keep_float (trained, error);
  if (of_float == NULL || !evaluate (self, of_float, FXA_STAGE_FLOAT, error) ||
      !convert (self, trained, error) || (self->plan->tuning.n_steps > 0 && !tune (self, error)) ||
      !look_back (self, error))
    return FALSE;
  return TRUE;
}

FxaConversion *
fxa_conversion_run (const FxaConversionPlan *plan,
                    const char *path,
                    FxaConversionTold told,
                    GCancellable *cancellable,
                    GError **error)
{
  g_autoptr (FxaConversion) result = g_new0 (FxaConversion, 1);
  g_auto (Converting) converting = {
    .plan = plan,
    .result = result,
    .told = told,
    .cancellable = cancellable,
  };

  result->path = g_strdup (path);
  result->notices = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < FXA_N_STAGES; i++)
    result->accuracy[i] = NAN;
  result->tuning = (FxpFineTuningResult){.loss_first = NAN, .loss_last = NAN};
  return run (&converting, error) ? g_steal_pointer (&result) : NULL;
}
