/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "analysis/cost.h"
#include "analysis/system.h"
#include "number/error.h"
#include "../experiment/setting.h"

/* In units of the paper, to the digits in which its figures are known. */
#define MEGA                         1e6
#define GIGA                         1e9
#define assert_near(value, expected) g_assert_cmpfloat_with_epsilon (value, expected, 0.01)

/* The released configuration (3.1): bits and binary logarithms of ranges; of a projection A and G_A
 * are its block's. */
static const struct
{
  const char *name;
  int w, a, gw, log2_gw, ga, log2_ga, acc, log2_acc, log2_step_acc;
} released[] = {
  {"conv1", 14, 8, 11, -2, 7, -11, 9, -14, -22},   {"res1a", 13, 8, 12, -4, 10, -12, 13, -13, -25},
  {"res1b", 13, 7, 12, -4, 10, -12, 13, -13, -25}, {"res2a", 13, 7, 11, -5, 11, -12, 13, -13, -25},
  {"res2b", 13, 6, 11, -5, 11, -12, 13, -13, -25}, {"res3a", 14, 6, 11, -5, 11, -12, 12, -14, -25},
  {"res3b", 13, 6, 11, -5, 11, -12, 13, -13, -25}, {"res4a", 14, 6, 11, -5, 10, -12, 12, -14, -25},
  {"res4b", 14, 6, 11, -5, 11, -11, 12, -14, -25}, {"res4s", 14, 6, 11, -5, 11, -11, 12, -14, -25},
  {"res5a", 14, 7, 11, -5, 11, -11, 12, -14, -25}, {"res5b", 14, 7, 11, -5, 10, -12, 12, -14, -25},
  {"res6a", 15, 7, 11, -5, 9, -12, 11, -15, -25},  {"res6b", 14, 7, 11, -5, 9, -12, 12, -14, -25},
  {"res7a", 14, 6, 11, -6, 10, -11, 13, -14, -26}, {"res7b", 14, 6, 11, -6, 10, -11, 13, -14, -26},
  {"res7s", 14, 6, 11, -6, 10, -11, 13, -14, -26}, {"res8a", 14, 7, 11, -6, 11, -11, 13, -14, -26},
  {"res8b", 13, 6, 12, -6, 11, -12, 15, -13, -27}, {"res9a", 13, 5, 12, -6, 11, -12, 15, -13, -27},
  {"res9b", 12, 4, 14, -6, 13, -12, 18, -12, -29}, {"fc1", 10, 3, 14, -2, 15, -4, 16, -10, -25},
};

static void
assert_word (FxpExperiment *experiment, guint layer, FxpRole role, int bits, int log2_range)
{
  const FxpQuantizer *quantizer =
    fxp_experiment_get_quantizer (experiment, (FxpTensorId){layer, role});
  const FxpFormat format = quantizer->format;

  g_assert_cmpint (format.word_bits, ==, bits);
  g_assert_cmpint (fxp_format_get_int_bits (format), ==, log2_range);
  g_assert_cmpint (format.is_signed, ==, role != FXP_ROLE_ACTIVATION);
  g_assert_cmpint (quantizer->rounding, ==, FXP_ROUND_NEAREST_AWAY);
  g_assert_cmpint (quantizer->overflow, ==, FXP_OVERFLOW_SATURATE);
}

static void
test_released (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_preset_load ("resnet-cifar10-released", NULL);
  FxpTopology *topology = fxp_experiment_get_topology (experiment);

  g_assert_cmpuint (fxp_experiment_get_n_weighted (experiment), ==, G_N_ELEMENTS (released));
  for (guint i = 0; i < G_N_ELEMENTS (released); i++)
    {
      g_autofree char *name = fxp_topology_get_name (topology, i);
      const FxpFormat acc =
        fxp_experiment_get_quantizer (experiment, (FxpTensorId){i, FXP_ROLE_WEIGHT_ACC})->format;

      g_assert_cmpstr (name, ==, released[i].name);
      assert_word (experiment, i, FXP_ROLE_WEIGHT, released[i].w, 0);
      assert_word (experiment, i, FXP_ROLE_ACTIVATION, released[i].a, i == 0 ? 0 : 1);
      assert_word (experiment, i, FXP_ROLE_WEIGHT_GRAD, released[i].gw, released[i].log2_gw);
      assert_word (experiment, i, FXP_ROLE_ACTIVATION_GRAD, released[i].ga, released[i].log2_ga);
      assert_word (experiment, i, FXP_ROLE_WEIGHT_ACC, released[i].acc, released[i].log2_acc);
      g_assert_cmpint (-acc.frac_bits, ==, released[i].log2_step_acc);
    }
}

