/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "number/error.h"
#include "trial.h"

#include <math.h>

#define STOCHASTIC                                                                                 \
  "precision.*.weight.rounding", "stochastic", "precision.*.activation.rounding", "stochastic",    \
    "precision.*.weight-grad.rounding", "stochastic", "precision.*.activation-grad.rounding",      \
    "stochastic", "precision.*.weight-acc.rounding", "stochastic"

static const char *const image_changes[] = {
  "network.topology",
  "1x14x14-8C3-MP2-12C3-32FC-5",
  "network.activation",
  "tanh",
  STOCHASTIC,
  NULL,
};

/* Large enough that threads share the work of every kind of layer. */
static const char *const deep_changes[] = {
  "network.topology",
  "1x14x14-16C3P-BN-D10-RES(16,D20)-RES(20/2)-AP2-RES(20,I)-MP2-GAP-64FC-BN-D40-5",
  "network.activation",
  "tanh",
  "training.momentum",
  "0.9",
  "training.weight-decay",
  "0.001",
  "precision.*.*.rounding",
  "stochastic",
  "precision.*.norm.format",
  "Q3.12",
  "precision.*.norm-grad.format",
  "Q-3.18",
  "precision.*.momentum.format",
  "Q-1.12",
  NULL,
};

typedef struct
{
  const char *path;
  const char *const *changes;
  gsize n;
  gboolean twin;
} TeamCase;

/* Only the first step is probed, as others are walked through by all threads. */
static void
train_and_evaluate (Trial *trial)
{
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, FALSE};
  FxpStepResult result;

  for (guint i = 0; i < 3; i++)
    {
      FxpStep step = trial_get_step (trial, i == 0);

      take_whole_step (trial->network, trial->inputs, trial->labels, trial->n, 0.1, &step, &result);
      trial->step++;
    }
  fxp_network_forward (trial->network, trial->inputs, trial->n, &evaluation);
}

static void
test_team (gconstpointer data)
{
  const TeamCase *self = data;
  const FxpShape shape = FXP_SHAPE_3 (1, 14, 14);
  g_autoptr (Trial) alone = trial_new (self->changes, &shape, 5, self->n, self->twin, 0);

  train_and_evaluate (alone);
  for (guint n_threads = 1; n_threads <= 3; n_threads++)
    {
      g_autoptr (Trial) trial =
        trial_new (self->changes, &shape, 5, self->n, self->twin, n_threads);

      train_and_evaluate (trial);
      trial_assert_same_tensors (alone, trial);
      trial_assert_same_counts (alone, trial);
      g_assert_cmpmem (fxp_network_get_logits (alone->network),
                       self->n * 5 * sizeof (double),
                       fxp_network_get_logits (trial->network),
                       self->n * 5 * sizeof (double));
    }
}

/* Unprobed steps may walk arrays in any order; nothing but the moments may tell. */
static void
test_probe (void)
{
  g_autoptr (Trial) probed = trial_new (image_changes, &FXP_SHAPE_3 (1, 14, 14), 5, 40, FALSE, 2);
  g_autoptr (Trial) plain = trial_new (image_changes, &FXP_SHAPE_3 (1, 14, 14), 5, 40, FALSE, 2);

  for (guint step = 0; step < 3; step++)
    {
      FxpStep plain_step = trial_get_step (plain, FALSE);
      FxpStepResult result;

      trial_train (probed, 0.1);
      take_whole_step (plain->network,
                       plain->inputs,
                       plain->labels,
                       plain->n,
                       0.1,
                       &plain_step,
                       &result);
      plain->step++;
    }
  trial_assert_same_tensors (probed, plain);
  for (guint layer = 0; layer < 4; layer++)
    for (guint role = 0; role < FXP_N_ROLES; role++)
      {
        FxpTensorId id = {layer, role};
        const FxpStatistics *a = fxp_network_get_statistics (probed->network, id);
        const FxpStatistics *b = fxp_network_get_statistics (plain->network, id);

        g_assert_cmpmem (&a->counts, sizeof a->counts, &b->counts, sizeof b->counts);
        if (trial_get_tensor (probed, layer, role) == NULL)
          continue;
        g_assert_cmpuint (a->counts.n, >, 0);
        g_assert_cmpuint (fxp_statistics_get_n (a), ==, a->counts.n);
        g_assert_cmpuint (fxp_statistics_get_n (b), ==, 0);
      }
}

