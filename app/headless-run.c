/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "headless-run.h"

#include "interruption.h"

struct _FxaHeadlessRun
{
  FxpTrainer *trainer; /* owned */
  GMainLoop *loop;     /* owned */
  FxaSnapshotFunc func;
  gpointer func_data;
  guint64 serial; /* of the command whose end is waited for */
  gboolean waiting;
  GSource *signals[FXA_N_SIGNALS]; /* owned */
  gboolean interrupted;
  gint64 spent_us;
  double epochs;
};

static gboolean
is_over (FxaHeadlessRun *self, FxpSnapshot *snapshot)
{
  return self->waiting && fxp_snapshot_get_serial (snapshot) >= self->serial &&
         fxp_snapshot_get_state (snapshot) != FXP_STATE_RUNNING;
}

static void
snapshot_cb (FxaHeadlessRun *self)
{
  FxpSnapshot *snapshot = fxp_trainer_get_snapshot (self->trainer);

  if (self->func != NULL)
    self->func (snapshot, self->func_data);
  if (is_over (self, snapshot))
    g_main_loop_quit (self->loop);
}

static gboolean
interrupt_cb (gpointer data)
{
  FxaHeadlessRun *self = data;

  if (self->interrupted)
    fxa_signals_raise (); /* A step may take longer than the user is willing to wait. */
  self->interrupted = TRUE;
  fxp_trainer_pause (self->trainer);
  /* What waits for an evaluation is to be told of without it. */
  self->serial = fxp_trainer_skip_test (self->trainer);
  return G_SOURCE_CONTINUE;
}

FxaHeadlessRun *
fxa_headless_run_new (FxpExperiment *experiment,
                      FxpDataset *dataset,
                      guint n_threads,
                      GError **error)
{
  g_autoptr (FxpTrainer) trainer = fxp_trainer_new (experiment, dataset, n_threads, error);
  FxaHeadlessRun *self;

  if (trainer == NULL)
    return NULL;
  self = g_new0 (FxaHeadlessRun, 1);
  self->trainer = g_steal_pointer (&trainer);
  self->loop = g_main_loop_new (NULL, FALSE);
  g_signal_connect_swapped (self->trainer, "snapshot", G_CALLBACK (snapshot_cb), self);
  fxa_signals_catch (self->signals, NULL, interrupt_cb, self);
  return self;
}

void
fxa_headless_run_free (FxaHeadlessRun *self)
{
  if (self == NULL)
    return;
  fxa_signals_release (self->signals);
  g_signal_handlers_disconnect_by_data (self->trainer, self);
  fxp_trainer_stop (self->trainer);
  g_clear_object (&self->trainer);
  g_clear_pointer (&self->loop, g_main_loop_unref);
  g_free (self);
}

FxpTrainer *
fxa_headless_run_get_trainer (FxaHeadlessRun *self)
{
  return self->trainer;
}

void
fxa_headless_run_set_snapshot_func (FxaHeadlessRun *self, FxaSnapshotFunc func, gpointer data)
{
  self->func = func;
  self->func_data = data;
}

/* Until the trainer obeyed this command and stands still. */
static void
wait_for (FxaHeadlessRun *self, guint64 serial)
{
  self->serial = serial;
  self->waiting = TRUE;
  g_main_loop_run (self->loop);
  self->waiting = FALSE;
}

static double
get_epoch (FxaHeadlessRun *self)
{
  FxpSnapshot *snapshot = fxp_trainer_get_snapshot (self->trainer);

  return snapshot != NULL ? fxp_snapshot_get_epoch (snapshot) : 0;
}

gboolean
fxa_headless_run_until (FxaHeadlessRun *self, guint64 epochs, guint64 steps)
{
  double first_epoch;
  gint64 start_us;

  /* What was restored or changed must have taken effect before it is measured from there. */
  wait_for (self, fxp_trainer_pause (self->trainer));
  if (self->interrupted)
    return FALSE;
  first_epoch = get_epoch (self);
  start_us = g_get_monotonic_time ();
  wait_for (self, fxp_trainer_run_until (self->trainer, epochs, steps));
  self->spent_us += g_get_monotonic_time () - start_us;
  self->epochs += get_epoch (self) - first_epoch;
  return !self->interrupted;
}

void
fxa_headless_run_stop (FxaHeadlessRun *self)
{
  fxp_trainer_stop (self->trainer);
}

double
fxa_headless_run_get_seconds (FxaHeadlessRun *self)
{
  return self->spent_us / (double)G_USEC_PER_SEC;
}

double
fxa_headless_run_get_samples (FxaHeadlessRun *self)
{
  return self->epochs *
         fxp_dataset_get_n (fxp_trainer_get_dataset (self->trainer), FXP_SPLIT_TRAIN);
}

static void
checkpoint_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GAsyncResult **out = data;

  *out = g_object_ref (result);
}

FxpCheckpoint *
fxa_headless_run_get_checkpoint (FxaHeadlessRun *self, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  fxp_trainer_checkpoint_async (self->trainer, NULL, checkpoint_cb, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return fxp_trainer_checkpoint_finish (self->trainer, result, error);
}
