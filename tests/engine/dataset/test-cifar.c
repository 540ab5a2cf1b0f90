/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cifar-file.h"
#include "folder-fixture.h"
#include "dataset/dataset-private.h"

static FxpSamples *
read_records (const GByteArray *bytes, FxpCifarKind kind, GError **error)
{
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (bytes->data, bytes->len, NULL);
  g_autoptr (FxpByteReader) reader = fxp_byte_reader_new (stream, "records");
  g_autoptr (FxpSamples) samples = fxp_cifar_new_samples ();

  if (!fxp_cifar_read (samples, kind, reader, 0, NULL, error))
    return NULL;
  return g_steal_pointer (&samples);
}

static void
test_values (void)
{
  for (FxpCifarKind kind = 0; kind < FXP_CIFAR_N_KINDS; kind++)
    {
      guint n_classes = kind == FXP_CIFAR_10 ? 10 : 100;
      g_autoptr (GByteArray) bytes = make_records (0, 130, kind + 1);
      g_autoptr (FxpSamples) samples = read_records (bytes, kind, NULL);
      const guint8 *pixels = samples->features;

      g_assert_cmpuint (fxp_cifar_get_record_size (kind), ==, 3073 + kind);
      g_assert_cmpuint (samples->n, ==, 130);
      for (guint i = 0; i < 130; i++)
        {
          g_assert_cmpuint (samples->labels[i], ==, i % n_classes);
          for (guint at = 0; at < CIFAR_PIXELS; at++)
            g_assert_cmpuint (*pixels++, ==, get_cifar_pixel (i, at));
        }
    }
}

static void
assert_records_fail (GByteArray *bytes, FxpCifarKind kind, const char *text)
{
  g_autoptr (GByteArray) records = bytes;
  g_autoptr (GError) error = NULL;

  g_assert_null (read_records (records, kind, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_DATASET);
  assert_one_sentence (error, "records", text);
}

static GByteArray *
with_byte (GByteArray *bytes, guint at, guint8 byte)
{
  bytes->data[at] = byte;
  return bytes;
}

static void
test_damaged (void)
{
  static const guint cuts[] = {1, 2, 3072, 3073 + 1, 2 * 3073 + 3000};

  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_autofree char *text = g_strdup_printf ("ends at offset %u inside record %u, expected whole "
                                               "records of 3073 bytes",
                                               cuts[i],
                                               cuts[i] / 3073 + 1);

      assert_records_fail (g_byte_array_set_size (make_records (0, 5, 1), cuts[i]),
                           FXP_CIFAR_10,
                           text);
    }
  assert_records_fail (g_byte_array_set_size (make_records (0, 5, 2), 3075),
                       FXP_CIFAR_100,
                       "ends at offset 3075 inside record 2");
  assert_records_fail (g_byte_array_new (), FXP_CIFAR_10, "is empty, expected records of 3073");
  assert_records_fail (with_byte (make_records (0, 5, 1), 2 * 3073, 10),
                       FXP_CIFAR_10,
                       "label 10 at offset 6146, expected 0..9 of CIFAR-10's");
  assert_records_fail (with_byte (make_records (0, 5, 2), 3074, 20),
                       FXP_CIFAR_100,
                       "label 20 at offset 3074, expected 0..19 of CIFAR-100's");
  assert_records_fail (with_byte (make_records (0, 5, 2), 3075, 100),
                       FXP_CIFAR_100,
                       "label 100 at offset 3075, expected 0..99 of CIFAR-100's");
  /* What follows the last record is the beginning of another. */
  assert_records_fail (g_byte_array_append (make_records (0, 5, 1), (const guint8 *)"\1\2", 2),
                       FXP_CIFAR_10,
                       "ends at offset 15367 inside record 6");
}

