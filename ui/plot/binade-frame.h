/* SPDX-License-Identifier: MIT */
/* The inside of an FxuBinadeChart and where its parts lie in a drawing; for its own files. */
#pragma once

#include "plot/binade-chart.h"
#include "plot/lettering.h"

G_BEGIN_DECLS

/* What would become of the values of one sign and binade, as shares of them. */
typedef struct
{
  double over, under;
} FxuBinadeFate;

struct _FxuBinadeChart
{
  gboolean has_statistics, has_quantizer;
  FxpStatistics statistics;
  FxpQuantizer quantizer;
  gboolean is_held;
  FxuBinadeFate fates[2][FXP_N_BINADES]; /* as statistics.binades */
  FxpQuantizeCounts would_be;
  double n;           /* values, zeros included */
  int low, high;      /* exponents shown: 2^low .. 2^high */
  double greatest;    /* share at the end of the y axis */
  gboolean has_below; /* a half for negative values */
};

/* Exponents of the window's ends; FALSE for the float reference or without a quantizer. */
gboolean fxu_binade_chart_get_window (const FxuBinadeChart *self, int *step, int *range);
/* "12.3 %", and "<0.1 %" for what is little but not nothing. */
char *fxu_binade_chart_format_share (double share) G_GNUC_WARN_UNUSED_RESULT;

typedef struct
{
  FxuLettering letters;
  double width, height, pad;
  double left, top, across, down;       /* plot area */
  double axis;                          /* y of the line between the halves */
  double slot;                          /* width of a binade */
  double header, strip, ticks, caption; /* baselines, 0: none */
} FxuBinadeFrame;

void fxu_binade_frame_init (FxuBinadeFrame *self,
                            const FxuBinadeChart *chart,
                            double width,
                            double height);
void fxu_binade_frame_clear (FxuBinadeFrame *self);
double
fxu_binade_frame_get_x (const FxuBinadeFrame *self, const FxuBinadeChart *chart, double exponent);
/* Height of a bar that stands for @share of the values. */
double
fxu_binade_frame_get_height (const FxuBinadeFrame *self, const FxuBinadeChart *chart, double share);

/* What lies behind the bars of the format's window, and what before them. */
void fxu_binade_chart_draw_ground (const FxuBinadeFrame *frame,
                                   const FxuBinadeChart *self,
                                   cairo_t *cr,
                                   FxuWindowPart active,
                                   const FxuPalette *palette);
void fxu_binade_chart_draw_window (const FxuBinadeFrame *frame,
                                   const FxuBinadeChart *self,
                                   cairo_t *cr,
                                   FxuWindowPart active,
                                   const FxuPalette *palette);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (FxuBinadeFrame, fxu_binade_frame_clear)

G_END_DECLS
