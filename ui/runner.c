/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "runner.h"

struct _FxuRunner
{
  FxpTrainer *trainer; /* owned, or NULL */
  FxpExperiment *experiment;
  FxpDataset *dataset;
  guint n_threads;
  guint64 edit_serial;
  guint64 command_serial; /* of the newest run or pause */

  gboolean running;
  double speed;
  FxpView view;
  guint field_size;
  guint32 sample;
  GFile *log_file;

  GCallback snapshot_cb;
  gpointer user_data; /* borrowed: owns the runner */
};

FxuRunner *
fxu_runner_new (guint n_threads, GCallback snapshot_cb, gpointer user_data)
{
  FxuRunner *self = g_new0 (FxuRunner, 1);

  self->n_threads = n_threads;
  self->snapshot_cb = snapshot_cb;
  self->user_data = user_data;
  return self;
}

void
fxu_runner_free (FxuRunner *self)
{
  if (self == NULL)
    return;

  if (self->trainer != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->trainer, self->user_data);
      fxp_trainer_stop (self->trainer);
    }
  g_clear_object (&self->trainer);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_object (&self->log_file);
  g_free (self);
}

FxpTrainer *
fxu_runner_get_trainer (FxuRunner *self)
{
  return self->trainer;
}

FxpExperiment *
fxu_runner_get_experiment (FxuRunner *self)
{
  return self->experiment;
}

FxpDataset *
fxu_runner_get_dataset (FxuRunner *self)
{
  return self->dataset;
}

guint64
fxu_runner_get_edit_serial (FxuRunner *self)
{
  return self->edit_serial;
}

static void
take_experiment (FxuRunner *self, FxpExperiment *experiment)
{
  fxp_experiment_ref (experiment);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  self->experiment = experiment;
}

/* The first data are here: what was asked for meanwhile is handed on. */
static gboolean
make_trainer (FxuRunner *self, FxpExperiment *experiment, FxpDataset *dataset, GError **error)
{
  self->trainer = fxp_trainer_new (experiment, dataset, self->n_threads, error);
  if (self->trainer == NULL)
    return FALSE;

  g_signal_connect_swapped (self->trainer, "snapshot", self->snapshot_cb, self->user_data);
  fxp_trainer_set_speed (self->trainer, self->speed);
  fxp_trainer_set_view (self->trainer, self->view, self->field_size);
  if (self->log_file != NULL)
    fxp_trainer_set_log_file (self->trainer, self->log_file);
  if (self->running)
    self->command_serial = fxp_trainer_run (self->trainer);
  return TRUE;
}

gboolean
fxu_runner_give (FxuRunner *self, FxpExperiment *experiment, FxpDataset *dataset, GError **error)
{
  g_return_val_if_fail (self->trainer != NULL || dataset != NULL, FALSE);

  if (dataset == self->dataset)
    dataset = NULL;

  if (self->trainer == NULL)
    {
      if (!make_trainer (self, experiment, dataset, error))
        return FALSE;
    }
  else if (!fxp_trainer_set_experiment (self->trainer,
                                        experiment,
                                        dataset,
                                        &self->edit_serial,
                                        error))
    return FALSE;

  take_experiment (self, experiment);
  if (dataset != NULL)
    {
      g_clear_pointer (&self->dataset, fxp_dataset_unref);
      self->dataset = fxp_dataset_ref (dataset);
      fxu_runner_set_sample (self, 0);
    }
  return TRUE;
}

gboolean
fxu_runner_restore (FxuRunner *self, FxpCheckpoint *checkpoint, GError **error)
{
  g_return_val_if_fail (self->trainer != NULL, FALSE);

  if (!fxp_trainer_restore (self->trainer, checkpoint, &self->edit_serial, error))
    return FALSE;

  take_experiment (self, fxp_checkpoint_get_experiment (checkpoint));
  return TRUE;
}

gboolean
fxu_runner_get_running (FxuRunner *self)
{
  return self->running;
}

void
fxu_runner_set_running (FxuRunner *self, gboolean running)
{
  self->running = running;
  if (self->trainer == NULL)
    return;

  self->command_serial =
    running ? fxp_trainer_run (self->trainer) : fxp_trainer_pause (self->trainer);
}

gboolean
fxu_runner_has_ended (FxuRunner *self, FxpSnapshot *snapshot)
{
  FxpState state = fxp_snapshot_get_state (snapshot);

  /* A snapshot that does not know of the newest command yet says nothing about what it did. */
  if (!self->running || fxp_snapshot_get_serial (snapshot) < self->command_serial)
    return FALSE;

  return state == FXP_STATE_FINISHED || state == FXP_STATE_DIVERGED;
}

double
fxu_runner_get_speed (FxuRunner *self)
{
  return self->speed;
}

void
fxu_runner_set_speed (FxuRunner *self, double speed)
{
  self->speed = speed;
  if (self->trainer != NULL)
    fxp_trainer_set_speed (self->trainer, speed);
}

void
fxu_runner_set_view (FxuRunner *self, FxpView view, guint field_size)
{
  self->view = view;
  self->field_size = field_size;
  if (self->trainer != NULL)
    fxp_trainer_set_view (self->trainer, view, field_size);
}

void
fxu_runner_set_sample (FxuRunner *self, guint32 row)
{
  self->sample = row;
  if (self->trainer != NULL)
    fxp_trainer_set_sample (self->trainer, row);
}

guint32
fxu_runner_get_sample (FxuRunner *self)
{
  return self->sample;
}

void
fxu_runner_set_log_file (FxuRunner *self, GFile *file)
{
  g_set_object (&self->log_file, file);
  if (self->trainer != NULL)
    fxp_trainer_set_log_file (self->trainer, file);
}
