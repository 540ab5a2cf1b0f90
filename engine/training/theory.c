/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/mismatch-private.h"
#include "analysis/noise-gain-private.h"
#include "experiment/experiment-private.h"
#include "number/error.h"
#include "training/checkpoint-private.h"
#include "training/theory-job-private.h"

#include <glib/gi18n-lib.h>

#define N_SAMPLES            500 /* 5.2 recommends 200 to 1000 */
#define PROGRESS_INTERVAL_US (G_USEC_PER_SEC / 10)

void
fxp_theory_options_init (FxpTheoryOptions *self, FxpDataset *dataset)
{
  g_return_if_fail (self != NULL && dataset != NULL);

  *self = (FxpTheoryOptions){
    .n_samples = N_SAMPLES,
    .caps_samples = FALSE,
    .slice =
      fxp_dataset_get_n (dataset, FXP_SPLIT_VALIDATION) > 0 ? FXP_SPLIT_VALIDATION : FXP_SPLIT_TEST,
  };
}

/* Whoever is told, and when that was last done. */
typedef struct
{
  FxpTheoryProgress func; /* or NULL */
  gpointer data;
  gint64 told; /* monotonic time */
} Listener;

static void
tell (Listener *self, double share, const FxpNoiseGainJob *gains)
{
  gint64 now = g_get_monotonic_time ();

  if (self->func == NULL || (share < 1 && now - self->told < PROGRESS_INTERVAL_US))
    return;
  self->told = now;
  if (gains == NULL)
    {
      self->func (share, NULL, self->data);
    }
  else
    {
      g_autoptr (FxpNoiseGains) so_far = fxp_noise_gain_job_get (gains);

      self->func (share, so_far, self->data);
    }
}

FxpNoiseGains *
fxp_theory_measure_gains (FxpCheckpoint *checkpoint,
                          FxpDataset *dataset,
                          const FxpTheoryOptions *options,
                          guint n_threads,
                          FxpTheoryProgress progress,
                          gpointer progress_data,
                          GCancellable *cancellable,
                          GError **error)
{
  g_auto (FxpTheoryJob) job = {0};
  g_autoptr (FxpNoiseGainJob) gains = NULL;
  Listener listener = {progress, progress_data, 0};

  g_return_val_if_fail (checkpoint != NULL && dataset != NULL && options != NULL, NULL);
  g_return_val_if_fail (options->n_samples >= 1 && n_threads >= 1, NULL);

  if (!fxp_theory_job_init (&job, checkpoint, dataset, options, n_threads, cancellable, error))
    return NULL;
  fxp_network_want_input_gradient (job.network);
  gains = fxp_noise_gain_job_new (job.network, checkpoint->experiment, options->caps_samples);
  tell (&listener, 0, NULL);
  for (guint i = 0; i < job.n; i++)
    {
      fxp_theory_job_gather (&job, i, 1);
      if (!fxp_noise_gain_job_add (gains, job.inputs) || g_cancellable_is_cancelled (cancellable))
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return NULL;
        }
      tell (&listener, (i + 1.0) / job.n, gains);
    }
  return fxp_noise_gain_job_get (gains);
}

/* Whether only formats of @experiment are others than those of the run. */
static gboolean
check_same_network (const FxpCheckpoint *checkpoint,
                    const FxpExperiment *experiment,
                    GError **error)
{
  const char *found = fxp_topology_get_text (fxp_experiment_get_topology (experiment));
  const char *expected =
    fxp_topology_get_text (fxp_experiment_get_topology (checkpoint->experiment));

  if (g_ascii_strcasecmp (found, expected) == 0 &&
      fxp_experiment_get_settings (experiment)->activation ==
        fxp_experiment_get_settings (checkpoint->experiment)->activation)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_CHECKPOINT,
               _ ("the formats are of another network, %s; expected %s as in the run"),
               found,
               expected);
  return FALSE;
}

gboolean
fxp_theory_measure_mismatch (FxpCheckpoint *checkpoint,
                             FxpDataset *dataset,
                             FxpExperiment *experiment,
                             const FxpTheoryOptions *options,
                             guint n_threads,
                             GCancellable *cancellable,
                             FxpMismatch *mismatch,
                             GError **error)
{
  g_auto (FxpTheoryJob) job = {0};
  g_autoptr (FxpNetwork) quantized = NULL;
  guint n;

  g_return_val_if_fail (checkpoint != NULL && dataset != NULL && experiment != NULL, FALSE);
  g_return_val_if_fail (options != NULL && options->n_samples >= 1 && n_threads >= 1, FALSE);
  g_return_val_if_fail (mismatch != NULL, FALSE);

  if (!check_same_network (checkpoint, experiment, error) ||
      !fxp_theory_job_init (&job, checkpoint, dataset, options, n_threads, cancellable, error))
    return FALSE;
  quantized = fxp_mismatch_make_quantized (job.network,
                                           experiment,
                                           &checkpoint->position.input,
                                           checkpoint->position.n_classes,
                                           job.scratch,
                                           job.team,
                                           error);
  if (quantized == NULL)
    return FALSE;
  fxp_network_set_monitor (quantized, fxp_theory_job_monitor, &job);
  *mismatch = (FxpMismatch){0};
  for (guint first = 0; first < job.n; first += n)
    {
      n = fxp_theory_job_gather (&job, first, job.n_inputs);
      if (!fxp_mismatch_add (mismatch, job.network, quantized, job.inputs, n) ||
          g_cancellable_is_cancelled (cancellable))
        {
          g_cancellable_set_error_if_cancelled (cancellable, error);
          return FALSE;
        }
    }
  return TRUE;
}

FxpExperiment *
fxp_theory_get_baseline_experiment (FxpExperiment *experiment)
{
  const FxpQuantizer quantizer = FXP_QUANTIZER_FLOAT;
  FxpExperiment *baseline;
  FxpSettings *settings;

  g_return_val_if_fail (experiment != NULL, NULL);

  baseline = fxp_experiment_copy (experiment);
  settings = fxp_experiment_edit_settings (baseline);
  settings->twin = FALSE;
  /* Of three levels neither a gradient is a float one nor a weight. */
  settings->gradients = FXP_GRADIENTS_PLAIN;
  settings->clusters.method = FXP_CLUSTER_NONE;
  for (guint16 layer = 0; layer < fxp_experiment_get_n_weighted (baseline); layer++)
    for (guint16 role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};

        if (fxp_experiment_owns_cell (baseline, id))
          fxp_experiment_set_cell (baseline, id, &quantizer);
      }
  return baseline;
}
