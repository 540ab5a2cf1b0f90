/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/reflected-noise-private.h"
#include "injected.h"
#include "network/unit-trace-private.h"
#include "singular-values.h"

#include <math.h>

/* As exactly as float32 gives it. */
static const FxpReflectionOptions exactly = {1e-12, 2000};

typedef struct
{
  const char *name;
  const char *topology;
  const char *activation;
  FxpShape shape;
  gboolean evaluates; /* so that the engine's own batch normalization is a fixed scale */
} Case;

static const Case cases[] = {
  {"dense", "5-7-6-3", "relu", {1, {5}}, FALSE},
  {"dense-tanh", "5-7-6-3", "tanh", {1, {5}}, FALSE},
  {"dense-norm", "5-7-BN-6-3", "clipped-relu", {1, {5}}, TRUE},
  {"dense-dropout", "6-7-D30-6-D20-3", "relu", {1, {6}}, FALSE},
  {"dropout-share", "6-7-D30-6-D20-3", "relu", {1, {6}}, TRUE},
  {"convolution", "2x5x4-3C3-2C2-3", "clipped-relu", {3, {2, 5, 4}}, FALSE},
  {"padding-strides", "2x5x5-3C3P/2-2C3P2/2-3", "tanh", {3, {2, 5, 5}}, FALSE},
  {"maximum", "1x6x7-2C3P-MP2-3C2-3", "relu", {3, {1, 6, 7}}, FALSE},
  {"average", "1x7x6-AP2-2C2P-AP2-3C2P-3", "tanh", {3, {1, 7, 6}}, FALSE},
  {"average-maximum", "1x8x8-2C3P-AP2-MP2-3", "relu", {3, {1, 8, 8}}, FALSE},
  {"maximum-average-dropout", "1x8x8-2C3P-MP2-D30-AP2-3", "tanh", {3, {1, 8, 8}}, FALSE},
  {"whole", "2x5x4-3C3P-BN-GAP-4FC-3", "relu", {3, {2, 5, 4}}, TRUE},
  {"identity", "2x4x4-2C3P-BN-RES(2)-GAP-3", "relu", {3, {2, 4, 4}}, TRUE},
  {"projection", "2x5x5-2C3P-BN-RES(3/2)-AP2-3", "clipped-relu", {3, {2, 5, 5}}, TRUE},
  {"projection-plain", "2x5x5-2C3P-RES(3/2,P3,NOBN)-3", "tanh", {3, {2, 5, 5}}, FALSE},
  {"padded", "2x5x5-2C3P-BN-RES(4/2,I)-3", "relu", {3, {2, 5, 5}}, TRUE},
};

static void
spread_learnt (Trial *trial, guint layer, FxpLearnt what, double least)
{
  const FxpTensor *tensor = trial_get_learnt (trial, layer, what);
  g_autofree double *values = NULL;

  if (tensor == NULL)
    return;
  values = trial_decode (tensor);
  for (gsize i = 0; i < tensor->n; i++)
    values[i] = least + 0.125 * (double)(i % 4);
  trial_set_learnt (trial, layer, what, values);
}

static Trial *
new_trial (const Case *test, gsize n, guint n_threads)
{
  const char *changes[] = {"network.topology",
                           test->topology,
                           "network.activation",
                           test->activation,
                           NULL};
  Trial *trial = trial_new (changes, &test->shape, 3, n, TRUE, n_threads);

  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    {
      spread_learnt (trial, layer, FXP_LEARNT_BIAS, 0.125);
      spread_learnt (trial, layer, FXP_LEARNT_GAMMA, 0.75);
      spread_learnt (trial, layer, FXP_LEARNT_BETA, 0.25);
      spread_learnt (trial, layer, FXP_LEARNT_VARIANCE, 0.5);
    }
  return trial;
}

static FxpReflection
measure (Trial *trial, guint layer, const FxpReflectionOptions *options)
{
  FxpReflection reflection;

  g_assert_true (fxp_reflection_measure (trial->network,
                                         layer,
                                         options,
                                         trial->team,
                                         trial->scratch,
                                         NULL,
                                         NULL,
                                         &reflection));
  return reflection;
}

static void
assert_near (double found, double expected, double tolerance)
{
  g_assert_cmpfloat (fabs (found - expected), <=, tolerance * fabs (expected));
}

/* The released code's form: means of J's columns over batch and places, map by map. */
static double
simplify_jacobian (const FxpLayerGeometry *geometry,
                   const double *jacobian,
                   gsize n_gradients,
                   gsize n_samples)
{
  const gsize n_units = geometry->n_units, n_taps = geometry->n_taps;
  const gsize n_channels = geometry->n_inputs / n_taps;
  const double n_averaged = (double)n_samples * geometry->n_gradients / n_units;
  g_autofree double *matrix = g_new0 (double, n_channels *n_units);

  for (gsize unit = 0; unit < n_units; unit++)
    for (gsize channel = 0; channel < n_channels; channel++)
      for (gsize tap = 0; tap < n_taps; tap++)
        {
          const gsize row = (unit * n_channels + channel) * n_taps + tap;
          double mean = 0.0;

          for (gsize column = 0; column < n_gradients; column++)
            mean += jacobian[row * n_gradients + column] / n_averaged;
          matrix[channel * n_units + unit] += mean * mean / n_taps;
        }
  return find_largest_singular_value (matrix, n_channels, n_units);
}

