/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "run/noise-charts.h"

#include <glib/gi18n.h>
#include <math.h>

/* By p_m and its parts. */
static const char needed[] = N_ ("Needs the float twin and a test");

FxuChart *
fxu_noise_charts_make_mismatch (void)
{
  FxuChart *chart = fxu_chart_new (_ ("Mismatch p_m"), _ ("epoch"), _ ("%"));
  const FxuColor any = {0.5, 0.5, 0.5, 1.0};

  fxu_chart_add_series (chart, "", any, FXU_LINE_DASHED);
  fxu_chart_add_series (chart, "", any, FXU_LINE_SOLID);
  fxu_chart_add_series (chart, "", any, FXU_LINE_DOTTED);
  /* The bound goes over decades: a sample next to the border of two classes is enough. */
  fxu_chart_set_log_y (chart, TRUE);
  fxu_chart_set_empty_text (chart, _ (needed));
  return chart;
}

void
fxu_noise_charts_dress_mismatch (FxuChart *chart, const FxuPalette *palette)
{
  fxu_chart_set_series_look (chart,
                             FXU_MISMATCH_BOUND,
                             /* translators: bound on the probability of a mismatch, predicted */
                             _ ("bound"),
                             palette->hues[FXU_HUE_MARK]);
  fxu_chart_set_series_look (chart,
                             FXU_MISMATCH_QUANTIZED,
                             /* translators: the float twin quantized, whose mismatch is measured */
                             _ ("twin quantized"),
                             palette->hues[FXU_HUE_FIXED]);
  fxu_chart_set_series_look (chart,
                             FXU_MISMATCH_TWINS,
                             /* translators: mismatch between the fixed-point run and its twin */
                             _ ("the two runs"),
                             palette->hues[FXU_HUE_TWIN]);
}

void
fxu_noise_charts_append_sight (FxuChart *chart, const FxuNoiseSight *sight)
{
  double bound = fxp_noise_gains_get_bound (sight->gains, sight->experiment, TRUE);

  /* Beyond 1 the bound says no more of a probability than 1 does, but would flatten what was
   * measured. */
  fxu_chart_append (chart, FXU_MISMATCH_BOUND, sight->epoch, 100.0 * MIN (bound, 1.0));
  fxu_chart_append (chart,
                    FXU_MISMATCH_QUANTIZED,
                    sight->epoch,
                    100.0 * fxp_mismatch_get_share (&sight->mismatch));
}

/* A place for each layer. */
static void
set_places (FxuDotChart *chart, FxpExperiment *experiment)
{
  FxpTopology *topology = fxp_experiment_get_topology (experiment);
  guint n = fxp_experiment_get_n_weighted (experiment);
  g_auto (GStrv) names = g_new0 (char *, n + 1);

  for (guint layer = 0; layer < n; layer++)
    names[layer] = fxp_topology_get_name (topology, layer);
  fxu_dot_chart_set_places (chart, (const char *const *)names);
}

static gboolean
owns (const FxpExperiment *experiment, FxpTensorId id)
{
  FxpTensorId owner = fxp_experiment_get_owner (experiment, id);

  return fxp_experiment_has_tensor (experiment, id) && owner.layer == id.layer;
}

FxuDotChart *
fxu_noise_charts_make_contributions (void)
{
  FxuDotChart *chart = fxu_dot_chart_new (_ ("Share of the bound"), _ ("Δ²E, %"));

  fxu_dot_chart_add_kind (chart, fxp_role_get_symbol (FXP_ROLE_WEIGHT));
  fxu_dot_chart_add_kind (chart, fxp_role_get_symbol (FXP_ROLE_ACTIVATION));
  fxu_dot_chart_set_log_y (chart, TRUE);
  return chart;
}

