/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/dataset-private.h"
#include "folder-fixture.h"
#include "idx-file.h"

#include <sys/resource.h>

#define IMAGES "train-images-idx3-ubyte"
#define LABELS "train-labels-idx1-ubyte"

static void
write_pair (Fixture *self, GByteArray *images, GByteArray *labels)
{
  g_free (scratch_folder_take (self->folder, IMAGES, images));
  g_free (scratch_folder_take (self->folder, LABELS, labels));
}

static void
assert_pair_fails (Fixture *self,
                   GByteArray *images,
                   GByteArray *labels,
                   const char *place,
                   const char *text)
{
  write_pair (self, images, labels);
  assert_path_fails (self->folder, place, text);
}

/* Values, labels and their pairing, through the division too. */
static void
test_values (Fixture *self, gconstpointer user_data)
{
  static const guint levels[] = {17, 256};

  for (guint i = 0; i < G_N_ELEMENTS (levels); i++)
    {
      g_autoptr (FxpDataset) dataset = NULL;
      double scale = levels[i] == 17 ? 16 : 255;
      gboolean seen[100] = {FALSE};

      write_pair (self, make_images (100, 2, 3, levels[i]), make_labels (100, 10));
      dataset = load_path (self->folder, 0.2, 5);
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, 80);
      g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TEST), ==, 20);
      g_assert_cmpuint (fxp_dataset_get_n_classes (dataset), ==, 10);
      g_assert_cmpstr (fxp_dataset_get_class_name (dataset, 9), ==, "9");
      g_assert_cmpuint (fxp_dataset_get_shape (dataset)->rank, ==, 3);
      g_assert_cmpuint (fxp_dataset_get_shape (dataset)->dim[0], ==, 1);
      g_assert_cmpuint (fxp_dataset_get_shape (dataset)->dim[1], ==, 2);
      g_assert_cmpuint (fxp_dataset_get_shape (dataset)->dim[2], ==, 3);
      for (FxpSplit split = 0; split < FXP_N_SPLITS; split++)
        for (guint32 row = 0; row < fxp_dataset_get_n (dataset, split); row++)
          {
            double inputs[6];
            guint16 label = 0;
            guint from = 0;

            fxp_dataset_gather (dataset, split, &row, 1, inputs, &label);
            while (from < 100 && (seen[from] || inputs[0] != from * 6 * 37 % levels[i] / scale ||
                                  label != from % 10))
              from++;
            g_assert_cmpuint (from, <, 100);
            seen[from] = TRUE;
            for (guint j = 0; j < 6; j++)
              g_assert_cmpfloat (inputs[j], ==, (from * 6 + j) * 37 % levels[i] / scale);
          }
    }
}

/* Bytes stay bytes. */
static void
test_memory (Fixture *self, gconstpointer user_data)
{
  g_autoptr (FxpDataset) dataset = NULL;
  const FxpSamples *samples;

  write_pair (self, make_images (3000, 8, 8, 256), make_labels (3000, 10));
  dataset = load_path (self->folder, 0.2, 5);
  samples = dataset->samples[FXP_SPLIT_TRAIN];
  g_assert_null (dataset->samples[FXP_SPLIT_TEST]);
  g_assert_cmpuint (samples->n_allocated *
                      (samples->n_features * samples->value_size + sizeof *samples->labels) * 10,
                    <=,
                    12 * 3000 * 65);
}

static GByteArray *
cut_to (GByteArray *bytes, guint n)
{
  return g_byte_array_set_size (bytes, n);
}

static GByteArray *
with_word (GByteArray *bytes, guint offset, guint32 word)
{
  guint32 big_endian = GUINT32_TO_BE (word);

  memcpy (bytes->data + offset, &big_endian, sizeof big_endian);
  return bytes;
}

static void
test_headers (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    guint offset;
    guint32 word;
    const char *text;
  } cases[] = {
    {0, 0x801, "magic number 0x00000801 at offset 0, expected 0x00000803 of IDX images"},
    {0, 0x804, "magic number 0x00000804 at offset 0, expected 0x00000803"},
    {0, 0xd03, "magic number 0x00000d03 at offset 0, expected 0x00000803"},
    {0, 0x03080000, "magic number 0x03080000 at offset 0, expected 0x00000803"},
    {4, 0, "size 0 at offset 4, expected 1..10000000"},
    {4, 10000001, "size 10000001 at offset 4, expected 1..10000000"},
    {4, 0xffffffff, "size 4294967295 at offset 4, expected 1..10000000"},
    {8, 0, "size 0 at offset 8, expected 1..4096"},
    {8, 4097, "size 4097 at offset 8, expected 1..4096"},
    {12, 0, "size 0 at offset 12, expected 1..4096"},
    {12, 0x80000000, "size 2147483648 at offset 12, expected 1..4096"},
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    assert_pair_fails (self,
                       with_word (make_images (10, 4, 4, 256), cases[i].offset, cases[i].word),
                       make_labels (10, 2),
                       IMAGES,
                       cases[i].text);
  assert_pair_fails (self,
                     with_word (with_word (make_images (10, 4096, 4, 256), 4, 10000000), 12, 4096),
                     make_labels (10, 2),
                     IMAGES,
                     "10000000 images of 4096x4096 bytes at offset 4, expected 4 GiB");
  assert_pair_fails (self,
                     make_images (10, 4, 4, 256),
                     with_word (make_labels (10, 2), 0, 0x803),
                     LABELS,
                     "magic number 0x00000803 at offset 0, expected 0x00000801 of IDX labels");
}

