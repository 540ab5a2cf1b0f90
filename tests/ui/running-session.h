/* SPDX-License-Identifier: MIT */
/* Sessions for tests of widgets: with data, and with a snapshot where asked. */
#pragma once

#include "session.h"

#define RUNNING_SESSION_DEADLINE_US (20 * G_USEC_PER_SEC)

static inline void
running_session_spin (gint64 deadline_us)
{
  g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
  if (!g_main_context_iteration (NULL, FALSE))
    g_usleep (200);
}

static inline void
running_session_wait_loaded (FxuSession *session)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;
  gboolean loading = TRUE;

  while (loading)
    {
      running_session_spin (deadline_us);
      g_object_get (session, "loading", &loading, NULL);
    }
}

/* Until the newest snapshot is at @step or later and knows of the newest edit. */
static inline void
running_session_wait_step (FxuSession *session, guint64 step)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;
  FxpSnapshot *snapshot;

  while ((snapshot = fxu_session_get_snapshot (session)) == NULL ||
         fxp_snapshot_get_step (snapshot) < step ||
         fxp_snapshot_get_serial (snapshot) < fxu_session_get_edit_serial (session))
    running_session_spin (deadline_us);
}

static inline FxuSession *
running_session_new (const char *preset)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (FxpExperiment) experiment = fxp_preset_load (preset, &error);
  FxuSession *session;

  g_assert_no_error (error);
  session = fxu_session_new (experiment, 1);
  running_session_wait_loaded (session);
  return session;
}

/* The last reference is the test's. */
static inline void
running_session_end (FxuSession *session)
{
  gint64 deadline_us = g_get_monotonic_time () + RUNNING_SESSION_DEADLINE_US;

  fxu_session_stop (session);
  while (G_OBJECT (session)->ref_count > 1)
    running_session_spin (deadline_us);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (session);
}
