/* SPDX-License-Identifier: MIT */
/* What flows between layers: codes or real values upwards, codes of gradients downwards.  Images
 * lie channels-last: sample by sample, pixel by pixel, the channels of a pixel side by side. */
#pragma once

#ifndef FXP_COMPILATION
#  error "edge-private.h is for engine/ and tests/ only"
#endif

#include "network/cell-private.h"
#include "network/sum-loop-private.h"

G_BEGIN_DECLS

typedef struct _FxpEdge FxpEdge;
typedef struct _FxpLayer FxpLayer;

/* Activations that real values become: Q (act (value + the identity's values)). */
typedef struct
{
  const FxpTensor *identity; /* as many codes, or NULL */
  const FxpQuantizer *quantizer;
  const FxpNoise *noise; /* or NULL */
  const FxpTensor *codes;
  guint8 *mask; /* 1 lets the gradient pass */
} FxpOutlook;

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

  FxpLayer *taker;   /* borrowed; the layer that takes real values as they come, or NULL */
  double *reals;     /* of the pass under way, n x shape, where nobody takes them */
  double *own_reals; /* owned; what reals points to where they outlive the pass */
  FxpSlot slot;      /* or where else they lie */
  gboolean keeps_reals;
  gboolean reads_sums; /* the layer above reads sums as well, see fxp_edge_begin_sums() */
  gint32 *sums;        /* then in place of reals, in the pass under way: values / sum_step */
  double sum_step;

  FxpCell *gradient_cell; /* borrowed; NULL where nobody below asks for it */
  FxpTensor *gradient;    /* n x shape; its own, or its target's */
  FxpEdge *target;        /* borrowed; the edge above whose gradient is this one's too, or NULL */
  guint gradient_slot;    /* which of the shared memories it lies in */
  FxpNoise noise;         /* of the gradient handed back, in the pass under way */
  const FxpNoise *draws;  /* NULL where it needs none */
  double *pending;        /* the gradient that came first of two, where the second one comes */
  guint n_returning;      /* layers above that hand back real gradients: 2 where ways part */
  guint n_returned;       /* of these, in the pass under way */
  /* Borrowed; another gradient's codes, where these came first of the two; else NULL. */
  const FxpTensor *pending_codes;
};

void fxp_edge_clear (FxpEdge *self);
/* Room for @n samples in the formats of the cells.  The target and the origin come before. */
void fxp_edge_reserve_codes (FxpEdge *self, gsize n);
void fxp_edge_reserve_gradient (FxpEdge *self, gsize n, gboolean keeps);
/* Follows the cells' formats; codes become zero where they changed. */
void fxp_edge_update_formats (FxpEdge *self);
/* The format of its codes: the cell's, in a word wide enough for what average pooling sums up. */
FxpFormat fxp_edge_get_format (const FxpEdge *self);

/* Quantizes the inputs of a pass, n x shape in the order in which it counts. */
void fxp_edge_take_inputs (FxpEdge *self, const FxpPass *pass, const double *inputs);
/* Place for the real values of this pass. */
double *fxp_edge_begin_reals (FxpEdge *self, const FxpPass *pass);
/* Place for integers that are the real values of this pass divided by @step, a power of two.  NULL
 * where they must be real values. */
gint32 *fxp_edge_begin_sums (FxpEdge *self, const FxpPass *pass, double step);
/* Real values flow up in pieces, while they are in the nearest cache.  Elements @first and on of
 * the batch, in the order of storage and whole pixels, go to the layer that takes them, which may
 * change them, or into this edge's memory.  Any thread; the pieces of one pass in any order, none
 * twice.
 * Before the first piece comes begin, behind the last one end, on the worker's thread with what all
 * pieces counted. */
void fxp_edge_begin (FxpEdge *self, const FxpPass *pass);
void fxp_edge_hand_on (FxpEdge *self,
                       const FxpPass *pass,
                       double *values,
                       gsize first,
                       gsize n,
                       FxpTally *tally);
/* The same with sums whose values are not formed yet.  FALSE if the values are needed, and nothing
 * is done. */
gboolean
fxp_edge_hand_on_sums (FxpEdge *self, const FxpPass *pass, const FxpSumSpan *span, FxpTally *tally);
void fxp_edge_end (FxpEdge *self, const FxpPass *pass, const FxpTally *total);
/* What becomes of real values above, between begin and end, fit for one loop with what made them.
 * FALSE where they must be handed on. */
gboolean fxp_edge_foresee (const FxpEdge *self, const FxpPass *pass, FxpOutlook *outlook);
/* Where to write values that are then handed on: in the edge's memory, if they end there, else
 * @values. */
static inline double *
fxp_edge_get_place (const FxpEdge *self, gsize first, double *values)
{
  return self->taker == NULL ? self->reals + first : values;
}
/* What codes of this edge summed up to in a product becomes the value of the sum, in place; and the
 * gradient of the values it stands for, that of its codes. */
void fxp_edge_scale (const FxpEdge *self, const FxpPass *pass, double *values, gsize n);
/* TRUE where that changes values. */
static inline gboolean
fxp_edge_scales (const FxpEdge *self, const FxpPass *pass)
{
  return self->n_averaged > 1 || (pass->evaluates && self->share_kept < 1.0);
}
/* Values of codes first..first + n - 1. */
void
fxp_edge_decode (const FxpEdge *self, const FxpPass *pass, gsize first, gsize n, double *values);
/* Elements draw in the order channels, rows, columns, wherever they lie. */
void fxp_edge_place_noise (const FxpEdge *self, FxpNoise *noise);
void fxp_edge_place_tensor (const FxpEdge *self, FxpTensor *tensor);
/* The real gradient that one of the layers above hands back comes in pieces as well.  The last one
 * of the layers is added to the others and quantized. */
void fxp_edge_begin_return (FxpEdge *self, const FxpPass *pass);
void fxp_edge_return_piece (FxpEdge *self,
                            const FxpPass *pass,
                            double *values,
                            gsize first,
                            gsize n,
                            FxpTally *tally);
/* As fxp_edge_hand_on_sums(). */
gboolean
fxp_edge_return_sums (FxpEdge *self, const FxpPass *pass, const FxpSumSpan *span, FxpTally *tally);
void fxp_edge_end_return (FxpEdge *self, const FxpPass *pass, const FxpTally *total);
/* All of it at once, n x shape, which it may change. */
void fxp_edge_return_gradient (FxpEdge *self, const FxpPass *pass, double *reals);
/* Takes the values of @codes, n x shape, from the first one of two; they must stay until the other
 * one has come. */
void fxp_edge_return_codes (FxpEdge *self, const FxpTensor *codes);

/* TRUE where pixels of several channels lie side by side, in another order than they are counted.
 */
gboolean fxp_edge_is_image (const FxpEdge *self);
/* The draws of a tensor of @cell that flows here; NULL where none are needed. */
const FxpNoise *fxp_edge_get_noise (const FxpEdge *self,
                                    const FxpCell *cell,
                                    const FxpStep *step,
                                    FxpStream stream,
                                    FxpNoise *noise);

G_END_DECLS
