/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/weights-private.h"
#include "number/error.h"

#include <glib/gi18n-lib.h>

/* Names of what layers learn, and putting it back. */

static const char *const nicks[FXP_N_LEARNT] = {
  [FXP_LEARNT_WEIGHT] = "weight",
  [FXP_LEARNT_WEIGHT_ACC] = "weight-acc",
  [FXP_LEARNT_BIAS] = "bias",
  [FXP_LEARNT_GAMMA] = "gamma",
  [FXP_LEARNT_BETA] = "beta",
  [FXP_LEARNT_MEAN] = "mean",
  [FXP_LEARNT_VARIANCE] = "variance",
  [FXP_LEARNT_MOMENTUM] = "momentum",
  [FXP_LEARNT_BIAS_MOMENTUM] = "bias-momentum",
  [FXP_LEARNT_GAMMA_MOMENTUM] = "gamma-momentum",
  [FXP_LEARNT_BETA_MOMENTUM] = "beta-momentum",
};

const char *
fxp_learnt_get_nick (FxpLearnt self)
{
  g_return_val_if_fail ((guint)self < FXP_N_LEARNT, NULL);

  return nicks[self];
}

gboolean
fxp_weights_restore_learnt (FxpWeights *self,
                            FxpLearnt what,
                            FxpFormat format,
                            gconstpointer data,
                            gsize n_bytes,
                            GError **error)
{
  const FxpTensor *tensor = fxp_weights_get_learnt (self, what);
  const guint layer = self->cells[FXP_ROLE_WEIGHT].id.layer;

  g_return_val_if_fail (tensor != NULL, FALSE);

  if (!fxp_format_equal (format, tensor->format))
    {
      g_autofree char *found = fxp_format_to_string (format);
      g_autofree char *expected = fxp_format_to_string (tensor->format);

      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("Layer %u, %s: the format is %s, expected %s"),
                   layer + 1u,
                   fxp_learnt_get_nick (what),
                   found,
                   expected);
      return FALSE;
    }
  if (n_bytes != fxp_tensor_get_n_bytes (tensor))
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_CHECKPOINT,
                   _ ("Layer %u, %s: %zu bytes, expected %zu"),
                   layer + 1u,
                   fxp_learnt_get_nick (what),
                   n_bytes,
                   fxp_tensor_get_n_bytes (tensor));
      return FALSE;
    }
  memcpy (tensor->data, data, n_bytes);
  fxp_weights_refresh (self);
  return TRUE;
}
