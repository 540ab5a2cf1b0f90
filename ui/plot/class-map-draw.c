/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/class-map-data.h"
#include "plot/ink.h"
#include "plot/lettering.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define LEAST_SIZE_FOR_TEXT   90.0
#define LEAST_SIZE_FOR_LEGEND 150.0

/* Where the plane lies. */
typedef struct
{
  double left, top, side;
} Square;

/* A class's colour, fuller where the network is surer of it. */
static FxuColor
get_cell_color (const FxuClassMap *self, guint twin, gsize i, const FxuPalette *palette)
{
  FxuColor surface = palette->hues[FXU_HUE_SURFACE];
  FxuColor full = fxu_palette_get_category (palette, self->classes[twin][i]);
  double guess = 1.0 / self->n_classes;
  double sure = self->confidence[twin] != NULL ? self->confidence[twin][i] : 1.0;

  if (self->kind == FXU_MAP_DIFFERENCE)
    return fxu_palette_mix (surface, full, 0.13);
  sure = isnan (sure) ? 0.0 : CLAMP ((sure - guess) / (1.0 - guess), 0.0, 1.0);
  return fxu_palette_mix (surface, full, 0.14 + 0.46 * sure);
}

static void
make_image (FxuClassMap *self, const FxuPalette *palette)
{
  guint twin = self->kind == FXU_MAP_TWIN ? 1 : 0;
  int size = (int)self->size;
  guint8 *pixels;
  int stride;

  g_clear_pointer (&self->image, cairo_surface_destroy);
  self->image = cairo_image_surface_create (CAIRO_FORMAT_RGB24, size, size);
  self->image_palette = palette;
  pixels = cairo_image_surface_get_data (self->image);
  stride = cairo_image_surface_get_stride (self->image);
  for (int y = 0; y < size; y++)
    {
      guint32 *row = (guint32 *)(gpointer)(pixels + (gsize)y * stride);

      for (int x = 0; x < size; x++)
        {
          FxuColor color = get_cell_color (self, twin, (gsize)y * size + x, palette);

          row[x] = (guint32)(color.red * 255.0 + 0.5) << 16 |
                   (guint32)(color.green * 255.0 + 0.5) << 8 | (guint32)(color.blue * 255.0 + 0.5);
        }
    }
  cairo_surface_mark_dirty (self->image);
}

static void
draw_field (FxuClassMap *self, cairo_t *cr, const Square *square, const FxuPalette *palette)
{
  double zoom = square->side / self->size;

  if (self->image == NULL || self->image_palette != palette)
    make_image (self, palette);
  cairo_save (cr);
  cairo_rectangle (cr, square->left, square->top, square->side, square->side);
  cairo_clip (cr);
  cairo_translate (cr, square->left, square->top);
  cairo_scale (cr, zoom, zoom);
  cairo_set_source_surface (cr, self->image, 0.0, 0.0);
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cr),
                            zoom >= 1.0 ? CAIRO_FILTER_BILINEAR : CAIRO_FILTER_GOOD);
  cairo_paint (cr);
  cairo_restore (cr);
}

/* Runs of cells on whole pixels, so that the hatched areas have no seams. */
static void
draw_disagreement (const FxuClassMap *self,
                   cairo_t *cr,
                   const Square *square,
                   const FxuPalette *palette)
{
  double zoom = square->side / self->size;

  for (guint y = 0; y < self->size; y++)
    {
      double y0 = round (square->top + y * zoom);
      double y1 = round (square->top + (y + 1) * zoom);

      for (guint x = 0; x < self->size; x++)
        {
          gsize i = (gsize)y * self->size;
          guint begin = x;

          while (x < self->size && self->classes[0][i + x] != self->classes[1][i + x])
            x++;
          if (x > begin)
            cairo_rectangle (cr,
                             round (square->left + begin * zoom),
                             y0,
                             round (square->left + x * zoom) - round (square->left + begin * zoom),
                             y1 - y0);
        }
    }
  fxu_ink_fill (cr, palette->hues[FXU_HUE_OVER], FXU_FILLING_HATCHED);
}

/* The edge of a marker stands out by this much, in user units. */
static double
get_edge (gboolean is_test, double radius)
{
  return is_test ? MAX (0.55, 0.21 * radius) : 0.5;
}

/* Solid for training samples, hollow for test samples, both set off from the ground. */
static FxuColor
get_marker_color (guint label, gboolean is_test, gboolean is_core, const FxuPalette *palette)
{
  return is_test == is_core ? palette->hues[FXU_HUE_SURFACE]
                            : fxu_palette_get_category (palette, label);
}

/* Markers of one class and split in one path, the edge as a larger marker beneath: stroked one by
 * one they take twenty times as long as the whole map. */
