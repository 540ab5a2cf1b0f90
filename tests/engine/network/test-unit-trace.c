/* SPDX-License-Identifier: MIT */
/* G_W of any G_A, as units traced down say it is, beside what comes of that G_A put in place of the
 * real one. */
#include "config.h"

#include "../analysis/injected.h"
#include "network/unit-trace-private.h"

#include <math.h>

#define N_SAMPLES 4

typedef struct
{
  const char *name;
  const char *topology;
  const char *activation;
  FxpShape shape;
  gboolean evaluates; /* batch normalization is a fixed scale then */
} Case;

static const Case cases[] = {
  {"dense", "5-7-6-3", "clipped-relu", {1, {5}}, FALSE},
  {"dense-norm", "5-7-BN-6-BN-3", "tanh", {1, {5}}, TRUE},
  {"dropout", "2x6x6-4C3P-D30-MP2-3C2-D20-GAP-D10-5FC-D40-3", "tanh", {3, {2, 6, 6}}, FALSE},
  {"dropout-share", "2x6x6-4C3P-D30-MP2-3C2-D20-GAP-D10-5FC-D40-3", "tanh", {3, {2, 6, 6}}, TRUE},
  {"average-twice", "1x9x8-3C3P-AP2-AP2-4FC-3", "relu", {3, {1, 9, 8}}, FALSE},
  {"average-maximum", "1x9x8-3C3P/2-BN-AP2-MP2-4FC-3", "tanh", {3, {1, 9, 8}}, TRUE},
  {"large-squares", "1x18x18-2C3P-MP17-3", "relu", {3, {1, 18, 18}}, FALSE},
  {"identity", "2x4x4-3C3P-BN-2xRES(3)-GAP-3", "relu", {3, {2, 4, 4}}, TRUE},
  {"projection", "2x5x5-3C3P-2xRES(4/2,P3,NOBN)-3", "tanh", {3, {2, 5, 5}}, FALSE},
  {"padded", "2x5x5-3C3P-BN-RES(6/2,I)-GAP-3", "tanh", {3, {2, 5, 5}}, TRUE},
  {"pooled-block", "2x6x6-3C3P-AP2-D20-RES(4/2,NOBN)-MP2-3", "tanh", {3, {2, 6, 6}}, FALSE},
};

/* What input @input of the sum at @place of @sample saw. */
static double
get_seen (const FxpLayerGeometry *geometry,
          const float *operands,
          gsize sample,
          gsize place,
          gsize input)
{
  const FxpWindow *window = &geometry->window;
  const float *image = operands + sample * geometry->n_activations;
  gsize row, column, out_width, channel, tap;

  if (!geometry->is_convolution)
    return image[input];
  channel = input / geometry->n_taps;
  tap = input % geometry->n_taps;
  out_width = fxp_window_get_out_width (window);
  row = place / out_width * window->stride + tap / window->kernel;
  column = place % out_width * window->stride + tap % window->kernel;
  if (row < window->padding || row - window->padding >= window->height ||
      column < window->padding || column - window->padding >= window->width)
    return 0.0;
  return image[((row - window->padding) * window->width + column - window->padding) *
                 window->channels +
               channel];
}

/* An image's pixel has its channels side by side, while W counts channels first. */
static gsize
find_weight (const FxpLayerGeometry *geometry, const FxpShape *shape, gsize unit, gsize input)
{
  if (!geometry->is_convolution && shape->rank == 3)
    {
      const gsize n_channels = shape->dim[0], n_pixels = shape->dim[1] * shape->dim[2];

      input = input % n_channels * n_pixels + input / n_channels;
    }
  return unit * geometry->n_inputs + input;
}

static double *
predict (Trial *trial, guint layer, const double *gradient)
{
  const FxpLayerGeometry geometry = fxp_network_get_geometry (trial->network, layer);
  const gsize n_sums = trial->n * geometry.n_places * geometry.n_units;
  g_autofree float *factors = g_new (float, n_sums);
  g_autofree guint32 *owners = g_new (guint32, n_sums);
  g_autofree float *operands = g_new (float, trial->n *geometry.n_activations);
  double *predicted = g_new0 (double, geometry.n_units *geometry.n_inputs);
  FxpShape shape;

  fxp_network_get_activations (trial->network, layer, 0, &shape, NULL);
  fxp_network_get_operands (trial->network, layer, operands);
  fxp_network_trace_units (trial->network, layer, factors);
  fxp_network_trace_owners (trial->network, layer, owners);
  for (gsize sum = 0; sum < n_sums; sum++)
    {
      const gsize unit = sum % geometry.n_units, place = sum / geometry.n_units % geometry.n_places;
      const gsize sample = sum / geometry.n_units / geometry.n_places;
      double value;

      if (owners[sum] == 0)
        continue;
      g_assert_cmpuint (owners[sum], <=, geometry.n_gradients);
      value = factors[sum] * gradient[sample * geometry.n_gradients + owners[sum] - 1];
      for (gsize input = 0; input < geometry.n_inputs; input++)
        predicted[find_weight (&geometry, &shape, unit, input)] +=
          value * get_seen (&geometry, operands, sample, place, input);
    }
  return predicted;
}

static void
check_layer (Trial *trial, guint layer, gboolean evaluates)
{
  const guint owner =
    fxp_topology_get_output_owner (fxp_network_get_topology (trial->network), layer);
  const gsize n_gradients = count_gradients (trial, owner, evaluates);
  const gsize n_weights = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD)->n;
  const FxpNoise noise = fxp_noise_new (5, 0, layer, 0, FXP_STREAM_SYNTHETIC);
  g_autofree double *gradient = g_new (double, n_gradients);
  Injection injection = {.layer = owner, .values = gradient};
  g_autofree double *expected = NULL, *found = NULL;
  double greatest = 0.0;

  for (gsize i = 0; i < n_gradients; i++)
    gradient[i] = 2.0 * fxp_noise_uniform (noise, i) - 1.0;
  expected = form_weight_gradient (trial, layer, &injection, evaluates);
  found = predict (trial, layer, gradient);
  for (gsize i = 0; i < n_weights; i++)
    greatest = MAX (greatest, fabs (expected[i]));
  g_assert_cmpfloat (greatest, >, 0.0);
  for (gsize i = 0; i < n_weights; i++)
    g_assert_cmpfloat (fabs (found[i] - expected[i]), <=, 4e-6 * greatest);
}

static void
test_case (gconstpointer data)
{
  const Case *test = data;
  const char *changes[] = {"network.topology",
                           test->topology,
                           "network.activation",
                           test->activation,
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &test->shape, 3, N_SAMPLES, TRUE, 0);

  go_forward (trial, test->evaluates);
  go_back (trial, test->evaluates);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    check_layer (trial, layer, test->evaluates);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/unit-trace/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  return g_test_run ();
}
