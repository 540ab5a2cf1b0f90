/* SPDX-License-Identifier: MIT */
/* A horizontal line of what values are compared with, grey and dashed as the float twin is, and its
 * name.  Of the charts' drawing alone. */
#pragma once

#include "plot/lettering.h"
#include "plot/palette.h"

G_BEGIN_DECLS

/* The name stands above the line at its right end, or below it where that would be above @top. */
void fxu_reference_line_draw (const FxuLettering *letters,
                              cairo_t *cr,
                              const char *label,
                              double left,
                              double right,
                              double y,
                              double top,
                              const FxuPalette *palette);

G_END_DECLS