static void
draw_group (const FxuClassMap *self,
            cairo_t *cr,
            const Square *square,
            guint label,
            gboolean is_test,
            const FxuPalette *palette)
{
  double radius = CLAMP (square->side / 90.0, 1.6, 5.0);
  double edge = get_edge (is_test, radius);
  double zoom = square->side / (self->max - self->min);

  for (guint is_core = 0; is_core < 2; is_core++)
    {
      for (guint i = 0; i < self->points->len; i++)
        {
          const FxuMapPoint *point = &g_array_index (self->points, FxuMapPoint, i);

          if (point->label == label && point->is_test == is_test)
            fxu_ink_add_marker (cr,
                                label,
                                square->left + (point->x - self->min) * zoom,
                                square->top + (self->max - point->y) * zoom,
                                is_core ? radius - edge : radius + edge);
        }
      fxu_ink_set_color (cr, get_marker_color (label, is_test, is_core, palette));
      cairo_fill (cr);
    }
}

/* Only a hint of where the data lie: in the difference the areas matter. */
static void
draw_hints (const FxuClassMap *self, cairo_t *cr, const Square *square, const FxuPalette *palette)
{
  double zoom = square->side / (self->max - self->min);

  for (guint i = 0; i < self->points->len; i++)
    {
      const FxuMapPoint *point = &g_array_index (self->points, FxuMapPoint, i);

      cairo_rectangle (cr,
                       round (square->left + (point->x - self->min) * zoom) - 1.0,
                       round (square->top + (self->max - point->y) * zoom) - 1.0,
                       2.0,
                       2.0);
    }
  fxu_ink_set_color (cr,
                     fxu_palette_mix (palette->hues[FXU_HUE_SURFACE],
                                      palette->hues[FXU_HUE_DIM],
                                      0.8));
  cairo_fill (cr);
}

static void
draw_markers (const FxuClassMap *self, cairo_t *cr, const Square *square, const FxuPalette *palette)
{
  if (self->kind == FXU_MAP_DIFFERENCE)
    {
      draw_hints (self, cr, square, palette);
      return;
    }
  for (guint label = 0; label < self->n_classes; label++)
    {
      draw_group (self, cr, square, label, FALSE, palette);
      draw_group (self, cr, square, label, TRUE, palette);
    }
}

static void
make_layer (FxuClassMap *self, double side, const FxuPalette *palette)
{
  int size = (int)ceil (side * self->device_scale);
  const Square square = {0.0, 0.0, side};
  cairo_t *cr;

  g_clear_pointer (&self->layer, cairo_surface_destroy);
  self->layer = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, size, size);
  cairo_surface_set_device_scale (self->layer, self->device_scale, self->device_scale);
  self->layer_side = side;
  self->layer_palette = palette;
  cr = cairo_create (self->layer);
  draw_markers (self, cr, &square, palette);
  cairo_destroy (cr);
}

/* The markers change seldom and cost far more than the field: on a raster they are drawn once. */
static void
draw_points (FxuClassMap *self, cairo_t *cr, const Square *square, const FxuPalette *palette)
{
  cairo_surface_type_t type = cairo_surface_get_type (cairo_get_target (cr));

  if (self->points->len == 0)
    return;
  cairo_save (cr);
  cairo_rectangle (cr, square->left, square->top, square->side, square->side);
  cairo_clip (cr);
  if (type == CAIRO_SURFACE_TYPE_SVG || type == CAIRO_SURFACE_TYPE_PDF)
    {
      draw_markers (self, cr, square, palette);
    }
  else
    {
      if (self->layer == NULL || self->layer_side != square->side || self->layer_palette != palette)
        make_layer (self, square->side, palette);
      cairo_set_source_surface (cr, self->layer, square->left, square->top);
      cairo_paint (cr);
    }
  cairo_restore (cr);
}

/* Draws one entry, unless it would pass @end; returns where the next begins. */
static double
draw_legend_entry (const FxuLettering *letters,
                   cairo_t *cr,
                   const char *text,
                   guint label,
                   gboolean is_test,
                   double x,
                   double end,
                   double baseline,
                   const FxuPalette *palette)
{
  double em = letters->size;
  double radius = 0.3 * em;
  double width = fxu_lettering_measure (letters, FXU_FACE_SMALL, text);

  if (x + 2.0 * radius + 0.3 * em + width > end)
    return x;
  for (guint is_core = 0; is_core < 2; is_core++)
    {
      double edge = get_edge (is_test, radius);

      fxu_ink_add_marker (cr,
                          label,
                          x + radius,
                          baseline - 0.32 * em,
                          is_core ? radius - edge : radius + edge);
      fxu_ink_set_color (cr, get_marker_color (label, is_test, is_core, palette));
      cairo_fill (cr);
    }
  x += 2.0 * radius + 0.3 * em;
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, text, x, baseline, 0.0, INFINITY);
  return x + width + 0.8 * em;
}

