/* SPDX-License-Identifier: MIT */
/* Convolution as a matrix product: copies codes, never computes with them. */
#pragma once

#ifndef FXP_COMPILATION
#error "lowering-private.h is for engine/ and tests/ only"
#endif

#include <glib.h>

G_BEGIN_DECLS

/* One image, channels x height x width, and a square kernel moved by one pixel over it, zeros
 * outside: padding pixels on every side. */
typedef struct
{
  gsize channels, height, width;
  gsize kernel;
  gsize padding;
} FxpWindow;

gsize fxp_window_get_out_height (const FxpWindow *self); /* height + 2 padding - kernel + 1 */
gsize fxp_window_get_out_width (const FxpWindow *self);

/* im2col: columns[((c * kernel + ky) * kernel + kx) * column_stride + y * out_width + x]
 *   = image[c][y + ky - padding][x + kx - padding]
 * @element_size 1, 2 or 4 bytes.  column_stride >= out_height * out_width. */
void fxp_lowering_forward (const FxpWindow *self,
                           gsize element_size,
                           const void *image,
                           void *columns,
                           gsize column_stride);
/* The same with the kernel turned by 180 degrees (ky -> kernel-1-ky, kx -> kernel-1-kx in the
 * image index): what an input gradient multiplies with unturned weights. */
void fxp_lowering_turned (const FxpWindow *self,
                          gsize element_size,
                          const void *image,
                          void *columns,
                          gsize column_stride);

G_END_DECLS
