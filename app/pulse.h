/* SPDX-License-Identifier: MIT */
/* How smoothly a window runs, for those who measure it: when its first frame was there and how long
 * the main loop was kept from its work. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _FxaPulse FxaPulse;

/* To be called first of all: times are since then. */
void fxa_pulse_begin (void);
/* Of @window, which outlives it. */
FxaPulse *fxa_pulse_new (GtkWidget *window) G_GNUC_WARN_UNUSED_RESULT;
void fxa_pulse_free (FxaPulse *self);
/* The watch wakes the program a hundred times a second, so it is off unless asked for. */
void fxa_pulse_watch (FxaPulse *self, gboolean watch);
/* Milliseconds until the first frame was drawn; 0 before. */
guint fxa_pulse_get_first_frame_ms (const FxaPulse *self);
/* Longest time the main loop was late, since the watch began. */
guint fxa_pulse_get_longest_pause_ms (const FxaPulse *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxaPulse, fxa_pulse_free)

G_END_DECLS