/* Evaluation, even on more samples than ever before, leaves no trace. */
static void
test_evaluation (void)
{
  const char *changes[] = {"network.topology", "4-6-3", STOCHASTIC, NULL};
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, TRUE};
  g_autoptr (Trial) plain = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  g_autoptr (Trial) evaluated = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  g_autofree double *inputs = g_new0 (double, 100 * 4);
  FxpTensorId id;

  for (guint step = 0; step < 10; step++)
    {
      trial_train (plain, 0.1);
      inputs[3] = NAN;
      fxp_network_forward (evaluated->network, inputs, step < 5 ? 7 : 100, &evaluation);
      trial_train (evaluated, 0.1);
    }
  trial_assert_same_counts (plain, evaluated);
  fxp_network_forward (evaluated->network, inputs, 100, &evaluation);
  trial_assert_same_counts (plain, evaluated);
  g_assert_false (fxp_network_get_nonfinite (evaluated->network, &id));
  for (guint layer = 0; layer < 2; layer++)
    {
      g_autofree double *a = trial_dup_values (plain, layer, FXP_ROLE_WEIGHT);
      g_autofree double *b = trial_dup_values (evaluated, layer, FXP_ROLE_WEIGHT);
      gsize n = trial_get_tensor (plain, layer, FXP_ROLE_WEIGHT)->n;

      g_assert_cmpmem (a, n * sizeof (double), b, n * sizeof (double));
    }
}

/* A smaller batch uses a part of the room there is. */
static void
test_batch (void)
{
  const char *changes[] = {"network.topology", "1x6x6-3C3-MP2-5FC-3", STOCHASTIC, NULL};
  g_autoptr (Trial) small = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 5, FALSE, 0);
  g_autoptr (Trial) roomy = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 20, FALSE, 0);
  const FxpStep evaluation = {1, FXP_STEP_EVALUATION, FALSE};
  g_autofree double *a = NULL, *b = NULL;

  fxp_network_forward (roomy->network, roomy->inputs, roomy->n, &evaluation);
  roomy->n = 5;
  memcpy (roomy->labels, small->labels, 5 * sizeof (guint16));
  for (guint step = 0; step < 5; step++)
    {
      FxpStepResult x = trial_train (small, 0.1), y = trial_train (roomy, 0.1);

      g_assert_cmpfloat (x.loss, ==, y.loss);
    }
  a = trial_dup_values (small, 0, FXP_ROLE_WEIGHT);
  b = trial_dup_values (roomy, 0, FXP_ROLE_WEIGHT);
  g_assert_cmpmem (a, 27 * sizeof (double), b, 27 * sizeof (double));
}

