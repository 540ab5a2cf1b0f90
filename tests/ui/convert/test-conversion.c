/* SPDX-License-Identifier: MIT */
/* The conversion's view-model on a small network that really learns. */
#include "config.h"

#include "running-session.h"
#include "session.h"

#include <math.h>

#define DEADLINE_US (120 * G_USEC_PER_SEC)

typedef struct
{
  FxuSession *session;
  FxuConversion *conversion; /* borrowed from the session */
  guint n_failed;
  char *failure;
  guint n_clustered;
  guint n_seen[FXU_N_ACTIVITIES]; /* how often "progress" told of each */
} Fixture;

/* Eight by eight digits; convolutions with batch normalization, or what @changes say. */
static FxpExperiment *
make_experiment (const char *changes)
{
  static const char base[] = "dataset.name=digits\nnetwork.topology=8C3P-BN-16C3-BN-MP2-10\n"
                             "training.batch=32\ntraining.epochs=3\nexperiment.seed=3";
  g_autofree char *text = g_strjoin ("\n", base, changes, NULL);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  FxpExperiment *experiment = fxp_experiment_new ();

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (lines[i], "=", 2);
      g_autoptr (FxpExperiment) from = experiment;
      g_autoptr (GError) error = NULL;

      experiment = fxp_experiment_with_value (from, parts[0], parts[1], &error);
      g_assert_no_error (error);
    }
  return experiment;
}

static void
failed_cb (FxuSession *session, const char *message, Fixture *fixture)
{
  fixture->n_failed++;
  g_free (fixture->failure);
  fixture->failure = g_strdup (message);
}

static void
clustered_cb (Fixture *fixture)
{
  fixture->n_clustered++;
}

static void
progress_cb (Fixture *fixture)
{
  fixture->n_seen[fxu_conversion_get_activity (fixture->conversion, NULL, NULL)]++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = make_experiment (data);

  fixture->session = fxu_session_new (experiment, 2);
  fixture->conversion = fxu_session_get_conversion (fixture->session);
  g_signal_connect (fixture->session, "failed", G_CALLBACK (failed_cb), fixture);
  g_signal_connect_swapped (fixture->conversion, "clustered", G_CALLBACK (clustered_cb), fixture);
  g_signal_connect_swapped (fixture->conversion, "progress", G_CALLBACK (progress_cb), fixture);
  running_session_wait_loaded (fixture->session);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  running_session_end (fixture->session);
  g_free (fixture->failure);
}

static void
train (Fixture *fixture, guint n_steps)
{
  FxpSnapshot *snapshot = fxu_session_get_snapshot (fixture->session);
  guint64 step = snapshot != NULL ? fxp_snapshot_get_step (snapshot) : 0;

  fxu_session_step (fixture->session, n_steps);
  running_session_wait_step (fixture->session, step + n_steps);
}

static void
wait_idle (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (fxu_conversion_get_activity (fixture->conversion, NULL, NULL) != FXU_ACTIVITY_IDLE)
    running_session_spin (deadline_us);
}

static void
wait_clustered (Fixture *fixture, guint n)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  while (fixture->n_clustered < n)
    running_session_spin (deadline_us);
}

static void
do_job (Fixture *fixture, FxuJobKind kind)
{
  fxu_conversion_start (fixture->conversion, kind);
  wait_idle (fixture);
}

static double
get_share (Fixture *fixture, FxuStage stage)
{
  FxuScore score = fxu_conversion_get_score (fixture->conversion, stage, NULL);

  return score.n > 0 ? (double)score.n_correct / (double)score.n : NAN;
}

static gboolean
is_stale (Fixture *fixture, FxuStage stage)
{
  gboolean stale;

  fxu_conversion_get_score (fixture->conversion, stage, &stale);
  return stale;
}

static void
set_size (Fixture *fixture, guint size)
{
  FxpConversionOptions options = *fxu_conversion_get_options (fixture->conversion);

  options.clusters.size = size;
  g_assert_true (fxu_conversion_set_options (fixture->conversion, &options));
}