void
fxu_noise_charts_fill_contributions (FxuDotChart *chart,
                                     FxpExperiment *experiment,
                                     const FxpNoiseGains *gains,
                                     const FxpAssignment *assignment,
                                     gboolean is_measuring)
{
  guint n = fxp_experiment_get_n_weighted (experiment);

  fxu_dot_chart_set_empty_text (chart, is_measuring ? _ ("Being measured") : _ (needed));
  set_places (chart, experiment);
  if (gains == NULL || fxp_noise_gains_get_n_layers (gains) != n)
    return;
  fxu_dot_chart_set_empty_text (chart, _ ("All is float"));
  for (guint layer = 0; layer < n; layer++)
    for (FxpRole role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_ACTIVATION; role++)
      {
        FxpTensorId id = {(guint16)layer, (guint16)role};

        /* A float tensor adds nothing, and nothing is what is shown. */
        if (owns (experiment, id) &&
            !fxp_format_is_float (fxp_experiment_get_quantizer (experiment, id)->format))
          fxu_dot_chart_set_value (chart,
                                   layer,
                                   role,
                                   100.0 *
                                     fxp_noise_gains_get_contribution (gains, experiment, id));
      }
  if (assignment == NULL)
    fxu_dot_chart_set_limit (chart, NAN, NULL);
  else
    /* Rounding to whole bits keeps each within a factor of 2 of the equal share (2.1). */
    fxu_dot_chart_set_limit (chart,
                             100.0 * 2.0 * fxp_assignment_get_min_gain (assignment) *
                               ldexp (1.0, 2 * (1 - fxp_assignment_get_least_bits (assignment))),
                             _ ("EFQN: twice the equal share"));
}

FxuDotChart *
fxu_noise_charts_make_reflected (void)
{
  FxuDotChart *chart = fxu_dot_chart_new (_ ("Reflected noise"), _ ("power over own, predicted"));

  /* translators: noise that quantizing G_A causes in G_W */
  fxu_dot_chart_add_kind (chart, _ ("G_A in G_W"));
  fxu_dot_chart_set_log_y (chart, TRUE);
  fxu_dot_chart_set_limit (chart, 1.0, _ ("BQN: as much as its own"));
  fxu_dot_chart_set_empty_text (chart, _ ("Needs the float twin"));
  return chart;
}

/* V (G_A -> G_W) / V (G_W), 2.4: reflected Delta_GA^2 / (|G_W| Delta_GW^2). */
static double
get_reflected (const FxpLayerBaseline *layer, FxpFormat weight_grad, FxpFormat activation_grad)
{
  double own = fxp_format_get_step (weight_grad), above = fxp_format_get_step (activation_grad);

  if (fxp_format_is_float (weight_grad) || fxp_format_is_float (activation_grad) ||
      layer->n_weights == 0 || layer->reflected <= 0.0)
    return NAN;
  return above * above * layer->reflected / (own * own * (double)layer->n_weights);
}

void
fxu_noise_charts_fill_reflected (FxuDotChart *chart,
                                 FxpExperiment *experiment,
                                 const FxpBaseline *baseline)
{
  guint n = fxp_experiment_get_n_weighted (experiment);

  set_places (chart, experiment);
  if (baseline == NULL || fxp_baseline_get_n_layers (baseline) != n)
    return;
  for (guint layer = 0; layer < n; layer++)
    {
      FxpTensorId own = {(guint16)layer, FXP_ROLE_WEIGHT_GRAD};
      FxpTensorId above = {(guint16)layer, FXP_ROLE_ACTIVATION_GRAD};

      fxu_dot_chart_set_value (chart,
                               layer,
                               0,
                               get_reflected (fxp_baseline_get_layer (baseline, layer),
                                              fxp_experiment_get_quantizer (experiment, own)
                                                ->format,
                                              fxp_experiment_get_quantizer (experiment, above)
                                                ->format));
    }
}

FxuDotChart *
fxu_noise_charts_make_profile (void)
{
  FxuDotChart *chart = fxu_dot_chart_new (_ ("Widths over depth"), _ ("bits"));

  for (FxpRole role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_WEIGHT_ACC; role++)
    fxu_dot_chart_add_kind (chart, fxp_role_get_symbol (role));
  fxu_dot_chart_set_joined (chart, TRUE);
  fxu_dot_chart_set_empty_text (chart, _ ("All is float"));
  return chart;
}

void
fxu_noise_charts_fill_profile (FxuDotChart *chart, FxpExperiment *experiment)
{
  guint n = fxp_experiment_get_n_weighted (experiment);

  set_places (chart, experiment);
  for (guint layer = 0; layer < n; layer++)
    for (FxpRole role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_WEIGHT_ACC; role++)
      {
        FxpTensorId id = {(guint16)layer, (guint16)role};
        FxpFormat format = fxp_experiment_get_quantizer (experiment, id)->format;

        if (owns (experiment, id) && !fxp_format_is_float (format))
          fxu_dot_chart_set_value (chart, layer, role, format.word_bits);
      }
}
