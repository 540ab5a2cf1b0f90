/* SPDX-License-Identifier: MIT */
#include "inference-cases.h"
#include "inference-reference.h"

#include "inference/simulation-private.h"
#include "number/error.h"

#define N_SAMPLES 5
#define N_BATCHES 3

static FxpSimulation *
new_simulation (FxpModel *model, FxpTeam *team)
{
  g_autoptr (GError) error = NULL;
  FxpSimulation *simulation = fxp_simulation_new (model, team, &error);

  g_assert_no_error (error);
  return simulation;
}

/* Every value, of every node. */
static void
assert_agrees (const FxpSimulation *simulation, const Reference *reference)
{
  const FxpModel *model = reference->model;

  for (int node = FXP_NODE_INPUT; node < (int)model->n_nodes; node++)
    {
      const ReferenceOutput *output = &reference->outputs[node + 1];
      const double *values = fxp_simulation_get_values (simulation, node);

      if (node < (int)model->n_nodes - 1)
        g_assert_cmpint (fxp_simulation_get_exponent (simulation, node), ==, output->exponent);
      for (gsize i = 0; i < reference->n * output->n_features; i++)
        g_assert_cmpfloat (values[i], ==, ldexp ((double)output->codes[i], output->exponent));
    }
  g_assert_true (fxp_simulation_get_logits (simulation) ==
                 fxp_simulation_get_values (simulation, (int)model->n_nodes - 1));
}

static void
test_reference (gconstpointer data)
{
  const Case *self = data;

  for (guint exponents = 0; exponents < FXP_N_EXPONENTS; exponents++)
    {
      g_autoptr (FxpModel) model = new_model (self, exponents);
      g_autoptr (FxpSimulation) simulation = new_simulation (model, NULL);
      g_autoptr (Reference) reference = reference_new (model, N_SAMPLES);

      for (guint64 batch = 0; batch < N_BATCHES; batch++)
        {
          g_autofree double *inputs = draw_inputs (self, N_SAMPLES, batch);

          g_assert_true (fxp_simulation_run (simulation, inputs, N_SAMPLES, NULL));
          reference_run (reference, inputs);
          assert_agrees (simulation, reference);
        }
    }
}

/* Exponents that follow the batches do move, or the test above says nothing of them. */
static void
test_exponents_move (void)
{
  for (guint exponents = FXP_EXPONENTS_DYNAMIC; exponents < FXP_N_EXPONENTS; exponents++)
    {
      g_autoptr (FxpModel) model = new_model (&cases[0], exponents);
      g_autoptr (FxpSimulation) simulation = new_simulation (model, NULL);
      guint n_moved = 0;

      for (guint64 batch = 0; batch < N_BATCHES; batch++)
        {
          g_autofree double *inputs = draw_inputs (&cases[0], N_SAMPLES, batch);

          fxp_simulation_run (simulation, inputs, N_SAMPLES, NULL);
          for (guint i = 0; i < model->n_nodes - 1; i++)
            n_moved +=
              fxp_simulation_get_exponent (simulation, (int)i) != -model->nodes[i].format.frac_bits;
        }
      g_assert_cmpuint (n_moved, >, 0);
    }
}

/* P3: neither the size of a batch nor a team changes what static exponents give. */
static void
test_batches_and_threads (void)
{
  for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      g_autoptr (FxpModel) model = new_model (&cases[k], FXP_EXPONENTS_STATIC);
      g_autoptr (FxpTeam) team = fxp_team_new (3);
      g_autoptr (FxpSimulation) together = new_simulation (model, team);
      g_autoptr (FxpSimulation) alone = new_simulation (model, NULL);
      g_autofree double *inputs = draw_inputs (&cases[k], 40, 9);
      const gsize n_inputs = fxp_shape_get_n (&cases[k].input);

      g_assert_true (fxp_simulation_run (together, inputs, 40, NULL));
      for (gsize i = 0; i < 40; i++)
        {
          g_assert_true (fxp_simulation_run (alone, inputs + i * n_inputs, 1, NULL));
          for (gsize j = 0; j < TRAINED_NET_CLASSES; j++)
            g_assert_cmpfloat (fxp_simulation_get_logits (alone)[j],
                               ==,
                               fxp_simulation_get_logits (together)[i * TRAINED_NET_CLASSES + j]);
        }
    }
}

