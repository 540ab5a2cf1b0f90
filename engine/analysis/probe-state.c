/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/probe-state-private.h"

#include <math.h>

static void
trail_init (FxpTrail *self)
{
  *self = (FxpTrail){.spread = {.min = INFINITY}};
}

void
fxp_probe_state_init (FxpProbeState *self, guint n_layers)
{
  *self = (FxpProbeState){.left = 1.0, .jacobian_left = 1.0};
  self->layers = g_new0 (FxpLayerState, n_layers);
  self->n_layers = n_layers;
  for (guint layer = 0; layer < n_layers; layer++)
    {
      FxpTrails *trails = &self->layers[layer].trails;

      trail_init (&trails->weight_grad);
      trail_init (&trails->activation_grad);
      trails->activation_max = -INFINITY;
      trails->activation_min = INFINITY;
    }
}

void
fxp_probe_state_clear (FxpProbeState *self)
{
  g_clear_pointer (&self->layers, g_free);
}

/* The first step has a J2, as a run may be shorter than an epoch. */
gboolean
fxp_probe_state_wants_jacobian (const FxpProbeState *self, gboolean begins_epoch)
{
  return self->n_jacobians == 0 ||
         (begins_epoch && self->n_steps + 1 - self->jacobian_step >= FXP_BASELINE_INTERVAL);
}

/* What is not a number stays, so that it is told. */
static void
raise_to (double *greatest, double value)
{
  if (!(value <= *greatest) && !isnan (*greatest))
    *greatest = value;
}

static void
lower_to (double *least, double value)
{
  if (!(value >= *least) && !isnan (*least))
    *least = value;
}

/* s = 0.9 s + 0.1 v */
static void
smooth (double *average, double value)
{
  const double kept = FXP_BASELINE_KEPT * *average;
  const double added = (1.0 - FXP_BASELINE_KEPT) * value;

  *average = kept + added;
}

static void
trail_add (FxpTrail *self, const FxpMoments *moments)
{
  const double variance = fxp_moments_get_variance (moments);

  smooth (&self->smoothed, variance);
  raise_to (&self->spread.peak, sqrt (variance));
}

/* @left: of the average's beginning, which was 0. */
static void
trail_look (FxpTrail *self, double left)
{
  const double deviation = sqrt (self->smoothed / (1.0 - left));

  raise_to (&self->spread.max, deviation);
  lower_to (&self->spread.min, deviation);
  self->spread.last = deviation;
}

static void
add_sighting (FxpLayerState *self, const FxpSighting *sighting)
{
  FxpTrails *trails = &self->trails;

  trail_add (&trails->weight_grad, &sighting->weight_grad);
  trail_add (&trails->activation_grad, &sighting->activation_grad);
  raise_to (&trails->weight_peak, fabs (sighting->weights.min));
  raise_to (&trails->weight_peak, fabs (sighting->weights.max));
  raise_to (&trails->activation_max, sighting->activations.max);
  lower_to (&trails->activation_min, sighting->activations.min);
  self->n_weights = sighting->weight_grad.n;
  self->n_activation_grads = MAX (self->n_activation_grads, sighting->activation_grad.n);
}

/* The released code smooths the matrix and then takes its singular value; here the value is
 * smoothed, as matrices would have to be stored with the run. */
static void
add_reflection (FxpTrails *self, const FxpReflection *reflection, double left)
{
  raise_to (&self->exact, reflection->lambda);
  raise_to (&self->reflected, reflection->total);
  smooth (&self->simplified_smoothed, reflection->simplified);
  raise_to (&self->simplified, self->simplified_smoothed / (1.0 - left));
}

/* Looks at smoothed deviations come late enough that averages have forgotten the first steps. */
gboolean
fxp_probe_state_record (FxpProbeState *self,
                        const FxpSighting *sightings,
                        const FxpReflection *reflections,
                        gboolean ends_epoch)
{
  gboolean looks;

  self->n_steps++;
  self->left *= FXP_BASELINE_KEPT;
  looks = self->n_steps > FXP_BASELINE_SKIPPED &&
          (ends_epoch || self->n_steps % FXP_BASELINE_INTERVAL == 0);
  if (looks)
    self->n_looks++;
  if (reflections != NULL)
    {
      self->n_jacobians++;
      self->jacobian_step = self->n_steps;
      self->jacobian_left *= FXP_BASELINE_KEPT;
    }
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      FxpLayerState *state = &self->layers[layer];

      add_sighting (state, &sightings[layer]);
      if (reflections != NULL)
        add_reflection (&state->trails, &reflections[layer], self->jacobian_left);
      if (!looks)
        continue;
      trail_look (&state->trails.weight_grad, self->left);
      trail_look (&state->trails.activation_grad, self->left);
    }
  return looks || reflections != NULL;
}

