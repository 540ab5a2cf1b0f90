/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "experiment/cluster-settings-private.h"

#include "experiment/experiment-keys-private.h"

#define BYTE_BITS 8

static FxpClusterOptions *
edit_clusters (FxpExperiment *experiment)
{
  return &fxp_experiment_edit_settings (experiment)->clusters;
}

static const FxpClusterOptions *
get_clusters (const FxpExperiment *experiment)
{
  return &fxp_experiment_get_settings (experiment)->clusters;
}

static char *
get_method (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (fxp_cluster_method_get_nick (get_clusters (experiment)->method));
}

/* Whoever changes the method alone, in the window or by an edit of a log, never has to pass through
 * a combination that does not fit. */
static gboolean
set_method (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpClusterMethod method;
  FxpClusterOptions *clusters;

  if (!fxp_cluster_method_parse (text, &method, error))
    return FALSE;
  clusters = edit_clusters (experiment);
  clusters->method = method;
  if (fxp_cluster_method_is_ternary (method))
    {
      clusters->bits = 2;
      return TRUE;
    }
  clusters->terms = 1;
  clusters->asymmetric = FALSE;
  return TRUE;
}

const FxpSettingType fxp_setting_cluster_method = {get_method, set_method};

static char *
get_count (const FxpKey *self, const FxpExperiment *experiment)
{
  return fxp_setting_count.get (self, experiment);
}

static gboolean
set_count (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  return fxp_setting_count.set (self, experiment, text, error) &&
         fxp_cluster_options_validate (get_clusters (experiment), error);
}

const FxpSettingType fxp_setting_cluster_count = {get_count, set_count};

static char *
get_switch (const FxpKey *self, const FxpExperiment *experiment)
{
  return fxp_setting_switch.get (self, experiment);
}

static gboolean
set_switch (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  return fxp_setting_switch.set (self, experiment, text, error) &&
         fxp_cluster_options_validate (get_clusters (experiment), error);
}

const FxpSettingType fxp_setting_cluster_switch = {get_switch, set_switch};

static char *
get_granularity (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (fxp_granularity_get_nick (get_clusters (experiment)->granularity));
}

static gboolean
set_granularity (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpGranularity granularity;

  if (!fxp_granularity_parse (text, &granularity, error))
    return FALSE;
  edit_clusters (experiment)->granularity = granularity;
  return TRUE;
}

const FxpSettingType fxp_setting_granularity = {get_granularity, set_granularity};

static char *
get_last_weights (const FxpKey *self, const FxpExperiment *experiment)
{
  return g_strdup (
    fxp_last_weights_get_nick (fxp_experiment_get_settings (experiment)->last_weights));
}

static gboolean
set_last_weights (const FxpKey *self, FxpExperiment *experiment, const char *text, GError **error)
{
  FxpLastWeights last;

  if (!fxp_last_weights_parse (text, &last, error))
    return FALSE;
  fxp_experiment_edit_settings (experiment)->last_weights = last;
  return TRUE;
}

const FxpSettingType fxp_setting_last_weights = {get_last_weights, set_last_weights};

gboolean
fxp_experiment_get_used_weights (const FxpExperiment *self, guint layer, FxpClusterOptions *options)
{
  const FxpSettings *settings = fxp_experiment_get_settings (self);
  const gboolean is_last = layer > 0 && layer + 1 == fxp_experiment_get_n_weighted (self);

  g_return_val_if_fail (layer < fxp_experiment_get_n_weighted (self) && options != NULL, FALSE);

  if (settings->clusters.method == FXP_CLUSTER_NONE ||
      (is_last && settings->last_weights == FXP_LAST_WEIGHTS_FLOAT))
    return FALSE;
  *options = settings->clusters;
  if (layer == 0 || (is_last && settings->last_weights == FXP_LAST_WEIGHTS_BYTE))
    *options = (FxpClusterOptions){.bits = BYTE_BITS, .size = 1, .terms = 1};
  return TRUE;
}
