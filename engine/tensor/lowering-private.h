/* SPDX-License-Identifier: MIT */
/* Convolution as a matrix product: copies codes, never computes with them. */
#pragma once

#ifndef FXP_COMPILATION
#  error "lowering-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

/* One image, channels x height x width, and a square kernel moved over it by stride >= 1 pixels,
 * zeros outside: padding pixels on every side.  Every position of the kernel is a pixel of the
 * output. */
typedef struct
{
  gsize channels, height, width;
  gsize kernel;
  gsize stride;
  gsize padding;
} FxpWindow;

/* (height + 2 padding - kernel) / stride + 1, rounded down; 0 where the kernel does not fit. */
gsize fxp_window_get_out_height (const FxpWindow *self);
gsize fxp_window_get_out_width (const FxpWindow *self);

/* Both lower images that lie channels-last, of elements of 1, 2 or 4 bytes, to a row for each place
 * or pixel, in the order in which sum registers are said to add.  This serves whatever the direct
 * convolution cannot do.  Any thread. */

/* im2row of the input, channels @first_channel .. @first_channel + @n_channels - 1.  With c
 * counting from @first_channel on, for every pixel of the output:
 * rows[((y * out_width + x) * n_channels + c) * kernel^2 + ky * kernel + kx]
 *   = image[y * stride + ky - padding][x * stride + kx - padding][c], 0 outside. */
void fxp_lowering_forward (const FxpWindow *self,
                           gsize element_size,
                           gconstpointer image,
                           gsize first_channel,
                           gsize n_channels,
                           gpointer rows);

/* The gradient of the output, @n_filters channels of out_height x out_width, for products with
 * unturned weights.  For every pixel of the input:
 * rows[((y * width + x) * n_filters + o) * kernel^2 + ky * kernel + kx]
 *   = image[(y + padding - ky) / stride][(x + padding - kx) / stride][o],
 * 0 where a division leaves a remainder or there is no such pixel. */
void fxp_lowering_turned (const FxpWindow *self,
                          gsize element_size,
                          gconstpointer image,
                          gsize n_filters,
                          gpointer rows);

G_END_DECLS
