/* SPDX-License-Identifier: MIT */
#include "drive.h"

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
        fxp_trainer_set_view (drives[i]->trainer, FXP_VIEW_FIELD, 16);
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
  g_test_add_func ("/training/views/view-changes-nothing", test_view_changes_nothing);
  g_test_add_func ("/training/views/paused", test_paused);

  return g_test_run ();
}
