/* SPDX-License-Identifier: MIT */
/* What is recorded of the float network while a run trains: the same however the run goes, and of
 * one training alone. */
#include "course-drive.h"
#include "trial.h"

#include "training/theory.h"

/* Epochs of 46 steps, the last of a smaller batch; convolution, pooling and a dense layer. */
static FxpExperiment *
make_images (const char *key, const char *value)
{
  return drive_make_experiment ("dataset.name",
                                "digits",
                                "network.topology",
                                "4C3-MP2-12-10",
                                "network.activation",
                                "clipped-relu",
                                "training.batch",
                                "32",
                                "precision.*.*.rounding",
                                "stochastic",
                                key,
                                value,
                                NULL);
}

static FxpExperiment *
make_residual (void)
{
  return drive_make_experiment ("dataset.name",
                                "digits",
                                "network.topology",
                                "4C3P-BN-RES(6/2)-RES(6,D10)-GAP-8FC-BN-D20-10",
                                "training.momentum",
                                "0.875",
                                "training.batch",
                                "32",
                                NULL);
}

static GBytes *
get_bytes (const FxpCheckpoint *checkpoint)
{
  return g_variant_get_data_as_bytes (checkpoint->probe);
}

static GBytes *
get_state (FxpTwins *twins)
{
  g_autoptr (FxpCheckpoint) checkpoint = fxp_twins_checkpoint (twins, g_strdup (""));

  return get_bytes (checkpoint);
}

static void
test_threads (void)
{
  g_autoptr (FxpExperiment) images = make_images ("training.twin", "true");
  g_autoptr (FxpExperiment) residual = make_residual ();
  FxpExperiment *const experiments[] = {images, residual};

  for (guint i = 0; i < G_N_ELEMENTS (experiments); i++)
    {
      Trial *alone = trial_new (experiments[i], 1, 70);
      Trial *together = trial_new (experiments[i], 3, 70);
      g_autoptr (GBytes) a = get_state (alone->twins);
      g_autoptr (GBytes) b = get_state (together->twins);

      g_assert_true (g_bytes_equal (a, b));
      trial_free (alone);
      trial_free (together);
    }
}

static GBytes *
get_state_of_drive (Drive *drive)
{
  g_autoptr (FxpCheckpoint) checkpoint = drive_checkpoint (drive);

  return get_bytes (checkpoint);
}

/* Half the way, through a file's bytes, then the rest. */
static void
check_resume (FxpExperiment *experiment, guint half, guint end)
{
  Drive *straight = drive_new (experiment, 1);
  Drive *resumed = drive_new (experiment, 2);
  g_autoptr (FxpCheckpoint) saved = NULL;
  g_autoptr (FxpCheckpoint) read = NULL;
  g_autoptr (GBytes) file = NULL;
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;
  g_autoptr (GError) error = NULL;
  guint64 serial;

  drive_wait (straight, fxp_trainer_run_until (straight->trainer, 0, half));
  saved = drive_checkpoint (straight);
  file = fxp_checkpoint_to_bytes (saved);
  read = fxp_checkpoint_new_from_bytes (file, "half", &error);
  g_assert_no_error (error);
  g_assert_true (g_variant_equal (read->probe, saved->probe));
  if (half >= 46)
    g_assert_cmpuint (fxp_baseline_get_n_steps (fxp_checkpoint_get_baseline (read)), ==, half);
  drive_wait (straight, fxp_trainer_run_until (straight->trainer, 0, end));
  fxp_trainer_restore (resumed->trainer, read, &serial, &error);
  g_assert_no_error (error);
  drive_wait (resumed, serial);
  drive_wait (resumed, fxp_trainer_run_until (resumed->trainer, 0, end));
  a = get_state_of_drive (straight);
  b = get_state_of_drive (resumed);
  g_assert_true (g_bytes_equal (a, b));
  drive_free (straight);
  drive_free (resumed);
}

static void
test_resume (void)
{
  g_autoptr (FxpExperiment) images = make_images ("training.twin", "true");
  g_autoptr (FxpExperiment) residual = make_residual ();

  check_resume (images, 10, 90);
  check_resume (images, 46, 100);
  check_resume (images, 70, 150);
  check_resume (residual, 17, 50);
}

