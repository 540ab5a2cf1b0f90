/* SPDX-License-Identifier: MIT */
/* Derivatives of logits behind an evaluation, by finite differences of W, of every A, changed where
 * an observer sees it, and of the inputs.  See test-gradients.c for those of the loss. */
#include "config.h"

#include "trial.h"

#include <math.h>

#define N_CLASSES    3
#define N_SAMPLES    4
#define N_LAYERS_MAX 8
#define N_DIRECTIONS 8
/* Relative to the norm of the derivatives; float32 loses up to a quarter of it. */
#define TOLERANCE 0.003

typedef struct
{
  const char *name;
  const char *topology;
  const char *activation;
  FxpShape shape;
} Case;

/* Where codes meet in a maximum they must not be equal: the many zeros of a relu are. */
static const Case cases[] = {
  {"dense", "5-7-6-3", "relu", {1, {5}}},
  {"dense-tanh", "5-7-6-3", "tanh", {1, {5}}},
  {"dense-norm", "5-7-BN-6FC-BN-3", "clipped-relu", {1, {5}}},
  {"linear", "5-3", "relu", {1, {5}}},
  {"convolution-zeros", "2x5x4-3C3P-4C2P1-3C3P2/2-3", "relu", {3, {2, 5, 4}}},
  {"convolution-strides", "2x7x6-3C3/2-4C2/3-3", "tanh", {3, {2, 7, 6}}},
  {"convolution-norm", "2x5x5-3C3P-BN-4C3/2-BN-3", "clipped-relu", {3, {2, 5, 5}}},
  {"maximum", "1x5x5-3C3P-BN-MP2-4FC-3", "tanh", {3, {1, 5, 5}}},
  {"average", "1x8x7-AP2-3C2P-BN-AP2-4FC-3", "tanh", {3, {1, 8, 7}}},
  {"average-twice", "1x8x8-3C3P-AP2-AP3-4FC-3", "relu", {3, {1, 8, 8}}},
  {"whole", "2x5x4-3C3P-BN-GAP-4FC-3", "relu", {3, {2, 5, 4}}},
  {"dropout", "2x6x6-4C3P-D30-MP2-3C2-D20-GAP-D10-5FC-D40-3", "tanh", {3, {2, 6, 6}}},
  {"pooled-input", "2x6x6-MP2-D20-3C2-3", "relu", {3, {2, 6, 6}}},
  {"dropped-input", "2x6x6-D30-AP2-3C2-3", "relu", {3, {2, 6, 6}}},
  {"identity", "2x4x4-3C3P-BN-2xRES(3)-GAP-3", "relu", {3, {2, 4, 4}}},
  {"identity-plain", "2x4x4-3C3P-RES(3,NOBN)-AP2-3", "tanh", {3, {2, 4, 4}}},
  {"identity-input", "3x4x4-RES(3)-GAP-3", "relu", {3, {3, 4, 4}}},
  {"projection", "2x5x5-3C3P-BN-RES(4/2)-GAP-3", "clipped-relu", {3, {2, 5, 5}}},
  {"projection-input", "2x5x5-D20-RES(4/2)-GAP-3", "tanh", {3, {2, 5, 5}}},
  {"projection-wide", "2x5x4-3C3P-RES(4/2,P3,D20)-3", "tanh", {3, {2, 5, 4}}},
  {"padded", "2x5x5-3C3P-BN-RES(6/2,I)-GAP-3", "tanh", {3, {2, 5, 5}}},
  {"padded-input", "2x5x5-RES(6/2,I,NOBN)-GAP-3", "relu", {3, {2, 5, 5}}},
  {"pooled-block", "2x6x6-3C3P-AP2-D20-RES(4/2)-RES(4)-3", "tanh", {3, {2, 6, 6}}},
};

/* What an observer sees, and changes. */
typedef struct
{
  FxpNetwork *network;
  double *routed[N_LAYERS_MAX]; /* of the A that enters a layer, in the order of storage; owned */
  gsize n_routed[N_LAYERS_MAX];
  guint n_seen[N_LAYERS_MAX][3]; /* per sight */
  guint layer;                   /* whose A is moved, where @direction is not NULL */
  const double *direction;
  double distance;
} Watcher;