static FxpCostTable *
weigh (FxpExperiment *experiment, const char *system)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) other = fxp_system_apply (experiment, system, &error);
  FxpCostTable *costs;

  g_assert_no_error (error);
  costs = fxp_cost_table_new (other, NULL, &error);
  g_assert_no_error (error);
  return costs;
}

static void
test_resnet (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_preset_load ("resnet-cifar10-released", NULL);
  g_autoptr (FxpCostTable) fixed = weigh (experiment, "FX");
  g_autoptr (FxpCostTable) of_float = weigh (experiment, "FL");
  g_autoptr (FxpCostTable) stochastic = weigh (experiment, "SQ");
  g_autoptr (FxpCostTable) binary = weigh (experiment, "BN");
  g_autoptr (FxpCostTable) ternary = weigh (experiment, "TG");

  assert_near (fixed->total.weights / MEGA, 725.81);
  assert_near (fixed->total.communication / MEGA, 216.58);
  assert_near (fixed->total.multiplies / GIGA, 804.54);
  /* 25.1 to 25.7, depending on whose |A| goes with B_GA; the definition takes the layer's input. */
  assert_near (fixed->total.activations / MEGA, 25.67);
  assert_near (stochastic->total.weights / MEGA, 1062.02);
  assert_near (stochastic->total.multiplies / GIGA, 804.54);
  assert_near (of_float->total.weights / MEGA, 1784.45);
  assert_near (of_float->total.communication / MEGA, 594.82);
  assert_near (of_float->total.multiplies / GIGA, 4318.95);
  assert_near (of_float->total.activations / MEGA, 96.67);
  /* The paper's 1208, 128, 1227 and 37.3, which was 37.2 when it was computed again. */
  g_assert_cmpfloat_with_epsilon (binary->total.weights / MEGA, 1208, 0.5);
  g_assert_cmpfloat_with_epsilon (binary->total.multiplies / GIGA, 128, 0.5);
  g_assert_cmpfloat_with_epsilon (ternary->total.weights / MEGA, 1227, 0.5);
  g_assert_cmpfloat_with_epsilon (ternary->total.communication / MEGA, 37.2, 0.05);
  for (guint i = 0; i < 2; i++)
    {
      const FxpCost *costs = i == 0 ? &fixed->float_total : &binary->float_total;

      g_assert_cmpfloat (costs->weights, ==, of_float->total.weights);
      g_assert_cmpfloat (costs->activations, ==, of_float->total.activations);
      g_assert_cmpfloat (costs->multiplies, ==, of_float->total.multiplies);
      g_assert_cmpfloat (costs->communication, ==, of_float->total.communication);
    }
}

static void
test_convnet (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_preset_load ("convnet-cifar10", NULL);
  g_autoptr (FxpCostTable) of_float = weigh (experiment, "FL");
  g_autoptr (FxpCostTable) binary = weigh (experiment, "BN");
  g_autoptr (FxpCostTable) ternary = weigh (experiment, "TG");

  assert_near (of_float->total.weights / MEGA, 148.11);
  assert_near (of_float->total.communication / MEGA, 49.37);
  assert_near (of_float->total.multiplies / GIGA, 94.37);
  assert_near (of_float->total.activations / MEGA, 9.32);
  assert_near (binary->total.weights / MEGA, 100.29);
  g_assert_cmpfloat_with_epsilon (binary->total.multiplies / GIGA, 2.795, 0.001);
  g_assert_cmpfloat_with_epsilon (binary->total.activations / MEGA, 4.8, 0.05);
  assert_near (binary->total.communication / MEGA, 49.37);
  assert_near (ternary->total.weights / MEGA, 101.83);
  g_assert_cmpfloat_with_epsilon (ternary->total.communication / MEGA, 3.086, 0.001);
  assert_near (ternary->total.multiplies / GIGA, 94.37);
  assert_near (ternary->total.activations / MEGA, 9.32);
}

