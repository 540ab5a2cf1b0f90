/* SPDX-License-Identifier: MIT */
/* Noise gains against closed forms, and what is counted beside them.  Numbers are those of the
 * acceptance tests of the first paper's specification. */
#include "config.h"

#include "../network/trial.h"

#include "analysis/noise-gain-private.h"

#include <math.h>

#define N_SAMPLES 5

static Trial *
new_trial (const char *topology, const FxpShape *shape, guint n_classes, const char *activation)
{
  const char *changes[] = {
    "network.topology",
    topology,
    "network.activation",
    activation,
    NULL,
  };
  Trial *trial = trial_new (changes, shape, n_classes, N_SAMPLES, TRUE, 0);

  fxp_network_want_input_gradient (trial->network);
  return trial;
}

static double
get_gain (FxpNoiseGains *gains, guint layer, FxpRole role)
{
  return fxp_noise_gains_get (gains, (FxpTensorId){layer, role});
}

static void
assert_near (double found, double expected, double tolerance)
{
  g_test_message ("%.17g, expected %.17g", found, expected);
  g_assert_cmpfloat (fabs (found - expected), <=, tolerance * fabs (expected));
}

static FxpNoiseGains *
measure (Trial *trial, gboolean caps_samples)
{
  g_autoptr (FxpNoiseGainJob) job =
    fxp_noise_gain_job_new (trial->network, trial->experiment, caps_samples);

  for (gsize i = 0; i < trial->n; i++)
    g_assert_true (fxp_noise_gain_job_add (job, trial->inputs + i * trial->n_features));
  return fxp_noise_gain_job_get (job);
}

/* z = W' a: E_A = mean of sum over i != f of |w_i - w_f|^2 / (24 d_i^2), E_W that of
 * 2 |a|^2 / (24 d_i^2). */
static void
get_linear_gains (Trial *trial,
                  const double *weights,
                  guint n_classes,
                  double *gain_w,
                  double *gain_a)
{
  const gsize n = trial->n_features;

  *gain_w = *gain_a = 0.0;
  for (gsize sample = 0; sample < trial->n; sample++)
    {
      const double *a = trial->inputs + sample * n;
      g_autofree double *z = g_new0 (double, n_classes);
      double norm = 0.0;
      guint f = 0;

      for (gsize k = 0; k < n; k++)
        norm += a[k] * a[k];
      for (guint i = 0; i < n_classes; i++)
        {
          for (gsize k = 0; k < n; k++)
            z[i] += weights[i * n + k] * a[k];
          if (z[i] > z[f])
            f = i;
        }
      for (guint i = 0; i < n_classes; i++)
        {
          const double d = z[i] - z[f];
          double distance = 0.0;

          if (i == f)
            continue;
          for (gsize k = 0; k < n; k++)
            distance += pow (weights[i * n + k] - weights[f * n + k], 2);
          *gain_w += 2.0 * norm / (24.0 * d * d) / trial->n;
          *gain_a += distance / (24.0 * d * d) / trial->n;
        }
    }
}

/* Passes compute in float32, so that 1e-9 takes numbers with few digits, whose sums are exact. */
static void
test_linear (void)
{
  const FxpShape shape = {1, {20}};
  g_autoptr (Trial) trial = new_trial ("20-7", &shape, 7, "relu");
  g_autofree double *weights = trial_dup_values (trial, 0, FXP_ROLE_WEIGHT);
  g_autoptr (FxpNoiseGains) gains = NULL;
  double gain_w, gain_a;

  for (gsize i = 0; i < 7 * 20; i++)
    weights[i] = nearbyint (weights[i] * 256.0) / 256.0;
  for (gsize i = 0; i < trial->n * 20; i++)
    trial->inputs[i] = nearbyint (trial->inputs[i] * 256.0) / 256.0;
  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, weights);
  get_linear_gains (trial, weights, 7, &gain_w, &gain_a);
  gains = measure (trial, FALSE);
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (gains), ==, N_SAMPLES);
  g_assert_cmpuint (fxp_noise_gains_get_n_ties (gains), ==, 0);
  assert_near (get_gain (gains, 0, FXP_ROLE_WEIGHT), gain_w, 1e-9);
  assert_near (get_gain (gains, 0, FXP_ROLE_ACTIVATION), gain_a, 1e-9);
}

