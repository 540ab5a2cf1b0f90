/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/lowering-private.h"

#include <string.h>

#define UNTOUCHED 0xee

/* One lowering under test: what it is asked for and what it answered. */
typedef struct
{
  FxpWindow window;
  gboolean turned;
  gsize size; /* of an element */
  gsize n_all; /* channels of the image */
  gsize first_channel, n_channels;
  const guint8 *image;
  guint8 *rows;
} Case;

/* The element of channel @c that pixel (@y, @x) of the target sees through kernel pixel (@ky, @kx),
 * in the words of the header; NULL where that is a zero. */
static const guint8 *
see (const Case *self, gsize c, gsize y, gsize x, gsize ky, gsize kx)
{
  const FxpWindow *window = &self->window;
  gssize stride = (gssize)window->stride, padding = (gssize)window->padding;
  gssize height = (gssize)window->height, width = (gssize)window->width;
  gssize row, column;

  if (self->turned)
    {
      row = (gssize)(y + window->padding) - (gssize)ky;
      column = (gssize)(x + window->padding) - (gssize)kx;
      if (row % stride != 0 || column % stride != 0)
        return NULL;
      row /= stride;
      column /= stride;
      height = (gssize)fxp_window_get_out_height (window);
      width = (gssize)fxp_window_get_out_width (window);
    }
  else
    {
      row = (gssize)y * stride + (gssize)ky - padding;
      column = (gssize)x * stride + (gssize)kx - padding;
    }
  if (row < 0 || column < 0 || row >= height || column >= width)
    return NULL;
  return self->image + ((row * width + column) * (gssize)self->n_all + (gssize)c) * (gssize)self->size;
}

/* The row of one place or pixel: channels, and for each the taps. */
static void
check_row (const Case *self, gsize y, gsize x, gsize width)
{
  static const guint8 zeros[4];
  const gsize kernel = self->window.kernel, n = self->n_channels * kernel * kernel;
  const guint8 *row = self->rows + (y * width + x) * n * self->size;

  for (gsize i = 0; i < n; i++)
    {
      const guint8 *element =
        see (self, self->first_channel + i / kernel / kernel, y, x, i / kernel % kernel, i % kernel);

      g_assert_cmpmem (row + i * self->size,
                       self->size,
                       element != NULL ? element : zeros,
                       self->size);
    }
}

/* Lowers the channels @first .. @first + @n - 1 of @n_channels. */
static void
check (const FxpWindow *window, gboolean turned, gsize size, gsize n_channels, gsize first, gsize n)
{
  gsize out_height = fxp_window_get_out_height (window);
  gsize out_width = fxp_window_get_out_width (window);
  gsize height = turned ? window->height : out_height;
  gsize width = turned ? window->width : out_width;
  gsize n_bytes =
    n_channels * size * (turned ? out_height * out_width : window->height * window->width);
  Case self = {*window, turned, size, n_channels, first, n, NULL, NULL};
  gsize n_row_bytes = height * width * n * window->kernel * window->kernel * size;
  /* Of their exact sizes, so that a sanitizer sees a step outside. */
  g_autofree guint8 *image = g_malloc (MAX (n_bytes, 1));
  g_autofree guint8 *rows = g_malloc (MAX (n_row_bytes, 1));

  for (gsize i = 0; i < n_bytes; i++)
    image[i] = (guint8)(1 + i * 7 % 255);
  memset (rows, UNTOUCHED, n_row_bytes);
  self.image = image;
  self.rows = rows;
  if (turned)
    fxp_lowering_turned (window, size, image, n_channels, rows);
  else
    fxp_lowering_forward (window, size, image, first, n, rows);
  for (gsize y = 0; y < height; y++)
    for (gsize x = 0; x < width; x++)
      check_row (&self, y, x, width);
}

/* Whole images and parts of them; the gradient of the output has a number of channels of its own.
 */
static void
check_window (const FxpWindow *window)
{
  static const gsize sizes[] = {1, 2, 4};

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    for (gsize first = 0; first <= window->channels; first++)
      for (gsize n = 0; first + n <= window->channels; n++)
        {
          check (window, FALSE, sizes[i], window->channels, first, n);
          check (window, TRUE, sizes[i], first + n + 1, 0, first + n + 1);
        }
}

static void
test_naive (void)
{
  for (gsize kernel = 1; kernel <= 5; kernel++)
    for (gsize stride = 1; stride <= 4; stride++)
      for (gsize padding = 0; padding <= 5; padding++)
        for (gsize height = 1; height <= 6; height++)
          for (gsize width = 1; width <= 7; width += 2)
            check_window (
              &(FxpWindow){1 + (height + width) % 3, height, width, kernel, stride, padding});
}

/* What the sum of an input gradient is about: a pixel meets the gradient of a place through the
 * kernel pixel through which the place saw the pixel. */
static void
test_transpose (void)
{
  const FxpWindow window = {1, 7, 6, 3, 2, 1};
  gsize out_height = fxp_window_get_out_height (&window);
  gsize out_width = fxp_window_get_out_width (&window);
  gsize n_places = out_height * out_width;
  guint8 pixels[7 * 6], places[12], seen[9 * 12], met[9 * 7 * 6];

  g_assert_cmpuint (n_places, ==, G_N_ELEMENTS (places));
  for (gsize pixel = 0; pixel < G_N_ELEMENTS (pixels); pixel++)
    for (gsize place = 0; place < n_places; place++)
      {
        memset (pixels, 0, sizeof pixels);
        memset (places, 0, sizeof places);
        pixels[pixel] = places[place] = 1;
        fxp_lowering_forward (&window, 1, pixels, 0, 1, seen);
        fxp_lowering_turned (&window, 1, places, 1, met);
        for (gsize k = 0; k < 9; k++)
          g_assert_cmpuint (seen[place * 9 + k], ==, met[pixel * 9 + k]);
      }
}

static void
test_size (void)
{
  FxpWindow window = {1, 28, 20, 5, 1, 0};

  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 24);
  g_assert_cmpuint (fxp_window_get_out_width (&window), ==, 16);
  window.padding = 2;
  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 28);
  g_assert_cmpuint (fxp_window_get_out_width (&window), ==, 20);
  window.stride = 2;
  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 14);
  window.stride = 3;
  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 10);
  g_assert_cmpuint (fxp_window_get_out_width (&window), ==, 7);
  window.stride = 100;
  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 1);
  window.stride = 1;
  window.padding = 0;
  window.kernel = 22;
  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 7);
  g_assert_cmpuint (fxp_window_get_out_width (&window), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/lowering/naive", test_naive);
  g_test_add_func ("/tensor/lowering/transpose", test_transpose);
  g_test_add_func ("/tensor/lowering/size", test_size);
  return g_test_run ();
}