/* A network small enough to count by hand, with every kind of layer between two of weights. */
static void
test_by_hand (void)
{
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "network.topology", "1x8x8-MP2-2C3P-BN-AP2-D20-3");
  g_autoptr (FxpCostTable) costs = NULL;

  experiment = set (g_steal_pointer (&experiment), "precision.*.*.format", "Q1.6");
  experiment = set (g_steal_pointer (&experiment), "precision.1.weight.format", "Q1.2");
  experiment = set (g_steal_pointer (&experiment), "precision.1.activation.format", "UQ0.3");
  experiment = set (g_steal_pointer (&experiment), "precision.1.weight-grad.format", "Q1.4");
  experiment = set (g_steal_pointer (&experiment), "precision.1.activation-grad.format", "Q1.5");
  experiment = set (g_steal_pointer (&experiment), "precision.1.weight-acc.format", "float");
  costs = fxp_cost_table_new (experiment, NULL, NULL);
  g_assert_cmpuint (costs->n_layers, ==, 2);
  /* The image of 64 pixels, not the 16 that are left; 2 x 4 x 4 outputs, not 2 x 2 x 2. */
  g_assert_cmpfloat (costs->n_activations[0], ==, 64);
  g_assert_cmpfloat (costs->n_activations[1], ==, 32);
  g_assert_cmpfloat (costs->n_weights[0], ==, 18);
  g_assert_cmpfloat (costs->n_weights[1], ==, 24);
  g_assert_cmpfloat (costs->n_multiplies[0], ==, 32 * 9);
  g_assert_cmpfloat (costs->n_multiplies[1], ==, 24);
  g_assert_cmpfloat (costs->layers[0].weights, ==, 18 * (4 + 6 + 32));
  g_assert_cmpfloat (costs->layers[0].activations, ==, 64 * (3 + 7));
  g_assert_cmpfloat (costs->layers[0].multiplies, ==, 32 * 9 * (4 * 3 + 4 * 7 + 3 * 7));
  g_assert_cmpfloat (costs->layers[0].communication, ==, 18 * 6);
  g_assert_cmpfloat (costs->layers[1].multiplies, ==, 24 * 3 * 64);
  g_assert_cmpfloat (costs->total.weights, ==, 18 * 42 + 24 * 24);
  g_assert_cmpfloat (costs->float_total.multiplies, ==, (32 * 9 + 24) * 3 * 529);
}

/* Float enters products with its mantissa, whatever it meets. */
static void
test_mixed (void)
{
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "precision.1.weight.format", "float");
  g_autoptr (FxpCostTable) costs = fxp_cost_table_new (experiment, NULL, NULL);
  const FxpTensorId weight = {0, FXP_ROLE_WEIGHT}, bias = {0, FXP_ROLE_BIAS};

  g_assert_cmpfloat (costs->layers[0].multiplies, ==, 16 * (2 * 23 * 12 + 12 * 12));
  g_assert_cmpfloat (costs->layers[0].weights, ==, 16 * (32 + 12 + 12));
  g_assert_cmpfloat (fxp_cost_get_stored_bits (experiment, weight), ==, 32);
  g_assert_cmpfloat (fxp_cost_get_product_bits (experiment, weight), ==, 23);
  g_assert_cmpfloat (fxp_cost_get_stored_bits (experiment, bias), ==, 0);
}

/* Of clusters: changes, and what they make of the weights and multiplications of a layer of 2 x 3
 * kernels of 9 weights on 4 x 4 pixels, with words of 8 bits. */
static const struct
{
  const char *key, *value;
  double weights, multiplies;
} clustered[] = {
  {"clusters.method", "opt", 54 * 18 + 4 * 8, 864 * 64 + 16 * 4 * 8 * (8 + 4 + 8)},
  {"clusters.asymmetric", "true", 54 * 18 + 8 * 8, 864 * 64 + 16 * 8 * 8 * (8 + 4 + 8)},
  {"clusters.terms", "2", 54 * 20 + 16 * 8, 864 * 64 + 16 * 16 * 8 * (8 + 4 + 8)},
  {"clusters.asymmetric", "false", 54 * 20 + 8 * 8, 864 * 64 + 16 * 8 * 8 * (8 + 4 + 8)},
  {"clusters.terms", "1", 54 * 18 + 4 * 8, 864 * 64 + 16 * 4 * 8 * (8 + 4 + 8)},
  /* One scale, but a sum of 27 weights in each unit. */
  {"clusters.granularity", "layer", 54 * 18 + 8, 864 * 64 + 16 * 2 * 8 * (8 + 5 + 8)},
  {"clusters.granularity", "kernels", 54 * 18 + 4 * 8, 864 * 64 + 16 * 4 * 8 * (8 + 4 + 8)},
  {"clusters.method",
   "linear",
   54 * 18 + 4 * 8,
   864 * (2 * 8 + 2 * (8 + 8) + 64) + 16 * 4 * 8 * (2 + 8 + 4 + 8)},
  {"clusters.bits",
   "4",
   54 * 20 + 4 * 8,
   864 * (4 * 8 + 4 * (8 + 8) + 64) + 16 * 4 * 8 * (4 + 8 + 4 + 8)},
  {"clusters.method", "power", 54 * 20 + 4 * 8, 864 * (4 * 8 + 4 * 8 + 64)},
};

