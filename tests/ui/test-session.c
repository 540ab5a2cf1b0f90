/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "running-session.h"
#include "session.h"

#include <glib/gstdio.h>

/* Long enough for a loaded machine, and no test waits for it unless it fails. */
#define DEADLINE_US (20 * G_USEC_PER_SEC)

typedef struct
{
  FxuSession *session;
  guint n_changed;
  guint n_failed;
  char *failure;
} Fixture;

static void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static void
failed_cb (FxuSession *session, const char *message, Fixture *fixture)
{
  fixture->n_failed++;
  g_free (fixture->failure);
  fixture->failure = g_strdup (message);
}

static void
spin (void)
{
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (200);
}

static void
wait_until_loaded (FxuSession *session)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;
  gboolean loading = TRUE;

  while (loading)
    {
      spin ();
      g_object_get (session, "loading", &loading, NULL);
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

static void
wait_for_step (FxuSession *session, guint64 step)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (fxu_session_get_snapshot (session) == NULL ||
         fxp_snapshot_get_step (fxu_session_get_snapshot (session)) < step)
    {
      spin ();
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = fxp_experiment_new ();

  fixture->session = fxu_session_new (experiment, 1);
  g_signal_connect_swapped (fixture->session,
                            "experiment-changed",
                            G_CALLBACK (changed_cb),
                            fixture);
  g_signal_connect (fixture->session, "failed", G_CALLBACK (failed_cb), fixture);
  wait_until_loaded (fixture->session);
  g_assert_nonnull (fxu_session_get_dataset (fixture->session));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gint64 deadline = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

  fxu_session_stop (fixture->session);
  g_signal_handlers_disconnect_by_data (fixture->session, fixture);
  /* A load that was cancelled holds the session until its answer is here. */
  while (g_atomic_int_get ((int *)&G_OBJECT (fixture->session)->ref_count) > 1 &&
         g_get_monotonic_time () < deadline)
    g_main_context_iteration (NULL, FALSE);
  g_assert_finalize_object (fixture->session);
  g_free (fixture->failure);
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static guint
word_bits (FxuSession *session, guint layer, FxpRole role)
{
  FxpTensorId id = {(guint16)layer, (guint16)role};

  return fxp_experiment_get_quantizer (fxu_session_get_experiment (session), id)->format.word_bits;
}

/* @data, an activation, comes with signed activations, and goes with them in one undo. */
static void
test_signed_activation (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  g_autoptr (FxpExperiment) first = fxp_experiment_ref (fxu_session_get_experiment (session));
  const FxpTensorId id = {1, FXP_ROLE_ACTIVATION};
  FxpFormat format;

  g_assert_false (fxp_experiment_get_quantizer (first, id)->format.is_signed);
  g_assert_true (fxu_session_set_value (session, "network.activation", data));
  format = fxp_experiment_get_quantizer (fxu_session_get_experiment (session), id)->format;
  g_assert_true (format.is_signed);
  g_assert_cmpuint (format.word_bits, ==, 12);
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  fxu_session_undo (session);
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (session), first));
}

static void
test_edit (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  FxpExperiment *first = fxp_experiment_ref (fxu_session_get_experiment (session));
  FxpQuantizer quantizer = {FXP_FORMAT_SIGNED (5, 3), FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP};
  gboolean can_undo, can_redo, modified;

  g_assert_true (fxu_session_set_quantizer (session, 1, FXP_ROLE_WEIGHT, &quantizer));
  g_assert_cmpuint (fixture->n_changed, ==, 1);
  g_assert_cmpuint (word_bits (session, 1, FXP_ROLE_WEIGHT), ==, 5);
  g_assert_cmpuint (word_bits (session, 0, FXP_ROLE_WEIGHT), ==, 12);
  g_assert_true (fxu_session_set_value (session, "training.rate", "0.25"));
  g_assert_true (fxu_session_set_all_bits (session, 7));
  g_assert_cmpuint (word_bits (session, 2, FXP_ROLE_WEIGHT_ACC), ==, 7);
  g_assert_cmpuint (word_bits (session, 2, FXP_ROLE_BIAS), ==, 0);
  g_object_get (session, "modified", &modified, NULL);
  g_assert_true (modified);

  /* What changes nothing is no step. */
  g_assert_true (fxu_session_set_value (session, "training.rate", "0.25"));
  g_assert_cmpuint (fixture->n_changed, ==, 3);

  fxu_session_undo (session);
  fxu_session_undo (session);
  fxu_session_undo (session);
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (session), first));
  g_object_get (session, "can-undo", &can_undo, "can-redo", &can_redo, "modified", &modified, NULL);
  g_assert_false (can_undo);
  g_assert_true (can_redo);
  g_assert_false (modified);

  fxu_session_redo (session);
  g_assert_cmpuint (word_bits (session, 1, FXP_ROLE_WEIGHT), ==, 5);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  fxp_experiment_unref (first);
}