/* Any other numbers: as near as float32 is. */
static void
test_linear_any (void)
{
  const FxpShape shape = {1, {20}};
  g_autoptr (Trial) trial = new_trial ("20-7", &shape, 7, "relu");
  g_autofree double *weights = trial_dup_values (trial, 0, FXP_ROLE_WEIGHT);
  g_autoptr (FxpNoiseGains) gains = measure (trial, FALSE);
  double gain_w, gain_a;

  get_linear_gains (trial, weights, 7, &gain_w, &gain_a);
  assert_near (get_gain (gains, 0, FXP_ROLE_WEIGHT), gain_w, 1e-3);
  assert_near (get_gain (gains, 0, FXP_ROLE_ACTIVATION), gain_a, 1e-3);
}

/* A filter of one pixel over two: its derivative is the sum over both, those of A are apart. */
static void
test_sharing (void)
{
  const FxpShape shape = {3, {1, 1, 2}};
  g_autoptr (Trial) trial = new_trial ("1x1x2-1C1-2", &shape, 2, "relu");
  const double filter = 0.5, weights[] = {1.0, 2.0, 0.5, -1.0};
  g_autoptr (FxpNoiseGains) gains = NULL;
  double margin, gain_w;

  trial->n = 1;
  trial->inputs[0] = 2.0;
  trial->inputs[1] = 3.0;
  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, &filter);
  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, weights);
  gains = measure (trial, FALSE);
  /* z = (1 + 3, 0.5 - 1.5), their difference -5; by the places of A it changes by -0.5 and -3. */
  margin = -5.0;
  gain_w = pow (2.0 * -0.5 + 3.0 * -3.0, 2);
  assert_near (get_gain (gains, 0, FXP_ROLE_WEIGHT), gain_w / (24.0 * margin * margin), 1e-12);
  assert_near (get_gain (gains, 1, FXP_ROLE_ACTIVATION), 9.25 / (24.0 * margin * margin), 1e-12);
  assert_near (get_gain (gains, 0, FXP_ROLE_ACTIVATION),
               0.25 * 9.25 / (24.0 * margin * margin),
               1e-12);
  assert_near (get_gain (gains, 1, FXP_ROLE_WEIGHT), 2.0 * 3.25 / (24.0 * margin * margin), 1e-12);
}

/* Four pixels of A in front of a maximum count, though the gradient is at one of them; an average
 * gives each a quarter. */
static void
test_pooling (void)
{
  const FxpShape shape = {3, {1, 2, 2}};
  g_autoptr (Trial) most = new_trial ("1x2x2-1C1-MP2-2", &shape, 2, "relu");
  g_autoptr (Trial) mean = new_trial ("1x2x2-1C1-GAP-2", &shape, 2, "relu");
  const double filter = 1.0, weights[] = {3.0, 1.0}, inputs[] = {1.0, 2.0, 4.0, 1.0};
  Trial *trials[] = {most, mean};
  /* z_1 - z_0 is -2 times what the pool gives, which is 4 and 2. */
  const double expected[] = {4.0 / (24.0 * 64.0), 4 * 0.25 / (24.0 * 16.0)};

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (FxpNoiseGains) gains = NULL;

      trials[i]->n = 1;
      memcpy (trials[i]->inputs, inputs, sizeof (inputs));
      trial_set_tensor (trials[i], 0, FXP_ROLE_WEIGHT, &filter);
      trial_set_tensor (trials[i], 1, FXP_ROLE_WEIGHT, weights);
      gains = measure (trials[i], FALSE);
      assert_near (get_gain (gains, 1, FXP_ROLE_ACTIVATION), expected[i], 1e-12);
    }
}

