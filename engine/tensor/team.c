/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/team-private.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/resource.h>

#define N_THREADS_MAX 64

/* Waking a sleeping thread costs some tens of microseconds; below this many multiply-adds the
 * caller alone has finished by then. */
#define WORK_MIN 1000000

/* So long a thread looks for the next job, or for the end of this one, before it goes to sleep:
 * about as long as waking it would take.  A step has its jobs close behind each other. */
#define SPINS 2000

/* Ranges handed out per thread: enough that a thread the system has put aside delays the others
 * by a small part of the work only. */
#define RANGES_PER_THREAD 4

/* Items that a thread does first, the same ones in every job of a size: what it wrote in one it
 * likely reads in the next, and that is near then.  Who is done helps the others.  On a cache line
 * of its own. */
typedef struct
{
  _Alignas(64) atomic_size_t next;
  gsize end;
} FxpShare;

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
  guint n_started; /* workers that have begun to wait for jobs */
  guint n_busy;    /* workers inside the current job */
  gboolean open;   /* the current job may still be joined */
  gboolean quit;
  int nice;

  /* Written before a job opens, read while it is open. */
  FxpTeamFunc func;
  gpointer data;
  gsize range;
  FxpShare shares[N_THREADS_MAX]; /* of each thread */

  /* What may be looked at without the mutex, to see whether it is worth taking. */
  atomic_uint n_jobs_seen;
  atomic_uint n_busy_seen;
};

static _Thread_local guint this_thread;

guint
fxp_team_get_thread (void)
{
  return this_thread;
}

static inline void
rest (void)
{
#if defined(__x86_64__)
  __builtin_ia32_pause ();
#endif
}

/* Until another job than @seen comes, or for a while. */
static void
look_for_job (FxpTeam *self, guint64 seen)
{
  for (guint i = 0; i < SPINS && atomic_load (&self->n_jobs_seen) == (guint)seen; i++)
    rest ();
}

/* Until nobody is busy, or for a while. */
static void
look_for_end (FxpTeam *self)
{
  for (guint i = 0; i < SPINS && atomic_load (&self->n_busy_seen) > 0; i++)
    rest ();
}

static void
work (FxpTeam *self)
{
  for (guint i = 0; i < self->n_threads; i++)
    {
      FxpShare *share = &self->shares[(this_thread + i) % self->n_threads];
      gsize first;

      while ((first = atomic_fetch_add (&share->next, self->range)) < share->end)
        self->func (self->data, first, MIN (first + self->range, share->end));
    }
}

static gpointer
worker_main (gpointer data)
{
  FxpTeam *self = data;
  guint64 seen = 0;
  int nice = 0;

  pthread_mutex_lock (&self->mutex);
  this_thread = ++self->n_started;
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
      atomic_store (&self->n_busy_seen, ++self->n_busy);
      pthread_mutex_unlock (&self->mutex);

      work (self);

      pthread_mutex_lock (&self->mutex);
      atomic_store (&self->n_busy_seen, --self->n_busy);
      if (self->n_busy == 0)
        pthread_cond_signal (&self->job_done);
      pthread_mutex_unlock (&self->mutex);
      look_for_job (self, seen);
      pthread_mutex_lock (&self->mutex);
    }
  pthread_mutex_unlock (&self->mutex);
  return NULL;
}

FxpTeam *
fxp_team_new (guint n_threads)
{
  FxpTeam *self;

  g_return_val_if_fail (n_threads >= 1 && n_threads <= N_THREADS_MAX, NULL);

  self = g_aligned_alloc0 (1, sizeof (FxpTeam), _Alignof(FxpTeam));
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
  g_aligned_free (self);
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
  gboolean is_done;

  pthread_mutex_lock (&self->mutex);
  self->n_jobs++;
  atomic_store (&self->n_jobs_seen, (guint)self->n_jobs);
  self->open = TRUE;
  pthread_cond_broadcast (&self->job_came);
  pthread_mutex_unlock (&self->mutex);

  work (self);

  pthread_mutex_lock (&self->mutex);
  self->open = FALSE;
  is_done = self->n_busy == 0;
  pthread_mutex_unlock (&self->mutex);
  if (is_done)
    return;
  look_for_end (self);
  pthread_mutex_lock (&self->mutex);
  while (self->n_busy > 0)
    pthread_cond_wait (&self->job_done, &self->mutex);
  pthread_mutex_unlock (&self->mutex);
}

gboolean
fxp_team_leaves_alone (const FxpTeam *self, guint64 n_operations)
{
  return self == NULL || self->n_threads == 1 || n_operations < WORK_MIN;
}

static void
divide (FxpTeam *self, gsize n, gsize n_grains, gsize grain)
{
  for (guint i = 0; i < self->n_threads; i++)
    {
      atomic_store (&self->shares[i].next, n_grains * i / self->n_threads * grain);
      self->shares[i].end = MIN (n_grains * (i + 1) / self->n_threads * grain, n);
    }
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
  if (fxp_team_leaves_alone (self, n_operations) || n <= grain)
    {
      func (data, 0, n);
      return;
    }
  n_ranges = (gsize)self->n_threads * RANGES_PER_THREAD;
  n_grains = (n - 1) / grain + 1;
  self->func = func;
  self->data = data;
  self->range = ((n_grains - 1) / n_ranges + 1) * grain;
  divide (self, n, n_grains, grain);
  run_together (self);
}
