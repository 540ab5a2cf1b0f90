/* SPDX-License-Identifier: MIT */
/* The layers of a network and the edges between them: which cell belongs to what flows where, and
 * which memory gradients lie in.  For network.c and unit-trace.c only. */
#pragma once

#ifndef FXP_COMPILATION
#  error "wiring-private.h is for engine/ and tests/ only"
#endif

#include "network/layer-private.h"

G_BEGIN_DECLS

/* Memory that gradients share, one after the other. */
typedef struct
{
  gsize n_bytes; /* of the largest one, of a sample, in the formats of now */
  gpointer data; /* borrowed; of the pass under way */
} FxpGradientSlot;

typedef struct
{
  FxpLayer **layers; /* owned; in order of execution */
  guint n_layers;
  FxpEdge *edges;        /* owned; n_layers + 1: edge 0 is the input, edge i + 1 leaves layer i */
  FxpWeights **rows;     /* borrowed from the layers */
  FxpEdge **row_inputs;  /* per row: where its activations come from */
  FxpEdge **row_sums;    /* per row: where its sums leave */
  FxpEdge **row_outputs; /* per row: where its G_A enters, behind its batch normalization */
  guint n_rows;
  FxpGradientSlot *slots; /* owned */
  guint n_slots;
  FxpCell input_gradient; /* of A_1, where it is wanted; no cell of the matrix */
  double n_multiplies;    /* of one sample's forward pass */
  gboolean keeps_gradients;
} FxpWiring;

/* @shapes: of the layers' outputs, as fxp_topology_check() fills them. */
FxpWiring *fxp_wiring_new (FxpTopology *topology,
                           const FxpShape *input,
                           const FxpShape *shapes) G_GNUC_WARN_UNUSED_RESULT;
void fxp_wiring_free (FxpWiring *self);
/* Gradients go down to the inputs from now on.  Before any room is taken. */
void fxp_wiring_want_input_gradient (FxpWiring *self, FxpTopology *topology);
/* Room for @n samples. */
void fxp_wiring_reserve (FxpWiring *self, gsize n);
void fxp_wiring_update_formats (FxpWiring *self);
/* Puts the gradients of @n samples into their memory, and forgets what was handed back. */
void fxp_wiring_begin_backward (FxpWiring *self, gsize n, FxpScratch *scratch);

/* Those of @network, and a pass like its last one, for who walks them anew behind it.  @ignored:
 * where what is not finite is noted meanwhile. */
FxpWiring *fxp_network_begin_trace (FxpNetwork *network, FxpPass *pass, FxpNonfinite *ignored);

static inline FxpEdge *
fxp_wiring_get_last_edge (const FxpWiring *self)
{
  return &self->edges[self->n_layers];
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FxpWiring, fxp_wiring_free)

G_END_DECLS
