/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cluster-options.h"

#include "cli.h"

#include <glib/gi18n.h>

void
fxa_cluster_texts_clear (FxaClusterTexts *self)
{
  g_free (self->method);
  g_free (self->granularity);
  g_free (self->bits);
  g_free (self->terms);
  g_free (self->last);
}

GOptionEntry
fxa_cluster_texts_make_granularity (FxaClusterTexts *self)
{
  return (GOptionEntry){
    .long_name = "granularity",
    .arg = G_OPTION_ARG_FILENAME,
    .arg_data = &self->granularity,
    .description = N_ ("What shares a scale: N kernels of an output (default), N weights at one "
                       "tap of it (FGQ), a filter, or a layer"),
    .arg_description = "kernels|weights|filter|layer",
  };
}

GOptionEntry
fxa_cluster_texts_make_bits (FxaClusterTexts *self)
{
  return (GOptionEntry){
    .long_name = "bits",
    .short_name = 'b',
    .arg = G_OPTION_ARG_FILENAME,
    .arg_data = &self->bits,
    .description = N_ ("Bits of a weight's code, 2 to 8 (default 2: ternary)"),
    .arg_description = "K",
  };
}

GOptionEntry
fxa_cluster_texts_make_terms (FxaClusterTexts *self)
{
  return (GOptionEntry){
    .long_name = "terms",
    .arg = G_OPTION_ARG_FILENAME,
    .arg_data = &self->terms,
    .description = N_ ("Residual steps of ternary weights, 1 to 4 (default 1)"),
    .arg_description = "T",
  };
}

GOptionEntry
fxa_cluster_texts_make_asymmetric (FxaClusterTexts *self)
{
  return (GOptionEntry){
    .long_name = "asymmetric",
    .arg = G_OPTION_ARG_NONE,
    .arg_data = &self->asymmetric,
    .description = N_ ("Give positive and negative ternary weights scales of their own"),
  };
}

static gboolean
fail (const char *command, const char *option, const GError *error)
{
  fxa_cli_fail_text (FXA_EXIT_USAGE, "%s: %s: %s", command, option, error->message);
  return FALSE;
}

/* A whole number, whose option is told of as "COMMAND: OPTION". */
static gboolean
parse_count (const char *command,
             const char *option,
             const char *text,
             guint min,
             guint max,
             guint *value)
{
  g_autofree char *name = g_strdup_printf ("%s: %s", command, option);
  guint64 found = *value;

  if (!fxa_cli_parse_count (name, text, min, max, &found))
    return FALSE;
  *value = (guint)found;
  return TRUE;
}

static gboolean
parse_last (const char *command, const char *text, FxpLastWeights *last)
{
  g_autoptr (GError) error = NULL;

  if (text == NULL)
    return TRUE;
  if (!fxp_last_weights_parse (text, last, &error))
    return fail (command, "--last", error);
  if (*last != FXP_LAST_WEIGHTS_FLOAT)
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE,
                     _ ("%s: --last: float is for training alone, expected 8 or clusters"),
                     command);
  return FALSE;
}

gboolean
fxa_cluster_texts_parse (const FxaClusterTexts *self,
                         const char *command,
                         FxpClusterOptions *options,
                         FxpLastWeights *last)
{
  g_autoptr (GError) error = NULL;

  if (self->method != NULL && !fxp_cluster_method_parse (self->method, &options->method, &error))
    return fail (command, "--method", error);
  if (self->granularity != NULL &&
      !fxp_granularity_parse (self->granularity, &options->granularity, &error))
    return fail (command, "--granularity", error);
  if (!parse_count (command,
                    "--bits",
                    self->bits,
                    FXP_CLUSTER_BITS_MIN,
                    FXP_CLUSTER_BITS_MAX,
                    &options->bits) ||
      !parse_count (command, "--terms", self->terms, 1, FXP_CLUSTER_TERMS_MAX, &options->terms) ||
      !parse_last (command, self->last, last))
    return FALSE;
  options->asymmetric = self->asymmetric;
  if (self->method == NULL && options->bits != 2)
    options->method = FXP_CLUSTER_LINEAR;
  if (fxp_cluster_options_validate (options, &error))
    return TRUE;
  fxa_cli_fail_text (FXA_EXIT_USAGE, "%s: %s", command, error->message);
  return FALSE;
}
