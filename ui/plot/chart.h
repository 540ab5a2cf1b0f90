/* SPDX-License-Identifier: MIT */
/* A line chart as data and as a drawing: the same function serves the window, PNG, SVG and PDF.
 * Cairo and Pango only, no GTK. */
#pragma once

#include "plot/history.h"
#include "plot/palette.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_LINE_SOLID,
  FXU_LINE_DASHED,
  FXU_LINE_DOTTED,
  FXU_LINE_STEPS, /* holds its value until the next point: bit-widths */
} FxuLine;

typedef struct _FxuChart FxuChart;

/* @y_label carries the unit: "SQNR (dB)". */
FxuChart *fxu_chart_new (const char *title, const char *x_label, const char *y_label) G_GNUC_WARN_UNUSED_RESULT;
void fxu_chart_free (FxuChart *self);
const char *fxu_chart_get_title (const FxuChart *self);
void fxu_chart_set_title (FxuChart *self, const char *title);
/* The sentence in place of an empty chart; "No data yet" unless set. */
void fxu_chart_set_empty_text (FxuChart *self, const char *text);
/* Logarithmic y; values <= 0 are marked at the lower edge, not dropped. */
void fxu_chart_set_log_y (FxuChart *self, gboolean log_y);
gboolean fxu_chart_get_log_y (const FxuChart *self);
/* Fixed y range; else it follows the data, never shrinking while fxu_chart_set_held(). */
void fxu_chart_set_y_range (FxuChart *self, double min, double max);
void fxu_chart_set_held (FxuChart *self, gboolean held);
/* A horizontal line at @y that values should keep to, with its name; the axis takes it in.  NaN: none. */
void fxu_chart_set_limit (FxuChart *self, double y, const char *label);
/* Returns the series' number. @label is shown in the legend. */
guint fxu_chart_add_series (FxuChart *self, const char *label, FxuColor color, FxuLine line);
void fxu_chart_clear_series (FxuChart *self); /* removes all of them, and the marks */
void fxu_chart_set_series_visible (FxuChart *self, guint series, gboolean visible);
/* Another label and colour: what a line stands for, or light and dark, changed. */
void fxu_chart_set_series_look (FxuChart *self, guint series, const char *label, FxuColor color);
void fxu_chart_append (FxuChart *self, guint series, double x, double y);
void fxu_chart_clear_points (FxuChart *self); /* and the marks */
/* A vertical mark where a setting changed; labels that would overlap are numbered instead. */
void fxu_chart_add_mark (FxuChart *self, double x, const char *label);

typedef struct
{
  double width, height; /* in user units */
  double cursor_x;      /* position of a reading line in data units, NaN: none */
  gboolean focused;     /* draw the focus ring */
} FxuChartView;

/* Draws everything, title, legend, axes and the reading at the cursor included.  At most a point per pixel
 * column and series; longer series as min/max columns, where they are noisy pale ones under the
 * line of the columns' means. */
void fxu_chart_draw (const FxuChart *self, cairo_t *cr, const FxuChartView *view, const FxuPalette *palette);
/* Data x at horizontal position @px of that view, clamped to the data; NaN while empty. */
double fxu_chart_x_at (const FxuChart *self, const FxuChartView *view, double px);
/* One sentence with the newest values: "Loss: fixed 0.123, float 0.120 at epoch 41". */
char *fxu_chart_describe (const FxuChart *self) G_GNUC_WARN_UNUSED_RESULT;
/* The same at @x: what the cursor reads. */
char *fxu_chart_describe_at (const FxuChart *self, double x) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuChart, fxu_chart_free)

G_END_DECLS