static void
observe (FxpSight sight, FxpTensorId id, FxpTensor *tensor, gsize n, gpointer data)
{
  Watcher *self = data;
  const gsize n_values = tensor->n / tensor->shape.dim[0] * n;
  float *values = tensor->data;

  g_assert_cmpuint (id.layer, <, N_LAYERS_MAX);
  g_assert_cmpuint (id.role,
                    ==,
                    sight == FXP_SIGHT_GRADIENT ? FXP_ROLE_ACTIVATION_GRAD : FXP_ROLE_ACTIVATION);
  self->n_seen[id.layer][sight]++;
  if (sight == FXP_SIGHT_ROUTED)
    {
      g_free (self->routed[id.layer]);
      self->routed[id.layer] = g_new (double, n_values);
      self->n_routed[id.layer] = n_values;
      for (gsize i = 0; i < n_values; i++)
        self->routed[id.layer][i] = values[i];
    }
  if (sight == FXP_SIGHT_ACTIVATION && self->direction != NULL && self->layer == id.layer)
    for (gsize i = 0; i < n_values; i++)
      values[i] = (float)(values[i] + self->distance * self->direction[i]);
}

static void
watcher_clear (Watcher *self)
{
  for (guint i = 0; i < N_LAYERS_MAX; i++)
    g_free (self->routed[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Watcher, watcher_clear)

/* Trained a little, so that running statistics are those of no batch. */
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
  Trial *trial = trial_new (changes, &test->shape, N_CLASSES, N_SAMPLES, TRUE, 0);

  fxp_network_want_input_gradient (trial->network);
  for (guint i = 0; i < 3; i++)
    trial_train (trial, 0.05);
  return trial;
}

/* The weighted sum of logits whose derivatives are asked for. */
static void
get_seeds (double seeds[N_SAMPLES * N_CLASSES])
{
  const FxpNoise noise = fxp_noise_new (3, 0, 0, 0, FXP_STREAM_SYNTHETIC);

  for (guint i = 0; i < N_SAMPLES * N_CLASSES; i++)
    seeds[i] = 2.0 * fxp_noise_uniform (noise, i) - 1.0;
}

static double
evaluate (Trial *trial)
{
  const FxpStep step = {1, FXP_STEP_EVALUATION, FALSE};
  double seeds[N_SAMPLES * N_CLASSES], sum = 0.0;
  const double *logits;

  get_seeds (seeds);
  g_assert_true (fxp_network_forward (trial->network, trial->inputs, N_SAMPLES, &step));
  logits = fxp_network_get_logits (trial->network);
  for (guint i = 0; i < N_SAMPLES * N_CLASSES; i++)
    sum += seeds[i] * logits[i];
  return sum;
}

static void
differentiate (Trial *trial)
{
  double seeds[N_SAMPLES * N_CLASSES];

  get_seeds (seeds);
  evaluate (trial);
  g_assert_true (fxp_network_differentiate (trial->network, seeds));
}

/* What is moved along a direction. */
typedef struct
{
  Trial *trial;
  Watcher *watcher;
  guint layer;
  void (*move) (const void *mover, const double *direction, double distance);
  const double *values; /* before */
  gsize n;
} Mover;

static void
move_weights (const void *mover, const double *direction, double distance)
{
  const Mover *self = mover;
  g_autofree double *moved = g_new (double, self->n);

  for (gsize i = 0; i < self->n; i++)
    moved[i] = self->values[i] + distance * direction[i];
  trial_set_learnt (self->trial, self->layer, FXP_LEARNT_WEIGHT, moved);
}

static void
move_activations (const void *mover, const double *direction, double distance)
{
  const Mover *self = mover;

  self->watcher->layer = self->layer;
  self->watcher->direction = direction;
  self->watcher->distance = distance;
}

static void
move_inputs (const void *mover, const double *direction, double distance)
{
  const Mover *self = mover;

  for (gsize i = 0; i < self->n; i++)
    self->trial->inputs[i] = self->values[i] + distance * direction[i];
}

/* Least error of several distances, as in test-gradients.c. */
static double
get_error (const Mover *self, const double *direction, double slope)
{
  double least = G_MAXDOUBLE;

  for (double distance = 0x1p-8; distance >= 0x1p-13; distance /= 2.0)
    {
      double sums[2], error;

      for (guint side = 0; side < 2; side++)
        {
          self->move (self, direction, side == 0 ? distance : -distance);
          sums[side] = evaluate (self->trial);
        }
      error = fabs ((sums[0] - sums[1]) / (2.0 * distance) - slope);
      least = MIN (least, error);
    }
  self->move (self, direction, 0.0);
  return least;
}

static void
check (const Mover *self, const char *what, const double *derivatives)
{
  const FxpNoise noise = fxp_noise_new (11, self->layer, 0, 0, FXP_STREAM_SYNTHETIC);
  g_autofree double *direction = g_new (double, self->n);
  double norm = 0.0, worst = 0.0;

  for (gsize i = 0; i < self->n; i++)
    norm += derivatives[i] * derivatives[i];
  norm = sqrt (norm);
  g_assert_cmpfloat (norm, >, 1e-3);
  for (guint k = 0; k < N_DIRECTIONS; k++)
    {
      double slope = 0.0, error;

      for (gsize i = 0; i < self->n; i++)
        {
          direction[i] = (fxp_noise_draw (noise, (guint32)(k * self->n + i)) & 1) != 0 ? 1.0 : -1.0;
          slope += derivatives[i] * direction[i];
        }
      error = get_error (self, direction, slope) / norm;
      worst = MAX (worst, error);
    }
  g_test_message ("layer %u, %s: off by %g of %g", self->layer + 1, what, worst, norm);
  g_assert_cmpfloat (worst, <, TOLERANCE);
}

static void
check_weights (Trial *trial, guint layer, const double *derivatives)
{
  g_autofree double *values = trial_decode (trial_get_learnt (trial, layer, FXP_LEARNT_WEIGHT));
  const Mover mover = {
    .trial = trial,
    .layer = layer,
    .move = move_weights,
    .values = values,
    .n = trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT)->n,
  };

  check (&mover, "W", derivatives);
}

