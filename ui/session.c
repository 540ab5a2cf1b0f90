/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "session-parts.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (FxuSession, fxu_session, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_RUNNING,
  PROP_SPEED,
  PROP_CAN_UNDO,
  PROP_CAN_REDO,
  PROP_LOADING,
  PROP_TITLE,
  PROP_MODIFIED,
  N_PROPS
};

enum
{
  SIGNAL_EXPERIMENT_CHANGED,
  SIGNAL_DATASET_CHANGED,
  SIGNAL_SNAPSHOT,
  SIGNAL_FAILED,
  N_SIGNALS
};

static GParamSpec *props[N_PROPS];
static guint signals[N_SIGNALS];

void
fxu_session_fail (FxuSession *self, const GError *error)
{
  g_signal_emit (self, signals[SIGNAL_FAILED], 0, error->message);
}

void
fxu_session_experiment_changed (FxuSession *self)
{
  g_signal_emit (self, signals[SIGNAL_EXPERIMENT_CHANGED], 0);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_REDO]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODIFIED]);
}

void
fxu_session_dataset_changed (FxuSession *self)
{
  g_signal_emit (self, signals[SIGNAL_DATASET_CHANGED], 0);
}

void
fxu_session_take_loading (FxuSession *self, GCancellable *loading)
{
  if (self->loading == loading)
    return;

  if (self->loading != NULL)
    g_cancellable_cancel (self->loading);
  g_set_object (&self->loading, loading);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_LOADING]);
}

void
fxu_session_forget_former (FxuSession *self)
{
  g_clear_pointer (&self->former_saved, fxp_experiment_unref);
  g_clear_object (&self->former_file);
}

void
fxu_session_take_saved (FxuSession *self, FxpExperiment *experiment, GFile *file)
{
  fxp_experiment_ref (experiment);
  g_clear_pointer (&self->saved, fxp_experiment_unref);
  self->saved = experiment;
  g_set_object (&self->file, file);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_TITLE]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MODIFIED]);
}

static char *
make_title (FxuSession *self)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self->saved);

  if (self->file != NULL)
    {
      g_autofree char *name = g_file_get_basename (self->file);

      return g_filename_display_name (name);
    }
  if (settings->title != NULL && *settings->title != '\0')
    return g_strdup (settings->title);
  return g_strdup (_ ("Untitled"));
}

static void
snapshot_cb (FxuSession *self, FxpTrainer *trainer)
{
  FxpSnapshot *snapshot = fxp_trainer_get_snapshot (trainer);

  if (snapshot == NULL)
    return;

  fxp_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, fxp_snapshot_unref);
  self->snapshot = snapshot;

  if (fxu_runner_has_ended (self->runner, snapshot))
    {
      fxu_runner_set_running (self->runner, FALSE);
      g_object_notify_by_pspec (G_OBJECT (self), props[PROP_RUNNING]);
    }
  g_signal_emit (self, signals[SIGNAL_SNAPSHOT], 0);
}

