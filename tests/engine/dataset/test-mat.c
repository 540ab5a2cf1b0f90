/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "folder-fixture.h"

#ifdef HAVE_MATIO

#  include "mat-file.h"

static void
assert_sample (FxpDataset *dataset, FxpSplit split, guint32 row)
{
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  g_autofree double *inputs = g_new (double, fxp_shape_get_n (shape));
  const double *at = inputs;
  guint16 label = 0;

  fxp_dataset_gather (dataset, split, &row, 1, inputs, &label);
  g_assert_cmpuint (label, ==, (1 + row % 10) % 10);
  for (gsize channel = 0; channel < 3; channel++)
    for (gsize y = 0; y < shape->dim[1]; y++)
      for (gsize x = 0; x < shape->dim[2]; x++)
        g_assert_cmpfloat (*at++, ==, get_mat_pixel (row, channel, y, x) / 255.0);
}

static void
test_values (Fixture *self, gconstpointer user_data)
{
  for (guint packed = 0; packed < 2; packed++)
    {
      g_autofree char *train = NULL;
      g_autofree char *test = NULL;
      const char *paths[3];

      scratch_folder_empty (self->folder);
      train = write_mat (self->folder, "train_32x32.mat", 32, 32, 25, packed != 0);
      test = write_mat (self->folder, "test_32x32.mat", 32, 32, 12, packed != 0);
      paths[0] = self->folder;
      paths[1] = train;
      paths[2] = test;
      for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
        {
          g_autoptr (FxpDataset) dataset = load_path (paths[i], 0.5, 1);

          assert_counts (dataset, 25, 12);
          g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "SVHN");
          for (guint32 row = 0; row < 25; row++)
            assert_sample (dataset, FXP_SPLIT_TRAIN, row);
          assert_sample (dataset, FXP_SPLIT_TEST, 11);
        }
    }
}

static void
test_lone_file (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = write_mat (self->folder, "extra.mat", 5, 8, 20, TRUE);
  g_autoptr (FxpDataset) dataset = load_path (path, 0.25, 1);

  assert_counts (dataset, 15, 5);
  g_assert_true (fxp_shape_equal (fxp_dataset_get_shape (dataset), &FXP_SHAPE_3 (3, 5, 8)));
}

static void
test_shapes_differ (Fixture *self, gconstpointer user_data)
{
  g_autofree char *train = write_mat (self->folder, "train_32x32.mat", 32, 32, 25, TRUE);

  g_free (write_mat (self->folder, "test_32x32.mat", 32, 31, 25, TRUE));
  assert_path_fails (train, train, "samples of 3x32x31 to test on, expected 3x32x32 as to train on");
}

/* Cut or changed anywhere, packed data are refused. */
static void
test_damaged (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = write_mat (self->folder, "some.mat", 8, 8, 20, TRUE);
  g_autofree char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  for (gsize length = 0; length < n; length += 1 + n / 50)
    {
      /* Between two elements a file is whole, but lacks y. */
      g_free (scratch_folder_write (self->folder, "some.mat", data, length));
      assert_path_fails (path, "some.mat", "expected");
    }
  for (gsize at = 136 + 2; at < 400; at += 17)
    {
      g_autofree char *copy = g_memdup2 (data, n);

      copy[at] ^= 0x10;
      g_free (scratch_folder_write (self->folder, "some.mat", copy, n));
      assert_path_fails (path, "some.mat", "expected a whole MATLAB 5 file");
    }
}

static void
write_variable (mat_t *mat, const char *name, enum matio_classes class, size_t *dims, int rank)
{
  static const double zeros[1000];
  enum matio_types type = class == MAT_C_UINT8 ? MAT_T_UINT8 : MAT_T_DOUBLE;
  matvar_t *variable = Mat_VarCreate (name, class, type, rank, dims, (void *)zeros, 0);

  g_assert_cmpint (Mat_VarWrite (mat, variable, MAT_COMPRESSION_ZLIB), ==, 0);
  Mat_VarFree (variable);
}

static void
test_wrong (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *x_name;
    enum matio_classes x_class;
    int x_rank;
    size_t x_dims[4];
    size_t y_dims[2];
    const char *text;
  } cases[] = {
    {"x", MAT_C_UINT8, 4, {2, 2, 3, 4}, {4, 1}, "lacks X or y"},
    {"X", MAT_C_DOUBLE, 4, {2, 2, 3, 4}, {4, 1}, "X of 2x2x3x4, expected bytes of height"},
    {"X", MAT_C_UINT8, 2, {4, 12}, {4, 1}, "X of 4x12, expected bytes of height"},
    {"X", MAT_C_UINT8, 4, {2, 2, 3, 4}, {5, 1}, "y of 5x1, expected a column of one label"},
    {"X", MAT_C_UINT8, 4, {2, 2, 3, 4}, {2, 2}, "y of 2x2, expected a column of one label"},
    {"X", MAT_C_UINT8, 4, {2, 2, 3, 1}, {1, 1}, "a single sample, expected at least 2"},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_build_filename (self->folder, "wrong.mat", NULL);
      mat_t *mat = Mat_CreateVer (path, NULL, MAT_FT_MAT5);
      size_t dims[4];

      memcpy (dims, cases[i].x_dims, sizeof dims);
      write_variable (mat, cases[i].x_name, cases[i].x_class, dims, cases[i].x_rank);
      memcpy (dims, cases[i].y_dims, sizeof cases[i].y_dims);
      write_variable (mat, "y", MAT_C_DOUBLE, dims, 2);
      Mat_Close (mat);
      assert_path_fails (path, "wrong.mat", cases[i].text);
    }
}

static void
test_versions (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = write_mat (self->folder, "some.mat", 8, 8, 20, TRUE);
  g_autofree char *data = NULL;
  gsize n;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  data[125] = 2;
  g_free (scratch_folder_write (self->folder, "some.mat", data, n));
  assert_path_fails (path,
                     "some.mat",
                     "version 0x0200 at offset 124, expected 0x0100 as of MATLAB");
}

/* A load that is given up returns at once. */
static void
test_cancelled (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = write_mat (self->folder, "some.mat", 32, 32, 500, TRUE);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  FxpDatasetSource source = {.path = path, .test_share = 0.5};

  g_cancellable_cancel (cancellable);
  g_assert_null (fxp_mat_load (file, FALSE, &source, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

#else

static void
test_without (Fixture *self, gconstpointer user_data)
{
  g_autofree char *path = scratch_folder_write (self->folder, "some.mat", "MATLAB 5.0", 10);

  assert_path_fails (path, "some.mat", "as this program was built without libmatio");
}

#endif

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/mat/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#ifdef HAVE_MATIO
  ADD ("values", test_values);
  ADD ("lone-file", test_lone_file);
  ADD ("shapes-differ", test_shapes_differ);
  ADD ("damaged", test_damaged);
  ADD ("wrong", test_wrong);
  ADD ("versions", test_versions);
  ADD ("cancelled", test_cancelled);
#else
  ADD ("without", test_without);
#endif
  return g_test_run ();
}
