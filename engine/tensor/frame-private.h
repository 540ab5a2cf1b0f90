/* SPDX-License-Identifier: MIT */
/* An image with zeros around, as the micro-kernels want it: then every tap of a kernel is an offset
 * in memory, and nothing is copied once per tap. */
#pragma once

#ifndef FXP_COMPILATION
#  error "frame-private.h is for engine/ and tests/ only"
#endif

#include "tensor/packing-private.h"

G_BEGIN_DECLS

typedef struct
{
  FxpFormat format; /* of the image's codes */
  FxpElement element;
  gsize n_channels; /* of the image */
  gsize height, width;
  gsize top, left;                 /* zeros above and before */
  gsize frame_height, frame_width; /* zeros below and behind included */
  /* 0: elements, the channels of a pixel side by side.  Else each pixel has a step of 4 bytes for
   * each channel, with the element of the pixel and of those so far behind it in its row (2 or 4
   * together): steps along the places of a weight gradient. */
  gsize distance;
} FxpFrame;

/* From pixel to pixel, of a frame of @n_channels. */
gsize fxp_frame_get_pixel_bytes (const FxpFrame *self, gsize n_channels);
/* Of all of it, and what kernels read behind its end. */
gsize fxp_frame_get_n_bytes (const FxpFrame *self, gsize n_channels);
/* Copies @n_channels channels from @first_channel on of @image, which lies channels-last. */
void fxp_frame_fill (const FxpFrame *self,
                     gconstpointer image,
                     gsize first_channel,
                     gsize n_channels,
                     gpointer target);

G_END_DECLS
