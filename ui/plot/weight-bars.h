/* SPDX-License-Identifier: MIT */
/* How weights are distributed before a conversion, upwards, and after it, downwards, in the same
 * bins.  A drawing as FxuChart is; Cairo and Pango only, no GTK. */
#pragma once

#include "plot/palette.h"

G_BEGIN_DECLS

typedef struct _FxuWeightBars FxuWeightBars;

FxuWeightBars *fxu_weight_bars_new (const char *empty_text) G_GNUC_WARN_UNUSED_RESULT;
void fxu_weight_bars_free (FxuWeightBars *self);
/* Counts @n weights and the values after.  The width of a bin follows from @before alone and is the
 * same for both, so that conversions of the same weights are binned alike.  What is not finite is
 * left out.  @n 0 clears. */
void fxu_weight_bars_set (FxuWeightBars *self,
                          const char *title,
                          const double *before,
                          const double *after,
                          gsize n);
/* Width of a bin; 0 without weights. */
double fxu_weight_bars_get_bin_width (const FxuWeightBars *self);
/* Bins are counted from 0 at the left, an odd number of them; zero lies in the middle of one. */
guint fxu_weight_bars_get_n_bins (const FxuWeightBars *self);
/* Share of the weights in a bin, before or after. */
double fxu_weight_bars_get_share (const FxuWeightBars *self, guint bin, gboolean after);
/* Share of the values after that are exactly zero. */
double fxu_weight_bars_get_zeros (const FxuWeightBars *self);
/* @bin: the one that is read out, or G_MAXUINT. */
void fxu_weight_bars_draw (const FxuWeightBars *self,
                           cairo_t *cr,
                           double width,
                           double height,
                           guint bin,
                           const FxuPalette *palette);
gboolean
fxu_weight_bars_find (const FxuWeightBars *self, double width, double height, double x, guint *bin);
char *fxu_weight_bars_describe (const FxuWeightBars *self) G_GNUC_WARN_UNUSED_RESULT;
char *fxu_weight_bars_describe_bin (const FxuWeightBars *self, guint bin) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxuWeightBars, fxu_weight_bars_free)

G_END_DECLS
