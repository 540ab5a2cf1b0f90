/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "folder-fixture.h"
#include "npz-file.h"

#include <math.h>

#define N 6

static const guint8 bytes[48] = {0,  255, 2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                 16, 17,  18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                 32, 33,  34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47};
static const guint8 labels[N] = {0, 1, 2, 2, 1, 0};

/* Two samples of 2x3x4 bytes or so, with the labels 0 and 1, to train on and to test on, so that
 * their order stays. */
static FxpDataset *
load_images (Fixture *self, const char *shape, gboolean is_packed)
{
  const NpzMember members[] = {{"y_test", "|u1", "2,", labels, 2, FALSE},
                               {"x_test", "|u1", shape, bytes, 48, FALSE},
                               {"x_train", "|u1", shape, bytes, 48, FALSE},
                               {"comment", "<U3", "", "", 0, FALSE},
                               {"y_train", "|u1", "2,", labels, 2, FALSE},
                               {NULL}};
  g_autofree char *path = write_npz (self->folder, "set.npz", members, is_packed);

  return load_path (path, 0.5, 1);
}

/* Channels in front, behind, and none. */
static void
test_shapes (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *shape;
    FxpShape expected;
    gboolean is_last;
  } cases[] = {
    {"2, 24, ", {1, {24}}, FALSE},
    {"2, 4, 6, ", {3, {1, 4, 6}}, FALSE},
    {"2, 3, 2, 4, ", {3, {4, 3, 2}}, TRUE},
    {"2, 2, 4, 3, ", {3, {3, 2, 4}}, TRUE},
    {"2, 4, 6, 1, ", {3, {1, 4, 6}}, TRUE},
    {"2, 3, 4, 2, ", {3, {3, 4, 2}}, FALSE},
    {"2, 1, 12, 2, ", {3, {1, 12, 2}}, FALSE},
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    for (guint is_packed = 0; is_packed < 2; is_packed++)
      {
        g_autoptr (FxpDataset) dataset = load_images (self, cases[i].shape, is_packed != 0);
        const gsize *dim = cases[i].expected.dim;
        guint32 row = 1;
        double inputs[24];

        assert_counts (dataset, 2, 2);
        g_assert_cmpstr (fxp_dataset_get_name (dataset), ==, "set");
        g_assert_true (fxp_shape_equal (fxp_dataset_get_shape (dataset), &cases[i].expected));
        g_assert_cmpuint (dataset->samples[FXP_SPLIT_TRAIN]->value_size, ==, 1);
        fxp_dataset_gather (dataset, FXP_SPLIT_TEST, &row, 1, inputs, NULL);
        for (gsize at = 0; at < 24; at++)
          {
            gsize n_plane = 24 / dim[0];
            gsize from = cases[i].is_last ? at % n_plane * dim[0] + at / n_plane : at;

            g_assert_cmpfloat (inputs[at], ==, bytes[24 + from] / 255.0);
          }
      }
}

/* @values as elements of @size bytes. */
static GByteArray *
encode (const double *values, guint n, gboolean is_real, guint size, gboolean is_big)
{
  GByteArray *raw = g_byte_array_new ();

  for (guint i = 0; i < n; i++)
    {
      guint64 bits = (guint64)(gint64)values[i];
      float single = (float)values[i];
      guint32 half;

      memcpy (&half, &single, 4);
      if (is_real && size == 4)
        bits = half;
      else if (is_real)
        memcpy (&bits, &values[i], 8);
      for (guint k = 0; k < size; k++)
        {
          guint8 byte = (guint8)(bits >> (8 * (is_big ? size - 1 - k : k)));

          g_byte_array_append (raw, &byte, 1);
        }
    }
  return raw;
}

/* Each kind of number, in both byte orders, is -2 or its unsigned likeness, then 1, 100, ... */
static void
test_types (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    const char *descr;
    guint size;
  } types[] = {{"|i1", 1},
               {"i2", 2},
               {"u2", 2},
               {"i4", 4},
               {"u4", 4},
               {"i8", 8},
               {"u8", 8},
               {"f4", 4},
               {"f8", 8}};
  const gint64 classes[4] = {GINT64_TO_LE (0),
                             GINT64_TO_LE (1),
                             GINT64_TO_LE (1),
                             GINT64_TO_LE (0)};

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (types); i++)
    {
      gboolean is_big = i % 2 == 1;
      guint size = types[i / 2].size;
      gboolean is_real = strchr (types[i / 2].descr, 'f') != NULL;
      gboolean is_unsigned = strchr (types[i / 2].descr, 'u') != NULL;
      g_autofree char *descr =
        size == 1 ? g_strdup ("|i1") : g_strconcat (is_big ? ">" : "<", types[i / 2].descr, NULL);
      const double values[8] = {is_unsigned ? 2 : -2, 1, 100, 0, 7, 8, 9, 10};
      g_autoptr (GByteArray) raw = encode (values, 8, is_real, size, is_big);
      NpzMember members[] = {{"x", descr, "4, 2, ", raw->data, raw->len, FALSE},
                             {"Y", "<i8", "4, 1, ", classes, sizeof classes, FALSE},
                             {NULL}};
      g_autofree char *path = write_npz (self->folder, "types.npz", members, FALSE);
      g_autoptr (FxpDataset) dataset = load_path (path, 0.5, 1);
      guint n_found = 0;

      for (FxpSplit split = 0; split <= FXP_SPLIT_TEST; split++)
        for (guint32 row = 0; row < 2; row++)
          {
            double inputs[2];

            fxp_dataset_gather (dataset, split, &row, 1, inputs, NULL);
            for (guint j = 0; j < 4; j++)
              n_found += inputs[0] == values[2 * j] && inputs[1] == values[2 * j + 1];
          }
      g_assert_cmpuint (n_found, ==, 4);
      g_assert_true (fxp_dataset_get_plane (dataset, NULL, NULL));
    }
}