static void
check_layer (Trial *trial, guint layer, gboolean evaluates)
{
  const FxpLayerGeometry geometry = fxp_network_get_geometry (trial->network, layer);
  gsize n_weights, n_gradients;
  g_autofree double *jacobian = form_jacobian (trial, layer, evaluates, &n_weights, &n_gradients);
  const double simplified = simplify_jacobian (&geometry, jacobian, n_gradients, trial->n);
  const FxpReflection found = measure (trial, layer, &exactly);
  double total = 0.0;

  for (gsize i = 0; i < n_weights * n_gradients; i++)
    {
      jacobian[i] *= jacobian[i];
      total += jacobian[i];
    }
  g_assert_cmpfloat (total, >, 0.0);
  assert_near (found.total, total, 2e-6);
  assert_near (found.simplified, simplified, 2e-6);
  assert_near (found.lambda, find_largest_singular_value (jacobian, n_weights, n_gradients), 2e-6);
  /* Cauchy-Schwarz, which BQN rests on. */
  g_assert_cmpfloat (found.total,
                     <=,
                     found.lambda * sqrt ((double)n_weights * n_gradients) * (1.0 + 1e-6));
  g_assert_cmpuint (geometry.n_gradients * trial->n, ==, n_gradients);
}

static void
test_network (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Trial) trial = new_trial (test, 3, 0);

  go_forward (trial, test->evaluates);
  go_back (trial, test->evaluates);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    check_layer (trial, layer, test->evaluates);
}

/* In training the scale is that of the batch. */
static void
test_batch_scale (void)
{
  static const Case test = {"", "2x4x4-3C3P-BN-3", "relu", {3, {2, 4, 4}}, FALSE};
  g_autoptr (Trial) trial = new_trial (&test, 4, 0);
  g_autofree float *factors = g_new (float, 4 * 3 * 16);
  const float *gamma = trial_get_learnt (trial, 0, FXP_LEARNT_GAMMA)->data;
  double scales[3];

  go_forward (trial, FALSE);
  go_back (trial, FALSE);
  fxp_network_trace_units (trial->network, 0, factors);
  for (gsize channel = 0; channel < 3; channel++)
    {
      scales[channel] = 0.0;
      for (gsize i = channel; i < 4 * 3 * 16; i += 3)
        scales[channel] = MAX (scales[channel], factors[i]);
      for (gsize i = channel; i < 4 * 3 * 16; i += 3)
        g_assert_true (factors[i] == 0.0f || factors[i] == (float)scales[channel]);
    }
  go_forward (trial, TRUE);
  go_back (trial, TRUE);
  fxp_network_trace_units (trial->network, 0, factors);
  for (gsize i = 0; i < 4 * 3 * 16; i++)
    {
      const gsize channel = i % 3;
      const double variance = 0.5 + 0.125 * (double)channel;
      const float running = (float)(gamma[channel] / sqrt (variance + 1e-4));

      g_assert_true (factors[i] == 0.0f || fabsf (factors[i] - running) < 1e-6f);
      g_assert_cmpfloat (fabs (running - scales[channel]), >, 1e-3);
    }
}

static float *
draw (FxpNoise noise, gsize n)
{
  float *values = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    values[i] = (float)(2.0 * fxp_noise_uniform (noise, i) - 0.5);
  return values;
}

/* All masks 1: every block is the elementwise square of A. */
static void
test_dense (void)
{
  const gsize n = 23, n_inputs = 31, n_units = 5;
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  g_autofree float *activations =
    draw (fxp_noise_new (3, 0, 0, 0, FXP_STREAM_SYNTHETIC), n * n_inputs);
  g_autofree float *factors = g_new (float, n *n_units);
  g_autofree double *squares = g_new (double, n *n_inputs);
  FxpReflection found;
  double total = 0.0;

  for (gsize i = 0; i < n * n_units; i++)
    factors[i] = 1.0f;
  for (gsize i = 0; i < n * n_inputs; i++)
    {
      squares[i] = (double)activations[i] * activations[i];
      total += squares[i] * n_units;
    }
  fxp_reflection_measure_dense (activations,
                                factors,
                                n,
                                n_inputs,
                                n_units,
                                &exactly,
                                NULL,
                                scratch,
                                &found);
  assert_near (found.lambda, find_largest_singular_value (squares, n, n_inputs), 1e-6);
  assert_near (found.total, total, 1e-6);

  fxp_reflection_measure_dense (activations,
                                factors,
                                n,
                                n_inputs,
                                n_units,
                                &fxp_reflection_default,
                                NULL,
                                scratch,
                                &found);
  g_assert_cmpuint (found.n_iterations, <, 20);
}

