/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cifar-file.h"

#include <sys/resource.h>

/* A process of its own, as the peak of its memory is what counts. */

#define N_RECORDS 24000 /* 74 MB */
#define N_PIECE   500

/* It keeps what was freed and shadows the rest. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#  define HAS_SANITIZER TRUE
#else
#  define HAS_SANITIZER FALSE
#endif

static char *
write_large (const char *folder, const char *name, gboolean is_packed)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GOutputStream) stream =
    G_OUTPUT_STREAM (g_file_replace (file, NULL, FALSE, G_FILE_CREATE_NONE, NULL, NULL));
  g_autoptr (GByteArray) piece = make_records (0, N_PIECE, 1);

  g_assert_nonnull (stream);
  if (is_packed)
    {
      g_autoptr (GConverter) gzip =
        G_CONVERTER (g_zlib_compressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP, 1));
      GOutputStream *packed = g_converter_output_stream_new (stream, gzip);

      g_object_unref (stream);
      stream = packed;
    }
  for (guint i = 0; i < N_RECORDS / N_PIECE; i++)
    g_assert_true (g_output_stream_write_all (stream, piece->data, piece->len, NULL, NULL, NULL));
  g_assert_true (g_output_stream_close (stream, NULL, NULL));
  return path;
}

static gsize
get_peak (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (gsize)usage.ru_maxrss * 1024;
}

/* From here on a set of that many bytes costs a fifth more at the most. */
static void
assert_bounded (const char *path)
{
  gsize before = get_peak ();
  g_autoptr (FxpDataset) dataset = load_path (path, 0.2, 1);
  gsize growth = get_peak () - before;
  gsize n_bytes = (gsize)N_RECORDS * 3073;

  g_assert_cmpuint (fxp_dataset_get_n (dataset, FXP_SPLIT_TRAIN), ==, N_RECORDS * 4 / 5);
  g_test_message ("%.1f MB for a file of %.1f MB, %.3f times",
                  growth / 1e6,
                  n_bytes / 1e6,
                  (double)growth / n_bytes);
  g_assert_cmpuint (10 * growth, <=, 12 * n_bytes);
}

static void
test_peak (gconstpointer user_data)
{
  gboolean is_packed = GPOINTER_TO_INT (user_data);
  char *folder = scratch_folder_new ();
  g_autofree char *path = write_large (folder, is_packed ? "some.bin.gz" : "some.bin", is_packed);

  assert_bounded (path);
  scratch_folder_remove (folder);
}

/* Each in a process of its own: a peak never falls. */
static void
test_apart (gconstpointer user_data)
{
  if (HAS_SANITIZER)
    {
      g_test_skip ("with a sanitizer a process has memory of its own");
      return;
    }
  if (g_test_subprocess ())
    {
      test_peak (user_data);
      return;
    }
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/dataset/loading-memory/plain", GINT_TO_POINTER (FALSE), test_apart);
  g_test_add_data_func ("/dataset/loading-memory/gzip", GINT_TO_POINTER (TRUE), test_apart);
  return g_test_run ();
}
