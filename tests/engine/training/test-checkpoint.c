/* SPDX-License-Identifier: MIT */
#include "checkpoint-bytes.h"
#include "drive.h"

#include "number/error.h"
#include "training/checkpoint-content-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define HEAD_BYTES 56

static FxpCheckpoint *
make_checkpoint (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("network.topology", "2-3-2", "precision.1.weight.format", "Q1.3", NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpCheckpoint *checkpoint;
  guint64 serial;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 30));
  drive_set (drive, "training.rate", "0.2", &serial);
  drive_wait (drive, serial);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 3));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);
  return checkpoint;
}

static void
assert_refused (GBytes *bytes, FxpError code, const char *where)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) checkpoint = fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", &error);

  g_assert_null (checkpoint);
  g_assert_error (error, FXP_ERROR, (int)code);
  g_test_message ("%s", error->message);
  g_assert_true (g_str_has_prefix (error->message, "some.ckpt: "));
  g_assert_null (strchr (error->message, '\n'));
  if (where != NULL)
    g_assert_nonnull (strstr (error->message, where));
}

static void
test_round_trip (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (checkpoint);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCheckpoint) copy = fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", &error);
  g_autoptr (GBytes) again = NULL;
  const FxpStored *stored;

  g_assert_no_error (error);
  again = fxp_checkpoint_to_bytes (copy);
  g_assert_true (g_bytes_equal (bytes, again));
  g_assert_cmpuint (fxp_checkpoint_get_step (copy), ==, 33);
  g_assert_cmpfloat_with_epsilon (fxp_checkpoint_get_epoch (copy), 33 / 25.0, 1e-12);
  g_assert_cmpuint (strlen (fxp_checkpoint_get_fingerprint (copy)), ==, 64);
  g_assert_true (fxp_experiment_equal (fxp_checkpoint_get_experiment (copy),
                                       fxp_checkpoint_get_experiment (checkpoint)));
  stored = fxp_checkpoint_get_stored (copy, FALSE, 0, FXP_LEARNT_WEIGHT);
  g_assert_nonnull (stored);
  g_assert_true (fxp_format_equal (stored->format, FXP_FORMAT_SIGNED (5, 3)));
  g_assert_true (fxp_shape_equal (&stored->shape, &FXP_SHAPE_2 (3, 2)));
  g_assert_null (fxp_checkpoint_get_stored (copy, FALSE, 0, FXP_LEARNT_GAMMA));
  g_assert_null (fxp_checkpoint_get_stored (copy, FALSE, 0, FXP_LEARNT_MOMENTUM));
  g_assert_null (fxp_checkpoint_get_stored (copy, FALSE, 2, FXP_LEARNT_WEIGHT));
}

static void
test_damaged (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (checkpoint);
  gsize n_bytes;
  const guint8 *data = g_bytes_get_data (bytes, &n_bytes);

  for (gsize at = 0; at < n_bytes; at += at < HEAD_BYTES ? 1 : 97)
    for (guint bit = 0; bit < 8; bit += 3)
      {
        g_autofree guint8 *copy = g_memdup2 (data, n_bytes);
        g_autoptr (GBytes) damaged = NULL;
        g_autoptr (GError) error = NULL;

        copy[at] ^= 1 << bit;
        damaged = g_bytes_new (copy, n_bytes);
        g_assert_null (fxp_checkpoint_new_from_bytes (damaged, "some.ckpt", &error));
        g_assert_true (error->domain == FXP_ERROR);
        g_assert_true (g_str_has_prefix (error->message, "some.ckpt: offset "));
      }
}

static void
test_truncated (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (checkpoint);
  gsize n_bytes = g_bytes_get_size (bytes);
  g_autofree guint8 *longer = g_malloc0 (n_bytes + 1);
  g_autoptr (GBytes) trailing = NULL;

  for (gsize n = 0; n < n_bytes; n += n < HEAD_BYTES ? 1 : 31)
    {
      g_autoptr (GBytes) part = g_bytes_new_from_bytes (bytes, 0, n);
      g_autofree char *offset = g_strdup_printf ("offset %" G_GSIZE_FORMAT, n < 8 ? 0 : n);

      assert_refused (part, FXP_ERROR_CHECKPOINT, offset);
    }
  memcpy (longer, g_bytes_get_data (bytes, NULL), n_bytes);
  trailing = g_bytes_new (longer, n_bytes + 1);
  assert_refused (trailing, FXP_ERROR_CHECKPOINT, "1 bytes too many");
}

