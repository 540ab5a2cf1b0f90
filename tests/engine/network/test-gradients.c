/* SPDX-License-Identifier: MIT */
/* Gradients of deep networks by finite differences along random directions, which rise above what
 * float32 loses where those of single weights do not.  Batches are normalized and thinned out as
 * in training: the draws of a step are the same however often it is taken. */
#include "config.h"

#include "trial.h"

#include <math.h>

#define N_DIRECTIONS 12
/* Relative to the norm of the gradient, which is what a direction of ones and minus ones sees on
 * average. */
#define TOLERANCE 0.01

typedef struct
{
  const char *name;
  const char *topology;
  const char *activation;
  FxpShape shape;
} Case;

static const Case cases[] = {
  {"dense", "5-7-6-3", "relu", {1, {5}}},
  {"dense-norm", "5-7-BN-6FC-BN-3", "relu", {1, {5}}},
  {"convolution", "2x6x5-3C3-2C2-3", "clipped-relu", {3, {2, 6, 5}}},
  {"convolution-strides", "2x7x6-3C3/2-4C2/3-3", "tanh", {3, {2, 7, 6}}},
  {"hard-tanh", "5-7-6-3", "hard-tanh", {1, {5}}},
  {"hard-tanh-norm", "2x6x6-3C3P-BN-MP2-4FC-BN-3", "hard-tanh", {3, {2, 6, 6}}},
  {"hard-tanh-block", "2x5x4-3C3P-AP2-RES(4,P3,NOBN)-3", "hard-tanh", {3, {2, 5, 4}}},
  {"convolution-zeros", "2x5x4-3C3P-4C2P1-3C3P2/2-3", "tanh", {3, {2, 5, 4}}},
  {"convolution-pixel", "3x4x4-4C1-3C1/2-3", "tanh", {3, {3, 4, 4}}},
  {"convolution-norm", "2x5x5-3C3P-BN-4C3/2-BN-3", "clipped-relu", {3, {2, 5, 5}}},
  {"maximum", "1x7x7-3C3P-BN-MP2-4FC-3", "tanh", {3, {1, 7, 7}}},
  {"average", "1x8x7-AP2-3C2P-BN-AP2-4FC-3", "tanh", {3, {1, 8, 7}}},
  {"average-twice", "1x8x8-3C3P-AP2-AP3-4FC-3", "relu", {3, {1, 8, 8}}},
  {"whole", "2x5x4-3C3P-BN-GAP-4FC-3", "relu", {3, {2, 5, 4}}},
  {"dropout", "2x6x6-4C3P-D30-MP2-3C2-D20-GAP-D10-5FC-D40-3", "tanh", {3, {2, 6, 6}}},
  {"identity", "2x4x4-3C3P-BN-2xRES(3)-GAP-3", "relu", {3, {2, 4, 4}}},
  {"identity-plain", "2x4x4-3C3P-RES(3,NOBN)-AP2-3", "tanh", {3, {2, 4, 4}}},
  {"projection", "2x5x5-3C3P-BN-RES(4/2)-GAP-3", "clipped-relu", {3, {2, 5, 5}}},
  {"projection-wide", "2x5x4-3C3P-RES(4/2,P3,D20)-3", "tanh", {3, {2, 5, 4}}},
  {"projection-plain", "2x5x5-3C3P-2xRES(4/2,P3,NOBN)-3", "tanh", {3, {2, 5, 5}}},
  {"padded", "2x5x5-3C3P-BN-RES(6/2,I)-GAP-3", "tanh", {3, {2, 5, 5}}},
  {"padded-plain", "3x4x4-RES(3)-RES(4/2,I,NOBN)-3", "relu", {3, {3, 4, 4}}},
  {"pooled-block", "2x6x6-3C3P-AP2-D20-RES(4/2)-RES(4)-3", "tanh", {3, {2, 6, 6}}},
};

/* What has a gradient, and where that is after one step: momentum has gathered nothing else. */
static const struct
{
  FxpLearnt what, gathered;
} parts[] = {
  {FXP_LEARNT_WEIGHT, FXP_LEARNT_MOMENTUM},
  {FXP_LEARNT_BIAS, FXP_LEARNT_BIAS_MOMENTUM},
  {FXP_LEARNT_GAMMA, FXP_LEARNT_GAMMA_MOMENTUM},
  {FXP_LEARNT_BETA, FXP_LEARNT_BETA_MOMENTUM},
};

