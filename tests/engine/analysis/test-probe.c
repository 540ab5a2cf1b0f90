/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "../network/trial.h"
#include "analysis/probe-private.h"
#include "analysis/reflected-noise-private.h"

#include <math.h>

#define EPOCH 13 /* steps */

static Trial *
new_trial (const char *topology, const FxpShape *shape, gsize n, guint n_threads)
{
  const char *changes[] = {"network.topology", topology, "network.activation", "relu", NULL};

  return trial_new (changes, shape, 3, n, TRUE, n_threads);
}

static Trial *
new_small_trial (void)
{
  return new_trial ("2x6x6-3C3P-BN-MP2-RES(4/2)-GAP-3", &(FxpShape){3, {2, 6, 6}}, 5, 0);
}

static FxpProbe *
new_probe (Trial *trial)
{
  return fxp_probe_new (trial->network, trial->team, trial->scratch);
}

/* Everything of a step but learning from it. */
static void
pass_both_ways (Trial *trial)
{
  const FxpStep step = trial_get_step (trial, FALSE);
  FxpStepResult result;

  /* Batches differ. */
  trial->inputs[trial->step % trial->n_features] += 0.125;
  g_assert_true (fxp_network_forward (trial->network, trial->inputs, trial->n, &step));
  fxp_network_get_loss (trial->network, trial->labels, &result);
  g_assert_true (fxp_network_backward (trial->network, &step));
}

static void
learn (Trial *trial)
{
  const FxpStep step = trial_get_step (trial, FALSE);

  fxp_network_update (trial->network, 0.05, &step);
  trial->step++;
}

static void
train (Trial *trial, FxpProbe *probe, guint n_steps)
{
  for (guint i = 0; i < n_steps; i++)
    {
      pass_both_ways (trial);
      if (probe != NULL)
        g_assert_true (fxp_probe_record (probe,
                                         trial->step % EPOCH == 0,
                                         trial->step % EPOCH == EPOCH - 1,
                                         NULL,
                                         NULL));
      learn (trial);
    }
}

/* The same statistics, gathered as plainly as can be. */
typedef struct
{
  double variance; /* of the step */
  double average;  /* not corrected */
  FxpSpread spread;
} Plain;

typedef struct
{
  Plain gradients[8]; /* by owner */
  double least[8], greatest[8];
  gsize n[8];
} Watch;

static double
get_variance (const float *values, gsize n)
{
  double mean = 0.0, variance = 0.0;

  for (gsize i = 0; i < n; i++)
    mean += values[i];
  mean /= n;
  for (gsize i = 0; i < n; i++)
    variance += (values[i] - mean) * (values[i] - mean);
  return variance / n;
}

static void
watch (FxpSight sight, FxpTensorId id, FxpTensor *tensor, gsize n, gpointer data)
{
  Watch *self = data;
  const gsize n_values = tensor->n / tensor->shape.dim[0] * n;
  const float *values = tensor->data;

  if (sight == FXP_SIGHT_GRADIENT)
    {
      self->gradients[id.layer].variance = get_variance (values, n_values);
      self->n[id.layer] = n_values;
    }
  else if (sight == FXP_SIGHT_ACTIVATION)
    for (gsize i = 0; i < n_values; i++)
      {
        self->least[id.layer] = MIN (self->least[id.layer], values[i]);
        self->greatest[id.layer] = MAX (self->greatest[id.layer], values[i]);
      }
}

static void
fold (Plain *self, guint step, gboolean looks)
{
  double deviation;

  self->average = 0.9 * self->average + 0.1 * self->variance;
  self->spread.peak = MAX (self->spread.peak, sqrt (self->variance));
  if (!looks)
    return;
  deviation = sqrt (self->average / (1.0 - pow (0.9, step)));
  self->spread.max = MAX (self->spread.max, deviation);
  self->spread.min = self->spread.last == 0.0 ? deviation : MIN (self->spread.min, deviation);
  self->spread.last = deviation;
}

static void
assert_near (double found, double expected)
{
  g_assert_cmpfloat (fabs (found - expected), <=, 1e-9 * fabs (expected));
}

static void
assert_same_spread (const FxpSpread *found, const FxpSpread *expected)
{
  assert_near (found->max, expected->max);
  assert_near (found->min, expected->min);
  assert_near (found->last, expected->last);
  assert_near (found->peak, expected->peak);
}

