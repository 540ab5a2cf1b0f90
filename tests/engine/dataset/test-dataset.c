/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "idx-file.h"

static void
test_builtin_names (void)
{
  const char *const *names = fxp_dataset_get_builtin_names ();
  const char *const expected[] = {"circle", "xor", "gauss", "spiral", "digits", NULL};

  g_assert_cmpstrv (names, expected);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      FxpDatasetSource source = {.name = names[i], .n_samples = 100, .test_share = 0.5, .seed = 1};
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, names[i]);
      g_assert_true (g_str_has_suffix (fxp_dataset_get_builtin_description (names[i]), "."));
    }
  g_assert_null (fxp_dataset_get_builtin_description ("cube"));
}

static void
test_unknown_name (void)
{
  FxpDatasetSource source = {.name = "cube", .n_samples = 100, .test_share = 0.5};
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_dataset_load (&source, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_PARSE);
  assert_one_sentence (error, "dataset.name", "“cube” is not a built-in set");
  assert_one_sentence (error, "dataset.name", "circle, xor, gauss, spiral, digits");
}

static void
test_cancelled (void)
{
  FxpDatasetSource sources[] = {
    {.name = "spiral", .n_samples = 100, .test_share = 0.5},
    {.name = "digits"},
    {.path = "/", .test_share = 0.5},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      g_cancellable_cancel (cancellable);
      g_assert_null (fxp_dataset_load (&sources[i], cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

static gpointer
cancel_soon (gpointer cancellable)
{
  g_usleep (2000);
  g_cancellable_cancel (cancellable);
  return NULL;
}

/* Whether or not the load is done by then, it ends at once and well. */
static void
test_cancelled_midway (void)
{
  FxpDatasetSource source = {.name = "spiral", .n_samples = 1000000, .test_share = 0.5};
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  GThread *thread = g_thread_new ("cancel", cancel_soon, cancellable);
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, cancellable, &error);

  g_thread_join (thread);
  if (dataset == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_no_error (error);
}

static void
test_gather (void)
{
  FxpDatasetSource source = {.name = "digits"};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  const guint32 rows[] = {354, 0, 7, 7};
  double inputs[4 * 64];
  double one[64];
  guint16 labels[4] = {0};
  guint16 label = 0;

  fxp_dataset_gather (dataset, FXP_SPLIT_TEST, rows, 4, inputs, labels);
  for (gsize i = 0; i < 4; i++)
    {
      fxp_dataset_gather (dataset, FXP_SPLIT_TEST, &rows[i], 1, one, NULL);
      fxp_dataset_gather (dataset, FXP_SPLIT_TEST, &rows[i], 1, NULL, &label);
      g_assert_cmpmem (inputs + 64 * i, sizeof one, one, sizeof one);
      g_assert_cmpuint (labels[i], ==, label);
    }
}

static void
test_references (void)
{
  FxpDatasetSource source = {.name = "xor", .n_samples = 100, .test_share = 0.5};
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, NULL);

  g_assert_true (fxp_dataset_ref (dataset) == dataset);
  fxp_dataset_unref (dataset);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 50);
  fxp_dataset_unref (dataset);
}

static void
test_permute (void)
{
  enum
  {
    N = 1000
  };
  g_autoptr (FxpSamples) samples = fxp_samples_new (3, 1);
  g_autofree guint32 *order = g_new (guint32, N);
  guint8 *bytes;

  g_assert_true (fxp_samples_reserve (samples, N, N, "samples", NULL));
  bytes = samples->features;
  samples->n = N;
  for (guint i = 0; i < N; i++)
    {
      samples->labels[i] = (guint16)i;
      for (guint j = 0; j < 3; j++)
        bytes[3 * i + j] = (guint8)(i * 7 + j);
      /* Cycles of many lengths, and fixed points. */
      order[i] = i < 500 ? (i + 1) % 500 : i < 900 ? 500 + (i * 3 + 1 - 500 * 3) % 400 : i;
    }
  g_assert_true (fxp_samples_permute (samples, order, NULL, NULL));
  for (guint i = 0; i < N; i++)
    {
      guint from = i < 500 ? (i + 1) % 500 : i < 900 ? 500 + (i * 3 + 1 - 500 * 3) % 400 : i;

      g_assert_cmpuint (samples->labels[i], ==, from);
      for (guint j = 0; j < 3; j++)
        g_assert_cmpuint (bytes[3 * i + j], ==, (guint8)(from * 7 + j));
    }
}

static void
test_reserve_limit (void)
{
  g_autoptr (FxpSamples) samples = fxp_samples_new (65534, sizeof (float));
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_samples_reserve (samples, 10000000, 10000000, "wide.csv", &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_DATASET);
  assert_one_sentence (error, "wide.csv", "10000000 samples of 262136 bytes, expected 4 GiB");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/dataset/builtin-names", test_builtin_names);
  g_test_add_func ("/dataset/dataset/unknown-name", test_unknown_name);
  g_test_add_func ("/dataset/dataset/cancelled", test_cancelled);
  g_test_add_func ("/dataset/dataset/cancelled-midway", test_cancelled_midway);
  g_test_add_func ("/dataset/dataset/gather", test_gather);
  g_test_add_func ("/dataset/dataset/references", test_references);
  g_test_add_func ("/dataset/dataset/permute", test_permute);
  g_test_add_func ("/dataset/dataset/reserve-limit", test_reserve_limit);
  return g_test_run ();
}
