/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/binade-frame.h"
#include "plot/ink.h"
#include "plot/scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

static void
draw_grid (const FxuBinadeFrame *frame,
           const FxuBinadeChart *self,
           cairo_t *cr,
           const FxuPalette *palette)
{
  static const double shares[] = {1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.001};
  double em = frame->letters.size;
  double last = -INFINITY;

  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
    {
      double height = fxu_binade_frame_get_height (frame, self, shares[i]);
      double y = floor (frame->axis - height) + 0.5;
      g_autofree char *label = NULL;

      if (shares[i] > self->greatest || y - last < 1.4 * em || height < 1.2 * em)
        continue;
      last = y;
      fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
      cairo_move_to (cr, frame->left, y);
      cairo_line_to (cr, frame->left + frame->across, y);
      if (self->has_below)
        {
          cairo_move_to (cr, frame->left, floor (frame->axis + height) + 0.5);
          cairo_line_to (cr, frame->left + frame->across, floor (frame->axis + height) + 0.5);
        }
      cairo_stroke (cr);
      if (frame->ticks <= 0.0)
        continue;
      label = g_strdup_printf ("%g %%", 100.0 * shares[i]);
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame->letters,
                          cr,
                          FXU_FACE_SMALL,
                          label,
                          frame->left - 0.45 * em,
                          y + 0.32 * em,
                          1.0,
                          INFINITY);
    }
}

static void
draw_exponents (const FxuBinadeFrame *frame,
                const FxuBinadeChart *self,
                cairo_t *cr,
                const FxuPalette *palette)
{
  const FxuLettering *letters = &frame->letters;
  double widest = fxu_lettering_measure (letters, FXU_FACE_SMALL, "2⁻⁰⁰") + letters->size;
  int every = 1;

  while (every * frame->slot < widest && every < 64)
    every *= 2;
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      "0",
                      frame->left + 0.7 * frame->slot,
                      frame->ticks,
                      0.5,
                      INFINITY);
  cairo_set_line_width (cr, 1.0);
  for (int exponent = self->low; exponent <= self->high; exponent++)
    {
      double x = fxu_binade_frame_get_x (frame, self, exponent);
      g_autofree char *label = NULL;

      /* Also right for negative ones: both are multiples. */
      if (exponent % every != 0 || x - widest / 2.0 < frame->left + frame->slot)
        continue;
      label = fxu_scale_format_power (2, exponent);
      fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, label, x, frame->ticks, 0.5, INFINITY);
      cairo_move_to (cr, floor (x) + 0.5, frame->top + frame->down);
      cairo_line_to (cr, floor (x) + 0.5, frame->top + frame->down + 3.0);
      cairo_stroke (cr);
    }
  if (frame->caption > 0.0)
    fxu_lettering_draw (letters,
                        cr,
                        FXU_FACE_SMALL,
                        _ ("share of values (root scale) by magnitude"),
                        frame->left + frame->across / 2.0,
                        frame->caption,
                        0.5,
                        frame->across);
}

/* One bar upwards (@down -1) or downwards (1) from the axis, in up to three parts. */
static void
draw_bar (const FxuBinadeFrame *frame,
          cairo_t *cr,
          double x,
          double height,
          int down,
          const FxuBinadeFate *fate,
          FxuHue hue,
          const FxuPalette *palette)
{
  double gap = MAX (1.0, floor (0.14 * frame->slot));
  double left = round (x) + gap / 2.0;
  double width = MAX (1.0, round (x + frame->slot) - round (x) - gap);
  double parts[3] = {MAX (0.0, 1.0 - fate->over - fate->under), fate->under, fate->over};
  const FxuHue hues[3] = {hue, FXU_HUE_UNDER, FXU_HUE_OVER};
  static const FxuFilling fillings[3] = {FXU_FILLING_SOLID,
                                         FXU_FILLING_DOTTED,
                                         FXU_FILLING_HATCHED};
  double from = 0.0;

  /* A few values among very many are a line still. */
  height = MAX (1.5, height);
  for (guint i = 0; i < 3; i++)
    {
      double to = from + parts[i] * height;

      if (parts[i] > 0.0)
        {
          cairo_rectangle (cr, left, frame->axis + (down > 0 ? from : -to), width, to - from);
          fxu_ink_fill (cr, palette->hues[hues[i]], fillings[i]);
        }
      from = to;
    }
}

static void
draw_bars (const FxuBinadeFrame *frame,
           const FxuBinadeChart *self,
           cairo_t *cr,
           const FxuPalette *palette)
{
  static const FxuBinadeFate safe = {0.0, 0.0};

  for (int sign = 0; sign < 2; sign++)
    for (int exponent = MAX (self->low, FXP_BINADE_MIN);
         exponent < MIN (self->high, FXP_BINADE_MIN + FXP_N_BINADES);
         exponent++)
      {
        int bin = exponent - FXP_BINADE_MIN;
        double share = self->statistics.binades[sign][bin] / self->n;

        if (share > 0.0)
          draw_bar (frame,
                    cr,
                    fxu_binade_frame_get_x (frame, self, exponent),
                    fxu_binade_frame_get_height (frame, self, share),
                    sign == 1 ? 1 : -1,
                    &self->fates[sign][bin],
                    FXU_HUE_OK,
                    palette);
      }
  if (self->statistics.n_zero > 0)
    draw_bar (frame,
              cr,
              frame->left + 0.2 * frame->slot,
              fxu_binade_frame_get_height (frame, self, (double)self->statistics.n_zero / self->n),
              -1,
              &safe,
              FXU_HUE_TWIN,
              palette);
}