/* CIFAR-10 of some batches, packed and plain, with and without a test batch. */
static void
test_folder (Fixture *self, gconstpointer user_data)
{
  static const guint16 labels[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1, 7, 8, 9};
  g_autoptr (FxpDataset) undivided = NULL;
  g_autoptr (FxpDataset) divided = NULL;
  g_autoptr (FxpDataset) single = NULL;
  g_autoptr (FxpDataset) of_test = NULL;
  g_autofree char *first = NULL;
  g_autofree char *test = NULL;

  g_free (scratch_folder_take (self->folder, "data_batch_4.gz", make_records (7, 3, 1)));
  first = scratch_folder_take (self->folder, "data_batch_1.bin.gz", make_records (0, 12, 1));
  undivided = load_path (self->folder, 0.2, 1);
  assert_counts (undivided, 12, 3);

  test = scratch_folder_take (self->folder, "test_batch.bin", make_records (4, 5, 1));
  divided = load_path (self->folder, 0.2, 1);
  assert_counts (divided, 15, 5);
  assert_labels (divided, FXP_SPLIT_TRAIN, labels, 15);
  assert_labels (divided, FXP_SPLIT_TEST, labels + 4, 5);
  g_assert_cmpstr (fxp_dataset_get_name (divided), ==, "CIFAR-10");
  g_assert_cmpuint (fxp_dataset_get_n_classes (divided), ==, 10);
  g_assert_true (fxp_shape_equal (fxp_dataset_get_shape (divided), &FXP_SHAPE_3 (3, 32, 32)));

  single = load_path (first, 0.2, 1);
  assert_counts (single, 12, 5);
  of_test = load_path (test, 0.2, 1);
  assert_counts (of_test, 15, 5);
}

static void
test_kinds (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *name;
    guint n_labels;
    guint n_classes;
  } cases[] = {
    {"train.bin", 2, 100},
    {"train.bin.gz", 2, 100},
    {"test.bin", 2, 100},
    {"train.bin", 1, 10},
    {"data_batch_3", 1, 10},
    {"some.bin", 1, 10},
    {"some.bin", 2, 100},
    {"some.bin.gz", 2, 100},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = NULL;
      g_autoptr (FxpDataset) dataset = NULL;

      scratch_folder_empty (self->folder);
      path =
        scratch_folder_take (self->folder, cases[i].name, make_records (0, 200, cases[i].n_labels));
      dataset = load_path (path, 0.5, 1);
      assert_counts (dataset, 100, 100);
      g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, cases[i].n_classes);
    }
}

static void
test_pair_100 (Fixture *self, gconstpointer user_data)
{
  g_autofree char *inner = scratch_folder_add (self->folder, "cifar-100-binary");
  g_autofree char *train = scratch_folder_take (inner, "train.bin", make_records (0, 150, 2));
  g_autoptr (FxpDataset) whole = NULL;
  g_autoptr (FxpDataset) by_file = NULL;

  g_free (scratch_folder_take (inner, "test.bin.gz", make_records (0, 20, 2)));
  whole = load_path (self->folder, 0.5, 1);
  by_file = load_path (train, 0.5, 1);
  assert_counts (whole, 150, 20);
  assert_counts (by_file, 150, 20);
  g_assert_cmpstr (fxp_dataset_get_name (whole), ==, "CIFAR-100");
}

static void
test_class_names (Fixture *self, gconstpointer user_data)
{
  static const char names[] = "a\r\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n\n";
  g_autoptr (FxpDataset) dataset = NULL;
  g_autofree char *path = NULL;

  g_free (scratch_folder_take (self->folder, "data_batch_1.bin", make_records (0, 20, 1)));
  path = scratch_folder_write (self->folder, "batches.meta.txt", names, strlen (names));
  dataset = load_path (self->folder, 0.5, 1);
  g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 0), ==, "a");
  g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 9), ==, "j");
  g_free (scratch_folder_write (self->folder, "batches.meta.txt", names, 5));
  assert_path_fails (self->folder, "batches.meta.txt", "2 lines with names, expected 10");
}

