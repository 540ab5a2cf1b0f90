/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "figure-drawing.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <gio/gio.h>
#include <math.h>

#define CHART_WIDTH  520
#define CHART_HEIGHT 260
#define MARGIN       12
#define PNG_SCALE    2 /* pixels per unit, so that a printed PNG is sharp */

static cairo_status_t
write_cb (void *data, const unsigned char *bytes, unsigned int n)
{
  g_byte_array_append (data, bytes, n);
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
create_surface (const char *path, double width, double height, GByteArray *bytes)
{
  if (g_str_has_suffix (path, ".svg"))
    return cairo_svg_surface_create_for_stream (write_cb, bytes, width, height);
  if (g_str_has_suffix (path, ".pdf"))
    return cairo_pdf_surface_create_for_stream (write_cb, bytes, width, height);
  return cairo_image_surface_create (CAIRO_FORMAT_RGB24,
                                     (int)width * PNG_SCALE,
                                     (int)height * PNG_SCALE);
}

static void
draw_charts (const GPtrArray *charts, cairo_t *cr)
{
  const FxuPalette *palette = fxu_palette_get (FALSE, FALSE);
  const FxuChartView view = {CHART_WIDTH, CHART_HEIGHT, NAN, FALSE};

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_paint (cr);
  for (guint i = 0; i < charts->len; i++)
    {
      cairo_save (cr);
      cairo_translate (cr,
                       MARGIN + (i % 2) * (CHART_WIDTH + MARGIN),
                       MARGIN + (i / 2) * (CHART_HEIGHT + MARGIN));
      fxu_chart_draw (g_ptr_array_index (charts, i), cr, &view, palette);
      cairo_restore (cr);
    }
}

gboolean
fxa_figure_draw (const GPtrArray *charts, const char *path, GByteArray *bytes, GError **error)
{
  const double width = 2 * CHART_WIDTH + 3 * MARGIN,
               height = MARGIN + charts->len / 2 * (CHART_HEIGHT + MARGIN);
  cairo_surface_t *surface = create_surface (path, width, height, bytes);
  const gboolean is_png = cairo_surface_get_type (surface) == CAIRO_SURFACE_TYPE_IMAGE;
  cairo_t *cr = cairo_create (surface);
  cairo_status_t status;

  if (is_png)
    cairo_scale (cr, PNG_SCALE, PNG_SCALE);
  draw_charts (charts, cr);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && is_png)
    status = cairo_surface_write_to_png_stream (surface, write_cb, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return TRUE;
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, cairo_status_to_string (status));
  return FALSE;
}
