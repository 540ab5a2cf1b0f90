/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/weight-bars-data.h"
#include "plot/ink.h"
#include "plot/lettering.h"
#include "plot/scale.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#define TICKS_WANTED 5

/* Where the parts of a drawing lie. */
typedef struct
{
  FxuLettering letters;
  double pad, width;
  double left, top, across, down, axis; /* axis: the line between before and after */
  double title, caption, labels;        /* baselines */
  double slot;
  FxuScale x;
} Frame;

static void
frame_clear (Frame *self)
{
  fxu_lettering_clear (&self->letters);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frame, frame_clear)

static void
frame_init (Frame *self, const FxuWeightBars *bars, double width, double height)
{
  double reach = (bars->half + 0.5) * (bars->n > 0 ? bars->bin_width : 1.0);
  double row;

  fxu_lettering_init (&self->letters, fxu_lettering_choose_size (width, height));
  row = fxu_lettering_get_height (&self->letters, FXU_FACE_SMALL);
  self->width = width;
  self->pad = 0.6 * self->letters.size;
  self->title = self->pad + 0.9 * self->letters.size;
  self->caption = self->title + 1.2 * row;
  self->labels = height - self->pad - 0.25 * row;
  self->top = self->caption + 0.5 * row;
  self->down = self->labels - 0.95 * row - self->top;
  self->axis = floor (self->top + 0.5 * self->down) + 0.5;
  self->left = self->pad;
  self->across = width - 2.0 * self->pad;
  self->slot = self->across / (2.0 * bars->half + 1.0);
  self->x = (FxuScale){-reach, reach, FALSE};
}

static gboolean
frame_is_roomy (const Frame *self)
{
  return self->across >= 20.0 && self->down >= 24.0;
}

static double
get_x (const Frame *self, double value)
{
  return self->left + self->across * fxu_scale_get_position (&self->x, value);
}

gboolean
fxu_weight_bars_find (const FxuWeightBars *self, double width, double height, double x, guint *bin)
{
  g_auto (Frame) frame = {0};
  double at;

  g_return_val_if_fail (self != NULL && bin != NULL, FALSE);

  if (self->n == 0 || !(width > 0.0 && height > 0.0))
    return FALSE;
  frame_init (&frame, self, width, height);
  at = (x - frame.left) / frame.slot;
  if (!frame_is_roomy (&frame) || !(at >= 0.0 && at < 2.0 * self->half + 1.0))
    return FALSE;
  *bin = (guint)at;
  return TRUE;
}

/* A bar that is cut off ends in a gap with what its height stands for beside it. */
static void
draw_cut (const Frame *frame,
          cairo_t *cr,
          double left,
          double right,
          double share,
          const FxuPalette *palette)
{
  double em = frame->letters.size, y = frame->top + frame->down - 0.8 * em;
  g_autofree char *text = NULL;

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_set_line_width (cr, 2.0);
  cairo_move_to (cr, left - 2.0, y + 2.0);
  cairo_line_to (cr, right + 2.0, y - 2.0);
  cairo_stroke (cr);
  /* translators: the share of weights in a bar that is cut off */
  text = g_strdup_printf (_ ("%.0f %%, cut"), 100.0 * share);
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      text,
                      right + 0.4 * em,
                      frame->top + frame->down - 0.2 * em,
                      0.0,
                      frame->left + frame->across - right - 0.4 * em);
}

static void
draw_bars (const Frame *frame,
           const FxuWeightBars *self,
           gboolean after,
           cairo_t *cr,
           const FxuPalette *palette)
{
  double height = 0.5 * frame->down - 1.0;
  double gap = frame->slot >= 4.0 ? 1.0 : 0.0;

  for (guint bin = 0; bin <= 2 * self->half; bin++)
    {
      double share = self->shares[after][bin] / self->greatest[after];
      double left = round (frame->left + bin * frame->slot);
      double right = MAX (round (frame->left + (bin + 1.0) * frame->slot) - gap, left + 1.0);
      double length = height * MIN (share, 1.0);

      if (share <= 0.0)
        continue;
      cairo_rectangle (cr,
                       left,
                       after ? frame->axis : frame->axis - length,
                       right - left,
                       MAX (length, 1.0));
      fxu_ink_fill (cr,
                    palette->hues[after ? FXU_HUE_FIXED : FXU_HUE_TWIN],
                    after ? FXU_FILLING_HATCHED : FXU_FILLING_SOLID);
      if (share > 1.0)
        draw_cut (frame, cr, left, right, self->shares[after][bin], palette);
    }
}

