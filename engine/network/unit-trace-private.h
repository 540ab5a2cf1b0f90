/* SPDX-License-Identifier: MIT */
/* How a layer's product depends on what goes into it, for the analysis of noise: its sizes, its
 * activations, and where a unit of its G_A ends up.  Of float networks; worker only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "unit-trace-private.h is for engine/ and tests/ only"
#endif

#include "network/network-private.h"
#include "tensor/lowering-private.h"

G_BEGIN_DECLS

/* G_W = sum over samples and places of a sum's gradient times the activations that the sum saw. */
typedef struct
{
  gboolean is_convolution;
  FxpWindow window;     /* of a convolution */
  gsize n_activations;  /* of one sample */
  gsize n_places;       /* of one sample's sums; 1 where it is no convolution */
  gsize n_units;        /* sums at a place */
  gsize n_inputs;       /* that a sum sees, taps of the kernel included */
  gsize n_taps;         /* 1 where it is no convolution */
  gsize n_gradients;    /* elements of one sample's G_A, behind pooling */
  gboolean is_averaged; /* several sums get one element of G_A, by average pooling */
} FxpLayerGeometry;

FxpLayerGeometry fxp_network_get_geometry (FxpNetwork *self, guint layer);
/* Samples of the last pass. */
gsize fxp_network_get_n_samples (FxpNetwork *self);
/* Values of A as the layer's product saw them in the last pass, n x n_activations, images
 * channels-last: divided and times the share that average pooling and dropout ask for. */
void fxp_network_get_operands (FxpNetwork *self, guint layer, float *values);
/* Which element of its sample's G_A reaches each of the sums, counted from 1 as they lie, or 0
 * where none does; n x the sums' shape, channels-last.  A derivative of 0 is not looked at.  When
 * and at what cost as fxp_network_trace_units(). */
void fxp_network_trace_owners (FxpNetwork *self, guint layer, guint32 *owners);

G_END_DECLS
