/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset.h"

static void
check_split (FxpDataset *dataset,
             FxpSplit split,
             const guint16 *first_labels,
             double pixel_sum,
             const guint *class_counts)
{
  gsize n = fxp_dataset_get_n (dataset, split);
  double sum = 0;
  guint counts[10] = {0};

  for (guint32 row = 0; row < n; row++)
    {
      double inputs[64];
      guint16 label = 0;

      fxp_dataset_gather (dataset, split, &row, 1, inputs, &label);
      if (row < 10)
        g_assert_cmpuint (label, ==, first_labels[row]);
      g_assert_cmpuint (label, <, 10);
      counts[label]++;
      for (guint i = 0; i < 64; i++)
        {
          double pixel = inputs[i] * 16;

          /* Exact with four fraction bits. */
          g_assert_true (pixel >= 0 && pixel <= 16 && pixel == (double)(int)pixel);
          sum += pixel;
        }
    }
  g_assert_cmpfloat (sum, ==, pixel_sum);
  for (guint i = 0; i < 10; i++)
    g_assert_cmpuint (counts[i], ==, class_counts[i]);
}

/* Counted by other means from the source of the files. */
static void
test_contents (void)
{
  static const guint16 train_labels[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  static const guint16 test_labels[] = {5, 0, 9, 8, 7, 1, 2, 6, 3, 4};
  static const guint train_counts[] = {143, 146, 142, 147, 145, 146, 145, 144, 140, 144};
  static const guint test_counts[] = {35, 36, 35, 36, 36, 36, 36, 35, 34, 36};
  FxpDatasetSource source = {.name = "digits"};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, 1442);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 355);
  check_split (dataset, FXP_SPLIT_TRAIN, train_labels, 450566, train_counts);
  check_split (dataset, FXP_SPLIT_TEST, test_labels, 111152, test_counts);
}

static void
test_shape (void)
{
  FxpDatasetSource source = {.name = "digits"};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);
  const FxpShape *shape = fxp_dataset_get_shape (dataset);

  g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "digits");
  g_assert_cmpuint (shape->rank, ==, 3);
  g_assert_cmpuint (shape->dim[0], ==, 1);
  g_assert_cmpuint (shape->dim[1], ==, 8);
  g_assert_cmpuint (shape->dim[2], ==, 8);
  g_assert_true (fxp_dataset_is_image (dataset));
  g_assert_false (fxp_dataset_get_plane (dataset, NULL, NULL));
  g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, 10);
  for (guint i = 0; i < 10; i++)
    {
      g_autofree char *name = g_strdup_printf ("%u", i);

      g_assert_cmpstr (fxp_dataset_get_class_name (dataset, i), ==, name);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/digits/contents", test_contents);
  g_test_add_func ("/dataset/digits/shape", test_shape);
  return g_test_run ();
}
