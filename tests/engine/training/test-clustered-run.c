/* SPDX-License-Identifier: MIT */
/* Runs whose weights are in clusters, switched on and off while they train: of the fixed-point
 * network alone, with edits in the log, and the same bits from a checkpoint. */
#include "course-drive.h"

#include "analysis/system.h"
#include "training/theory.h"

#include <string.h>

static FxpExperiment *
make_experiment (void)
{
  return drive_make_experiment ("network.topology",
                                "2-8-6-2",
                                "precision.*.*.rounding",
                                "stochastic",
                                "training.momentum",
                                "0.5",
                                NULL);
}

static void
take_steps (FxpCourse *course, guint64 n)
{
  fxp_course_take_steps (course, n);
  go (course);
}

static gboolean
has_same_learnt (const FxpCourse *a, const FxpCourse *b, guint twin)
{
  const FxpNetwork *x = a->twins->networks[twin], *y = b->twins->networks[twin];

  for (guint layer = 0; layer < fxp_network_get_n_weighted (x); layer++)
    for (guint what = 0; what < FXP_N_LEARNT; what++)
      {
        const FxpTensor *of_x = fxp_network_get_learnt (x, layer, what);
        const FxpTensor *of_y = fxp_network_get_learnt (y, layer, what);

        if (of_x != NULL && memcmp (of_x->data, of_y->data, fxp_tensor_get_n_bytes (of_x)) != 0)
          return FALSE;
      }
  return TRUE;
}

/* The twin learns as if nothing had been; the other network learns something else, and goes on with
 * its own weights afterwards. */
static void
test_live (void)
{
  g_autoptr (FxpExperiment) experiment = make_experiment ();
  FxpCourse *switched = make_course (experiment), *same = make_course (experiment);
  const FxpNetwork *network = switched->twins->networks[0];

  take_steps (switched, 20);
  take_steps (same, 60);
  change (switched, "clusters.method", "opt");
  take_steps (switched, 20);
  g_assert_true (fxp_network_get_used_weights (network, 1) !=
                 fxp_network_get_learnt (network, 1, FXP_LEARNT_WEIGHT));
  change (switched, "clusters.method", "none");
  take_steps (switched, 20);
  g_assert_true (fxp_network_get_used_weights (network, 1) ==
                 fxp_network_get_learnt (network, 1, FXP_LEARNT_WEIGHT));
  g_assert_cmpuint (switched->run, ==, same->run);
  g_assert_true (has_same_learnt (switched, same, 1));
  g_assert_false (has_same_learnt (switched, same, 0));
  g_assert_nonnull (
    strstr (fxp_run_log_get_text (switched->log), "edit 20 clusters.method=\"opt\"\n"));
  g_assert_nonnull (
    strstr (fxp_run_log_get_text (switched->log), "edit 40 clusters.method=\"none\"\n"));
  fxp_course_free (switched);
  fxp_course_free (same);
}

/* Half the way through a file's bytes, then the rest. */
static void
test_resume (void)
{
  static const char *const methods[] = {"opt", "linear", "power", "hier"};

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (FxpExperiment) plain = make_experiment ();
      g_autoptr (FxpExperiment) experiment =
        fxp_experiment_with_value (plain, "clusters.method", methods[i], NULL);
      FxpCourse *straight = make_course (experiment), *first = make_course (experiment);
      FxpCourse *second = make_course (plain);
      g_autoptr (FxpCheckpoint) half = NULL;
      g_autoptr (FxpCheckpoint) read = NULL;
      g_autoptr (GBytes) bytes = NULL;
      g_autoptr (GError) error = NULL;

      take_steps (straight, 50);
      take_steps (first, 23);
      half = fxp_twins_checkpoint (first->twins, g_strdup (fxp_run_log_get_text (first->log)));
      bytes = fxp_checkpoint_to_bytes (half);
      read = fxp_checkpoint_new_from_bytes (bytes, "half", &error);
      g_assert_no_error (error);
      fxp_course_restore (second, read);
      g_assert_true (fxp_experiment_equal (second->twins->experiment, experiment));
      take_steps (second, 27);
      for (guint twin = 0; twin < FXP_N_TWINS; twin++)
        g_assert_true (has_same_learnt (second, straight, twin));
      fxp_course_free (straight);
      fxp_course_free (first);
      fxp_course_free (second);
    }
}

/* With clusters no network is a float one but the twin, and float systems have none. */
static void
test_float (void)
{
  static const struct
  {
    const char *system, *method;
  } rows[] = {{"FL", "none"}, {"BN", "none"}, {"TG", "none"}, {"FX", "opt"}, {"SQ", "opt"}};
  g_autoptr (FxpExperiment) fixed = make_experiment ();
  g_autoptr (FxpExperiment) experiment =
    fxp_experiment_with_value (fixed, "clusters.method", "opt", NULL);
  g_autoptr (FxpExperiment) baseline = fxp_theory_get_baseline_experiment (experiment);
  g_autoptr (FxpExperiment) clustered =
    fxp_experiment_with_value (baseline, "clusters.method", "opt", NULL);
  guint twin;

  g_assert_true (fxp_checkpoint_find_float (experiment, &twin));
  g_assert_cmpuint (twin, ==, 1);
  g_assert_true (fxp_checkpoint_find_float (baseline, &twin));
  g_assert_cmpuint (twin, ==, 0);
  g_assert_false (fxp_checkpoint_find_float (clustered, &twin));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (FxpExperiment) system = fxp_system_apply (experiment, rows[i].system, &error);
      g_autofree char *method = fxp_experiment_get_value (system, "clusters.method");

      g_assert_no_error (error);
      g_assert_cmpstr (method, ==, rows[i].method);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/training/clustered-run/live", test_live);
  g_test_add_func ("/training/clustered-run/resume", test_resume);
  g_test_add_func ("/training/clustered-run/float", test_float);
  return g_test_run ();
}