static void
test_plain (void)
{
  const guint n_steps = 130;
  g_autoptr (Trial) trial = new_small_trial ();
  g_autoptr (Trial) other = new_small_trial ();
  g_autoptr (FxpProbe) probe = new_probe (trial);
  const guint n_layers = fxp_network_get_n_weighted (trial->network);
  FxpTopology *topology = fxp_network_get_topology (trial->network);
  Watch seen = {0};
  Plain weights[8] = {0};
  double peaks[8] = {0};
  guint n_looks = 0;
  g_autoptr (FxpBaseline) baseline = NULL;

  train (trial, probe, n_steps);
  baseline = fxp_probe_get_baseline (probe);
  for (guint layer = 0; layer < 8; layer++)
    {
      seen.least[layer] = INFINITY;
      seen.greatest[layer] = -INFINITY;
    }
  fxp_network_set_observer (other->network, watch, &seen);
  for (guint step = 1; step <= n_steps; step++)
    {
      const gboolean looks = step > 20 && (step % 50 == 0 || step % EPOCH == 0);

      n_looks += looks;
      pass_both_ways (other);
      for (guint layer = 0; layer < n_layers; layer++)
        {
          const FxpTensor *gradient = trial_get_tensor (other, layer, FXP_ROLE_WEIGHT_GRAD);
          const FxpTensor *weight = trial_get_tensor (other, layer, FXP_ROLE_WEIGHT);

          weights[layer].variance = get_variance (gradient->data, gradient->n);
          fold (&weights[layer], step, looks);
          fold (&seen.gradients[layer], step, looks);
          for (gsize i = 0; i < weight->n; i++)
            peaks[layer] = MAX (peaks[layer], fabs (fxp_tensor_get_value (weight, i)));
        }
      learn (other);
    }

  g_assert_cmpuint (fxp_baseline_get_n_layers (baseline), ==, n_layers);
  g_assert_cmpuint (fxp_baseline_get_n_steps (baseline), ==, n_steps);
  g_assert_cmpuint (fxp_baseline_get_n_looks (baseline), ==, n_looks);
  for (guint layer = 0; layer < n_layers; layer++)
    {
      const FxpLayerBaseline *found = fxp_baseline_get_layer (baseline, layer);
      const guint above = fxp_topology_get_output_owner (topology, layer);
      const guint below = fxp_topology_get_input_owner (topology, layer);

      assert_same_spread (&found->weight_grad, &weights[layer].spread);
      assert_same_spread (&found->activation_grad, &seen.gradients[above].spread);
      g_assert_cmpfloat (found->weight_peak, ==, peaks[layer]);
      g_assert_cmpfloat (found->activation_max, ==, seen.greatest[below]);
      g_assert_cmpfloat (found->activation_min, ==, seen.least[below]);
      g_assert_cmpuint (found->n_activation_grads, ==, seen.n[above]);
      g_assert_cmpuint (found->n_weights, ==, trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT)->n);
      g_assert_cmpfloat (found->activation_grad.min, >, 0.0);
    }
}

/* At the first step, and at an epoch's first not sooner than 50 steps behind the last time: steps
 * 1, 53 (the fifth epoch's), 105. */
static void
test_jacobians (void)
{
  static const guint steps[] = {1, 53, 105};
  g_autoptr (Trial) trial = new_small_trial ();
  g_autoptr (Trial) other = new_small_trial ();
  g_autoptr (FxpProbe) probe = new_probe (trial);
  g_autoptr (FxpBaseline) baseline = NULL;

  train (trial, probe, 117);
  baseline = fxp_probe_get_baseline (probe);
  g_assert_cmpuint (fxp_baseline_get_n_jacobians (baseline), ==, 3);
  for (guint layer = 0; layer < fxp_baseline_get_n_layers (baseline); layer++)
    {
      const FxpLayerBaseline *found = fxp_baseline_get_layer (baseline, layer);
      g_autoptr (Trial) again = new_small_trial ();
      double exact = 0.0, total = 0.0, average = 0.0, simplified = 0.0;

      for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
        {
          FxpReflection reflection;

          train (again, NULL, steps[i] - 1 - (guint)again->step);
          pass_both_ways (again);
          g_assert_true (fxp_reflection_measure (again->network,
                                                 layer,
                                                 &fxp_reflection_default,
                                                 NULL,
                                                 again->scratch,
                                                 NULL,
                                                 NULL,
                                                 &reflection));
          learn (again);
          exact = MAX (exact, reflection.lambda);
          total = MAX (total, reflection.total);
          average = 0.9 * average + 0.1 * reflection.simplified;
          simplified = MAX (simplified, average / (1.0 - pow (0.9, i + 1)));
        }
      g_assert_cmpfloat (found->lambda[FXP_JACOBIAN_EXACT], ==, exact);
      g_assert_cmpfloat (found->reflected, ==, total);
      assert_near (found->lambda[FXP_JACOBIAN_SIMPLIFIED], simplified);
      g_assert_cmpfloat (exact, >, 0.0);
    }
}

