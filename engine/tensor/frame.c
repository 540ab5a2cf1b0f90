/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/frame-rows-private.h"

/* Kernels read whole steps of rows that end with a part of one. */
#define SLACK 64

gsize
fxp_frame_get_pixel_bytes (const FxpFrame *self, gsize n_channels)
{
  if (self->distance > 0)
    return n_channels * FXP_STEP_BYTES;
  return n_channels * FXP_STEP_BYTES / fxp_element_get_n_per_step (self->element);
}

gsize
fxp_frame_get_n_bytes (const FxpFrame *self, gsize n_channels)
{
  return self->frame_height * self->frame_width * fxp_frame_get_pixel_bytes (self, n_channels) +
         SLACK;
}

void
fxp_frame_fill (const FxpFrame *self,
                gconstpointer image,
                gsize first_channel,
                gsize n_channels,
                gpointer target)
{
  const FxpStorage storage = fxp_format_get_storage (self->format);
  const gsize code_size = fxp_storage_get_size (storage);
  const gsize pixel_bytes = fxp_frame_get_pixel_bytes (self, n_channels);
  const gsize row_bytes = self->frame_width * pixel_bytes;
  const guint8 *from = (const guint8 *)image + first_channel * code_size;
  guint8 *to = target;
  const FxpFrameRow row = {
    .n_channels = n_channels,
    .n_all = self->n_channels,
    .width = self->width,
    .left = self->left,
    .frame_width = self->frame_width,
    .distance = self->distance,
    .step = (float)fxp_format_get_step (self->format),
  };
  const FxpFrameRows *rows = fxp_frame_rows_get ();
  const FxpRowFiller fill = (self->distance > 0 ? rows->group : rows->fill)[self->element][storage];

  memset (to, 0, self->top * row_bytes);
  to += self->top * row_bytes;
  for (gsize y = 0; y < self->height; y++, to += row_bytes)
    {
      const gsize inside = (self->left + self->width) * pixel_bytes;

      if (self->distance == 0)
        {
          memset (to, 0, self->left * pixel_bytes);
          memset (to + inside, 0, row_bytes - inside);
          fill (&row, from, to + self->left * pixel_bytes);
        }
      else
        fill (&row, from, to);
      from += self->width * self->n_channels * code_size;
    }
  memset (to, 0, (guint8 *)target + fxp_frame_get_n_bytes (self, n_channels) - to);
}