/* Columns one after another, as of a table. */
static void
test_fortran (Fixture *self, gconstpointer user_data)
{
  double one_hot[] = {1, 0, 0, 0, 1, 0};
  const NpzMember members[] = {{"x_train", "|u1", "3, 4, ", bytes, 12, TRUE},
                               {"y_train", "<f8", "3, 2, ", one_hot, sizeof one_hot, TRUE},
                               {"x_test", "|u1", "1, 4, ", bytes, 4, TRUE},
                               {"y_test", "|u1", "1, ", labels, 1, TRUE},
                               {NULL}};
  static const guint16 expected[] = {0, 1, 0};
  g_autofree char *path = NULL;
  g_autoptr (FxpDataset) dataset = NULL;
  guint32 row = 1;
  double inputs[4];

  /* Of three one-hot rows the last has no 1. */
  path = write_npz (self->folder, "fortran.npz", members, FALSE);
  assert_path_fails (path, "y_train", "0 for sample 2, expected a class of 0..65534 or one 1");
  one_hot[2] = 1;
  g_free (path);
  path = write_npz (self->folder, "fortran.npz", members, FALSE);
  dataset = load_path (path, 0.5, 1);
  assert_labels (dataset, FXP_SPLIT_TRAIN, expected, 3);
  fxp_dataset_gather (dataset, FXP_SPLIT_TRAIN, &row, 1, inputs, NULL);
  for (guint i = 0; i < 4; i++)
    g_assert_cmpfloat (inputs[i], ==, bytes[3 * i + 1] / 255.0);
}

static void
test_one_hot (Fixture *self, gconstpointer user_data)
{
  static const guint8 one_hot[] = {0, 1, 0, 0, 0, 1, 1, 0, 0, 0, 1, 0};
  static const guint16 expected[] = {1, 2, 0, 1};
  const NpzMember members[] = {{"train_images", "|u1", "4, 3, ", bytes, 12, FALSE},
                               {"train_labels", "|b1", "4, 3, ", one_hot, 12, FALSE},
                               {"test_images", "|u1", "4, 3, ", bytes, 12, FALSE},
                               {"test_labels", "|u1", "4, 1, ", labels, 4, FALSE},
                               {NULL}};
  g_autofree char *path = write_npz (self->folder, "hot.npz", members, TRUE);
  g_autoptr (FxpDataset) dataset = load_path (path, 0.5, 1);

  assert_labels (dataset, FXP_SPLIT_TRAIN, expected, 4);
  g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, 3);
}

static const float reals[4] = {1, 2, 3, (float)INFINITY};
static const double huge[4] = {1, 2, 3, 1e300};
static const double halves[4] = {0, 1, 0.5, 0};

