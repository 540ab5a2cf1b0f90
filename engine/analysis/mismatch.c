/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/mismatch-private.h"

#include "network/loss-private.h"

/* What the forward pass is made of. */
static gboolean
is_forward (FxpRole role)
{
  switch (role)
    {
    case FXP_ROLE_WEIGHT:
    case FXP_ROLE_ACTIVATION:
    case FXP_ROLE_BIAS:
    case FXP_ROLE_NORM:
    case FXP_ROLE_GAMMA:
    case FXP_ROLE_BETA:
      return TRUE;
    case FXP_ROLE_WEIGHT_GRAD:
    case FXP_ROLE_ACTIVATION_GRAD:
    case FXP_ROLE_WEIGHT_ACC:
    case FXP_ROLE_NORM_GRAD:
    case FXP_ROLE_MOMENTUM:
    case FXP_N_ROLES:
    default:
      return FALSE;
    }
}

/* p_m is about formats: what is drawn would be noise of its own. */
static FxpQuantizer
get_quantizer (const FxpExperiment *experiment, FxpTensorId id)
{
  FxpQuantizer quantizer = FXP_QUANTIZER_FLOAT;

  if (is_forward (id.role))
    quantizer = *fxp_experiment_get_quantizer (experiment, id);
  if (quantizer.rounding == FXP_ROUND_STOCHASTIC)
    quantizer.rounding = FXP_ROUND_NEAREST_AWAY;
  return quantizer;
}

static FxpExperiment *
get_forward_experiment (const FxpExperiment *experiment)
{
  FxpExperiment *self =
    fxp_experiment_with_sum ((FxpExperiment *)experiment, -1, &FXP_SUM_REGISTER_EXACT);

  for (guint layer = 0; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        const FxpTensorId id = {layer, role};
        const FxpQuantizer quantizer = get_quantizer (experiment, id);
        FxpExperiment *next;

        if (fxp_experiment_get_owner (experiment, id).layer != layer)
          continue;
        next = fxp_experiment_with_quantizer (self, (int)layer, role, &quantizer);
        fxp_experiment_unref (self);
        self = next;
      }
  return self;
}

/* Takes over what a float network has learnt in the formats of @self: W is rounded, all else is
 * kept as float32 in any network. */
static gboolean
take_over (FxpNetwork *self,
           const FxpExperiment *experiment,
           FxpNetwork *twin,
           guint layer,
           FxpLearnt what,
           GError **error)
{
  const FxpTensor *from = fxp_network_get_learnt (twin, layer, what);
  const FxpTensor *to = fxp_network_get_learnt (self, layer, what);
  const FxpQuantizer *quantizer =
    fxp_experiment_get_quantizer (experiment, (FxpTensorId){layer, FXP_ROLE_WEIGHT});
  g_autofree double *values = NULL;
  g_autofree guint8 *codes = NULL;
  FxpQuantizeCounts ignored = {0};

  if (from == NULL || to == NULL)
    return TRUE;
  g_return_val_if_fail (from->n == to->n && fxp_format_is_float (from->format), FALSE);

  if (what != FXP_LEARNT_WEIGHT)
    return fxp_network_restore_learnt (self,
                                       layer,
                                       what,
                                       from->format,
                                       from->data,
                                       fxp_tensor_get_n_bytes (from),
                                       error);
  values = g_new (double, from->n);
  codes = g_malloc (fxp_tensor_get_n_bytes (to));
  fxp_format_decode (from->format, from->data, from->n, values);
  fxp_quantizer_apply (quantizer, NULL, values, codes, 0, from->n, &ignored, NULL);
  return fxp_network_restore_learnt (self,
                                     layer,
                                     what,
                                     to->format,
                                     codes,
                                     fxp_tensor_get_n_bytes (to),
                                     error);
}

FxpNetwork *
fxp_mismatch_make_quantized (FxpNetwork *twin,
                             const FxpExperiment *experiment,
                             const FxpShape *input,
                             guint n_classes,
                             FxpScratch *scratch,
                             FxpTeam *team,
                             GError **error)
{
  static const FxpLearnt used[] = {
    FXP_LEARNT_WEIGHT,
    FXP_LEARNT_BIAS,
    FXP_LEARNT_GAMMA,
    FXP_LEARNT_BETA,
    FXP_LEARNT_MEAN,
    FXP_LEARNT_VARIANCE,
  };
  g_autoptr (FxpExperiment) forward = NULL;
  g_autoptr (FxpNetwork) self = NULL;

  g_return_val_if_fail (twin != NULL && experiment != NULL, NULL);
  g_return_val_if_fail (fxp_network_get_n_weighted (twin) ==
                          fxp_experiment_get_n_weighted (experiment),
                        NULL);

  forward = get_forward_experiment (experiment);
  self = fxp_network_new (forward, input, n_classes, FALSE, scratch, team, error);
  if (self == NULL)
    return NULL;
  for (guint layer = 0; layer < fxp_network_get_n_weighted (self); layer++)
    for (guint i = 0; i < G_N_ELEMENTS (used); i++)
      if (!take_over (self, forward, twin, layer, used[i], error))
        return NULL;
  return g_steal_pointer (&self);
}

gboolean
fxp_mismatch_add (FxpMismatch *mismatch,
                  FxpNetwork *twin,
                  FxpNetwork *quantized,
                  const double *inputs,
                  gsize n)
{
  const FxpStep step = {.step = FXP_STEP_EVALUATION};
  const guint n_outputs = fxp_network_get_n_outputs (twin);
  const double *expected, *found;

  g_return_val_if_fail (fxp_network_get_n_outputs (quantized) == n_outputs, FALSE);

  if (!fxp_network_forward (twin, inputs, n, &step) ||
      !fxp_network_forward (quantized, inputs, n, &step))
    return FALSE;
  expected = fxp_network_get_logits (twin);
  found = fxp_network_get_logits (quantized);
  for (gsize i = 0; i < n; i++)
    mismatch->n_different += fxp_loss_get_choice (expected + i * n_outputs, n_outputs) !=
                             fxp_loss_get_choice (found + i * n_outputs, n_outputs);
  mismatch->n += n;
  return TRUE;
}
