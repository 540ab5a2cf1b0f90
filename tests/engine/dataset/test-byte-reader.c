/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "dataset/byte-reader-private.h"
#include "scratch-folder.h"

/* Bytes that gzip cannot make much smaller. */
static guint8 *
make_noise (gsize n)
{
  guint8 *bytes = g_malloc (n);
  guint32 state = 1;

  for (gsize i = 0; i < n; i++)
    {
      state = state * 1664525u + 1013904223u;
      bytes[i] = (guint8)(state >> 24);
    }
  return bytes;
}

static void
assert_reads (const guint8 *stored, gsize n_stored, const guint8 *bytes, gsize n, gsize piece)
{
  g_autoptr (GInputStream) stream =
    g_memory_input_stream_new_from_data (stored, (gssize)n_stored, NULL);
  g_autoptr (FxpByteReader) reader = fxp_byte_reader_new (stream, "noise");
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *buffer = g_malloc (piece);
  gsize at = 0;
  gssize n_read;

  g_assert_cmpstr (fxp_byte_reader_get_name (reader), ==, "noise");
  do
    {
      n_read = fxp_byte_reader_read (reader, buffer, piece, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint ((gsize)n_read, ==, MIN (piece, n - at));
      g_assert_cmpmem (buffer, (gsize)n_read, bytes + at, (gsize)n_read);
      at += (gsize)n_read;
      g_assert_cmpuint (fxp_byte_reader_get_offset (reader), ==, at);
    }
  while (n_read > 0);
}

static void
test_pieces (void)
{
  static const gsize sizes[] = {0, 1, 2, 3, 65535, 65536, 65537, 300000};
  static const gsize pieces[] = {1, 2, 1000, 65536, 1000000};

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *bytes = make_noise (sizes[i]);
      g_autoptr (GBytes) packed = gzip_bytes (bytes, sizes[i]);
      gsize n_packed;
      const guint8 *stored = g_bytes_get_data (packed, &n_packed);

      for (gsize j = 0; j < G_N_ELEMENTS (pieces); j++)
        {
          assert_reads (bytes, sizes[i], bytes, sizes[i], pieces[j]);
          assert_reads (stored, n_packed, bytes, sizes[i], pieces[j]);
        }
    }
}

/* A long run of zeros packs a thousandfold: output goes on when the input is used up. */
static void
test_zeros (void)
{
  gsize n = 5000000;
  g_autofree guint8 *zeros = g_malloc0 (n);
  g_autoptr (GBytes) packed = gzip_bytes (zeros, n);
  gsize n_packed;
  const guint8 *stored = g_bytes_get_data (packed, &n_packed);

  g_assert_cmpuint (n_packed, <, n / 500);
  assert_reads (stored, n_packed, zeros, n, 1 << 20);
  assert_reads (stored, n_packed, zeros, n, 12345);
}

static void
test_cancelled (void)
{
  g_autofree guint8 *bytes = make_noise (1000);
  g_autoptr (GInputStream) stream = g_memory_input_stream_new_from_data (bytes, 1000, NULL);
  g_autoptr (FxpByteReader) reader = fxp_byte_reader_new (stream, "noise");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  guint8 buffer[10];

  g_assert_cmpint (fxp_byte_reader_read (reader, buffer, 10, cancellable, &error), ==, 10);
  g_cancellable_cancel (cancellable);
  g_assert_cmpint (fxp_byte_reader_read (reader, buffer, 10, cancellable, &error), ==, -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* What GIO reports is kept, with the name in front. */
static void
test_unreadable (void)
{
  g_autoptr (GFile) folder = g_file_new_for_path (g_get_tmp_dir ());
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_byte_reader_open (folder, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
}

static void
test_guess_size (void)
{
  static const gsize sizes[] = {0, 1, 5, 100000};
  char *folder = scratch_folder_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree guint8 *bytes = make_noise (sizes[i]);
      g_autoptr (GBytes) packed = gzip_bytes (bytes, sizes[i]);
      gsize n_packed;
      const guint8 *stored = g_bytes_get_data (packed, &n_packed);
      g_autofree char *plain_path = scratch_folder_write (folder, "plain", bytes, sizes[i]);
      g_autofree char *packed_path = scratch_folder_write (folder, "packed", stored, n_packed);
      g_autoptr (GFile) plain_file = g_file_new_for_path (plain_path);
      g_autoptr (GFile) packed_file = g_file_new_for_path (packed_path);
      gboolean is_packed = TRUE;

      g_assert_cmpuint (fxp_byte_reader_guess_size (plain_file, &is_packed, NULL), ==, sizes[i]);
      g_assert_false (is_packed);
      g_assert_cmpuint (fxp_byte_reader_guess_size (packed_file, &is_packed, NULL), ==, sizes[i]);
      g_assert_true (is_packed);
    }
  scratch_folder_remove (folder);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dataset/byte-reader/pieces", test_pieces);
  g_test_add_func ("/dataset/byte-reader/zeros", test_zeros);
  g_test_add_func ("/dataset/byte-reader/cancelled", test_cancelled);
  g_test_add_func ("/dataset/byte-reader/unreadable", test_unreadable);
  g_test_add_func ("/dataset/byte-reader/guess-size", test_guess_size);
  return g_test_run ();
}
