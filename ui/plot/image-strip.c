/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/image-strip.h"

#include <math.h>

struct _FxuImageStrip
{
  guint n;
  guint n_channels, height, width;
  double *pixels; /* n x channels x height x width, 0..1 */
  cairo_surface_t
    *surface; /* one below the other, in the colours of surface_palette; NULL: to do */
  const FxuPalette *surface_palette;
};

FxuImageStrip *
fxu_image_strip_new (FxpDataset *dataset, const guint32 *rows, guint n, guint16 *labels)
{
  const FxpShape *shape;
  FxuImageStrip *self;

  g_return_val_if_fail (dataset != NULL, NULL);
  g_return_val_if_fail (n == 0 || rows != NULL, NULL);

  if (!fxp_dataset_is_image (dataset))
    return NULL;
  shape = fxp_dataset_get_shape (dataset);
  self = g_new0 (FxuImageStrip, 1);
  self->n = n;
  self->n_channels = (guint)shape->dim[0];
  self->height = (guint)shape->dim[1];
  self->width = (guint)shape->dim[2];
  self->pixels = g_new (double, n *fxp_shape_get_n (shape));
  fxp_dataset_gather_raw (dataset, FXP_SPLIT_TEST, rows, n, self->pixels, labels);
  return self;
}

void
fxu_image_strip_free (FxuImageStrip *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->surface, cairo_surface_destroy);
  g_free (self->pixels);
  g_free (self);
}

guint
fxu_image_strip_get_n (const FxuImageStrip *self)
{
  return self->n;
}

guint
fxu_image_strip_get_width (const FxuImageStrip *self)
{
  return self->width;
}

guint
fxu_image_strip_get_height (const FxuImageStrip *self)
{
  return self->height;
}

double
fxu_image_strip_snap (double size, guint n)
{
  return size >= n ? floor (size / n) * n : floor (size);
}

static guint32
get_pixel (const FxuImageStrip *self, gsize image, gsize at, const FxuPalette *palette)
{
  gsize area = (gsize)self->height * self->width;
  const double *pixels = self->pixels + image * self->n_channels * area + at;
  FxuColor color;

  if (self->n_channels >= 3)
    color = (FxuColor){CLAMP (pixels[0], 0.0, 1.0),
                       CLAMP (pixels[area], 0.0, 1.0),
                       CLAMP (pixels[2 * area], 0.0, 1.0),
                       1.0};
  else
    color = fxu_palette_mix (palette->hues[FXU_HUE_SURFACE],
                             palette->hues[FXU_HUE_TEXT],
                             CLAMP (pixels[0], 0.0, 1.0));
  return (guint32)(color.red * 255.0 + 0.5) << 16 | (guint32)(color.green * 255.0 + 0.5) << 8 |
         (guint32)(color.blue * 255.0 + 0.5);
}

static void
make_surface (FxuImageStrip *self, const FxuPalette *palette)
{
  guint8 *pixels;
  int stride;

  g_clear_pointer (&self->surface, cairo_surface_destroy);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                              (int)self->width,
                                              (int)(self->height * self->n));
  self->surface_palette = palette;
  if (cairo_surface_status (self->surface) != CAIRO_STATUS_SUCCESS)
    return;
  pixels = cairo_image_surface_get_data (self->surface);
  stride = cairo_image_surface_get_stride (self->surface);
  for (guint y = 0; y < self->height * self->n; y++)
    {
      guint32 *row = (guint32 *)(gpointer)(pixels + (gsize)y * stride);
      gsize at = (gsize)(y % self->height) * self->width;

      for (guint x = 0; x < self->width; x++)
        row[x] = get_pixel (self, y / self->height, at + x, palette);
    }
  cairo_surface_mark_dirty (self->surface);
}

void
fxu_image_strip_draw (FxuImageStrip *self,
                      cairo_t *cr,
                      guint i,
                      double x,
                      double y,
                      double width,
                      double height,
                      const FxuPalette *palette)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (i < self->n);

  if (self->surface == NULL || self->surface_palette != palette)
    make_surface (self, palette);
  if (cairo_surface_status (self->surface) != CAIRO_STATUS_SUCCESS)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, x, y, width, height);
  cairo_clip (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, width / self->width, height / self->height);
  cairo_set_source_surface (cr, self->surface, 0.0, -(double)i * self->height);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            width < self->width ? CAIRO_FILTER_GOOD : CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
}
