/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/lowering-private.h"

#include <string.h>

gsize
fxp_window_get_out_height (const FxpWindow *self)
{
  gsize padded = self->height + 2 * self->padding;

  return padded < self->kernel ? 0 : padded - self->kernel + 1;
}

gsize
fxp_window_get_out_width (const FxpWindow *self)
{
  gsize padded = self->width + 2 * self->padding;

  return padded < self->kernel ? 0 : padded - self->kernel + 1;
}

/* One row of columns: @plane seen through the kernel pixel (@ky, @kx) from every position. */
static void
copy_shifted (const FxpWindow *self,
              gsize element_size,
              const guint8 *plane,
              gsize ky,
              gsize kx,
              guint8 *target)
{
  gsize out_height = fxp_window_get_out_height (self);
  gsize out_width = fxp_window_get_out_width (self);
  /* Positions left..right-1 see pixels of the image, the others see the zeros around it. */
  gsize left = MIN (self->padding > kx ? self->padding - kx : 0, out_width);
  gsize limit = self->width + self->padding;
  gsize right = MAX (MIN (limit > kx ? limit - kx : 0, out_width), left);

  for (gsize y = 0; y < out_height; y++, target += out_width * element_size)
    {
      const guint8 *row;

      if (y + ky < self->padding || y + ky - self->padding >= self->height || left == right)
        {
          memset (target, 0, out_width * element_size);
          continue;
        }
      row = plane + (y + ky - self->padding) * self->width * element_size;
      memset (target, 0, left * element_size);
      memcpy (target + left * element_size,
              row + (left + kx - self->padding) * element_size,
              (right - left) * element_size);
      memset (target + right * element_size, 0, (out_width - right) * element_size);
    }
}

static void
lower (const FxpWindow *self,
       gboolean turned,
       gsize element_size,
       const void *image,
       void *columns,
       gsize column_stride)
{
  const guint8 *plane = image;
  guint8 *target = columns;
  gsize last = self->kernel - 1;

  g_return_if_fail (self->kernel > 0);
  g_return_if_fail (column_stride >=
                    fxp_window_get_out_height (self) * fxp_window_get_out_width (self));

  for (gsize c = 0; c < self->channels; c++, plane += self->height * self->width * element_size)
    for (gsize ky = 0; ky < self->kernel; ky++)
      for (gsize kx = 0; kx < self->kernel; kx++, target += column_stride * element_size)
        copy_shifted (self,
                      element_size,
                      plane,
                      turned ? last - ky : ky,
                      turned ? last - kx : kx,
                      target);
}

void
fxp_lowering_forward (const FxpWindow *self,
                      gsize element_size,
                      const void *image,
                      void *columns,
                      gsize column_stride)
{
  lower (self, FALSE, element_size, image, columns, column_stride);
}

void
fxp_lowering_turned (const FxpWindow *self,
                     gsize element_size,
                     const void *image,
                     void *columns,
                     gsize column_stride)
{
  lower (self, TRUE, element_size, image, columns, column_stride);
}
