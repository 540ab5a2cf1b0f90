/* SPDX-License-Identifier: MIT */
/* Kernels and activations as tiles: of the fixed-point run, of its twin, or what lies between them.
 * No GTK. */
#pragma once

#include "fxp.h"
#include "plot/class-map.h"
#include "plot/tile-sheet.h"

G_BEGIN_DECLS

/* Channels of a layer and filters of a convolution that are shown at most. */
#define FXU_LEARNED_CHANNELS_MAX 16
#define FXU_LEARNED_FILTERS_MAX  64

/* Each channel of the kernels is a section, all in one scale, so that nothing is mixed into colours
 * that the network does not see.  NULL: nothing yet. */
void
fxu_learned_tiles_show_filters (FxuTileSheet *sheet, const FxpFilters *filters, FxuMapKind kind);
/* What enters each layer with weights is a section.  NULL: nothing yet.  @title stands above. */
void fxu_learned_tiles_show_activations (FxuTileSheet *sheet,
                                         const char *title,
                                         FxpTopology *topology,
                                         const FxpActivations *activations,
                                         FxuMapKind kind);

G_END_DECLS