static void
test_other_versions (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (checkpoint);
  gsize n_bytes;
  g_autofree guint8 *copy =
    g_memdup2 (g_bytes_get_data (bytes, &n_bytes), g_bytes_get_size (bytes));
  g_autoptr (GBytes) newer = NULL;
  g_autoptr (GBytes) older = NULL;

  copy[8] = 5;
  newer = g_bytes_new (copy, n_bytes);
  assert_refused (newer, FXP_ERROR_VERSION, "offset 8: a newer program");
  copy[8] = 2;
  older = g_bytes_new (copy, n_bytes);
  assert_refused (older, FXP_ERROR_VERSION, "offset 8: an older program");
}

/* Whatever stands in a file with a right checksum, it is refused or can be gone on from. */
static void
test_hostile_bytes (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (GBytes) bytes = fxp_checkpoint_to_bytes (checkpoint);
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  gsize n_bytes = g_bytes_get_size (bytes) - HEAD_BYTES;
  const guint8 *data = (const guint8 *)g_bytes_get_data (bytes, NULL) + HEAD_BYTES;
  Drive *drive = drive_new (experiment, 1);
  guint n_read = 0;

  for (gsize at = 0; at < n_bytes; at += 5)
    for (guint value = 0; value <= 255; value += 85)
      {
        g_autofree guint8 *copy = g_memdup2 (data, n_bytes);
        g_autoptr (GBytes) hostile = NULL;
        g_autoptr (FxpCheckpoint) read = NULL;
        g_autoptr (GError) error = NULL;
        guint64 serial;

        copy[at] = value;
        hostile = make_bytes (4, copy, n_bytes);
        read = fxp_checkpoint_new_from_bytes (hostile, "some.ckpt", &error);
        g_assert_true ((read == NULL) == (error != NULL));
        if (read == NULL || !fxp_trainer_restore (drive->trainer, read, &serial, NULL))
          continue;
        n_read++;
        drive_wait (drive, serial);
        drive_wait (drive, fxp_trainer_step (drive->trainer, 2));
      }
  g_assert_cmpuint (n_read, >, 0);
  drive_free (drive);
}

/* The content with one of its parts replaced. */
static GBytes *
replace_part (const FxpCheckpoint *checkpoint, guint index, GVariant *part)
{
  g_autoptr (GVariant) content = fxp_checkpoint_pack (checkpoint);
  g_autoptr (GVariant) other = NULL;
  gsize n = g_variant_n_children (content);
  g_autofree GVariant **parts = g_new (GVariant *, n);
  GBytes *bytes;

  for (gsize i = 0; i < n; i++)
    parts[i] = i == index ? g_variant_ref_sink (part) : g_variant_get_child_value (content, i);
  other = g_variant_ref_sink (g_variant_new_tuple (parts, n));
  bytes = make_bytes (4, g_variant_get_data (other), g_variant_get_size (other));
  for (gsize i = 0; i < n; i++)
    g_variant_unref (parts[i]);
  return bytes;
}

static void
check_part (const FxpCheckpoint *checkpoint, guint index, const char *text, const char *where)
{
  g_autoptr (GError) error = NULL;
  GVariant *part = g_variant_parse (NULL, text, NULL, NULL, &error);
  g_autoptr (GBytes) bytes = NULL;

  g_assert_no_error (error);
  bytes = replace_part (checkpoint, index, part);
  assert_refused (bytes, FXP_ERROR_CHECKPOINT, where);
}

static GVariant *
change_experiment (const FxpCheckpoint *checkpoint, const char *key, const char *value)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) other =
    fxp_experiment_with_value (fxp_checkpoint_get_experiment (checkpoint), key, value, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  text = fxp_experiment_to_data (other);
  return g_variant_new_string (text);
}

/* What is recorded of the twin, as if that had been in so many steps. */
static GVariant *
with_steps (const FxpCheckpoint *checkpoint, guint64 n_steps)
{
  gsize n = g_variant_n_children (checkpoint->probe);
  g_autofree GVariant **parts = g_new (GVariant *, n);
  GVariant *probe;

  for (gsize i = 0; i < n; i++)
    parts[i] = i == 0 ? g_variant_ref_sink (g_variant_new_uint64 (n_steps))
                      : g_variant_get_child_value (checkpoint->probe, i);
  probe = g_variant_new_tuple (parts, n);
  for (gsize i = 0; i < n; i++)
    g_variant_unref (parts[i]);
  return g_variant_new_maybe (NULL, probe);
}