static void
check_activations (Trial *trial, Watcher *watcher, guint layer, const double *derivatives)
{
  const Mover mover = {
    .trial = trial,
    .watcher = watcher,
    .layer = layer,
    .move = move_activations,
    .n = watcher->n_routed[layer],
  };

  check (&mover, "A", derivatives);
  watcher->direction = NULL;
}

/* Inputs are counted channel by channel, and may lie otherwise. */
static void
check_inputs (Trial *trial, const FxpShape *shape, const double *routed)
{
  const gsize n = N_SAMPLES * trial->n_features;
  g_autofree double *values = g_memdup2 (trial->inputs, n * sizeof (double));
  g_autofree double *derivatives = g_new (double, n);
  FxpTensor layout = {.n_channels = 0};
  const Mover mover = {.trial = trial, .move = move_inputs, .values = values, .n = n};

  if (shape->rank == 3 && shape->dim[0] > 1)
    {
      layout.n_channels = shape->dim[0];
      layout.n_pixels = shape->dim[1] * shape->dim[2];
    }
  for (gsize i = 0; i < n; i++)
    derivatives[i] = routed[fxp_tensor_find (&layout, i)];
  check (&mover, "inputs", derivatives);
}

static void
test_derivatives (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Trial) trial = new_trial (test);
  const guint n_layers = fxp_network_get_n_weighted (trial->network);
  double *derivatives[N_LAYERS_MAX];
  g_auto (Watcher) watcher = {.network = trial->network};

  fxp_network_set_observer (trial->network, observe, &watcher);
  differentiate (trial);
  for (guint layer = 0; layer < n_layers; layer++)
    derivatives[layer] = trial_dup_values (trial, layer, FXP_ROLE_WEIGHT_GRAD);
  for (guint layer = 0; layer < n_layers; layer++)
    {
      check_weights (trial, layer, derivatives[layer]);
      /* A projection's A is that of its block's first convolution. */
      if (watcher.n_routed[layer] > 0)
        check_activations (trial, &watcher, layer, watcher.routed[layer]);
      g_free (derivatives[layer]);
    }
  check_inputs (trial, &test->shape, watcher.routed[0]);
}

/* Every A is seen once on the way up and once on the way down, every G_A once; and nothing of it
 * changes where gradients share memory. */
