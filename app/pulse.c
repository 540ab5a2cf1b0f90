/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "pulse.h"

#define INTERVAL_MS 10

struct _FxaPulse
{
  GtkWidget *window; /* borrowed */
  gulong realized_id;
  gulong painted_id;
  guint beat_id;
  gint64 last_beat_us;
  guint first_frame_ms;
  guint longest_pause_ms;
};

static gint64 begin_us;

void
fxa_pulse_begin (void)
{
  begin_us = g_get_monotonic_time ();
}

static void
painted_cb (GdkFrameClock *clock, FxaPulse *self)
{
  self->first_frame_ms = (guint)MAX ((g_get_monotonic_time () - begin_us) / 1000, 1);
  g_clear_signal_handler (&self->painted_id, clock);
}

static void
realized_cb (GtkWidget *window, FxaPulse *self)
{
  if (self->first_frame_ms == 0 && self->painted_id == 0)
    self->painted_id = g_signal_connect (gtk_widget_get_frame_clock (window),
                                         "after-paint",
                                         G_CALLBACK (painted_cb),
                                         self);
}

FxaPulse *
fxa_pulse_new (GtkWidget *window)
{
  FxaPulse *self = g_new0 (FxaPulse, 1);

  self->window = window;
  self->realized_id = g_signal_connect (window, "realize", G_CALLBACK (realized_cb), self);
  return self;
}

void
fxa_pulse_free (FxaPulse *self)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (self->window);

  if (self->painted_id != 0 && clock != NULL)
    g_signal_handler_disconnect (clock, self->painted_id);
  g_clear_signal_handler (&self->realized_id, self->window);
  g_clear_handle_id (&self->beat_id, g_source_remove);
  g_free (self);
}

static gboolean
beat_cb (gpointer data)
{
  FxaPulse *self = data;
  gint64 now_us = g_get_monotonic_time ();
  gint64 late_us = now_us - self->last_beat_us - INTERVAL_MS * 1000;

  self->longest_pause_ms = MAX (self->longest_pause_ms, (guint)(MAX (late_us, 0) / 1000));
  self->last_beat_us = now_us;
  return G_SOURCE_CONTINUE;
}

void
fxa_pulse_watch (FxaPulse *self, gboolean watch)
{
  g_clear_handle_id (&self->beat_id, g_source_remove);
  if (!watch)
    return;
  self->longest_pause_ms = 0;
  self->last_beat_us = g_get_monotonic_time ();
  self->beat_id = g_timeout_add_full (G_PRIORITY_HIGH, INTERVAL_MS, beat_cb, self, NULL);
}

guint
fxa_pulse_get_first_frame_ms (const FxaPulse *self)
{
  return self->first_frame_ms;
}

guint
fxa_pulse_get_longest_pause_ms (const FxaPulse *self)
{
  return self->longest_pause_ms;
}
