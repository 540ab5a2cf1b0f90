/* SPDX-License-Identifier: MIT */
/* The sums of batch normalization: per channel, over the images of a batch. */
#pragma once

#ifndef FXP_COMPILATION
#  error "norm-sums-private.h is for engine/ and tests/ only"
#endif

#include "network/edge-private.h"

G_BEGIN_DECLS

/* Images of a pass, channels-last and behind each other. */
typedef struct
{
  const FxpPass *pass;
  gsize n_channels;
  gsize n_pixels; /* of an image */
} FxpNormImages;

/* All of these in the order of network-private.h, 3a; per channel.  Scratch memory of slot SUMS. */

/* totals = the sums of the real values of @edge. */
void fxp_norm_images_sum (const FxpNormImages *self, const FxpEdge *edge, double *totals);
/* totals = the sums of (value - mean)^2. */
void fxp_norm_images_sum_squares (const FxpNormImages *self,
                                  const FxpEdge *edge,
                                  const double *means,
                                  double *totals);
/* totals = the sums of the values of @a, products = those of the values of @a times those of @b. */
void fxp_norm_images_sum_codes (const FxpNormImages *self,
                                const FxpTensor *a,
                                const FxpTensor *b,
                                double *totals,
                                double *products);

/* How many products of codes of these formats a sum of 32 bits holds, whatever the codes are; 0
 * where the sums must be formed in real values: words of more than 16 bits, and those of which @n
 * products may leave what a double counts exactly. */
gsize fxp_norm_images_count_short (FxpFormat a, FxpFormat b, gsize n);

G_END_DECLS
