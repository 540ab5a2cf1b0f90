/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/trials.h"

#include <glib/gi18n.h>
#include <math.h>

#define FLOAT_NAME "FL"

typedef struct
{
  FxuTrials *trials; /* borrowed: has this */
  guint i;           /* its place among them */
  FxuTrial trial;
  FxpTrainer *trainer; /* owned; NULL once it has ended */
  char *cause;
} Entry;

struct _FxuTrials
{
  GObject parent_instance;

  FxuSession *session;
  GPtrArray *entries; /* of Entry */
  guint n_epochs;     /* each is to do */
};

G_DEFINE_FINAL_TYPE (FxuTrials, fxu_trials, G_TYPE_OBJECT)

enum
{
  SIGNAL_STARTED,
  SIGNAL_RECORDED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static Entry *
get_entry (FxuTrials *self, guint i)
{
  return g_ptr_array_index (self->entries, i);
}

/* Network and data go; the figures stay. */
static void
drop_trainer (Entry *self)
{
  if (self->trainer == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->trainer, self);
  fxp_trainer_stop (self->trainer);
  g_clear_object (&self->trainer);
}

static void
entry_free (gpointer data)
{
  Entry *self = data;

  drop_trainer (self);
  g_free (self->trial.name);
  g_free (self->cause);
  g_free (self);
}

static void
take_record (Entry *self, const FxpRecord *record)
{
  self->trial.epoch = record->epoch;
  if (!isnan (record->test_accuracy_fixed))
    self->trial.test_accuracy = record->test_accuracy_fixed;
  /* A record between steps has none. */
  if (isnan (record->loss_fixed))
    return;
  self->trial.loss = record->loss_fixed;
  g_signal_emit (self->trials,
                 signals[SIGNAL_RECORDED],
                 0,
                 self->i,
                 record->epoch,
                 (double)record->loss_fixed);
}

/* What the worker has not told of yet comes to snapshot_cb() while it is stopped. */
static void
end_entry (Entry *self, FxpSnapshot *snapshot)
{
  self->trial.has_ended = TRUE;
  if (fxp_snapshot_get_state (snapshot) == FXP_STATE_DIVERGED)
    self->trial.cause = self->cause = g_strdup (fxp_snapshot_get_cause (snapshot));
  fxp_trainer_stop (self->trainer);
  drop_trainer (self);
}

static void
snapshot_cb (Entry *self, FxpTrainer *trainer)
{
  FxpSnapshot *snapshot = fxp_trainer_get_snapshot (trainer);
  FxpState state = fxp_snapshot_get_state (snapshot);
  gboolean ends =
    !self->trial.has_ended && (state == FXP_STATE_FINISHED || state == FXP_STATE_DIVERGED);
  const FxpRecord *records;
  gsize n;

  records = fxp_snapshot_get_records (snapshot, &n);
  for (gsize k = 0; k < n; k++)
    take_record (self, &records[k]);
  if (ends)
    end_entry (self, snapshot);
  if (n > 0 || ends)
    g_signal_emit (self->trials, signals[SIGNAL_CHANGED], 0);
}

/* The twin is a trial of its own: it goes on where another one diverges. */
static gboolean
add_entry (FxuTrials *self, GPtrArray *entries, const char *name, GError **error)
{
  FxpExperiment *base = fxu_session_get_experiment (self->session);
  g_autoptr (FxpExperiment) changed = fxp_system_apply (base, name, error);
  g_autoptr (FxpExperiment) experiment = NULL;
  FxpTrainer *trainer;
  Entry *entry;

  if (changed == NULL)
    return FALSE;
  experiment = fxp_experiment_with_value (changed, "training.twin", "false", error);
  if (experiment == NULL)
    return FALSE;
  trainer = fxp_trainer_new (experiment, fxu_session_get_dataset (self->session), 1, error);
  if (trainer == NULL)
    return FALSE;
  entry = g_new0 (Entry, 1);
  entry->trials = self;
  entry->i = entries->len;
  entry->trial = (FxuTrial){.name = g_ascii_strup (name, -1), .loss = NAN, .test_accuracy = NAN};
  entry->trainer = trainer;
  g_signal_connect_swapped (trainer, "snapshot", G_CALLBACK (snapshot_cb), entry);
  g_ptr_array_add (entries, entry);
  return TRUE;
}

static gboolean
has_float (const char *const *names)
{
  for (guint i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (names[i], FLOAT_NAME) == 0)
      return TRUE;
  return FALSE;
}

static GPtrArray *
make_entries (FxuTrials *self, const char *const *names, GError **error)
{
  g_autoptr (GPtrArray) entries = g_ptr_array_new_with_free_func (entry_free);

  if (fxu_session_get_dataset (self->session) == NULL)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_DATASET,
                   _ ("There are no data yet for trials to learn from"));
      return NULL;
    }
  for (guint i = 0; names[i] != NULL; i++)
    if (!add_entry (self, entries, names[i], error))
      return NULL;
  if (!has_float (names) && !add_entry (self, entries, FLOAT_NAME, error))
    return NULL;
  return g_steal_pointer (&entries);
}

