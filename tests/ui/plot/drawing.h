/* SPDX-License-Identifier: MIT */
/* Drawings on an image surface, and what their pixels tell. */
#pragma once

#include "plot/palette.h"

#include <string.h>

typedef struct
{
  int width, height;
  cairo_surface_t *surface;
  cairo_t *cr;
} Drawing;

static inline Drawing
drawing_new (int width, int height)
{
  Drawing self = {.width = width, .height = height};

  self.surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  self.cr = cairo_create (self.surface);
  return self;
}

static inline guint32
drawing_get_pixel (Drawing *self, int x, int y)
{
  const guint8 *data = cairo_image_surface_get_data (self->surface);
  guint32 pixel;

  memcpy (&pixel,
          data + (gsize)y * cairo_image_surface_get_stride (self->surface) + 4 * (gsize)x,
          4);
  return pixel & 0xffffff;
}

/* Ends the drawing; pixels can be read from now on. */
static inline void
drawing_finish (Drawing *self)
{
  g_assert_cmpint (cairo_status (self->cr), ==, CAIRO_STATUS_SUCCESS);
  g_clear_pointer (&self->cr, cairo_destroy);
  cairo_surface_flush (self->surface);
}

static inline void
drawing_free (Drawing *self)
{
  g_clear_pointer (&self->cr, cairo_destroy);
  cairo_surface_destroy (self->surface);
}

/* Surfaces round colours one way or the other. */
static inline gboolean
drawing_has_color (Drawing *self, int x, int y, FxuColor color)
{
  guint32 pixel = drawing_get_pixel (self, x, y);

  return ABS ((pixel >> 16) - 255.0 * color.red) < 1.5 &&
         ABS (((pixel >> 8) & 0xff) - 255.0 * color.green) < 1.5 &&
         ABS ((pixel & 0xff) - 255.0 * color.blue) < 1.5;
}

static inline guint
drawing_count (Drawing *self, FxuColor color)
{
  guint n = 0;

  for (int y = 0; y < self->height; y++)
    for (int x = 0; x < self->width; x++)
      n += drawing_has_color (self, x, y, color);
  return n;
}