static void
test_initial_weights (gconstpointer data)
{
  const char *activation = data;
  gboolean is_tanh = g_str_equal (activation, "tanh");
  const char *changes[] = {"network.topology",
                           "2x6x6-3C3-5FC-3",
                           "network.activation",
                           activation,
                           "experiment.seed",
                           "11",
                           NULL};
  const double fans[][2] = {{18, 27}, {48, 5}, {5, 3}};
  g_autoptr (Trial) twin = trial_new (changes, &FXP_SHAPE_3 (2, 6, 6), 3, 5, TRUE, 0);
  g_autoptr (Trial) fixed = trial_new (changes, &FXP_SHAPE_3 (2, 6, 6), 3, 5, FALSE, 0);

  for (guint layer = 0; layer < 3; layer++)
    {
      double fan = is_tanh || layer == 2 ? fans[layer][0] + fans[layer][1] : fans[layer][0];
      double limit = sqrt (6.0 / fan);
      FxpNoise noise = fxp_noise_new (11, 0, layer, FXP_ROLE_WEIGHT, FXP_STREAM_INITIALIZE);
      const FxpTensor *weight = trial_get_tensor (fixed, layer, FXP_ROLE_WEIGHT);
      const FxpTensor *residue = trial_get_tensor (fixed, layer, FXP_ROLE_WEIGHT_ACC);

      for (gsize i = 0; i < weight->n; i++)
        {
          double word = limit * (2.0 * fxp_noise_uniform (noise, i) - 1.0);

          g_assert_cmpfloat (fxp_tensor_get_value (trial_get_tensor (twin, layer, FXP_ROLE_WEIGHT),
                                                   i),
                             ==,
                             (float)word);
          g_assert_cmpfloat_with_epsilon (fxp_tensor_get_value (weight, i) +
                                            fxp_tensor_get_value (residue, i),
                                          word,
                                          fxp_format_get_step (residue->format));
        }
    }
}

static void
test_twin_equals_itself (void)
{
  const char *changes[] = {"network.topology",
                           "1x6x6-3C3-MP2-5FC-3",
                           "precision.*.*.format",
                           "float",
                           NULL};
  g_autoptr (Trial) a = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 20, TRUE, 0);
  g_autoptr (Trial) b = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 20, TRUE, 2);
  g_autoptr (Trial) all_float = trial_new (changes, &FXP_SHAPE_3 (1, 6, 6), 3, 20, FALSE, 0);

  for (guint step = 0; step < 20; step++)
    {
      trial_train (a, 0.1);
      trial_train (b, 0.1);
      trial_train (all_float, 0.1);
    }
  trial_assert_same_tensors (a, b);
  trial_assert_same_tensors (a, all_float);
}

/* Long runs part all the same, once a unit near zero falls on different sides. */
static void
test_wide_formats (gconstpointer data)
{
  const char *topology = data;
  gboolean has_images = strchr (topology, 'C') != NULL;
  const char *changes[] = {"network.topology",
                           topology,
                           "precision.*.*.format",
                           "Q5.20",
                           "precision.*.weight-grad.format",
                           "Q3.24",
                           "precision.*.activation-grad.format",
                           "Q1.25",
                           "precision.*.weight-acc.format",
                           "Q-20.44",
                           NULL};
  FxpShape shape = has_images ? FXP_SHAPE_3 (1, 7, 7) : FXP_SHAPE_1 (6);
  g_autoptr (Trial) fixed = trial_new (changes, &shape, 3, 20, FALSE, 0);
  g_autoptr (Trial) twin = trial_new (changes, &shape, 3, 20, TRUE, 0);
  double first = 0.0, last = 0.0;

  for (guint step = 0; step < 120; step++)
    {
      FxpStepResult x = trial_train (fixed, 0.2), y = trial_train (twin, 0.2);

      g_assert_cmpfloat (fabs (x.loss - y.loss), <, 0.01 * y.loss);
      first = step == 0 ? x.loss : first;
      last = x.loss;
    }
  g_assert_cmpfloat (last, <, 0.3 * first);
}

static void
test_nonfinite (void)
{
  const char *changes[] = {"network.topology", "4-6-3", NULL};
  g_autoptr (Trial) trial = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  g_autoptr (Trial) twin = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, TRUE, 0);
  FxpTensorId id;

  trial_train (trial, 0.1);
  g_assert_false (fxp_network_get_nonfinite (trial->network, &id));
  trial->inputs[5] = NAN;
  trial_train (trial, 0.1);
  g_assert_true (fxp_network_get_nonfinite (trial->network, &id));
  g_assert_cmpuint (id.layer, ==, 0);
  g_assert_cmpuint (id.role, ==, FXP_ROLE_ACTIVATION);
  trial->inputs[5] = 0.0;
  trial_train (trial, 0.1);
  g_assert_false (fxp_network_get_nonfinite (trial->network, &id));

  trial_train (twin, 1e45);
  g_assert_true (fxp_network_get_nonfinite (twin->network, &id));
  g_assert_cmpuint (id.layer, ==, 0);
  g_assert_cmpuint (id.role, ==, FXP_ROLE_WEIGHT);
}

