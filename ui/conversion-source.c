/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "conversion-source.h"

#include <glib/gi18n.h>

struct _FxuConversionSource
{
  int n_references;
  FxpCheckpoint *checkpoint;
  FxpTrained *trained;
  FxpDataset *dataset;
  guint run; /* of the trainer, when it was taken */
};

FxuConversionSource *
fxu_conversion_source_ref (FxuConversionSource *self)
{
  self->n_references++;
  return self;
}

void
fxu_conversion_source_unref (FxuConversionSource *self)
{
  if (--self->n_references > 0)
    return;

  g_clear_pointer (&self->checkpoint, fxp_checkpoint_unref);
  g_clear_pointer (&self->trained, fxp_trained_unref);
  fxp_dataset_unref (self->dataset);
  g_free (self);
}

/* A source that is being taken. */
typedef struct
{
  FxuSession *session;
  FxuConversionSource *source; /* not whole yet */
} Taking;

static void
taking_free (gpointer data)
{
  Taking *self = data;

  g_clear_pointer (&self->source, fxu_conversion_source_unref);
  g_object_unref (self->session);
  g_free (self);
}

static void
checkpoint_cb (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  Taking *taking = g_task_get_task_data (task);
  FxuConversionSource *source = taking->source;
  FxpSnapshot *snapshot;
  GError *error = NULL;

  /* The session may be stopped, and its worker gone. */
  if (g_task_return_error_if_cancelled (task))
    return;
  source->checkpoint = fxu_session_checkpoint_finish (taking->session, result, &error);
  if (source->checkpoint != NULL)
    source->trained = fxp_trained_new_from_checkpoint (source->checkpoint, &error);
  if (source->trained == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  snapshot = fxu_session_get_snapshot (taking->session);
  source->run = snapshot != NULL ? fxp_snapshot_get_run (snapshot) : 0;
  g_task_return_pointer (task,
                         g_steal_pointer (&taking->source),
                         (GDestroyNotify)fxu_conversion_source_unref);
}

void
fxu_conversion_source_take_async (FxuSession *session,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  FxpDataset *dataset = fxu_session_get_dataset (session);
  Taking *taking;

  g_task_set_source_tag (task, fxu_conversion_source_take_async);
  if (dataset == NULL)
    {
      g_task_return_new_error (task,
                               FXP_ERROR,
                               FXP_ERROR_DATASET,
                               _ ("There are no data yet to convert a network with"));
      g_object_unref (task);
      return;
    }
  taking = g_new0 (Taking, 1);
  taking->session = g_object_ref (session);
  taking->source = g_new0 (FxuConversionSource, 1);
  taking->source->n_references = 1;
  taking->source->dataset = fxp_dataset_ref (dataset);
  g_task_set_task_data (task, taking, taking_free);
  fxu_session_checkpoint_async (session, cancellable, checkpoint_cb, task);
}

FxuConversionSource *
fxu_conversion_source_take_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

FxpCheckpoint *
fxu_conversion_source_get_checkpoint (FxuConversionSource *self)
{
  return self->checkpoint;
}

FxpTrained *
fxu_conversion_source_get_trained (FxuConversionSource *self)
{
  return self->trained;
}

FxpDataset *
fxu_conversion_source_get_dataset (FxuConversionSource *self)
{
  return self->dataset;
}

static FxpTopology *
get_topology (FxpExperiment *experiment)
{
  return fxp_experiment_get_topology (experiment);
}

static gboolean
is_same_topology (FxpExperiment *a, FxpExperiment *b)
{
  return g_str_equal (fxp_topology_get_text (get_topology (a)),
                      fxp_topology_get_text (get_topology (b))) &&
         fxp_experiment_get_settings (a)->activation == fxp_experiment_get_settings (b)->activation;
}

gboolean
fxu_conversion_source_is_same_network (FxuConversionSource *a, FxuConversionSource *b)
{
  return a->dataset == b->dataset && is_same_topology (fxp_trained_get_experiment (a->trained),
                                                       fxp_trained_get_experiment (b->trained));
}

FxuSourceState
fxu_conversion_source_compare (FxuConversionSource *self, FxuSession *session)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (session);

  if (self->dataset != fxu_session_get_dataset (session) ||
      !is_same_topology (fxp_trained_get_experiment (self->trained),
                         fxu_session_get_experiment (session)))
    return FXU_SOURCE_OTHER;
  if (snapshot == NULL)
    return FXU_SOURCE_CURRENT;
  if (fxp_snapshot_get_run (snapshot) != self->run)
    return FXU_SOURCE_OTHER;
  return fxp_snapshot_get_step (snapshot) == fxp_checkpoint_get_step (self->checkpoint)
           ? FXU_SOURCE_CURRENT
           : FXU_SOURCE_BEHIND;
}
