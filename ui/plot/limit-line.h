/* SPDX-License-Identifier: MIT */
/* A horizontal line that values should keep to, and its name.  Of the charts' drawing alone. */
#pragma once

#include "plot/lettering.h"
#include "plot/palette.h"

G_BEGIN_DECLS

void
fxu_limit_line_draw (cairo_t *cr, double left, double right, double y, const FxuPalette *palette);
/* Above the line at its right end, or below it where that would be above @top; on a ground of the
 * surface, through which what lies under it shimmers. */
void fxu_limit_line_draw_label (const FxuLettering *letters,
                                cairo_t *cr,
                                const char *label,
                                double left,
                                double right,
                                double y,
                                double top,
                                const FxuPalette *palette);

G_END_DECLS
