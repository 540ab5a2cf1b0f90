/* SPDX-License-Identifier: MIT */
/* A convolution, directly or, where the micro-kernels cannot, by lowered images. */
#pragma once

#ifndef FXP_COMPILATION
#  error "convolution-private.h is for engine/ and tests/ only"
#endif

#include "network/layer-private.h"
#include "tensor/lowering-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpLayer parent;
  FxpWindow window;
  gsize n_pixels; /* of an input image */
  gsize n_places; /* of an output image */
} FxpConvolution;

/* What threads have side by side does not share cache lines. */
static inline gsize
fxp_convolution_align (gsize n_bytes)
{
  return (n_bytes + 63) / 64 * 64;
}

/* Values of the sums of some pixels of one image: elements @first and on of the batch. */
void fxp_convolution_hand_on (FxpConvolution *self,
                              const FxpPass *pass,
                              const double *biases,
                              double *values,
                              gsize first,
                              gsize n,
                              FxpTally *tally);
/* Forms the gradients of W and b, and takes them.  FALSE if the pass is given up. */
gboolean fxp_convolution_take_gradient (FxpConvolution *self, const FxpPass *pass);

/* By products of lowered images, for any operands and registers.  FALSE if the pass is given up. */
gboolean
fxp_convolution_forward_lowered (FxpConvolution *self, const FxpPass *pass, const double *biases);
gboolean fxp_convolution_gather_lowered (FxpConvolution *self, const FxpPass *pass, double *reals);
gboolean fxp_convolution_return_lowered (FxpConvolution *self, const FxpPass *pass);

G_END_DECLS