static void
fxu_session_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  FxuSession *self = FXU_SESSION (object);

  switch (id)
    {
    case PROP_RUNNING:
      g_value_set_boolean (value, self->runner != NULL && fxu_runner_get_running (self->runner));
      break;
    case PROP_SPEED:
      g_value_set_double (value, self->runner != NULL ? fxu_runner_get_speed (self->runner) : 0.0);
      break;
    case PROP_CAN_UNDO:
      g_value_set_boolean (value, fxu_edit_stack_can_undo (self->edits));
      break;
    case PROP_CAN_REDO:
      g_value_set_boolean (value, fxu_edit_stack_can_redo (self->edits));
      break;
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading != NULL);
      break;
    case PROP_TITLE:
      g_value_take_string (value, make_title (self));
      break;
    case PROP_MODIFIED:
      g_value_set_boolean (value,
                           !fxp_experiment_equal (self->saved,
                                                  fxu_edit_stack_get_current (self->edits)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
fxu_session_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  FxuSession *self = FXU_SESSION (object);

  if (self->runner == NULL)
    return;

  switch (id)
    {
    case PROP_RUNNING:
      if (fxu_runner_get_running (self->runner) == g_value_get_boolean (value))
        return;
      fxu_runner_set_running (self->runner, g_value_get_boolean (value));
      break;
    case PROP_SPEED:
      if (fxu_runner_get_speed (self->runner) == g_value_get_double (value))
        return;
      fxu_runner_set_speed (self->runner, g_value_get_double (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
      return;
    }
  g_object_notify_by_pspec (object, pspec);
}

static void
fxu_session_dispose (GObject *object)
{
  fxu_session_stop (FXU_SESSION (object));

  G_OBJECT_CLASS (fxu_session_parent_class)->dispose (object);
}

static void
fxu_session_finalize (GObject *object)
{
  FxuSession *self = FXU_SESSION (object);

  g_clear_pointer (&self->edits, fxu_edit_stack_free);
  g_clear_pointer (&self->saved, fxp_experiment_unref);
  g_clear_pointer (&self->snapshot, fxp_snapshot_unref);
  g_clear_object (&self->file);
  fxu_session_forget_former (self);
  g_clear_pointer (&self->progress, fxu_load_progress_unref);
  g_clear_pointer (&self->loading_name, g_free);

  G_OBJECT_CLASS (fxu_session_parent_class)->finalize (object);
}

static guint
add_signal (const char *name, guint n_params, GType param)
{
  return g_signal_new (name,
                       FXU_TYPE_SESSION,
                       G_SIGNAL_RUN_LAST,
                       0,
                       NULL,
                       NULL,
                       NULL,
                       G_TYPE_NONE,
                       n_params,
                       param);
}

static void
fxu_session_class_init (FxuSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags ro = G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  const GParamFlags rw = ro | G_PARAM_WRITABLE;

  object_class->get_property = fxu_session_get_property;
  object_class->set_property = fxu_session_set_property;
  object_class->dispose = fxu_session_dispose;
  object_class->finalize = fxu_session_finalize;

  props[PROP_RUNNING] = g_param_spec_boolean ("running", NULL, NULL, FALSE, rw);
  props[PROP_SPEED] = g_param_spec_double ("speed", NULL, NULL, 0.0, G_MAXDOUBLE, 0.0, rw);
  props[PROP_CAN_UNDO] = g_param_spec_boolean ("can-undo", NULL, NULL, FALSE, ro);
  props[PROP_CAN_REDO] = g_param_spec_boolean ("can-redo", NULL, NULL, FALSE, ro);
  props[PROP_LOADING] = g_param_spec_boolean ("loading", NULL, NULL, FALSE, ro);
  props[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, ro);
  props[PROP_MODIFIED] = g_param_spec_boolean ("modified", NULL, NULL, FALSE, ro);
  g_object_class_install_properties (object_class, N_PROPS, props);

  signals[SIGNAL_EXPERIMENT_CHANGED] = add_signal ("experiment-changed", 0, G_TYPE_NONE);
  signals[SIGNAL_DATASET_CHANGED] = add_signal ("dataset-changed", 0, G_TYPE_NONE);
  signals[SIGNAL_SNAPSHOT] = add_signal ("snapshot", 0, G_TYPE_NONE);
  signals[SIGNAL_FAILED] = add_signal ("failed", 1, G_TYPE_STRING);
}

static void
fxu_session_init (FxuSession *self)
{
}

FxuSession *
fxu_session_new (FxpExperiment *experiment, guint n_threads)
{
  FxuSession *self;

  g_return_val_if_fail (experiment != NULL, NULL);
  g_return_val_if_fail (n_threads >= 1, NULL);

  self = g_object_new (FXU_TYPE_SESSION, NULL);
  self->runner = fxu_runner_new (n_threads, G_CALLBACK (snapshot_cb), self);
  self->edits = fxu_edit_stack_new (experiment);
  fxu_session_take_saved (self, experiment, NULL);
  self->theory = fxu_theory_new (self, n_threads);
  self->conversion = fxu_conversion_new (self, n_threads);
  fxu_session_apply (self, experiment, NULL);
  return self;
}

FxpExperiment *
fxu_session_get_experiment (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  return fxu_edit_stack_get_current (self->edits);
}

GFile *
fxu_session_get_file (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  return self->file;
}

FxpDataset *
fxu_session_get_dataset (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  return self->runner != NULL ? fxu_runner_get_dataset (self->runner) : NULL;
}

FxpSnapshot *
fxu_session_get_snapshot (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  return self->snapshot;
}

FxuTheory *
fxu_session_get_theory (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  return self->theory;
}

FxuConversion *
fxu_session_get_conversion (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), NULL);

  return self->conversion;
}

guint64
fxu_session_get_edit_serial (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), 0);

  return self->runner != NULL ? fxu_runner_get_edit_serial (self->runner) : 0;
}

void
fxu_session_begin_edit (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  fxu_edit_stack_begin (self->edits);
}

void
fxu_session_end_edit (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  fxu_edit_stack_end (self->edits);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_UNDO]);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_CAN_REDO]);
}

gboolean
fxu_session_is_editing (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);

  return fxu_edit_stack_is_open (self->edits);
}

void
fxu_session_step (FxuSession *self, guint n_steps)
{
  g_return_if_fail (FXU_IS_SESSION (self));
  g_return_if_fail (n_steps >= 1);

  if (fxu_session_get_dataset (self) == NULL)
    return;
  g_object_set (self, "running", FALSE, NULL);
  fxp_trainer_step (fxu_runner_get_trainer (self->runner), n_steps);
}

void
fxu_session_step_epoch (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (fxu_session_get_dataset (self) == NULL)
    return;
  g_object_set (self, "running", FALSE, NULL);
  fxp_trainer_step_epoch (fxu_runner_get_trainer (self->runner));
}

void
fxu_session_reset (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (fxu_session_get_dataset (self) != NULL)
    fxp_trainer_reset (fxu_runner_get_trainer (self->runner));
}

void
fxu_session_set_view (FxuSession *self, FxpView view, guint field_size)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (self->runner != NULL)
    fxu_runner_set_view (self->runner, view, field_size);
}

void
fxu_session_set_sample (FxuSession *self, guint32 row)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (self->runner != NULL)
    fxu_runner_set_sample (self->runner, row);
}

guint32
fxu_session_get_sample (FxuSession *self)
{
  g_return_val_if_fail (FXU_IS_SESSION (self), 0);

  return self->runner != NULL ? fxu_runner_get_sample (self->runner) : 0;
}

void
fxu_session_skip_test (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (fxu_session_get_dataset (self) != NULL)
    fxp_trainer_skip_test (fxu_runner_get_trainer (self->runner));
}

void
fxu_session_stop (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  fxu_session_take_loading (self, NULL);
  if (self->theory != NULL)
    fxu_theory_stop (self->theory);
  g_clear_object (&self->theory);
  if (self->conversion != NULL)
    fxu_conversion_stop (self->conversion);
  g_clear_object (&self->conversion);
  g_clear_pointer (&self->runner, fxu_runner_free);
}
