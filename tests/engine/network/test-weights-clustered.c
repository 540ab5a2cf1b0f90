/* SPDX-License-Identifier: MIT */
/* Networks that compute with clusters in place of W and learn W straight through; tests with a
 * letter and a number are acceptance tests of the second paper. */
#include "config.h"

#include "trial.h"

#include "number/cluster.h"

#include <math.h>

#define IMAGE     FXP_SHAPE_3 (2, 6, 5)
#define TOPOLOGY  "2x6x5-4C3P-BN-5C3P-MP2-6C1-7FC-3"
#define N_LAYERS  5
#define N_CLASSES 3

/* Float throughout, as no quantizer but the clusters is meant to be seen. */
static Trial *
new_trial (const char *topology,
           const char *activation,
           const char *method,
           const char *last,
           gboolean twin,
           guint n_threads)
{
  const char *changes[] = {
    "network.topology",
    topology,
    "network.activation",
    activation,
    "precision.*.*.format",
    "float",
    "clusters.method",
    method,
    "clusters.size",
    "2",
    "clusters.last",
    last,
    NULL,
  };

  return trial_new (changes, &IMAGE, N_CLASSES, 6, twin, n_threads);
}

static const FxpClusterOptions *
get_options (const Trial *trial)
{
  return &fxp_experiment_get_settings (trial->experiment)->clusters;
}

/* Kernels of the topology above, by the number of their pixels. */
static FxpWeightShape
get_shape (const Trial *trial, guint layer)
{
  const FxpTensor *weight = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT);
  const FxpShape *shape = &weight->shape;

  return (FxpWeightShape){
    .n_units = shape->dim[0],
    .n_inputs = shape->dim[1],
    .n_pixels = shape->rank == 4 ? shape->dim[2] * shape->dim[3] : 1,
  };
}

/* Used is what @clusters, which is taken, says of W as it is. */
static void
assert_used (const Trial *trial, guint layer, FxpClusters *clusters)
{
  const FxpTensor *used = fxp_network_get_used_weights (trial->network, layer);
  g_autoptr (FxpClusters) owned = clusters;
  g_autofree double *values = g_new (double, used->n);

  fxp_clusters_decode (clusters, values);
  g_assert_true (fxp_format_is_float (used->format));
  for (gsize i = 0; i < used->n; i++)
    g_assert_cmpfloat (fxp_tensor_get_value (used, i), ==, values[i]);
}

static void
assert_used_plain (const Trial *trial, guint layer)
{
  const FxpWeightShape shape = get_shape (trial, layer);
  g_autofree double *words = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT);

  assert_used (trial, layer, fxp_clusters_new_plain (8, &shape, words));
}

static void
assert_used_clusters (const Trial *trial, guint layer)
{
  const FxpWeightShape shape = get_shape (trial, layer);
  g_autofree double *words = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT);

  assert_used (trial, layer, fxp_clusters_new (get_options (trial), &shape, words));
}

static void
assert_used_itself (const Trial *trial, guint layer)
{
  g_assert_true (fxp_network_get_used_weights (trial->network, layer) ==
                 trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT));
}

/* 2.3: which layers have what. */
static void
test_layers (void)
{
  static const char *const lasts[] = {"float", "8", "clusters"};
  void (*const checks[]) (const Trial *, guint) = {
    assert_used_itself,
    assert_used_plain,
    assert_used_clusters,
  };

  for (guint i = 0; i < G_N_ELEMENTS (lasts); i++)
    {
      g_autoptr (Trial) trial = new_trial (TOPOLOGY, "relu", "opt", lasts[i], FALSE, 0);

      trial_get_loss (trial);
      assert_used_plain (trial, 0);
      for (guint layer = 1; layer < N_LAYERS - 1; layer++)
        assert_used_clusters (trial, layer);
      checks[i](trial, N_LAYERS - 1);
    }
  for (guint i = 0; i < G_N_ELEMENTS (lasts); i++)
    {
      g_autoptr (Trial) alone = new_trial ("2x6x5-3", "relu", "opt", lasts[i], FALSE, 0);

      trial_get_loss (alone);
      assert_used_plain (alone, 0);
    }
}

/* One and minus one at random; the slope along them that @gradient says. */
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

/* Of the loss of @plain, whose weights of @layer are the values of clusters, along @direction. */
static double
differentiate (Trial *plain,
               guint layer,
               const double *values,
               const double *direction,
               double distance)
{
  const gsize n = trial_get_tensor (plain, layer, FXP_ROLE_WEIGHT)->n;
  g_autofree double *moved = g_new (double, n);
  double losses[2];

  for (guint side = 0; side < 2; side++)
    {
      for (gsize i = 0; i < n; i++)
        moved[i] = values[i] + (side == 0 ? distance : -distance) * direction[i];
      trial_set_tensor (plain, layer, FXP_ROLE_WEIGHT, moved);
      losses[side] = trial_get_loss (plain);
    }
  trial_set_tensor (plain, layer, FXP_ROLE_WEIGHT, values);
  return (losses[0] - losses[1]) / (2.0 * distance);
}

