/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cifar-file.h"
#include "idx-file.h"
#include "npz-file.h"
#ifdef HAVE_MATIO
#  include "mat-file.h"
#endif

/* Random and randomly damaged files: whatever they hold, a loader gives a usable set or one
 * sentence that names a file.  The seed is fixed, so that a failure can be repeated. */

#define SEED    20240229
#define N_CASES 1000

typedef struct
{
  char *folder;
  GRand *rand;
} Fixture;

static void
set_up (Fixture *self, gconstpointer user_data)
{
  self->folder = scratch_folder_new ();
  self->rand = g_rand_new_with_seed (SEED);
}

static void
tear_down (Fixture *self, gconstpointer user_data)
{
  g_rand_free (self->rand);
  scratch_folder_remove (self->folder);
}

/* Everything that a user of the set would touch. */
static void
use (FxpDataset *dataset)
{
  const FxpShape *shape = fxp_dataset_get_shape (dataset);
  gsize n_features = 1;
  g_autofree double *inputs = NULL;

  for (guint i = 0; i < shape->rank; i++)
    n_features *= shape->dim[i];
  inputs = g_new (double, n_features);
  g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), >=, 2);
  for (guint i = 0; i < fxp_dataset_get_n_classes (dataset); i++)
    g_assert_true (g_utf8_validate (fxp_dataset_get_class_name (dataset, i), -1, NULL));
  for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
    {
      g_assert_true (fxp_dataset_get_n (dataset, split) > 0 || split == FXP_SPLIT_VALIDATION);
      for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
        {
          guint16 label = 0;

          fxp_dataset_gather (dataset, split, &row, 1, inputs, &label);
          g_assert_cmpuint (label, <, fxp_dataset_get_n_classes (dataset));
          for (gsize i = 0; i < n_features; i++)
            g_assert_true (inputs[i] - inputs[i] == 0);
        }
    }
}

/* Returns whether it loaded. */
static gboolean
try_load (Fixture *self, const char *path)
{
  FxpDatasetSource source = {.path = path, .test_share = 0.3, .seed = 1};
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpDataset) dataset = fxp_dataset_load (&source, NULL, &error);

  if (dataset != NULL)
    {
      g_assert_no_error (error);
      use (dataset);
      return TRUE;
    }
  g_assert_error (error, FXP_ERROR, FXP_ERROR_DATASET);
  g_assert_null (strchr (error->message, '\n'));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_nonnull (strstr (error->message, self->folder));
  g_assert_cmpuint (strlen (error->message), <, 500);
  return FALSE;
}

/* Changes, drops, repeats or inserts bytes, a few times. */
static void
damage (GRand *rand, GByteArray *bytes)
{
  gint n_times = g_rand_int_range (rand, 1, 4);

  for (gint i = 0; i < n_times && bytes->len > 0; i++)
    {
      guint at = (guint)g_rand_int_range (rand, 0, (gint32)bytes->len);
      guint n = (guint)g_rand_int_range (rand, 1, (gint32)MIN (bytes->len - at, 19) + 1);

      switch (g_rand_int_range (rand, 0, 5))
        {
        case 0:
          bytes->data[at] = (guint8)g_rand_int (rand);
          break;
        case 1:
          bytes->data[at] ^= (guint8)(1 << g_rand_int_range (rand, 0, 8));
          break;
        case 2:
          g_byte_array_set_size (bytes, at);
          break;
        case 3:
          g_byte_array_remove_range (bytes, at, n);
          break;
        default:
          {
            g_autofree guint8 *copy = g_memdup2 (bytes->data + at, n);

            g_byte_array_append (bytes, copy, n);
          }
        }
    }
}

static void
append_noise (GRand *rand, GByteArray *bytes)
{
  guint n = (guint)g_rand_int_range (rand, 0, 400);

  for (guint i = 0; i < n; i++)
    {
      guint8 byte = (guint8)g_rand_int (rand);

      g_byte_array_append (bytes, &byte, 1);
    }
}

static void
write_bytes (Fixture *self, const char *name, GByteArray *bytes)
{
  g_free (scratch_folder_write (self->folder, name, bytes->data, bytes->len));
}

