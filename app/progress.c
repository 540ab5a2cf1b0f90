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
  guint64 epochs, steps;
  gboolean on_terminal;
  gint64 start_us;
  gint64 drawn_us;
  double start_share; /* done before this run, by a resumed checkpoint; < 0 until known */
};

FxaProgress *
fxa_progress_new (guint64 epochs, guint64 steps)
{
  FxaProgress *self = g_new0 (FxaProgress, 1);

  self->epochs = epochs;
  self->steps = steps;
  self->on_terminal = isatty (STDERR_FILENO);
  self->start_us = g_get_monotonic_time ();
  self->start_share = -1;
  return self;
}

void
fxa_progress_free (FxaProgress *self)
{
  if (self == NULL)
    return;
  if (self->drawn_us != 0)
    fputs ("\r\033[K", stderr);
  g_free (self);
}

static double
get_share (FxaProgress *self, FxpSnapshot *snapshot)
{
  double share = 0;

  if (self->epochs > 0)
    share = fxp_snapshot_get_epoch (snapshot) / self->epochs;
  if (self->steps > 0)
    share = MAX (share, fxp_snapshot_get_step (snapshot) / (double)self->steps);
  return CLAMP (share, 0, 1);
}

static char *
format_duration (double seconds)
{
  const int whole = (int)CLAMP (round (seconds), 0, 359999);

  if (whole >= 3600)
    return g_strdup_printf ("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  return g_strdup_printf ("%d:%02d", whole / 60, whole % 60);
}

void
fxa_progress_update (FxaProgress *self, FxpSnapshot *snapshot)
{
  const gint64 now_us = g_get_monotonic_time ();
  const double share = get_share (self, snapshot);
  g_autoptr (GString) bar = NULL;
  g_autofree char *left = NULL;
  double seconds;

  if (self->start_share < 0)
    self->start_share = share;
  if (!self->on_terminal || now_us - self->drawn_us < INTERVAL_US)
    return;
  self->drawn_us = now_us;
  bar = g_string_new (NULL);
  for (int i = 0; i < BAR_WIDTH; i++)
    g_string_append (bar, i < share * BAR_WIDTH ? "█" : "░");
  seconds = (now_us - self->start_us) / (double)G_USEC_PER_SEC;
  left = share > self->start_share
           ? format_duration (seconds * (1 - share) / (share - self->start_share))
           : g_strdup ("–");
  /* translators: epoch, samples per second, time left */
  fprintf (stderr,
           _ ("\r%s %3.0f %%  epoch %.1f  %.0f samples/s  %s left\033[K"),
           bar->str,
           share * 100,
           fxp_snapshot_get_epoch (snapshot),
           fxp_snapshot_get_samples_per_second (snapshot),
           left);
  fflush (stderr);
}