/* 5.4: logits that tie are left out, and counted. */
static void
test_ties (void)
{
  const FxpShape shape = {1, {2}};
  g_autoptr (Trial) trial = new_trial ("2-3", &shape, 3, "relu");
  const double weights[] = {1.0, 1.0, 1.0, 1.0, 0.0, 0.0};
  g_autoptr (FxpNoiseGains) gains = NULL;

  trial->n = 2;
  for (guint i = 0; i < 4; i++)
    trial->inputs[i] = 1.0;
  trial_set_tensor (trial, 0, FXP_ROLE_WEIGHT, weights);
  gains = measure (trial, FALSE);
  g_assert_cmpuint (fxp_noise_gains_get_n_ties (gains), ==, 2);
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (gains), ==, 2);
  /* Of each sample one pair is left, whose logits are 2 apart. */
  assert_near (get_gain (gains, 0, FXP_ROLE_WEIGHT), 2.0 * 2.0 / (24.0 * 4.0), 1e-12);
  assert_near (get_gain (gains, 0, FXP_ROLE_ACTIVATION), 2.0 / (24.0 * 4.0), 1e-12);
}

/* All logits equal: nothing is divided by nothing. */
static void
test_all_tie (void)
{
  const FxpShape shape = {1, {2}};
  g_autoptr (Trial) trial = new_trial ("2-4-3", &shape, 3, "relu");
  const double zeros[12] = {0.0};
  g_autoptr (FxpNoiseGains) gains = NULL;

  trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, zeros);
  gains = measure (trial, FALSE);
  g_assert_cmpuint (fxp_noise_gains_get_n_ties (gains), ==, 2 * N_SAMPLES);
  for (guint layer = 0; layer < 2; layer++)
    {
      g_assert_cmpfloat (get_gain (gains, layer, FXP_ROLE_WEIGHT), ==, 0.0);
      g_assert_cmpfloat (get_gain (gains, layer, FXP_ROLE_ACTIVATION), ==, 0.0);
    }
}

/* Logits that are no numbers make none. */
static void
test_nonfinite (void)
{
  const FxpShape shape = {1, {2}};
  g_autoptr (Trial) trial = new_trial ("2-3", &shape, 3, "relu");
  g_autoptr (FxpNoiseGains) gains = NULL;

  trial->n = 1;
  trial->inputs[0] = NAN;
  gains = measure (trial, FALSE);
  g_assert_cmpuint (fxp_noise_gains_get_n_ties (gains), ==, 2);
  g_assert_cmpfloat (get_gain (gains, 0, FXP_ROLE_WEIGHT), ==, 0.0);
}

/* A single class leaves no pair, and before the first sample there is nothing. */
static void
test_one_class (void)
{
  const FxpShape shape = {1, {2}};
  g_autoptr (Trial) trial = new_trial ("2-3-1", &shape, 1, "relu");
  g_autoptr (FxpNoiseGainJob) job =
    fxp_noise_gain_job_new (trial->network, trial->experiment, FALSE);
  g_autoptr (FxpNoiseGains) none = fxp_noise_gain_job_get (job);
  g_autoptr (FxpNoiseGains) gains = measure (trial, FALSE);

  g_assert_cmpuint (fxp_noise_gains_get_n_samples (none), ==, 0);
  g_assert_cmpfloat (get_gain (none, 0, FXP_ROLE_WEIGHT), ==, 0.0);
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (gains), ==, N_SAMPLES);
  g_assert_cmpuint (fxp_noise_gains_get_n_ties (gains), ==, 0);
  g_assert_cmpfloat (get_gain (gains, 0, FXP_ROLE_WEIGHT), ==, 0.0);
  g_assert_cmpfloat (get_gain (gains, 1, FXP_ROLE_ACTIVATION), ==, 0.0);
}

/* The mean over samples is that of each alone, whatever came before, and the network is left as it
 * was. */