gboolean
fxu_trials_start (FxuTrials *self, const char *const *names)
{
  g_autoptr (GError) error = NULL;
  GPtrArray *entries;

  g_return_val_if_fail (FXU_IS_TRIALS (self), FALSE);
  g_return_val_if_fail (names != NULL && names[0] != NULL, FALSE);
  g_return_val_if_fail (g_strv_length ((char **)names) < FXU_TRIALS_MAX, FALSE);

  entries = make_entries (self, names, &error);
  if (entries == NULL)
    {
      g_signal_emit_by_name (self->session, "failed", error->message);
      return FALSE;
    }
  g_ptr_array_unref (self->entries);
  self->entries = entries;
  self->n_epochs = fxp_experiment_get_settings (fxu_session_get_experiment (self->session))->epochs;
  g_signal_emit (self, signals[SIGNAL_STARTED], 0);
  for (guint i = 0; i < entries->len; i++)
    {
      fxp_trainer_give_way (get_entry (self, i)->trainer);
      fxp_trainer_run_until (get_entry (self, i)->trainer, self->n_epochs, 0);
    }
  return TRUE;
}

void
fxu_trials_stop (FxuTrials *self)
{
  g_return_if_fail (FXU_IS_TRIALS (self));

  for (guint i = 0; i < self->entries->len; i++)
    {
      drop_trainer (get_entry (self, i));
      get_entry (self, i)->trial.has_ended = TRUE;
    }
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

gboolean
fxu_trials_is_running (FxuTrials *self)
{
  g_return_val_if_fail (FXU_IS_TRIALS (self), FALSE);

  for (guint i = 0; i < self->entries->len; i++)
    if (!get_entry (self, i)->trial.has_ended)
      return TRUE;
  return FALSE;
}

guint
fxu_trials_get_n (FxuTrials *self)
{
  g_return_val_if_fail (FXU_IS_TRIALS (self), 0);

  return self->entries->len;
}

const FxuTrial *
fxu_trials_get (FxuTrials *self, guint i)
{
  g_return_val_if_fail (FXU_IS_TRIALS (self) && i < self->entries->len, NULL);

  return &get_entry (self, i)->trial;
}

double
fxu_trials_get_share (FxuTrials *self)
{
  double done = 0;

  g_return_val_if_fail (FXU_IS_TRIALS (self), 0);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const FxuTrial *trial = &get_entry (self, i)->trial;

      done += trial->has_ended ? 1.0 : trial->epoch / self->n_epochs;
    }
  return self->entries->len > 0 ? MIN (done / self->entries->len, 1.0) : 0.0;
}

static void
fxu_trials_dispose (GObject *object)
{
  FxuTrials *self = FXU_TRIALS (object);

  g_ptr_array_set_size (self->entries, 0);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (fxu_trials_parent_class)->dispose (object);
}

static void
fxu_trials_finalize (GObject *object)
{
  g_ptr_array_unref (FXU_TRIALS (object)->entries);

  G_OBJECT_CLASS (fxu_trials_parent_class)->finalize (object);
}

static guint
add_signal (const char *name)
{
  return g_signal_new (name,
                       FXU_TYPE_TRIALS,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       0);
}

static void
fxu_trials_class_init (FxuTrialsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = fxu_trials_dispose;
  G_OBJECT_CLASS (klass)->finalize = fxu_trials_finalize;
  signals[SIGNAL_STARTED] = add_signal ("started");
  signals[SIGNAL_CHANGED] = add_signal ("changed");
  signals[SIGNAL_RECORDED] = g_signal_new ("recorded",
                                           FXU_TYPE_TRIALS,
                                           G_SIGNAL_RUN_LAST,
                                           0,
                                           NULL,
                                           NULL,
                                           NULL,
                                           G_TYPE_NONE,
                                           3,
                                           G_TYPE_UINT,
                                           G_TYPE_DOUBLE,
                                           G_TYPE_DOUBLE);
}

static void
fxu_trials_init (FxuTrials *self)
{
  self->entries = g_ptr_array_new_with_free_func (entry_free);
}

FxuTrials *
fxu_trials_new (FxuSession *session)
{
  FxuTrials *self;

  g_return_val_if_fail (FXU_IS_SESSION (session), NULL);

  self = g_object_new (FXU_TYPE_TRIALS, NULL);
  self->session = g_object_ref (session);
  return self;
}