static void
test_restore (void)
{
  const char *changes[] = {"network.topology", "4-6-3", NULL};
  g_autoptr (Trial) from = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  g_autoptr (Trial) to = trial_new (changes, &FXP_SHAPE_1 (4), 3, 10, FALSE, 0);
  const FxpTensor *weight = trial_get_tensor (from, 0, FXP_ROLE_WEIGHT);
  g_autoptr (GError) error = NULL;

  for (guint step = 0; step < 5; step++)
    trial_train (from, 0.1);
  for (guint layer = 0; layer < 2; layer++)
    for (guint what = 0; what < FXP_N_LEARNT; what++)
      {
        const FxpTensor *tensor = fxp_network_get_learnt (from->network, layer, what);

        if (tensor == NULL)
          continue;
        g_assert_true (fxp_network_restore_learnt (to->network,
                                                   layer,
                                                   what,
                                                   tensor->format,
                                                   tensor->data,
                                                   fxp_tensor_get_n_bytes (tensor),
                                                   &error));
        g_assert_no_error (error);
      }
  to->step = from->step;
  trial_train (from, 0.1);
  trial_train (to, 0.1);
  trial_assert_same_tensors (from, to);

  g_assert_false (fxp_network_restore_learnt (to->network,
                                              0,
                                              FXP_LEARNT_WEIGHT,
                                              weight->format,
                                              weight->data,
                                              fxp_tensor_get_n_bytes (weight) - 1,
                                              &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_clear_error (&error);
  g_assert_false (fxp_network_restore_learnt (to->network,
                                              0,
                                              FXP_LEARNT_WEIGHT,
                                              FXP_FORMAT_FLOAT,
                                              weight->data,
                                              fxp_tensor_get_n_bytes (weight),
                                              &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
}

static void
test_shapes (void)
{
  const char *changes[] = {"network.topology", "4-6-3", NULL};
  g_autoptr (FxpExperiment) experiment = trial_new_experiment (changes);
  g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_network_new (experiment, &FXP_SHAPE_1 (5), 3, FALSE, scratch, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (fxp_network_new (experiment, &FXP_SHAPE_1 (4), 4, FALSE, scratch, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
}

int
main (int argc, char *argv[])
{
  static const TeamCase team_cases[] = {
    {"/network/team/fixed", image_changes, 40, FALSE},
    {"/network/team/twin", image_changes, 40, TRUE},
    {"/network/team/deep/fixed", deep_changes, 100, FALSE},
    {"/network/team/deep/twin", deep_changes, 100, TRUE},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (team_cases); i++)
    g_test_add_data_func (team_cases[i].path, &team_cases[i], test_team);
  g_test_add_func ("/network/probe", test_probe);
  g_test_add_func ("/network/evaluation", test_evaluation);
  g_test_add_func ("/network/batch", test_batch);
  g_test_add_data_func ("/network/initial-weights/relu", "relu", test_initial_weights);
  g_test_add_data_func ("/network/initial-weights/tanh", "tanh", test_initial_weights);
  g_test_add_func ("/network/twin-equals-itself", test_twin_equals_itself);
  g_test_add_data_func ("/network/wide-formats/dense", "6-8-8-3", test_wide_formats);
  g_test_add_data_func ("/network/wide-formats/convolution",
                        "1x7x7-3C3-MP2-6FC-3",
                        test_wide_formats);
  g_test_add_func ("/network/nonfinite", test_nonfinite);
  g_test_add_func ("/network/restore", test_restore);
  g_test_add_func ("/network/shapes", test_shapes);
  return g_test_run ();
}