static void
test_hostile_parts (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  const char *const topologies[] = {"2-3-3-2", "2-4-2", "2-2", "2-60000-60000-2"};
  g_autoptr (GBytes) text = NULL;
  g_autoptr (GBytes) log = NULL;
  g_autoptr (GBytes) shape = NULL;
  g_autoptr (GBytes) steps = NULL;

  /* Place in the run. */
  check_part (checkpoint, 2, "uint64 0xffffffffffffffff", "no place in a run");
  check_part (checkpoint, 3, "(uint64 0, uint64 250)", "no place in a run");
  check_part (checkpoint, 3, "(uint64 0xffffffffffffffff, uint64 1)", "no place in a run");
  /* Shape of a sample, classes, samples. */
  check_part (checkpoint, 4, "(@at [2], uint32 2, uint64 0)", "no place in a run");
  check_part (checkpoint, 4, "(@at [], uint32 2, uint64 250)", "size of a sample");
  check_part (checkpoint, 4, "(@at [1, 2], uint32 2, uint64 250)", "size of a sample");
  check_part (checkpoint, 4, "(@at [0], uint32 2, uint64 250)", "size of a sample");
  check_part (checkpoint,
              4,
              "(@at [0x8000000000000000], uint32 2, uint64 250)",
              "size of a sample");
  check_part (checkpoint,
              4,
              "(@at [0x10000000, 0x10000000, 0x10000000], uint32 2, uint64 250)",
              "size of a sample");
  shape = replace_part (checkpoint, 4, g_variant_new_parsed ("(@at [3], uint32 2, uint64 250)"));
  assert_refused (shape, FXP_ERROR_SHAPE, NULL);
  /* Noise sums and tensors. */
  check_part (checkpoint, 6, "@a(dddttt) []", "sums of 0 tensors");
  check_part (checkpoint, 7, "@a(ttt) [(0, 0, 0)]", "sums of 1 layers; expected 2");
  check_part (checkpoint, 9, "@a(bqq(yyb)ay) []", "found 0 tensors");
  check_part (checkpoint,
              10,
              "@a(qqiuddad) [(0, 0, -3, 0, 0.0, 0.0, [])]",
              "found binary points of 1 tensors that move; expected 0");
  /* What is recorded of the twin. */
  check_part (checkpoint, 8, "@m(tuutdda(adtt)) nothing", "found no baseline");
  check_part (checkpoint,
              8,
              "@m(tuutdda(adtt)) (3, 0, 1, 1, 0.729, 0.9, [])",
              "baseline of other layers");
  check_part (checkpoint,
              8,
              "@m(tuutdda(adtt)) (3, 0, 1, 1, 0.729, 0.9, [([0.0], 6, 30), ([0.0], 6, 20)])",
              "baseline of other layers");
  text = replace_part (checkpoint, 0, change_experiment (checkpoint, "training.twin", "false"));
  assert_refused (text, FXP_ERROR_CHECKPOINT, "expected none without a float network");
  g_clear_pointer (&text, g_bytes_unref);
  steps = replace_part (checkpoint, 8, with_steps (checkpoint, 34));
  assert_refused (steps, FXP_ERROR_CHECKPOINT, "more steps than the run");

  text = replace_part (checkpoint, 0, g_variant_new_string ("version=1\nnonsense"));
  assert_refused (text, FXP_ERROR_PARSE, "experiment at offset 56");
  log = replace_part (checkpoint, 1, g_variant_new_string ("nonsense\n"));
  assert_refused (log, FXP_ERROR_PARSE, "run log at offset");
  for (guint i = 0; i < G_N_ELEMENTS (topologies); i++)
    {
      g_autoptr (GBytes) bytes =
        replace_part (checkpoint,
                      0,
                      change_experiment (checkpoint, "network.topology", topologies[i]));
      g_autoptr (GError) error = NULL;

      g_assert_null (fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", &error));
      g_assert_true (error->domain == FXP_ERROR);
    }
}

/* The first tensor with another head or other data. */
static GBytes *
replace_tensor (const FxpCheckpoint *checkpoint, const char *format, GBytes *data)
{
  g_autoptr (GVariant) content = fxp_checkpoint_pack (checkpoint);
  g_autoptr (GVariant) tensors = g_variant_get_child_value (content, 9);
  GVariant *codes = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, data, TRUE);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(bqq(yyb)ay)"));
  g_variant_builder_add (&builder,
                         "(bqq@(yyb)@ay)",
                         FALSE,
                         0,
                         FXP_LEARNT_WEIGHT,
                         g_variant_parse (G_VARIANT_TYPE ("(yyb)"), format, NULL, NULL, NULL),
                         codes);
  for (gsize i = 1; i < g_variant_n_children (tensors); i++)
    g_variant_builder_add_value (&builder, g_variant_get_child_value (tensors, i));
  return replace_part (checkpoint, 9, g_variant_builder_end (&builder));
}

