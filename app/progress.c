/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "progress.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>
#include <unistd.h>

#define BAR_WIDTH   24
#define INTERVAL_US (G_USEC_PER_SEC / 10)

struct _FxaProgress
{
  gboolean on_terminal;
  gint64 drawn_us;    /* 0: never */
  gint64 start_us;    /* of what is shown */
  double start_share; /* done before, by a resumed checkpoint; < 0 until known */
  double n_steps;     /* of the run in all */
  gint64 test_us;     /* since when it evaluates; 0: it does not */
  char *subject;      /* owned; NULL: not to be told */
};

FxaProgress *
fxa_progress_new (void)
{
  FxaProgress *self = g_new0 (FxaProgress, 1);

  self->on_terminal = isatty (STDERR_FILENO);
  self->start_us = g_get_monotonic_time ();
  return self;
}

void
fxa_progress_free (FxaProgress *self)
{
  if (self == NULL)
    return;
  if (self->drawn_us != 0)
    fputs ("\r\033[K", stderr);
  g_free (self->subject);
  g_free (self);
}

void
fxa_progress_begin_run (FxaProgress *self, guint64 epochs, guint64 steps, double steps_per_epoch)
{
  self->n_steps = steps > 0 ? steps : INFINITY;
  if (epochs > 0)
    self->n_steps = MIN (self->n_steps, epochs * steps_per_epoch);
  self->start_us = g_get_monotonic_time ();
  self->start_share = -1;
}

static char *
format_duration (double seconds)
{
  const int whole = (int)CLAMP (round (seconds), 0, 359999);

  if (whole >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  return g_strdup_printf ("%d:%02d", whole / 60, whole % 60);
}

static gboolean
is_due (FxaProgress *self)
{
  const gint64 now_us = g_get_monotonic_time ();

  if (!self->on_terminal || now_us - self->drawn_us < INTERVAL_US)
    return FALSE;
  self->drawn_us = now_us;
  return TRUE;
}

/* Seconds until work is done of which the share @done was done since @since_us and @rest is left;
 * NaN if that cannot be told yet. */
static double
estimate (gint64 since_us, double done, double rest)
{
  const double seconds = (g_get_monotonic_time () - since_us) / (double)G_USEC_PER_SEC;

  return done > 0 ? seconds * rest / done : NAN;
}

static void
draw (const FxaProgress *self, double share, const char *what, double seconds)
{
  g_autoptr (GString) bar = g_string_new (NULL);
  g_autofree char *left = isnan (seconds) ? g_strdup ("–") : format_duration (seconds);
  g_autofree char *line = NULL;

  for (int i = 0; i < BAR_WIDTH; i++)
    g_string_append (bar, i < share * BAR_WIDTH ? "█" : "░");
  /* translators: a bar, percent, what is done, time left */
  line = g_strdup_printf (_ ("%s %3.0f %%  %s  %s left"), bar->str, share * 100, what, left);
  fprintf (stderr, "\r%s\033[K", line);
  fflush (stderr);
}

void
fxa_progress_load (double share, gpointer data)
{
  FxaProgress *self = data;

  if (is_due (self))
    draw (self, share, _ ("reading data"), estimate (self->start_us, share, 1 - share));
}

/* Where a run stands within its epochs, and what it does if that takes long. */
static char *
describe (const char *subject, FxpSnapshot *snapshot)
{
  const double rate = fxp_snapshot_get_samples_per_second (snapshot);
  GString *text = g_string_new (NULL);
  double share;

  if (subject != NULL)
    g_string_append_printf (text, "%s  ", subject);
  g_string_append_printf (text, _ ("epoch %.1f"), fxp_snapshot_get_epoch (snapshot));
  if (rate > 0)
    g_string_append_printf (text, _ ("  %.3g samples/s"), rate);
  switch (fxp_snapshot_get_activity (snapshot, &share))
    {
    case FXP_ACTIVITY_STEP:
      g_string_append_printf (text, _ ("  step %.0f %%"), share * 100);
      break;
    case FXP_ACTIVITY_TEST:
      g_string_append_printf (text, _ ("  evaluation %.0f %%"), share * 100);
      break;
    case FXP_ACTIVITY_NONE:
    default:
      break;
    }
  return g_string_free (text, FALSE);
}

/* Until the end of the run: of its steps, as fast as they and what came between them were, and of
 * the evaluation under way. */
static double
get_seconds_left (FxaProgress *self, double share, FxpActivity activity, double activity_share)
{
  double seconds = estimate (self->start_us, share - self->start_share, 1 - share);

  if (activity != FXP_ACTIVITY_TEST)
    {
      self->test_us = 0;
      return seconds;
    }
  if (self->test_us == 0)
    self->test_us = g_get_monotonic_time ();
  return seconds + estimate (self->test_us, activity_share, 1 - activity_share);
}

void
fxa_progress_update (FxaProgress *self, FxpSnapshot *snapshot)
{
  double activity_share, seconds, share, steps = fxp_snapshot_get_step (snapshot);
  const FxpActivity activity = fxp_snapshot_get_activity (snapshot, &activity_share);
  g_autofree char *what = NULL;

  if (activity == FXP_ACTIVITY_STEP)
    steps += activity_share;
  share = CLAMP (steps / self->n_steps, 0, 1);
  if (self->start_share < 0)
    self->start_share = share;
  seconds = get_seconds_left (self, share, activity, activity_share);
  if (!is_due (self))
    return;
  what = describe (self->subject, snapshot);
  draw (self, share, what, seconds);
}

void
fxa_progress_set_subject (FxaProgress *self, const char *subject)
{
  g_free (self->subject);
  self->subject = g_strdup (subject);
}

void
fxa_progress_begin_work (FxaProgress *self, const char *what)
{
  fxa_progress_set_subject (self, what);
  self->start_us = g_get_monotonic_time ();
}

void
fxa_progress_work (FxaProgress *self, double share)
{
  if (is_due (self))
    draw (self, share, self->subject, estimate (self->start_us, share, 1 - share));
}
