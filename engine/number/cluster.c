/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/cluster.h"

#include <glib/gi18n-lib.h>

#include "number/error.h"
#include "number/quotation-private.h"

static const struct
{
  const char *nick;
  const char *name;
} methods[FXP_N_CLUSTER_METHODS] = {
  [FXP_CLUSTER_NONE] = {"none", N_ ("None")},
  [FXP_CLUSTER_OPTIMAL] = {"opt", N_ ("Ternary, least error")},
  [FXP_CLUSTER_TWN] = {"twn", N_ ("Ternary, 0.7 of the mean magnitude (TWN)")},
  [FXP_CLUSTER_HIERARCHICAL] = {"hier", N_ ("Ternary, hierarchical (reconstructed)")},
  [FXP_CLUSTER_RMS_REFIT] = {"rms-refit", N_ ("Ternary, RMS threshold (reconstructed)")},
  [FXP_CLUSTER_RMS_LITERAL] = {"rms-literal", N_ ("Ternary, RMS (reconstructed from memory)")},
  [FXP_CLUSTER_LINEAR] = {"linear", N_ ("Linear, 8-bit scales")},
  [FXP_CLUSTER_POWER] = {"power", N_ ("Linear, power-of-two scales")},
};

static const char *const granularity_nicks[FXP_N_GRANULARITIES] = {
  [FXP_GRANULARITY_LAYER] = "layer",
  [FXP_GRANULARITY_FILTER] = "filter",
  [FXP_GRANULARITY_KERNELS] = "kernels",
  [FXP_GRANULARITY_WEIGHTS] = "weights",
};

const char *
fxp_cluster_method_get_nick (FxpClusterMethod self)
{
  g_return_val_if_fail ((guint)self < FXP_N_CLUSTER_METHODS, NULL);

  return methods[self].nick;
}

const char *
fxp_cluster_method_get_name (FxpClusterMethod self)
{
  g_return_val_if_fail ((guint)self < FXP_N_CLUSTER_METHODS, NULL);

  return _ (methods[self].name);
}

gboolean
fxp_cluster_method_parse (const char *text, FxpClusterMethod *method, GError **error)
{
  g_autofree char *quoted = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  for (guint i = 0; i < FXP_N_CLUSTER_METHODS; i++)
    if (strcmp (text, methods[i].nick) == 0)
      {
        *method = (FxpClusterMethod)i;
        return TRUE;
      }
  quoted = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("cluster method %s: expected none, opt, twn, hier, rms-refit, rms-literal, "
                  "linear or power"),
               quoted);
  return FALSE;
}

gboolean
fxp_cluster_method_is_ternary (FxpClusterMethod self)
{
  return self >= FXP_CLUSTER_OPTIMAL && self <= FXP_CLUSTER_RMS_LITERAL;
}

const char *
fxp_granularity_get_nick (FxpGranularity self)
{
  g_return_val_if_fail ((guint)self < FXP_N_GRANULARITIES, NULL);

  return granularity_nicks[self];
}

gboolean
fxp_granularity_parse (const char *text, FxpGranularity *granularity, GError **error)
{
  g_autofree char *quoted = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  for (guint i = 0; i < FXP_N_GRANULARITIES; i++)
    if (strcmp (text, granularity_nicks[i]) == 0)
      {
        *granularity = (FxpGranularity)i;
        return TRUE;
      }
  quoted = fxp_quote (text);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_PARSE,
               _ ("granularity %s: expected layer, filter, kernels or weights"),
               quoted);
  return FALSE;
}

void
fxp_cluster_options_init (FxpClusterOptions *self)
{
  *self = (FxpClusterOptions){.method = FXP_CLUSTER_OPTIMAL,
                              .bits = 2,
                              .granularity = FXP_GRANULARITY_KERNELS,
                              .size = 4,
                              .terms = 1};
}

gboolean
fxp_cluster_options_equal (const FxpClusterOptions *a, const FxpClusterOptions *b)
{
  return a->method == b->method && a->bits == b->bits && a->granularity == b->granularity &&
         a->size == b->size && a->terms == b->terms && !a->asymmetric == !b->asymmetric;
}

/* What only ternary codes can do. */
static gboolean
validate_ternary (const FxpClusterOptions *self, GError **error)
{
  const char *nick = methods[self->method].nick;

  if (fxp_cluster_method_is_ternary (self->method))
    {
      if (self->bits == 2)
        return TRUE;
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   /* translators: %s is a method, such as "opt" */
                   _ ("cluster method %s has codes of %u bits: expected 2, or linear or power for "
                      "more"),
                   nick,
                   self->bits);
      return FALSE;
    }
  if (self->terms > 1)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("cluster method %s has %u terms: expected 1, as only ternary codes have "
                      "residual ones"),
                   nick,
                   self->terms);
      return FALSE;
    }
  if (self->asymmetric)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("cluster method %s is asymmetric: expected a ternary one, as others have one "
                      "scale for both signs"),
                   nick);
      return FALSE;
    }
  return TRUE;
}

gboolean
fxp_cluster_options_validate (const FxpClusterOptions *self, GError **error)
{
  const struct
  {
    const char *name;
    guint value, min, max;
  } limits[] = {
    {N_ ("cluster method"), self->method, 0, FXP_N_CLUSTER_METHODS - 1},
    {N_ ("granularity"), self->granularity, 0, FXP_N_GRANULARITIES - 1},
    {N_ ("bits of clusters"), self->bits, FXP_CLUSTER_BITS_MIN, FXP_CLUSTER_BITS_MAX},
    {N_ ("size of clusters"), self->size, 1, FXP_CLUSTER_SIZE_MAX},
    {N_ ("terms of clusters"), self->terms, 1, FXP_CLUSTER_TERMS_MAX},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (limits); i++)
    if (limits[i].value < limits[i].min || limits[i].value > limits[i].max)
      {
        g_set_error (error,
                     FXP_ERROR,
                     FXP_ERROR_RANGE,
                     /* translators: %s is a setting, such as "bits of clusters" */
                     _ ("%s: %u, expected %u to %u"),
                     _ (limits[i].name),
                     limits[i].value,
                     limits[i].min,
                     limits[i].max);
        return FALSE;
      }
  return validate_ternary (self, error);
}
