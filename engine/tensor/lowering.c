/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/lowering-private.h"

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

/* Which pixel a tap of a position sees, along one axis; G_MAXSIZE if none. */
static gsize
see_forward (const FxpWindow *self, gsize position, gsize tap, gsize n_pixels)
{
  gsize padded = position * self->stride + tap;

  return padded < self->padding || padded - self->padding >= n_pixels ? G_MAXSIZE
                                                                      : padded - self->padding;
}

/* Which place saw a pixel with this tap. */
static gsize
see_turned (const FxpWindow *self, gsize pixel, gsize tap, gsize n_places)
{
  gsize padded = pixel + self->padding;

  if (padded < tap || (padded - tap) % self->stride != 0)
    return G_MAXSIZE;
  return (padded - tap) / self->stride < n_places ? (padded - tap) / self->stride : G_MAXSIZE;
}

/* What is lowered, and to what. */
typedef struct
{
  const FxpWindow *window;
  gsize (*see) (const FxpWindow *window, gsize position, gsize tap, gsize n);
  gsize height, width;         /* of the image */
  gsize row_height, row_width; /* positions */
  gsize n_all;                 /* channels of the image */
  gsize first, n_channels;     /* those that are lowered */
} Lowering;

/* The pixel that tap (@ky, @kx) of position (@y, @x) sees, G_MAXSIZE if none. */
static gsize
see (const Lowering *self, gsize y, gsize x, gsize ky, gsize kx)
{
  gsize row = self->see (self->window, y, ky, self->height);
  gsize column = self->see (self->window, x, kx, self->width);

  return row == G_MAXSIZE || column == G_MAXSIZE ? G_MAXSIZE : row * self->width + column;
}

#define DEFINE_LOWER(type)                                                                         \
  static void lower_##type (const Lowering *self, const type *image, type *rows)                   \
  {                                                                                                \
    const gsize kernel = self->window->kernel, n_taps = kernel * kernel;                           \
                                                                                                   \
    for (gsize y = 0; y < self->row_height; y++)                                                   \
      for (gsize x = 0; x < self->row_width; x++, rows += self->n_channels * n_taps)               \
        for (gsize tap = 0; tap < n_taps; tap++)                                                   \
          {                                                                                        \
            const gsize pixel = see (self, y, x, tap / kernel, tap % kernel);                      \
            const type *from = image + (pixel == G_MAXSIZE ? 0 : pixel) * self->n_all;             \
                                                                                                   \
            for (gsize c = 0; c < self->n_channels; c++)                                           \
              rows[c * n_taps + tap] = pixel == G_MAXSIZE ? 0 : from[self->first + c];             \
          }                                                                                        \
  }

DEFINE_LOWER (guint8)
DEFINE_LOWER (guint16)
DEFINE_LOWER (guint32)
#undef DEFINE_LOWER

static void
lower (const Lowering *self, gsize element_size, gconstpointer image, gpointer rows)
{
  g_return_if_fail (self->window->kernel > 0 && self->window->stride > 0);

  switch (element_size)
    {
    case 1:
      lower_guint8 (self, image, rows);
      break;
    case 2:
      lower_guint16 (self, image, rows);
      break;
    case 4:
      lower_guint32 (self, image, rows);
      break;
    default:
      g_return_if_reached ();
    }
}

void
fxp_lowering_forward (const FxpWindow *self,
                      gsize element_size,
                      gconstpointer image,
                      gsize first_channel,
                      gsize n_channels,
                      gpointer rows)
{
  const Lowering lowering = {
    .window = self,
    .see = see_forward,
    .height = self->height,
    .width = self->width,
    .row_height = fxp_window_get_out_height (self),
    .row_width = fxp_window_get_out_width (self),
    .n_all = self->channels,
    .first = first_channel,
    .n_channels = n_channels,
  };

  g_return_if_fail (first_channel + n_channels <= self->channels);

  lower (&lowering, element_size, image, rows);
}

void
fxp_lowering_turned (const FxpWindow *self,
                     gsize element_size,
                     gconstpointer image,
                     gsize n_filters,
                     gpointer rows)
{
  const Lowering lowering = {
    .window = self,
    .see = see_turned,
    .height = fxp_window_get_out_height (self),
    .width = fxp_window_get_out_width (self),
    .row_height = self->height,
    .row_width = self->width,
    .n_all = n_filters,
    .n_channels = n_filters,
  };

  lower (&lowering, element_size, image, rows);
}
