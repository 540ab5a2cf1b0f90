/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/batches-private.h"

#include <string.h>
#include <time.h>

static FxpDataset *
load (const char *name, guint n)
{
  FxpDatasetSource source = {.name = name, .n_samples = n, .test_share = 0.5, .seed = 1};
  g_autoptr (GError) error = NULL;
  FxpDataset *dataset = fxp_dataset_load (&source, NULL, &error);

  g_assert_no_error (error);
  return dataset;
}

static gsize
get_n_features (FxpDataset *dataset)
{
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  gsize n = 1;

  for (guint i = 0; i < shape->rank; i++)
    n *= shape->dim[i];
  return n;
}

/* One epoch in batches of @batch, appended sample by sample: label and inputs. */
static GArray *
read_epoch (FxpBatches *batches, FxpCursor *cursor, guint batch, gsize n_features)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (double));
  guint64 epoch = cursor->epoch;
  gsize largest = 0;

  while (cursor->epoch == epoch)
    {
      const double *inputs = NULL;
      const guint16 *labels = NULL;
      gsize n = fxp_batches_next (batches, cursor, batch, &inputs, &labels);

      g_assert_cmpuint (n, >, 0);
      g_assert_cmpuint (n, <=, batch);
      /* No batch of an epoch is smaller than another by more than one. */
      largest = MAX (largest, n);
      g_assert_cmpuint (n + 1, >=, largest);
      for (gsize i = 0; i < n; i++)
        {
          double label = labels[i];

          g_array_append_val (samples, label);
          g_array_append_vals (samples, inputs + i * n_features, (guint)n_features);
        }
    }
  g_assert_cmpuint (cursor->epoch, ==, epoch + 1);
  g_assert_cmpuint (cursor->first, ==, 0);
  return samples;
}

static gboolean
is_same (GArray *a, GArray *b)
{
  return a->len == b->len && memcmp (a->data, b->data, a->len * sizeof (double)) == 0;
}

static int
compare_rows (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return memcmp (a, b, *(gsize *)user_data);
}

/* Whether both hold the same samples, in whichever order. */
static gboolean
is_permutation (GArray *a, GArray *b, gsize n_features)
{
  gsize size = (1 + n_features) * sizeof (double);
  gsize n = a->len / (1 + n_features);
  g_autofree char *first = g_memdup2 (a->data, n * size);
  g_autofree char *second = g_memdup2 (b->data, n * size);

  g_qsort_with_data (first, (int)n, size, compare_rows, &size);
  g_qsort_with_data (second, (int)n, size, compare_rows, &size);
  return a->len == b->len && memcmp (first, second, n * size) == 0;
}

static GArray *
read_in_order (FxpDataset *dataset)
{
  GArray *samples = g_array_new (FALSE, FALSE, sizeof (double));
  gsize n_features = get_n_features (dataset);
  g_autofree double *inputs = g_new (double, n_features);

  for (guint32 row = 0; row < fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN); row++)
    {
      guint16 label = 0;
      double value;

      fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, &row, 1, inputs, &label);
      value = label;
      g_array_append_val (samples, value);
      g_array_append_vals (samples, inputs, (guint)n_features);
    }
  return samples;
}

/* The spiral of 500 and the digits are kept as doubles, the spiral of 200,000 is not. */
static const struct
{
  const char *name;
  guint n;
} sets[] = {{"spiral", 500}, {"digits", 0}, {"spiral", 200000}};

static void
test_covers (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autoptr (FxpDataset) dataset = load (sets[i].name, sets[i].n);
      gsize n_features = get_n_features (dataset);
      g_autoptr (FxpBatches) batches = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
      g_autoptr (GArray) all = read_in_order (dataset);
      FxpCursor cursor = {0, 0};

      for (guint epoch = 0; epoch < 3; epoch++)
        {
          g_autoptr (GArray) samples = read_epoch (batches, &cursor, 7, n_features);

          g_assert_true (is_permutation (samples, all, n_features));
          g_assert_false (is_same (samples, all));
        }
    }
}

static void
test_order_is_free_of_batch_size (void)
{
  static const guint sizes[] = {1, 2, 10, 64, 249, 250, 251, 65536};
  g_autoptr (FxpDataset) dataset = load ("xor", 500);
  g_autoptr (FxpBatches) batches = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
  FxpCursor cursor = {5, 0};
  g_autoptr (GArray) first = read_epoch (batches, &cursor, 3, 2);

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GArray) samples = NULL;

      cursor = (FxpCursor){5, 0};
      samples = read_epoch (batches, &cursor, sizes[i], 2);
      g_assert_true (is_same (samples, first));
    }
}

