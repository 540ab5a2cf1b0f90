/* SPDX-License-Identifier: MIT */
/* A session whose precision is assigned, for tests of that. */
#pragma once

#include <math.h>

#include "running-session.h"
#include "session.h"

#define DEADLINE_US (60 * G_USEC_PER_SEC)

typedef struct
{
  FxuSession *session;
  FxuTheory *theory; /* borrowed from the session */
  guint n_failed;
  char *failure;
  guint n_changed;
  guint n_seen[3]; /* how often "progress" told of each activity */
} Fixture;

/* Small and soon learnt; @data: "key=value" lines on top of it, or NULL. */
static inline FxpExperiment *
make_experiment (const char *data)
{
  static const char base[] = "dataset.name=gauss\ndataset.samples=200\nnetwork.topology=2-6-4-2\n"
                             "training.batch=10\ntraining.epochs=30\nexperiment.seed=3";
  g_autofree char *text = g_strjoin ("\n", base, data, NULL);
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

static inline void
failed_cb (FxuSession *session, const char *message, Fixture *fixture)
{
  fixture->n_failed++;
  g_free (fixture->failure);
  fixture->failure = g_strdup (message);
}

static inline void
changed_cb (Fixture *fixture)
{
  fixture->n_changed++;
}

static inline void
progress_cb (Fixture *fixture)
{
  double share;
  FxuTheoryActivity activity = fxu_theory_get_activity (fixture->theory, &share);

  g_assert_cmpfloat (share, >=, 0.0);
  g_assert_cmpfloat (share, <=, 1.0);
  fixture->n_seen[activity]++;
}

static inline void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (FxpExperiment) experiment = make_experiment (data);

  fixture->session = fxu_session_new (experiment, 2);
  fixture->theory = fxu_session_get_theory (fixture->session);
  g_signal_connect (fixture->session, "failed", G_CALLBACK (failed_cb), fixture);
  g_signal_connect_swapped (fixture->theory, "changed", G_CALLBACK (changed_cb), fixture);
  g_signal_connect_swapped (fixture->theory, "progress", G_CALLBACK (progress_cb), fixture);
  running_session_wait_loaded (fixture->session);
}

static inline void
tear_down (Fixture *fixture, gconstpointer data)
{
  running_session_end (fixture->session);
  g_free (fixture->failure);
}

static inline void
spin_until_idle (Fixture *fixture)
{
  gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  guint n_failed = fixture->n_failed;
  guint n_idle = fixture->n_seen[FXU_THEORY_IDLE];

  while (fixture->n_seen[FXU_THEORY_IDLE] == n_idle && fixture->n_failed == n_failed)
    running_session_spin (deadline_us);
}

static inline void
assign (Fixture *fixture, FxuTheorySource source)
{
  fxu_theory_assign (fixture->theory, source);
  spin_until_idle (fixture);
  g_assert_cmpstr (fixture->failure, ==, NULL);
  g_assert_nonnull (fxu_theory_get_assignment (fixture->theory));
}

static inline void
train (Fixture *fixture, guint n_steps)
{
  fxu_session_step (fixture->session, n_steps);
  running_session_wait_step (fixture->session, n_steps);
}

static inline FxpExperiment *
get_experiment (Fixture *fixture)
{
  return fxu_session_get_experiment (fixture->session);
}

static inline double
slack_of (Fixture *fixture, FxpTensorId id, FxpCriterion criterion)
{
  FxpJudgement judgements[FXP_JUDGEMENTS_MAX];
  guint n = fxu_theory_judge (fixture->theory, id, judgements);

  for (guint i = 0; i < n; i++)
    if (judgements[i].criterion == criterion)
      return judgements[i].slack;
  return NAN;
}

#define THEORY_TEST(name, data, function)                                                          \
  g_test_add ("/theory/" name, Fixture, data, set_up, function, tear_down)
