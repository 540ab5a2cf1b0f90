/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "trial.h"

#include <math.h>

/* Gradients by finite differences, through whole networks: a wrong input gradient of a layer shows
 * in the weight gradients of those below it. */

typedef struct
{
  const char *path;
  const char *topology;
  const char *activation;
  FxpShape shape;
} Case;

static const Case cases[] = {
  {"/network/layer/dense/relu", "4-7-6-3", "relu", {1, {4}}},
  {"/network/layer/dense/clipped-relu", "4-7-6-3", "clipped-relu", {1, {4}}},
  {"/network/layer/dense/tanh", "4-7-6-3", "tanh", {1, {4}}},
  {"/network/layer/convolution/relu", "2x7x6-3C3-2C2-3", "relu", {3, {2, 7, 6}}},
  {"/network/layer/convolution/tanh", "2x7x6-3C3-2C2-5FC-3", "tanh", {3, {2, 7, 6}}},
  {"/network/layer/pooling/relu", "1x9x9-4C2-MP2-3C2-MP2-3", "relu", {3, {1, 9, 9}}},
  {"/network/layer/pooling/tanh", "1x11x9-3C3-MP2-2C2-5FC-3", "tanh", {3, {1, 11, 9}}},
  {"/network/layer/pooling/input", "1x8x9-MP2-MP2-4FC-3", "tanh", {3, {1, 8, 9}}},
};

static double
differentiate (Trial *trial, guint layer, FxpRole role, double *values, gsize i, double distance)
{
  double kept = values[i], above, below;

  values[i] = kept + distance;
  trial_set_tensor (trial, layer, role, values);
  above = trial_get_loss (trial);
  values[i] = kept - distance;
  trial_set_tensor (trial, layer, role, values);
  below = trial_get_loss (trial);
  values[i] = kept;
  trial_set_tensor (trial, layer, role, values);
  return (above - below) / (2.0 * distance);
}

static void
check_tensor (Trial *trial, guint layer, FxpRole role, const double *gradient)
{
  gsize n = trial_get_tensor (trial, layer, role)->n, n_kinks = 0;
  g_autofree double *values = trial_dup_values (trial, layer, role);
  double scale = 0.0;

  for (gsize i = 0; i < n; i++)
    scale = MAX (scale, fabs (gradient[i]));
  g_assert_cmpfloat (scale, >, 1e-4);
  for (gsize i = 0; i < n; i++)
    {
      double wide = differentiate (trial, layer, role, values, i, 0x1p-8);
      double narrow = differentiate (trial, layer, role, values, i, 0x1p-9);

      /* Where the two disagree there is a kink between them. */
      if (fabs (wide - narrow) > 0.003 * scale)
        n_kinks++;
      else
        g_assert_cmpfloat (fabs (narrow - gradient[i]), <, 0.01 * scale);
    }
  g_test_message ("layer %u, %s: %zu kinks in %zu", layer, fxp_role_get_nick (role), n_kinks, n);
  g_assert_cmpuint (n_kinks * 4, <=, n);
}

/* Biases keep units that see nothing but zeros away from the kink. */
static Trial *
new_trial (const Case *test)
{
  const char *changes[] = {
    "network.topology",
    test->topology,
    "network.activation",
    test->activation,
    NULL,
  };
  Trial *trial = trial_new (changes, &test->shape, 3, 6, TRUE, 0);

  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    {
      g_autofree double *biases = trial_dup_values (trial, layer, FXP_ROLE_BIAS);

      for (gsize i = 0; i < trial_get_tensor (trial, layer, FXP_ROLE_BIAS)->n; i++)
        biases[i] = 0.125 + 0.0625 * (i % 3);
      trial_set_tensor (trial, layer, FXP_ROLE_BIAS, biases);
    }
  return trial;
}

static void
test_gradient (gconstpointer data)
{
  g_autoptr (Trial) trial = new_trial (data);

  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    {
      g_autofree double *biases = trial_dup_values (trial, layer, FXP_ROLE_BIAS);
      g_autofree double *weight_gradient = NULL, *bias_gradient = NULL;

      /* What one step of rate 1 takes off a bias is its gradient. */
      trial_train (trial, 1.0);
      weight_gradient = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT_GRAD);
      bias_gradient = trial_dup_values (trial, layer, FXP_ROLE_BIAS);
      for (gsize i = 0; i < trial_get_tensor (trial, layer, FXP_ROLE_BIAS)->n; i++)
        bias_gradient[i] = biases[i] - bias_gradient[i];

      trial_free (g_steal_pointer (&trial));
      trial = new_trial (data);
      check_tensor (trial, layer, FXP_ROLE_WEIGHT, weight_gradient);
      check_tensor (trial, layer, FXP_ROLE_BIAS, bias_gradient);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_gradient);
  return g_test_run ();
}
