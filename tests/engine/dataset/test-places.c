/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cifar-file.h"
#include "dataset/dataset-private.h"
#include "idx-file.h"

/* Whether @found lists @path, and under which name. */
static const char *
find_name (GPtrArray *found, const char *path)
{
  const char *name = NULL;

  for (guint i = 0; i < found->len; i++)
    {
      FxpFoundDataset *one = g_ptr_array_index (found, i);

      if (strcmp (one->path, path) != 0)
        continue;
      g_assert_null (name);
      name = one->name;
    }
  return name;
}

static void
write_idx_set (const char *folder)
{
  g_free (scratch_folder_take (folder, "train-images-idx3-ubyte.gz", make_images (20, 4, 4, 256)));
  g_free (scratch_folder_take (folder, "train-labels-idx1-ubyte.gz", make_labels (20, 3)));
}

/* Two places of the variable and one of the user's data folder, which main() sets. */
static void
test_find (gconstpointer user_data)
{
  const char *root = user_data;
  g_autofree char *first = scratch_folder_add (root, "first");
  g_autofree char *second = scratch_folder_add (root, "second");
  g_autofree char *third = scratch_folder_add (root, "home/datasets");
  g_autofree char *mnist = scratch_folder_add (first, "mnist");
  g_autofree char *raw = scratch_folder_add (mnist, "raw");
  g_autofree char *cifar = scratch_folder_add (third, "cifar-10-batches-bin");
  g_autofree char *birds = scratch_folder_add (second, "birds");
  g_autofree char *empty = scratch_folder_add (second, "usps");
  g_autofree char *variable = g_strjoin (":", first, second, "", "/nowhere", second, NULL);
  g_autoptr (GPtrArray) found = NULL;

  write_idx_set (raw);
  write_idx_set (birds);
  g_free (scratch_folder_write (empty, "readme.txt", "usps", 4));
  g_free (scratch_folder_take (cifar, "data_batch_2.bin", make_records (0, 20, 1)));
  g_setenv ("ROUNDOFF_DATA", variable, TRUE);
  found = fxp_dataset_find (NULL);
  g_assert_cmpstr (find_name (found, mnist), ==, "MNIST");
  g_assert_cmpstr (find_name (found, cifar), ==, "CIFAR-10");
  g_assert_cmpstr (find_name (found, birds), ==, "birds");
  g_assert_null (find_name (found, empty));
  g_assert_null (find_name (found, second));
  /* In the order of the places. */
  g_assert_cmpstr (((FxpFoundDataset *)g_ptr_array_index (found, 0))->path, ==, mnist);
  g_assert_cmpstr (((FxpFoundDataset *)g_ptr_array_index (found, 1))->path, ==, birds);
  scratch_folder_empty (root);
}

/* A place may be a set itself. */
static void
test_place_itself (gconstpointer user_data)
{
  const char *root = user_data;
  g_autofree char *set = scratch_folder_add (root, "cifar10");
  g_autoptr (GPtrArray) found = NULL;
  FxpDatasetSource source = {.name = "cifar10", .test_share = 0.5};
  g_autoptr (FxpDataset) dataset = NULL;

  g_free (scratch_folder_take (set, "data_batch_1.bin", make_records (0, 20, 1)));
  g_setenv ("ROUNDOFF_DATA", set, TRUE);
  found = fxp_dataset_find (NULL);
  g_assert_cmpstr (find_name (found, set), ==, "CIFAR-10");
  dataset = fxp_dataset_load (&source, NULL, NULL);
  g_assert_nonnull (dataset);
  assert_counts (dataset, 10, 10);
  scratch_folder_empty (root);
}

/* By each of the names that people give to the folder. */
static void
test_by_name (gconstpointer user_data)
{
  static const char *const folders[] = {"cifar10",
                                        "cifar-10",
                                        "CIFAR-10",
                                        "CIFAR10",
                                        "cifar-10-batches-bin",
                                        "CIFAR-10/cifar-10-batches-bin"};
  const char *root = user_data;

  g_setenv ("ROUNDOFF_DATA", root, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (folders); i++)
    {
      FxpDatasetSource source = {.name = "cifar10", .test_share = 0.5, .seed = 1};
      g_autofree char *folder = scratch_folder_add (root, folders[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpDataset) dataset = NULL;

      g_free (scratch_folder_take (folder, "data_batch_1.bin.gz", make_records (0, 20, 1)));
      dataset = fxp_dataset_load (&source, NULL, &error);
      g_assert_no_error (error);
      assert_counts (dataset, 10, 10);
      g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "cifar10");
      scratch_folder_empty (root);
    }
}

static void
test_not_found (gconstpointer user_data)
{
  const char *const *names = fxp_dataset_get_published_names ();
  const char *root = user_data;

  g_setenv ("ROUNDOFF_DATA", root, TRUE);
  for (gsize i = 0; names[i] != NULL; i++)
    {
      FxpDatasetSource source = {.name = names[i], .test_share = 0.5};
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpDataset) dataset = NULL;

      g_assert_true (fxp_dataset_is_name (names[i]));
      g_assert_true (g_str_has_suffix (fxp_dataset_get_builtin_description (names[i]), "."));
      /* This machine may have it. */
      dataset = fxp_dataset_load (&source, NULL, &error);
      if (dataset != NULL)
        continue;
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      assert_one_sentence (error, "dataset.name", root);
      assert_one_sentence (error, "/usr/share/datasets", "set dataset.path to where its files are");
    }
  g_assert_false (fxp_dataset_is_name ("cube"));
  g_assert_true (fxp_dataset_is_name ("spiral"));
}

static void
test_cancelled (gconstpointer user_data)
{
  FxpDatasetSource source = {.name = "mnist", .test_share = 0.5};
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  g_cancellable_cancel (cancellable);
  found = fxp_dataset_find (cancellable);
  g_assert_cmpuint (found->len, ==, 0);
  g_assert_null (fxp_dataset_load (&source, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char *argv[])
{
  char *root;
  g_autofree char *home = NULL;
  int status;

  g_test_init (&argc, &argv, NULL);
  root = scratch_folder_new ();
  home = g_build_filename (root, "home", NULL);
  /* Before GLib looks. */
  g_setenv ("XDG_DATA_HOME", home, TRUE);
  g_setenv ("HOME", home, TRUE);
  g_test_add_data_func ("/dataset/places/find", root, test_find);
  g_test_add_data_func ("/dataset/places/place-itself", root, test_place_itself);
  g_test_add_data_func ("/dataset/places/by-name", root, test_by_name);
  g_test_add_data_func ("/dataset/places/not-found", root, test_not_found);
  g_test_add_data_func ("/dataset/places/cancelled", root, test_cancelled);
  status = g_test_run ();
  scratch_folder_remove (root);
  return status;
}
