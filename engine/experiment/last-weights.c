/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/experiment.h"

#include "number/error.h"
#include "number/quotation-private.h"
#include <glib/gi18n-lib.h>

static const char *const nicks[FXP_N_LAST_WEIGHTS] = {
  [FXP_LAST_WEIGHTS_FLOAT] = "float",
  [FXP_LAST_WEIGHTS_BYTE] = "8",
  [FXP_LAST_WEIGHTS_CLUSTERS] = "clusters",
};

const char *
fxp_last_weights_get_nick (FxpLastWeights self)
{
  g_return_val_if_fail ((guint)self < FXP_N_LAST_WEIGHTS, NULL);

  return nicks[self];
}

gboolean
fxp_last_weights_parse (const char *text, FxpLastWeights *last, GError **error)
{
  g_autofree char *found = NULL;

  g_return_val_if_fail (text != NULL && last != NULL, FALSE);

  for (guint i = 0; i < FXP_N_LAST_WEIGHTS; i++)
    if (g_str_equal (text, nicks[i]))
      {
        *last = i;
        return TRUE;
      }
  found = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("%s is not what the last layer's weights can be; expected float, 8 or clusters"),
               found);
  return FALSE;
}
