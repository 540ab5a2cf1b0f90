/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "session-parts.h"
#include "loader.h"
#include "topology-fit.h"

#include <glib/gi18n.h>

static gboolean
give (FxuSession *self, FxpExperiment *experiment, FxpDataset *dataset, GError **error)
{
  FxpDataset *old = fxu_runner_get_dataset (self->runner);

  if (!fxu_runner_give (self->runner, experiment, dataset, error))
    return FALSE;

  if (fxu_runner_get_dataset (self->runner) != old)
    fxu_session_dataset_changed (self);
  return TRUE;
}

void
fxu_session_retreat (FxuSession *self)
{
  FxpExperiment *good = fxu_runner_get_experiment (self->runner);

  if (good == NULL || good == fxu_edit_stack_get_current (self->edits))
    return;

  fxu_edit_stack_retreat (self->edits, good);
  /* A preset whose data are not there was not opened. */
  if (self->former_saved != NULL)
    fxu_session_take_saved (self, self->former_saved, self->former_file);
  fxu_session_experiment_changed (self);
}

static void
accept_data (FxuSession *self, FxuLoaded *loaded)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) fitted =
    fxu_topology_fit (fxu_edit_stack_get_current (self->edits), loaded->dataset, &error);

  if (fitted != NULL && give (self, fitted, loaded->dataset, &error))
    {
      if (fitted == fxu_edit_stack_get_current (self->edits))
        return;
      fxu_edit_stack_replace (self->edits, fitted);
      fxu_session_experiment_changed (self);
    }
  else
    {
      fxu_session_fail (self, error);
      fxu_session_retreat (self);
    }
}

/* The run goes on with what @loaded brought, or stays as it is. */
static gboolean
adopt (FxuSession *self, FxuLoaded *loaded, GError **error)
{
  FxpDataset *dataset = fxu_runner_get_dataset (self->runner);
  g_autoptr (FxpDataset) old = dataset != NULL ? fxp_dataset_ref (dataset) : NULL;

  if (!give (self, loaded->experiment, loaded->dataset, error))
    return FALSE;
  if (loaded->checkpoint == NULL)
    return TRUE;
  if (fxu_runner_restore (self->runner, loaded->checkpoint, error))
    return TRUE;

  /* What was there before fits its own data. */
  if (old != NULL)
    give (self, fxu_edit_stack_get_current (self->edits), old, NULL);
  return FALSE;
}

static void
accept_file (FxuSession *self, FxuLoaded *loaded)
{
  g_autoptr (GError) error = NULL;

  if (!adopt (self, loaded, &error))
    {
      fxu_session_fail (self, error);
      return;
    }

  fxu_edit_stack_push (self->edits, loaded->experiment);
  fxu_session_take_saved (self,
                          loaded->experiment,
                          loaded->checkpoint == NULL ? loaded->file : NULL);
  fxu_session_experiment_changed (self);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (FxuSession) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxuLoaded) loaded = fxu_loader_load_finish (result, &error);

  /* Cancelled: a newer request, or the end, took its place. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) ||
      g_task_get_cancellable (G_TASK (result)) != self->loading)
    return;

  fxu_session_take_loading (self, NULL);

  if (loaded == NULL)
    {
      fxu_session_fail (self, error);
      fxu_session_retreat (self);
    }
  else if (loaded->file == NULL)
    accept_data (self, loaded);
  else
    accept_file (self, loaded);
  fxu_session_forget_former (self);
}

static char *
name_of (FxpExperiment *experiment, GFile *file)
{
  const FxpSettings *settings;

  if (file != NULL)
    {
      g_autofree char *name = g_file_get_basename (file);

      return g_filename_display_name (name);
    }
  settings = fxp_experiment_get_settings (experiment);
  return settings->dataset_path != NULL ? g_filename_display_basename (settings->dataset_path)
                                        : g_strdup (settings->dataset_name);
}

static void
load (FxuSession *self, FxpExperiment *experiment, GFile *experiment_file, GFile *checkpoint_file)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (self->runner == NULL)
    return;

  g_free (self->loading_name);
  self->loading_name =
    name_of (experiment, experiment_file != NULL ? experiment_file : checkpoint_file);
  g_clear_pointer (&self->progress, fxu_load_progress_unref);
  self->progress = fxu_load_progress_new ();
  fxu_session_take_loading (self, cancellable);
  self->loading_edit = experiment != NULL;
  fxu_loader_load_async (experiment,
                         experiment_file,
                         checkpoint_file,
                         fxu_runner_get_experiment (self->runner),
                         fxu_runner_get_dataset (self->runner),
                         self->progress,
                         cancellable,
                         loaded_cb,
                         g_object_ref (self));
}

gboolean
fxu_session_apply (FxuSession *self, FxpExperiment *experiment, GError **error)
{
  FxpExperiment *known;

  if (self->runner == NULL)
    return TRUE;

  known = fxu_runner_get_experiment (self->runner);
  if (known == NULL || !fxu_loader_same_data (experiment, known))
    {
      load (self, experiment, NULL, NULL);
      return TRUE;
    }
  if (!give (self, experiment, NULL, error))
    return FALSE;

  /* Other data that an older edit asked for are not wanted any more. */
  if (self->loading_edit)
    fxu_session_take_loading (self, NULL);
  fxu_session_forget_former (self);
  return TRUE;
}