static void
test_mean (void)
{
  const FxpShape shape = {3, {2, 5, 5}};
  const char *topology = "2x5x5-3C3P-BN-RES(4/2)-GAP-3";
  g_autoptr (Trial) trial = new_trial (topology, &shape, 3, "relu");
  g_autoptr (FxpNoiseGainJob) job =
    fxp_noise_gain_job_new (trial->network, trial->experiment, FALSE);
  const guint n_layers = fxp_network_get_n_weighted (trial->network);
  g_autoptr (FxpNoiseGains) all = measure (trial, FALSE);
  g_autofree double *before = trial_dup_values (trial, 0, FXP_ROLE_WEIGHT);
  g_autofree double *sums = g_new0 (double, 2 * n_layers);
  g_autofree double *after = NULL;

  for (guint i = 0; i < N_SAMPLES; i++)
    {
      g_autoptr (FxpNoiseGainJob) alone =
        fxp_noise_gain_job_new (trial->network, trial->experiment, FALSE);
      g_autoptr (FxpNoiseGains) gains = NULL;

      g_assert_true (fxp_noise_gain_job_add (alone, trial->inputs + i * trial->n_features));
      gains = fxp_noise_gain_job_get (alone);
      for (guint k = 0; k < 2 * n_layers; k++)
        sums[k] += get_gain (gains, k / 2, k % 2);
    }
  for (guint k = 0; k < 2 * n_layers; k++)
    {
      g_assert_cmpfloat (sums[k], >, 0.0);
      assert_near (get_gain (all, k / 2, k % 2), sums[k] / N_SAMPLES, 1e-12);
    }
  /* Row 4 is the projection, whose A is that of the block's first convolution. */
  g_assert_cmpuint (fxp_topology_get_input_owner (fxp_experiment_get_topology (trial->experiment),
                                                  3),
                    ==,
                    1);
  g_assert_cmpfloat (get_gain (all, 3, FXP_ROLE_ACTIVATION),
                     ==,
                     get_gain (all, 1, FXP_ROLE_ACTIVATION));
  after = trial_dup_values (trial, 0, FXP_ROLE_WEIGHT);
  g_assert_cmpmem (before, 54 * sizeof (double), after, 54 * sizeof (double));
}

/* 5.2: at steps so coarse that the bound passes 1 on every sample, each counts as 1. */
static void
test_caps (void)
{
  const FxpShape shape = {1, {6}};
  g_autoptr (Trial) trial = new_trial ("6-5-3", &shape, 3, "relu");
  g_autoptr (FxpNoiseGains) plain = NULL, capped = NULL, fine = NULL, uncapped = NULL;

  trial_change (trial, "precision.*.weight.format", "Q3.0");
  trial_change (trial, "precision.*.activation.format", "Q3.0");
  plain = measure (trial, FALSE);
  capped = measure (trial, TRUE);
  g_assert_cmpfloat (fxp_noise_gains_get_bound (plain, trial->experiment, TRUE), >, 1.0);
  g_assert_cmpuint (fxp_noise_gains_get_n_capped (plain), ==, 0);
  g_assert_cmpuint (fxp_noise_gains_get_n_capped (capped), >, 0);
  g_assert_cmpfloat (fxp_noise_gains_get_bound (capped, trial->experiment, TRUE), <=, 1.0 + 1e-12);
  if (fxp_noise_gains_get_n_capped (capped) == N_SAMPLES)
    assert_near (fxp_noise_gains_get_bound (capped, trial->experiment, TRUE), 1.0, 1e-12);

  trial_change (trial, "precision.*.weight.format", "Q3.20");
  trial_change (trial, "precision.*.activation.format", "Q3.20");
  fine = measure (trial, TRUE);
  uncapped = measure (trial, FALSE);
  g_assert_cmpuint (fxp_noise_gains_get_n_capped (fine), ==, 0);
  for (guint layer = 0; layer < 2; layer++)
    g_assert_cmpfloat (get_gain (fine, layer, FXP_ROLE_WEIGHT),
                       ==,
                       get_gain (uncapped, layer, FXP_ROLE_WEIGHT));
}

