/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/checkpoint-private.h"
#include "training/fit-private.h"
#include "training/loop-private.h"
#include "training/snapshot-private.h"
#include "training/trainer.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define N_THREADS_MAX  64
#define FIELD_SIZE_MAX 1024

struct _FxpTrainer
{
  GObject parent_instance;

  FxpHandoff handoff;
  GThread *thread; /* NULL once stopped */

  FxpExperiment *experiment; /* owned */
  FxpDataset *dataset;       /* owned */
  FxpSnapshot *snapshot;     /* owned, or NULL */
  guint64 serial;
  GQueue inbox; /* of FxpSnapshot, owned: taken, not told of yet */
  GQueue tasks; /* of GTask, owned: checkpoints asked for and not come yet */
};

G_DEFINE_FINAL_TYPE (FxpTrainer, fxp_trainer, G_TYPE_OBJECT)

enum
{
  SIGNAL_SNAPSHOT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* Answers the commands that asked for a checkpoint: both lists are in order.  An answer may lead to
 * another snapshot, as where it stops the worker. */
static void
return_checkpoints (FxpTrainer *self, FxpSnapshot *newest)
{
  g_autoptr (FxpSnapshot) snapshot = fxp_snapshot_ref (newest);

  for (guint i = 0; i < snapshot->checkpoints->len; i++)
    {
      g_autoptr (GTask) task = g_queue_pop_head (&self->tasks);

      g_assert (task != NULL);
      g_task_return_pointer (task,
                             fxp_checkpoint_ref (g_ptr_array_index (snapshot->checkpoints, i)),
                             (GDestroyNotify)fxp_checkpoint_unref);
    }
}

static void
take_in (FxpTrainer *self)
{
  FxpSnapshot *snapshot = fxp_handoff_take (&self->handoff);
  GList *place = self->inbox.tail;

  /* The chain goes from the newest to older ones; the list, the other way. */
  while (snapshot != NULL)
    {
      FxpSnapshot *earlier = g_steal_pointer (&snapshot->earlier);

      g_queue_insert_after (&self->inbox, place, snapshot);
      snapshot = earlier;
    }
}

/* A handler may do anything, stop() included, so each turn begins anew. */
static void
deliver (FxpTrainer *self, gboolean tells)
{
  take_in (self);
  while (!g_queue_is_empty (&self->inbox))
    {
      g_clear_pointer (&self->snapshot, fxp_snapshot_unref);
      self->snapshot = g_queue_pop_head (&self->inbox);
      return_checkpoints (self, self->snapshot);
      if (tells)
        g_signal_emit (self, signals[SIGNAL_SNAPSHOT], 0);
    }
}

static gboolean
deliver_cb (gpointer data)
{
  g_autoptr (FxpTrainer) self = g_object_ref (data);

  deliver (self, TRUE);
  return G_SOURCE_CONTINUE;
}

static guint64
send (FxpTrainer *self, FxpCommand *command)
{
  if (self->thread != NULL)
    fxp_handoff_send (&self->handoff, command);
  else
    fxp_command_free (command);
  return self->serial;
}

static FxpCommand *
make_command (FxpTrainer *self, FxpCommandKind kind)
{
  return fxp_command_new (kind, ++self->serial);
}

static void
refuse_tasks (FxpTrainer *self)
{
  GTask *task;

  while ((task = g_queue_pop_head (&self->tasks)) != NULL)
    {
      g_task_return_new_error (task,
                               G_IO_ERROR,
                               G_IO_ERROR_CANCELLED,
                               _ ("The run ended before its state was taken"));
      g_object_unref (task);
    }
}

static void
stop (FxpTrainer *self, gboolean tells)
{
  GThread *thread;

  if (self->thread == NULL)
    return;
  send (self, make_command (self, FXP_COMMAND_QUIT));
  thread = g_steal_pointer (&self->thread);
  g_thread_join (thread);
  FXP_HANDOFF_RECEIVE (&self->handoff);
  fxp_handoff_close (&self->handoff);
  deliver (self, tells);
  refuse_tasks (self);
}

void
fxp_trainer_stop (FxpTrainer *self)
{
  g_return_if_fail (FXP_IS_TRAINER (self));

  g_object_ref (self);
  stop (self, TRUE);
  g_object_unref (self);
}

static void
fxp_trainer_dispose (GObject *object)
{
  stop (FXP_TRAINER (object), FALSE);

  G_OBJECT_CLASS (fxp_trainer_parent_class)->dispose (object);
}

static void
fxp_trainer_finalize (GObject *object)
{
  FxpTrainer *self = FXP_TRAINER (object);

  g_clear_pointer (&self->snapshot, fxp_snapshot_unref);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->dataset, fxp_dataset_unref);
  if (self->handoff.commands != NULL)
    fxp_handoff_clear (&self->handoff);

  G_OBJECT_CLASS (fxp_trainer_parent_class)->finalize (object);
}

static void
fxp_trainer_class_init (FxpTrainerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = fxp_trainer_dispose;
  object_class->finalize = fxp_trainer_finalize;

  signals[SIGNAL_SNAPSHOT] = g_signal_new ("snapshot",
                                           G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_NONE,
                                           0);
}

static void
fxp_trainer_init (FxpTrainer *self)
{
  g_queue_init (&self->inbox);
  g_queue_init (&self->tasks);
}

