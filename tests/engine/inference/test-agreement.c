/* SPDX-License-Identifier: MIT */
/* P1 in small: both engines give the same at every node, of every kind of network and exponents. */
#include "inference-cases.h"

#include "inference/integer-private.h"
#include "inference/simulation-private.h"
#include "number/vector-unit-private.h"

#define N_SAMPLES 7
#define N_BATCHES 4

static void
compare_node (const FxpSimulation *simulation, const FxpInteger *integer, int node, gsize n)
{
  const double *values = fxp_simulation_get_values (simulation, node);
  const gint32 *codes;
  int exponent;

  codes = fxp_integer_get_codes (integer, node, &exponent);
  g_assert_cmpint (fxp_simulation_get_exponent (simulation, node), ==, exponent);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat (values[i], ==, ldexp (codes[i], exponent));
}

static void
compare (const FxpSimulation *simulation, const FxpInteger *integer, const FxpModel *model)
{
  const double *logits = fxp_simulation_get_logits (simulation);
  const double *others = fxp_integer_get_logits (integer);

  compare_node (simulation, integer, FXP_NODE_INPUT, N_SAMPLES * fxp_shape_get_n (&model->input));
  for (guint i = 0; i < model->n_nodes - 1; i++)
    compare_node (simulation,
                  integer,
                  (int)i,
                  N_SAMPLES * fxp_shape_get_n (&model->nodes[i].output));
  for (gsize i = 0; i < N_SAMPLES * TRAINED_NET_CLASSES; i++)
    g_assert_cmpfloat (logits[i], ==, others[i]);
}

static void
run_both (const Case *self, FxpExponents exponents)
{
  g_autoptr (FxpModel) model = new_model (self, exponents);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpTeam) team = fxp_team_new (2);
  g_autoptr (FxpSimulation) simulation = fxp_simulation_new (model, NULL, &error);
  g_autoptr (FxpInteger) integer = fxp_integer_new (model, team);

  g_assert_no_error (error);
  fxp_integer_keep (integer);
  for (guint64 batch = 0; batch < N_BATCHES; batch++)
    {
      g_autofree double *inputs = draw_inputs (self, N_SAMPLES, batch);

      g_assert_true (fxp_simulation_run (simulation, inputs, N_SAMPLES, NULL));
      g_assert_true (fxp_integer_run (integer, inputs, N_SAMPLES, NULL));
      compare (simulation, integer, model);
    }
}

/* A mean whose own exponent would be finer than formats are has the finest there is. */
static void
test_finest (void)
{
  static const Case self = {"AP2-10",
                            "relu",
                            {3, {2, 4, 4}},
                            {FXP_CLUSTER_OPTIMAL, 2, FXP_GRANULARITY_KERNELS, 4, 1, FALSE},
                            8,
                            FALSE,
                            FXP_LAST_WEIGHTS_BYTE};
  const gsize n = N_SAMPLES * fxp_shape_get_n (&self.input);
  g_autoptr (FxpModel) model = new_model (&self, FXP_EXPONENTS_DYNAMIC);
  g_autofree double *inputs = g_new (double, n);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpSimulation) simulation = NULL;
  g_autoptr (FxpInteger) integer = NULL;
  int exponent;

  for (int i = FXP_NODE_INPUT; i < (int)model->n_nodes; i++)
    g_assert_true (fxp_model_set_exponent (model, i, -FXP_FRAC_BITS_MAX, &error));
  for (gsize i = 0; i < n; i++)
    inputs[i] = ldexp (i % 5 == 0, -FXP_FRAC_BITS_MAX);
  simulation = fxp_simulation_new (model, NULL, &error);
  g_assert_no_error (error);
  integer = fxp_integer_new (model, NULL);
  fxp_integer_keep (integer);
  g_assert_true (fxp_simulation_run (simulation, inputs, N_SAMPLES, NULL));
  g_assert_true (fxp_integer_run (integer, inputs, N_SAMPLES, NULL));
  compare (simulation, integer, model);
  fxp_integer_get_codes (integer, 0, &exponent);
  g_assert_cmpint (exponent, ==, -FXP_FRAC_BITS_MAX);
}

/* Values beyond what codes can stand for have the coarsest exponent there is, and are clipped. */
static void
test_coarsest (void)
{
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("9FC-BN-9FC-BN-10", "relu");
  const FxpShape input = FXP_SHAPE_1 (20);
  FxpTrainedLayer *layers = trained_net_make_layers_on (experiment, &input);
  const gsize n = N_SAMPLES * 20;
  g_autofree double *inputs = trained_net_draw (n, 0, 9, 0, 1);
  g_autoptr (FxpTrained) trained = NULL;
  g_autoptr (FxpModel) model = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpSimulation) simulation = NULL;
  g_autoptr (FxpInteger) integer = NULL;
  FxpConversionOptions options;
  int exponent;

  for (gsize i = 0; i < 9 * 20; i++)
    ((double *)layers[0].weights)[i] *= 0x1p105;
  for (gsize i = 0; i < 9 * 9; i++)
    ((double *)layers[1].weights)[i] *= 0x1p-105;
  trained = fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  trained_net_free_layers (layers, 3);
  fxp_conversion_options_init (&options);
  options.exponents = FXP_EXPONENTS_DYNAMIC;
  model = fxp_conversion_cluster (trained, &options, &error);
  g_assert_no_error (error);
  simulation = fxp_simulation_new (model, NULL, &error);
  g_assert_no_error (error);
  integer = fxp_integer_new (model, NULL);
  fxp_integer_keep (integer);
  g_assert_true (fxp_simulation_run (simulation, inputs, N_SAMPLES, NULL));
  g_assert_true (fxp_integer_run (integer, inputs, N_SAMPLES, NULL));
  compare (simulation, integer, model);
  fxp_integer_get_codes (integer, 0, &exponent);
  g_assert_cmpint (exponent, ==, -FXP_FRAC_BITS_MIN);
}

static void
test_agreement (gconstpointer data)
{
  for (guint unit = 0; unit < FXP_N_VECTOR_UNITS; unit++)
    for (guint exponents = 0; exponents < FXP_N_EXPONENTS; exponents++)
      {
        fxp_vector_unit_limit ((FxpVectorUnit)unit);
        run_both (data, exponents);
      }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_cases ("/inference/agreement/P1", test_agreement);
  g_test_add_func ("/inference/agreement/finest", test_finest);
  g_test_add_func ("/inference/agreement/coarsest", test_coarsest);

  return g_test_run ();
}
