/* SPDX-License-Identifier: MIT */
/* What the signs in an FxuClusterSheet mean.  Of its drawing alone. */
#pragma once

#include "plot/lettering.h"
#include "plot/palette.h"

G_BEGIN_DECLS

/* The category residuals are drawn in. */
#define FXU_CLUSTER_RESIDUAL 1

void fxu_cluster_legend_draw (const FxuLettering *letters,
                              cairo_t *cr,
                              double left,
                              double baseline,
                              double right,
                              const FxuPalette *palette);

G_END_DECLS