static void
check_gradient (const Trial *trial, Trial *plain, guint layer)
{
  const FxpNoise noise = fxp_noise_new (13, layer, 0, 0, FXP_STREAM_SYNTHETIC);
  const gsize n = trial_get_tensor (plain, layer, FXP_ROLE_WEIGHT)->n;
  g_autofree double *values = trial_dup_values (plain, layer, FXP_ROLE_WEIGHT);
  g_autofree double *gradient = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT_GRAD);
  g_autofree double *direction = g_new (double, n);
  double norm = 0.0;

  for (gsize i = 0; i < n; i++)
    norm += gradient[i] * gradient[i];
  norm = sqrt (norm);
  g_assert_cmpfloat (norm, >, 1e-3);
  for (guint k = 0; k < 8; k++)
    {
      const double slope = choose_direction (noise, k, gradient, n, direction);
      double error = G_MAXDOUBLE;

      /* The greater ones see the loss bend, the lesser ones what float32 loses. */
      for (double distance = 0x1p-6; distance >= 0x1p-10; distance /= 2.0)
        error =
          MIN (error, fabs (differentiate (plain, layer, values, direction, distance) - slope));
      g_assert_cmpfloat (error, <, 1e-3 * norm);
    }
}

/* The straight-through gradient of W is that of the values of its clusters, which another network
 * has as its weights.  No maxima, as few values make many equal ones. */
static void
test_gradient (void)
{
  static const char *const topologies[] = {"2x6x5-4C3P-BN-5C3P-AP2-6C1-7FC-3",
                                           "2x6x5-8FC-9FC-3",
                                           "2x6x5-5C3P-BN-7C1/2-3"};
  static const char *const methods[] = {"opt", "rms-literal", "linear", "power"};
  static const char *const lasts[] = {"float", "8", "clusters"};

  for (guint i = 0; i < G_N_ELEMENTS (topologies) * G_N_ELEMENTS (methods); i++)
    {
      const char *topology = topologies[i / G_N_ELEMENTS (methods)];
      const char *method = methods[i % G_N_ELEMENTS (methods)], *last = lasts[i % 3];
      g_autoptr (Trial) trial = new_trial (topology, "tanh", method, last, FALSE, 0);
      g_autoptr (Trial) plain = new_trial (topology, "tanh", "none", last, FALSE, 0);
      const guint n_layers = fxp_network_get_n_weighted (trial->network);

      trial_train (trial, 0.0);
      for (guint layer = 0; layer < n_layers; layer++)
        {
          const FxpTensor *used = fxp_network_get_used_weights (trial->network, layer);
          g_autofree double *values = trial_decode (used);

          trial_set_tensor (plain, layer, FXP_ROLE_WEIGHT, values);
        }
      for (guint layer = 0; layer < n_layers; layer++)
        check_gradient (trial, plain, layer);
    }
}

/* Signs of the values, +1, 0 and -1 as bytes. */
static GBytes *
get_signs (const Trial *trial, guint layer)
{
  const FxpTensor *used = fxp_network_get_used_weights (trial->network, layer);
  gint8 *signs = g_new (gint8, used->n);

  for (gsize i = 0; i < used->n; i++)
    signs[i] = (fxp_tensor_get_value (used, i) > 0.0) - (fxp_tensor_get_value (used, i) < 0.0);
  return g_bytes_new_take (signs, used->n);
}

static void
test_rates (void)
{
  g_autoptr (Trial) trial = new_trial (TOPOLOGY, "relu", "opt", "float", FALSE, 0);
  const guint layer = 2;
  g_autoptr (GBytes) signs = NULL;
  g_autoptr (GBytes) signs_after = NULL;
  g_autofree double *used = NULL, *used_after = NULL, *words = NULL, *words_after = NULL;
  const gsize n = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT)->n;
  gsize n_moved = 0;

  trial_get_loss (trial);
  used = trial_decode (fxp_network_get_used_weights (trial->network, layer));
  words = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT);
  signs = get_signs (trial, layer);
  for (guint i = 0; i < 100; i++)
    trial_train (trial, 0.0);
  used_after = trial_decode (fxp_network_get_used_weights (trial->network, layer));
  g_assert_cmpmem (used, n * sizeof *used, used_after, n * sizeof *used);

  trial_train (trial, 1e-4);
  trial_get_loss (trial);
  words_after = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT);
  signs_after = get_signs (trial, layer);
  g_assert_true (g_bytes_equal (signs, signs_after));
  for (gsize i = 0; i < n; i++)
    n_moved += words[i] != words_after[i];
  g_assert_cmpuint (n_moved, >, n / 2);
}

