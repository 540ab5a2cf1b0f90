/* SPDX-License-Identifier: MIT */
/* A common rhythm for everything that follows a run, so that what changes together is drawn in one
 * frame.  Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* As often as an eye follows a line. */
#define FXU_BEAT_MS 66
/* Beats between updates of figures to read. */
#define FXU_BEATS_FIGURE 2

/* Calls @function (@data) once, at the next beat whose number is a multiple of @n; returns an id.
 * What is asked for from within a beat with @n 1 still belongs to it: one update leads to the
 * next. */
guint fxu_beat_add (guint n, GFunc function, gpointer data);
void fxu_beat_remove (guint id);

G_END_DECLS
