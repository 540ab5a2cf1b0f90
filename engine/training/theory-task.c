/* SPDX-License-Identifier: MIT */
/* The forms of theory.h that come back later. */
#include "config.h"

#include "training/handoff-private.h"
#include "training/theory.h"

#include <sys/resource.h>

/* Leaves the processor to the window and to the run. */
#define NICE 15

/* How far it is. */
typedef struct
{
  double share;
  FxpNoiseGains *so_far; /* owned, or NULL */
} Progress;

/* All that a measurement on a thread of its own needs. */
typedef struct
{
  FxpCheckpoint *checkpoint; /* owned, as all these */
  FxpDataset *dataset;
  FxpExperiment *experiment; /* whose formats are asked for, or NULL for gains */
  FxpTheoryOptions options;
  guint n_threads;

  /* Progress, told in the caller's context: the newest only. */
  FxpTheoryProgress func; /* or NULL */
  gpointer func_data;
  GSource *wake;    /* owned, or NULL; the thread only sets its ready time */
  Progress *latest; /* (atomic) owned by whoever exchanges it out */
} Request;

static void
progress_free (Progress *self)
{
  g_clear_pointer (&self->so_far, fxp_noise_gains_unref);
  g_free (self);
}

static Request *
request_new (FxpCheckpoint *checkpoint,
             FxpDataset *dataset,
             FxpExperiment *experiment,
             const FxpTheoryOptions *options,
             guint n_threads)
{
  Request *self = g_new0 (Request, 1);

  self->checkpoint = fxp_checkpoint_ref (checkpoint);
  self->dataset = fxp_dataset_ref (dataset);
  if (experiment != NULL)
    self->experiment = fxp_experiment_ref (experiment);
  self->options = *options;
  self->n_threads = n_threads;
  return self;
}

static void
request_free (gpointer data)
{
  Request *self = data;

  fxp_checkpoint_unref (self->checkpoint);
  fxp_dataset_unref (self->dataset);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->wake, g_source_unref);
  g_clear_pointer (&self->latest, progress_free);
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
  Request *self = g_task_get_task_data (task);
  Progress *latest = g_atomic_pointer_exchange (&self->latest, NULL);

  if (latest == NULL)
    return G_SOURCE_CONTINUE;
  FXP_HANDOFF_RECEIVE (latest);
  self->func (latest->share, latest->so_far, self->func_data);
  progress_free (latest);
  return G_SOURCE_CONTINUE;
}

/* @task, which has the request, is what keeps its data; so the source must be destroyed before it
 * returns. */
static void
listen (Request *self, GTask *task, FxpTheoryProgress func, gpointer data)
{
  if (func == NULL)
    return;
  self->func = func;
  self->func_data = data;
  self->wake = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (self->wake, "fxp-theory progress");
  g_source_set_priority (self->wake, G_PRIORITY_DEFAULT_IDLE);
  g_source_set_callback (self->wake, tell_cb, g_object_ref (task), g_object_unref);
  g_source_attach (self->wake, g_task_get_context (task));
}

/* On the thread. */
static void
progress_cb (double share, FxpNoiseGains *so_far, gpointer data)
{
  Request *self = data;
  Progress *newest = g_new (Progress, 1);
  Progress *unread;

  *newest = (Progress){share, so_far != NULL ? fxp_noise_gains_ref (so_far) : NULL};
  FXP_HANDOFF_SEND (newest);
  unread = g_atomic_pointer_exchange (&self->latest, newest);
  g_clear_pointer (&unread, progress_free);
  g_source_set_ready_time (self->wake, 0);
}

static void
measure_gains (GTask *task, Request *self)
{
  GError *error = NULL;
  FxpNoiseGains *gains = fxp_theory_measure_gains (self->checkpoint,
                                                   self->dataset,
                                                   &self->options,
                                                   self->n_threads,
                                                   self->wake != NULL ? progress_cb : NULL,
                                                   self,
                                                   g_task_get_cancellable (task),
                                                   &error);

  if (self->wake != NULL)
    g_source_destroy (self->wake);
  if (gains == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, gains, (GDestroyNotify)fxp_noise_gains_unref);
}

static void
measure_mismatch (GTask *task, Request *self)
{
  g_autofree FxpMismatch *mismatch = g_new0 (FxpMismatch, 1);
  GError *error = NULL;

  if (fxp_theory_measure_mismatch (self->checkpoint,
                                   self->dataset,
                                   self->experiment,
                                   &self->options,
                                   self->n_threads,
                                   g_task_get_cancellable (task),
                                   mismatch,
                                   &error))
    g_task_return_pointer (task, g_steal_pointer (&mismatch), g_free);
  else
    g_task_return_error (task, error);
}

static gpointer
measure_thread (gpointer data)
{
  g_autoptr (GTask) task = data;
  Request *request = g_task_get_task_data (task);

  FXP_HANDOFF_RECEIVE (request);
  /* Of this thread and the team it makes.  Where it is not allowed, others wait and no more. */
  (void)setpriority (PRIO_PROCESS, 0, NICE);
  if (request->experiment == NULL)
    measure_gains (task, request);
  else
    measure_mismatch (task, request);
  FXP_HANDOFF_SEND (request);
  return NULL;
}

/* A thread of its own: one that a pool lends out would keep the low priority. */
static void
begin (GTask *task, Request *request)
{
  FXP_HANDOFF_SEND (request);
  g_thread_unref (g_thread_new ("fxp-theory", measure_thread, g_object_ref (task)));
}

void
fxp_theory_measure_gains_async (FxpCheckpoint *checkpoint,
                                FxpDataset *dataset,
                                const FxpTheoryOptions *options,
                                guint n_threads,
                                FxpTheoryProgress progress,
                                gpointer progress_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (checkpoint != NULL && dataset != NULL && options != NULL);
  g_return_if_fail (options->n_samples >= 1 && n_threads >= 1);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, fxp_theory_measure_gains_async);
  request = request_new (checkpoint, dataset, NULL, options, n_threads);
  g_task_set_task_data (task, request, request_free);
  listen (request, task, progress, progress_data);
  begin (task, request);
}

FxpNoiseGains *
fxp_theory_measure_gains_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_async_result_is_tagged (result, fxp_theory_measure_gains_async), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
fxp_theory_measure_mismatch_async (FxpCheckpoint *checkpoint,
                                   FxpDataset *dataset,
                                   FxpExperiment *experiment,
                                   const FxpTheoryOptions *options,
                                   guint n_threads,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (checkpoint != NULL && dataset != NULL && experiment != NULL);
  g_return_if_fail (options != NULL && options->n_samples >= 1 && n_threads >= 1);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, fxp_theory_measure_mismatch_async);
  request = request_new (checkpoint, dataset, experiment, options, n_threads);
  g_task_set_task_data (task, request, request_free);
  begin (task, request);
}

gboolean
fxp_theory_measure_mismatch_finish (GAsyncResult *result, FxpMismatch *mismatch, GError **error)
{
  g_autofree FxpMismatch *measured = NULL;

  g_return_val_if_fail (g_async_result_is_tagged (result, fxp_theory_measure_mismatch_async),
                        FALSE);
  g_return_val_if_fail (mismatch != NULL, FALSE);

  measured = g_task_propagate_pointer (G_TASK (result), error);
  if (measured == NULL)
    return FALSE;
  *mismatch = *measured;
  return TRUE;
}