static void
assert_same_state (const FxpProbe *a, const FxpProbe *b)
{
  g_autoptr (GVariant) first = g_variant_ref_sink (fxp_probe_pack (a));
  g_autoptr (GVariant) second = g_variant_ref_sink (fxp_probe_pack (b));

  g_assert_cmpmem (g_variant_get_data (first),
                   g_variant_get_size (first),
                   g_variant_get_data (second),
                   g_variant_get_size (second));
}

static void
test_pack (void)
{
  g_autoptr (Trial) whole = new_small_trial ();
  g_autoptr (Trial) resumed = new_small_trial ();
  g_autoptr (FxpProbe) straight = new_probe (whole);
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (FxpBaseline) expected = NULL, found = NULL;

  train (whole, straight, 37);
  packed = g_variant_ref_sink (fxp_probe_pack (straight));
  g_assert_true (g_variant_is_of_type (packed, G_VARIANT_TYPE (FXP_PROBE_TYPE)));
  train (whole, straight, 63);
  train (resumed, NULL, 37);
  {
    g_autoptr (FxpProbe) probe = new_probe (resumed);

    g_assert_true (fxp_probe_unpack (probe, packed));
    train (resumed, probe, 63);
    assert_same_state (straight, probe);
    g_clear_pointer (&packed, g_variant_unref);
    packed = g_variant_ref_sink (fxp_probe_pack (probe));
  }
  expected = fxp_probe_get_baseline (straight);
  found = fxp_baseline_new_from_packed (packed);
  for (guint layer = 0; layer < fxp_baseline_get_n_layers (expected); layer++)
    g_assert_cmpmem (fxp_baseline_get_layer (expected, layer),
                     sizeof (FxpLayerBaseline),
                     fxp_baseline_get_layer (found, layer),
                     sizeof (FxpLayerBaseline));
}

static void
test_unpack_others (void)
{
  g_autoptr (Trial) trial = new_small_trial ();
  g_autoptr (Trial) mlp = new_trial ("5-4-3", &FXP_SHAPE_1 (5), 4, 0);
  g_autoptr (FxpProbe) probe = new_probe (trial);
  g_autoptr (FxpProbe) other = new_probe (mlp);
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (GVariant) number = g_variant_ref_sink (g_variant_new_uint32 (7));
  g_autoptr (GVariant) no_numbers =
    g_variant_ref_sink (g_variant_new_parsed ("(uint64 30, uint32 1, uint32 1, uint64 1, 0.5, 0.5, "
                                              "[([1.0], uint64 1, uint64 1)])"));

  train (mlp, other, 30);
  packed = g_variant_ref_sink (fxp_probe_pack (other));
  g_assert_false (fxp_probe_unpack (probe, packed));
  g_assert_false (fxp_probe_unpack (probe, number));
  g_assert_false (fxp_probe_unpack (probe, no_numbers));
  g_assert_null (fxp_baseline_new_from_packed (number));
  g_assert_null (fxp_baseline_new_from_packed (no_numbers));
  train (trial, probe, 30);
}

/* NULL before the first smoothed deviation; then one object from look to look. */
static void
test_baseline (void)
{
  g_autoptr (Trial) trial = new_small_trial ();
  g_autoptr (FxpProbe) probe = new_probe (trial);
  g_autoptr (GVariant) packed = NULL;
  g_autoptr (FxpBaseline) first = NULL, second = NULL, third = NULL;

  train (trial, probe, 25);
  g_assert_null (fxp_probe_get_baseline (probe));
  packed = g_variant_ref_sink (fxp_probe_pack (probe));
  g_assert_null (fxp_baseline_new_from_packed (packed));
  train (trial, probe, 1);
  first = fxp_probe_get_baseline (probe);
  g_assert_nonnull (first);
  train (trial, probe, 5);
  second = fxp_probe_get_baseline (probe);
  g_assert_true (first == second);
  train (trial, probe, 20);
  third = fxp_probe_get_baseline (probe);
  g_assert_true (first != third);
  g_assert_cmpuint (fxp_baseline_get_n_looks (first), ==, 1);
  g_assert_cmpuint (fxp_baseline_get_n_looks (third), ==, 3);
}

static gboolean
count_down (double share, gpointer data)
{
  guint *left = data;

  return (*left)-- == 0;
}

static void
test_give_up (void)
{
  g_autoptr (Trial) interrupted = new_small_trial ();
  g_autoptr (Trial) trial = new_small_trial ();
  g_autoptr (FxpProbe) a = new_probe (interrupted), b = new_probe (trial);

  pass_both_ways (interrupted);
  for (guint asked = 0; asked < 6; asked++)
    {
      guint left = asked;

      g_assert_false (fxp_probe_record (a, TRUE, FALSE, count_down, &left));
    }
  assert_same_state (a, b);
  g_assert_true (fxp_probe_record (a, TRUE, FALSE, NULL, NULL));
  learn (interrupted);
  train (interrupted, a, 30);
  train (trial, b, 31);
  assert_same_state (a, b);
}

