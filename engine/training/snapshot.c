/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "training/handoff-private.h"
#include "training/snapshot-private.h"

#include <math.h>

FxpSnapshot *
fxp_snapshot_new (guint n_weighted)
{
  FxpSnapshot *self = g_atomic_rc_box_new0 (FxpSnapshot);
  gsize n_cells = (gsize)n_weighted * FXP_N_ROLES;

  self->test_accuracy[0] = self->test_accuracy[1] = NAN;
  self->validation_accuracy[0] = self->validation_accuracy[1] = NAN;
  self->mismatch = NAN;
  self->n_weighted = n_weighted;
  self->records = g_array_new (FALSE, FALSE, sizeof (FxpRecord));
  self->tensor_records = g_array_new (FALSE, FALSE, sizeof (FxpTensorRecord));
  self->layer_records = g_array_new (FALSE, FALSE, sizeof (FxpLayerRecord));
  self->events = g_array_new (FALSE, FALSE, sizeof (FxpEvent));
  self->checkpoints = g_ptr_array_new_with_free_func ((GDestroyNotify)fxp_checkpoint_unref);
  self->tensors = g_new0 (FxpTensorView, n_cells);
  self->has_tensor = g_new0 (gboolean, n_cells);
  self->layers = g_new0 (FxpLayerView, n_weighted);
  return self;
}

static void
snapshot_clear (gpointer data)
{
  FxpSnapshot *self = data;

  FXP_HANDOFF_RECEIVE (self);
  for (guint i = 0; i < self->events->len; i++)
    g_strfreev ((char **)g_array_index (self->events, FxpEvent, i).changes);
  g_array_unref (self->records);
  g_array_unref (self->tensor_records);
  g_array_unref (self->layer_records);
  g_array_unref (self->events);
  g_ptr_array_unref (self->checkpoints);
  g_clear_pointer (&self->experiment, fxp_experiment_unref);
  g_clear_pointer (&self->baseline, fxp_baseline_unref);
  for (guint i = 0; i < FXP_N_PICTURES; i++)
    g_clear_pointer (&self->pictures[i], fxp_picture_unref);
  g_clear_pointer (&self->confusion, fxp_picture_unref);
  g_clear_pointer (&self->earlier, fxp_snapshot_unref);
  g_free (self->tensors);
  g_free (self->has_tensor);
  g_free (self->layers);
  g_free (self->cause);
  g_free (self->log_error);
}

FxpSnapshot *
fxp_snapshot_ref (FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_atomic_rc_box_acquire (self);
}

void
fxp_snapshot_unref (FxpSnapshot *self)
{
  g_return_if_fail (self != NULL);

  FXP_HANDOFF_SEND (self);
  g_atomic_rc_box_release_full (self, snapshot_clear);
}

void
fxp_snapshot_add_record (FxpSnapshot *self,
                         const FxpRecord *record,
                         const FxpTensorRecord *tensors,
                         const FxpLayerRecord *layers)
{
  g_array_append_val (self->records, *record);
  g_array_append_vals (self->tensor_records, tensors, self->n_weighted * FXP_N_ROLES);
  g_array_append_vals (self->layer_records, layers, self->n_weighted);
}

void
fxp_snapshot_add_event (FxpSnapshot *self, guint64 step, char **changes)
{
  FxpEvent event = {step, (const char *const *)changes};

  g_array_append_val (self->events, event);
}

/* The content of @newer goes behind that of @older, and the result to @newer: few elements move
 * even if nobody has read for long. */
static void
join_arrays (GArray **newer, GArray **older)
{
  GArray *joined = *older;

  if ((*newer)->len > 0)
    g_array_append_vals (joined, (*newer)->data, (*newer)->len);
  g_array_set_size (*newer, 0);
  *older = *newer;
  *newer = joined;
}

static gboolean
tells_of_the_past (const FxpSnapshot *self)
{
  return self->records->len > 0 || self->events->len > 0 || self->checkpoints->len > 0;
}

void
fxp_snapshot_absorb (FxpSnapshot *self, FxpSnapshot *older)
{
  g_return_if_fail (self != NULL && older != NULL);

  while (self->earlier != NULL)
    self = self->earlier;
  /* Records of two runs do not belong in one snapshot, nor can they: the layers may differ. */
  if (older->run != self->run && tells_of_the_past (older))
    {
      self->earlier = older;
      return;
    }

  if (older->run == self->run)
    {
      g_assert (older->n_weighted == self->n_weighted);
      join_arrays (&self->records, &older->records);
      join_arrays (&self->tensor_records, &older->tensor_records);
      join_arrays (&self->layer_records, &older->layer_records);
      join_arrays (&self->events, &older->events);
      g_ptr_array_extend_and_steal (older->checkpoints, g_steal_pointer (&self->checkpoints));
      self->checkpoints = g_steal_pointer (&older->checkpoints);
      older->checkpoints = g_ptr_array_new ();
    }
  self->earlier = g_steal_pointer (&older->earlier);
  fxp_snapshot_unref (older);
}