/* From the trained network to a certified one. */
static void
test_steps (Fixture *fixture, gconstpointer data)
{
  FxpInferenceResult certificate;
  FxuStage stage;

  train (fixture, 120);
  g_assert_nonnull (fxu_conversion_explain (fixture->conversion, FXU_JOB_CERTIFY));
  do_job (fixture, FXU_JOB_CONVERT);
  g_assert_cmpstr (fixture->failure, ==, NULL);
  g_assert_cmpfloat (get_share (fixture, FXU_STAGE_FLOAT), >, 0.7);
  g_assert_false (isnan (get_share (fixture, FXU_STAGE_CONVERTED)));
  g_assert_cmpint (fxu_conversion_get_best (fixture->conversion), ==, FXU_STAGE_CONVERTED);

  do_job (fixture, FXU_JOB_REESTIMATE);
  g_assert_cmpfloat (get_share (fixture, FXU_STAGE_REESTIMATED),
                     >=,
                     get_share (fixture, FXU_STAGE_CONVERTED) - 0.05);
  g_assert_cmpint (fxu_conversion_get_best (fixture->conversion), ==, FXU_STAGE_REESTIMATED);

  do_job (fixture, FXU_JOB_CERTIFY);
  certificate = fxu_conversion_get_certificate (fixture->conversion, &stage, NULL);
  g_assert_true (certificate.is_compared);
  g_assert_cmpuint (certificate.n, >, 50);
  g_assert_cmpuint (certificate.n_agreed, ==, certificate.n);
  g_assert_cmpint (stage, ==, FXU_STAGE_REESTIMATED);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

static void
test_tune (Fixture *fixture, gconstpointer data)
{
  FxpFineTuningResult tuning;

  train (fixture, 120);
  set_size (fixture, 64);
  fxu_conversion_set_n_steps (fixture->conversion, 30);
  do_job (fixture, FXU_JOB_TUNE);
  g_assert_cmpstr (fixture->failure, ==, NULL);
  tuning = fxu_conversion_get_tuning (fixture->conversion);
  g_assert_cmpuint (tuning.n_steps, ==, 30);
  g_assert_false (tuning.diverged);
  g_assert_cmpfloat (get_share (fixture, FXU_STAGE_TUNED), >, 0.6);
  g_assert_cmpint (fxu_conversion_get_best (fixture->conversion), ==, FXU_STAGE_TUNED);
  do_job (fixture, FXU_JOB_CERTIFY);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

/* Clusters follow the options at once, results do not go but are stale. */
static void
test_options (Fixture *fixture, gconstpointer data)
{
  FxpConversionOptions options;
  const FxpLayerReport *report;
  double error_1;

  fxu_conversion_look (fixture->conversion);
  wait_idle (fixture);
  wait_clustered (fixture, 1);
  set_size (fixture, 1);
  wait_clustered (fixture, 2);
  report = fxu_clustering_get_report (fxu_conversion_get_clustering (fixture->conversion), 1);
  g_assert_cmpuint (report->effective_size, ==, 1);
  error_1 = report->weights.error;
  do_job (fixture, FXU_JOB_CONVERT);
  g_assert_false (is_stale (fixture, FXU_STAGE_CONVERTED));

  set_size (fixture, 8);
  g_assert_true (is_stale (fixture, FXU_STAGE_CONVERTED));
  g_assert_false (is_stale (fixture, FXU_STAGE_FLOAT));
  g_assert_false (isnan (get_share (fixture, FXU_STAGE_CONVERTED)));
  g_assert_cmpint (fxu_conversion_get_best (fixture->conversion), ==, FXU_STAGE_FLOAT);
  wait_clustered (fixture, 3);
  report = fxu_clustering_get_report (fxu_conversion_get_clustering (fixture->conversion), 1);
  g_assert_cmpuint (report->effective_size, ==, 8);
  /* T10: coarser clusters are no better. */
  g_assert_cmpfloat (report->weights.error, >=, error_1);

  set_size (fixture, 1);
  g_assert_false (is_stale (fixture, FXU_STAGE_CONVERTED));

  options = *fxu_conversion_get_options (fixture->conversion);
  options.clusters.bits = 77;
  g_assert_false (fxu_conversion_set_options (fixture->conversion, &options));
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_cmpuint (fxu_conversion_get_options (fixture->conversion)->clusters.bits, ==, 2);
}

/* Many moves of a slider: the last one is what remains. */
static void
test_newest_wins (Fixture *fixture, gconstpointer data)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  const FxpConversionOptions *made;

  fxu_conversion_look (fixture->conversion);
  wait_idle (fixture);
  for (guint size = 1; size <= 8; size++)
    set_size (fixture, size);
  do
    {
      FxuClustering *clustering;

      /* What is borrowed before may be gone after. */
      running_session_spin (deadline_us);
      clustering = fxu_conversion_get_clustering (fixture->conversion);
      made =
        clustering != NULL ? fxp_model_get_options (fxu_clustering_get_model (clustering)) : NULL;
    }
  while (made == NULL || made->clusters.size != 8);
  g_assert_cmpuint (fixture->n_clustered, <=, 8);
}

/* The members of an output's clusters are all of its weights, each once. */
static void
test_members (Fixture *fixture, gconstpointer data)
{
  FxuClustering *clustering;

  fxu_conversion_look (fixture->conversion);
  wait_idle (fixture);
  for (FxpGranularity granularity = 0; granularity < FXP_N_GRANULARITIES; granularity++)
    {
      FxpConversionOptions options = *fxu_conversion_get_options (fixture->conversion);
      guint n_clustered = fixture->n_clustered, n_seen = 0;
      gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

      options.clusters.granularity = granularity;
      options.clusters.size = 3;
      fxu_conversion_set_options (fixture->conversion, &options);
      while (fixture->n_clustered == n_clustered ||
             fxp_model_get_options (
               fxu_clustering_get_model (fxu_conversion_get_clustering (fixture->conversion)))
                 ->clusters.granularity != granularity)
        running_session_spin (deadline_us);
      clustering = fxu_conversion_get_clustering (fixture->conversion);
      for (guint i = 0; i < fxu_clustering_count_clusters (clustering, 1); i++)
        {
          g_auto (FxuClusterMembers) members = fxu_clustering_get_members (clustering, 1, 2, i);

          n_seen += members.n;
          g_assert_cmpuint (members.n, >, 0);
        }
      /* Eight channels of 3 x 3. */
      g_assert_cmpuint (n_seen, ==, 72);
    }
}

/* How often anything under way was told of; only the newest is, so not of each step. */
static guint
count_progress (Fixture *fixture)
{
  guint n = 0;

  for (guint i = FXU_ACTIVITY_IDLE + 1; i < FXU_N_ACTIVITIES; i++)
    n += fixture->n_seen[i];
  return n;
}

/* What is under way ends, and what was found before stays. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  double before;
  guint n_told;

  train (fixture, 20);
  do_job (fixture, FXU_JOB_CONVERT);
  before = get_share (fixture, FXU_STAGE_CONVERTED);
  n_told = count_progress (fixture);
  fxu_conversion_start (fixture->conversion, FXU_JOB_SWEEP);
  while (count_progress (fixture) < n_told + 5)
    running_session_spin (deadline_us);
  fxu_conversion_cancel (fixture->conversion);
  g_assert_cmpint (fxu_conversion_get_activity (fixture->conversion, NULL, NULL),
                   ==,
                   FXU_ACTIVITY_IDLE);
  train (fixture, 5);
  g_assert_cmpint (fxu_conversion_get_activity (fixture->conversion, NULL, NULL),
                   ==,
                   FXU_ACTIVITY_IDLE);
  g_assert_cmpfloat (get_share (fixture, FXU_STAGE_CONVERTED), ==, before);
  g_assert_cmpuint (fixture->n_failed, ==, 0);

  /* The session may go in the middle of another one. */
  fxu_conversion_start (fixture->conversion, FXU_JOB_TUNE);
  g_main_context_iteration (NULL, FALSE);
}

