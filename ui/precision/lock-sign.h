/* SPDX-License-Identifier: MIT */
/* The small lock of a tensor that an assignment leaves as it is.  Cairo only, no GTK. */
#pragma once

#include "plot/palette.h"

G_BEGIN_DECLS

#define FXU_LOCK_SIGN_WIDTH  9.0f
#define FXU_LOCK_SIGN_HEIGHT 11.0f

/* Within the size from (@x, @y) on. */
void fxu_lock_sign_draw (cairo_t *cr, double x, double y, const FxuPalette *palette);

G_END_DECLS
