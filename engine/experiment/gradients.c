/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment.h"

#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

static const char *const nicks[FXP_N_GRADIENTS] = {
  [FXP_GRADIENTS_PLAIN] = "plain",
  [FXP_GRADIENTS_TERNARY] = "ternary",
};

const char *
fxp_gradients_get_nick (FxpGradients self)
{
  g_return_val_if_fail ((guint)self < FXP_N_GRADIENTS, NULL);

  return nicks[self];
}

gboolean
fxp_gradients_parse (const char *text, FxpGradients *gradients, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && gradients != NULL, FALSE);

  for (guint i = 0; i < FXP_N_GRADIENTS; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *gradients = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is no way to use gradients; expected plain or ternary"),
               found);
  return FALSE;
}
