/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "folder-fixture.h"
#include "idx-file.h"

static void
write_images (Fixture *self, const char *name, guint n)
{
  g_free (scratch_folder_take (self->folder, name, make_images (n, 4, 4, 256)));
}

static void
write_labels (Fixture *self, const char *name, guint n)
{
  g_free (scratch_folder_take (self->folder, name, make_labels (n, 3)));
}

/* The folder and each of its files lead to the same set. */
static void
assert_every_way (Fixture *self, gsize n_train, gsize n_test, const char *set_name)
{
  g_autoptr (FxpDataset) whole = load_path (self->folder, 0.5, 1);
  g_autoptr (GDir) dir = g_dir_open (self->folder, 0, NULL);
  const char *name;

  assert_counts (whole, n_train, n_test);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);
      g_autoptr (FxpDataset) dataset = load_path (path, 0.5, 1);

      assert_counts (dataset, n_train, n_test);
      g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, set_name);
    }
}

static void
test_names (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *prefix;
    const char *test;
    const char *images;
    const char *labels;
  } cases[] = {
    {"", "t10k-", "images-idx3-ubyte", "labels-idx1-ubyte"},
    {"", "t10k-", "images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"},
    {"", "t10k-", "images.idx3-ubyte", "labels.idx1-ubyte"},
    {"", "test-", "images.idx3-ubyte.gz", "labels-idx1-ubyte"},
    {"usps-", "test-", "images-idx3-ubyte.gz", "labels-idx1-ubyte.gz"},
  };
  g_autofree char *basename = g_path_get_basename (self->folder);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *train = g_strconcat (cases[i].prefix, "train-", NULL);
      g_autofree char *test = g_strconcat (cases[i].prefix, cases[i].test, NULL);
      g_autofree char *train_images = g_strconcat (train, cases[i].images, NULL);
      g_autofree char *train_labels = g_strconcat (train, cases[i].labels, NULL);
      g_autofree char *test_images = g_strconcat (test, cases[i].images, NULL);
      g_autofree char *test_labels = g_strconcat (test, cases[i].labels, NULL);

      scratch_folder_empty (self->folder);
      write_images (self, train_images, 30);
      write_labels (self, train_labels, 30);
      write_images (self, test_images, 12);
      write_labels (self, test_labels, 12);
      assert_every_way (self, 30, 12, *cases[i].prefix != '\0' ? "usps" : basename);
    }
}

static void
test_single_pair (Fixture *self, gconstpointer user_data)
{
  static const char *const stems[] = {"train-", "t10k-", "birds-", ""};
  g_autofree char *basename = g_path_get_basename (self->folder);

  for (gsize i = 0; i < G_N_ELEMENTS (stems); i++)
    {
      g_autofree char *images = g_strconcat (stems[i], "images-idx3-ubyte", NULL);
      g_autofree char *labels = g_strconcat (stems[i], "labels-idx1-ubyte", NULL);

      scratch_folder_empty (self->folder);
      write_images (self, images, 20);
      write_labels (self, labels, 20);
      assert_every_way (self, 10, 10, i == 2 ? "birds" : basename);
    }
}

/* Of two files of one role the one that was asked for is read. */
static void
test_given_file_wins (Fixture *self, gconstpointer user_data)
{
  g_autofree char *packed = NULL;
  g_autoptr (FxpDataset) dataset = NULL;

  write_images (self, "train-images-idx3-ubyte", 7);
  write_labels (self, "train-labels-idx1-ubyte", 20);
  packed =
    scratch_folder_take (self->folder, "train-images-idx3-ubyte.gz", make_images (20, 4, 4, 256));
  dataset = load_path (packed, 0.5, 1);
  assert_counts (dataset, 10, 10);
  assert_path_fails (self->folder, "train-labels-idx1-ubyte", "20 labels at offset 4, expected 7");
}

