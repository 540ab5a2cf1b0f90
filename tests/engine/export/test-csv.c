/* SPDX-License-Identifier: MIT */
#include "../training/drive.h"

#include "export/csv.h"
#include "number/error.h"

#include <glib/gstdio.h>
#include <math.h>

typedef struct
{
  char *folder;
  char *path;
  GFile *file;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->folder = g_dir_make_tmp ("fxp-csv-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->folder, "run.csv", NULL);
  self->file = g_file_new_for_path (self->path);
}

static guint
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_remove (self->path);
  g_assert_cmpuint (count_files (self->folder), ==, 0);
  g_assert_cmpint (g_rmdir (self->folder), ==, 0);
  g_object_unref (self->file);
  g_free (self->path);
  g_free (self->folder);
}

static void
add_cb (FxpTrainer *trainer, gpointer csv)
{
  g_autoptr (GError) error = NULL;

  fxp_csv_add (csv, fxp_trainer_get_snapshot (trainer), &error);
  g_assert_no_error (error);
}

static void
assert_number (const char *field, float expected)
{
  if (isnan (expected))
    g_assert_cmpstr (field, ==, "");
  else
    g_assert_cmpfloat ((float)g_ascii_strtod (field, NULL), ==, expected);
}

static void
test_rows (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "2C3-MP2-10",
                                                                "training.record-every",
                                                                "4",
                                                                "precision.1.weight.format",
                                                                "float",
                                                                NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCsv) csv = fxp_csv_new (self->file, experiment, &error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) head = NULL;
  Drive *drive = drive_new (experiment, 1);
  const guint n_shown = 2 * (FXP_ROLE_BIAS + 1); /* what there is without momentum and the like */

  g_assert_no_error (error);
  g_signal_connect (drive->trainer, "snapshot", G_CALLBACK (add_cb), csv);
  drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, 30));
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
  g_signal_handlers_disconnect_by_func (drive->trainer, add_cb, csv);
  fxp_csv_close (csv, &error);
  g_assert_no_error (error);

  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  g_assert_cmpuint (g_strv_length (lines), ==, 1 + drive->records->len + 1);
  head = g_strsplit (lines[0], ",", -1);
  g_assert_cmpuint (g_strv_length (head), ==, 11 + 2 * n_shown);
  g_assert_true (g_str_has_prefix (lines[0],
                                   "step,epoch,loss_fixed,loss_float,train_accuracy_fixed,"
                                   "train_accuracy_float,test_accuracy_fixed,test_accuracy_float,"
                                   "test_loss_fixed,test_loss_float,mismatch,conv1.weight.sqnr_db,"
                                   "conv1.weight.bits,conv1.activation.sqnr_db,"));
  g_assert_cmpstr (head[11 + 2 * n_shown - 1], ==, "fc1.bias.bits");
  for (guint i = 0; i < drive->records->len; i++)
    {
      g_auto (GStrv) fields = g_strsplit (lines[1 + i], ",", -1);
      const FxpRecord *record = &g_array_index (drive->records, FxpRecord, i);
      const FxpTensorRecord *cells =
        &g_array_index (drive->cells, FxpTensorRecord, i * 2 * FXP_N_ROLES);

      g_assert_cmpuint (g_strv_length (fields), ==, 11 + 2 * n_shown);
      g_assert_cmpuint (g_ascii_strtoull (fields[0], NULL, 10), ==, record->step);
      g_assert_cmpfloat (g_ascii_strtod (fields[1], NULL), ==, record->epoch);
      assert_number (fields[2], record->loss_fixed);
      assert_number (fields[3], record->loss_float);
      assert_number (fields[4], record->train_accuracy_fixed);
      assert_number (fields[5], record->train_accuracy_float);
      assert_number (fields[6], record->test_accuracy_fixed);
      assert_number (fields[7], record->test_accuracy_float);
      assert_number (fields[8], record->test_loss_fixed);
      assert_number (fields[9], record->test_loss_float);
      assert_number (fields[10], record->mismatch);
      for (guint shown = 0; shown < n_shown; shown++)
        {
          const FxpTensorRecord *cell =
            &cells[shown + (shown > FXP_ROLE_BIAS ? FXP_N_ROLES - FXP_ROLE_BIAS - 1 : 0)];

          assert_number (fields[11 + 2 * shown], cell->sqnr_db);
          g_assert_cmpuint (g_ascii_strtoull (fields[12 + 2 * shown], NULL, 10),
                            ==,
                            cell->word_bits);
        }
    }
  drive_free (drive);
}