static void
test_truncated (Fixture *self, gconstpointer user_data)
{
  static const guint header_cuts[] = {0, 1, 3, 4, 7, 15};

  for (guint i = 0; i < G_N_ELEMENTS (header_cuts); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("ends at offset %u, expected an IDX header of 16 bytes", header_cuts[i]);

      assert_pair_fails (self,
                         cut_to (make_images (10, 4, 4, 256), header_cuts[i]),
                         make_labels (10, 2),
                         IMAGES,
                         text);
    }
  assert_pair_fails (self,
                     cut_to (make_images (10, 4, 4, 256), 16),
                     make_labels (10, 2),
                     IMAGES,
                     "ends at offset 16, expected 176 bytes");
  assert_pair_fails (self,
                     cut_to (make_images (10, 4, 4, 256), 175),
                     make_labels (10, 2),
                     IMAGES,
                     "ends at offset 175, expected 176 bytes");
  assert_pair_fails (self,
                     make_images (10, 4, 4, 256),
                     cut_to (make_labels (10, 2), 5),
                     LABELS,
                     "ends at offset 5, expected an IDX header of 8 bytes");
  assert_pair_fails (self,
                     make_images (10, 4, 4, 256),
                     cut_to (make_labels (10, 2), 17),
                     LABELS,
                     "ends at offset 17, expected 18 bytes");
}

static GByteArray *
grown_by (GByteArray *bytes, guint n)
{
  guint old = bytes->len;

  g_byte_array_set_size (bytes, old + n);
  memset (bytes->data + old, 'x', n);
  return bytes;
}

static void
test_oversized (Fixture *self, gconstpointer user_data)
{
  assert_pair_fails (self,
                     grown_by (make_images (10, 4, 4, 256), 3),
                     make_labels (10, 2),
                     IMAGES,
                     "3 bytes too many after offset 176");
  assert_pair_fails (self,
                     grown_by (make_images (10, 4, 4, 256), 200000),
                     make_labels (10, 2),
                     IMAGES,
                     "at least 65536 bytes too many after offset 176");
  assert_pair_fails (self,
                     make_images (10, 4, 4, 256),
                     grown_by (make_labels (10, 2), 1),
                     LABELS,
                     "1 byte too many after offset 18");
}

static void
test_labels (Fixture *self, gconstpointer user_data)
{
  GByteArray *one = make_labels (1, 1);

  one->data[8] = 5;
  assert_pair_fails (self,
                     make_images (10, 4, 4, 256),
                     make_labels (11, 2),
                     LABELS,
                     "11 labels at offset 4, expected 10 as there are images");
  assert_pair_fails (self,
                     make_images (10, 4, 4, 256),
                     make_labels (10, 1),
                     self->folder,
                     "every label is 0, expected at least 2 classes");
  assert_pair_fails (self, make_images (1, 4, 4, 256), one, self->folder, "a single sample");
}

/* A header may promise 4 GB, but 16 bytes of file must not cost them. */
static void
test_hostile_promise (Fixture *self, gconstpointer user_data)
{
  struct rusage before;
  struct rusage after;

  getrusage (RUSAGE_SELF, &before);
  assert_pair_fails (self,
                     cut_to (with_word (with_word (make_images (1, 20, 20, 256), 4, 10000000),
                                        8,
                                        20),
                             400),
                     with_word (make_labels (10, 2), 4, 10000000),
                     IMAGES,
                     "ends at offset 400, expected 4000000016 bytes");
  assert_pair_fails (self,
                     cut_to (with_word (make_images (1, 4096, 16, 256), 12, 4096), 65000),
                     make_labels (1, 2),
                     IMAGES,
                     "ends at offset 65000, expected 16777232 bytes");
  getrusage (RUSAGE_SELF, &after);
  g_assert_cmpint (after.ru_maxrss - before.ru_maxrss, <, 100 * 1024);
}

static void
test_damaged_gzip (Fixture *self, gconstpointer user_data)
{
  static const struct
  {
    int offset; /* from the end where negative */
    const char *text;
  } cases[] = {
    {12, "the gzip data are damaged"},
    {-1, "the gzip data are damaged"}, /* length */
    {-6, "the gzip data are damaged"}, /* CRC */
  };
  g_autoptr (GByteArray) images = make_images (100, 4, 4, 256);
  g_autoptr (GBytes) packed = gzip_bytes (images->data, images->len);
  gsize n;
  const guint8 *data = g_bytes_get_data (packed, &n);

  g_free (scratch_folder_take (self->folder, LABELS, make_labels (100, 2)));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *damaged = g_memdup2 (data, n);
      gsize at = cases[i].offset < 0 ? n + (gsize)cases[i].offset : (gsize)cases[i].offset;
      g_autofree char *path = NULL;

      damaged[at] ^= 0xff;
      path = scratch_folder_write (self->folder, IMAGES ".gz", damaged, n);
      assert_path_fails (path, IMAGES ".gz", cases[i].text);
    }
  for (gsize length = 2; length < n; length += n / 7)
    {
      g_autofree char *path = scratch_folder_write (self->folder, IMAGES ".gz", data, length);

      assert_path_fails (path, IMAGES ".gz", "the gzip data end in the middle");
    }
}

#define ADD(name, function)                                                                        \
  g_test_add ("/dataset/idx/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("values", test_values);
  ADD ("memory", test_memory);
  ADD ("headers", test_headers);
  ADD ("truncated", test_truncated);
  ADD ("oversized", test_oversized);
  ADD ("labels", test_labels);
  ADD ("hostile-promise", test_hostile_promise);
  ADD ("damaged-gzip", test_damaged_gzip);
  return g_test_run ();
}