/* Delta^2 E, and their sum. */
static void
test_bound (void)
{
  const double weights[] = {3.0, 5.0}, activations[] = {7.0, 11.0};
  const char *changes[] = {
    "network.topology",
    "4-3-2",
    "precision.1.weight.format",
    "Q0.3",
    "precision.2.weight.format",
    "float",
    "precision.1.activation.format",
    "UQ0.8",
    "precision.2.activation.format",
    "UQ1.2",
    NULL,
  };
  g_autoptr (FxpExperiment) experiment = trial_new_experiment (changes);
  g_autoptr (FxpNoiseGains) gains = fxp_noise_gains_new (weights, activations, 2, 9);

  g_assert_cmpuint (fxp_noise_gains_get_n_layers (gains), ==, 2);
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (gains), ==, 9);
  g_assert_true (isnan (get_gain (gains, 0, FXP_ROLE_BIAS)));
  g_assert_true (
    isnan (fxp_noise_gains_get_contribution (gains, experiment, (FxpTensorId){0, FXP_ROLE_BIAS})));
  g_assert_cmpfloat (fxp_noise_gains_get_contribution (gains,
                                                       experiment,
                                                       (FxpTensorId){0, FXP_ROLE_WEIGHT}),
                     ==,
                     3.0 / 64.0);
  g_assert_cmpfloat (fxp_noise_gains_get_contribution (gains,
                                                       experiment,
                                                       (FxpTensorId){1, FXP_ROLE_WEIGHT}),
                     ==,
                     0.0);
  g_assert_cmpfloat (fxp_noise_gains_get_bound (gains, experiment, FALSE),
                     ==,
                     3.0 / 64.0 + 11.0 / 16.0);
  g_assert_cmpfloat (fxp_noise_gains_get_bound (gains, experiment, TRUE),
                     ==,
                     3.0 / 64.0 + 11.0 / 16.0 + 7.0 / 65536.0);
}

static gboolean
give_up (double share, gpointer data)
{
  guint *n_left = data;

  return (*n_left)-- == 0;
}

/* A sample that was given up half way is as if it had never come. */
static void
test_given_up (void)
{
  const FxpShape shape = {3, {2, 16, 16}};
  const char *topology = "2x16x16-16C3P-16C3P-4";
  g_autoptr (Trial) trial = new_trial (topology, &shape, 4, "relu");
  g_autoptr (FxpNoiseGainJob) job =
    fxp_noise_gain_job_new (trial->network, trial->experiment, FALSE);
  g_autoptr (FxpNoiseGains) expected = measure (trial, FALSE), found = NULL;
  guint n_given_up = 0;

  for (guint n_questions = 0; n_questions < 20; n_questions++)
    {
      guint n_left = n_questions;

      fxp_network_set_monitor (trial->network, give_up, &n_left);
      if (fxp_noise_gain_job_add (job, trial->inputs))
        break;
      n_given_up++;
    }
  g_assert_cmpuint (n_given_up, >, 1);
  fxp_network_set_monitor (trial->network, NULL, NULL);
  g_clear_pointer (&job, fxp_noise_gain_job_free);

  job = fxp_noise_gain_job_new (trial->network, trial->experiment, FALSE);
  for (gsize i = 0; i < trial->n; i++)
    {
      guint n_left = 3;

      fxp_network_set_monitor (trial->network, give_up, &n_left);
      g_assert_false (fxp_noise_gain_job_add (job, trial->inputs));
      fxp_network_set_monitor (trial->network, NULL, NULL);
      g_assert_true (fxp_noise_gain_job_add (job, trial->inputs + i * trial->n_features));
    }
  found = fxp_noise_gain_job_get (job);
  g_assert_cmpuint (fxp_noise_gains_get_n_samples (found), ==, N_SAMPLES);
  for (guint layer = 0; layer < 3; layer++)
    for (guint role = FXP_ROLE_WEIGHT; role <= FXP_ROLE_ACTIVATION; role++)
      g_assert_cmpfloat (get_gain (found, layer, role), ==, get_gain (expected, layer, role));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/noise-gain/6.12-linear", test_linear);
  g_test_add_func ("/noise-gain/6.12-linear-any", test_linear_any);
  g_test_add_func ("/noise-gain/sharing", test_sharing);
  g_test_add_func ("/noise-gain/pooling", test_pooling);
  g_test_add_func ("/noise-gain/5.4-ties", test_ties);
  g_test_add_func ("/noise-gain/5.4-all-tie", test_all_tie);
  g_test_add_func ("/noise-gain/nonfinite", test_nonfinite);
  g_test_add_func ("/noise-gain/one-class", test_one_class);
  g_test_add_func ("/noise-gain/mean", test_mean);
  g_test_add_func ("/noise-gain/5.2-caps", test_caps);
  g_test_add_func ("/noise-gain/bound", test_bound);
  g_test_add_func ("/noise-gain/given-up", test_given_up);
  return g_test_run ();
}
