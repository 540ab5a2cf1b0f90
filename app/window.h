/* SPDX-License-Identifier: MIT */
/* The main window: one session, everything on one screen. */
#pragma once

#include "application.h"
#include "session.h"

G_BEGIN_DECLS

#define FXA_TYPE_WINDOW (fxa_window_get_type ())
G_DECLARE_FINAL_TYPE (FxaWindow, fxa_window, FXA, WINDOW, GtkApplicationWindow)

/* Trains at once unless @paused, or unless the user wants no motion. */
GtkWindow *fxa_window_new (FxaApplication *application,
                           FxpExperiment *experiment,
                           guint n_threads,
                           gboolean paused);

/* Every command is an action "win.NAME", also on the session bus; those with a state tell it.
 * Switches and values (activate or set the state):
 *   run b, speed d (steps a second, 0: no limit), chart s ("all", "loss", "accuracy", "sqnr",
 *   "bits", "exponents", ...), color-scheme s ("system", "light", "dark"), show-setup b,
 * show-outcome b Commands: step, epoch, reset, new-seed, undo, redo, help, close, dismiss (the
 * message) set (ss) a key and its value; all-bits u; preset s; select (uu) layer and role (6: the
 * sum) open s, save s, open-checkpoint s, save-checkpoint s, export-npz s, log s ("": no more),
 *   screenshot s (writes a PNG): paths; the same names with "-dialog" ask for one
 *   assign s ("run", "baseline"), assign-cancel, assign-apply, lock (us) (layer and role: locked,
 *   and back), assign-options s ("target=0.005 extra-bits=1", names in window-theory.c)
 *   assignment: its state says what is assigned and why, "" before
 *   fingerprint: takes it; its state is the newest one, "" meanwhile
 * To read (state only):
 *   status s: "run=1 state=running step=10 epoch=0.4 serial=3 edit=3 layers=3 marks=0 loading=0
 *   assigning=no assigned=0"
 *   experiment s: its text; message s: what the banner says, "" if nothing */

G_END_DECLS
