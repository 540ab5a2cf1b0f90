/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset.h"
#include "experiment/experiment.h"
#include "number/error.h"

static void
test_every (void)
{
  g_auto (GStrv) names = fxp_presets_list ();

  g_assert_cmpuint (g_strv_length (names), >=, 6);
  g_assert_cmpstr (names[0], ==, "spiral");
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) experiment = fxp_preset_load (names[i], &error);
      g_autoptr (FxpExperiment) again = NULL;
      g_autofree char *text = NULL;

      g_assert_no_error (error);
      g_assert_cmpstr (fxp_experiment_get_settings (experiment)->title, !=, "");
      g_assert_cmpstr (fxp_experiment_get_settings (experiment)->description, !=, "");
      text = fxp_experiment_to_data (experiment);
      again = fxp_experiment_new_from_data (text, -1, names[i], &error);
      g_assert_no_error (error);
      g_assert_true (fxp_experiment_equal (experiment, again));
    }
}

/* The first window opens with the default; the preset of that name must mean the same. */
static void
test_default (void)
{
  g_autoptr (FxpExperiment) standard = fxp_experiment_new ();
  g_autoptr (FxpExperiment) preset = fxp_preset_load ("spiral", NULL);
  g_auto (GStrv) changes = fxp_experiment_diff (standard, preset);

  g_assert_cmpstr (changes[0], ==, NULL);
  g_assert_true (fxp_experiment_equal (standard, preset));
}

/* Published sets need not be on this computer, but everybody knows their shapes. */
static const struct
{
  const char *name;
  FxpShape shape;
} published[] = {
  {"fashion-mnist", {3, {1, 28, 28}}},
  {"mnist", {3, {1, 28, 28}}},
  {"cifar10", {3, {3, 32, 32}}},
};

static gboolean
check_published (FxpExperiment *experiment)
{
  const char *name = fxp_experiment_get_settings (experiment)->dataset_name;

  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    if (g_strcmp0 (name, published[i].name) == 0)
      {
        g_autoptr (GError) error = NULL;

        fxp_topology_check (fxp_experiment_get_topology (experiment),
                            &published[i].shape,
                            10,
                            NULL,
                            &error);
        g_assert_no_error (error);
        return TRUE;
      }
  return FALSE;
}

static void
test_data (void)
{
  g_auto (GStrv) names = fxp_presets_list ();

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) experiment = fxp_preset_load (names[i], &error);
      const FxpSettings *settings = fxp_experiment_get_settings (experiment);
      FxpDatasetSource source = {.name = settings->dataset_name,
                                 .path = settings->dataset_path,
                                 .n_samples = settings->dataset_samples,
                                 .noise = settings->dataset_noise,
                                 .test_share = settings->dataset_test_share,
                                 .validation_share = settings->dataset_validation_share,
                                 .normalize = settings->dataset_normalize,
                                 .seed = settings->seed};
      g_autoptr (FxpDataset) dataset = NULL;

      if (check_published (experiment))
        continue;
      dataset = fxp_dataset_load (&source, NULL, &error);
      g_assert_no_error (error);
      fxp_topology_check (fxp_experiment_get_topology (experiment),
                          fxp_dataset_get_shape (dataset),
                          fxp_dataset_get_n_classes (dataset),
                          NULL,
                          &error);
      g_assert_no_error (error);
    }
}

static void
test_unknown (void)
{
  static const char *const names[] = {"",
                                      "order",
                                      "Spiral",
                                      "../presets/spiral",
                                      "spiral.roundoff"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *message =
        g_strdup_printf ("\"%s\" is not a preset; expected one of spiral, circle, xor, gauss, "
                         "digits, digits-paper, digits-dynamic, digits-conv, fashion-mlp, "
                         "fashion-cnn, lenet5, convnet-cifar10, resnet20-cifar10, resnet-cifar10, "
                         "resnet-cifar10-released (roundoff-cli presets tells of each)",
                         names[i]);

      g_assert_null (fxp_preset_load (names[i], &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
      g_assert_cmpstr (error->message, ==, message);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/experiment/presets/every", test_every);
  g_test_add_func ("/experiment/presets/default", test_default);
  g_test_add_func ("/experiment/presets/data", test_data);
  g_test_add_func ("/experiment/presets/unknown", test_unknown);
  return g_test_run ();
}
