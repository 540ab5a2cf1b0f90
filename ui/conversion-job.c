/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "conversion-steps.h"

#include <sys/resource.h>

/* Leaves the processor to the window and to the run. */
#define NICE 15

typedef struct
{
  FxuJobRequest request; /* what it borrows is owned here */
  GCancellable *cancellable;

  /* Progress, told on the main thread: the newest only. */
  FxuJobProgress func;
  gpointer func_data;
  GSource *wake;      /* owned; the thread only sets its ready time */
  FxuJobNews *latest; /* (atomic) owned by whoever exchanges it out */
} Job;

void
fxu_job_outcome_free (FxuJobOutcome *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->model, fxp_model_unref);
  g_free (self);
}

static void
job_free (gpointer data)
{
  Job *self = data;

  g_clear_pointer (&self->request.checkpoint, fxp_checkpoint_unref);
  g_clear_pointer (&self->request.trained, fxp_trained_unref);
  g_clear_pointer (&self->request.dataset, fxp_dataset_unref);
  g_clear_pointer (&self->request.model, fxp_model_unref);
  g_clear_pointer (&self->wake, g_source_unref);
  g_free (self->latest);
  g_free (self);
}

static gboolean
wake_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  /* First of all: what is told after this line wakes us again. */
  g_source_set_ready_time (source, -1);
  return callback (data);
}

static GSourceFuncs wake_funcs = {.dispatch = wake_dispatch};

static gboolean
tell_cb (gpointer task)
{
  Job *self = g_task_get_task_data (task);
  g_autofree FxuJobNews *latest = g_atomic_pointer_exchange (&self->latest, NULL);

  if (latest != NULL && !g_cancellable_is_cancelled (self->cancellable))
    self->func (latest, self->func_data);
  return G_SOURCE_CONTINUE;
}

/* On the thread. */
static void
news_cb (const FxuJobNews *news, gpointer data)
{
  Job *self = data;

  g_free (g_atomic_pointer_exchange (&self->latest, g_memdup2 (news, sizeof *news)));
  g_source_set_ready_time (self->wake, 0);
}

static gpointer
job_thread (gpointer data)
{
  g_autoptr (GTask) task = data;
  Job *self = g_task_get_task_data (task);
  g_autoptr (FxuJobOutcome) outcome = g_new0 (FxuJobOutcome, 1);
  GError *error = NULL;
  gboolean done;

  /* Of this thread and the team it makes.  Where it is not allowed, others wait and no more. */
  (void)setpriority (PRIO_PROCESS, 0, NICE);
  done =
    fxu_conversion_steps_run (&self->request, news_cb, self, self->cancellable, outcome, &error);
  g_source_destroy (self->wake);
  if (done)
    g_task_return_pointer (task, g_steal_pointer (&outcome), (GDestroyNotify)fxu_job_outcome_free);
  else
    g_task_return_error (task, error);
  return NULL;
}

/* @task, which has the job, keeps it for the source; so the source must be destroyed before the
 * task returns. */
static void
listen (Job *self, GTask *task)
{
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (self->wake, "fxu-conversion progress");
  g_source_set_priority (self->wake, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->wake, tell_cb, g_object_ref (task), g_object_unref);
  g_source_attach (self->wake, g_task_get_context (task));
}

void
fxu_conversion_job_run_async (const FxuJobRequest *request,
                              FxuJobProgress progress,
                              gpointer progress_data,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Job *self;

  g_return_if_fail (request != NULL && progress != NULL && cancellable != NULL);
  g_return_if_fail (request->checkpoint != NULL && request->trained != NULL);
  g_return_if_fail (request->dataset != NULL);
  g_return_if_fail (request->model != NULL || request->kind != FXU_JOB_CERTIFY);

  task = g_task_new (NULL, cancellable, callback, user_data);
  self = g_new0 (Job, 1);
  self->request = *request;
  fxp_checkpoint_ref (request->checkpoint);
  fxp_trained_ref (request->trained);
  fxp_dataset_ref (request->dataset);
  if (request->model != NULL)
    fxp_model_ref (request->model);
  self->cancellable = cancellable;
  self->func = progress;
  self->func_data = progress_data;
  g_task_set_source_tag (task, fxu_conversion_job_run_async);
  g_task_set_task_data (task, self, job_free);
  listen (self, task);
  /* A thread of its own: one that a pool lends out would keep the low priority. */
  g_thread_unref (g_thread_new ("fxu-conversion", job_thread, g_object_ref (task)));
}

FxuJobOutcome *
fxu_conversion_job_run_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, fxu_conversion_job_run_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