static void
test_nothing (void)
{
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  float activations[6] = {1, 2, 3, 4, 5, 6}, factors[4] = {0, 0, 0, 0};
  FxpReflection found;

  fxp_reflection_measure_dense (activations,
                                factors,
                                2,
                                3,
                                2,
                                &fxp_reflection_default,
                                NULL,
                                scratch,
                                &found);
  g_assert_cmpfloat (found.lambda, ==, 0.0);
  g_assert_cmpfloat (found.simplified, ==, 0.0);
  g_assert_cmpfloat (found.total, ==, 0.0);

  factors[0] = factors[1] = factors[2] = factors[3] = 1.0f;
  activations[2] = NAN;
  fxp_reflection_measure_dense (activations,
                                factors,
                                2,
                                3,
                                2,
                                &fxp_reflection_default,
                                NULL,
                                scratch,
                                &found);
  g_assert_false (isfinite (found.lambda));
  g_assert_false (isfinite (found.total));
  g_assert_cmpuint (found.n_iterations, <=, 1);
}

/* Large enough that threads share it: direct, and averaged. */
static const Case large = {"",
                           "2x24x24-16C3P-MP2-16C3P-AP2-GAP-3",
                           "relu",
                           {3, {2, 24, 24}},
                           FALSE};

static void
test_threads (void)
{
  FxpReflection first[3];

  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (Trial) trial = new_trial (&large, 20, n_threads);

      for (guint layer = 0; layer < 3; layer++)
        {
          FxpReflection found;

          go_forward (trial, FALSE);
          go_back (trial, FALSE);
          found = measure (trial, layer, &fxp_reflection_default);
          if (n_threads == 1)
            first[layer] = found;
          g_assert_cmpuint (found.n_iterations, ==, first[layer].n_iterations);
          g_assert_cmpmem (&found.lambda, 8, &first[layer].lambda, 8);
          g_assert_cmpmem (&found.simplified, 8, &first[layer].simplified, 8);
          g_assert_cmpmem (&found.total, 8, &first[layer].total, 8);
        }
    }
}

static gboolean
count_down (double share, gpointer data)
{
  guint *left = data;

  g_assert_cmpfloat (share, >=, 0.0);
  g_assert_cmpfloat (share, <=, 1.0);
  return (*left)-- == 0;
}

/* What was given up leaves the way free to begin again. */
static void
test_give_up (void)
{
  for (guint layer = 0; layer < 2; layer++)
    {
      g_autoptr (Trial) trial = new_trial (&large, 20, 2);
      FxpReflection expected, found;

      go_forward (trial, FALSE);
      go_back (trial, FALSE);
      expected = measure (trial, layer, &fxp_reflection_default);
      for (guint asked = 0; asked < 3; asked++)
        {
          guint left = asked;

          g_assert_false (fxp_reflection_measure (trial->network,
                                                  layer,
                                                  &fxp_reflection_default,
                                                  trial->team,
                                                  trial->scratch,
                                                  count_down,
                                                  &left,
                                                  &found));
        }
      found = measure (trial, layer, &fxp_reflection_default);
      g_assert_cmpfloat (found.lambda, ==, expected.lambda);
    }
}

/* Neither counts nor G_W are touched. */
static void
test_leaves_no_trace (void)
{
  g_autoptr (Trial) measured = new_trial (&large, 4, 0);
  g_autoptr (Trial) other = new_trial (&large, 4, 0);

  for (guint step = 0; step < 3; step++)
    {
      const FxpStep at = trial_get_step (measured, TRUE);

      for (guint i = 0; i < 2; i++)
        {
          Trial *trial = i == 0 ? measured : other;
          FxpStepResult result;

          g_assert_true (fxp_network_forward (trial->network, trial->inputs, trial->n, &at));
          fxp_network_get_loss (trial->network, trial->labels, &result);
          g_assert_true (fxp_network_backward (trial->network, &at));
          for (guint layer = 0; i == 0 && layer < 3; layer++)
            measure (trial, layer, &fxp_reflection_default);
          fxp_network_update (trial->network, 0.1, &at);
          trial->step++;
        }
      trial_assert_same_counts (measured, other);
      for (guint layer = 0; layer < 3; layer++)
        for (guint what = 0; what < FXP_N_LEARNT; what++)
          {
            const FxpTensor *a = trial_get_learnt (measured, layer, what);
            const FxpTensor *b = trial_get_learnt (other, layer, what);

            if (a != NULL)
              g_assert_cmpmem (a->data,
                               fxp_tensor_get_n_bytes (a),
                               b->data,
                               fxp_tensor_get_n_bytes (b));
          }
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/reflected-noise/6.13-dense", test_dense);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/reflected-noise/network/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_network);
    }
  g_test_add_func ("/reflected-noise/batch-scale", test_batch_scale);
  g_test_add_func ("/reflected-noise/nothing", test_nothing);
  g_test_add_func ("/reflected-noise/threads", test_threads);
  g_test_add_func ("/reflected-noise/give-up", test_give_up);
  g_test_add_func ("/reflected-noise/leaves-no-trace", test_leaves_no_trace);
  return g_test_run ();
}