FxpTrainer *
fxp_trainer_new (FxpExperiment *experiment, FxpDataset *dataset, guint n_threads, GError **error)
{
  FxpTrainer *self;
  FxpLoop *loop;

  g_return_val_if_fail (experiment != NULL && dataset != NULL, NULL);
  g_return_val_if_fail (n_threads >= 1, NULL);

  if (!fxp_fit_check (experiment, dataset, error))
    return NULL;
  self = g_object_new (FXP_TYPE_TRAINER, NULL);
  self->experiment = fxp_experiment_ref (experiment);
  self->dataset = fxp_dataset_ref (dataset);
  fxp_handoff_init (&self->handoff, deliver_cb, self);
  loop = fxp_loop_new (&self->handoff, experiment, dataset, MIN (n_threads, N_THREADS_MAX));
  FXP_HANDOFF_SEND (loop);
  self->thread = g_thread_new ("fxp-trainer", fxp_loop_thread, loop);
  return self;
}

guint64
fxp_trainer_run (FxpTrainer *self)
{
  return fxp_trainer_run_until (self, 0, 0);
}

guint64
fxp_trainer_run_until (FxpTrainer *self, guint64 epochs, guint64 steps)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  command = make_command (self, FXP_COMMAND_RUN);
  command->epochs = epochs;
  command->steps = steps;
  return send (self, command);
}

guint64
fxp_trainer_pause (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  return send (self, make_command (self, FXP_COMMAND_PAUSE));
}

guint64
fxp_trainer_step (FxpTrainer *self, guint n_steps)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  command = make_command (self, FXP_COMMAND_STEP);
  command->steps = n_steps;
  return send (self, command);
}

guint64
fxp_trainer_step_epoch (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  return send (self, make_command (self, FXP_COMMAND_STEP_EPOCH));
}

guint64
fxp_trainer_reset (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  return send (self, make_command (self, FXP_COMMAND_RESET));
}

guint64
fxp_trainer_set_speed (FxpTrainer *self, double steps_per_second)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);
  g_return_val_if_fail (isfinite (steps_per_second) && steps_per_second >= 0, 0);

  command = make_command (self, FXP_COMMAND_SET_SPEED);
  command->speed = steps_per_second;
  return send (self, command);
}

gboolean
fxp_trainer_set_experiment (FxpTrainer *self,
                            FxpExperiment *experiment,
                            FxpDataset *dataset,
                            guint64 *serial,
                            GError **error)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self) && experiment != NULL, FALSE);

  if (!fxp_fit_check (experiment, dataset != NULL ? dataset : self->dataset, error))
    return FALSE;
  command = make_command (self, FXP_COMMAND_SET_EXPERIMENT);
  command->experiment = fxp_experiment_ref (experiment);
  fxp_experiment_ref (experiment);
  fxp_experiment_unref (self->experiment);
  self->experiment = experiment;
  if (dataset != NULL)
    {
      command->dataset = fxp_dataset_ref (dataset);
      fxp_dataset_ref (dataset);
      fxp_dataset_unref (self->dataset);
      self->dataset = dataset;
    }
  send (self, command);
  if (serial != NULL)
    *serial = self->serial;
  return TRUE;
}

gboolean
fxp_trainer_restore (FxpTrainer *self, FxpCheckpoint *checkpoint, guint64 *serial, GError **error)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self) && checkpoint != NULL, FALSE);

  if (!fxp_fit_check_checkpoint (checkpoint, self->dataset, error))
    return FALSE;
  command = make_command (self, FXP_COMMAND_RESTORE);
  command->checkpoint = fxp_checkpoint_ref (checkpoint);
  fxp_experiment_unref (self->experiment);
  self->experiment = fxp_experiment_ref (checkpoint->experiment);
  send (self, command);
  if (serial != NULL)
    *serial = self->serial;
  return TRUE;
}

guint64
fxp_trainer_set_view (FxpTrainer *self, FxpView view, guint field_size)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);
  g_return_val_if_fail (field_size <= FIELD_SIZE_MAX, 0);

  command = make_command (self, FXP_COMMAND_SET_VIEW);
  command->view = view;
  command->field_size = field_size;
  return send (self, command);
}

guint64
fxp_trainer_give_way (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  return send (self, make_command (self, FXP_COMMAND_GIVE_WAY));
}

guint64
fxp_trainer_set_sample (FxpTrainer *self, guint32 row)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  command = make_command (self, FXP_COMMAND_SET_SAMPLE);
  command->sample = row;
  return send (self, command);
}

guint64
fxp_trainer_skip_test (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);

  return send (self, make_command (self, FXP_COMMAND_SKIP_TEST));
}

guint64
fxp_trainer_set_log_file (FxpTrainer *self, GFile *file)
{
  FxpCommand *command;

  g_return_val_if_fail (FXP_IS_TRAINER (self), 0);
  g_return_val_if_fail (file == NULL || G_IS_FILE (file), 0);

  command = make_command (self, FXP_COMMAND_SET_LOG_FILE);
  g_set_object (&command->file, file);
  return send (self, command);
}

FxpExperiment *
fxp_trainer_get_experiment (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), NULL);

  return self->experiment;
}

FxpDataset *
fxp_trainer_get_dataset (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), NULL);

  return self->dataset;
}

FxpSnapshot *
fxp_trainer_get_snapshot (FxpTrainer *self)
{
  g_return_val_if_fail (FXP_IS_TRAINER (self), NULL);

  return self->snapshot;
}

void
fxp_trainer_checkpoint_async (FxpTrainer *self,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task;

  g_return_if_fail (FXP_IS_TRAINER (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, fxp_trainer_checkpoint_async);
  g_queue_push_tail (&self->tasks, task);
  if (self->thread != NULL)
    send (self, make_command (self, FXP_COMMAND_CHECKPOINT));
  else
    refuse_tasks (self);
}

FxpCheckpoint *
fxp_trainer_checkpoint_finish (FxpTrainer *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
