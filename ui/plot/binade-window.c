/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-frame.h"
#include "plot/ink.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define REACH 7.0 /* of an edge, in user units */

FxuWindowPart
fxu_binade_chart_find_part (const FxuBinadeChart *self, double width, double height, double px)
{
  g_auto (FxuBinadeFrame) frame = {0};
  double left, right, reach;
  int step, range;

  g_return_val_if_fail (self != NULL, FXU_WINDOW_NONE);

  if (!fxu_binade_chart_get_window (self, &step, &range))
    return FXU_WINDOW_NONE;
  fxu_binade_frame_init (&frame, self, width, height);
  left = fxu_binade_frame_get_x (&frame, self, step);
  right = fxu_binade_frame_get_x (&frame, self, range);
  if (px < left - REACH || px > right + REACH)
    return FXU_WINDOW_NONE;
  /* A narrow window keeps a third of itself to be taken by. */
  reach = MIN (REACH, (right - left) / 3.0);
  if (px < left + reach)
    return FXU_WINDOW_STEP;
  return px > right - reach ? FXU_WINDOW_RANGE : FXU_WINDOW_BODY;
}

void
fxu_binade_chart_draw_ground (const FxuBinadeFrame *frame,
                              const FxuBinadeChart *self,
                              cairo_t *cr,
                              FxuWindowPart active,
                              const FxuPalette *palette)
{
  FxuColor color = palette->hues[FXU_HUE_OK];
  double bottom = self->quantizer.format.is_signed ? frame->top + frame->down : frame->axis;
  int step, range;

  if (!fxu_binade_chart_get_window (self, &step, &range))
    return;
  color.alpha = active == FXU_WINDOW_BODY ? 0.2 : 0.11;
  fxu_ink_set_color (cr, color);
  cairo_rectangle (cr,
                   round (fxu_binade_frame_get_x (frame, self, step)),
                   frame->top,
                   round (fxu_binade_frame_get_x (frame, self, range)) -
                     round (fxu_binade_frame_get_x (frame, self, step)),
                   bottom - frame->top);
  cairo_fill (cr);
}

/* An edge and its handle, set off from bars of the same colour. */
static void
draw_edge (const FxuBinadeFrame *frame,
           cairo_t *cr,
           double x,
           gboolean is_active,
           const FxuPalette *palette)
{
  double width = is_active ? 10.0 : 8.0;
  double height = floor (MIN (26.0, 0.5 * frame->down));
  double y = round (frame->top + frame->down / 2.0 - height / 2.0);

  x = round (x);
  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, x - 2.0, frame->top, 4.0, frame->down);
  cairo_rectangle (cr, x - width / 2.0 - 1.0, y - 1.0, width + 2.0, height + 2.0);
  cairo_fill (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_OK);
  cairo_rectangle (cr, x - 1.0, frame->top, 2.0, frame->down);
  cairo_rectangle (cr, x - width / 2.0, y, width, height);
  cairo_fill (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, x - 2.0, y + 6.0, 1.0, height - 12.0);
  cairo_rectangle (cr, x + 1.0, y + 6.0, 1.0, height - 12.0);
  cairo_fill (cr);
}

void
fxu_binade_chart_draw_window (const FxuBinadeFrame *frame,
                              const FxuBinadeChart *self,
                              cairo_t *cr,
                              FxuWindowPart active,
                              const FxuPalette *palette)
{
  g_autofree char *format = NULL;
  g_autofree char *label = NULL;
  double left, right, width, x;
  int step, range;

  if (!self->has_quantizer)
    return;
  format = fxp_format_to_string (self->quantizer.format);
  if (!fxu_binade_chart_get_window (self, &step, &range))
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      if (frame->strip > 0.0)
        fxu_lettering_draw (&frame->letters,
                            cr,
                            FXU_FACE_SMALL,
                            format,
                            frame->left + frame->across / 2.0,
                            frame->strip,
                            0.5,
                            frame->across);
      return;
    }
  left = fxu_binade_frame_get_x (frame, self, step);
  right = fxu_binade_frame_get_x (frame, self, range);
  draw_edge (frame, cr, left, active == FXU_WINDOW_STEP || active == FXU_WINDOW_BODY, palette);
  draw_edge (frame, cr, right, active == FXU_WINDOW_RANGE || active == FXU_WINDOW_BODY, palette);
  if (frame->strip <= 0.0)
    return;
  /* translators: number format and word length */
  label = g_strdup_printf (_ ("%s · %u bits"), format, self->quantizer.format.word_bits);
  width = fxu_lettering_measure (&frame->letters, FXU_FACE_BOLD, label);
  x = CLAMP ((left + right) / 2.0,
             frame->pad + width / 2.0,
             MAX (frame->pad + width / 2.0, frame->width - frame->pad - width / 2.0));
  fxu_palette_set_source (palette, cr, FXU_HUE_OK);
  fxu_lettering_draw (&frame->letters, cr, FXU_FACE_BOLD, label, x, frame->strip, 0.5, INFINITY);
}
