/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/team-private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#define N_THREADS_MAX 64

/* Waking a sleeping thread costs some tens of microseconds; below this many multiply-adds the
 * caller alone has finished by then. */
#define WORK_MIN 300000

/* Ranges handed out per thread: enough that a thread the system has put aside delays the others
 * by a small part of the work only. */
#define RANGES_PER_THREAD 4

/* The locks are POSIX ones because thread checkers do not see into GLib's. */
struct _FxpTeam
{
  GThread *threads[N_THREADS_MAX];
  guint n_threads; /* the caller's included */

  pthread_mutex_t mutex;
  pthread_cond_t job_came;
  pthread_cond_t job_done;
  /* Guarded by the mutex. */
  guint64 n_jobs;
  guint n_busy;  /* workers inside the current job */
  gboolean open; /* the current job may still be joined */
  gboolean quit;
  int nice;

  /* Written before a job opens, read while it is open. */
  FxpTeamFunc func;
  gpointer data;
  gsize n;
  gsize range;
  atomic_size_t next;
};

static void
work (FxpTeam *self)
{
  gsize first;

  while ((first = atomic_fetch_add (&self->next, self->range)) < self->n)
    self->func (self->data, first, MIN (first + self->range, self->n));
}

static gpointer
worker_main (gpointer data)
{
  FxpTeam *self = data;
  guint64 seen = 0;
  int nice = 0;

  pthread_mutex_lock (&self->mutex);
  while (!self->quit)
    {
      if (self->nice != nice)
        {
          nice = self->nice;
          /* Of this thread alone, on Linux; elsewhere the kernels are merely less polite. */
          (void)setpriority (PRIO_PROCESS, 0, nice);
        }
      if (!self->open || self->n_jobs == seen)
        {
          pthread_cond_wait (&self->job_came, &self->mutex);
          continue;
        }
      seen = self->n_jobs;
      self->n_busy++;
      pthread_mutex_unlock (&self->mutex);

      work (self);

      pthread_mutex_lock (&self->mutex);
      self->n_busy--;
      if (self->n_busy == 0)
        pthread_cond_signal (&self->job_done);
    }
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

FxpTeam *
fxp_team_new (guint n_threads)
{
  FxpTeam *self;

  g_return_val_if_fail (n_threads >= 1 && n_threads <= N_THREADS_MAX, NULL);

  self = g_new0 (FxpTeam, 1);
  pthread_mutex_init (&self->mutex, NULL);
  pthread_cond_init (&self->job_came, NULL);
  pthread_cond_init (&self->job_done, NULL);
  self->n_threads = 1;
  while (self->n_threads < n_threads)
    {
      /* A system that refuses a thread costs time, not results: the team stays smaller. */
      GThread *thread = g_thread_try_new ("fxp-team", worker_main, self, NULL);

      if (thread == NULL)
        break;
      self->threads[self->n_threads - 1] = thread;
      self->n_threads++;
    }
  return self;
}

void
fxp_team_free (FxpTeam *self)
{
  if (self == NULL)
    return;
  pthread_mutex_lock (&self->mutex);
  self->quit = TRUE;
  pthread_cond_broadcast (&self->job_came);
  pthread_mutex_unlock (&self->mutex);
  for (guint i = 0; i + 1 < self->n_threads; i++)
    g_thread_join (self->threads[i]);
  pthread_cond_destroy (&self->job_done);
  pthread_cond_destroy (&self->job_came);
  pthread_mutex_destroy (&self->mutex);
  g_free (self);
}

guint
fxp_team_get_n_threads (const FxpTeam *self)
{
  return self->n_threads;
}

void
fxp_team_set_nice (FxpTeam *self, int nice)
{
  pthread_mutex_lock (&self->mutex);
  self->nice = nice;
  pthread_cond_broadcast (&self->job_came);
  pthread_mutex_unlock (&self->mutex);
}

/* Opens the job, takes part in it, and closes it: a worker that wakes up only now finds nothing
 * to join, so the caller waits for ranges begun and never for threads asleep. */
static void
run_together (FxpTeam *self)
{
  pthread_mutex_lock (&self->mutex);
  self->n_jobs++;
  self->open = TRUE;
  pthread_cond_broadcast (&self->job_came);
  pthread_mutex_unlock (&self->mutex);

  work (self);

  pthread_mutex_lock (&self->mutex);
  self->open = FALSE;
  while (self->n_busy > 0)
    pthread_cond_wait (&self->job_done, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
}

void
fxp_team_run (FxpTeam *self,
              gsize n,
              gsize grain,
              guint64 n_operations,
              FxpTeamFunc func,
              gpointer data)
{
  gsize n_ranges, n_grains;

  g_return_if_fail (grain > 0);

  if (n == 0)
    return;
  if (self == NULL || self->n_threads == 1 || n_operations < WORK_MIN || n <= grain)
    {
      func (data, 0, n);
      return;
    }
  n_ranges = (gsize)self->n_threads * RANGES_PER_THREAD;
  n_grains = (n - 1) / grain + 1;
  self->func = func;
  self->data = data;
  self->n = n;
  self->range = ((n_grains - 1) / n_ranges + 1) * grain;
  atomic_store (&self->next, 0);
  run_together (self);
}