/* Pure noise, bare and behind the first bytes of each format, under each kind of name. */
static void
test_noise (Fixture *self, gconstpointer user_data)
{
  static const char *const names[] = {"train-images-idx3-ubyte",
                                      "train-images-idx3-ubyte.gz",
                                      "points.csv",
                                      "noise",
                                      "data_batch_1.bin",
                                      "train.bin",
                                      "arrays.npz",
                                      "digits.mat"};
  static const guint8 heads[][8] = {{0},
                                    {0, 0, 8, 3, 0, 0, 0, 9},
                                    {0x1f, 0x8b, 8, 0, 0, 0, 0, 0},
                                    {'1', ',', '2', ','},
                                    {'P', 'K', 3, 4},
                                    {'M', 'A', 'T', 'L', 'A', 'B', ' ', '5'}};
  static const guint head_sizes[] = {0, 8, 8, 4, 4, 8};

  g_free (scratch_folder_take (self->folder, "train-labels-idx1-ubyte", make_labels (9, 3)));
  for (guint i = 0; i < N_CASES; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();
      const char *name = names[i % G_N_ELEMENTS (names)];
      guint head = (guint)g_rand_int_range (self->rand, 0, G_N_ELEMENTS (heads));
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_byte_array_append (bytes, heads[head], head_sizes[head]);
      append_noise (self->rand, bytes);
      write_bytes (self, name, bytes);
      try_load (self, path);
      g_assert_no_errno (g_remove (path));
    }
}

/* Pieces that a CSV file is made of, in any order. */
static void
test_csv_soup (Fixture *self, gconstpointer user_data)
{
  static const char *const pieces[] = {
    "1,2,a\n",
    "3,-4e1,b\n",
    "0,.5,\"a\"\r\n",
    "5,6,b\n",
    "\n",
    "7;8;a\n",
    "1,2,a\n",
    "3,-4e1,b\n",
    "x,y,class\n",
    "9,9,\xc3\xa4\n",
    "9,nan,a\n",
    "\"",
  };
  g_autofree char *path = g_build_filename (self->folder, "points.csv", NULL);
  guint n_loaded = 0;

  for (guint i = 0; i < N_CASES; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      gint n = g_rand_int_range (self->rand, 0, 8);

      for (gint j = 0; j < n; j++)
        g_string_append (text, pieces[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (pieces))]);
      g_free (scratch_folder_write (self->folder, "points.csv", text->str, text->len));
      n_loaded += try_load (self, path);
    }
  g_assert_cmpuint (n_loaded, >, N_CASES / 100);
  g_assert_cmpuint (n_loaded, <, N_CASES);
}

static void
test_damaged_csv (Fixture *self, gconstpointer user_data)
{
  static const char text[] = "x;y;class\r\n1;2;\"a\"\r\n-3.5;4e2;b\r\n\r\n5;6;a\r\n7;8;c\r\n";
  g_autofree char *path = g_build_filename (self->folder, "points.csv", NULL);
  guint n_loaded = 0;

  for (guint i = 0; i < N_CASES; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, (const guint8 *)text, strlen (text));
      damage (self->rand, bytes);
      write_bytes (self, "points.csv", bytes);
      n_loaded += try_load (self, path);
    }
  g_assert_cmpuint (n_loaded, >, N_CASES / 100);
  g_assert_cmpuint (n_loaded, <, N_CASES);
}

static GByteArray *
make_file (guint which)
{
  return which % 2 == 0 ? make_images (9, 3, 3, 256) : make_labels (9, 3);
}

/* One of the four files is damaged, plain or inside its packing. */
static void
test_damaged_idx (Fixture *self, gconstpointer user_data)
{
  static const char *const names[] = {"train-images-idx3-ubyte",
                                      "train-labels-idx1-ubyte",
                                      "t10k-images-idx3-ubyte",
                                      "t10k-labels-idx1-ubyte"};
  guint n_loaded = 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_free (scratch_folder_take (self->folder, names[i], make_file (i)));
  for (guint i = 0; i < N_CASES; i++)
    {
      guint victim = (guint)g_rand_int_range (self->rand, 0, G_N_ELEMENTS (names));
      g_autoptr (GByteArray) bytes = make_file (victim);

      if (i % 3 == 0)
        {
          g_autoptr (GBytes) packed = gzip_bytes (bytes->data, bytes->len);

          g_byte_array_set_size (bytes, 0);
          g_byte_array_append (bytes,
                               g_bytes_get_data (packed, NULL),
                               (guint)g_bytes_get_size (packed));
        }
      damage (self->rand, bytes);
      write_bytes (self, names[victim], bytes);
      n_loaded += try_load (self, self->folder);
      g_free (scratch_folder_take (self->folder, names[victim], make_file (victim)));
    }
  g_assert_cmpuint (n_loaded, >, N_CASES / 100);
  g_assert_cmpuint (n_loaded, <, N_CASES);
}

