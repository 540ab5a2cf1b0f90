/* SPDX-License-Identifier: MIT */
/* The inside of an FxuChart and where its parts lie in a drawing; for the chart's own files. */
#pragma once

#include "plot/chart.h"
#include "plot/lettering.h"
#include "plot/scale.h"

G_BEGIN_DECLS

typedef struct
{
  char *label;
  FxuColor color;
  FxuLine line;
  gboolean is_visible;
  FxuHistory *history;
  double y_min, y_max;   /* finite values; min > max while there are none */
  double y_min_positive; /* +inf while there are none */
  guint64 n_nonfinite;
} FxuChartSeries;

typedef struct
{
  double x;
  char *label;
} FxuChartMark;

struct _FxuChart
{
  char *title, *x_label, *y_label, *empty_text;
  GArray *series; /* FxuChartSeries */
  GArray *marks;  /* FxuChartMark, by rising x */
  gboolean log_y;
  gboolean is_held;
  double fixed_min, fixed_max; /* NaN: follows the data */
  double limit;                /* NaN: none */
  char *limit_label;           /* NULL: none */
  gboolean has_points;
  gboolean has_y; /* the y axis has followed some data */
  double x_first, x_last;
  FxuScale x, y;
};

/* A legend entry's place in the legend's box. */
typedef struct
{
  guint series;
  guint row;
  double x;
} FxuLegendItem;

typedef struct
{
  FxuLettering letters;
  double width, height;             /* of the whole drawing */
  double pad;                       /* empty border */
  double left, top, across, down;   /* plot area, in whole pixels */
  double row;                       /* height of a line of text */
  double title_baseline, title_end; /* 0: no title */
  double legend_left, legend_top;
  GArray *legend; /* FxuLegendItem */
  guint n_unlisted;
  double sample;                                           /* length of a line sample */
  double marks_baseline, x_label_baseline, ticks_baseline; /* 0: none */
  FxuTick x_ticks[FXU_TICKS_MAX];
  FxuTick y_ticks[FXU_TICKS_MAX];
  guint n_x_ticks, n_y_ticks;
} FxuChartFrame;

static inline const FxuChartSeries *
fxu_chart_peek_series (const FxuChart *self, guint i)
{
  return &g_array_index (self->series, FxuChartSeries, i);
}

/* The bucket that a reading at @x means; NULL while the series is empty. */
const FxuBucket *fxu_chart_series_peek_at (const FxuChartSeries *self, double x);
/* The mark at @x or within @reach of it, else 0; counts from 1. */
guint fxu_chart_find_mark (const FxuChart *self, double x, double reach);

void fxu_chart_frame_init (FxuChartFrame *self, const FxuChart *chart, double width, double height);
void fxu_chart_frame_clear (FxuChartFrame *self);
double fxu_chart_frame_get_x (const FxuChartFrame *self, const FxuChart *chart, double x);
/* Never farther outside the plot area than its own height. */
double fxu_chart_frame_get_y (const FxuChartFrame *self, const FxuChart *chart, double y);

/* Drawn in the current source and clipped by the caller: the columns of a noisy series, nothing of
 * any other, and then the line over it, moved down by @dodge user units. */
void fxu_chart_trace_band (const FxuChart *self,
                           const FxuChartFrame *frame,
                           const FxuChartSeries *series,
                           cairo_t *cr);
void fxu_chart_trace_line (const FxuChart *self,
                           const FxuChartFrame *frame,
                           const FxuChartSeries *series,
                           double dodge,
                           cairo_t *cr);
/* Sets width, dashes and joins of @line. */
void fxu_chart_set_pen (const FxuChartFrame *frame, FxuLine line, cairo_t *cr);
void fxu_chart_draw_legend (const FxuChart *self,
                            const FxuChartFrame *frame,
                            double cursor_x,
                            const FxuPalette *palette,
                            cairo_t *cr);
void fxu_chart_draw_limit (const FxuChart *self,
                           const FxuChartFrame *frame,
                           const FxuPalette *palette,
                           cairo_t *cr);
void fxu_chart_draw_limit_label (const FxuChart *self,
                                 const FxuChartFrame *frame,
                                 const FxuPalette *palette,
                                 cairo_t *cr);
void fxu_chart_draw_marks (const FxuChart *self,
                           const FxuChartFrame *frame,
                           const FxuPalette *palette,
                           cairo_t *cr);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxuChartFrame, fxu_chart_frame_clear)

G_END_DECLS