/* `cat a.gz b.gz` is a gzip file; one with something else behind it is not. */
static void
test_gzip_members (Fixture *self, gconstpointer user_data)
{
  g_autoptr (GByteArray) images = make_images (20, 4, 4, 256);
  g_autoptr (GBytes) first = gzip_bytes (images->data, 100);
  g_autoptr (GBytes) second = gzip_bytes (images->data + 100, images->len - 100);
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_autoptr (FxpDataset) dataset = NULL;
  g_autofree char *path = NULL;

  g_byte_array_append (both, g_bytes_get_data (first, NULL), (guint)g_bytes_get_size (first));
  g_byte_array_append (both, g_bytes_get_data (second, NULL), (guint)g_bytes_get_size (second));
  write_labels (self, "train-labels-idx1-ubyte", 20);
  path = scratch_folder_write (self->folder, "train-images-idx3-ubyte.gz", both->data, both->len);
  dataset = load_path (path, 0.5, 1);
  assert_counts (dataset, 10, 10);

  g_byte_array_append (both, (const guint8 *)"junk", 4);
  g_free (path);
  path = scratch_folder_write (self->folder, "train-images-idx3-ubyte.gz", both->data, both->len);
  assert_path_fails (path,
                     "train-images-idx3-ubyte.gz",
                     "other bytes follow the gzip data of 336 bytes");
}

static void
test_missing_partner (Fixture *self, gconstpointer user_data)
{
  write_images (self, "train-images-idx3-ubyte", 20);
  assert_path_fails (self->folder,
                     "train-images-idx3-ubyte",
                     "expected train-labels-idx1-ubyte or its .gz");
  write_labels (self, "train-labels-idx1-ubyte", 20);
  write_labels (self, "t10k-labels-idx1-ubyte", 20);
  assert_path_fails (self->folder,
                     "t10k-labels-idx1-ubyte",
                     "expected t10k-images-idx3-ubyte or its .gz");
}

static void
test_folders (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = NULL;
  g_autofree char *missing = g_build_filename (self->folder, "nowhere", NULL);
  FxpDatasetSource source = {.path = missing, .test_share = 0.5};
  g_autoptr (GError) error = NULL;

  assert_path_fails (self->folder, self->folder, "no data set in this folder");
  g_assert_null (fxp_dataset_load (&source, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  assert_one_sentence (error, missing, "no such file");
  assert_path_fails ("/dev/zero", "/dev/zero", "is a device or a pipe");

  write_images (self, "a-train-images-idx3-ubyte", 20);
  write_images (self, "b-train-images-idx3-ubyte", 20);
  assert_path_fails (self->folder, self->folder, "2 sets of IDX files");

  path = scratch_folder_take (self->folder, "pictures", make_images (20, 4, 4, 256));
  assert_path_fails (path, "pictures", "the name does not tell images from labels");
}

/* A folder where a file should be is not read as one. */
static void
test_folder_as_file (Fixture *self, gconstpointer user_data)
{
  g_autofree char *folder = g_build_filename (self->folder, "train-images-idx3-ubyte", NULL);

  g_assert_no_errno (g_mkdir (folder, 0755));
  write_labels (self, "train-labels-idx1-ubyte", 20);
  assert_path_fails (self->folder, "train-labels-idx1-ubyte", "has no partner");
  assert_path_fails (folder, folder, "no data set in this folder");
  g_assert_no_errno (g_rmdir (folder));
}

static void
test_shapes_differ (Fixture *self, gconstpointer user_data)
{
  write_images (self, "train-images-idx3-ubyte", 20);
  write_labels (self, "train-labels-idx1-ubyte", 20);
  g_free (
    scratch_folder_take (self->folder, "t10k-images-idx3-ubyte", make_images (20, 4, 5, 256)));
  write_labels (self, "t10k-labels-idx1-ubyte", 20);
  assert_path_fails (self->folder, self->folder, "images of 4x5 to test on, expected 4x4");
}

/* Where torchvision and others put them, the name is that of the outer folder. */
static void
test_inner_folders (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *inner;
    const char *name;
  } cases[] = {{"raw", NULL}, {"MNIST/raw", "MNIST"}, {"FashionMNIST/raw", "FashionMNIST"}};
  g_autofree char *basename = g_path_get_basename (self->folder);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *inner = NULL;
      g_autoptr (FxpDataset) dataset = NULL;

      scratch_folder_empty (self->folder);
      inner = scratch_folder_add (self->folder, cases[i].inner);
      g_free (scratch_folder_take (inner, "train-images-idx3-ubyte", make_images (20, 4, 4, 256)));
      g_free (scratch_folder_take (inner, "train-labels-idx1-ubyte", make_labels (20, 10)));
      dataset = load_path (self->folder, 0.5, 1);
      assert_counts (dataset, 10, 10);
      g_assert_cmpstr (fxp_dataset_get_name (dataset),
                       ==,
                       cases[i].name != NULL ? cases[i].name : basename);
      g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 9), ==, i == 2 ? "Ankle boot" : "9");
    }
}