static const struct
{
  NpzMember x;
  NpzMember y;
  const char *place;
  const char *text;
} wrong[] = {
  {{"x", "|u1", "6, 8, ", bytes, 48},
   {"z", "|u1", "6, ", labels, 6},
   "set.npz",
   "no array of labels, expected one named such as y_train"},
  {{"x", "|u1", "6, 8, ", bytes, 48},
   {"y", "|u1", "5, ", labels, 5},
   "set.npz",
   "5 labels in y.npy, expected 6 as there are samples in x.npy"},
  {{"x", "|u1", "6, 8, ", bytes, 47},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "expected 48 elements of 1 bytes"},
  {{"x", "|u1", "6, 7, ", bytes, 48},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "more bytes after offset"},
  {{"x", "|u1", "6, 8, ", bytes, 48},
   {"y", "|u1", "6, ", bytes + 2, 7},
   "y.npy",
   "more bytes after offset"},
  {{"x", "|O", "6, ", bytes, 48},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "elements of type “O”, expected integers of 1 to 8 bytes or reals"},
  {{"x", "|u1", "48, ", bytes, 48},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "shape 48, expected samples x features, or images with 1, 3 or 4 channels"},
  {{"x", "|u1", "1, 2, 4, 6, ", bytes, 48},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "shape 1x2x4x6, expected samples x features, or images with 1, 3 or 4"},
  {{"x", "|u1", "6, 0, ", bytes, 48},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "shape (6, 0, ), expected 1 to 4 sizes"},
  {{"x", "|u1", "6, 99999999999, ", bytes, 48},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "expected 1 to 4 sizes of 1 or more and 4 GiB"},
  {{"x", "|u1", "2, 2000000, ", bytes, 48},
   {"y", "|u1", "2, ", labels, 2},
   "x.npy",
   "expected 10,000,000 samples of 1,048,576 values at most"},
  {{"x", "|u1", "4000000, 1000, ", bytes, 48, TRUE},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "in Fortran order, expected no more than a file of its size can hold"},
  {{"x", "|u1", "6, 2, 4, ", bytes, 48, TRUE},
   {"y", "|u1", "6, ", labels, 6},
   "x.npy",
   "shape 6x2x4 in Fortran order, expected images in C order"},
  {{"x", "<f4", "4, 1, ", reals, 16},
   {"y", "|u1", "4, ", labels, 4},
   "x.npy",
   "expected finite numbers"},
  {{"x", "<f8", "4, 1, ", huge, 32},
   {"y", "|u1", "4, ", labels, 4},
   "x.npy",
   "1e+300 before offset"},
  {{"x", "|u1", "4, 1, ", bytes, 4},
   {"y", "<f8", "4, ", halves, 32},
   "y.npy",
   "0.5 for sample 2, expected a class"},
  {{"x", "|u1", "4, 1, ", bytes, 4},
   {"y", "|i1", "4, ", "\0\1\377\0", 4},
   "y.npy",
   "-1 for sample 2, expected a class"},
  {{"x", "|u1", "2, 1, ", bytes, 2},
   {"y", "|u1", "2, 2, ", "\1\1\1\0", 4},
   "y.npy",
   "1 for sample 0, expected a class"},
  {{"x", "|u1", "4, 1, ", bytes, 4},
   {"y", "|u1", "4, ", "\0\0\0\0", 4},
   "set.npz",
   "every label is 0, expected at least 2 classes"},
  {{"x", "|u1", "4, 1, ", bytes, 4},
   {"y", "|u1", "2, 1, 2, ", labels, 4},
   "y.npy",
   "shape 2x1x2, expected a label or one-hot"},
};

static void
test_wrong (Fixture *self, gconstpointer user_data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      const NpzMember members[] = {wrong[i].x, wrong[i].y, {NULL}};
      g_autofree char *path = write_npz (self->folder, "set.npz", members, i % 2 == 1);

      assert_path_fails (path, wrong[i].place, wrong[i].text);
    }
}

static void
test_parts_differ (Fixture *self, gconstpointer user_data)
{
  const NpzMember members[] = {{"x_train", "|u1", "6, 8, ", bytes, 48, FALSE},
                               {"y_train", "|u1", "6, ", labels, 6, FALSE},
                               {"x_test", "|u1", "6, 4, ", bytes, 24, FALSE},
                               {"y_test", "|u1", "6, ", labels, 6, FALSE},
                               {NULL}};
  const NpzMember lone[] = {members[0], members[1], members[2], {NULL}};
  g_autofree char *path = write_npz (self->folder, "set.npz", members, FALSE);

  assert_path_fails (path, path, "samples of 4 (1 bytes a value) to test on, expected 8 (1)");
  g_free (path);
  path = write_npz (self->folder, "set.npz", lone, FALSE);
  assert_path_fails (path, path, "no array of labels, expected one named such as y_test");
}

static void
test_damaged (Fixture *self, gconstpointer user_data)
{
  const NpzMember members[] = {{"x", "|u1", "6, 8, ", bytes, 48, FALSE},
                               {"y", "|u1", "6, ", labels, 6, FALSE},
                               {NULL}};
  g_autofree char *path = write_npz (self->folder, "set.npz", members, FALSE);
  g_autofree char *data = NULL;
  gsize n;
  gsize pixel = 0;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  for (gsize length = 0; length < n; length += 1 + n / 50)
    {
      g_free (scratch_folder_write (self->folder, "set.npz", data, length));
      assert_path_fails (path, path, "expected");
    }
  /* The checksum tells. */
  while (memcmp (data + pixel, bytes, 8) != 0)
    g_assert_cmpuint (++pixel, <, n - 8);
  data[pixel + 3] ^= 1;
  g_free (scratch_folder_write (self->folder, "set.npz", data, n));
  assert_path_fails (path, path, "expected a whole zip archive of NumPy arrays");
}

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/npz/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("shapes", test_shapes);
  ADD ("types", test_types);
  ADD ("fortran", test_fortran);
  ADD ("one-hot", test_one_hot);
  ADD ("wrong", test_wrong);
  ADD ("parts-differ", test_parts_differ);
  ADD ("damaged", test_damaged);
  return g_test_run ();
}
