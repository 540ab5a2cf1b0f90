/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/lettering.h"

#include <math.h>

#define FAMILIES "Cantarell, Inter, Noto Sans, DejaVu Sans, Sans"

/* Metrics must not depend on the surface, or a position could not be computed without one. */
static PangoContext *
create_context (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  cairo_font_options_t *options = cairo_font_options_create ();

  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);
  return context;
}

static PangoLayout *
create_layout (PangoContext *context, FxuFace face, double size)
{
  PangoLayout *layout = pango_layout_new (context);
  PangoFontDescription *font = pango_font_description_from_string (FAMILIES);
  PangoAttrList *attributes = pango_attr_list_new ();

  if (face == FXU_FACE_SMALL)
    size *= 0.9;
  pango_font_description_set_absolute_size (font, size * PANGO_SCALE);
  if (face == FXU_FACE_BOLD)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);

  /* Figures of equal width, so that a changing value does not shake its neighbours. */
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  return layout;
}

void
fxu_lettering_init (FxuLettering *self, double size)
{
  PangoContext *context = create_context ();

  self->size = size;
  for (guint face = 0; face < FXU_N_FACES; face++)
    {
      PangoLayout *layout = create_layout (context, face, size);
      PangoFontMetrics *metrics =
        pango_context_get_metrics (context, pango_layout_get_font_description (layout), NULL);

      self->layouts[face] = layout;
      self->ascents[face] = pango_units_to_double (pango_font_metrics_get_ascent (metrics));
      self->descents[face] = pango_units_to_double (pango_font_metrics_get_descent (metrics));
      pango_font_metrics_unref (metrics);
    }
  g_object_unref (context);
}

void
fxu_lettering_clear (FxuLettering *self)
{
  for (guint face = 0; face < FXU_N_FACES; face++)
    g_clear_object (&self->layouts[face]);
}

double
fxu_lettering_choose_size (double width, double height)
{
  return CLAMP (7.5 + sqrt (MAX (width * height, 0.0)) / 85.0, 10.5, 20.0);
}

double
fxu_lettering_get_height (const FxuLettering *self, FxuFace face)
{
  return self->ascents[face] + self->descents[face];
}

static double
get_width (PangoLayout *layout)
{
  int width;

  pango_layout_get_size (layout, &width, NULL);
  return pango_units_to_double (width);
}

double
fxu_lettering_measure (const FxuLettering *self, FxuFace face, const char *text)
{
  PangoLayout *layout = self->layouts[face];

  pango_layout_set_text (layout, text, -1);
  return get_width (layout);
}

double
fxu_lettering_draw (const FxuLettering *self,
                    cairo_t *cr,
                    FxuFace face,
                    const char *text,
                    double x,
                    double baseline,
                    double align,
                    double max_width)
{
  PangoLayout *layout = self->layouts[face];
  double width;

  if (max_width <= 0.0)
    return 0.0;
  pango_layout_set_text (layout, text, -1);
  width = get_width (layout);
  if (width > max_width)
    {
      pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (layout, pango_units_from_double (max_width));
      width = get_width (layout);
    }
  cairo_move_to (cr, x - align * width, baseline);
  pango_cairo_show_layout_line (cr, pango_layout_get_line_readonly (layout, 0));
  cairo_new_path (cr);
  pango_layout_set_width (layout, -1);
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_NONE);
  return width;
}
