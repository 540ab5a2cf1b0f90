/* SPDX-License-Identifier: MIT */
#include "../training/drive.h"

#include "export/npz.h"
#include "training/checkpoint-private.h"

#include <glib/gstdio.h>
#include <string.h>

#define PYTHON "/usr/bin/python3"

/* One line per array: name, type, shape, and what it holds. */
static const char script[] =
  "import hashlib, sys, numpy\n"
  "archive = numpy.load(sys.argv[1], allow_pickle=False)\n"
  "for name in archive.files:\n"
  "    array = archive[name]\n"
  "    if array.dtype.kind == 'U':\n"
  "        text = hashlib.sha256(str(array).encode()).hexdigest()\n"
  "    else:\n"
  "        text = hashlib.sha256(array.tobytes()).hexdigest()\n"
  "    kind = 'U' if array.dtype.kind == 'U' else array.dtype.str\n"
  "    print(name, kind, 'x'.join(map(str, array.shape)) or 'scalar', text)\n";

static gboolean
has_numpy (void)
{
  const char *argv[] = {PYTHON, "-c", "import numpy", NULL};
  int status = 1;

  return g_spawn_sync (NULL,
                       (char **)argv,
                       NULL,
                       G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                       NULL,
                       NULL,
                       NULL,
                       NULL,
                       &status,
                       NULL) &&
         g_spawn_check_wait_status (status, NULL);
}

static char *
read_with_numpy (const char *path)
{
  const char *argv[] = {PYTHON, "-c", script, path, NULL};
  g_autoptr (GError) error = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync (NULL,
                (char **)argv,
                NULL,
                G_SPAWN_DEFAULT,
                NULL,
                NULL,
                &output,
                NULL,
                &status,
                &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (status, &error);
  g_assert_no_error (error);
  return output;
}

static void
expect (GString *lines,
        const char *name,
        const char *type,
        const char *shape,
        gconstpointer data,
        gsize n_bytes)
{
  g_autofree char *sum = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, n_bytes);

  g_string_append_printf (lines, "%s %s %s %s\n", name, type, shape, sum);
}

static void
expect_text (GString *lines, const char *name, const char *text)
{
  expect (lines, name, "U", "scalar", text, strlen (text));
}

static void
expect_tensor (GString *lines,
               const FxpCheckpoint *checkpoint,
               const char *name,
               guint layer,
               FxpLearnt what,
               gboolean of_twin,
               const char *type)
{
  const FxpStored *stored = fxp_checkpoint_get_stored (checkpoint, of_twin, layer, what);
  g_autofree char *frac_bits_name = g_strconcat (name, ".frac_bits", NULL);
  g_autofree char *format_name = g_strconcat (name, ".format", NULL);
  g_autofree char *format_text = NULL;
  g_autofree char *shape_text = NULL;
  gint32 frac_bits;
  gsize n_bytes;
  gconstpointer data;

  g_assert_nonnull (stored);
  data = g_bytes_get_data (stored->data, &n_bytes);
  shape_text = fxp_shape_to_string (&stored->shape);
  expect (lines, name, type, shape_text, data, n_bytes);
  if (of_twin)
    return;
  frac_bits = stored->format.frac_bits;
  format_text = fxp_format_to_string (stored->format);
  expect (lines, frac_bits_name, "<i4", "scalar", &frac_bits, sizeof frac_bits);
  expect_text (lines, format_name, format_text);
}

static void
expect_layer (GString *lines, const FxpCheckpoint *checkpoint, guint layer, const char *name)
{
  static const char *const types[2][3] = {{"|i1", "<i4", "<f4"}, {"<i2", "<u2", "<f4"}};
  static const char *const nicks[3] = {"weight", "weight_acc", "bias"};
  static const FxpLearnt kinds[3] = {FXP_LEARNT_WEIGHT, FXP_LEARNT_WEIGHT_ACC, FXP_LEARNT_BIAS};

  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *tensor = g_strdup_printf ("%s.%s", name, nicks[i]);
      g_autofree char *twin = g_strdup_printf ("%s.twin", tensor);

      expect_tensor (lines, checkpoint, tensor, layer, kinds[i], FALSE, types[layer][i]);
      if (kinds[i] != FXP_LEARNT_WEIGHT_ACC)
        expect_tensor (lines, checkpoint, twin, layer, kinds[i], TRUE, "<f4");
    }
}

