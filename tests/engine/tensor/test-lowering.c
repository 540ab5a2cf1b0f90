/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "tensor/lowering-private.h"

#include <string.h>

#define UNTOUCHED 0xee

/* The pixel of @image seen from position (@y, @x) through kernel pixel (@ky, @kx); NULL outside. */
static const guint8 *
see (const FxpWindow *window,
     gsize size,
     const guint8 *image,
     gsize c,
     gsize y,
     gsize x,
     gsize ky,
     gsize kx)
{
  gssize row = (gssize)(y + ky) - (gssize)window->padding;
  gssize column = (gssize)(x + kx) - (gssize)window->padding;

  if (row < 0 || column < 0 || row >= (gssize)window->height || column >= (gssize)window->width)
    return NULL;
  return image + ((c * window->height + (gsize)row) * window->width + (gsize)column) * size;
}

static void
check_row (const FxpWindow *window,
           gsize size,
           gboolean turned,
           const guint8 *image,
           gsize row,
           const guint8 *columns)
{
  static const guint8 zeros[4];
  gsize kernel = window->kernel, width = fxp_window_get_out_width (window);
  gsize ky = row / kernel % kernel, kx = row % kernel;

  for (gsize y = 0; y < fxp_window_get_out_height (window); y++)
    for (gsize x = 0; x < width; x++)
      {
        const guint8 *pixel = see (window,
                                   size,
                                   image,
                                   row / kernel / kernel,
                                   y,
                                   x,
                                   turned ? kernel - 1 - ky : ky,
                                   turned ? kernel - 1 - kx : kx);

        g_assert_cmpmem (columns + (y * width + x) * size,
                         size,
                         pixel != NULL ? pixel : zeros,
                         size);
      }
}

static void
check (const FxpWindow *window, gsize size, gsize gap)
{
  gsize n_pixels = window->channels * window->height * window->width;
  gsize n_positions = fxp_window_get_out_height (window) * fxp_window_get_out_width (window);
  gsize n_rows = window->channels * window->kernel * window->kernel;
  gsize stride = n_positions + gap;
  g_autofree guint8 *image = g_malloc (n_pixels * size);
  g_autofree guint8 *columns = g_malloc (n_rows * stride * size + 1);

  for (gsize i = 0; i < n_pixels * size; i++)
    image[i] = (guint8)(1 + i * 7 % 255);
  for (guint turned = 0; turned < 2; turned++)
    {
      memset (columns, UNTOUCHED, n_rows * stride * size);
      if (turned)
        fxp_lowering_turned (window, size, image, columns, stride);
      else
        fxp_lowering_forward (window, size, image, columns, stride);
      for (gsize row = 0; row < n_rows; row++)
        {
          check_row (window, size, turned, image, row, columns + row * stride * size);
          for (gsize i = n_positions * size; i < stride * size; i++)
            g_assert_cmpuint (columns[row * stride * size + i], ==, UNTOUCHED);
        }
    }
}

static void
test_naive (void)
{
  static const gsize sizes[] = {1, 2, 4};

  for (gsize kernel = 1; kernel <= 5; kernel++)
    for (gsize padding = 0; padding <= 5; padding++)
      for (gsize height = 1; height <= 6; height++)
        for (gsize width = 1; width <= 6; width += 2)
          {
            const FxpWindow window = {1 + height % 3, height, width, kernel, padding};

            if (kernel <= height + 2 * padding && kernel <= width + 2 * padding)
              for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
                check (&window, sizes[i], padding % 3);
          }
}

static void
test_size (void)
{
  FxpWindow window = {1, 28, 20, 5, 0};

  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 24);
  g_assert_cmpuint (fxp_window_get_out_width (&window), ==, 16);
  window.padding = 2;
  g_assert_cmpuint (fxp_window_get_out_height (&window), ==, 28);
  g_assert_cmpuint (fxp_window_get_out_width (&window), ==, 20);
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
  g_test_add_func ("/tensor/lowering/size", test_size);
  return g_test_run ();
}
