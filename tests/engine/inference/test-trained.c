/* SPDX-License-Identifier: MIT */
#include "trained-net.h"

static void
test_copies (void)
{
  const FxpShape input = FXP_SHAPE_3 (1, 8, 8);
  g_autoptr (FxpExperiment) experiment = trained_net_make_experiment ("4C3-BN-MP2-10", "relu");
  FxpTrainedLayer *layers = trained_net_make_layers (experiment);
  const double weight = layers[0].weights[5], gamma = layers[0].gamma[3];
  g_autoptr (FxpTrained) trained =
    fxp_trained_new (experiment, &input, TRAINED_NET_CLASSES, layers);
  const FxpTrainedLayer *first = fxp_trained_get_layer (trained, 0);
  const FxpTrainedLayer *last = fxp_trained_get_layer (trained, 1);

  trained_net_free_layers (layers, 2);
  g_assert_true (fxp_experiment_equal (fxp_trained_get_experiment (trained), experiment));
  g_assert_true (fxp_shape_equal (fxp_trained_get_input (trained), &input));
  g_assert_cmpuint (fxp_trained_get_n_classes (trained), ==, TRAINED_NET_CLASSES);
  g_assert_cmpuint (fxp_trained_get_n_layers (trained), ==, 2);
  g_assert_cmpuint (first->n_units, ==, 4);
  g_assert_cmpuint (first->n_inputs, ==, 1);
  g_assert_cmpuint (first->n_pixels, ==, 9);
  g_assert_cmpfloat (first->weights[5], ==, weight);
  g_assert_cmpfloat (first->gamma[3], ==, gamma);
  g_assert_null (first->bias);
  g_assert_cmpuint (last->n_inputs, ==, 4 * 3 * 3);
  g_assert_nonnull (last->bias);
  g_assert_null (last->gamma);
}

static void
test_normalized (void)
{
  static const struct
  {
    const char *topology;
    guint n;
    gboolean is_normalized;
  } cases[] = {
    {"4C3-BN-8FC-BN-10", 2, TRUE},
    {"4C3-BN-8FC-10", 1, FALSE},
    {"4C3-8FC-10", 0, FALSE},
    {"10", 0, TRUE},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpTrained) trained = trained_net_new (cases[i].topology, "relu");
      guint n;

      g_assert_cmpint (fxp_trained_is_normalized (trained, &n), ==, cases[i].is_normalized);
      g_assert_cmpuint (n, ==, cases[i].n);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/trained/copies", test_copies);
  g_test_add_func ("/trained/normalized", test_normalized);
  return g_test_run ();
}
