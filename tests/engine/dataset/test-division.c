/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "scratch-folder.h"

#include <math.h>

static FxpDataset *
load (const char *name, double validation_share, guint64 seed)
{
  FxpDatasetSource source = {.name = name,
                             .n_samples = 200,
                             .test_share = 0.25,
                             .validation_share = validation_share,
                             .seed = seed};
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

static gsize
get_n (FxpDataset *dataset)
{
  gsize n = 0;

  for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
    n += fxp_dataset_get_n (dataset, split);
  return n;
}

/* A sample's label and values. */
static GBytes *
get_sample (FxpDataset *dataset, FxpSplit split, guint32 row)
{
  gsize n = dataset->n_features;
  g_autofree double *values = g_new0 (double, n + 1);
  guint16 label = 0;

  fxp_dataset_gather (dataset, split, &row, 1, values, &label);
  values[n] = label;
  return g_bytes_new (values, (n + 1) * sizeof *values);
}

/* How often each sample occurs in a split. */
static GHashTable *
collect (FxpDataset *dataset, FxpSplit split)
{
  GHashTable *samples =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);

  for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
    {
      GBytes *sample = get_sample (dataset, split, row);
      guint n = GPOINTER_TO_UINT (g_hash_table_lookup (samples, sample));

      g_hash_table_insert (samples, sample, GUINT_TO_POINTER (n + 1));
    }
  return samples;
}

static void
assert_same_split (FxpDataset *a, FxpDataset *b, FxpSplit split)
{
  g_assert_cmpuint (fxp_dataset_get_n (a, split), ==, fxp_dataset_get_n (b, split));
  for (guint32 row = 0; row < fxp_dataset_get_n (a, split); row++)
    {
      g_autoptr (GBytes) of_a = get_sample (a, split, row);
      g_autoptr (GBytes) of_b = get_sample (b, split, row);

      g_assert_true (g_bytes_equal (of_a, of_b));
    }
}

/* The digits come divided, the spiral does not. */
static const char *const names[] = {"spiral", "digits"};

static void
test_shares (void)
{
  static const double shares[] = {0, 1e-9, 0.1, 1.0 / 3, 0.5};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FxpDataset) whole = load (names[i], 0, 5);
      gsize n_train = fxp_dataset_get_n (whole, FXP_SPLIT_TRAIN);

      for (gsize j = 0; j < G_N_ELEMENTS (shares); j++)
        {
          g_autoptr (FxpDataset) dataset = load (names[i], shares[j], 5);
          gsize n = fxp_dataset_get_n (dataset, FXP_SPLIT_VALIDATION);

          g_assert_cmpuint (get_n (dataset), ==, get_n (whole));
          g_assert_cmpuint (n,
                            ==,
                            shares[j] == 0 ? 0 : MAX (1, (gsize)floor (n_train * shares[j] + 0.5)));
          assert_same_split (dataset, whole, FXP_SPLIT_TEST);
        }
    }
}

/* What is set aside and what is left are the training data and nothing else. */
static void
test_partition (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (FxpDataset) whole = load (names[i], 0, 5);
      g_autoptr (FxpDataset) dataset = load (names[i], 0.2, 5);
      g_autoptr (GHashTable) all = collect (whole, FXP_SPLIT_TRAIN);
      g_autoptr (GHashTable) left = collect (dataset, FXP_SPLIT_TRAIN);
      g_autoptr (GHashTable) aside = collect (dataset, FXP_SPLIT_VALIDATION);
      GHashTableIter iter;
      gpointer sample;
      gpointer n;

      g_hash_table_iter_init (&iter, all);
      while (g_hash_table_iter_next (&iter, &sample, &n))
        g_assert_cmpuint (GPOINTER_TO_UINT (n),
                          ==,
                          GPOINTER_TO_UINT (g_hash_table_lookup (left, sample)) +
                            GPOINTER_TO_UINT (g_hash_table_lookup (aside, sample)));
    }
}

/* Drawn by seed, and not simply the last of the file, which may be of one class. */
static void
test_draw (void)
{
  g_autoptr (FxpDataset) whole = load ("digits", 0, 5);
  g_autoptr (FxpDataset) first = load ("digits", 0.2, 5);
  g_autoptr (FxpDataset) again = load ("digits", 0.2, 5);
  g_autoptr (FxpDataset) other = load ("digits", 0.2, 6);
  gsize n = fxp_dataset_get_n (first, FXP_SPLIT_VALIDATION);
  guint n_same_other = 0;
  guint n_same_last = 0;

  assert_same_split (first, again, FXP_SPLIT_TRAIN);
  assert_same_split (first, again, FXP_SPLIT_VALIDATION);
  for (guint32 row = 0; row < n; row++)
    {
      guint32 last = (guint32)(fxp_dataset_get_n (whole, FXP_SPLIT_TRAIN) - n) + row;
      g_autoptr (GBytes) of_first = get_sample (first, FXP_SPLIT_VALIDATION, row);
      g_autoptr (GBytes) of_other = get_sample (other, FXP_SPLIT_VALIDATION, row);
      g_autoptr (GBytes) of_whole = get_sample (whole, FXP_SPLIT_TRAIN, last);

      n_same_other += g_bytes_equal (of_first, of_other);
      n_same_last += g_bytes_equal (of_first, of_whole);
    }
  g_assert_cmpuint (n_same_other, <, n / 10);
  g_assert_cmpuint (n_same_last, <, n / 10);
}

/* Two samples: one to test on, so the other is to train on. */
static void
test_never_empty (void)
{
  char *folder = scratch_folder_new ();
  static const char text[] = "1,2,a\n3,4,b\n";
  g_autofree char *path = scratch_folder_write (folder, "two.csv", text, strlen (text));
  FxpDatasetSource source = {.path = path, .test_share = 0.5, .validation_share = 0.5};
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);

  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, 1);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_VALIDATION), ==, 0);
  scratch_folder_remove (folder);
}

static void
test_range (void)
{
  static const double shares[] = {-0.1, 0.51, 1, NAN, INFINITY};

  for (gsize i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      FxpDatasetSource source = {.name = "spiral",
                                 .n_samples = 200,
                                 .test_share = 0.5,
                                 .validation_share = shares[i]};
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_dataset_load (&source, NULL, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_RANGE);
      assert_one_sentence (error, "dataset.validation-share", "is not in 0..0.5");
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/division/shares", test_shares);
  g_test_add_func ("/dataset/division/partition", test_partition);
  g_test_add_func ("/dataset/division/draw", test_draw);
  g_test_add_func ("/dataset/division/never-empty", test_never_empty);
  g_test_add_func ("/dataset/division/range", test_range);
  return g_test_run ();
}
