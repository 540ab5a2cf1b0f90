/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/assignment-private.h"

#include "number/error.h"
#include <glib/gi18n-lib.h>
#include <math.h>

/* "G_W of conv2". */
static char *
name_tensor (const FxpExperiment *experiment, FxpTensorId id)
{
  g_autofree char *layer =
    fxp_topology_get_name (fxp_experiment_get_topology (experiment), id.layer);

  /* translators: a tensor's symbol and its layer's name, as in "G_W of conv2" */
  return g_strdup_printf (_ ("%s of %s"), fxp_role_get_symbol (id.role), layer);
}

static gboolean
check_layers (guint n, guint n_found, const char *what, GError **error)
{
  if (n == n_found)
    return TRUE;
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               /* translators: "The baseline" or "The list of noise gains", layers found and there
                */
               _ ("%s is of another network: its number of layers with weights is %u, expected %u"),
               what,
               n_found,
               n);
  return FALSE;
}

/* p_m is about choosing between classes, so there must be two. */
static gboolean
check_classes (const FxpExperiment *experiment, GError **error)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  const guint last = fxp_topology_get_n_weighted (topology) - 1;

  if (fxp_topology_get_weighted (topology, last)->units > 1)
    return TRUE;
  g_set_error_literal (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("The network tells one class only; expected two or more, between which "
                          "quantization noise could decide"));
  return FALSE;
}

static gboolean
check_gradient (const FxpExperiment *experiment,
                FxpTensorId id,
                const FxpSpread *spread,
                GError **error)
{
  g_autofree char *name = NULL;

  if (spread->max > 0)
    return TRUE;
  name = name_tensor (experiment, id);
  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               /* translators: %s is a tensor, as in "G_W of conv2" */
               _ ("%s was 0 whenever the float network was looked at; expected a gradient to "
                  "choose a range and a step for"),
               name);
  return FALSE;
}

static gboolean
refuse_nonfinite (const FxpExperiment *experiment, FxpTensorId id, GError **error)
{
  g_autofree char *name = name_tensor (experiment, id);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               /* translators: %s is a tensor, as in "G_W of conv2" */
               _ ("%s became infinite or NaN in the float network; expected a baseline that does "
                  "not diverge"),
               name);
  return FALSE;
}

static gboolean
check_baseline (const FxpExperiment *experiment, const FxpBaseline *baseline, GError **error)
{
  const guint n = fxp_experiment_get_n_weighted (experiment);
  FxpTensorId id;

  if (!check_layers (n, fxp_baseline_get_n_layers (baseline), _ ("The baseline"), error))
    return FALSE;
  if (fxp_baseline_get_nonfinite (baseline, &id))
    return refuse_nonfinite (experiment, id, error);
  if (fxp_baseline_get_n_looks (baseline) == 0)
    {
      g_set_error (error,
                   FXP_ERROR,
                   FXP_ERROR_RANGE,
                   _ ("Nothing is recorded of the float network yet; expected a baseline of more "
                      "than %d steps"),
                   FXP_BASELINE_SKIPPED);
      return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      const FxpLayerBaseline *layer = fxp_baseline_get_layer (baseline, i);
      const FxpTensorId weight_grad = {i, FXP_ROLE_WEIGHT_GRAD};
      const FxpTensorId activation_grad = {i, FXP_ROLE_ACTIVATION_GRAD};

      if (!check_gradient (experiment, weight_grad, &layer->weight_grad, error) ||
          (fxp_experiment_get_owner (experiment, activation_grad).layer == i &&
           !check_gradient (experiment, activation_grad, &layer->activation_grad, error)))
        return FALSE;
    }
  return TRUE;
}

static gboolean
refuse_gain (const FxpExperiment *experiment, FxpTensorId id, GError **error)
{
  g_autofree char *name = name_tensor (experiment, id);

  g_set_error (error,
               FXP_ERROR,
               FXP_ERROR_RANGE,
               /* translators: %s is a tensor, as in "W of conv2" */
               _ ("The noise gain of %s is not a finite number; expected one of a float network "
                  "that did not diverge"),
               name);
  return FALSE;
}

static gboolean
check_gains (const FxpExperiment *experiment, const FxpNoiseGains *gains, GError **error)
{
  const guint n = fxp_experiment_get_n_weighted (experiment);
  gboolean is_there = FALSE;

  if (!check_layers (n, fxp_noise_gains_get_n_layers (gains), _ ("The list of noise gains"), error))
    return FALSE;
  if (fxp_noise_gains_get_n_samples (gains) == 0)
    {
      g_set_error_literal (error,
                           FXP_ERROR,
                           FXP_ERROR_DATASET,
                           _ ("The noise gains are of no sample; expected one or more"));
      return FALSE;
    }
  for (guint i = 0; i < 2 * n; i++)
    {
      const FxpTensorId id = {i / 2, i % 2 == 0 ? FXP_ROLE_WEIGHT : FXP_ROLE_ACTIVATION};
      const double gain = fxp_noise_gains_get (gains, id);

      if (!isfinite (gain) || gain < 0 || gain > FXP_ASSIGNMENT_GAIN_MAX)
        return refuse_gain (experiment, id, error);
      is_there |= gain > 0 && (id.role == FXP_ROLE_WEIGHT || id.layer > 0);
    }
  if (is_there)
    return TRUE;
  g_set_error_literal (error,
                       FXP_ERROR,
                       FXP_ERROR_DATASET,
                       _ ("All noise gains are 0; expected samples on which two logits differ and "
                          "depend on weights"));
  return FALSE;
}

gboolean
fxp_assignment_check (const FxpExperiment *experiment,
                      const FxpBaseline *baseline,
                      const FxpNoiseGains *gains,
                      const FxpAssignmentOptions *options,
                      GError **error)
{
  return fxp_assignment_options_validate (options, error) && check_classes (experiment, error) &&
         check_baseline (experiment, baseline, error) && check_gains (experiment, gains, error);
}
