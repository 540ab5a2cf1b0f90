/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "precision/cluster-text.h"

#include <glib/gi18n.h>

char *
fxu_cluster_text_get_brief (const FxpExperiment *experiment, guint layer)
{
  FxpClusterOptions options;

  if (!fxp_experiment_get_used_weights (experiment, layer, &options))
    return NULL;
  if (options.method == FXP_CLUSTER_NONE)
    /* translators: weights are used as words of so many bits; very short */
    return g_strdup_printf (_ ("as %u-bit"), options.bits);
  if (options.terms > 1)
    /* translators: weights are sums of so many codes of so many bits, each times a scale; very
     * short */
    return g_strdup_printf (_ ("%u × %u-bit × α"), options.terms, options.bits);
  /* translators: weights are used as codes of so many bits times a scale; very short */
  return g_strdup_printf (_ ("%u-bit × α"), options.bits);
}

/* "one of 4 kernels" */
static char *
describe_scale (const FxpClusterOptions *options)
{
  switch (options->granularity)
    {
    case FXP_GRANULARITY_KERNELS:
      return g_strdup_printf (ngettext ("a scale for every kernel",
                                        "a scale for every %u kernels of a unit",
                                        options->size),
                              options->size);
    case FXP_GRANULARITY_WEIGHTS:
      return g_strdup_printf (ngettext ("a scale for every weight",
                                        "a scale for every %u weights at one place of the kernel",
                                        options->size),
                              options->size);
    case FXP_GRANULARITY_FILTER:
      return g_strdup (_ ("a scale for every unit"));
    case FXP_GRANULARITY_LAYER:
    case FXP_N_GRANULARITIES:
    default:
      return g_strdup (_ ("one scale"));
    }
}

char *
fxu_cluster_text_get_words (const FxpExperiment *experiment, guint layer)
{
  FxpClusterOptions options;
  g_autofree char *scale = NULL;

  if (!fxp_experiment_get_used_weights (experiment, layer, &options))
    return NULL;
  if (options.method == FXP_CLUSTER_NONE)
    return g_strdup_printf (_ ("products use it as words of %u bits"), options.bits);
  scale = describe_scale (&options);
  /* translators: %s as in "a scale for every 4 kernels of a unit" */
  return g_strdup_printf (_ ("products use codes of %u bits times %s"), options.bits, scale);
}