static void
draw_legend (const FxuClassMap *self,
             const FxuLettering *letters,
             cairo_t *cr,
             double x,
             double end,
             double baseline,
             const FxuPalette *palette)
{
  if (self->kind == FXU_MAP_DIFFERENCE)
    {
      double em = letters->size;

      cairo_rectangle (cr, x, baseline - 0.75 * em, 1.4 * em, 0.85 * em);
      fxu_ink_fill (cr, palette->hues[FXU_HUE_OVER], FXU_FILLING_HATCHED);
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          _ ("the twins disagree"),
                          x + 1.8 * em,
                          baseline,
                          0.0,
                          end - x - 1.8 * em);
      return;
    }
  for (guint i = 0; self->class_names != NULL && self->class_names[i] != NULL; i++)
    x = draw_legend_entry (letters, cr, self->class_names[i], i, FALSE, x, end, baseline, palette);
  if (self->points->len > 0)
    draw_legend_entry (letters, cr, _ ("test"), 0, TRUE, x, end, baseline, palette);
}

/* The title, with the share of the plane on which the twins differ. */
static void
draw_title (const FxuClassMap *self,
            const FxuLettering *letters,
            cairo_t *cr,
            double x,
            double end,
            double baseline,
            const FxuPalette *palette)
{
  double disagreement = fxu_class_map_get_disagreement (self);

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  x += fxu_lettering_draw (letters,
                           cr,
                           FXU_FACE_BOLD,
                           fxu_class_map_get_title (self),
                           x,
                           baseline,
                           0.0,
                           end - x);
  if (self->kind == FXU_MAP_DIFFERENCE && !isnan (disagreement))
    {
      g_autofree char *share = g_strdup_printf ("%.1f %%", 100.0 * disagreement);

      x += 0.6 * letters->size;
      /* A number is shown whole or not at all. */
      if (fxu_lettering_measure (letters, FXU_FACE_NORMAL, share) <= end - x)
        fxu_lettering_draw (letters, cr, FXU_FACE_NORMAL, share, x, baseline, 0.0, end - x);
    }
}

/* Without a map the points alone show what there is to learn. */
static void
draw_plane (FxuClassMap *self,
            const FxuLettering *letters,
            cairo_t *cr,
            const Square *square,
            gboolean has_text,
            const FxuPalette *palette)
{
  const char *obstacle = fxu_class_map_get_obstacle (self);

  if (obstacle == NULL)
    draw_field (self, cr, square, palette);
  if (obstacle == NULL && self->kind == FXU_MAP_DIFFERENCE)
    draw_disagreement (self, cr, square, palette);
  if (obstacle == NULL || self->size == 0)
    draw_points (self, cr, square, palette);
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_set_line_width (cr, 1.0);
  cairo_rectangle (cr,
                   square->left + 0.5,
                   square->top + 0.5,
                   square->side - 1.0,
                   square->side - 1.0);
  cairo_stroke (cr);
  if (!has_text || obstacle == NULL || (self->size == 0 && self->points->len > 0))
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_NORMAL,
                      obstacle,
                      square->left + square->side / 2.0,
                      square->top + square->side / 2.0,
                      0.5,
                      square->side - 4.0);
}

void
fxu_class_map_draw (FxuClassMap *self,
                    cairo_t *cr,
                    double width,
                    double height,
                    const FxuPalette *palette)
{
  g_auto (FxuLettering) letters = {0};
  Square square;
  double pad, bottom;
  gboolean has_text;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, height));
  has_text = MIN (width, height) >= LEAST_SIZE_FOR_TEXT;
  pad = has_text ? floor (0.6 * letters.size) : 1.0;
  square.top = pad;
  bottom = height - pad;
  if (has_text)
    square.top += ceil (fxu_lettering_get_height (&letters, FXU_FACE_NORMAL) + 0.3 * letters.size);
  if (MIN (width, height) >= LEAST_SIZE_FOR_LEGEND)
    bottom -= ceil (fxu_lettering_get_height (&letters, FXU_FACE_SMALL) + 0.4 * letters.size);
  square.side = floor (MIN (width - 2.0 * pad, bottom - square.top));
  if (square.side < 2.0)
    return;
  square.left = floor ((width - square.side) / 2.0);

  if (has_text)
    draw_title (self,
                &letters,
                cr,
                square.left,
                width - pad,
                pad + letters.ascents[FXU_FACE_NORMAL],
                palette);
  draw_plane (self, &letters, cr, &square, has_text, palette);
  if (bottom < height - pad)
    draw_legend (self,
                 &letters,
                 cr,
                 square.left,
                 width - pad,
                 square.top + square.side + 1.15 * letters.size,
                 palette);
}