/* A twin, the same network without a fixed-point run beside it, and that of a baseline run. */
static void
test_float_run (void)
{
  g_autoptr (FxpExperiment) beside = make_images ("training.twin", "true");
  g_autoptr (FxpExperiment) alone = fxp_theory_get_baseline_experiment (beside);
  Trial *twin = trial_new (beside, 1, 65);
  Trial *run = trial_new (alone, 1, 65);
  g_autoptr (GBytes) a = get_state (twin->twins);
  g_autoptr (GBytes) b = get_state (run->twins);

  g_assert_nonnull (twin->twins->networks[1]);
  g_assert_null (run->twins->networks[1]);
  g_assert_true (g_bytes_equal (a, b));
  trial_free (twin);
  trial_free (run);
}

/* Nobody looks: the fixed-point run has no float network. */
static void
test_without (void)
{
  g_autoptr (FxpExperiment) experiment = make_images ("training.twin", "false");
  g_autoptr (FxpSnapshot) snapshot = fxp_snapshot_new (3);
  g_autoptr (FxpCheckpoint) checkpoint = NULL;
  Trial *trial = trial_new (experiment, 1, 80);

  fxp_twins_fill_snapshot (trial->twins, snapshot);
  checkpoint = fxp_twins_checkpoint (trial->twins, g_strdup (""));
  g_assert_null (fxp_snapshot_get_baseline (snapshot));
  g_assert_null (fxp_checkpoint_get_baseline (checkpoint));
  g_assert_null (checkpoint->probe);
  trial_free (trial);
}

/* What is looked at learns as if it were not. */
static void
test_changes_nothing (void)
{
  g_autoptr (FxpExperiment) residual = make_residual ();
  g_autoptr (FxpExperiment) experiment = fxp_theory_get_baseline_experiment (residual);
  Trial *watched = trial_new (experiment, 1, 0);
  Trial *alone = trial_new (experiment, 1, 0);
  g_autoptr (FxpCheckpoint) a = NULL;
  g_autoptr (FxpCheckpoint) b = NULL;

  g_assert_nonnull (watched->twins->probe);
  g_clear_pointer (&alone->twins->probe, fxp_probe_free);
  trial_train (watched, 70);
  trial_train (alone, 70);
  a = fxp_twins_checkpoint (watched->twins, g_strdup (""));
  b = fxp_twins_checkpoint (alone->twins, g_strdup (""));
  g_assert_cmpstr (fxp_checkpoint_get_fingerprint (a), ==, fxp_checkpoint_get_fingerprint (b));
  trial_free (watched);
  trial_free (alone);
}

/* Asked at every opportunity, not every few milliseconds. */
static gboolean
interrupt_eagerly_cb (gpointer data)
{
  Trial *self = data;

  self->lookout.asked = 0;
  return trial_interrupt_cb (self);
}

/* Given up anywhere, in looking at J2 as well, a step leaves no trace. */
static void
test_given_up (void)
{
  g_autoptr (FxpExperiment) experiment = make_images ("training.twin", "true");
  Trial *straight = trial_new (experiment, 1, 30);
  Trial *trial = trial_new (experiment, 1, 0);
  g_autoptr (GBytes) a = NULL;
  g_autoptr (GBytes) b = NULL;
  guint n_given_up[30] = {0};

  trial->lookout.interrupt = interrupt_eagerly_cb;
  for (guint step = 0; step < G_N_ELEMENTS (n_given_up); step++)
    for (trial->n_allowed = 0; trial->twins->position.step == step; trial->n_allowed++)
      {
        g_autoptr (GBytes) before = get_state (trial->twins);
        g_autoptr (GBytes) after = NULL;
        g_autofree char *cause = NULL;

        trial->n_asked = 0;
        trial->lookout.asked = 0;
        if (fxp_twins_train (trial->twins, &cause))
          continue;
        after = get_state (trial->twins);
        g_assert_true (g_bytes_equal (before, after));
        n_given_up[step]++;
      }
  g_assert_cmpuint (n_given_up[1], >, 0);
  g_assert_cmpuint (n_given_up[0], >, n_given_up[1]);
  a = get_state (straight->twins);
  b = get_state (trial->twins);
  g_assert_true (g_bytes_equal (a, b));
  trial_free (straight);
  trial_free (trial);
}

