/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "loader.h"

/* In thousandths, as there are no atomic doubles. */
#define PROGRESS_ALL 1000.0

struct _FxuLoadProgress
{
  gint done; /* atomic */
};

typedef struct
{
  FxpExperiment *experiment;
  GFile *experiment_file;
  GFile *checkpoint_file;
  FxpExperiment *known;
  FxpDataset *known_dataset;
  FxuLoadProgress *progress;
} Request;

typedef struct
{
  FxpCheckpoint *checkpoint;
  FxuWrite what;
  GFile *file;
} WriteRequest;

FxuLoadProgress *
fxu_load_progress_new (void)
{
  return g_atomic_rc_box_new0 (FxuLoadProgress);
}

FxuLoadProgress *
fxu_load_progress_ref (FxuLoadProgress *self)
{
  return g_atomic_rc_box_acquire (self);
}

void
fxu_load_progress_unref (FxuLoadProgress *self)
{
  g_atomic_rc_box_release (self);
}

double
fxu_load_progress_get_share (FxuLoadProgress *self)
{
  return g_atomic_int_get (&self->done) / PROGRESS_ALL;
}

/* On the loading thread. */
static void
progress_cb (double share, gpointer data)
{
  FxuLoadProgress *progress = data;

  g_atomic_int_set (&progress->done, (gint)(PROGRESS_ALL * CLAMP (share, 0.0, 1.0)));
}

static void
request_free (Request *self)
{
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_object (&self->experiment_file);
  g_clear_object (&self->checkpoint_file);
  g_clear_pointer (&self->known, fxp_experiment_unref);
  g_clear_pointer (&self->known_dataset, fxp_dataset_unref);
  fxu_load_progress_unref (self->progress);
  g_free (self);
}

static void
write_request_free (WriteRequest *self)
{
  fxp_checkpoint_unref (self->checkpoint);
  g_object_unref (self->file);
  g_free (self);
}

void
fxu_loaded_free (FxuLoaded *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_object (&self->file);
  g_free (self);
}

gboolean
fxu_loader_same_data (FxpExperiment *a, FxpExperiment *b)
{
  const FxpSettings *s = fxp_experiment_get_settings (a);
  const FxpSettings *t = fxp_experiment_get_settings (b);

  return g_strcmp0 (s->dataset_name, t->dataset_name) == 0 &&
         g_strcmp0 (s->dataset_path, t->dataset_path) == 0 &&
         s->dataset_samples == t->dataset_samples && s->dataset_noise == t->dataset_noise &&
         s->dataset_test_share == t->dataset_test_share &&
         s->dataset_validation_share == t->dataset_validation_share &&
         s->dataset_normalize == t->dataset_normalize && s->seed == t->seed;
}

static FxpDataset *
load_data (FxpExperiment *experiment,
           FxuLoadProgress *progress,
           GCancellable *cancellable,
           GError **error)
{
  const FxpSettings *settings = fxp_experiment_get_settings (experiment);
  FxpDatasetSource source = {
    .name = settings->dataset_name,
    .path = settings->dataset_path,
    .n_samples = settings->dataset_samples,
    .noise = settings->dataset_noise,
    .test_share = settings->dataset_test_share,
    .validation_share = settings->dataset_validation_share,
    .normalize = settings->dataset_normalize,
    .seed = settings->seed,
    .progress = progress_cb,
    .progress_data = progress,
  };

  return fxp_dataset_load (&source, cancellable, error);
}

static void
load_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Request *request = task_data;
  g_autoptr (FxuLoaded) loaded = g_new0 (FxuLoaded, 1);
  GError *error = NULL;

  if (request->checkpoint_file != NULL)
    {
      loaded->checkpoint = fxp_checkpoint_load (request->checkpoint_file, cancellable, &error);
      if (loaded->checkpoint != NULL)
        loaded->experiment =
          fxp_experiment_ref (fxp_checkpoint_get_experiment (loaded->checkpoint));
      g_set_object (&loaded->file, request->checkpoint_file);
    }
  else if (request->experiment_file != NULL)
    {
      loaded->experiment = fxp_experiment_load (request->experiment_file, cancellable, &error);
      g_set_object (&loaded->file, request->experiment_file);
    }
  else
    loaded->experiment = fxp_experiment_ref (request->experiment);

  if (loaded->experiment != NULL)
    {
      if (request->known != NULL && fxu_loader_same_data (loaded->experiment, request->known))
        loaded->dataset = fxp_dataset_ref (request->known_dataset);
      else
        loaded->dataset = load_data (loaded->experiment, request->progress, cancellable, &error);
    }

  if (loaded->dataset == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&loaded), (GDestroyNotify)fxu_loaded_free);
}

void
fxu_loader_load_async (FxpExperiment *experiment,
                       GFile *experiment_file,
                       GFile *checkpoint_file,
                       FxpExperiment *known,
                       FxpDataset *known_dataset,
                       FxuLoadProgress *progress,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  g_assert ((experiment != NULL) + (experiment_file != NULL) + (checkpoint_file != NULL) == 1);
  g_assert ((known == NULL) == (known_dataset == NULL));

  request->progress = fxu_load_progress_ref (progress);
  if (experiment != NULL)
    request->experiment = fxp_experiment_ref (experiment);
  g_set_object (&request->experiment_file, experiment_file);
  g_set_object (&request->checkpoint_file, checkpoint_file);
  if (known != NULL)
    {
      request->known = fxp_experiment_ref (known);
      request->known_dataset = fxp_dataset_ref (known_dataset);
    }

  g_task_set_source_tag (task, fxu_loader_load_async);
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  g_task_run_in_thread (task, load_thread);
}

FxuLoaded *
fxu_loader_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
write_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  WriteRequest *request = task_data;
  GError *error = NULL;
  gboolean ok;

  if (request->what == FXU_WRITE_NPZ)
    ok = fxp_npz_save (request->checkpoint, request->file, cancellable, &error);
  else
    ok = fxp_checkpoint_save (request->checkpoint, request->file, cancellable, &error);

  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
fxu_loader_write_async (FxpCheckpoint *checkpoint,
                        FxuWrite what,
                        GFile *file,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  WriteRequest *request = g_new0 (WriteRequest, 1);

  request->checkpoint = fxp_checkpoint_ref (checkpoint);
  request->what = what;
  request->file = g_object_ref (file);

  g_task_set_source_tag (task, fxu_loader_write_async);
  g_task_set_task_data (task, request, (GDestroyNotify)write_request_free);
  g_task_run_in_thread (task, write_thread);
}

gboolean
fxu_loader_write_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
