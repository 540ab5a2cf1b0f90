/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "topology-fit.h"

static void
check (const char *topology, const char *dataset_name, const char *expected)
{
  FxpDatasetSource source = {.name = dataset_name, .n_samples = 20, .test_share = 0.5, .seed = 1};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, &error);
  g_autoptr (FxpExperiment) plain = fxp_experiment_new ();
  g_autoptr (FxpExperiment) experiment = NULL;
  g_autoptr (FxpExperiment) fitted = NULL;

  g_assert_no_error (error);
  experiment = fxp_experiment_with_value (plain, "network.topology", topology, &error);
  g_assert_no_error (error);
  fitted = fxu_topology_fit (experiment, dataset, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fxp_topology_get_text (fxp_experiment_get_topology (fitted)), ==, expected);
  if (g_str_equal (topology, expected))
    g_assert_true (fitted == experiment);
}

static void
test_fit (void)
{
  check ("2-8-8-2", "xor", "2-8-8-2");
  check ("64-32-10", "digits", "64-32-10");
  check ("2-8-8-2", "digits", "1x8x8-8-8-10");
  check ("64-32-10", "spiral", "2-32-2");
  check ("4C3-MP2-10", "spiral", "2-8-8-2");
  check ("4C3-MP2-16FC-10", "spiral", "2-16-2");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/topology-fit/fit", test_fit);
  return g_test_run ();
}