static void
test_threads (void)
{
  g_autoptr (GVariant) first = NULL;

  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (Trial) trial =
        new_trial ("2x32x32-16C3P-BN-MP2-16C3P-AP2-3", &(FxpShape){3, {2, 32, 32}}, 16, n_threads);
      g_autoptr (FxpProbe) probe = new_probe (trial);
      g_autoptr (GVariant) packed = NULL;

      train (trial, probe, 4);
      packed = g_variant_ref_sink (fxp_probe_pack (probe));
      if (n_threads == 1)
        first = g_steal_pointer (&packed);
      else
        g_assert_cmpmem (g_variant_get_data (first),
                         g_variant_get_size (first),
                         g_variant_get_data (packed),
                         g_variant_get_size (packed));
    }
}

/* A last layer of zeros hands nothing down. */
static void
test_vanished (void)
{
  g_autoptr (Trial) trial = new_trial ("5-4-3", &FXP_SHAPE_1 (5), 4, 0);
  g_autoptr (FxpProbe) probe = new_probe (trial);
  const double zeros[4 * 3] = {0};
  g_autoptr (FxpBaseline) baseline = NULL;
  const FxpLayerBaseline *first;
  FxpTensorId id;

  for (guint i = 0; i < 26; i++)
    {
      trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, zeros);
      train (trial, probe, 1);
    }
  baseline = fxp_probe_get_baseline (probe);
  first = fxp_baseline_get_layer (baseline, 0);
  g_assert_cmpfloat (first->weight_grad.max, ==, 0.0);
  g_assert_cmpfloat (first->weight_grad.min, ==, 0.0);
  g_assert_cmpfloat (first->activation_grad.peak, ==, 0.0);
  g_assert_cmpfloat (first->lambda[FXP_JACOBIAN_EXACT], >, 0.0);
  g_assert_cmpfloat (fxp_baseline_get_layer (baseline, 1)->activation_grad.min, >, 0.0);
  g_assert_false (fxp_baseline_get_nonfinite (baseline, &id));
}

/* One bad step is told for good. */
static void
test_nonfinite (void)
{
  g_autoptr (Trial) trial = new_trial ("5-4-3", &FXP_SHAPE_1 (5), 4, 0);
  g_autoptr (FxpProbe) probe = new_probe (trial);
  g_autofree double *kept = NULL;
  g_autoptr (FxpBaseline) baseline = NULL;
  FxpTensorId id;

  train (trial, probe, 10);
  kept = trial_dup_values (trial, 1, FXP_ROLE_WEIGHT);
  kept[3] = NAN;
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, kept);
  train (trial, probe, 1);
  for (gsize i = 0; i < 12; i++)
    kept[i] = 0.25;
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, kept);
  train (trial, probe, 20);
  baseline = fxp_probe_get_baseline (probe);
  g_assert_true (fxp_baseline_get_nonfinite (baseline, &id));
}

static void
test_made (void)
{
  FxpLayerBaseline layers[2] = {{.weight_peak = 1.0}, {.weight_peak = 2.0}};
  FxpTensorId id = {9, 9};
  g_autoptr (FxpBaseline) good = fxp_baseline_new (layers, 2, 100, 5, 3);
  g_autoptr (FxpBaseline) bad = NULL;

  g_assert_false (fxp_baseline_get_nonfinite (good, &id));
  g_assert_cmpuint (fxp_baseline_get_n_steps (good), ==, 100);
  g_assert_cmpuint (fxp_baseline_get_n_looks (good), ==, 5);
  g_assert_cmpuint (fxp_baseline_get_n_jacobians (good), ==, 3);
  g_assert_cmpfloat (fxp_baseline_get_layer (good, 1)->weight_peak, ==, 2.0);
  layers[1].activation_grad.min = INFINITY;
  bad = fxp_baseline_new (layers, 2, 100, 5, 3);
  g_assert_true (fxp_baseline_get_nonfinite (bad, &id));
  g_assert_cmpuint (id.layer, ==, 1);
  g_assert_cmpuint (id.role, ==, FXP_ROLE_ACTIVATION_GRAD);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/probe/plain", test_plain);
  g_test_add_func ("/probe/jacobians", test_jacobians);
  g_test_add_func ("/probe/pack", test_pack);
  g_test_add_func ("/probe/unpack-others", test_unpack_others);
  g_test_add_func ("/probe/baseline", test_baseline);
  g_test_add_func ("/probe/give-up", test_give_up);
  g_test_add_func ("/probe/threads", test_threads);
  g_test_add_func ("/probe/vanished", test_vanished);
  g_test_add_func ("/probe/nonfinite", test_nonfinite);
  g_test_add_func ("/probe/made", test_made);
  return g_test_run ();
}
