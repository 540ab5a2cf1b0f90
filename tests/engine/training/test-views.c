/* SPDX-License-Identifier: MIT */
#include "drive.h"

#include "training/checkpoint-private.h"
#include "training/views-private.h"

static void
test_due (void)
{
  FxpViews views = {0};
  FxpPictureState *field = &views.pictures[FXP_PICTURE_FIELD];
  const gint64 second = G_USEC_PER_SEC;

  g_assert_cmpint (fxp_views_get_due (&views, TRUE), ==, G_MAXINT64);
  fxp_views_set (&views, FXP_VIEW_FIELD, 16);
  g_assert_cmpint (fxp_views_get_due (&views, TRUE), ==, 0);
  /* Quickly made: fifteen a second. */
  field->began = second;
  field->ended = second + 100;
  g_assert_cmpint (fxp_views_get_due (&views, TRUE), ==, second + second / 15);
  /* A tenth of the time while it trains, all it needs while it does not. */
  field->ended = second + second / 10;
  g_assert_cmpint (fxp_views_get_due (&views, TRUE), ==, second + second);
  g_assert_cmpint (fxp_views_get_due (&views, FALSE), ==, second + second / 15);
  field->stale = FALSE;
  g_assert_cmpint (fxp_views_get_due (&views, FALSE), ==, G_MAXINT64);
  /* Another size is another picture. */
  fxp_views_set (&views, FXP_VIEW_FIELD, 17);
  g_assert_cmpint (fxp_views_get_due (&views, FALSE), <, G_MAXINT64);
  field->stale = FALSE;
  fxp_views_invalidate (&views);
  g_assert_cmpint (fxp_views_get_due (&views, FALSE), <, G_MAXINT64);
  fxp_views_set (&views, FXP_VIEW_NONE, 0);
  g_assert_cmpint (fxp_views_get_due (&views, FALSE), ==, G_MAXINT64);
  fxp_views_clear (&views);
}