/* A run has the columns of what there is in it, and no others. */
static void
test_columns (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.validation-share",
                                                                "0.2",
                                                                "network.topology",
                                                                "2-4-BN-2",
                                                                "training.momentum",
                                                                "0.5",
                                                                "training.schedule",
                                                                "steps",
                                                                "training.schedule-steps",
                                                                "10",
                                                                "training.evaluate-every",
                                                                "1",
                                                                NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCsv) csv = fxp_csv_new (self->file, experiment, &error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) fields = NULL;
  Drive *drive = drive_new (experiment, 1);
  const FxpRecord *record;

  g_assert_no_error (error);
  g_signal_connect (drive->trainer, "snapshot", G_CALLBACK (add_cb), csv);
  drive_wait (drive, fxp_trainer_run_until (drive->trainer, 1, 0));
  g_signal_handlers_disconnect_by_func (drive->trainer, add_cb, csv);
  fxp_csv_close (csv, &error);
  g_assert_no_error (error);
  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  g_assert_nonnull (strstr (lines[0],
                            ",test_loss_float,mismatch,validation_accuracy_fixed,"
                            "validation_accuracy_float,validation_loss_fixed,"
                            "validation_loss_float,rate,fc1.weight.sqnr_db"));
  g_assert_nonnull (strstr (lines[0], ",fc1.gamma.bits,"));
  g_assert_null (strstr (lines[0], ",fc1.bias.bits,"));
  g_assert_nonnull (strstr (lines[0], ",fc2.bias.bits,"));
  g_assert_null (strstr (lines[0], ",fc2.gamma.bits,"));
  g_assert_true (g_str_has_suffix (lines[0], ",fc2.momentum.bits"));
  record = &g_array_index (drive->records, FxpRecord, drive->records->len - 1);
  fields = g_strsplit (lines[drive->records->len], ",", -1);
  g_assert_false (isnan (record->validation_accuracy_fixed));
  assert_number (fields[11], record->validation_accuracy_fixed);
  assert_number (fields[14], record->validation_loss_float);
  assert_number (fields[15], record->rate);
  drive_free (drive);
}

/* Binary points that move have a column, those that stand still none. */
static void
test_binary_points (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("network.topology",
                                                                "2-4-2",
                                                                "precision.1.weight.format",
                                                                "Q5.4",
                                                                "precision.1.weight.scaling",
                                                                "overflow-rate",
                                                                "precision.1.weight-acc.format",
                                                                "Q-4.7",
                                                                "training.scaling-period",
                                                                "5",
                                                                "training.record-every",
                                                                "5",
                                                                NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCsv) csv = fxp_csv_new (self->file, experiment, &error);
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) head = NULL;
  g_auto (GStrv) fields = NULL;
  Drive *drive = drive_new (experiment, 1);
  guint n_points = 0;

  g_assert_no_error (error);
  g_signal_connect (drive->trainer, "snapshot", G_CALLBACK (add_cb), csv);
  drive_wait (drive, fxp_trainer_run_until (drive->trainer, 0, 10));
  g_signal_handlers_disconnect_by_func (drive->trainer, add_cb, csv);
  fxp_csv_close (csv, &error);
  g_assert_no_error (error);
  g_file_get_contents (self->path, &text, NULL, &error);
  g_assert_no_error (error);
  lines = g_strsplit (text, "\n", -1);
  head = g_strsplit (lines[0], ",", -1);
  fields = g_strsplit (lines[2], ",", -1);
  g_assert_cmpuint (g_strv_length (head), ==, g_strv_length (fields));
  for (guint i = 0; head[i] != NULL; i++)
    {
      if (!g_str_has_suffix (head[i], ".frac_bits"))
        continue;
      n_points++;
      g_assert_cmpstr (fields[i], ==, g_str_equal (head[i], "fc1.weight.frac_bits") ? "6" : "9");
    }
  g_assert_cmpuint (n_points, ==, 2);
  drive_free (drive);
}

/* Given up, it leaves the old table as it was. */
static void
test_not_closed (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;
  FxpCsv *csv;

  g_assert_true (g_file_set_contents (self->path, "old", -1, NULL));
  csv = fxp_csv_new (self->file, experiment, &error);
  g_assert_no_error (error);
  fxp_csv_free (csv);
  g_assert_true (g_file_get_contents (self->path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "old");
  g_assert_cmpuint (count_files (self->folder), ==, 1);
}

static void
test_other_layers (Fixture *self, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("network.topology", "2-2", NULL);
  g_autoptr (FxpExperiment) toy = fxp_experiment_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpCsv) csv = fxp_csv_new (self->file, experiment, &error);
  Drive *drive = drive_new (toy, 1);
  FxpSnapshot *snapshot;
  gsize n;

  g_assert_no_error (error);
  do
    {
      snapshot = drive_wait (drive, fxp_trainer_step (drive->trainer, 25));
      fxp_snapshot_get_records (snapshot, &n);
    }
  while (n == 0);
  g_assert_false (fxp_csv_add (csv, snapshot, &error));
  g_assert_error (error, FXP_ERROR, FXP_ERROR_SHAPE);
  drive_free (drive);
}

static void
test_unwritable (Fixture *self, gconstpointer data)
{
  const char *const paths[] = {"/nowhere/at/all.csv", "/dev/null", "/", "."};
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr (GFile) file = g_file_new_for_path (paths[i]);
      g_autoptr (GError) error = NULL;
      g_autofree char *name = g_file_get_parse_name (file);

      g_assert_null (fxp_csv_new (file, experiment, &error));
      g_assert_nonnull (error);
      g_assert_true (g_str_has_prefix (error->message, name));
      g_assert_null (strchr (error->message, '\n'));
    }
}

#define ADD(name, func) g_test_add ("/export/csv/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("rows", test_rows);
  ADD ("columns", test_columns);
  ADD ("binary-points", test_binary_points);
  ADD ("not-closed", test_not_closed);
  ADD ("other-layers", test_other_layers);
  ADD ("unwritable", test_unwritable);

  return g_test_run ();
}