/* Python's version of the set has files of nearly the same names. */
static void
test_pickle (Fixture *self, gconstpointer user_data)
{
  g_free (scratch_folder_write (self->folder, "data_batch_1", "\x80\x02}q\x01", 5));
  assert_path_fails (self->folder,
                     "data_batch_1",
                     "label 128 at offset 0, expected 0..9 of CIFAR-10's binary version");
}

static gsize
count_bytes (const FxpDataset *dataset)
{
  gsize n_bytes = 0;

  for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
    {
      const FxpSamples *samples = dataset->samples[split];

      if (samples != NULL)
        n_bytes += samples->n_allocated * (samples->n_features + sizeof *samples->labels);
    }
  return n_bytes;
}

static void
note_share_cb (double share, gpointer data)
{
  GArray *shares = data;

  g_assert_cmpfloat (share, <=, 1);
  if (shares->len > 0)
    g_assert_cmpfloat (share, >=, g_array_index (shares, double, shares->len - 1));
  g_array_append_val (shares, share);
}

/* Progress rises to 1 in small steps. */
static void
test_progress (Fixture *self, gconstpointer user_data)
{
  static const char *const names[] = {"data_batch_1.bin", "data_batch_2.bin.gz"};

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path =
        scratch_folder_take (self->folder, names[i], make_records (0, 2000, 1));
      g_autoptr (GArray) shares = g_array_new (FALSE, FALSE, sizeof (double));
      FxpDatasetSource source = {.path = path,
                                 .test_share = 0.5,
                                 .progress = note_share_cb,
                                 .progress_data = shares};
      g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, NULL);

      g_assert_nonnull (dataset);
      g_assert_cmpfloat (g_array_index (shares, double, shares->len - 1), ==, 1);
      if (i == 0)
        g_assert_cmpuint (shares->len, >, 50);
      g_assert_cmpuint (shares->len, <=, 258);
      g_assert_cmpuint (10 * count_bytes (dataset), <=, 12 * 2000 * 3073);
    }
}

static void
cancel_cb (double share, gpointer data)
{
  g_cancellable_cancel (data);
}

/* A load stops where it is. */
static void
test_cancelled (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = scratch_folder_take (self->folder, "some.bin", make_records (0, 2000, 1));
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  FxpDatasetSource source = {.path = path,
                             .test_share = 0.5,
                             .progress = cancel_cb,
                             .progress_data = cancellable};
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_dataset_load (&source, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_published (void)
{
  static const guint16 train[] = {6, 9, 9, 4, 1, 1, 2, 7, 8, 3};
  static const guint16 test[] = {3, 8, 8, 0, 6, 6, 1, 6, 3, 1};
  g_autofree char *folder = find_real_data ("cifar10");
  g_autoptr (FxpDataset) dataset = NULL;

  if (folder == NULL)
    return;
  dataset = load_path (folder, 0.5, 1);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) % 10000, ==, 0);
  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 10000);
  assert_labels (dataset, FXP_SPLIT_TRAIN, train, 10);
  assert_labels (dataset, FXP_SPLIT_TEST, test, 10);
  g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 6), ==, "frog");
  g_assert_cmpuint (10 * count_bytes (dataset),
                    <=,
                    12 * 3073 *
                      (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN) +
                       fxp_dataset_get_n (dataset, FXP_SPLIT_TEST)));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/cifar/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/cifar/values", test_values);
  g_test_add_func ("/dataset/cifar/damaged", test_damaged);
  ADD ("folder", test_folder);
  ADD ("kinds", test_kinds);
  ADD ("pair-100", test_pair_100);
  ADD ("class-names", test_class_names);
  ADD ("pickle", test_pickle);
  ADD ("progress", test_progress);
  ADD ("cancelled", test_cancelled);
  g_test_add_func ("/dataset/cifar/published", test_published);
  return g_test_run ();
}