static guint64
get_n_recorded (FxpCourse *course)
{
  g_autoptr (FxpSnapshot) snapshot = fxp_course_take_snapshot (course);
  FxpBaseline *baseline = fxp_snapshot_get_baseline (snapshot);

  return baseline != NULL ? fxp_baseline_get_n_steps (baseline) : 0;
}

/* 92 steps, two epochs, behind each of which the averages are looked at. */
static void
take_epochs (FxpCourse *course)
{
  fxp_course_take_steps (course, 92);
  go (course);
}

/* It goes on through what does not touch the float network, and begins anew with another
 * training. */
static void
test_edits (void)
{
  static const char *const same[][2] = {
    {"precision.1.weight.format", "Q1.4"},
    {"precision.*.activation.rounding", "floor"},
    {"precision.2.sum.register", "wrap"},
    {"experiment.title", "other"},
    {"training.record-every", "7"},
    {"training.epochs", "3"},
  };
  static const char *const others[][2] = {
    {"training.rate", "0.05"},
    {"training.momentum", "0.5"},
    {"training.weight-decay", "0.001"},
    {"training.schedule", "steps"},
    {"training.schedule-steps", "1000"},
    {"training.schedule-factor", "0.5"},
    {"network.activation", "relu"},
    {"training.batch", "33"},
    {"training.clip", "true"},
    {"training.gradients", "ternary"},
  };
  g_autoptr (FxpExperiment) experiment = make_images ("training.twin", "true");
  FxpCourse *course = make_course (experiment);

  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 92);
  for (guint i = 0; i < G_N_ELEMENTS (same); i++)
    change (course, same[i][0], same[i][1]);
  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 184);
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    {
      g_test_message ("%s=%s", others[i][0], others[i][1]);
      change (course, others[i][0], others[i][1]);
      g_assert_cmpuint (get_n_recorded (course), ==, 0);
      take_epochs (course);
      g_assert_cmpuint (get_n_recorded (course), ==, 92);
    }
  fxp_course_reset (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 0);
  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 92);
  change (course, "training.twin", "false");
  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 0);
  fxp_course_free (course);
}

/* A run that becomes float is recorded from there on, and one that leaves that no more. */
static void
test_become_float (void)
{
  g_autoptr (FxpExperiment) experiment = make_images ("training.twin", "false");
  g_autoptr (FxpExperiment) as_float = fxp_theory_get_baseline_experiment (experiment);
  FxpCourse *course = make_course (experiment);

  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 0);
  fxp_course_set_experiment (course, as_float, NULL);
  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 92);
  change (course, "precision.1.bias.format", "Q2.9");
  take_epochs (course);
  g_assert_cmpuint (get_n_recorded (course), ==, 0);
  fxp_course_free (course);
}

/* Snapshots share it until there is something new. */
static void
test_shared (void)
{
  g_autoptr (FxpExperiment) experiment = make_images ("training.twin", "true");
  FxpCourse *course = make_course (experiment);
  g_autoptr (FxpSnapshot) first = NULL;
  g_autoptr (FxpSnapshot) second = NULL;
  g_autoptr (FxpSnapshot) third = NULL;

  /* At the beginning of an epoch it is looked at J2. */
  take_epochs (course);
  fxp_course_take_steps (course, 1);
  go (course);
  first = fxp_course_take_snapshot (course);
  fxp_course_take_steps (course, 1);
  go (course);
  second = fxp_course_take_snapshot (course);
  take_epochs (course);
  third = fxp_course_take_snapshot (course);
  g_assert_nonnull (fxp_snapshot_get_baseline (first));
  g_assert_true (fxp_snapshot_get_baseline (first) == fxp_snapshot_get_baseline (second));
  g_assert_true (fxp_snapshot_get_baseline (first) != fxp_snapshot_get_baseline (third));
  fxp_course_free (course);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/training/baseline/threads", test_threads);
  g_test_add_func ("/training/baseline/resume", test_resume);
  g_test_add_func ("/training/baseline/float-run", test_float_run);
  g_test_add_func ("/training/baseline/without", test_without);
  g_test_add_func ("/training/baseline/changes-nothing", test_changes_nothing);
  g_test_add_func ("/training/baseline/given-up", test_given_up);
  g_test_add_func ("/training/baseline/edits", test_edits);
  g_test_add_func ("/training/baseline/become-float", test_become_float);
  g_test_add_func ("/training/baseline/shared", test_shared);

  return g_test_run ();
}