static FxpCheckpoint *
make_checkpoint (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("experiment.title",
                                                                "Na\xc3\xafve \xf0\x9f\x8e\xb2",
                                                                "dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "3C3-MP2-10",
                                                                "precision.1.weight.format",
                                                                "Q1.5",
                                                                "precision.1.weight-acc.format",
                                                                "Q-5.25",
                                                                "precision.2.weight-acc.format",
                                                                "UQ-3.15",
                                                                "precision.2.bias.format",
                                                                "Q4.7",
                                                                NULL);
  Drive *drive = drive_new (experiment, 1);
  FxpCheckpoint *checkpoint;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 5));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);
  return checkpoint;
}

static void
test_numpy (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autofree char *folder = g_dir_make_tmp ("fxp-npz-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state.npz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GString) expected = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *found = NULL;
  g_autofree char *settings = fxp_experiment_to_data (fxp_checkpoint_get_experiment (checkpoint));
  guint64 step = 5;

  fxp_npz_save (checkpoint, file, NULL, &error);
  g_assert_no_error (error);
  if (has_numpy ())
    {
      expect_layer (expected, checkpoint, 0, "conv1");
      expect_layer (expected, checkpoint, 1, "fc1");
      expect (expected, "step", "<u8", "scalar", &step, sizeof step);
      expect_text (expected, "fingerprint", fxp_checkpoint_get_fingerprint (checkpoint));
      expect_text (expected, "experiment", settings);
      found = read_with_numpy (path);
      g_assert_cmpstr (found, ==, expected->str);
    }
  else
    g_test_skip ("package python3-numpy is not installed");
  g_assert_cmpint (g_remove (path), ==, 0);
  /* Nothing else was left. */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

/* Every kind of what is learnt, by names that are good in Python. */
static void
test_names (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("network.topology", "2-3-BN-2", "training.momentum", "0.5", NULL);
  Drive *drive = drive_new (experiment, 1);
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  g_autofree char *folder = g_dir_make_tmp ("fxp-npz-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state.npz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GError) error = NULL;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 5));
  checkpoint = drive_checkpoint (drive);
  drive_free (drive);
  fxp_npz_save (checkpoint, file, NULL, &error);
  g_assert_no_error (error);
  if (has_numpy ())
    {
      const char *const fc1[] = {"weight",
                                 "gamma",
                                 "beta",
                                 "mean",
                                 "variance",
                                 "momentum",
                                 "gamma_momentum",
                                 "beta_momentum"};
      g_autofree char *found = read_with_numpy (path);

      for (guint i = 0; i < G_N_ELEMENTS (fc1); i++)
        {
          g_autofree char *format = g_strdup_printf ("fc1.%s.format U scalar", fc1[i]);
          g_autofree char *twin = g_strdup_printf ("fc1.%s.twin <f4 3", fc1[i]);

          g_assert_nonnull (strstr (found, format));
          g_assert_nonnull (strstr (found, twin));
        }
      g_assert_null (strstr (found, "fc1.bias"));
      g_assert_null (strstr (found, "fc2.gamma"));
      g_assert_nonnull (strstr (found, "fc2.bias_momentum <f4 2 "));
      g_assert_nonnull (strstr (found, "fc1.variance <f4 3 "));
      g_assert_null (strchr (found, '-'));
    }
  else
    g_test_skip ("package python3-numpy is not installed");
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_repeatable (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autofree char *folder = g_dir_make_tmp ("fxp-npz-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state.npz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  char *contents[2];
  gsize lengths[2];

  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GError) error = NULL;

      fxp_npz_save (checkpoint, file, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_file_get_contents (path, &contents[i], &lengths[i], NULL));
    }
  g_assert_cmpmem (contents[0], lengths[0], contents[1], lengths[1]);
  g_free (contents[0]);
  g_free (contents[1]);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_unwritable (void)
{
  g_autoptr (FxpCheckpoint) checkpoint = make_checkpoint ();
  g_autofree char *folder = g_dir_make_tmp ("fxp-npz-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "state.npz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nowhere/state.npz");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  g_assert_false (fxp_npz_save (checkpoint, nowhere, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_true (g_str_has_prefix (error->message, "/nowhere/state.npz: "));
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (fxp_npz_save (checkpoint, file, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/export/npz/numpy", test_numpy);
  g_test_add_func ("/export/npz/names", test_names);
  g_test_add_func ("/export/npz/repeatable", test_repeatable);
  g_test_add_func ("/export/npz/unwritable", test_unwritable);

  return g_test_run ();
}
