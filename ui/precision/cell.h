/* SPDX-License-Identifier: MIT */
/* One cell of the precision matrix, or a heading that stands for a row, a column or all of them: it
 * shows bits and health and is the control itself. */
#pragma once

#include "precision/health.h"
#include "precision/nudge.h"
#include "precision/slack.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_TYPE_PRECISION_CELL (fxu_precision_cell_get_type ())
G_DECLARE_FINAL_TYPE (FxuPrecisionCell, fxu_precision_cell, FXU, PRECISION_CELL, GtkWidget)

typedef enum
{
  FXU_CELL_VALUE,
  FXU_CELL_ROW,
  FXU_CELL_COLUMN,
  FXU_CELL_CORNER,
} FxuCellKind;

/* What a cell shows; strings are copied. */
typedef struct
{
  const char *title;    /* "12", "float"; Pango markup in headings */
  const char *subtitle; /* "Q2.9" */
  const char *note;     /* "38 dB" */
  const char *spoken;   /* name for assistive technology: "fc2, weights" */
  const char *reading;  /* value for assistive technology, and tooltip */
  FxuHealth health;
  gboolean predicted;
  FxuSlack slack; /* that the criteria leave */
  gboolean is_locked;
  guint word_bits; /* 0: none */
  /* Values by binade under the format's window; NULL: none. */
  const FxpStatistics *statistics;
  FxpFormat format;
  gboolean is_shared; /* another cell has the tensor, and @title names it */
  double filled; /* of a register: share of its bits that was needed, above 1 too; 0: none known */
} FxuCellFace;

GtkWidget *fxu_precision_cell_new (FxuCellKind kind) G_GNUC_WARN_UNUSED_RESULT;
/* Two lines of text and no histogram, for matrices of many rows. */
void fxu_precision_cell_set_compact (FxuPrecisionCell *self, gboolean compact);
/* Draws anew only if something shown differs. */
void fxu_precision_cell_show (FxuPrecisionCell *self, const FxuCellFace *face);
/* What it says to assistive technology; borrowed, NULL before something was shown. */
const char *fxu_precision_cell_get_reading (FxuPrecisionCell *self);
/* FULL: this one; PART: its row or column is. */
typedef enum
{
  FXU_SELECTED_NOT,
  FXU_SELECTED_PART,
  FXU_SELECTED_FULL,
} FxuSelected;
void fxu_precision_cell_set_selected (FxuPrecisionCell *self, FxuSelected selected);

/* Signals:
 *   "nudge" (gpointer FxuNudge)     the user wants this change
 *   "grab" (gboolean begins)        a drag begins or ends: what comes between is one edit
 *   "selected"                      it has the focus now, or was clicked
 *   "move" (int columns, int rows)  the focus wants to go there
 *   "open"                          Enter, or a double click
 *   "typed"                         a digit came or went; taken with Enter */

G_END_DECLS