static void
test_drag (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  gboolean can_undo;

  fxu_session_begin_edit (session);
  for (guint bits = 11; bits >= 4; bits--)
    g_assert_true (fxu_session_set_all_bits (session, bits));
  g_object_get (session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);
  fxu_session_undo (session);
  g_assert_cmpuint (word_bits (session, 0, FXP_ROLE_WEIGHT), ==, 4);
  fxu_session_end_edit (session);

  fxu_session_undo (session);
  g_assert_cmpuint (word_bits (session, 0, FXP_ROLE_WEIGHT), ==, 12);
  g_object_get (session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);

  /* A drag that comes back is no step either. */
  fxu_session_begin_edit (session);
  g_assert_true (fxu_session_set_all_bits (session, 6));
  g_assert_true (fxu_session_set_all_bits (session, 12));
  fxu_session_end_edit (session);
  g_object_get (session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);
}

static void
check_refused (Fixture *fixture, const char *key, const char *value)
{
  FxpExperiment *before = fxu_session_get_experiment (fixture->session);
  guint n = fixture->n_failed;
  gboolean can_undo;

  g_assert_false (fxu_session_set_value (fixture->session, key, value));
  g_assert_cmpuint (fixture->n_failed, ==, n + 1);
  g_assert_nonnull (fixture->failure);
  g_assert_true (fxu_session_get_experiment (fixture->session) == before);
  g_object_get (fixture->session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);
}

static void
test_refused (Fixture *fixture, gconstpointer data)
{
  FxpQuantizer wide = {{60, 3, TRUE}, FXP_ROUND_FLOOR, FXP_OVERFLOW_WRAP};
  FxpSumRegister narrow = {FXP_SUM_WRAP, 1};

  check_refused (fixture, "training.rate", "nan");
  check_refused (fixture, "training.rate", "-1");
  check_refused (fixture, "no.such-key", "1");
  check_refused (fixture, "network.topology", "2-8-");
  check_refused (fixture, "network.topology", "3-8-2");
  check_refused (fixture, "network.topology", "2-8-1");
  check_refused (fixture, "dataset.name", "nothing");
  check_refused (fixture, "precision.1.weight.format", "Q99.9");
  g_assert_false (fxu_session_set_quantizer (fixture->session, 0, FXP_ROLE_WEIGHT, &wide));
  g_assert_false (fxu_session_set_sum (fixture->session, -1, &narrow));
  g_assert_cmpuint (fixture->n_changed, ==, 0);
}

static void
test_lost_data (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  g_autoptr (FxpExperiment) first = fxp_experiment_ref (fxu_session_get_experiment (session));
  FxpDataset *dataset = fxu_session_get_dataset (session);
  gboolean can_undo;

  g_assert_true (fxu_session_set_value (session, "dataset.path", "/nonexistent/data.csv"));
  wait_until_loaded (session);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_nonnull (strstr (fixture->failure, "data.csv"));
  g_assert_true (fxu_session_get_experiment (session) == first);
  g_assert_true (fxu_session_get_dataset (session) == dataset);
  g_object_get (session, "can-undo", &can_undo, NULL);
  g_assert_false (can_undo);
}

