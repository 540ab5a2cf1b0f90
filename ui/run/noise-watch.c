/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/noise-watch.h"

struct _FxuNoiseWatch
{
  GObject parent_instance;

  FxuSession *session;
  FxuNoiseSight sight;   /* the newest; without gains: none yet */
  FxuNoiseSight pending; /* what is under way will be */
  FxpCheckpoint *checkpoint;
  FxpDataset *dataset;       /* the run's when it began */
  GCancellable *cancellable; /* NULL: nothing is under way */
  gboolean is_due;           /* another look was asked for meanwhile */
};

G_DEFINE_FINAL_TYPE (FxuNoiseWatch, fxu_noise_watch, G_TYPE_OBJECT)

enum
{
  SIGNAL_ACTIVITY,
  SIGNAL_SEEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
clear_sight (FxuNoiseSight *sight)
{
  g_clear_pointer (&sight->experiment, fxp_experiment_unref);
  g_clear_pointer (&sight->gains, fxp_noise_gains_unref);
}

static void
forget_pending (FxuNoiseWatch *self)
{
  clear_sight (&self->pending);
  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  g_clear_object (&self->cancellable);
}

/* Tells of it by @signal, and begins what was asked for meanwhile. */
static void
end (FxuNoiseWatch *self, guint signal)
{
  forget_pending (self);
  g_signal_emit (self, signals[signal], 0);
  if (self->is_due)
    fxu_noise_watch_look (self);
}

static void
mismatch_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxuNoiseWatch) self = data;

  /* Fails where it was given up, and says nothing then. */
  if (!fxp_theory_measure_mismatch_finish (result, &self->pending.mismatch, NULL))
    {
      end (self, SIGNAL_ACTIVITY);
      return;
    }
  clear_sight (&self->sight);
  self->sight = self->pending;
  self->pending = (FxuNoiseSight){0};
  end (self, SIGNAL_SEEN);
}

static void
gains_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxuNoiseWatch) self = data;
  FxpTheoryOptions options;

  /* Without a float network, with other data by now, or given up: the charts say what they need. */
  self->pending.gains = fxp_theory_measure_gains_finish (result, NULL);
  if (self->pending.gains == NULL)
    {
      end (self, SIGNAL_ACTIVITY);
      return;
    }
  fxp_theory_options_init (&options, self->dataset);
  fxp_theory_measure_mismatch_async (self->checkpoint,
                                     self->dataset,
                                     self->pending.experiment,
                                     &options,
                                     1,
                                     self->cancellable,
                                     mismatch_cb,
                                     g_object_ref (self));
}

static void
checkpoint_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (FxuNoiseWatch) self = data;
  FxpTheoryOptions options;

  /* The run may have ended with its session. */
  self->checkpoint = fxu_session_checkpoint_finish (self->session, result, NULL);
  if (self->checkpoint == NULL)
    {
      end (self, SIGNAL_ACTIVITY);
      return;
    }
  fxp_theory_options_init (&options, self->dataset);
  self->pending.epoch = fxp_checkpoint_get_epoch (self->checkpoint);
  self->pending.experiment = fxp_experiment_ref (fxp_checkpoint_get_experiment (self->checkpoint));
  fxp_theory_measure_gains_async (self->checkpoint,
                                  self->dataset,
                                  &options,
                                  1,
                                  NULL,
                                  NULL,
                                  self->cancellable,
                                  gains_cb,
                                  g_object_ref (self));
  g_signal_emit (self, signals[SIGNAL_ACTIVITY], 0);
}

void
fxu_noise_watch_look (FxuNoiseWatch *self)
{
  FxpSnapshot *snapshot;
  FxpDataset *dataset;

  g_return_if_fail (FXU_IS_NOISE_WATCH (self));

  snapshot = fxu_session_get_snapshot (self->session);
  dataset = fxu_session_get_dataset (self->session);
  self->is_due = self->cancellable != NULL;
  if (self->is_due || snapshot == NULL || dataset == NULL)
    return;
  self->cancellable = g_cancellable_new ();
  self->dataset = fxp_dataset_ref (dataset);
  self->pending.run = fxp_snapshot_get_run (snapshot);
  fxu_session_checkpoint_async (self->session,
                                self->cancellable,
                                checkpoint_cb,
                                g_object_ref (self));
}

gboolean
fxu_noise_watch_is_looking (FxuNoiseWatch *self)
{
  g_return_val_if_fail (FXU_IS_NOISE_WATCH (self), FALSE);

  return self->checkpoint != NULL;
}

const FxuNoiseSight *
fxu_noise_watch_get_sight (FxuNoiseWatch *self)
{
  g_return_val_if_fail (FXU_IS_NOISE_WATCH (self), NULL);

  return self->sight.gains != NULL ? &self->sight : NULL;
}

void
fxu_noise_watch_stop (FxuNoiseWatch *self)
{
  g_return_if_fail (FXU_IS_NOISE_WATCH (self));

  self->is_due = FALSE;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

static void
fxu_noise_watch_dispose (GObject *object)
{
  FxuNoiseWatch *self = FXU_NOISE_WATCH (object);

  fxu_noise_watch_stop (self);
  forget_pending (self);
  clear_sight (&self->sight);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_noise_watch_parent_class)->dispose (object);
}

static void
fxu_noise_watch_class_init (FxuNoiseWatchClass *klass)
{
  static const char *const names[N_SIGNALS] = {"activity", "seen"};

  G_OBJECT_CLASS (klass)->dispose = fxu_noise_watch_dispose;
  for (guint i = 0; i < N_SIGNALS; i++)
    signals[i] = g_signal_new (names[i],
                               FXU_TYPE_NOISE_WATCH,
                               G_SIGNAL_RUN_LAST,
                               0,
                               NULL,
                               NULL,
                               NULL,
                               G_TYPE_NONE,
                               0);
}

static void
fxu_noise_watch_init (FxuNoiseWatch *self)
{
}

FxuNoiseWatch *
fxu_noise_watch_new (FxuSession *session)
{
  FxuNoiseWatch *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_NOISE_WATCH, NULL);
  self->session = g_object_ref (session);
  return self;
}
