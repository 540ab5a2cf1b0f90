/* SPDX-License-Identifier: MIT */
/* One tensor in the table of an assignment: its bits, what set them, and a lock.  Of the table
 * alone. */
#pragma once

#include "precision/slack.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_ASSIGNMENT_CELL (fxu_assignment_cell_get_type ())
G_DECLARE_FINAL_TYPE (FxuAssignmentCell, fxu_assignment_cell, FXU, ASSIGNMENT_CELL, GtkWidget)

/* What a cell shows; strings are copied. */
typedef struct
{
  const char *before;  /* "12": what is in place and would change; NULL: nothing changes */
  const char *bits;    /* "9" */
  const char *format;  /* "Q0.8" */
  const char *reason;  /* "EFQN +0.3": what set the bits, and what it leaves */
  const char *spoken;  /* name for assistive technology: "fc2, weights" */
  const char *reading; /* the rest of it, and the tooltip */
  FxuSlack slack;
  gboolean is_locked;
  gboolean has_notes; /* a cap, a floor, ... acts */
} FxuAssignmentFace;

GtkWidget *fxu_assignment_cell_new (gboolean compact) G_GNUC_WARN_UNUSED_RESULT;
void fxu_assignment_cell_show (FxuAssignmentCell *self, const FxuAssignmentFace *face);
void fxu_assignment_cell_set_selected (FxuAssignmentCell *self, gboolean selected);
/* What it says to assistive technology; borrowed. */
const char *fxu_assignment_cell_get_reading (FxuAssignmentCell *self);

/* Signals:
 *   "selected"           it has the focus now, or was clicked
 *   "lock" (gboolean)    the user wants it locked, or not */

G_END_DECLS
