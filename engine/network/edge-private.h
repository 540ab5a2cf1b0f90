/* SPDX-License-Identifier: MIT */
/* What flows between two layers: codes or real values upwards, codes of gradients downwards. */
#pragma once

#ifndef FXP_COMPILATION
#  error "edge-private.h is for engine/ and tests/ only"
#endif

#include "network/cell-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpShape shape; /* of one sample */
  gsize n_features;

  FxpCell *cell;     /* borrowed; of the codes; NULL where real values flow */
  FxpTensor *codes;  /* owned; capacity x shape */
  double *reals;     /* of the pass under way, n x shape */
  double *own_reals; /* owned; what reals points to where they outlive the pass */
  gboolean keeps_reals;

  FxpCell *gradient_cell; /* borrowed; NULL where no layer below learns */
  FxpTensor *gradient;    /* owned; capacity x shape */
} FxpEdge;

void fxp_edge_clear (FxpEdge *self);
/* Room for @n samples in the formats of the cells. */
void fxp_edge_reserve (FxpEdge *self, gsize n);
/* Follows the cells' formats; codes become zero where they changed. */
void fxp_edge_update_formats (FxpEdge *self);
/* Place for the real values of this pass. */
double *fxp_edge_begin_reals (FxpEdge *self, const FxpPass *pass);

/* Codes of @sample, or of its gradient. */
static inline gpointer
fxp_edge_get_codes (const FxpEdge *self, gsize sample)
{
  return fxp_tensor_at (self->codes, sample * self->n_features);
}

static inline gpointer
fxp_edge_get_gradient (const FxpEdge *self, gsize sample)
{
  return fxp_tensor_at (self->gradient, sample * self->n_features);
}

G_END_DECLS
