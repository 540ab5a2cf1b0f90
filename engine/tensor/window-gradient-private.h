/* SPDX-License-Identifier: MIT */
/* The gradient of a convolution's weights: products of the input, shifted by every tap, with the
 * gradient of the output, summed over the places of all images.  Rows are taps and channels of the
 * input's frame, columns filters. */
#pragma once

#ifndef FXP_COMPILATION
#  error "window-gradient-private.h is for engine/ and tests/ only"
#endif

#include "tensor/frame-private.h"
#include "tensor/lowering-private.h"
#include "tensor/summation-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpWindow window;
  gsize n_filters;
  FxpFormat gradient_format;
  FxpSummation summation;
  FxpFrame frame;      /* of the input */
  gsize height, width; /* of the output */
  gsize row_steps;     /* of one row of places */
  gsize row_length;    /* sums of a row: n_filters rounded up to a multiple of 16 */
  gsize group;         /* images worth taking at a time */
} FxpWindowGradient;

/* FALSE where micro-kernels cannot do it.  @n: images that are summed over. */
gboolean fxp_window_gradient_init (FxpWindowGradient *self,
                                   const FxpWindow *window,
                                   gsize n_filters,
                                   FxpFormat input,
                                   FxpFormat gradient,
                                   gsize n,
                                   const FxpSumRegister *sum);
/* As many images as stay near while their frames, of @n_channels channels, meet one strip of the
 * gradient after the other. */
void fxp_window_gradient_group (FxpWindowGradient *self, gsize n_channels, gsize n);
/* Rows of places of a group. */
gsize fxp_window_gradient_get_n_blocks (const FxpWindowGradient *self);
/* Bytes of the packed gradient of a group, per part. */
gsize fxp_window_gradient_get_packed_bytes (const FxpWindowGradient *self);
/* Packs the gradient of @n images, a group at most, which lie channels-last; the parts behind each
 * other, unless what it packs keeps the group's sums within 32 bits as a whole: TRUE then.  Any
 * thread. */
gboolean fxp_window_gradient_pack (const FxpWindowGradient *self,
                                   gconstpointer gradients,
                                   gsize n,
                                   gpointer packed);
/* Frames of @n_channels channels of a group follow each other in so many bytes each. */
gsize fxp_window_gradient_get_frame_bytes (const FxpWindowGradient *self, gsize n_channels);
/* Adds what @n images, a group at most, give to the sums of row @ky of the kernel: columns of the
 * kernel x channels x row_length of what fxp_summation_get_size() says.  Any thread; @offsets has
 * room for fxp_window_gradient_get_n_blocks(); @is_whole is what packing answered. */
void fxp_window_gradient_add (const FxpWindowGradient *self,
                              gconstpointer frames,
                              gsize n_channels,
                              gconstpointer packed,
                              gboolean is_whole,
                              gsize n,
                              gsize ky,
                              gsize *offsets,
                              gpointer sums);

G_END_DECLS