/* A sample of the filling, a word and a share; returns where the next begins. */
static double
draw_key (const FxuBinadeFrame *frame,
          cairo_t *cr,
          const char *word,
          double share,
          FxuHue hue,
          FxuFilling filling,
          double x,
          const FxuPalette *palette)
{
  const FxuLettering *letters = &frame->letters;
  double em = letters->size;
  double end = frame->width - frame->pad;
  g_autofree char *text = fxu_binade_chart_format_share (share);

  if (x + 1.8 * em + fxu_lettering_measure (letters, FXU_FACE_SMALL, word) +
        fxu_lettering_measure (letters, FXU_FACE_SMALL, text) >
      end)
    return x;
  cairo_rectangle (cr,
                   round (x),
                   round (frame->header - 0.72 * em),
                   round (1.1 * em),
                   round (0.8 * em));
  fxu_ink_fill (cr, palette->hues[hue], filling);
  x += 1.45 * em;
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  x += fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, word, x, frame->header, 0.0, end - x);
  x += 0.35 * em;
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  x += fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, text, x, frame->header, 0.0, end - x);
  return x + 0.9 * em;
}

static void
draw_header (const FxuBinadeFrame *frame,
             const FxuBinadeChart *self,
             cairo_t *cr,
             const FxuPalette *palette)
{
  const FxuLettering *letters = &frame->letters;
  double over = (double)self->would_be.n_overflowed / self->n;
  double under = (double)self->would_be.n_underflowed / self->n;
  double x = frame->pad;

  if (self->has_quantizer && !fxp_format_is_float (self->quantizer.format))
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      /* translators: before the shares that would fit, overflow and underflow */
      x += fxu_lettering_draw (letters,
                               cr,
                               FXU_FACE_SMALL,
                               _ ("would-be"),
                               x,
                               frame->header,
                               0.0,
                               frame->width - x) +
           0.7 * letters->size;
      x = draw_key (frame,
                    cr,
                    _ ("fit"),
                    MAX (0.0, 1.0 - over - under),
                    FXU_HUE_OK,
                    FXU_FILLING_SOLID,
                    x,
                    palette);
      x = draw_key (frame, cr, _ ("over"), over, FXU_HUE_OVER, FXU_FILLING_HATCHED, x, palette);
      x = draw_key (frame, cr, _ ("under"), under, FXU_HUE_UNDER, FXU_FILLING_DOTTED, x, palette);
    }
  if (self->statistics.n_zero > 0)
    x = draw_key (frame,
                  cr,
                  _ ("zero"),
                  (double)self->statistics.n_zero / self->n,
                  FXU_HUE_TWIN,
                  FXU_FILLING_SOLID,
                  x,
                  palette);
  if (self->statistics.counts.n_nonfinite > 0)
    {
      g_autofree char *count =
        g_strdup_printf ("%" G_GUINT64_FORMAT, self->statistics.counts.n_nonfinite);
      /* translators: a count of values */
      g_autofree char *text = g_strdup_printf (_ ("%s not finite"), count);

      fxu_palette_set_source (palette, cr, FXU_HUE_OVER);
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          text,
                          x,
                          frame->header,
                          0.0,
                          frame->width - frame->pad - x);
    }
}

/* Where "x > 0" ends: at the right, or left of the window's edge if that would go through it. */
static double
find_place_of_signs (const FxuBinadeFrame *frame, const FxuBinadeChart *self)
{
  double end = frame->left + frame->across - 2.0;
  double gap = 0.4 * frame->letters.size;
  double reach = fxu_lettering_measure (&frame->letters, FXU_FACE_SMALL, "x > 0") + gap;
  int step, range;
  double edge;

  if (!fxu_binade_chart_get_window (self, &step, &range))
    return end;
  edge = fxu_binade_frame_get_x (frame, self, range);
  return edge > end - reach && edge < end + gap ? edge - gap : end;
}

static void
draw_axis (const FxuBinadeFrame *frame,
           const FxuBinadeChart *self,
           cairo_t *cr,
           const FxuPalette *palette)
{
  double em = frame->letters.size;
  double end = frame->left + frame->across;

  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  cairo_set_line_width (cr, 1.0);
  cairo_move_to (cr, frame->left, frame->axis + 0.5);
  cairo_line_to (cr, end, frame->axis + 0.5);
  cairo_stroke (cr);
  if (!self->has_below || frame->header <= 0.0 || frame->down < 8.0 * em)
    return;
  end = find_place_of_signs (frame, self);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      "x > 0",
                      end,
                      frame->top + em,
                      1.0,
                      INFINITY);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      "x < 0",
                      end,
                      frame->top + frame->down - 0.4 * em,
                      1.0,
                      INFINITY);
}

void
fxu_binade_chart_draw (const FxuBinadeChart *self,
                       cairo_t *cr,
                       double width,
                       double height,
                       FxuWindowPart active,
                       const FxuPalette *palette)
{
  g_auto (FxuBinadeFrame) frame = {0};
  gboolean has_values;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  fxu_binade_frame_init (&frame, self, width, height);
  if (frame.across < 4.0 || frame.down < 4.0)
    return;
  has_values = self->has_statistics && self->n > 0.0;
  fxu_binade_chart_draw_ground (&frame, self, cr, active, palette);
  draw_grid (&frame, self, cr, palette);
  if (has_values)
    draw_bars (&frame, self, cr, palette);
  draw_axis (&frame, self, cr, palette);
  if (frame.ticks > 0.0)
    draw_exponents (&frame, self, cr, palette);
  fxu_binade_chart_draw_window (&frame, self, cr, active, palette);
  if (frame.header > 0.0 && has_values)
    {
      draw_header (&frame, self, cr, palette);
    }
  else if (frame.header > 0.0)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame.letters,
                          cr,
                          FXU_FACE_SMALL,
                          _ ("No values yet"),
                          frame.pad,
                          frame.header,
                          0.0,
                          width - frame.pad);
    }
}
