/* SPDX-License-Identifier: MIT */
/* What the files of the window share. */
#pragma once

#include "window.h"
#include "pulse.h"
#include "run/chart-board.h"

G_BEGIN_DECLS

struct _FxaWindow
{
  GtkApplicationWindow parent_instance;

  FxuSession *session;
  FxaPreferences *preferences;
  FxaPulse *pulse; /* owned */

  GtkWidget *info_bar;
  GtkWidget *message_icon;
  GtkWidget *message;
  GtkWidget *setup;
  GtkWidget *pages; /* a stack of the next four */
  GtkWidget *matrix;
  GtkWidget *network;
  GtkWidget *assignment;
  GtkWidget *conversion;
  GtkWidget *price;
  GtkWidget *outcome;
  GtkWidget *inspector;
  GtkWidget *boards; /* a stack of the next three */
  GtkWidget *charts;
  GtkWidget *theory;
  GtkWidget *trials;
  GtkWidget *run_bar;
  GtkWidget *top, *bottom, *work; /* panes whose dividers the window places */

  GtkFileChooserNative *chooser; /* while it is open */
  GCancellable *cancellable;     /* cancelled when the window goes */
  guint cue_id;
  guint status_id;
  gboolean is_placed; /* the dividers are where they belong */
  gboolean diverged;  /* the banner has told of it */
};

/* One sentence in the window, until it is dismissed. */
void fxa_window_tell (FxaWindow *self, GtkMessageType type, const char *message);
void fxa_window_dismiss (FxaWindow *self);

/* window-panes.c: everything below the bars, and the commands that turn its pages. */
GtkWidget *fxa_window_make_panes (FxaWindow *self);
void fxa_window_add_pane_actions (FxaWindow *self);
/* Whether what was learned is there, unless the page in front needs its room. */
void fxa_window_show_outcome (FxaWindow *self, gboolean visible);
/* Where the dividers stand at first. */
void fxa_window_place_dividers (FxaWindow *self, int width, int height);

/* window-charts.c: the pane of charts, and the commands that turn and fill it. */
GtkWidget *fxa_window_make_charts (FxaWindow *self);
void fxa_window_add_chart_actions (FxaWindow *self);
void fxa_window_select_charts (FxaWindow *self, FxuSpan span, guint layer, FxpRole role);
/* A line per chart, of all boards. */
char *fxa_window_describe_charts (FxaWindow *self) G_GNUC_WARN_UNUSED_RESULT;

/* window-actions.c */
void fxa_window_add_actions (FxaWindow *self);
/* window-status.c: what can be read. */
void fxa_window_add_status (FxaWindow *self);
void fxa_window_update_status_soon (FxaWindow *self);
/* window-theory.c: assigning precision. */
void fxa_window_add_theory_actions (FxaWindow *self);
/* "no", "baseline" or "gains". */
const char *fxa_window_get_assigning (FxaWindow *self);
/* window-convert.c: from the trained network to few-bit weights. */
void fxa_window_add_convert_actions (FxaWindow *self);
/* "idle", "taking", "calibrating", "reestimating", "tuning", "testing" or "certifying". */
const char *fxa_window_get_converting (FxaWindow *self);
/* window-files.c: everything with a path or a dialog. */
void fxa_window_add_file_actions (FxaWindow *self);

/* Sets the state of a stateful action from the program's side. */
void fxa_window_set_action_state (FxaWindow *self, const char *name, GVariant *state);

G_END_DECLS