/* Without a method, all else of the group means nothing, and a network of float formats is the
 * float twin: plain descent, to the last bit. */
static void
test_off (void)
{
  g_autoptr (Trial) off = new_trial (TOPOLOGY, "relu", "none", "float", FALSE, 0);
  g_autoptr (Trial) twin = new_trial (TOPOLOGY, "relu", "none", "8", TRUE, 0);
  g_autoptr (Trial) clustered_twin = new_trial (TOPOLOGY, "relu", "opt", "clusters", TRUE, 0);

  for (guint i = 0; i < 20; i++)
    {
      trial_train (off, 0.1);
      trial_train (twin, 0.1);
      trial_train (clustered_twin, 0.1);
    }
  trial_assert_same_tensors (off, twin);
  trial_assert_same_tensors (clustered_twin, twin);
  for (guint layer = 0; layer < N_LAYERS; layer++)
    {
      assert_used_itself (off, layer);
      assert_used_itself (clustered_twin, layer);
    }
}

/* W is split into W_acc and itself, on grids, while its clusters compute. */
static void
test_split_words (void)
{
  const char *changes[] = {
    "network.topology",
    "2x6x5-4C3-MP2-6FC-3",
    "precision.*.*.rounding",
    "stochastic",
    "clusters.method",
    "twn",
    "clusters.last",
    "clusters",
    NULL,
  };
  g_autoptr (Trial) trial = trial_new (changes, &IMAGE, N_CLASSES, 6, FALSE, 0);
  g_autofree double *before = trial_dup_values (trial, 1, FXP_ROLE_WEIGHT);
  const FxpTensor *weight = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT);
  gsize n_moved = 0;

  for (guint i = 0; i < 10; i++)
    {
      trial_train (trial, 0.1);
      trial_get_loss (trial);
      assert_used_plain (trial, 0);
      assert_used_clusters (trial, 1);
      assert_used_clusters (trial, 2);
    }
  for (gsize i = 0; i < weight->n; i++)
    n_moved += fxp_tensor_get_value (weight, i) != before[i];
  g_assert_false (fxp_format_is_float (weight->format));
  g_assert_cmpuint (n_moved, >, 0);
}

/* Switched on and off again between two steps, a network goes on as if nothing had been; while they
 * are on, the loss is another one. */
static void
test_live (void)
{
  g_autoptr (Trial) trial = new_trial (TOPOLOGY, "relu", "none", "8", FALSE, 0);
  g_autoptr (Trial) same = new_trial (TOPOLOGY, "relu", "none", "8", FALSE, 0);
  double loss;

  for (guint i = 0; i < 5; i++)
    {
      trial_train (trial, 0.1);
      trial_train (same, 0.1);
    }
  loss = trial_get_loss (trial);
  trial_change (trial, "clusters.method", "opt");
  g_assert_cmpfloat (trial_get_loss (trial), !=, loss);
  assert_used_clusters (trial, 1);
  trial_change (trial, "clusters.size", "3");
  trial_get_loss (trial);
  assert_used_clusters (trial, 1);
  trial_change (trial, "clusters.method", "none");
  g_assert_cmpfloat (trial_get_loss (trial), ==, loss);
  for (guint i = 0; i < 5; i++)
    {
      trial_train (trial, 0.1);
      trial_train (same, 0.1);
    }
  trial_assert_same_tensors (trial, same);
}

/* Sums of clusters count in other steps than those of words, so what was counted of them begins
 * anew where weights change from one to the other, and nowhere else. */
