/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "running-session.h"
#include "run/trials.h"

#include <glib/gstdio.h>
#include <math.h>

#define DEADLINE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  FxuSession *session;
  FxuTrials *trials;
  guint n_started, n_changed, n_failed;
  char *failure;
  double last_epoch[FXU_TRIALS_MAX]; /* told of by "recorded" */
} Fixture;

static void
failed_cb (Fixture *fixture, const char *message)
{
  fixture->n_failed++;
  g_free (fixture->failure);
  fixture->failure = g_strdup (message);
}

static void
started_cb (Fixture *fixture)
{
  fixture->n_started++;
  memset (fixture->last_epoch, 0, sizeof fixture->last_epoch);
}

static void
recorded_cb (Fixture *fixture, guint i, double epoch, double loss)
{
  g_assert_cmpuint (i, <, fxu_trials_get_n (fixture->trials));
  g_assert_cmpfloat (epoch, >=, fixture->last_epoch[i]);
  g_assert_false (isnan (loss));
  fixture->last_epoch[i] = epoch;
}

static void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
set_value (Fixture *fixture, const char *key, const char *value)
{
  g_assert_true (fxu_session_set_value (fixture->session, key, value));
}

/* A few epochs of the spiral. */
static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->session = running_session_new ("spiral");
  set_value (fixture, "training.epochs", "12");
  set_value (fixture, "training.record-every", "5");
  set_value (fixture, "training.evaluate-every", "4");
  fixture->trials = fxu_trials_new (fixture->session);
  g_signal_connect_swapped (fixture->session, "failed", G_CALLBACK (failed_cb), fixture);
  g_signal_connect_swapped (fixture->trials, "started", G_CALLBACK (started_cb), fixture);
  g_signal_connect_swapped (fixture->trials, "recorded", G_CALLBACK (recorded_cb), fixture);
  g_signal_connect_swapped (fixture->trials, "changed", G_CALLBACK (changed_cb), fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_signal_handlers_disconnect_by_data (fixture->session, fixture);
  g_assert_finalize_object (fixture->trials);
  running_session_end (fixture->session);
  g_free (fixture->failure);
}

static gboolean
start (Fixture *fixture, const char *names)
{
  g_auto (GStrv) parts = g_strsplit (names, " ", -1);

  return fxu_trials_start (fixture->trials, (const char *const *)parts);
}

static void
wait (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (fxu_trials_is_running (fixture->trials))
    running_session_spin (deadline_us);
}

static void
wait_until (Fixture *fixture, double epoch)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  for (guint i = 0; i < fxu_trials_get_n (fixture->trials); i++)
    while (fxu_trials_get (fixture->trials, i)->epoch < epoch)
      running_session_spin (deadline_us);
}

static void
check_names (Fixture *fixture, const char *names)
{
  g_autoptr (GString) found = g_string_new (NULL);

  for (guint i = 0; i < fxu_trials_get_n (fixture->trials); i++)
    g_string_append_printf (found,
                            "%s%s",
                            i > 0 ? " " : "",
                            fxu_trials_get (fixture->trials, i)->name);
  g_assert_cmpstr (found->str, ==, names);
}

/* Of the session's own run, the newest. */
typedef struct
{
  double loss[2]; /* [0] fixed, [1] twin */
  double test_accuracy[2];
  double tested; /* epoch of the test */
} Figures;

static void
figures_cb (FxuSession *session, Figures *figures)
{
  gsize n;
  const FxpRecord *records = fxp_snapshot_get_records (fxu_session_get_snapshot (session), &n);

  for (gsize i = 0; i < n; i++)
    {
      if (!isnan (records[i].loss_fixed))
        {
          figures->loss[0] = records[i].loss_fixed;
          figures->loss[1] = records[i].loss_float;
        }
      if (!isnan (records[i].test_accuracy_fixed))
        {
          figures->test_accuracy[0] = records[i].test_accuracy_fixed;
          figures->test_accuracy[1] = records[i].test_accuracy_float;
          figures->tested = records[i].epoch;
        }
    }
}

static Figures
train_session (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  Figures figures = {0};

  g_signal_connect (fixture->session, "snapshot", G_CALLBACK (figures_cb), &figures);
  for (guint epoch = 0; epoch < 12; epoch++)
    fxu_session_step_epoch (fixture->session);
  while (figures.tested < 12.0)
    running_session_spin (deadline_us);
  g_signal_handlers_disconnect_by_data (fixture->session, &figures);
  return figures;
}