/* Values that no symmetry hides behind. */
static void
spread (Trial *trial, guint layer, FxpLearnt what, double least)
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
new_trial (const Case *test)
{
  const char *changes[] = {
    "network.topology",
    test->topology,
    "network.activation",
    test->activation,
    "training.momentum",
    "0.5",
    NULL,
  };
  Trial *trial = trial_new (changes, &test->shape, 3, 6, TRUE, 0);

  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    {
      spread (trial, layer, FXP_LEARNT_BIAS, 0.125);
      spread (trial, layer, FXP_LEARNT_GAMMA, 0.75);
      spread (trial, layer, FXP_LEARNT_BETA, -0.125);
    }
  return trial;
}

/* Slope of the loss along @direction, by a step of @distance to both sides. */
static double
differentiate (Trial *trial,
               guint layer,
               FxpLearnt what,
               const double *values,
               const double *direction,
               double distance)
{
  const gsize n = trial_get_learnt (trial, layer, what)->n;
  g_autofree double *moved = g_new (double, n);
  double losses[2];

  for (guint side = 0; side < 2; side++)
    {
      for (gsize i = 0; i < n; i++)
        moved[i] = values[i] + (side == 0 ? distance : -distance) * direction[i];
      trial_set_learnt (trial, layer, what, moved);
      losses[side] = trial_get_loss (trial);
    }
  trial_set_learnt (trial, layer, what, values);
  return (losses[0] - losses[1]) / (2.0 * distance);
}

/* Least error of several distances: far ones have kinks between them, near ones drown in what
 * float32 loses.  A wrong gradient is off at all of them. */
static double
get_error (Trial *trial,
           guint layer,
           FxpLearnt what,
           const double *values,
           const double *direction,
           double slope)
{
  double least = G_MAXDOUBLE;

  for (double distance = 0x1p-8; distance >= 0x1p-13; distance /= 2.0)
    least =
      MIN (least, fabs (differentiate (trial, layer, what, values, direction, distance) - slope));
  return least;
}

/* Ones and minus ones; returns the slope along them that @gradient says. */
static double
choose_direction (FxpNoise noise, guint nth, const double *gradient, gsize n, double *direction)
{
  double slope = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      direction[i] = (fxp_noise_draw (noise, (guint32)(nth * n + i)) & 1) != 0 ? 1.0 : -1.0;
      slope += gradient[i] * direction[i];
    }
  return slope;
}

static void
check_part (Trial *trial, guint layer, FxpLearnt what, const double *gradient)
{
  const gsize n = trial_get_learnt (trial, layer, what)->n;
  const FxpNoise noise = fxp_noise_new (11, layer, what, 0, FXP_STREAM_SYNTHETIC);
  g_autofree double *values = trial_decode (trial_get_learnt (trial, layer, what));
  g_autofree double *direction = g_new (double, n);
  double norm = 0.0, worst = 0.0;

  for (gsize i = 0; i < n; i++)
    norm += gradient[i] * gradient[i];
  norm = sqrt (norm);
  g_assert_cmpfloat (norm, >, 1e-3);
  for (guint k = 0; k < N_DIRECTIONS; k++)
    {
      double slope = choose_direction (noise, k, gradient, n, direction);
      double error = get_error (trial, layer, what, values, direction, slope);

      worst = MAX (worst, error / norm);
    }
  g_test_message ("layer %u, %s: off by %g of %g",
                  layer + 1,
                  fxp_learnt_get_nick (what),
                  worst,
                  norm);
  g_assert_cmpfloat (worst, <, TOLERANCE);
}

static void
test_gradients (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Trial) trained = new_trial (test), trial = new_trial (test);

  trial_train (trained, 1.0);
  for (guint layer = 0; layer < fxp_network_get_n_weighted (trial->network); layer++)
    for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
      {
        const FxpTensor *gathered = trial_get_learnt (trained, layer, parts[i].gathered);
        g_autofree double *gradient = NULL;

        g_assert_true ((gathered == NULL) ==
                       (trial_get_learnt (trial, layer, parts[i].what) == NULL));
        if (gathered == NULL)
          continue;
        gradient = trial_decode (gathered);
        check_part (trial, layer, parts[i].what, gradient);
      }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/network/gradients/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_gradients);
    }
  return g_test_run ();
}
