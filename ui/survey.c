/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "survey.h"

#include <glib/gi18n.h>

struct _FxuSurvey
{
  int n_references;
  FxuTheorySource source;
  FxpExperiment *experiment; /* of the session when the survey began */
  FxpDataset *dataset;
  FxpCheckpoint *checkpoint;
  FxpNoiseGains *gains;
};

FxuSurvey *
fxu_survey_ref (FxuSurvey *self)
{
  self->n_references++;
  return self;
}

void
fxu_survey_unref (FxuSurvey *self)
{
  if (--self->n_references > 0)
    return;

  fxp_experiment_unref (self->experiment);
  fxp_dataset_unref (self->dataset);
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_pointer (&self->gains, fxp_noise_gains_unref);
  g_free (self);
}

/* A survey that is being taken. */
typedef struct
{
  FxuSession *session;
  FxuSurvey *survey;   /* not whole yet */
  FxpTrainer *trainer; /* of the float run, or NULL */
  guint64 run_serial;
  guint n_threads;
  FxuSurveyProgress progress;
  gpointer progress_data;
} Taking;

static void
taking_free (Taking *self)
{
  if (self->trainer != NULL)
    fxp_trainer_stop (self->trainer);
  g_clear_object (&self->trainer);
  g_clear_pointer (&self->survey, fxu_survey_unref);
  g_object_unref (self->session);
  g_free (self);
}

static void
tell (GTask *task, FxuTheoryActivity activity, double share)
{
  Taking *taking = g_task_get_task_data (task);

  if (!g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    taking->progress (activity, share, taking->progress_data);
}

static void
gains_progress_cb (double share, FxpNoiseGains *so_far, gpointer data)
{
  tell (data, FXU_THEORY_GAINS, share);
}

static void
gains_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Taking *taking = g_task_get_task_data (task);
  GError *error = NULL;

  taking->survey->gains = fxp_theory_measure_gains_finish (result, &error);
  if (taking->survey->gains != NULL)
    g_task_return_pointer (task,
                           g_steal_pointer (&taking->survey),
                           (GDestroyNotify)fxu_survey_unref);
  else
    g_task_return_error (task, error);
}

static void
measure_gains (GTask *task)
{
  Taking *taking = g_task_get_task_data (task);
  FxuSurvey *survey = taking->survey;
  FxpTheoryOptions options;

  fxp_theory_options_init (&options, survey->dataset);
  tell (task, FXU_THEORY_GAINS, 0.0);
  fxp_theory_measure_gains_async (survey->checkpoint,
                                  survey->dataset,
                                  &options,
                                  taking->n_threads,
                                  gains_progress_cb,
                                  task,
                                  g_task_get_cancellable (task),
                                  gains_cb,
                                  g_object_ref (task));
}

/* Takes @checkpoint over; NULL with @error. */
static void
take_checkpoint (GTask *task, FxpCheckpoint *checkpoint, GError *error)
{
  Taking *taking = g_task_get_task_data (task);
  FxpBaseline *baseline;

  if (checkpoint == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  taking->survey->checkpoint = checkpoint;
  baseline = fxp_checkpoint_get_baseline (checkpoint);
  if (baseline != NULL && fxp_baseline_get_n_looks (baseline) > 0)
    measure_gains (task);
  else
    g_task_return_new_error (task,
                             FXP_ERROR,
                             FXP_ERROR_CHECKPOINT,
                             _ ("Nothing is recorded yet of a float network that this run trains: "
                                "let it train for an epoch with its float twin, or assign from a "
                                "float run"));
}

static void
run_checkpoint_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Taking *taking = g_task_get_task_data (task);
  FxpCheckpoint *checkpoint;
  GError *error = NULL;

  /* The session may be stopped, and its worker gone. */
  if (g_task_return_error_if_cancelled (task))
    return;
  checkpoint = fxu_session_checkpoint_finish (taking->session, result, &error);
  take_checkpoint (task, checkpoint, error);
}

static void
baseline_checkpoint_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Taking *taking = g_task_get_task_data (task);
  FxpCheckpoint *checkpoint;
  GError *error = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  checkpoint = fxp_trainer_checkpoint_finish (taking->trainer, result, &error);
  /* The worker has done all it was made for. */
  fxp_trainer_stop (taking->trainer);
  take_checkpoint (task, checkpoint, error);
}

static void
disconnect (GTask *task)
{
  Taking *taking = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_data (taking->trainer, task);
}