/* Other data bring a fitting network along, and undo brings both back. */
static void
test_other_data (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  FxpExperiment *experiment;

  g_assert_true (fxu_session_set_value (session, "dataset.name", "digits"));
  wait_until_loaded (session);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_true (fxp_dataset_is_image (fxu_session_get_dataset (session)));
  experiment = fxu_session_get_experiment (session);
  g_assert_true (fxp_topology_check (fxp_experiment_get_topology (experiment),
                                     fxp_dataset_get_shape (fxu_session_get_dataset (session)),
                                     10,
                                     NULL,
                                     NULL));
  fxu_session_step (session, 3);
  wait_for_step (session, 3);

  g_assert_true (fxu_session_set_value (session, "network.topology", "4C3-MP2-10"));
  g_assert_true (fxu_session_set_value (session, "dataset.name", "xor"));
  wait_until_loaded (session);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_cmpuint (fxp_experiment_get_n_weighted (fxu_session_get_experiment (session)), ==, 3);

  fxu_session_undo (session);
  fxu_session_undo (session);
  fxu_session_undo (session);
  wait_until_loaded (session);
  g_assert_cmpstr (fxp_dataset_get_name (fxu_session_get_dataset (session)), ==, "spiral");
  g_assert_cmpstr (fxp_topology_get_text (
                     fxp_experiment_get_topology (fxu_session_get_experiment (session))),
                   ==,
                   "2-8-8-2");
}

static void
test_run (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  gboolean running;
  FxpSnapshot *snapshot;

  g_object_set (session, "speed", 0.0, "running", TRUE, NULL);
  wait_for_step (session, 100);
  g_assert_true (fxu_session_set_all_bits (session, 6));
  while (fxp_snapshot_get_serial (fxu_session_get_snapshot (session)) <
         fxu_session_get_edit_serial (session))
    spin ();
  snapshot = fxu_session_get_snapshot (session);
  g_assert_true (fxp_experiment_equal (fxp_snapshot_get_experiment (snapshot),
                                       fxu_session_get_experiment (session)));
  g_assert_cmpuint (fxp_snapshot_get_run (snapshot), ==, 0);

  fxu_session_step (session, 1);
  g_object_get (session, "running", &running, NULL);
  g_assert_false (running);
}

