/* SPDX-License-Identifier: MIT */
/* Direct convolution: a window of weights moved over images that lie channels-last, as products of
 * the frame's pixels with packed weights, tap by tap where they lie.  Either the input, for each
 * place of the output, or the gradient of the output, for each pixel of the input; there, with a
 * stride, pixels see different taps and are taken in phases. */
#pragma once

#ifndef FXP_COMPILATION
#  error "window-product-private.h is for engine/ and tests/ only"
#endif

#include "tensor/frame-private.h"
#include "tensor/lowering-private.h"
#include "tensor/summation-private.h"

G_BEGIN_DECLS

typedef enum
{
  FXP_WINDOW_FORWARD, /* the input */
  FXP_WINDOW_TURNED,  /* the gradient of the output */
} FxpWindowWay;

/* Positions of the result along one axis that see the same taps. */
typedef struct
{
  gsize first, n; /* positions first, first + step, ... */
  gsize step;
  gsize frame_first, frame_step; /* pixel of the frame that the first tap of a position sees */
  gsize n_taps;                  /* that see neighbouring pixels of the frame */
  gsize tap;                     /* of the kernel, that sees the first one */
  int tap_step;                  /* of the kernel, from pixel to pixel */
} FxpPhase;

typedef struct
{
  FxpWindowWay way;
  gsize kernel;
  gsize n_filters, n_channels; /* of the weights: n_filters x n_channels x kernel x kernel */
  FxpFormat weight_format;
  FxpSummation summation;
  FxpFrame frame;
  gsize height, width; /* of the result */
  gsize n_columns;     /* channels of the result */
  gsize row_length;    /* sums of a pixel of the result: n_columns rounded up to a multiple of 16 */
  gsize n_phases;      /* along each axis */

  /* Borrowed from scratch memory. */
  FxpPhase *rows, *columns;
  gsize *block_offsets; /* of phase (row, column): n_blocks_max behind each other */
  gsize n_blocks_max;
  guint8 *packed[2];     /* per part: the phases behind each other */
  gsize *packed_offsets; /* of each phase */
} FxpWindowProduct;

/* FALSE where micro-kernels cannot do it.  @source: what is convolved; its channels are those of
 * the weights that are summed. */
gboolean fxp_window_product_init (FxpWindowProduct *self,
                                  const FxpWindow *window,
                                  gsize n_filters,
                                  FxpWindowWay way,
                                  FxpFormat source,
                                  FxpFormat weights,
                                  const FxpSumRegister *sum);
/* Which positions see what, and where it lies in the frame, into the memory of rows, columns and
 * block_offsets; for packing. */
void fxp_window_product_plan (FxpWindowProduct *self, const FxpWindow *window);
/* Plans and packs @weights.  Memory is @scratch's, in slots @slot to @slot + 2, until they are used
 * again. */
void fxp_window_product_pack (FxpWindowProduct *self,
                              const FxpWindow *window,
                              gconstpointer weights,
                              FxpScratch *scratch,
                              FxpTeam *team,
                              guint slot);
gsize fxp_window_product_get_frame_bytes (const FxpWindowProduct *self);
/* Rows of the result worth forming at a time, so that packed weights are read often enough while
 * the sums stay near. */
gsize fxp_window_product_get_n_rows (const FxpWindowProduct *self);
/* Of so many rows of the result. */
gsize fxp_window_product_get_sum_bytes (const FxpWindowProduct *self, gsize n_rows);
/* Sums of rows @first..@first + @n_rows - 1 of the result of one image, whose frame is at @frame:
 * row by row, pixel by pixel, row_length each of what fxp_summation_get_size() says.  Any thread.
 */
void fxp_window_product_form (const FxpWindowProduct *self,
                              gconstpointer frame,
                              gsize first,
                              gsize n_rows,
                              gpointer sums);

static inline gboolean
fxp_window_product_is_float (const FxpWindowProduct *self)
{
  return self->summation.element == FXP_ELEMENT_F32;
}

/* Integer sums may run in any order: blocks are rows of taps, and in them the taps and channels of
 * neighbouring pixels follow each other in the frame.  Float sums run channel by channel, tap by
 * tap, ascending: blocks are a channel's rows of taps. */
static inline gsize
fxp_window_product_get_n_steps (const FxpWindowProduct *self, const FxpPhase *column)
{
  const gsize per_step = fxp_element_get_n_per_step (self->summation.element);

  if (fxp_window_product_is_float (self))
    return column->n_taps;
  return (column->n_taps * self->frame.n_channels + per_step - 1) / per_step;
}

static inline gsize
fxp_window_product_get_n_blocks (const FxpWindowProduct *self, const FxpPhase *row)
{
  return row->n_taps * (fxp_window_product_is_float (self) ? self->frame.n_channels : 1);
}

/* Of taps (@i, @j) in the frame, from the phase's first one on, in ascending order of the kernel's
 * where the order matters. */
static inline gsize
fxp_phase_get_ascending (const FxpPhase *phase, gsize i)
{
  return phase->tap_step > 0 ? i : phase->n_taps - 1 - i;
}

G_END_DECLS
