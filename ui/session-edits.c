/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "session-parts.h"
#include "binary-point.h"

/* For returning what a failed edit returns. */
static gboolean
refuse (FxuSession *self, const GError *error)
{
  fxu_session_fail (self, error);
  return FALSE;
}

gboolean
fxu_session_edit (FxuSession *self, FxpExperiment *experiment)
{
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);
  g_return_val_if_fail (experiment != NULL, FALSE);

  if (fxp_experiment_equal (experiment, fxu_edit_stack_get_current (self->edits)))
    return TRUE;

  if (!fxu_session_apply (self, experiment, &error))
    return refuse (self, error);
  fxu_edit_stack_push (self->edits, experiment);
  fxu_session_experiment_changed (self);
  return TRUE;
}

static gboolean
is_signed_activation (FxpActivation activation)
{
  return activation == FXP_ACTIVATION_TANH || activation == FXP_ACTIVATION_HARD_TANH;
}

/* Half of what the two put out is negative, which unsigned words would clip: they get a sign bit
 * for a fraction bit, in the same edit. */
static FxpExperiment *
with_signed_activations (FxpExperiment *experiment)
{
  FxpExperiment *result = fxp_experiment_ref (experiment);

  for (guint layer = 1; layer < fxp_experiment_get_n_weighted (experiment); layer++)
    {
      FxpTensorId id = {(guint16)layer, FXP_ROLE_ACTIVATION};
      FxpQuantizer quantizer = *fxp_experiment_get_quantizer (experiment, id);
      FxpExperiment *next;

      if (fxp_format_is_float (quantizer.format) || quantizer.format.is_signed)
        continue;
      quantizer.format.is_signed = TRUE;
      quantizer.format.frac_bits = (gint8)MAX (quantizer.format.frac_bits - 1, FXP_FRAC_BITS_MIN);
      next = fxp_experiment_with_quantizer (result, (int)layer, FXP_ROLE_ACTIVATION, &quantizer);
      fxp_experiment_unref (result);
      result = next;
    }
  return result;
}

gboolean
fxu_session_set_value (FxuSession *self, const char *key, const char *value)
{
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);
  g_return_val_if_fail (key != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  experiment =
    fxp_experiment_with_value (fxu_edit_stack_get_current (self->edits), key, value, &error);
  if (experiment == NULL)
    return refuse (self, error);
  if (g_str_equal (key, "network.activation") &&
      is_signed_activation (fxp_experiment_get_settings (experiment)->activation))
    {
      g_autoptr (FxpExperiment) adapted = with_signed_activations (experiment);

      return fxu_session_edit (self, adapted);
    }
  return fxu_session_edit (self, experiment);
}

gboolean
fxu_session_set_quantizer (FxuSession *self, int layer, FxpRole role, const FxpQuantizer *quantizer)
{
  FxpExperiment *current;
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);
  g_return_val_if_fail (layer < (int)fxp_experiment_get_n_weighted (
                                  fxu_edit_stack_get_current (self->edits)),
                        FALSE);
  g_return_val_if_fail (role < FXP_N_ROLES, FALSE);
  g_return_val_if_fail (quantizer != NULL, FALSE);

  if (!fxp_format_validate (quantizer->format, &error))
    return refuse (self, error);
  current = fxu_edit_stack_get_current (self->edits);
  if (layer < 0)
    experiment = fxp_experiment_with_quantizer (current, layer, role, quantizer);
  else
    experiment = fxu_binary_point_with_quantizer (self,
                                                  current,
                                                  (FxpTensorId){(guint16)layer, (guint16)role},
                                                  quantizer);
  return fxu_session_edit (self, experiment);
}

gboolean
fxu_session_set_sum (FxuSession *self, int layer, const FxpSumRegister *sum)
{
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (GError) error = NULL;

  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);
  g_return_val_if_fail (layer < (int)fxp_experiment_get_n_weighted (
                                  fxu_edit_stack_get_current (self->edits)),
                        FALSE);
  g_return_val_if_fail (sum != NULL, FALSE);

  if (!fxp_sum_register_validate (sum, &error))
    return refuse (self, error);
  experiment = fxp_experiment_with_sum (fxu_edit_stack_get_current (self->edits), layer, sum);
  return fxu_session_edit (self, experiment);
}

gboolean
fxu_session_set_all_bits (FxuSession *self, guint word_bits)
{
  g_autoptr (FxpExperiment) experiment = NULL;
  guint n;

  g_return_val_if_fail (FXU_IS_SESSION (self), FALSE);
  g_return_val_if_fail (word_bits >= 2 && word_bits <= FXP_WORD_BITS_MAX, FALSE);

  experiment = fxp_experiment_ref (fxu_session_get_experiment (self));
  n = fxp_experiment_get_n_weighted (experiment);
  for (guint i = 0; i < n * FXP_ROLE_BIAS; i++)
    {
      FxpTensorId id = {(guint16)(i / FXP_ROLE_BIAS), (guint16)(i % FXP_ROLE_BIAS)};
      FxpQuantizer quantizer = fxu_binary_point_get_quantizer (self, id);
      int int_bits = fxp_format_get_int_bits (quantizer.format);
      int sign = quantizer.format.is_signed ? 1 : 0;
      FxpExperiment *next;

      if (fxp_format_is_float (quantizer.format))
        continue;
      quantizer.format.word_bits = (guint8)word_bits;
      quantizer.format.frac_bits =
        (gint8)CLAMP ((int)word_bits - sign - int_bits, FXP_FRAC_BITS_MIN, FXP_FRAC_BITS_MAX);
      next = fxu_binary_point_with_quantizer (self, experiment, id, &quantizer);
      fxp_experiment_unref (experiment);
      experiment = next;
    }
  return fxu_session_edit (self, experiment);
}

void
fxu_session_set_experiment (FxuSession *self, FxpExperiment *experiment)
{
  g_return_if_fail (FXU_IS_SESSION (self));
  g_return_if_fail (experiment != NULL);

  if (!fxu_session_edit (self, experiment))
    return;
  if (self->loading != NULL && self->former_saved == NULL)
    {
      self->former_saved = fxp_experiment_ref (self->saved);
      g_set_object (&self->former_file, self->file);
    }
  fxu_session_take_saved (self, experiment, NULL);
  fxu_session_experiment_changed (self);
}

void
fxu_session_new_seed (FxuSession *self)
{
  /* Small enough to be read aloud and typed again. */
  g_autofree char *seed = g_strdup_printf ("%d", g_random_int_range (1, 1000000));

  fxu_session_set_value (self, "experiment.seed", seed);
}

static void
travelled (FxuSession *self)
{
  g_autoptr (GError) error = NULL;

  if (!fxu_session_apply (self, fxu_edit_stack_get_current (self->edits), &error))
    {
      fxu_session_fail (self, error);
      fxu_session_retreat (self);
    }
  fxu_session_experiment_changed (self);
}

void
fxu_session_undo (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (fxu_edit_stack_undo (self->edits))
    travelled (self);
}

void
fxu_session_redo (FxuSession *self)
{
  g_return_if_fail (FXU_IS_SESSION (self));

  if (fxu_edit_stack_redo (self->edits))
    travelled (self);
}