static void
test_all_end (Fixture *fixture, gconstpointer data)
{
  Figures figures;

  set_value (fixture, "precision.*.*.bits", "6");
  g_assert_cmpfloat (fxu_trials_get_share (fixture->trials), ==, 0.0);
  g_assert_false (fxu_trials_is_running (fixture->trials));
  g_assert_true (start (fixture, "C-1 FX C+1"));
  g_assert_cmpuint (fixture->n_started, ==, 1);
  check_names (fixture, "C-1 FX C+1 FL");
  g_assert_true (fxu_trials_is_running (fixture->trials));
  wait (fixture);
  g_assert_cmpfloat (fxu_trials_get_share (fixture->trials), ==, 1.0);
  for (guint i = 0; i < 4; i++)
    {
      const FxuTrial *trial = fxu_trials_get (fixture->trials, i);

      g_assert_true (trial->has_ended);
      g_assert_null (trial->cause);
      g_assert_cmpfloat (trial->epoch, ==, 12.0);
      g_assert_cmpfloat (fixture->last_epoch[i], ==, 12.0);
      g_assert_cmpfloat (trial->test_accuracy, >, 0.0);
      g_assert_cmpfloat (trial->test_accuracy, <=, 1.0);
    }
  /* One bit makes another run of it. */
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->loss,
                     !=,
                     fxu_trials_get (fixture->trials, 1)->loss);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 1)->loss,
                     !=,
                     fxu_trials_get (fixture->trials, 3)->loss);

  /* FX is what the window trains and FL its twin, to the bit. */
  figures = train_session (fixture);
  for (guint twin = 0; twin < 2; twin++)
    {
      const FxuTrial *trial = fxu_trials_get (fixture->trials, twin ? 3 : 1);

      g_assert_cmpfloat (trial->loss, ==, figures.loss[twin]);
      g_assert_cmpfloat (trial->test_accuracy, ==, figures.test_accuracy[twin]);
    }
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_stop_and_restart (Fixture *fixture, gconstpointer data)
{
  set_value (fixture, "training.epochs", "1000000");
  g_assert_true (start (fixture, "C-1 FX"));
  wait_until (fixture, 2.0);
  fxu_trials_stop (fixture->trials);
  g_assert_false (fxu_trials_is_running (fixture->trials));
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->epoch, >=, 2.0);
  fxu_trials_stop (fixture->trials);

  /* While they run, others take their place. */
  g_assert_true (start (fixture, "FX"));
  check_names (fixture, "FX FL");
  set_value (fixture, "training.epochs", "2");
  g_assert_true (start (fixture, "fl fx"));
  check_names (fixture, "FL FX");
  wait (fixture);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->epoch, ==, 2.0);
  g_assert_cmpuint (fixture->n_started, ==, 3);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_bad_names (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {"C-0", "FX C-99", "FX  BN", "nonsense"};

  g_assert_true (start (fixture, "FX"));
  wait (fixture);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_assert_false (start (fixture, names[i]));
      g_assert_cmpuint (fixture->n_failed, ==, i + 1);
      g_assert_nonnull (strstr (fixture->failure, "is not a system"));
      check_names (fixture, "FX FL");
      g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->epoch, ==, 12.0);
    }
  g_assert_cmpuint (fixture->n_started, ==, 1);
}

/* They train with what there was when they began. */
static void
test_data_change_meanwhile (Fixture *fixture, gconstpointer data)
{
  set_value (fixture, "training.epochs", "60");
  g_assert_true (start (fixture, "FX"));
  set_value (fixture, "dataset.name", "digits");
  running_session_wait_loaded (fixture->session);
  fxu_session_step (fixture->session, 5);
  running_session_wait_step (fixture->session, 5);
  set_value (fixture, "network.topology", "64-8-10");
  wait (fixture);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->epoch, ==, 60.0);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 1)->epoch, ==, 60.0);

  set_value (fixture, "training.epochs", "1");
  g_assert_true (start (fixture, "FX TG"));
  check_names (fixture, "FX TG FL");
  wait (fixture);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 2)->epoch, ==, 1.0);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* What fixed point saturates and float multiplies to infinity. */
static char *
make_huge_data (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) table = g_string_new (NULL);
  char *path;
  int fd = g_file_open_tmp ("fxu-trials-XXXXXX.csv", &path, &error);

  g_assert_no_error (error);
  g_close (fd, NULL);
  for (guint i = 0; i < 40; i++)
    g_string_append_printf (table, "%s,0.%u,%u\n", i % 10 == 3 ? "3e38" : "0.5", i, i % 2);
  g_assert_true (g_file_set_contents (path, table->str, -1, NULL));
  return path;
}

/* One that diverges says why; the others go on. */
static void
test_divergence (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = make_huge_data ();

  set_value (fixture, "dataset.path", path);
  running_session_wait_loaded (fixture->session);
  g_assert_cmpint (g_remove (path), ==, 0);
  g_assert_true (start (fixture, "FX"));
  wait (fixture);
  g_assert_null (fxu_trials_get (fixture->trials, 0)->cause);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->epoch, ==, 12.0);
  g_assert_nonnull (fxu_trials_get (fixture->trials, 1)->cause);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 1)->epoch, <, 12.0);
  g_assert_cmpfloat (fxu_trials_get_share (fixture->trials), ==, 1.0);
}

static void
test_session_stopped (Fixture *fixture, gconstpointer data)
{
  g_assert_true (start (fixture, "FX"));
  fxu_session_stop (fixture->session);
  wait (fixture);
  g_assert_cmpfloat (fxu_trials_get (fixture->trials, 0)->epoch, ==, 12.0);
  g_assert_false (start (fixture, "FX"));
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  check_names (fixture, "FX FL");
}

#define TEST(name, function)                                                                       \
  g_test_add ("/run/trials/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  TEST ("all-end", test_all_end);
  TEST ("stop-and-restart", test_stop_and_restart);
  TEST ("bad-names", test_bad_names);
  TEST ("data-change-meanwhile", test_data_change_meanwhile);
  TEST ("divergence", test_divergence);
  TEST ("session-stopped", test_session_stopped);
  return g_test_run ();
}