guint
fxp_snapshot_get_run (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->run;
}

guint64
fxp_snapshot_get_step (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->step;
}

double
fxp_snapshot_get_epoch (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->epoch;
}

FxpState
fxp_snapshot_get_state (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, FXP_STATE_PAUSED);

  return self->state;
}

const char *
fxp_snapshot_get_cause (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->cause;
}

const char *
fxp_snapshot_get_log_error (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->log_error;
}

guint64
fxp_snapshot_get_serial (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->serial;
}

FxpExperiment *
fxp_snapshot_get_experiment (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->experiment;
}

double
fxp_snapshot_get_steps_per_second (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->steps_per_second;
}

double
fxp_snapshot_get_samples_per_second (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->samples_per_second;
}

const FxpRecord *
fxp_snapshot_get_records (const FxpSnapshot *self, gsize *n)
{
  g_return_val_if_fail (self != NULL && n != NULL, NULL);

  *n = self->records->len;
  return &g_array_index (self->records, FxpRecord, 0);
}

const FxpTensorRecord *
fxp_snapshot_get_tensor_records (const FxpSnapshot *self, gsize i)
{
  g_return_val_if_fail (self != NULL && i < self->records->len, NULL);

  return &g_array_index (self->tensor_records, FxpTensorRecord, i * self->n_weighted * FXP_N_ROLES);
}

const FxpLayerRecord *
fxp_snapshot_get_layer_records (const FxpSnapshot *self, gsize i)
{
  g_return_val_if_fail (self != NULL && i < self->records->len, NULL);

  return &g_array_index (self->layer_records, FxpLayerRecord, i * self->n_weighted);
}

const FxpEvent *
fxp_snapshot_get_events (const FxpSnapshot *self, gsize *n)
{
  g_return_val_if_fail (self != NULL && n != NULL, NULL);

  *n = self->events->len;
  return &g_array_index (self->events, FxpEvent, 0);
}

guint
fxp_snapshot_get_n_weighted (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_weighted;
}

const FxpTensorView *
fxp_snapshot_get_tensor (const FxpSnapshot *self, FxpTensorId id)
{
  gsize cell;

  g_return_val_if_fail (self != NULL && id.layer < self->n_weighted, NULL);
  g_return_val_if_fail (id.role < FXP_N_ROLES, NULL);

  cell = (gsize)id.layer * FXP_N_ROLES + id.role;
  return self->has_tensor[cell] ? &self->tensors[cell] : NULL;
}

const FxpLayerView *
fxp_snapshot_get_layer (const FxpSnapshot *self, guint layer)
{
  g_return_val_if_fail (self != NULL && layer < self->n_weighted, NULL);

  return &self->layers[layer];
}

const FxpField *
fxp_snapshot_get_field (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pictures[FXP_PICTURE_FIELD];
}

const FxpSheet *
fxp_snapshot_get_sheet (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pictures[FXP_PICTURE_SHEET];
}

const FxpFilters *
fxp_snapshot_get_filters (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pictures[FXP_PICTURE_FILTERS];
}

const FxpActivations *
fxp_snapshot_get_activations (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->pictures[FXP_PICTURE_ACTIVATIONS];
}

const FxpConfusion *
fxp_snapshot_get_confusion (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->confusion;
}

FxpActivity
fxp_snapshot_get_activity (const FxpSnapshot *self, double *share)
{
  g_return_val_if_fail (self != NULL, FXP_ACTIVITY_NONE);

  if (share != NULL)
    *share = self->share;
  return self->activity;
}

double
fxp_snapshot_get_rate (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NAN);

  return self->rate;
}

double
fxp_snapshot_get_validation_accuracy (const FxpSnapshot *self, gboolean of_twin)
{
  g_return_val_if_fail (self != NULL, NAN);

  return self->validation_accuracy[of_twin ? 1 : 0];
}

FxpBaseline *
fxp_snapshot_get_baseline (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->baseline;
}

double
fxp_snapshot_get_mismatch (const FxpSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NAN);

  return self->mismatch;
}

double
fxp_snapshot_get_test_accuracy (const FxpSnapshot *self, gboolean of_twin)
{
  g_return_val_if_fail (self != NULL, NAN);

  return self->test_accuracy[of_twin ? 1 : 0];
}