static void
test_sights (gconstpointer data)
{
  const Case *test = data;
  g_autoptr (Trial) trial = new_trial (test), other = new_trial (test);
  FxpTopology *topology = fxp_experiment_get_topology (trial->experiment);
  const guint n_layers = fxp_network_get_n_weighted (trial->network);
  g_auto (Watcher) watcher = {.network = trial->network};
  g_auto (Watcher) sharing = {0};
  g_autoptr (GError) error = NULL;

  fxp_network_set_observer (trial->network, observe, &watcher);
  differentiate (trial);
  for (guint layer = 0; layer < n_layers; layer++)
    {
      const guint n_in = fxp_topology_get_input_owner (topology, layer) == layer;
      const guint n_out = fxp_topology_get_output_owner (topology, layer) == layer;

      g_assert_cmpuint (watcher.n_seen[layer][FXP_SIGHT_ACTIVATION], ==, n_in);
      g_assert_cmpuint (watcher.n_seen[layer][FXP_SIGHT_ROUTED], ==, n_in);
      g_assert_cmpuint (watcher.n_seen[layer][FXP_SIGHT_GRADIENT], ==, n_out);
    }

  /* The other network has learnt the same, and keeps nothing. */
  {
    g_autoptr (FxpNetwork) bare = fxp_network_new (other->experiment,
                                                   &test->shape,
                                                   N_CLASSES,
                                                   TRUE,
                                                   other->scratch,
                                                   NULL,
                                                   &error);
    FxpNetwork *kept = other->network;

    g_assert_no_error (error);
    fxp_network_want_input_gradient (bare);
    other->network = bare;
    for (guint layer = 0; layer < n_layers; layer++)
      for (guint what = 0; what < FXP_N_LEARNT; what++)
        {
          const FxpTensor *learnt = fxp_network_get_learnt (kept, layer, what);

          if (learnt != NULL)
            g_assert_true (fxp_network_restore_learnt (bare,
                                                       layer,
                                                       what,
                                                       learnt->format,
                                                       learnt->data,
                                                       fxp_tensor_get_n_bytes (learnt),
                                                       &error));
        }
    fxp_network_set_observer (bare, observe, &sharing);
    differentiate (other);
    for (guint layer = 0; layer < n_layers; layer++)
      {
        g_assert_cmpmem (watcher.routed[layer],
                         watcher.n_routed[layer] * sizeof (double),
                         sharing.routed[layer],
                         sharing.n_routed[layer] * sizeof (double));
        g_assert_cmpmem (trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD)->data,
                         fxp_tensor_get_n_bytes (
                           trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD)),
                         fxp_network_get_tensor (bare, (FxpTensorId){layer, FXP_ROLE_WEIGHT_GRAD})
                           ->data,
                         fxp_tensor_get_n_bytes (
                           trial_get_tensor (trial, layer, FXP_ROLE_WEIGHT_GRAD)));
      }
    other->network = kept;
  }
}

/* Nobody who only looks, and no gradient of the inputs, changes what is learnt. */
static void
test_training (gconstpointer data)
{
  const Case *test = data;
  const char *changes[] = {
    "network.topology",
    test->topology,
    "network.activation",
    test->activation,
    NULL,
  };
  g_autoptr (Trial) plain = trial_new (changes, &test->shape, N_CLASSES, N_SAMPLES, FALSE, 0);
  g_autoptr (Trial) watched = trial_new (changes, &test->shape, N_CLASSES, N_SAMPLES, FALSE, 0);
  g_autoptr (Trial) twin = trial_new (changes, &test->shape, N_CLASSES, N_SAMPLES, TRUE, 0);
  g_autoptr (Trial) deep = new_trial (test);
  g_auto (Watcher) watcher = {0};

  fxp_network_set_observer (twin->network, observe, &watcher);
  for (guint i = 0; i < 3; i++)
    trial_train (twin, 0.05);
  trial_assert_same_tensors (twin, deep);

  fxp_network_set_observer (watched->network, observe, &watcher);
  fxp_network_set_observer (watched->network, NULL, NULL);
  for (guint i = 0; i < 2; i++)
    {
      trial_train (plain, 0.05);
      trial_train (watched, 0.05);
    }
  trial_assert_same_tensors (plain, watched);
}

int
main (int argc, char *argv[])
{
  static const struct
  {
    const char *name;
    GTestDataFunc func;
  } tests[] = {
    {"derivatives", test_derivatives},
    {"sights", test_sights},
    {"training", test_training},
  };

  g_test_init (&argc, &argv, NULL);
  for (guint t = 0; t < G_N_ELEMENTS (tests); t++)
    for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
      {
        g_autofree char *path =
          g_strdup_printf ("/network/differentiate/%s/%s", tests[t].name, cases[i].name);

        g_test_add_data_func (path, &cases[i], tests[t].func);
      }
  return g_test_run ();
}
