/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/lowering-private.h"

#include <string.h>

/* Along one axis, and through one pixel of the kernel: positions first .. first+n-1 see pixels of
 * the image, the first of them @pixel and each next one a stride further; the others see the zeros
 * around it. */
typedef struct
{
  gsize first, n;
  gsize pixel;
} Sight;

/* A copy of @n elements from here to there, a step apart. */
typedef void (*CopyFunc) (const guint8 *from, gsize from_step, guint8 *to, gsize to_step, gsize n);

#define DEFINE_COPY(type)                                                                          \
  static void copy_##type (const guint8 *from,                                                     \
                           gsize from_step,                                                        \
                           guint8 *to,                                                             \
                           gsize to_step,                                                          \
                           gsize n)                                                                \
  {                                                                                                \
    const type *restrict source = (const type *)(gconstpointer)from;                               \
    type *restrict target = (type *)(gpointer)to;                                                  \
                                                                                                   \
    if (from_step == 1 && to_step == 1)                                                            \
      memcpy (target, source, n * sizeof (type));                                                  \
    else                                                                                           \
      for (gsize i = 0; i < n; i++)                                                                \
        target[i * to_step] = source[i * from_step];                                               \
  }

DEFINE_COPY (guint8)
DEFINE_COPY (guint16)
DEFINE_COPY (guint32)
#undef DEFINE_COPY

static CopyFunc
get_copy (gsize element_size)
{
  switch (element_size)
    {
    case 1:
      return copy_guint8;
    case 2:
      return copy_guint16;
    case 4:
      return copy_guint32;
    default:
      g_return_val_if_reached (NULL);
    }
}

static gsize
get_n_positions (const FxpWindow *self, gsize n_pixels)
{
  gsize padded = n_pixels + 2 * self->padding;

  return padded < self->kernel ? 0 : (padded - self->kernel) / self->stride + 1;
}

gsize
fxp_window_get_out_height (const FxpWindow *self)
{
  return get_n_positions (self, self->height);
}

gsize
fxp_window_get_out_width (const FxpWindow *self)
{
  return get_n_positions (self, self->width);
}

/* Position i sees pixel i * stride + k - padding, should the image have it. */
static Sight
get_sight (const FxpWindow *self, gsize n_pixels, gsize k)
{
  gsize before = self->padding > k ? self->padding - k : 0;
  gsize end = n_pixels + self->padding;
  gsize first = (before + self->stride - 1) / self->stride;
  gsize last = end > k ? (end - k - 1) / self->stride + 1 : 0;

  last = MIN (last, get_n_positions (self, n_pixels));
  return (Sight){
    .first = first,
    .n = last > first ? last - first : 0,
    .pixel = first * self->stride + k - self->padding,
  };
}

/* One side of a copy: a plane and what of it takes part. */
typedef struct
{
  gsize height, width;
  gsize row, column; /* the first ones */
  gsize step;        /* from one to the next, either way */
} Side;

/* Both sides of kernel element (ky, kx): pixels of the input and positions. */
typedef struct
{
  Side image, positions;
  gsize n_rows, n_columns; /* that take part */
} Sighting;

static Sighting
get_sighting (const FxpWindow *self, gsize ky, gsize kx)
{
  Sight rows = get_sight (self, self->height, ky);
  Sight columns = get_sight (self, self->width, kx);

  return (Sighting){
    .image = {self->height, self->width, rows.pixel, columns.pixel, self->stride},
    .positions = {fxp_window_get_out_height (self),
                  fxp_window_get_out_width (self),
                  rows.first,
                  columns.first,
                  1},
    .n_rows = rows.n,
    .n_columns = columns.n,
  };
}

/* Where the rows of both sides are equally long and positions follow each other as pixels do, the
 * plane moves as a whole; what so comes around the end of a row becomes zeros. */
static void
copy_shifted (const Sighting *sighting,
              gsize width,
              gsize element_size,
              const guint8 *from,
              guint8 *to)
{
  static const guint32 zero;
  CopyFunc copy = get_copy (element_size);

  copy (from, 1, to, 1, (sighting->n_rows - 1) * width + sighting->n_columns);
  for (gsize x = sighting->n_columns; x < width; x++)
    copy ((const guint8 *)&zero, 0, to + x * element_size, width, sighting->n_rows - 1);
}

/* From one side to the other: what is not seen there gets zeros. */
static void
copy_plane (const Sighting *sighting,
            const Side *from,
            const Side *to,
            gsize element_size,
            const guint8 *plane,
            guint8 *target)
{
  CopyFunc copy = get_copy (element_size);
  gsize n_rows = sighting->n_rows;
  gsize n_columns = sighting->n_columns;

  if (n_rows * n_columns < to->height * to->width)
    memset (target, 0, to->height * to->width * element_size);
  if (n_rows == 0 || n_columns == 0)
    return;
  plane += (from->row * from->width + from->column) * element_size;
  target += (to->row * to->width + to->column) * element_size;
  if (from->step == to->step && from->width == to->width)
    {
      copy_shifted (sighting, to->width, element_size, plane, target);
      return;
    }
  for (gsize y = 0; y < n_rows; y++)
    copy (plane + y * from->step * from->width * element_size,
          from->step,
          target + y * to->step * to->width * element_size,
          to->step,
          n_columns);
}

void
fxp_lowering_forward (const FxpWindow *self,
                      gsize element_size,
                      const void *image,
                      gsize first_channel,
                      gsize n_channels,
                      void *columns,
                      gsize column_stride)
{
  gsize n_bytes = self->height * self->width * element_size;
  const guint8 *plane = (const guint8 *)image + first_channel * n_bytes;
  guint8 *target = columns;

  g_return_if_fail (self->kernel > 0 && self->stride > 0);
  g_return_if_fail (first_channel + n_channels <= self->channels);
  g_return_if_fail (column_stride >=
                    fxp_window_get_out_height (self) * fxp_window_get_out_width (self));

  for (gsize c = 0; c < n_channels; c++, plane += n_bytes)
    for (gsize ky = 0; ky < self->kernel; ky++)
      for (gsize kx = 0; kx < self->kernel; kx++, target += column_stride * element_size)
        {
          Sighting seen = get_sighting (self, ky, kx);

          copy_plane (&seen, &seen.image, &seen.positions, element_size, plane, target);
        }
}

void
fxp_lowering_turned (const FxpWindow *self,
                     gsize element_size,
                     const void *image,
                     gsize first_channel,
                     gsize n_channels,
                     void *columns,
                     gsize column_stride)
{
  gsize n_bytes = fxp_window_get_out_height (self) * fxp_window_get_out_width (self) * element_size;
  const guint8 *plane = (const guint8 *)image + first_channel * n_bytes;
  guint8 *target = columns;

  g_return_if_fail (self->kernel > 0 && self->stride > 0);
  g_return_if_fail (column_stride >= self->height * self->width);

  for (gsize o = 0; o < n_channels; o++, plane += n_bytes)
    for (gsize ky = 0; ky < self->kernel; ky++)
      for (gsize kx = 0; kx < self->kernel; kx++, target += column_stride * element_size)
        {
          Sighting seen = get_sighting (self, ky, kx);

          copy_plane (&seen, &seen.positions, &seen.image, element_size, plane, target);
        }
}
