/* SPDX-License-Identifier: MIT */
/* BQN on trained nets (test 6.18): noise put on G_A by the steps that the criterion allows, and
 * what of it is seen in G_W. */
#include "config.h"

#include "analysis/probe-private.h"
#include "analysis/reflected-noise-private.h"
#include "injected.h"

#include <math.h>

#define N_TRAINED 160 /* steps */
#define EPOCH     20
#define N_BATCHES 3
#define N_DRAWS   300
#define N_CLASSES 10

typedef struct
{
  const char *name;
  const char *topology;
  const char *activation;
  gboolean is_linear; /* noise reaches G_W as J says; the step's own batch normalization takes some
                       * of it away */
} Case;

static const Case cases[] = {
  {"dense", "1x8x8-64FC-32FC-10", "clipped-relu", TRUE},
  {"dense-tanh", "1x8x8-64FC-32FC-10", "tanh", TRUE},
  {"maximum", "1x8x8-6C3P-MP2-8C3-10", "relu", TRUE},
  {"average", "1x8x8-6C3P-AP2-8C3P-GAP-10", "relu", TRUE},
  {"residual", "1x8x8-6C3P-BN-RES(8/2)-GAP-10", "clipped-relu", FALSE},
};

/* Each class has a picture, which noise blurs. */
static void
take_batch (Trial *trial, guint64 nth)
{
  const FxpNoise pictures = fxp_noise_new (1, 0, 0, 0, FXP_STREAM_SYNTHETIC);
  const FxpNoise noise = fxp_noise_new (2, nth, 0, 0, FXP_STREAM_SYNTHETIC);

  for (gsize i = 0; i < trial->n; i++)
    {
      const guint label = fxp_noise_draw (noise, 1000000 + i) % N_CLASSES;

      trial->labels[i] = label;
      for (gsize j = 0; j < trial->n_features; j++)
        {
          const gsize at = i * trial->n_features + j;

          trial->inputs[at] = 0.5 * fxp_noise_uniform (pictures, label * trial->n_features + j) +
                              0.5 * fxp_noise_uniform (noise, at);
        }
    }
}

static FxpBaseline *
train (Trial *trial)
{
  g_autoptr (FxpProbe) probe = fxp_probe_new (trial->network, trial->team, trial->scratch);

  for (guint i = 0; i < N_TRAINED; i++)
    {
      const FxpStep step = trial_get_step (trial, FALSE);
      FxpStepResult result;

      take_batch (trial, trial->step);
      g_assert_true (fxp_network_forward (trial->network, trial->inputs, trial->n, &step));
      fxp_network_get_loss (trial->network, trial->labels, &result);
      g_assert_true (fxp_network_backward (trial->network, &step));
      g_assert_true (fxp_probe_record (probe, i % EPOCH == 0, i % EPOCH == EPOCH - 1, NULL, NULL));
      fxp_network_update (trial->network, 0.1, &step);
      trial->step++;
    }
  return fxp_probe_get_baseline (probe);
}

/* 2^floor (log2 x) */
static double
round_down (double x)
{
  int exponent;

  frexp (x, &exponent);
  return ldexp (1.0, exponent - 1);
}

/* Power of the change of G_W, mean over draws. */
static double
measure_noise (Trial *trial, guint layer, gsize n_gradients, double step, guint seed)
{
  const guint owner =
    fxp_topology_get_output_owner (fxp_network_get_topology (trial->network), layer);
  const gsize n_weights = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD)->n;
  g_autofree double *values = g_new0 (double, n_gradients);
  Injection injection = {.layer = owner, .values = values, .is_added = TRUE};
  g_autofree double *quiet = form_weight_gradient (trial, layer, &injection, FALSE);
  double power = 0.0;

  for (guint draw = 0; draw < N_DRAWS; draw++)
    {
      const FxpNoise noise = fxp_noise_new (seed, draw, layer, 0, FXP_STREAM_SYNTHETIC);
      g_autofree double *noisy = NULL;

      for (gsize i = 0; i < n_gradients; i++)
        values[i] = step * (fxp_noise_uniform (noise, i) - 0.5);
      noisy = form_weight_gradient (trial, layer, &injection, FALSE);
      for (gsize i = 0; i < n_weights; i++)
        power += (noisy[i] - quiet[i]) * (noisy[i] - quiet[i]) / N_DRAWS;
    }
  return power;
}

static void
check_layer (Trial *trial, const Case *test, const FxpLayerBaseline *baseline, guint layer)
{
  const double weight_step = round_down (0.25 * baseline->weight_grad.min);
  const double size = (double)baseline->n_weights / baseline->n_activation_grads;
  const double step =
    round_down (weight_step / sqrt (baseline->lambda[FXP_JACOBIAN_EXACT]) * sqrt (sqrt (size)));
  const double own = baseline->n_weights * weight_step * weight_step / 12.0;

  for (guint batch = 0; batch < N_BATCHES; batch++)
    {
      FxpReflection reflection;
      double reflected, finer;

      take_batch (trial, 5000 + batch);
      go_forward (trial, FALSE);
      reflected = measure_noise (trial, layer, baseline->n_activation_grads, step, 11);
      finer = measure_noise (trial, layer, baseline->n_activation_grads, 0.5 * step, 12);
      g_test_message ("%s, layer %u: reflected / own %.3f", test->name, layer + 1, reflected / own);
      g_assert_cmpfloat (reflected / own, <=, 1.0);
      g_assert_cmpfloat (reflected, >, 0.0);
      g_assert_cmpfloat (fabs (reflected / finer - 4.0), <=, 0.4);

      go_back (trial, FALSE);
      fxp_reflection_measure (trial->network,
                              layer,
                              &fxp_reflection_default,
                              trial->team,
                              trial->scratch,
                              NULL,
                              NULL,
                              &reflection);
      reflected /= reflection.total * step * step / 12.0;
      g_assert_cmpfloat (reflected, <=, 1.08);
      if (test->is_linear)
        g_assert_cmpfloat (reflected, >=, 0.92);
    }
}

static void
test_bounded (gconstpointer data)
{
  const Case *test = data;
  const char *changes[] = {"network.topology",
                           test->topology,
                           "network.activation",
                           test->activation,
                           NULL};
  g_autoptr (Trial) trial = trial_new (changes, &(FxpShape){3, {1, 8, 8}}, N_CLASSES, 50, TRUE, 0);
  g_autoptr (FxpBaseline) baseline = train (trial);

  for (guint layer = 0; layer < fxp_baseline_get_n_layers (baseline); layer++)
    check_layer (trial, test, fxp_baseline_get_layer (baseline, layer), layer);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/bounded-noise/6.18/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_bounded);
    }
  return g_test_run ();
}