static void
test_clusters (void)
{
  const FxpTensorId weight = {1, FXP_ROLE_WEIGHT};
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "network.topology", "1x4x4-3C3P-2C3P-4");

  experiment = set (g_steal_pointer (&experiment), "precision.*.*.format", "Q1.6");
  experiment = set (g_steal_pointer (&experiment), "clusters.size", "2");
  for (gsize i = 0; i < G_N_ELEMENTS (clustered); i++)
    {
      g_autoptr (FxpCostTable) costs = NULL;

      experiment = set (g_steal_pointer (&experiment), clustered[i].key, clustered[i].value);
      costs = fxp_cost_table_new (experiment, NULL, NULL);
      g_assert_cmpfloat (costs->layers[1].weights, ==, clustered[i].weights);
      g_assert_cmpfloat (costs->layers[1].multiplies, ==, clustered[i].multiplies);
      g_assert_cmpfloat (costs->layers[1].communication, ==, 54 * 8);
      g_assert_cmpfloat (costs->layers[0].weights, ==, 27 * 24);
      g_assert_cmpfloat (costs->layers[0].multiplies, ==, 16 * 27 * 3 * 64);
      g_assert_cmpfloat (costs->float_total.multiplies, ==, (432 + 864 + 128) * 3 * 529);
    }
  g_assert_cmpfloat (fxp_cost_get_stored_bits (experiment, weight), ==, 4);
  g_assert_cmpfloat (fxp_cost_get_product_bits (experiment, weight), ==, 4);
}

/* Scales meet a float operand's mantissa, whose sums do not grow; and the first layer's 8-bit words
 * are not binary, whatever the cell says. */
static void
test_clusters_mixed (void)
{
  const FxpTensorId input = {0, FXP_ROLE_ACTIVATION};
  g_autoptr (FxpExperiment) experiment =
    set (fxp_experiment_new (), "network.topology", "1x4x4-3C3P-2C3P-4");
  g_autoptr (FxpCostTable) costs = NULL;

  experiment = set (g_steal_pointer (&experiment), "precision.*.*.format", "float");
  experiment = set (g_steal_pointer (&experiment), "precision.1.*.format", "Q1.0");
  experiment = set (g_steal_pointer (&experiment), "precision.1.weight.rounding", "sign");
  g_assert_cmpfloat (fxp_cost_get_stored_bits (experiment, input), ==, 1);
  experiment = set (g_steal_pointer (&experiment), "clusters.size", "2");
  experiment = set (g_steal_pointer (&experiment), "clusters.method", "opt");
  costs = fxp_cost_table_new (experiment, NULL, NULL);
  g_assert_cmpfloat (fxp_cost_get_stored_bits (experiment, input), ==, 2);
  g_assert_cmpfloat (costs->layers[1].multiplies, ==, 864 * 529 + 16 * 4 * 8 * (23 + 23));
}

static void
test_input (void)
{
  const FxpShape right = FXP_SHAPE_3 (1, 8, 8), wrong = FXP_SHAPE_3 (1, 2, 2);
  g_autoptr (FxpExperiment) open = set (fxp_experiment_new (), "network.topology", "4C3-10");
  g_autoptr (FxpExperiment) stated = fxp_experiment_new ();
  g_autoptr (FxpCostTable) costs = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_cost_is_self_contained (open));
  g_assert_true (fxp_cost_is_self_contained (stated));
  g_assert_null (fxp_cost_table_new (open, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_cmpstr (error->message,
                   ==,
                   "topology 4C3-10: it does not state its input's shape, expected it in front, as "
                   "in 3x32x32-4C3-10");
  g_clear_error (&error);
  g_assert_null (fxp_cost_table_new (open, &wrong, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_clear_error (&error);
  g_assert_null (fxp_cost_table_new (stated, &right, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_clear_error (&error);
  costs = fxp_cost_table_new (open, &right, &error);
  g_assert_no_error (error);
  g_assert_cmpfloat (costs->n_weights[1], ==, 4 * 36 * 10);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cost/released", test_released);
  g_test_add_func ("/cost/6.11-resnet", test_resnet);
  g_test_add_func ("/cost/6.11-convnet", test_convnet);
  g_test_add_func ("/cost/by-hand", test_by_hand);
  g_test_add_func ("/cost/mixed", test_mixed);
  g_test_add_func ("/cost/clusters", test_clusters);
  g_test_add_func ("/cost/clusters-mixed", test_clusters_mixed);
  g_test_add_func ("/cost/input", test_input);
  return g_test_run ();
}
