/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/footprint-private.h"
#include "number/error.h"

/* Peaks of roundoff-cli train over an epoch of 32-bit words, largest resident sets as wait4() told
 * them; the twin is recorded. */
static const struct
{
  const char *topology;
  const char *batch;
  const char *momentum;
  gsize n_samples;
  FxpShape input;
  guint n_classes;
  double peak;
} cases[] = {
  {"2-6000-3000-2", "10", "0", 30, {1, {2}}, 2, 1354e6},
  {"2-256-64-2", "65536", "0", 50000, {1, {2}}, 2, 782e6},
  {"64C5-64C3-10", "1400", "0", 1400, {3, {1, 8, 8}}, 10, 112e6},
  {"32C3-32C3-16C3-10", "65536", "0", 1400, {3, {1, 8, 8}}, 10, 164e6},
  {"64C3P-BN-RES(64)-GAP-10", "256", "0.9", 1400, {3, {1, 8, 8}}, 10, 171e6},
  {"64C3P-AP2-64C3P-AP2-10", "256", "0", 1442, {3, {1, 8, 8}}, 10, 109e6},
};

static FxpExperiment *
new_experiment (const char *topology, const char *batch, const char *momentum, const char *twin)
{
  const char *changes[][2] = {{"network.topology", topology},
                              {"training.batch", batch},
                              {"training.momentum", momentum},
                              {"training.twin", twin}};
  FxpExperiment *experiment = fxp_experiment_new ();

  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    {
      g_autoptr (GError) error = NULL;
      FxpExperiment *changed =
        fxp_experiment_with_value (experiment, changes[i][0], changes[i][1], &error);

      g_assert_no_error (error);
      fxp_experiment_unref (experiment);
      experiment = changed;
    }
  return experiment;
}

static void
test_measured (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (FxpExperiment) experiment =
        new_experiment (cases[i].topology, cases[i].batch, cases[i].momentum, "true");
      g_autoptr (FxpExperiment) alone =
        new_experiment (cases[i].topology, cases[i].batch, cases[i].momentum, "false");
      double estimate = fxp_footprint_estimate (experiment,
                                                &cases[i].input,
                                                cases[i].n_classes,
                                                cases[i].n_samples);

      g_test_message ("%s: estimate %.0f MB, measured %.0f MB",
                      cases[i].topology,
                      estimate / 1e6,
                      cases[i].peak / 1e6);
      g_assert_cmpfloat (estimate, >, cases[i].peak);
      g_assert_cmpfloat (estimate, <, 2.5 * cases[i].peak);
      g_assert_cmpfloat (fxp_footprint_estimate (alone,
                                                 &cases[i].input,
                                                 cases[i].n_classes,
                                                 cases[i].n_samples),
                         <,
                         estimate);
    }
}

/* A large image of many channels is lowered whole, and copied once more for the product. */
static void
test_large_image (void)
{
  const FxpShape input = FXP_SHAPE_3 (1, 256, 256);
  g_autoptr (FxpExperiment) experiment = new_experiment ("64C5P-64C5P-GAP-10", "1", "0", "false");

  g_assert_cmpfloat (fxp_footprint_estimate (experiment, &input, 10, 1),
                     >,
                     2 * 4.0 * 64 * 25 * 256 * 256);
}

