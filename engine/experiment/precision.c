/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/precision.h"

#include "number/quotation-private.h"
#include "number/error.h"
#include <glib/gi18n-lib.h>

static const struct
{
  const char *nick;
  const char *symbol;
} roles[FXP_N_ROLES] = {
  [FXP_ROLE_WEIGHT] = {"weight", "W"},
  [FXP_ROLE_ACTIVATION] = {"activation", "A"},
  [FXP_ROLE_WEIGHT_GRAD] = {"weight-grad", "G_W"},
  [FXP_ROLE_ACTIVATION_GRAD] = {"activation-grad", "G_A"},
  [FXP_ROLE_WEIGHT_ACC] = {"weight-acc", "W_acc"},
  [FXP_ROLE_BIAS] = {"bias", "b"},
  [FXP_ROLE_NORM] = {"norm", "Z"},
  [FXP_ROLE_GAMMA] = {"gamma", "γ"},
  [FXP_ROLE_BETA] = {"beta", "β"},
  [FXP_ROLE_NORM_GRAD] = {"norm-grad", "G_Z"},
  [FXP_ROLE_MOMENTUM] = {"momentum", "V"},
};

const char *
fxp_role_get_nick (FxpRole self)
{
  g_return_val_if_fail ((guint)self < FXP_N_ROLES, NULL);

  return roles[self].nick;
}

const char *
fxp_role_get_symbol (FxpRole self)
{
  g_return_val_if_fail ((guint)self < FXP_N_ROLES, NULL);

  return roles[self].symbol;
}

gboolean
fxp_role_parse (const char *text, FxpRole *role, GError **error)
{
  g_autoptr (GString) nicks = g_string_new (NULL);
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && role != NULL, FALSE);

  for (guint i = 0; i < FXP_N_ROLES; i++)
    {
      if (g_str_equal (text, roles[i].nick))
        {
          *role = i;
          return TRUE;
        }
      g_string_append_printf (nicks, "%s%s", i > 0 ? ", " : "", roles[i].nick);
    }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not a tensor role; expected one of %s"),
               found,
               nicks->str);
  return FALSE;
}

gboolean
fxp_layer_precision_equal (const FxpLayerPrecision *a, const FxpLayerPrecision *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, FALSE);

  for (guint i = 0; i < FXP_N_ROLES; i++)
    if (!fxp_quantizer_equal (&a->quantizers[i], &b->quantizers[i]) ||
        a->scalings[i] != b->scalings[i])
      return FALSE;
  return fxp_sum_register_equal (&a->sum, &b->sum);
}