static void
test_sum_counts (void)
{
  static const struct
  {
    const char *key, *value;
    gboolean changes[N_LAYERS];
  } edits[] = {
    {"clusters.size", "3", {FALSE}}, /* of no method */
    {"clusters.method", "opt", {TRUE, TRUE, TRUE, TRUE, TRUE}},
    {"clusters.last", "clusters", {FALSE, FALSE, FALSE, FALSE, TRUE}},
    {"clusters.size", "2", {FALSE, TRUE, TRUE, TRUE, TRUE}},
    {"training.rate", "0.5", {FALSE}},
    {"clusters.last", "float", {FALSE, FALSE, FALSE, FALSE, TRUE}},
    {"clusters.method", "none", {TRUE, TRUE, TRUE, TRUE, FALSE}},
  };
  const char *changes[] = {"network.topology", TOPOLOGY, NULL};
  g_autoptr (Trial) trial = trial_new (changes, &IMAGE, N_CLASSES, 6, FALSE, 0);

  for (guint i = 0; i < G_N_ELEMENTS (edits); i++)
    {
      guint64 before[N_LAYERS];

      trial_train (trial, 0.1);
      for (guint layer = 0; layer < N_LAYERS; layer++)
        before[layer] = fxp_network_get_sum_counts (trial->network, layer)->n;
      g_assert_cmpuint (before[3], >, 0);
      trial_change (trial, edits[i].key, edits[i].value);
      for (guint layer = 0; layer < N_LAYERS; layer++)
        g_assert_cmpuint (fxp_network_get_sum_counts (trial->network, layer)->n,
                          ==,
                          edits[i].changes[layer] ? 0 : before[layer]);
    }
}

/* Whatever lies between two steps - evaluations, a step that is given up - is not seen in them. */
static gboolean
give_up (double share, gpointer data)
{
  return TRUE;
}

static void
test_between_steps (void)
{
  g_autoptr (Trial) trial = new_trial (TOPOLOGY, "relu", "opt", "8", FALSE, 0);
  g_autoptr (Trial) same = new_trial (TOPOLOGY, "relu", "opt", "8", FALSE, 0);
  const FxpStep evaluation = {.step = FXP_STEP_EVALUATION};

  for (guint i = 0; i < 8; i++)
    {
      const FxpStep step = trial_get_step (trial, FALSE);

      trial_train (trial, 0.1);
      trial_train (same, 0.1);
      fxp_network_forward (trial->network, trial->inputs, 3, &evaluation);
      assert_used_clusters (trial, 1);
      fxp_network_set_monitor (trial->network, give_up, NULL);
      fxp_network_forward (trial->network, trial->inputs, trial->n, &step);
      fxp_network_set_monitor (trial->network, NULL, NULL);
    }
  trial_train (trial, 0.1);
  trial_train (same, 0.1);
  trial_assert_same_tensors (trial, same);
}

/* What is no number counts as 0 in clusters, and is told of once W is updated. */
static void
test_nan (void)
{
  static const char *const methods[] = {"opt", "hier", "linear", "power"};

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (Trial) trial = new_trial (TOPOLOGY, "relu", methods[i], "clusters", FALSE, 0);
      const FxpTensor *weight = trial_get_tensor (trial, 1, FXP_ROLE_WEIGHT);
      g_autofree double *words = trial_decode (weight);
      FxpTensorId id;

      for (gsize k = 0; k < weight->n; k++)
        words[k] = k % 7 == 0 ? NAN : k % 7 == 3 ? INFINITY : words[k];
      trial_set_tensor (trial, 1, FXP_ROLE_WEIGHT, words);
      trial_train (trial, 0.1);
      for (gsize k = 0; k < weight->n; k += 7)
        g_assert_cmpfloat (fxp_tensor_get_value (fxp_network_get_used_weights (trial->network, 1),
                                                 k),
                           ==,
                           0.0);
      g_assert_true (fxp_network_get_nonfinite (trial->network, &id));
      g_assert_cmpuint (id.layer, ==, 1);
      g_assert_cmpuint (id.role, ==, FXP_ROLE_WEIGHT);
    }
}

static void
test_threads (void)
{
  g_autoptr (Trial) alone =
    new_trial ("2x6x5-48C3P-BN-48C3P-40C1-64FC-3", "relu", "opt", "8", FALSE, 1);
  g_autoptr (Trial) team =
    new_trial ("2x6x5-48C3P-BN-48C3P-40C1-64FC-3", "relu", "opt", "8", FALSE, 3);

  for (guint i = 0; i < 5; i++)
    {
      trial_train (alone, 0.1);
      trial_train (team, 0.1);
    }
  trial_assert_same_tensors (alone, team);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/weights-clustered/layers", test_layers);
  g_test_add_func ("/network/weights-clustered/R1-gradient", test_gradient);
  g_test_add_func ("/network/weights-clustered/R2-rates", test_rates);
  g_test_add_func ("/network/weights-clustered/R3-off", test_off);
  g_test_add_func ("/network/weights-clustered/split-words", test_split_words);
  g_test_add_func ("/network/weights-clustered/live", test_live);
  g_test_add_func ("/network/weights-clustered/sum-counts", test_sum_counts);
  g_test_add_func ("/network/weights-clustered/between-steps", test_between_steps);
  g_test_add_func ("/network/weights-clustered/nan", test_nan);
  g_test_add_func ("/network/weights-clustered/threads", test_threads);
  return g_test_run ();
}