/* A momentum more, a normalization more: more memory. */
static void
test_kinds (void)
{
  const FxpShape input = FXP_SHAPE_3 (3, 32, 32);
  g_autoptr (FxpExperiment) plain = new_experiment ("64C3P-64C3P-GAP-10", "100", "0", "true");
  g_autoptr (FxpExperiment) normalized =
    new_experiment ("64C3P-BN-64C3P-BN-GAP-10", "100", "0", "true");
  g_autoptr (FxpExperiment) block = new_experiment ("64C3P-RES(64)-GAP-10", "100", "0", "true");
  g_autoptr (FxpExperiment) pushed =
    fxp_experiment_with_value (plain, "training.momentum", "0.9", NULL);
  const double of_plain = fxp_footprint_estimate (plain, &input, 10, 1000);
  const double of_normalized = fxp_footprint_estimate (normalized, &input, 10, 1000);
  const double of_pushed = fxp_footprint_estimate (pushed, &input, 10, 1000);
  const double n_weights = 64 * 27 + 64 * 576 + 640;
  const double n_values = 2 * 64 * 1024;

  /* For both networks: a code per weight, and one per normalized value of a batch. */
  g_assert_cmpfloat_with_epsilon (of_pushed - of_plain, 2 * 4 * n_weights, 1);
  g_assert_cmpfloat_with_epsilon (of_normalized - of_plain, 2 * 4 * n_values * 100, 1);
  g_assert_cmpfloat (fxp_footprint_estimate (block, &input, 10, 1000), >, of_normalized);
}

/* Clusters, of the fixed-point network alone: two reals, a code and a value per weight, and of four
 * weights a scale in two forms and a threshold. */
static void
test_clusters (void)
{
  const FxpShape input = FXP_SHAPE_3 (3, 32, 32);
  g_autoptr (FxpExperiment) plain = new_experiment ("64C3P-64C3P-GAP-10", "100", "0", "true");
  g_autoptr (FxpExperiment) clustered =
    fxp_experiment_with_value (plain, "clusters.method", "opt", NULL);
  const double n_weights = 64 * 27 + 64 * 576 + 640;

  g_assert_cmpfloat_with_epsilon (fxp_footprint_estimate (clustered, &input, 10, 1000) -
                                    fxp_footprint_estimate (plain, &input, 10, 1000),
                                  n_weights * (16 + 4 + 1 + 18 / 4.0),
                                  1);
}

static void
test_chunk (void)
{
  static const struct
  {
    const char *topology;
    FxpShape input;
    guint chunk;
  } chunks[] = {
    {"2-8-8-2", {1, {2}}, 256},
    {"64-32-10", {3, {1, 8, 8}}, 256},
    /* 2 x 65536 + 10 values, activations included. */
    {"64C3P-10", {3, {1, 32, 32}}, 127},
    /* 4 x 2^22 + 2. */
    {"64C1-64C1-2", {3, {1, 256, 256}}, 1},
    {"64C3-2", {1, {2}}, 1},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (chunks); i++)
    {
      g_autoptr (FxpTopology) topology = fxp_topology_parse (chunks[i].topology, NULL);

      g_assert_cmpuint (fxp_footprint_get_chunk (topology, &chunks[i].input), ==, chunks[i].chunk);
    }
}

static void
test_limit (void)
{
  g_autoptr (FxpExperiment) giant = new_experiment ("2-65536-30000-2", "10", "0", "true");
  g_autoptr (FxpExperiment) wide = new_experiment ("1x256x256-256C9-2", "65536", "0", "true");
  g_autoptr (GError) error = NULL;

  g_assert_cmpfloat (fxp_footprint_get_limit (), >, 1e8);
  g_assert_true (fxp_footprint_check (giant, &FXP_SHAPE_1 (2), 2, 250, 1e12, &error));
  g_assert_no_error (error);
  g_assert_false (fxp_footprint_check (giant, &FXP_SHAPE_1 (2), 2, 250, 16e9, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  g_assert_nonnull (strstr (error->message, "2-65536-30000-2"));
  g_assert_nonnull (strstr (error->message, "16.0"));
  g_clear_error (&error);
  g_assert_false (fxp_footprint_check (wide, &FXP_SHAPE_3 (1, 256, 256), 2, 1 << 20, 1e12, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/network/footprint/measured", test_measured);
  g_test_add_func ("/network/footprint/large-image", test_large_image);
  g_test_add_func ("/network/footprint/kinds", test_kinds);
  g_test_add_func ("/network/footprint/clusters", test_clusters);
  g_test_add_func ("/network/footprint/chunk", test_chunk);
  g_test_add_func ("/network/footprint/limit", test_limit);
  return g_test_run ();
}