/* Damages @whole again and again under the name @name. */
static void
damage_all (Fixture *self, const char *name, const GByteArray *whole, gboolean is_packed)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  guint n_loaded = 0;

  for (guint i = 0; i < N_CASES; i++)
    {
      g_autoptr (GByteArray) bytes = g_byte_array_new ();

      g_byte_array_append (bytes, whole->data, whole->len);
      if (is_packed && i % 3 == 0)
        {
          g_autoptr (GBytes) packed = gzip_bytes (bytes->data, bytes->len);

          g_byte_array_set_size (bytes, 0);
          g_byte_array_append (bytes,
                               g_bytes_get_data (packed, NULL),
                               (guint)g_bytes_get_size (packed));
        }
      damage (self->rand, bytes);
      write_bytes (self, name, bytes);
      n_loaded += try_load (self, path);
    }
  g_test_message ("%u of %u load", n_loaded, N_CASES);
  g_assert_cmpuint (n_loaded, <, N_CASES);
}

static void
test_damaged_cifar (Fixture *self, gconstpointer user_data)
{
  static const char *const names[] = {"data_batch_1.bin", "train.bin", "some.bin"};

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (GByteArray) records = make_records (0, 3, i == 1 ? 2 : 1);

      damage_all (self, names[i], records, TRUE);
    }
}

static void
damage_file (Fixture *self, const char *name)
{
  g_autofree char *path = g_build_filename (self->folder, name, NULL);
  char *data = NULL;
  gsize n;
  g_autoptr (GByteArray) whole = NULL;

  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  whole = g_byte_array_new_take ((guint8 *)data, n);
  damage_all (self, name, whole, FALSE);
}

static void
test_damaged_npz (Fixture *self, gconstpointer user_data)
{
  const NpzMember members[] = {{"x", "|u1", "4, 2, 3, ", "abcdefghijklmnopqrstuvwx", 24, FALSE},
                               {"y", "|u1", "4, ", "\0\1\1\0", 4, FALSE},
                               {NULL}};

  for (guint is_packed = 0; is_packed < 2; is_packed++)
    {
      g_free (write_npz (self->folder, "arrays.npz", members, is_packed != 0));
      damage_file (self, "arrays.npz");
    }
}

/* The heads of the arrays, which a checksum would otherwise keep whole. */
static void
test_damaged_npy (Fixture *self, gconstpointer user_data)
{
  static const char *const types[] = {"|u1", "<f4", ">i8", "|b1", "|O", "<f"};
  static const char *const shapes[] =
    {"4, 6, ", "4, ", "4, 2, 3, 1, ", "24, 1, ", "4, 1, 3, 2", "2, 2, 2, 2, 2, ", "", "-4, 6, "};
  static const guint8 data[192] = {0, 1, 1, 0, 1};

  for (guint i = 0; i < N_CASES; i++)
    {
      NpzMember members[] = {{"x"}, {"y"}, {NULL}};
      g_autofree char *path = NULL;

      for (guint j = 0; j < 2; j++)
        {
          members[j].descr = types[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (types))];
          members[j].shape = shapes[g_rand_int_range (self->rand, 0, G_N_ELEMENTS (shapes))];
          members[j].data = data;
          members[j].n_bytes = (gsize)(4 << g_rand_int_range (self->rand, 0, 4)) * (j == 0 ? 6 : 1);
          members[j].is_fortran = g_rand_boolean (self->rand);
        }
      path = write_npz (self->folder, "arrays.npz", members, FALSE);
      try_load (self, path);
    }
}

#ifdef HAVE_MATIO
static void
test_damaged_mat (Fixture *self, gconstpointer user_data)
{
  for (guint is_packed = 0; is_packed < 2; is_packed++)
    {
      g_free (write_mat (self->folder, "digits.mat", 2, 3, 4, is_packed != 0));
      damage_file (self, "digits.mat");
    }
}
#endif

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/hostile-files/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("noise", test_noise);
  ADD ("csv-soup", test_csv_soup);
  ADD ("damaged-csv", test_damaged_csv);
  ADD ("damaged-idx", test_damaged_idx);
  ADD ("damaged-cifar", test_damaged_cifar);
  ADD ("damaged-npz", test_damaged_npz);
  ADD ("damaged-npy", test_damaged_npy);
#ifdef HAVE_MATIO
  ADD ("damaged-mat", test_damaged_mat);
#endif
  return g_test_run ();
}