static void
draw_axis (const Frame *frame, cairo_t *cr, const FxuPalette *palette)
{
  FxuTick ticks[FXU_TICKS_MAX];
  guint n = fxu_scale_make_ticks (&frame->x,
                                  (guint)CLAMP (frame->across / (6.0 * frame->letters.size),
                                                2,
                                                2 * TICKS_WANTED),
                                  ticks);
  double taken = -INFINITY;

  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i < n; i++)
    {
      double x = floor (get_x (frame, ticks[i].value)) + 0.5;
      double half = fxu_lettering_measure (&frame->letters, FXU_FACE_SMALL, ticks[i].label) / 2.0;

      if (!ticks[i].is_major || x - half < taken || x + half > frame->width)
        continue;
      taken = x + half + 0.5 * frame->letters.size;
      fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
      cairo_move_to (cr, x, frame->top);
      cairo_line_to (cr, x, frame->top + frame->down);
      cairo_stroke (cr);
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame->letters,
                          cr,
                          FXU_FACE_SMALL,
                          ticks[i].label,
                          x,
                          frame->labels,
                          0.5,
                          INFINITY);
    }
}

/* Both sides have a scale of their own, each named at its edge. */
static void
draw_side (const Frame *frame,
           const FxuWeightBars *self,
           gboolean after,
           cairo_t *cr,
           const FxuPalette *palette)
{
  double em = frame->letters.size;
  /* translators: on one side of a histogram: before or after conversion; what its height is */
  g_autofree char *text =
    g_strdup_printf (after ? _ ("after, to %.2g %%") : _ ("before, to %.2g %%"),
                     100.0 * self->greatest[after]);

  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      text,
                      frame->left,
                      after ? frame->top + frame->down - 0.2 * em : frame->top + 0.9 * em,
                      0.0,
                      0.4 * frame->across);
}

static void
draw_chosen (const Frame *frame, guint bin, cairo_t *cr, const FxuPalette *palette)
{
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_rectangle (cr,
                   floor (frame->left + bin * frame->slot) - 1.0,
                   frame->top,
                   MAX (frame->slot, 1.0) + 2.0,
                   frame->down);
  cairo_fill (cr);
}

static char *
make_caption (const FxuWeightBars *self, guint bin)
{
  g_autofree char *width = NULL;

  if (bin < fxu_weight_bars_get_n_bins (self))
    return fxu_weight_bars_describe_bin (self, bin);
  width = fxu_scale_format_reading (self->bin_width);
  /* translators: beneath a histogram's title: the width of its bins, and a share of its values */
  return g_strdup_printf (_ ("bins of %s; %.1f %% exactly zero after"), width, 100.0 * self->zeros);
}

static void
draw_head (const Frame *frame,
           const FxuWeightBars *self,
           guint bin,
           cairo_t *cr,
           const FxuPalette *palette)
{
  g_autofree char *caption = make_caption (self, bin);
  double room = frame->width - 2.0 * frame->pad;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_BOLD,
                      self->title,
                      frame->pad,
                      frame->title,
                      0.0,
                      room);
  fxu_palette_set_source (palette,
                          cr,
                          bin < fxu_weight_bars_get_n_bins (self) ? FXU_HUE_TEXT : FXU_HUE_DIM);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      caption,
                      frame->pad,
                      frame->caption,
                      0.0,
                      room);
}

static void
draw_weights (const Frame *frame,
              const FxuWeightBars *self,
              guint bin,
              cairo_t *cr,
              const FxuPalette *palette)
{
  draw_axis (frame, cr, palette);
  if (bin < fxu_weight_bars_get_n_bins (self))
    draw_chosen (frame, bin, cr, palette);
  draw_bars (frame, self, FALSE, cr, palette);
  draw_bars (frame, self, TRUE, cr, palette);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  cairo_set_line_width (cr, 1.0);
  cairo_move_to (cr, frame->left, frame->axis);
  cairo_line_to (cr, frame->left + frame->across, frame->axis);
  cairo_stroke (cr);
  draw_side (frame, self, FALSE, cr, palette);
  draw_side (frame, self, TRUE, cr, palette);
}

void
fxu_weight_bars_draw (const FxuWeightBars *self,
                      cairo_t *cr,
                      double width,
                      double height,
                      guint bin,
                      const FxuPalette *palette)
{
  g_auto (Frame) frame = {0};

  g_return_if_fail (self != NULL && cr != NULL && palette != NULL);

  if (!(width > 0.0 && height > 0.0))
    return;
  frame_init (&frame, self, width, height);
  cairo_save (cr);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_clip (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_paint (cr);
  if (self->n == 0)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame.letters,
                          cr,
                          FXU_FACE_NORMAL,
                          self->empty_text,
                          width / 2.0,
                          height / 2.0,
                          0.5,
                          width - 8.0);
    }
  else
    {
      draw_head (&frame, self, bin, cr, palette);
      if (frame_is_roomy (&frame))
        draw_weights (&frame, self, bin, cr, palette);
    }
  cairo_restore (cr);
}
