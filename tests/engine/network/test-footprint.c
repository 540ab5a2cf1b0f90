/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "network/footprint-private.h"
#include "number/error.h"

/* Peaks of roundoff-cli over two steps of 32-bit words, as GNU time measured them. */
static const struct
{
  const char *topology;
  const char *batch;
  gsize n_samples;
  FxpShape input;
  guint n_classes;
  double peak;
} cases[] = {
  {"2-6000-3000-2", "10", 250, {1, {2}}, 2, 1174e6},
  {"2-256-64-2", "65536", 50000, {1, {2}}, 2, 509e6},
  {"64C5-64C3-10", "1400", 1400, {3, {1, 8, 8}}, 10, 79e6},
  {"32C3-32C3-16C3-10", "65536", 1400, {3, {1, 8, 8}}, 10, 139e6},
};

static FxpExperiment *
new_experiment (const char *topology, const char *batch, const char *twin)
{
  const char *changes[][2] = {{"network.topology", topology},
                              {"training.batch", batch},
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
        new_experiment (cases[i].topology, cases[i].batch, "true");
      g_autoptr (FxpExperiment) alone = new_experiment (cases[i].topology, cases[i].batch, "false");
      double estimate = fxp_footprint_estimate (experiment,
                                                &cases[i].input,
                                                cases[i].n_classes,
                                                cases[i].n_samples);

      g_test_message ("%s: estimate %.0f MB, measured %.0f MB",
                      cases[i].topology,
                      estimate / 1e6,
                      cases[i].peak / 1e6);
      g_assert_cmpfloat (estimate, >, 0.8 * cases[i].peak);
      g_assert_cmpfloat (estimate, <, 2.5 * cases[i].peak);
      g_assert_cmpfloat (fxp_footprint_estimate (alone,
                                                 &cases[i].input,
                                                 cases[i].n_classes,
                                                 cases[i].n_samples),
                         <,
                         estimate);
    }
}

static void
test_limit (void)
{
  g_autoptr (FxpExperiment) giant = new_experiment ("2-65536-30000-2", "10", "true");
  g_autoptr (FxpExperiment) wide = new_experiment ("1x256x256-256C9-2", "65536", "true");
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
  g_test_add_func ("/network/footprint/limit", test_limit);
  return g_test_run ();
}
