/* SPDX-License-Identifier: MIT */
/* The drawing of a tensor's histogram by binade under the window of its number format, and what
 * moving that window makes of the format.  Cairo and Pango only, no GTK.
 *
 * The window reaches from the exponent of the least step to that of the range: one binade per bit
 * of the word beside the sign. */
#pragma once

#include "fxp.h"
#include "plot/palette.h"

G_BEGIN_DECLS

typedef enum
{
  FXU_WINDOW_NONE,
  FXU_WINDOW_STEP,  /* left edge: fraction bits, the range stays */
  FXU_WINDOW_RANGE, /* right edge: integer bits, the step stays */
  FXU_WINDOW_BODY,  /* both: the binary point, the word length stays */
} FxuWindowPart;

/* Moves a part of the window by so many binades to the right, as far as formats go.  FALSE if
 * nothing changed; always so for the float reference. */
gboolean fxu_window_move (FxpQuantizer *quantizer, FxuWindowPart part, int binades);

typedef struct _FxuBinadeChart FxuBinadeChart;

FxuBinadeChart *fxu_binade_chart_new (void) G_GNUC_WARN_UNUSED_RESULT;
void fxu_binade_chart_free (FxuBinadeChart *self);
/* Copied; NULL clears. */
void fxu_binade_chart_set_statistics (FxuBinadeChart *self, const FxpStatistics *statistics);
void fxu_binade_chart_set_quantizer (FxuBinadeChart *self, const FxpQuantizer *quantizer);
/* FALSE while there is none. */
gboolean fxu_binade_chart_get_quantizer (const FxuBinadeChart *self, FxpQuantizer *quantizer);
/* While held the axes only grow: nothing moves under a drag. */
void fxu_binade_chart_set_held (FxuBinadeChart *self, gboolean held);
/* @active is drawn stronger. */
void fxu_binade_chart_draw (const FxuBinadeChart *self,
                            cairo_t *cr,
                            double width,
                            double height,
                            FxuWindowPart active,
                            const FxuPalette *palette);
FxuWindowPart
fxu_binade_chart_find_part (const FxuBinadeChart *self, double width, double height, double px);
/* Exponent, with fraction, at horizontal position @px. */
double
fxu_binade_chart_get_exponent (const FxuBinadeChart *self, double width, double height, double px);
/* One sentence: the format and what would become of the values. */
char *fxu_binade_chart_describe (const FxuBinadeChart *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuBinadeChart, fxu_binade_chart_free)

G_END_DECLS