static void
test_fashion (void)
{
  static const guint16 labels[] = {9, 0, 0, 3, 0, 2, 7, 2, 5, 5};
  FxpDatasetSource source = {.name = "fashion-mnist", .test_share = 0.5};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      assert_one_sentence (error, "Fashion-MNIST", "install the package dataset-fashion-mnist");
      g_test_skip ("the package dataset-fashion-mnist is missing");
      return;
    }
  g_assert_no_error (error);
  assert_counts (dataset, 60000, 10000);
  assert_labels (dataset, FXP_SPLIT_TRAIN, labels, G_N_ELEMENTS (labels));
  g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "fashion-mnist");
  g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 0), ==, "T-shirt/top");
}

static const struct
{
  const char *set;
  gsize n_train;
  gsize n_test;
  gsize side;
  double scale;
  guint16 train_labels[10];
} published[] = {
  {"mnist", 60000, 10000, 28, 255, {5, 0, 4, 1, 9, 2, 1, 3, 1, 4}},
  {"usps", 7291, 2007, 16, 255, {6, 5, 4, 7, 3, 6, 3, 1, 0, 1}},
  {"optdigits", 3823, 1797, 8, 16, {0, 0, 7, 4, 6, 2, 5, 5, 0, 8}},
};

static void
test_published (gconstpointer user_data)
{
  gsize i = GPOINTER_TO_SIZE (user_data);
  g_autofree char *folder = find_real_data (published[i].set);
  g_autoptr (FxpDataset) dataset = NULL;
  const guint32 rows[] = {0, 1, 2, 3, 4};
  gsize n_features = published[i].side * published[i].side;
  g_autofree double *inputs = g_new (double, 5 * n_features);
  gsize n_bytes = 0;

  if (folder == NULL)
    return;
  dataset = load_path (folder, 0.5, 1);
  g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, published[i].set);
  g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, 10);
  g_assert_cmpuint (fxp_dataset_get_shape (dataset)->dim[1], ==, published[i].side);
  g_assert_cmpuint (fxp_dataset_get_shape (dataset)->dim[2], ==, published[i].side);
  assert_counts (dataset, published[i].n_train, published[i].n_test);
  assert_labels (dataset, FXP_SPLIT_TRAIN, published[i].train_labels, 10);
  fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, rows, 5, inputs, NULL);
  for (gsize j = 0; j < 5 * n_features; j++)
    {
      double level = inputs[j] * published[i].scale;

      g_assert_true (inputs[j] >= 0 && inputs[j] <= 1);
      g_assert_cmpfloat_with_epsilon (level, (double)(int)(level + 0.5), 1e-12);
    }
  for (FxpSplit split = 0; split <= FXP_SPLIT_TEST; split++)
    {
      const FxpSamples *samples = dataset->samples[split];

      n_bytes += samples->n_allocated *
                 (samples->n_features * samples->value_size + sizeof *samples->labels);
    }
  g_assert_cmpuint (10 * n_bytes,
                    <=,
                    12 * (published[i].n_train + published[i].n_test) * (n_features + 1));
}

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/idx-files/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("names", test_names);
  ADD ("single-pair", test_single_pair);
  ADD ("given-file-wins", test_given_file_wins);
  ADD ("gzip-members", test_gzip_members);
  ADD ("missing-partner", test_missing_partner);
  ADD ("folders", test_folders);
  ADD ("folder-as-file", test_folder_as_file);
  ADD ("shapes-differ", test_shapes_differ);
  ADD ("inner-folders", test_inner_folders);
  g_test_add_func ("/dataset/idx-files/fashion", test_fashion);
  for (gsize i = 0; i < G_N_ELEMENTS (published); i++)
    {
      g_autofree char *name = g_strconcat ("/dataset/idx-files/", published[i].set, NULL);

      g_test_add_data_func (name, GSIZE_TO_POINTER (i), test_published);
    }
  return g_test_run ();
}
