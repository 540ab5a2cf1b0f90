/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/sweep.h"
#include "binary-point.h"

#define SUM_BITS_DEFAULT 24

struct _FxuSweep
{
  FxuSession *session;
  guint n_layers;
  FxpFormat *fixed; /* per layer and role: the format to go back to from float */
};

FxuSweep *
fxu_sweep_new (FxuSession *session)
{
  FxuSweep *self = g_new0 (FxuSweep, 1);

  self->session = g_object_ref (session);
  return self;
}

void
fxu_sweep_free (FxuSweep *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->session);
  g_free (self->fixed);
  g_free (self);
}

void
fxu_sweep_begin (FxuSweep *self)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);

  self->n_layers = fxp_experiment_get_n_weighted (experiment);
  self->fixed = g_renew (FxpFormat, self->fixed, self->n_layers * FXP_N_ROLES);
  for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
    {
      FxpTensorId id = {(guint16)(i / FXP_N_ROLES), (guint16)(i % FXP_N_ROLES)};
      FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;

      self->fixed[i] = fxp_format_is_float (format) ? FXP_FORMAT_SIGNED (12, 9) : format;
    }
}

static FxpExperiment *
nudge_sum (FxuSweep *self, FxpExperiment *experiment, guint layer, const FxuNudge *nudge)
{
  const FxpSumRegister *from = &fxp_experiment_get_precision (experiment, layer)->sum;
  FxpSnapshot *snapshot = fxu_session_get_snapshot (self->session);
  const FxpLayerView *view = NULL;
  guint bits = SUM_BITS_DEFAULT;
  FxpSumRegister to;

  if (snapshot != NULL && layer < fxp_snapshot_get_n_weighted (snapshot))
    view = fxp_snapshot_get_layer (snapshot, layer);
  if (view != NULL && view->sum.n > 0)
    bits = fxp_sum_counts_get_bits_needed (&view->sum);

  to = fxu_nudge_sum (nudge, from, bits);
  return fxp_experiment_with_sum (experiment, (int)layer, &to);
}

static FxpExperiment *
nudge_tensor (FxuSweep *self, FxpExperiment *experiment, FxpTensorId id, const FxuNudge *nudge)
{
  const FxpQuantizer from = fxu_binary_point_get_quantizer (self->session, id);
  FxpFormat *fixed = &self->fixed[id.layer * FXP_N_ROLES + id.role];
  FxpQuantizer to;

  if (!fxp_format_is_float (from.format))
    *fixed = from.format;
  to = fxu_nudge_quantizer (nudge, &from, *fixed);
  return fxu_binary_point_with_quantizer (self->session, experiment, id, &to);
}

/* A heading does not sweep along what is float or exact unless asked: biases, normalization,
 * momentum and the sums. */
static gboolean
is_meant (FxpExperiment *experiment, FxpTensorId id, int layer, int role)
{
  FxpTensorId owner;

  if (layer >= 0 && id.layer != layer)
    return FALSE;
  if (role >= 0 ? id.role != role : id.role >= FXP_ROLE_BIAS)
    return FALSE;
  if (id.role == FXP_N_ROLES)
    return TRUE;
  if (!fxp_experiment_has_tensor (experiment, id))
    return FALSE;
  owner = fxp_experiment_get_owner (experiment, id);
  return owner.layer == id.layer && owner.role == id.role;
}

/* NULL if nothing is assigned to it. */
static const FxpQuantizer *
get_assigned (FxuSweep *self, FxpTensorId id)
{
  FxuTheory *theory = fxu_session_get_theory (self->session);
  FxpAssignment *assignment = theory != NULL ? fxu_theory_get_assignment (theory) : NULL;
  const FxpAssigned *assigned;

  if (assignment == NULL || id.role == FXP_N_ROLES)
    return NULL;
  assigned = fxp_assignment_get (assignment, id);
  return assigned != NULL ? &assigned->quantizer : NULL;
}

static FxpExperiment *
nudge_one (FxuSweep *self, FxpExperiment *experiment, FxpTensorId id, const FxuNudge *nudge)
{
  const FxpQuantizer *assigned;

  if (nudge->kind == FXU_NUDGE_ASSIGN)
    {
      assigned = get_assigned (self, id);
      return assigned != NULL
               ? fxp_experiment_with_quantizer (experiment, id.layer, id.role, assigned)
               : fxp_experiment_ref (experiment);
    }
  return id.role == FXP_N_ROLES ? nudge_sum (self, experiment, id.layer, nudge)
                                : nudge_tensor (self, experiment, id, nudge);
}

/* Locks all of them, or lets all go if they are locked. */
static void
lock (FxuSweep *self, int layer, int role)
{
  FxpExperiment *experiment = fxu_session_get_experiment (self->session);
  FxuTheory *theory = fxu_session_get_theory (self->session);
  gboolean all_locked = TRUE;

  for (guint pass = 0; theory != NULL && pass < 2; pass++)
    for (guint i = 0; i < self->n_layers * FXP_N_ROLES; i++)
      {
        FxpTensorId id = {(guint16)(i / FXP_N_ROLES), (guint16)(i % FXP_N_ROLES)};

        if (!is_meant (experiment, id, layer, role))
          continue;
        if (pass == 0)
          all_locked = all_locked && fxu_theory_is_locked (theory, id);
        else
          fxu_theory_set_locked (theory, id, !all_locked);
      }
}

void
fxu_sweep_nudge (FxuSweep *self, int layer, int role, const FxuNudge *nudge)
{
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_ref (fxu_session_get_experiment (self->session));

  if (nudge->kind == FXU_NUDGE_LOCK)
    {
      lock (self, layer, role);
      return;
    }
  for (guint i = 0; i < self->n_layers * (FXP_N_ROLES + 1); i++)
    {
      FxpTensorId id = {(guint16)(i / (FXP_N_ROLES + 1)), (guint16)(i % (FXP_N_ROLES + 1))};
      FxpExperiment *nudged;

      if (!is_meant (experiment, id, layer, role))
        continue;
      nudged = nudge_one (self, experiment, id, nudge);
      fxp_experiment_unref (experiment);
      experiment = nudged;
    }
  fxu_session_edit (self->session, experiment);
}