static void
test_size_changes (void)
{
  static const guint sizes[] = {1, 30, 2, 100, 7};
  g_autoptr (FxpDataset) dataset = load ("xor", 500);
  g_autoptr (FxpBatches) batches = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
  g_autoptr (GArray) changing = g_array_new (FALSE, FALSE, sizeof (double));
  g_autoptr (GArray) steady = NULL;
  FxpCursor cursor = {0, 0};

  for (guint i = 0; cursor.epoch == 0; i++)
    {
      const double *inputs = NULL;
      const guint16 *labels = NULL;
      gsize n = fxp_batches_next (batches, &cursor, sizes[i % 5], &inputs, &labels);

      for (gsize j = 0; j < n; j++)
        {
          double label = labels[j];

          g_array_append_val (changing, label);
          g_array_append_vals (changing, inputs + 2 * j, 2);
        }
    }
  cursor = (FxpCursor){0, 0};
  steady = read_epoch (batches, &cursor, 10, 2);
  g_assert_true (is_same (changing, steady));
}

/* A cursor and a seed are all that is needed to go on. */
static void
test_resume (void)
{
  g_autoptr (FxpDataset) dataset = load ("xor", 500);
  g_autoptr (FxpBatches) straight = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
  g_autoptr (FxpBatches) resumed = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
  const double *expected = NULL;
  const double *inputs = NULL;
  const guint16 *labels = NULL;
  FxpCursor cursor = {0, 0};
  FxpCursor saved;

  for (guint i = 0; i < 60; i++)
    fxp_batches_next (straight, &cursor, 10, &expected, &labels);
  g_assert_cmpuint (cursor.epoch, ==, 2);
  g_assert_cmpuint (cursor.first, ==, 100);
  saved = cursor;
  fxp_batches_next (straight, &cursor, 10, &expected, &labels);
  fxp_batches_next (resumed, &saved, 10, &inputs, &labels);
  g_assert_cmpmem (inputs, 20 * sizeof (double), expected, 20 * sizeof (double));
  g_assert_cmpuint (saved.first, ==, cursor.first);
}

static void
test_seed (void)
{
  g_autoptr (FxpDataset) dataset = load ("xor", 500);
  g_autoptr (FxpBatches) three = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
  g_autoptr (FxpBatches) four = fxp_batches_new (dataset, 4, (FxpAugmentation){0});
  FxpCursor cursor = {0, 0};
  g_autoptr (GArray) first = read_epoch (three, &cursor, 10, 2);
  g_autoptr (GArray) next = read_epoch (three, &cursor, 10, 2);
  g_autoptr (GArray) other = NULL;

  cursor = (FxpCursor){0, 0};
  other = read_epoch (four, &cursor, 10, 2);
  g_assert_false (is_same (first, next));
  g_assert_false (is_same (first, other));
}

/* A toy run takes 100,000 batches a second, which must be a small part of its time. */
static void
test_cost (void)
{
  g_autoptr (FxpDataset) dataset = load ("spiral", 500);
  g_autoptr (FxpBatches) batches = fxp_batches_new (dataset, 3, (FxpAugmentation){0});
  const double *inputs = NULL;
  const guint16 *labels = NULL;
  FxpCursor cursor = {0, 0};
  double sum = 0;
  double seconds;
  clock_t start;

  start = clock ();
  for (guint i = 0; i < 100000; i++)
    {
      fxp_batches_next (batches, &cursor, 10, &inputs, &labels);
      sum += inputs[0];
    }
  seconds = (double)(clock () - start) / CLOCKS_PER_SEC;
  g_test_message ("%.3f s for 100,000 batches of 10, sum %g", seconds, sum);
  /* A hundred times what it takes, for slow and instrumented machines. */
  g_assert_cmpfloat (seconds, <, 1.0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/batches/covers", test_covers);
  g_test_add_func ("/dataset/batches/order-is-free-of-batch-size",
                   test_order_is_free_of_batch_size);
  g_test_add_func ("/dataset/batches/size-changes", test_size_changes);
  g_test_add_func ("/dataset/batches/resume", test_resume);
  g_test_add_func ("/dataset/batches/seed", test_seed);
  g_test_add_func ("/dataset/batches/cost", test_cost);
  return g_test_run ();
}