static void
test_sweep (Fixture *fixture, gconstpointer data)
{
  const FxuSweepPoint *points;
  gboolean stale;
  guint n;

  train (fixture, 60);
  fxu_conversion_set_n_images (fixture->conversion, 50);
  do_job (fixture, FXU_JOB_SWEEP);
  points = fxu_conversion_get_points (fixture->conversion, &n, &stale);
  g_assert_cmpuint (n, ==, FXU_SWEEP_N);
  g_assert_false (stale);
  for (guint i = 0; i < n; i++)
    {
      g_assert_cmpuint (points[i].size, ==, 1u << i);
      g_assert_cmpuint (points[i].scores[FXU_STAGE_CONVERTED].n, ==, 50);
      g_assert_cmpuint (points[i].scores[FXU_STAGE_REESTIMATED].n, ==, 50);
      g_assert_cmpuint (points[i].scores[FXU_STAGE_TUNED].n, ==, 0);
      g_assert_cmpfloat (points[i].density, >, 0.2);
      g_assert_cmpfloat (points[i].density, <=, 1.0);
    }
  /* N is no option of a sweep. */
  set_size (fixture, 32);
  fxu_conversion_get_points (fixture->conversion, &n, &stale);
  g_assert_false (stale);
  g_assert_cmpfloat (fxu_conversion_count (fixture->conversion, 16).share_replaced,
                     >,
                     fxu_conversion_count (fixture->conversion, 2).share_replaced);
}

