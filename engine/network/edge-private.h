/* SPDX-License-Identifier: MIT */
/* What flows between layers: codes or real values upwards, codes of gradients downwards. */
#pragma once

#ifndef FXP_COMPILATION
#  error "edge-private.h is for engine/ and tests/ only"
#endif

#include "network/cell-private.h"

G_BEGIN_DECLS

typedef struct _FxpEdge FxpEdge;

struct _FxpEdge
{
  FxpShape shape; /* of one sample */
  gsize n_features;

  /* Codes stand for their value / n_averaged, and in evaluation times share_kept. */
  FxpCell *cell;     /* borrowed; the activations' it carries; NULL where real values flow */
  FxpTensor *codes;  /* capacity x shape; its own, or its origin's */
  FxpEdge *origin;   /* borrowed; the edge below whose codes are this one's too, or NULL */
  gsize n_averaged;  /* pixels that average pooling has summed up so far, mostly 1 */
  double share_kept; /* by the dropouts so far, mostly 1 */

  double *reals;     /* of the pass under way, n x shape */
  double *own_reals; /* owned; what reals points to where they outlive the pass */
  FxpSlot slot;      /* or where else they lie */
  gboolean keeps_reals;

  FxpCell *gradient_cell; /* borrowed; NULL where no layer below learns */
  FxpTensor *gradient;    /* n x shape; its own, or its target's */
  FxpEdge *target;        /* borrowed; the edge above whose gradient is this one's too, or NULL */
  guint gradient_slot;    /* which of the shared memories it lies in */
  guint n_returning;      /* layers above that hand back real gradients: 2 where ways part */
  guint n_returned;       /* of these, in the pass under way */
};

void fxp_edge_clear (FxpEdge *self);
/* Room for @n samples in the formats of the cells.  The target and the origin come before. */
void fxp_edge_reserve_codes (FxpEdge *self, gsize n);
void fxp_edge_reserve_gradient (FxpEdge *self, gsize n, gboolean keeps);
/* Follows the cells' formats; codes become zero where they changed. */
void fxp_edge_update_formats (FxpEdge *self);
/* The format of its codes: the cell's, in a word wide enough for what average pooling sums up. */
FxpFormat fxp_edge_get_format (const FxpEdge *self);

/* Place for the real values of this pass. */
double *fxp_edge_begin_reals (FxpEdge *self, const FxpPass *pass);
/* What codes of this edge summed up to in a product becomes the value of the sum, in place. */
void fxp_edge_scale (const FxpEdge *self, const FxpPass *pass, double *values, gsize n);
/* Values of codes first..first + n - 1. */
void
fxp_edge_decode (const FxpEdge *self, const FxpPass *pass, gsize first, gsize n, double *values);
/* Takes the real gradient that one of the layers above hands back, n x shape, which it may change.
 * The last one to come is added to the others and quantized. */
void fxp_edge_return_gradient (FxpEdge *self, const FxpPass *pass, double *reals);

G_END_DECLS