static void
test_hostile_tensors (void)
{
  static const guint8 codes[7] = {0, 15, 240, 1, 2, 3, 4};
  static const guint8 outside[6] = {0, 15, 240, 16, 2, 3};
  const struct
  {
    const char *format;
    const guint8 *codes;
    gsize n;
    const char *message; /* NULL: it is right */
  } cases[] = {
    {"(5, 3, true)", codes, 6, NULL},
    {"(5, 3, true)", codes, 5, "has 5 bytes; expected 6"},
    {"(5, 3, true)", codes, 7, "has 7 bytes; expected 6"},
    {"(5, 3, true)", codes, 0, "has 0 bytes; expected 6"},
    {"(5, 3, true)", outside, 6, "outside its format"},
    {"(6, 3, true)", codes, 6, "another tensor"},
    {"(5, 4, true)", codes, 6, "another tensor"},
    {"(5, 3, false)", codes, 6, "another tensor"},
  };
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GBytes) data = g_bytes_new_static (cases[i].codes, cases[i].n);
      g_autoptr (GBytes) bytes = replace_tensor (checkpoint, cases[i].format, data);
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpCheckpoint) read = NULL;

      if (cases[i].message != NULL)
        {
          assert_refused (bytes, FXP_ERROR_CHECKPOINT, cases[i].message);
          continue;
        }
      read = fxp_checkpoint_new_from_bytes (bytes, "some.ckpt", &error);
      g_assert_no_error (error);
    }
}

static void
test_files (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (FxpCheckpoint) read = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fxp-checkpoint-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.ckpt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) zero = g_file_new_for_path ("/dev/zero");
  g_autoptr (GFile) in_folder = g_file_new_for_path (folder);
  g_autoptr (GError) error = NULL;

  g_assert_null (fxp_checkpoint_load (file, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  fxp_checkpoint_save (checkpoint, file, NULL, &error);
  g_assert_no_error (error);
  /* Over an older one. */
  fxp_checkpoint_save (checkpoint, file, NULL, &error);
  g_assert_no_error (error);
  read = fxp_checkpoint_load (file, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (read),
                   ==,
                   fxp_checkpoint_get_fingerprint (checkpoint));

  g_assert_null (fxp_checkpoint_load (zero, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_clear_error (&error);
  g_assert_null (fxp_checkpoint_load (in_folder, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_clear_error (&error);
  g_assert_false (fxp_checkpoint_save (checkpoint, in_folder, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* A head that promises more than any memory has. */
static void
test_huge_file (void)
{
  g_autofree char *folder = g_dir_make_tmp ("fxp-checkpoint-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.ckpt", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;
  g_autoptr (GFileOutputStream) stream = g_file_create (file, G_FILE_CREATE_NONE, NULL, &error);
  guint8 head[HEAD_BYTES] = "roundoff\3";
  guint64 size = G_GUINT64_CONSTANT (1) << 40;
  guint64 length = GUINT64_TO_LE (size - HEAD_BYTES);

  g_assert_no_error (error);
  memcpy (head + 16, &length, sizeof length);
  g_output_stream_write_all (G_OUTPUT_STREAM (stream), head, sizeof head, NULL, NULL, &error);
  g_assert_no_error (error);
  if (g_seekable_truncate (G_SEEKABLE (stream), size, NULL, NULL))
    {
      g_assert_null (fxp_checkpoint_load (file, NULL, &error));
      g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
      g_assert_nonnull (strstr (error->message, "expected at most"));
    }
  else
    {
      g_test_skip ("the file system for temporary files has no sparse files");
    }
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Of other data: refused, and the run is as it was. */
static void
test_other_data (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autoptr (FxpExperiment) fewer = drive_make_experiment ("dataset.samples", "100", NULL);
  Drive *drive = drive_new (fewer, 1);
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_trainer_restore (drive->trainer, checkpoint, NULL, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_CHECKPOINT);
  g_assert_true (fxp_trainer_get_experiment (drive->trainer) == fewer);
  drive_free (drive);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/checkpoint/round-trip", test_round_trip);
  g_test_add_func ("/training/checkpoint/damaged", test_damaged);
  g_test_add_func ("/training/checkpoint/truncated", test_truncated);
  g_test_add_func ("/training/checkpoint/other-versions", test_other_versions);
  g_test_add_func ("/training/checkpoint/hostile-bytes", test_hostile_bytes);
  g_test_add_func ("/training/checkpoint/hostile-parts", test_hostile_parts);
  g_test_add_func ("/training/checkpoint/hostile-tensors", test_hostile_tensors);
  g_test_add_func ("/training/checkpoint/files", test_files);
  g_test_add_func ("/training/checkpoint/huge-file", test_huge_file);
  g_test_add_func ("/training/checkpoint/other-data", test_other_data);

  return g_test_run ();
}