static void
test_files (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  g_autofree char *folder = g_dir_make_tmp ("roundoff-session-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "one.roundoff", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) nowhere = g_file_new_for_path ("/nonexistent/two.roundoff");
  g_autofree char *title = NULL;
  gboolean modified;

  g_assert_true (fxu_session_set_all_bits (session, 9));
  g_assert_true (fxu_session_save (session, file));
  g_object_get (session, "title", &title, "modified", &modified, NULL);
  g_assert_cmpstr (title, ==, "one.roundoff");
  g_assert_false (modified);
  g_assert_false (fxu_session_save (session, nowhere));
  g_assert_cmpuint (fixture->n_failed, ==, 1);

  g_assert_true (fxu_session_set_all_bits (session, 10));
  fxu_session_open (session, file);
  wait_until_loaded (session);
  g_assert_cmpuint (word_bits (session, 0, FXP_ROLE_WEIGHT), ==, 9);
  fxu_session_undo (session);
  g_assert_cmpuint (word_bits (session, 0, FXP_ROLE_WEIGHT), ==, 10);

  fxu_session_open (session, nowhere);
  wait_until_loaded (session);
  g_assert_cmpuint (fixture->n_failed, ==, 2);
  g_assert_cmpuint (word_bits (session, 0, FXP_ROLE_WEIGHT), ==, 10);

  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
wait_for_file (const char *path)
{
  gint64 deadline = g_get_monotonic_time () + DEADLINE_US;

  while (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      spin ();
      g_assert_cmpint (g_get_monotonic_time (), <, deadline);
    }
}

static void
test_checkpoint (Fixture *fixture, gconstpointer data)
{
  FxuSession *session = fixture->session;
  g_autofree char *folder = g_dir_make_tmp ("roundoff-session-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "one.checkpoint", NULL);
  g_autofree char *npz = g_build_filename (folder, "one.npz", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFile) npz_file = g_file_new_for_path (npz);

  fxu_session_step (session, 40);
  wait_for_step (session, 40);
  fxu_session_save_checkpoint (session, file);
  fxu_session_export_npz (session, npz_file);
  wait_for_file (path);
  wait_for_file (npz);

  g_assert_true (fxu_session_set_value (session, "dataset.name", "circle"));
  wait_until_loaded (session);
  fxu_session_open_checkpoint (session, file);
  wait_until_loaded (session);
  while (fxp_snapshot_get_serial (fxu_session_get_snapshot (session)) <
         fxu_session_get_edit_serial (session))
    spin ();
  g_assert_cmpuint (fxp_snapshot_get_step (fxu_session_get_snapshot (session)), ==, 40);
  g_assert_cmpstr (fxp_dataset_get_name (fxu_session_get_dataset (session)), ==, "spiral");
  g_assert_cmpuint (fixture->n_failed, ==, 0);

  g_assert_true (g_file_delete (file, NULL, NULL));
  g_assert_true (g_file_delete (npz_file, NULL, NULL));
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

#define ADD_WITH(path, data, test) g_test_add (path, Fixture, data, set_up, test, tear_down)
#define ADD(path, test)            ADD_WITH (path, NULL, test)

/* What is being read can be given up: the run and its settings stay as they were. */
static void
test_cancel_loading (void)
{
  FxuSession *session = running_session_new ("spiral");
  g_autoptr (FxpExperiment) before = fxp_experiment_ref (fxu_session_get_experiment (session));
  FxpDataset *data = fxu_session_get_dataset (session);
  double share = -1.0;

  g_assert_null (fxu_session_get_loading (session, NULL));
  g_assert_true (fxu_session_set_value (session, "dataset.name", "digits"));
  g_assert_cmpstr (fxu_session_get_loading (session, &share), ==, "digits");
  g_assert_cmpfloat (share, >=, 0.0);
  g_assert_cmpfloat (share, <=, 1.0);
  fxu_session_cancel_loading (session);
  g_assert_null (fxu_session_get_loading (session, NULL));
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (session), before));
  fxu_session_step (session, 5);
  running_session_wait_step (session, 5);
  g_assert_true (fxu_session_get_dataset (session) == data);
  running_session_end (session);
}

/* A preset whose data are not there leaves everything as it was, the title too. */
static void
test_missing_data (void)
{
  FxuSession *session = running_session_new ("spiral");
  g_autoptr (FxpExperiment) before = fxp_experiment_ref (fxu_session_get_experiment (session));
  g_autoptr (FxpExperiment) missing =
    fxp_experiment_with_value (before, "dataset.path", "/nowhere/at/all.csv", NULL);
  g_autofree char *title_before = NULL;
  g_autofree char *title_after = NULL;
  gboolean modified = TRUE;

  g_object_get (session, "title", &title_before, NULL);
  fxu_session_set_experiment (session, missing);
  running_session_wait_loaded (session);
  g_assert_true (fxp_experiment_equal (fxu_session_get_experiment (session), before));
  g_object_get (session, "title", &title_after, "modified", &modified, NULL);
  g_assert_cmpstr (title_after, ==, title_before);
  g_assert_false (modified);
  running_session_end (session);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/session/edit", test_edit);
  ADD_WITH ("/session/tanh", "tanh", test_signed_activation);
  ADD_WITH ("/session/hard-tanh", "hard-tanh", test_signed_activation);
  ADD ("/session/drag", test_drag);
  ADD ("/session/refused", test_refused);
  ADD ("/session/lost-data", test_lost_data);
  ADD ("/session/other-data", test_other_data);
  ADD ("/session/run", test_run);
  ADD ("/session/files", test_files);
  ADD ("/session/checkpoint", test_checkpoint);
  g_test_add_func ("/session/cancel-loading", test_cancel_loading);
  g_test_add_func ("/session/missing-data", test_missing_data);
  return g_test_run ();
}
