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

/* Both lower the channels @first_channel .. @first_channel + @n_channels - 1 of a whole @image of
 * elements of 1, 2 or 4 bytes; the first of them begins at @columns.  Elements between the end of a
 * row and @column_stride are left alone.  Any thread. */

/* im2col of the input.  With c counting from @first_channel on, for every pixel of the output:
 * columns[((c * kernel + ky) * kernel + kx) * column_stride + y * out_width + x]
 *   = image[c][y * stride + ky - padding][x * stride + kx - padding], 0 outside.
 * @column_stride >= out_height * out_width. */
void fxp_lowering_forward (const FxpWindow *self,
                           gsize element_size,
                           const void *image,
                           gsize first_channel,
                           gsize n_channels,
                           void *columns,
                           gsize column_stride);

/* The gradient of the output, as every pixel of the input met it: what an input gradient multiplies
 * with unturned weights.  @image has any number of channels, out_height x out_width each.  With o
 * counting from @first_channel on, for every pixel of the input:
 * columns[((o * kernel + ky) * kernel + kx) * column_stride + y * width + x]
 *   = image[o][(y + padding - ky) / stride][(x + padding - kx) / stride],
 * 0 where a division leaves a remainder or there is no such pixel.
 * @column_stride >= height * width; the window's channels do not matter. */
void fxp_lowering_turned (const FxpWindow *self,
                          gsize element_size,
                          const void *image,
                          gsize first_channel,
                          gsize n_channels,
                          void *columns,
                          gsize column_stride);

G_END_DECLS