static void
test_cancel (void)
{
  g_autoptr (FxpModel) model = new_model (&cases[0], FXP_EXPONENTS_STATIC);
  g_autoptr (FxpSimulation) simulation = new_simulation (model, NULL);
  g_autofree double *inputs = draw_inputs (&cases[0], N_SAMPLES, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  g_cancellable_cancel (cancellable);
  g_assert_false (fxp_simulation_run (simulation, inputs, N_SAMPLES, cancellable));
  g_cancellable_reset (cancellable);
  g_assert_true (fxp_simulation_run (simulation, inputs, N_SAMPLES, cancellable));
}

static double *
copy_learnt (const FxpNetwork *network, guint layer, FxpLearnt what, FxpShape *shape)
{
  const FxpTensor *tensor = fxp_network_get_learnt (network, layer, what);
  double *values;

  if (tensor == NULL)
    return NULL;
  values = g_new (double, tensor->n);
  for (gsize i = 0; i < tensor->n; i++)
    values[i] = ((const float *)tensor->data)[i];
  if (shape != NULL)
    *shape = tensor->shape;
  return values;
}

static FxpTrained *
take_trained (const FxpNetwork *network, FxpExperiment *experiment, const FxpShape *input)
{
  const guint n = fxp_network_get_n_weighted (network);
  g_autofree FxpTrainedLayer *layers = g_new (FxpTrainedLayer, n);
  FxpTrained *trained;

  for (guint i = 0; i < n; i++)
    {
      FxpShape shape;

      layers[i].weights = copy_learnt (network, i, FXP_LEARNT_WEIGHT, &shape);
      layers[i].n_units = shape.dim[0];
      layers[i].n_inputs = shape.dim[1];
      layers[i].n_pixels = shape.rank == 4 ? shape.dim[2] * shape.dim[3] : 1;
      layers[i].bias = copy_learnt (network, i, FXP_LEARNT_BIAS, NULL);
      layers[i].gamma = copy_learnt (network, i, FXP_LEARNT_GAMMA, NULL);
      layers[i].beta = copy_learnt (network, i, FXP_LEARNT_BETA, NULL);
      layers[i].mean = copy_learnt (network, i, FXP_LEARNT_MEAN, NULL);
      layers[i].variance = copy_learnt (network, i, FXP_LEARNT_VARIANCE, NULL);
    }
  trained = fxp_trained_new (experiment, input, TRAINED_NET_CLASSES, layers);
  for (guint i = 0; i < n; i++)
    trained_net_layer_clear (&layers[i]);
  return trained;
}

static void
train (FxpNetwork *network, const Case *self)
{
  static const guint16 labels[] = {3, 1, 4, 1, 5, 9, 2, 6};

  for (guint64 step = 0; step < 3; step++)
    {
      const FxpStep at = {.seed = 1, .step = step};
      g_autofree double *inputs = draw_inputs (self, 8, 20 + step);
      FxpStepResult result;

      inputs[3] = inputs[5] = inputs[6] = 0.5;
      fxp_network_forward (network, inputs, 8, &at);
      fxp_network_get_loss (network, labels, &result);
      fxp_network_backward (network, &at);
      fxp_network_update (network, 0.05, &at);
    }
}

/* P2: off, it is the float network, to the bit. */
static void
test_off (void)
{
  for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      g_autoptr (FxpExperiment) experiment =
        trained_net_make_experiment (cases[k].topology, cases[k].activation);
      const FxpStep evaluation = {.seed = 5, .step = FXP_STEP_EVALUATION};
      g_autofree double *inputs = draw_inputs (&cases[k], 12, 1);
      g_autoptr (FxpScratch) scratch = fxp_scratch_new ();
      g_autoptr (FxpTeam) team = fxp_team_new (2);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpNetwork) network = fxp_network_new (experiment,
                                                        &cases[k].input,
                                                        TRAINED_NET_CLASSES,
                                                        TRUE,
                                                        scratch,
                                                        team,
                                                        &error);
      g_autoptr (FxpTrained) trained = NULL;
      g_autoptr (FxpModel) model = NULL;
      g_autoptr (FxpSimulation) simulation = NULL;
      FxpConversionOptions options;

      g_assert_no_error (error);
      inputs[3] = inputs[5] = inputs[6] = 0.5;
      train (network, &cases[k]);
      trained = take_trained (network, experiment, &cases[k].input);
      fxp_conversion_options_init (&options);
      options.clusters.method = FXP_CLUSTER_NONE;
      options.activation_bits = 32;
      g_assert_true (fxp_conversion_options_is_off (&options));
      model = fxp_conversion_cluster (trained, &options, &error);
      g_assert_no_error (error);
      simulation = new_simulation (model, NULL);

      fxp_network_forward (network, inputs, 12, &evaluation);
      g_assert_true (fxp_simulation_run (simulation, inputs, 12, NULL));
      g_assert_cmpmem (fxp_simulation_get_logits (simulation),
                       12 * TRAINED_NET_CLASSES * sizeof (double),
                       fxp_network_get_logits (network),
                       12 * TRAINED_NET_CLASSES * sizeof (double));
      g_assert_null (fxp_simulation_get_values (simulation, 0));
    }
}

/* The float network of a file is not there. */
static void
test_off_without_network (void)
{
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("16-10", "relu");
  const FxpShape input = FXP_SHAPE_1 (4);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpModel) model = NULL;
  FxpConversionOptions options;

  fxp_conversion_options_init (&options);
  options.clusters.method = FXP_CLUSTER_NONE;
  options.activation_bits = 32;
  model = fxp_model_new (NULL, experiment, &input, 10, &options);
  g_assert_null (fxp_simulation_new (model, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("/inference/simulation/reference", test_reference);
  g_test_add_func ("/inference/simulation/exponents-move", test_exponents_move);
  g_test_add_func ("/inference/simulation/P3-batches-and-threads", test_batches_and_threads);
  g_test_add_func ("/inference/simulation/cancel", test_cancel);
  g_test_add_func ("/inference/simulation/P2-off", test_off);
  g_test_add_func ("/inference/simulation/off-without-network", test_off_without_network);

  return g_test_run ();
}