static void
test_without_normalization (Fixture *fixture, gconstpointer data)
{
  train (fixture, 20);
  do_job (fixture, FXU_JOB_CONVERT);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
  g_assert_false (fxu_conversion_has_normalization (fixture->conversion));
  g_assert_nonnull (fxu_conversion_explain (fixture->conversion, FXU_JOB_REESTIMATE));
  do_job (fixture, FXU_JOB_REESTIMATE);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
  g_assert_null (strchr (fixture->failure, '\n'));
  g_assert_false (isnan (get_share (fixture, FXU_STAGE_CONVERTED)));
}

/* A network that has no integer form says so, in words. */
static void
test_refusal (Fixture *fixture, gconstpointer data)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;

  fxu_conversion_look (fixture->conversion);
  while (fxu_conversion_get_refusal (fixture->conversion) == NULL)
    running_session_spin (deadline_us);
  g_assert_null (fxu_conversion_get_clustering (fixture->conversion));
  for (guint kind = 0; kind < FXU_N_JOBS; kind++)
    g_assert_nonnull (fxu_conversion_explain (fixture->conversion, kind));
  do_job (fixture, FXU_JOB_CONVERT);
  g_assert_cmpuint (fixture->n_failed, ==, 1);
}

/* A run that trains on is taken anew with the next conversion; another network at once. */
static void
test_source (Fixture *fixture, gconstpointer data)
{
  gboolean is_behind;
  double epoch;

  train (fixture, 20);
  do_job (fixture, FXU_JOB_CONVERT);
  epoch = fxu_conversion_get_epoch (fixture->conversion, &is_behind);
  g_assert_false (is_behind);
  train (fixture, 20);
  g_assert_cmpfloat (fxu_conversion_get_epoch (fixture->conversion, &is_behind), ==, epoch);
  g_assert_true (is_behind);
  do_job (fixture, FXU_JOB_CONVERT);
  g_assert_cmpfloat (fxu_conversion_get_epoch (fixture->conversion, &is_behind), >, epoch);
  g_assert_false (is_behind);

  g_assert_true (fxu_session_set_value (fixture->session, "network.topology", "8C3P-BN-MP2-10"));
  running_session_wait_step (fixture->session, 0);
  fxu_conversion_look (fixture->conversion);
  wait_idle (fixture);
  g_assert_true (isnan (get_share (fixture, FXU_STAGE_CONVERTED)));
  g_assert_cmpuint (fxp_trained_get_n_layers (fxu_conversion_get_trained (fixture->conversion)),
                    ==,
                    2);
  g_assert_cmpuint (fixture->n_failed, ==, 0);
}

#define CONVERSION_TEST(name, changes, func)                                                       \
  g_test_add ("/conversion/" name, Fixture, changes, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  CONVERSION_TEST ("steps", NULL, test_steps);
  CONVERSION_TEST ("tune", NULL, test_tune);
  CONVERSION_TEST ("options", NULL, test_options);
  CONVERSION_TEST ("newest-wins", NULL, test_newest_wins);
  CONVERSION_TEST ("members", NULL, test_members);
  CONVERSION_TEST ("cancel", NULL, test_cancel);
  CONVERSION_TEST ("sweep", NULL, test_sweep);
  CONVERSION_TEST ("without-normalization",
                   "network.topology=8C3P-16C3-MP2-10",
                   test_without_normalization);
  CONVERSION_TEST ("refusal", "network.activation=tanh", test_refusal);
  CONVERSION_TEST ("source", NULL, test_source);
  return g_test_run ();
}
