/* SPDX-License-Identifier: MIT */
/* How a cell is drawn.  Of the cell alone. */
#pragma once

#include "plot/palette.h"
#include "precision/health.h"
#include "precision/slack.h"
#include <gtk/gtk.h>

G_BEGIN_DECLS

#define FXU_BARS_MAX 20

/* Everything a cell draws. */
typedef struct
{
  PangoLayout *title;
  PangoLayout *subtitle;
  PangoLayout *note;
  int least_width; /* so that columns stand still while figures change */
  gboolean is_heading;
  gboolean is_compact; /* title and one line, no bars */
  gboolean is_shared;  /* another cell's tensor: no badge */
  FxuHealth health;
  gboolean predicted;
  FxuSlack slack; /* a bar at the edge */
  gboolean is_locked;
  /* Bars of the small histogram, from large magnitudes to small, heights 0..1. */
  guint n_bars;
  float bars[FXU_BARS_MAX];
  guint8 hues[FXU_BARS_MAX]; /* FxuHue */
  float filled;              /* of a register, in the same place; 0: none */
} FxuFace;

/* Fills the bars of @self from @statistics as they lie in @format. */
void fxu_face_set_bars (FxuFace *self, const FxpStatistics *statistics, FxpFormat format);
/* Least size that shows all text; the natural height has room for the bars. */
void fxu_face_measure (const FxuFace *self, int *width, int *height, int *natural_height);
void fxu_face_draw (const FxuFace *self,
                    GtkSnapshot *snapshot,
                    double width,
                    double height,
                    const GdkRGBA *text,
                    const FxuPalette *palette);

G_END_DECLS
