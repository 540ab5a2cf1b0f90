/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cifar-file.h"
#include "folder-fixture.h"
#include "dataset/dataset-private.h"

#include <math.h>

static FxpDataset *
load_normalized (const char *path, double validation_share)
{
  FxpDatasetSource source = {.path = path,
                             .test_share = 0.25,
                             .validation_share = validation_share,
                             .normalize = TRUE,
                             .seed = 3};
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

/* Each channel or feature of the training part has mean 0 and deviation 1, or is 0 throughout, and
 * every value is (raw - mean) / deviation. */
static void
assert_normalized (FxpDataset *dataset)
{
  const FxpNormalization *normalization = dataset->normalization;
  gsize n_features = dataset->n_features;
  g_autofree double *inputs = g_new (double, n_features);
  g_autofree double *raw = g_new (double, n_features);

  g_assert_nonnull (normalization);
  for (gsize group = 0; group < normalization->n_groups; group++)
    {
      gsize size = normalization->group_size;
      double n = (double)(size * fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN));
      double sum = 0;
      double squares = 0;

      for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
        for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
          {
            fxp_dataset_gather (dataset, split, &row, 1, inputs, NULL);
            fxp_dataset_gather_raw (dataset, split, &row, 1, raw, NULL);
            for (gsize i = group * size; i < (group + 1) * size; i++)
              {
                if (split == FXP_SPLIT_TRAIN)
                  {
                    sum += inputs[i];
                    squares += inputs[i] * inputs[i];
                  }
                g_assert_cmpfloat (inputs[i],
                                   ==,
                                   (raw[i] - normalization->means[group]) /
                                     normalization->deviations[group]);
              }
          }
      /* A mean of a million has 2^-33 for a last bit. */
      g_assert_cmpfloat_with_epsilon (sum / n, 0, 1e-10);
      if (squares != 0)
        g_assert_cmpfloat_with_epsilon (squares / n, 1, 1e-10);
      else
        g_assert_cmpfloat (normalization->deviations[group], ==, 1);
    }
}

static void
test_byte_images (Fixture *self, gconstpointer user_data)
{
  GByteArray *records = make_records (0, 40, 1);
  g_autofree char *path = NULL;
  g_autoptr (FxpDataset) dataset = NULL;

  /* The green channel is of one colour. */
  for (guint i = 0; i < 40; i++)
    memset (records->data + i * 3073 + 1 + 1024, 77, 1024);
  path = scratch_folder_take (self->folder, "some.bin", records);
  dataset = load_normalized (path, 0.2);
  assert_normalized (dataset);
  g_assert_nonnull (dataset->normalization->tables);
  g_assert_cmpuint (dataset->normalization->n_groups, ==, 3);
  g_assert_cmpfloat (dataset->normalization->means[1], ==, 77 / 255.0);
  g_assert_cmpfloat (fxp_dataset_normalize_value (dataset, 1, 0), ==, -77 / 255.0);
}

/* By hand: 0, 0, 255, 255 has mean and deviation 1/2. */
static void
test_known (Fixture *self, gconstpointer user_data)
{
  g_autoptr (GByteArray) records = make_records (0, 2, 1);
  g_autofree char *train = NULL;
  g_autoptr (FxpDataset) dataset = NULL;
  guint32 row = 1;
  double inputs[CIFAR_PIXELS];

  for (guint i = 0; i < 2; i++)
    for (guint at = 0; at < CIFAR_PIXELS; at++)
      records->data[i * 3073 + 1 + at] = at % 2 == 0 ? 0 : 255;
  train = scratch_folder_write (self->folder, "data_batch_1.bin", records->data, records->len);
  g_free (scratch_folder_take (self->folder, "test_batch.bin", make_records (0, 3, 1)));
  dataset = load_normalized (train, 0);
  fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, &row, 1, inputs, NULL);
  for (guint at = 0; at < CIFAR_PIXELS; at++)
    g_assert_cmpfloat (inputs[at], ==, at % 2 == 0 ? -1 : 1);
  /* The test data are measured by the training data. */
  fxp_dataset_gather (dataset, FXP_SPLIT_TEST, &row, 1, inputs, NULL);
  g_assert_cmpfloat (inputs[5], ==, (get_cifar_pixel (1, 5) / 255.0 - 0.5) / 0.5);
}

static void
test_features (Fixture *self, gconstpointer user_data)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  g_autoptr (FxpDataset) dataset = NULL;

  /* 0.1 is constant and no sum of them is exact; the third is far from 0. */
  for (guint i = 0; i < 97; i++)
    g_string_append_printf (text, "%u,0.1,%u,%u\n", i * 7 % 31, 1000000 + i, i % 3);
  path = scratch_folder_write (self->folder, "points.csv", text->str, text->len);
  dataset = load_normalized (path, 0.3);
  assert_normalized (dataset);
  g_assert_null (dataset->normalization->tables);
  g_assert_cmpfloat (dataset->normalization->means[1], ==, (double)0.1f);
  g_assert_cmpfloat (fxp_dataset_normalize_value (dataset, 1, (double)0.1f), ==, 0);
}

/* The domain of the plane holds every point still. */
static void
test_plane (void)
{
  FxpDatasetSource source = {.name = "gauss",
                             .n_samples = 300,
                             .test_share = 0.5,
                             .seed = 1,
                             .normalize = TRUE};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  double min = 0;
  double max = 0;

  assert_normalized (dataset);
  g_assert_true (fxp_dataset_get_plane (dataset, &min, &max));
  for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
    for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
      {
        double inputs[2];

        fxp_dataset_gather (dataset, split, &row, 1, inputs, NULL);
        g_assert_true (min <= MIN (inputs[0], inputs[1]) && MAX (inputs[0], inputs[1]) <= max);
      }
  g_assert_cmpfloat (max - min, <, 12);
}

/* Without it both ways of gathering give the same. */
static void
test_raw (void)
{
  FxpDatasetSource source = {.name = "digits"};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  const guint32 rows[] = {5, 300};
  double inputs[128];
  double raw[128];
  guint16 labels[2];
  guint16 raw_labels[2];

  fxp_dataset_gather (dataset, FXP_SPLIT_TEST, rows, 2, inputs, labels);
  fxp_dataset_gather_raw (dataset, FXP_SPLIT_TEST, rows, 2, raw, raw_labels);
  g_assert_cmpmem (inputs, sizeof inputs, raw, sizeof raw);
  g_assert_cmpmem (labels, sizeof labels, raw_labels, sizeof raw_labels);
  g_assert_cmpfloat (fxp_dataset_normalize_value (dataset, 0, 0), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/normalization/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("byte-images", test_byte_images);
  ADD ("known", test_known);
  ADD ("features", test_features);
  g_test_add_func ("/dataset/normalization/plane", test_plane);
  g_test_add_func ("/dataset/normalization/raw", test_raw);
  return g_test_run ();
}