static void
baseline_snapshot_cb (GTask *task, FxpTrainer *trainer)
{
  Taking *taking = g_task_get_task_data (task);
  FxpSnapshot *snapshot = fxp_trainer_get_snapshot (trainer);
  guint epochs = fxp_experiment_get_settings (taking->survey->experiment)->epochs;
  const char *cause;

  if (snapshot == NULL || fxp_snapshot_get_serial (snapshot) < taking->run_serial)
    return;
  switch (fxp_snapshot_get_state (snapshot))
    {
    case FXP_STATE_FINISHED:
      disconnect (task);
      fxp_trainer_checkpoint_async (trainer,
                                    g_task_get_cancellable (task),
                                    baseline_checkpoint_cb,
                                    task);
      break;
    case FXP_STATE_DIVERGED:
      cause = fxp_snapshot_get_cause (snapshot);
      disconnect (task);
      g_task_return_new_error (task,
                               FXP_ERROR,
                               FXP_ERROR_RANGE,
                               /* translators: %s says which value is not finite */
                               _ ("The float run diverged, so that there is nothing to assign "
                                  "from: %s; a lower learning rate may help"),
                               cause != NULL ? cause : _ ("a value is not finite"));
      g_object_unref (task);
      break;
    case FXP_STATE_PAUSED:
    case FXP_STATE_RUNNING:
    default:
      tell (task, FXU_THEORY_BASELINE, fxp_snapshot_get_epoch (snapshot) / epochs);
    }
}

/* The worker would train to its end before it noticed; it is ended at once. */
static void
baseline_cancelled_cb (GTask *task, GCancellable *cancellable)
{
  Taking *taking = g_task_get_task_data (task);

  g_signal_handlers_disconnect_by_func (cancellable, baseline_cancelled_cb, task);
  if (taking->survey == NULL || taking->survey->checkpoint != NULL ||
      g_signal_handlers_disconnect_by_data (taking->trainer, task) == 0)
    return;
  fxp_trainer_stop (taking->trainer);
  g_task_return_error_if_cancelled (task);
  g_object_unref (task);
}

/* Takes the reference to @task over, as the trainer and the cancellable look for it until then. */
static void
train_baseline (GTask *task)
{
  Taking *taking = g_task_get_task_data (task);
  g_autoptr (FxpExperiment) experiment =
    fxp_theory_get_baseline_experiment (taking->survey->experiment);
  GCancellable *cancellable = g_task_get_cancellable (task);
  GError *error = NULL;

  taking->trainer =
    fxp_trainer_new (experiment, taking->survey->dataset, taking->n_threads, &error);
  if (taking->trainer == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_signal_connect_swapped (taking->trainer, "snapshot", G_CALLBACK (baseline_snapshot_cb), task);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable,
                             "cancelled",
                             G_CALLBACK (baseline_cancelled_cb),
                             task,
                             G_CONNECT_SWAPPED);
  tell (task, FXU_THEORY_BASELINE, 0.0);
  fxp_trainer_give_way (taking->trainer);
  taking->run_serial =
    fxp_trainer_run_until (taking->trainer, fxp_experiment_get_settings (experiment)->epochs, 0);
}

void
fxu_survey_take_async (FxuSession *session,
                       FxuTheorySource source,
                       guint n_threads,
                       FxuSurveyProgress progress,
                       gpointer progress_data,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  FxpDataset *dataset = fxu_session_get_dataset (session);
  Taking *taking;

  g_task_set_source_tag (task, fxu_survey_take_async);
  if (dataset == NULL)
    {
      g_task_return_new_error (task,
                               FXP_ERROR,
                               FXP_ERROR_DATASET,
                               _ ("There are no data yet to assign from"));
      g_object_unref (task);
      return;
    }

  taking = g_new0 (Taking, 1);
  taking->session = g_object_ref (session);
  taking->n_threads = n_threads;
  taking->progress = progress;
  taking->progress_data = progress_data;
  taking->survey = g_new0 (FxuSurvey, 1);
  taking->survey->n_references = 1;
  taking->survey->source = source;
  taking->survey->experiment = fxp_experiment_ref (fxu_session_get_experiment (session));
  taking->survey->dataset = fxp_dataset_ref (dataset);
  g_task_set_task_data (task, taking, (GDestroyNotify)taking_free);

  if (source == FXU_THEORY_FROM_BASELINE)
    {
      train_baseline (task);
      return;
    }
  tell (task, FXU_THEORY_GAINS, 0.0);
  fxu_session_checkpoint_async (session, cancellable, run_checkpoint_cb, task);
}

FxuSurvey *
fxu_survey_take_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

gboolean
fxu_survey_is_same_network (FxpExperiment *a, FxpExperiment *b)
{
  /* A twin that is to be added needs a reset, one that is to go does not; neither makes another
   * float network of it. */
  if (fxp_experiment_needs_reset (a, b) && fxp_experiment_needs_reset (b, a))
    return FALSE;
  return fxp_experiment_get_settings (a)->activation == fxp_experiment_get_settings (b)->activation;
}

gboolean
fxu_survey_fits (FxuSurvey *self, FxpExperiment *experiment)
{
  return fxu_survey_is_same_network (self->experiment, experiment);
}

FxuTheorySource
fxu_survey_get_source (FxuSurvey *self)
{
  return self->source;
}

FxpCheckpoint *
fxu_survey_get_checkpoint (FxuSurvey *self)
{
  return self->checkpoint;
}

FxpDataset *
fxu_survey_get_dataset (FxuSurvey *self)
{
  return self->dataset;
}

FxpBaseline *
fxu_survey_get_baseline (FxuSurvey *self)
{
  return fxp_checkpoint_get_baseline (self->checkpoint);
}

FxpNoiseGains *
fxu_survey_get_gains (FxuSurvey *self)
{
  return self->gains;
}
