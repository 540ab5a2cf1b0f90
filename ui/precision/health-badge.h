/* SPDX-License-Identifier: MIT */
/* The sign of a verdict: its shape tells as much as its colour.  Cairo only, no GTK. */
#pragma once

#include "plot/palette.h"
#include "precision/health.h"

G_BEGIN_DECLS

#define FXU_HEALTH_BADGE_SIZE 11.0f

/* Within the size from (@x, @y) on; hollow while only predicted. */
void fxu_health_badge_draw (cairo_t *cr,
                            FxuHealth health,
                            gboolean predicted,
                            double x,
                            double y,
                            const FxuPalette *palette);
FxuHue fxu_health_badge_get_hue (FxuHealth health);

G_END_DECLS