FxpBaseline *
fxp_probe_state_make_baseline (const FxpProbeState *self)
{
  g_autofree FxpLayerBaseline *layers = NULL;

  if (self->n_looks == 0)
    return NULL;

  layers = g_new0 (FxpLayerBaseline, self->n_layers);
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      const FxpLayerState *state = &self->layers[layer];
      const FxpTrails *trails = &state->trails;

      layers[layer] = (FxpLayerBaseline){
        .weight_grad = trails->weight_grad.spread,
        .activation_grad = trails->activation_grad.spread,
        .weight_peak = trails->weight_peak,
        .activation_max = trails->activation_max,
        .activation_min = trails->activation_min,
        .lambda =
          {[FXP_JACOBIAN_EXACT] = trails->exact, [FXP_JACOBIAN_SIMPLIFIED] = trails->simplified},
        .reflected = trails->reflected,
        .n_weights = state->n_weights,
        .n_activation_grads = state->n_activation_grads,
      };
    }
  return fxp_baseline_new (layers, self->n_layers, self->n_steps, self->n_looks, self->n_jacobians);
}

GVariant *
fxp_probe_state_pack (const FxpProbeState *self)
{
  GVariantBuilder layers;

  g_variant_builder_init (&layers, G_VARIANT_TYPE ("a(adtt)"));
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      const FxpLayerState *state = &self->layers[layer];

      g_variant_builder_add (&layers,
                             "(@adtt)",
                             g_variant_new_fixed_array (G_VARIANT_TYPE_DOUBLE,
                                                        &state->trails,
                                                        FXP_N_TRAIL_NUMBERS,
                                                        sizeof (double)),
                             state->n_weights,
                             state->n_activation_grads);
    }
  return g_variant_new (FXP_PROBE_TYPE,
                        self->n_steps,
                        self->n_looks,
                        self->n_jacobians,
                        self->jacobian_step,
                        self->left,
                        self->jacobian_left,
                        &layers);
}

static gboolean
unpack_layer (FxpLayerState *self, GVariant *packed)
{
  g_autoptr (GVariant) numbers = NULL;
  gconstpointer data;
  gsize n;

  g_variant_get (packed, "(@adtt)", &numbers, &self->n_weights, &self->n_activation_grads);
  data = g_variant_get_fixed_array (numbers, &n, sizeof (double));
  if (n != FXP_N_TRAIL_NUMBERS)
    return FALSE;
  memcpy (&self->trails, data, sizeof self->trails);
  return TRUE;
}

gboolean
fxp_probe_state_unpack (FxpProbeState *self, GVariant *packed)
{
  g_autoptr (GVariant) layers = NULL;

  *self = (FxpProbeState){0};
  if (!g_variant_is_of_type (packed, G_VARIANT_TYPE (FXP_PROBE_TYPE)))
    return FALSE;

  g_variant_get (packed,
                 "(tuutdd@a(adtt))",
                 &self->n_steps,
                 &self->n_looks,
                 &self->n_jacobians,
                 &self->jacobian_step,
                 &self->left,
                 &self->jacobian_left,
                 &layers);
  self->n_layers = g_variant_n_children (layers);
  self->layers = g_new0 (FxpLayerState, self->n_layers);
  for (guint layer = 0; layer < self->n_layers; layer++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (layers, layer);

      if (!unpack_layer (&self->layers[layer], child))
        {
          fxp_probe_state_clear (self);
          return FALSE;
        }
    }
  return TRUE;
}

FxpBaseline *
fxp_baseline_new_from_packed (GVariant *packed)
{
  FxpProbeState state;
  FxpBaseline *baseline;

  if (!fxp_probe_state_unpack (&state, packed))
    return NULL;

  baseline = fxp_probe_state_make_baseline (&state);
  fxp_probe_state_clear (&state);
  return baseline;
}