void
fxu_session_cancel_loading (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (self->loading == NULL)
    return;
  fxu_session_take_loading (self, NULL);
  if (self->runner != NULL)
    fxu_session_retreat (self);
  fxu_session_forget_former (self);
}

const char *
fxu_session_get_loading (FxuSession *self, double *share)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  if (self->loading == NULL)
    return NULL;
  if (share != NULL)
    *share = fxu_load_progress_get_share (self->progress);
  return self->loading_name;
}

void
fxu_session_open (FxuSession *self, GFile *file)
{
  g_return_if_fail (FXU_IS_SESSION (self));
  g_return_if_fail (G_IS_FILE (file));

  load (self, NULL, file, NULL);
}

void
fxu_session_open_checkpoint (FxuSession *self, GFile *file)
{
  g_return_if_fail (FXU_IS_SESSION (self));
  g_return_if_fail (G_IS_FILE (file));

  load (self, NULL, NULL, file);
}

gboolean
fxu_session_save (FxuSession *self, GFile *file)
{
  FxpExperiment *experiment;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);
  g_return_val_if_fail (G_IS_FILE (file), FALSE);

  experiment = fxu_edit_stack_get_current (self->edits);
  if (!fxp_experiment_save (experiment, file, NULL, &error))
    {
      fxu_session_fail (self, error);
      return FALSE;
    }
  fxu_session_take_saved (self, experiment, file);
  return TRUE;
}

void
fxu_session_checkpoint_async (FxuSession *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  FxpTrainer *trainer;

  g_return_if_fail (FXU_IS_SESSION (self));

  trainer = self->runner != NULL ? fxu_runner_get_trainer (self->runner) : NULL;
  if (trainer != NULL)
    fxp_trainer_checkpoint_async (trainer, cancellable, callback, user_data);
  else
    g_task_report_new_error (NULL,
                             callback,
                             user_data,
                             fxu_session_checkpoint_async,
                             G_IO_ERROR,
                             G_IO_ERROR_NOT_INITIALIZED,
                             _ ("There is no run yet to take a checkpoint of"));
}

FxpCheckpoint *
fxu_session_checkpoint_finish (FxuSession *self, GAsyncResult *result, GError **error)
{
  g_autoptr (GObject) trainer = NULL;

  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  if (g_async_result_is_tagged (result, fxu_session_checkpoint_async))
    return g_task_propagate_pointer (G_TASK (result), error);
  /* The session may have been stopped since, and its trainer be gone from it. */
  trainer = g_async_result_get_source_object (result);
  return fxp_trainer_checkpoint_finish (FXP_TRAINER (trainer), result, error);
}

/* A checkpoint on its way into a file. */
typedef struct
{
  FxuSession *session;
  GFile *file;
  FxuWrite what;
} Writing;

static void
writing_free (Writing *self)
{
  g_object_unref (self->session);
  g_object_unref (self->file);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Writing) writing = user_data;
  g_autoptr (GError) error = NULL;

  if (!fxu_loader_write_finish (result, &error))
    fxu_session_fail (writing->session, error);
}

static void
checkpoint_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Writing) writing = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = NULL;

  /* The session was stopped meanwhile. */
  if (writing->session->runner == NULL)
    return;

  checkpoint = fxu_session_checkpoint_finish (writing->session, result, &error);
  if (checkpoint == NULL)
    {
      fxu_session_fail (writing->session, error);
      return;
    }
  fxu_loader_write_async (checkpoint, writing->what, writing->file, NULL, written_cb, writing);
  g_steal_pointer (&writing);
}

static void
write_checkpoint (FxuSession *self, GFile *file, FxuWrite what)
{
  Writing *writing;

  g_return_if_fail (FXU_IS_SESSION (self));
  g_return_if_fail (G_IS_FILE (file));

  writing = g_new0 (Writing, 1);
  writing->session = g_object_ref (self);
  writing->file = g_object_ref (file);
  writing->what = what;
  fxu_session_checkpoint_async (self, NULL, checkpoint_cb, writing);
}

void
fxu_session_save_checkpoint (FxuSession *self, GFile *file)
{
  write_checkpoint (self, file, FXU_WRITE_CHECKPOINT);
}

void
fxu_session_export_npz (FxuSession *self, GFile *file)
{
  write_checkpoint (self, file, FXU_WRITE_NPZ);
}

void
fxu_session_set_log_file (FxuSession *self, GFile *file)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (self->runner != NULL)
    fxu_runner_set_log_file (self->runner, file);
}