static void
test_field (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  const FxpField *field;

  fxp_trainer_set_view (drive->trainer, FXP_VIEW_FIELD | FXP_VIEW_SHEET, 24);
  while ((field = fxp_snapshot_get_field (drive_wait (drive, 1))) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (field->size, ==, 24);
  g_assert_cmpfloat (field->min, <, field->max);
  for (guint twin = 0; twin < 2; twin++)
    for (guint i = 0; i < 24 * 24; i++)
      {
        g_assert_cmpuint (field->classes[twin][i], <, 2);
        g_assert_cmpfloat (field->confidence[twin][i], >=, 0.5);
        g_assert_cmpfloat (field->confidence[twin][i], <=, 1);
      }
  g_assert_null (fxp_snapshot_get_sheet (fxp_trainer_get_snapshot (drive->trainer)));
  drive_free (drive);
}

static void
test_sheet (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("dataset.name", "digits", "network.topology", "64-16-10", NULL);
  Drive *drive = drive_new (experiment, 1);
  const FxpSheet *sheet;

  fxp_trainer_set_view (drive->trainer, FXP_VIEW_FIELD | FXP_VIEW_SHEET, 24);
  while ((sheet = fxp_snapshot_get_sheet (drive_wait (drive, 1))) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (sheet->n, ==, 40);
  for (guint i = 0; i < sheet->n; i++)
    {
      g_assert_cmpuint (sheet->predicted[0][i], <, 10);
      g_assert_cmpfloat (sheet->confidence[1][i], >=, 0.1f);
    }
  g_assert_null (fxp_snapshot_get_field (fxp_trainer_get_snapshot (drive->trainer)));
  drive_free (drive);
}

static void
test_filters (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "6C3-MP2-10",
                                                                "precision.1.weight.format",
                                                                "Q1.3",
                                                                NULL);
  Drive *drive = drive_new (experiment, 1);
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  const FxpFilters *filters;

  drive_wait (drive, fxp_trainer_step (drive->trainer, 5));
  fxp_trainer_set_view (drive->trainer, FXP_VIEW_FILTERS, 0);
  while ((filters = fxp_snapshot_get_filters (drive_wait (drive, 2))) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (filters->layer, ==, 0);
  g_assert_cmpuint (filters->n, ==, 6);
  g_assert_cmpuint (filters->channels, ==, 1);
  g_assert_cmpuint (filters->height, ==, 3);
  g_assert_cmpuint (filters->width, ==, 3);
  checkpoint = drive_checkpoint (drive);
  for (guint i = 0; i < 6 * 9; i++)
    {
      const FxpStored *fixed = fxp_checkpoint_get_stored (checkpoint, FALSE, 0, FXP_LEARNT_WEIGHT);
      const FxpStored *twin = fxp_checkpoint_get_stored (checkpoint, TRUE, 0, FXP_LEARNT_WEIGHT);
      const gint8 *codes = g_bytes_get_data (fixed->data, NULL);
      const float *values = g_bytes_get_data (twin->data, NULL);

      g_assert_cmpfloat (filters->values[0][i], ==, codes[i] / 8.0);
      g_assert_cmpfloat (filters->values[1][i], ==, values[i]);
    }
  drive_free (drive);
}

/* Where there is no convolution there are no kernels to show. */
static void
test_no_filters (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);

  fxp_trainer_set_view (drive->trainer, FXP_VIEW_FILTERS | FXP_VIEW_FIELD, 8);
  while (fxp_snapshot_get_field (drive_wait (drive, 1)) == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (fxp_snapshot_get_filters (fxp_trainer_get_snapshot (drive->trainer)));
  drive_free (drive);
}

static const FxpActivations *
wait_for_activations (Drive *drive, guint32 row)
{
  const FxpActivations *activations;

  while ((activations = fxp_snapshot_get_activations (fxp_trainer_get_snapshot (drive->trainer))) ==
           NULL ||
         activations->row != row)
    g_main_context_iteration (NULL, TRUE);
  return activations;
}

/* The sample itself, and what two layers make of it. */
static void
test_activations (void)
{
  g_autoptr (FxpExperiment) experiment = drive_make_experiment ("dataset.name",
                                                                "digits",
                                                                "network.topology",
                                                                "6C3-MP2-RES(8/2)-10",
                                                                NULL);
  g_autoptr (FxpDataset) dataset = drive_load_data (experiment);
  Drive *drive = drive_new (experiment, 1);
  const guint32 last = fxp_dataset_get_n (dataset, FXP_SPLIT_TEST) - 1;
  const FxpActivations *activations;
  const guint32 rows[] = {0, 7, last};

  drive_wait (drive, fxp_trainer_set_view (drive->trainer, FXP_VIEW_ACTIVATIONS, 0));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      double inputs[64];
      guint n_above = 0;

      /* There are not that many. */
      fxp_trainer_set_sample (drive->trainer, rows[i] == last ? last + 100 : rows[i]);
      activations = wait_for_activations (drive, rows[i]);
      g_assert_cmpuint (activations->n_layers, ==, 5);
      g_assert_true (fxp_shape_equal (&activations->shapes[0], &FXP_SHAPE_3 (1, 8, 8)));
      g_assert_true (fxp_shape_equal (&activations->shapes[1], &FXP_SHAPE_3 (6, 3, 3)));
      g_assert_cmpuint (activations->first[1], ==, 64);
      fxp_dataset_gather (dataset, FXP_SPLIT_TEST, &rows[i], 1, inputs, NULL);
      for (guint k = 0; k < 64; k++)
        {
          g_assert_cmpfloat (activations->values[1][k], ==, (float)inputs[k]);
          g_assert_cmpfloat_with_epsilon (activations->values[0][k], inputs[k], 0x1p-9);
        }
      for (guint k = 64; k < activations->first[2]; k++)
        {
          g_assert_cmpfloat (activations->values[0][k], >=, 0);
          g_assert_cmpfloat_with_epsilon (activations->values[0][k],
                                          activations->values[1][k],
                                          0.05);
          n_above += activations->values[0][k] > 0;
        }
      g_assert_cmpuint (n_above, >, 0);
    }
  drive_free (drive);
}

/* Looking at a run changes no bit of it. */
static void
test_view_changes_nothing (void)
{
  g_autoptr (FxpExperiment) experiment =
    drive_make_experiment ("precision.*.*.rounding", "stochastic", NULL);
  char *fingerprints[2];
  Drive *drives[2];

  for (guint i = 0; i < 2; i++)
    {
      drives[i] = drive_new (experiment, 1);
      if (i == 1)
        fxp_trainer_set_view (drives[i]->trainer, FXP_VIEW_FIELD | FXP_VIEW_ACTIVATIONS, 16);
      drive_wait (drives[i], fxp_trainer_run_until (drives[i]->trainer, 60, 0));
      fingerprints[i] = drive_fingerprint (drives[i]);
    }
  g_assert_cmpstr (fingerprints[0], ==, fingerprints[1]);
  drive_assert_same_records (drives[0], 0, drives[1], 0);
  for (guint i = 0; i < 2; i++)
    {
      drive_free (drives[i]);
      g_free (fingerprints[i]);
    }
}

/* A paused run whose settings change shows the change. */
static void
test_paused (void)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();
  Drive *drive = drive_new (experiment, 1);
  const FxpField *first, *second;
  g_autofree guint8 *classes = NULL;

  fxp_trainer_set_view (drive->trainer, FXP_VIEW_FIELD, 24);
  drive_wait (drive, fxp_trainer_step (drive->trainer, 200));
  while ((first = fxp_snapshot_get_field (drive_wait (drive, 2))) == NULL)
    g_main_context_iteration (NULL, TRUE);
  /* At most one picture is still on its way. */
  drive_set (drive, "precision.*.weight.format", "Q3.0", NULL);
  classes = g_memdup2 (first->classes[0], 24 * 24);
  do
    {
      g_main_context_iteration (NULL, TRUE);
      second = fxp_snapshot_get_field (fxp_trainer_get_snapshot (drive->trainer));
    }
  while (memcmp (second->classes[0], classes, 24 * 24) == 0);
  drive_free (drive);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/views/due", test_due);
  g_test_add_func ("/training/views/field", test_field);
  g_test_add_func ("/training/views/sheet", test_sheet);
  g_test_add_func ("/training/views/filters", test_filters);
  g_test_add_func ("/training/views/no-filters", test_no_filters);
  g_test_add_func ("/training/views/activations", test_activations);
  g_test_add_func ("/training/views/view-changes-nothing", test_view_changes_nothing);
  g_test_add_func ("/training/views/paused", test_paused);

  return g_test_run ();
}
