/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/cluster-sheet-data.h"
#include "plot/cluster-legend.h"
#include "plot/ink.h"
#include "plot/lettering.h"
#include "plot/scale.h"

#include <math.h>

#define TICKS_WANTED 5

/* Where the parts of a drawing lie. */
typedef struct
{
  FxuLettering letters;
  double pad, width;
  double left, top, across, down;
  double title, caption, legend; /* baselines */
  double slot, radius;           /* of one weight */
  FxuScale y;
  FxuTick ticks[FXU_TICKS_MAX];
  guint n_ticks;
} Frame;

static void
frame_clear (Frame *self)
{
  fxu_lettering_clear (&self->letters);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frame, frame_clear)

static void
frame_init (Frame *self, const FxuClusterSheet *sheet, double width, double height)
{
  double greatest = sheet->greatest > 0.0 ? 1.06 * sheet->greatest : 1.0;
  double em, row, labels = 0.0;

  fxu_lettering_init (&self->letters, fxu_lettering_choose_size (width, height));
  em = self->letters.size;
  row = fxu_lettering_get_height (&self->letters, FXU_FACE_SMALL);
  self->width = width;
  self->pad = 0.6 * em;
  self->title = self->pad + 0.9 * em;
  self->caption = self->title + 1.2 * row;
  self->legend = height - self->pad - 0.25 * row;
  self->top = self->caption + 0.6 * row;
  self->down = self->legend - 1.1 * row - self->top;
  self->y = (FxuScale){-greatest, greatest, FALSE};
  self->n_ticks = fxu_scale_make_ticks (&self->y,
                                        (guint)CLAMP (self->down / (2.6 * em), 2, TICKS_WANTED),
                                        self->ticks);
  for (guint i = 0; i < self->n_ticks; i++)
    if (self->ticks[i].is_major)
      labels =
        MAX (labels, fxu_lettering_measure (&self->letters, FXU_FACE_SMALL, self->ticks[i].label));
  self->left = self->pad + labels + 0.5 * em;
  self->across = width - self->left - self->pad - 2.2 * em; /* names of levels */
  self->slot = sheet->data.n > 0 ? self->across / (double)sheet->data.n : self->across;
  self->radius = CLAMP (0.36 * self->slot, 1.0, 0.34 * em);
}

static gboolean
frame_is_roomy (const Frame *self)
{
  return self->across >= 20.0 && self->down >= 20.0;
}

static double
get_x (const Frame *self, gsize place)
{
  return self->left + ((double)place + 0.5) * self->slot;
}

static double
get_y (const Frame *self, double value)
{
  return self->top +
         self->down * (1.0 - CLAMP (fxu_scale_get_position (&self->y, value), 0.0, 1.0));
}

static double
get_line (const Frame *self, double value)
{
  return floor (get_y (self, value)) + 0.5;
}

gboolean
fxu_cluster_sheet_find (const FxuClusterSheet *self,
                        double width,
                        double height,
                        double x,
                        gsize *place)
{
  g_auto (Frame) frame = {0};
  double at;

  g_return_val_if_fail (self != NULL && place != NULL, FALSE);

  if (self->data.n == 0 || !(width > 0.0 && height > 0.0))
    return FALSE;
  frame_init (&frame, self, width, height);
  at = (x - frame.left) / frame.slot;
  if (!frame_is_roomy (&frame) || !(at >= 0.0 && at < (double)self->data.n))
    return FALSE;
  *place = (gsize)at;
  return TRUE;
}

static void
draw_line (const Frame *frame, cairo_t *cr, double value)
{
  cairo_move_to (cr, frame->left, get_line (frame, value));
  cairo_line_to (cr, frame->left + frame->across, get_line (frame, value));
  cairo_stroke (cr);
}

static void
draw_axis (const Frame *frame, cairo_t *cr, const FxuPalette *palette)
{
  double em = frame->letters.size;

  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i < frame->n_ticks; i++)
    {
      const FxuTick *tick = &frame->ticks[i];

      if (!tick->is_major)
        continue;
      fxu_palette_set_source (palette, cr, tick->value == 0.0 ? FXU_HUE_DIM : FXU_HUE_GRID);
      draw_line (frame, cr, tick->value);
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame->letters,
                          cr,
                          FXU_FACE_SMALL,
                          tick->label,
                          frame->left - 0.45 * em,
                          get_y (frame, tick->value) + 0.32 * em,
                          1.0,
                          INFINITY);
    }
}

/* Behind the plot's right edge. */
static void
draw_name (const Frame *frame, cairo_t *cr, double value, const char *name)
{
  double em = frame->letters.size;

  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      name,
                      frame->left + frame->across + 0.3 * em,
                      get_y (frame, value) + 0.32 * em,
                      0.0,
                      2.4 * em);
}

/* What lies between the thresholds is dropped: a ground of its own, with dashed bounds. */
static void
draw_threshold (const Frame *frame,
                const FxuClusterSheet *self,
                cairo_t *cr,
                const FxuPalette *palette)
{
  static const double dashes[] = {5.0, 4.0};
  double threshold = self->data.threshold;
  FxuColor ground = palette->hues[FXU_HUE_GRID];
  double above, below;

  if (!(threshold > 0.0) || threshold > frame->y.max)
    return;
  above = get_y (frame, threshold);
  below = get_y (frame, -threshold);
  ground.alpha *= 0.45;
  fxu_ink_set_color (cr, ground);
  cairo_rectangle (cr, frame->left, above, frame->across, below - above);
  cairo_fill (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_MARK);
  cairo_set_line_width (cr, 1.2);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0.0);
  draw_line (frame, cr, threshold);
  draw_line (frame, cr, -threshold);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

static void
draw_levels (const Frame *frame,
             const FxuClusterSheet *self,
             cairo_t *cr,
             const FxuPalette *palette)
{
  FxuColor color = palette->hues[FXU_HUE_FIXED];

  color.alpha *= self->data.n_levels > 2 ? 0.35 : 0.8;
  fxu_ink_set_color (cr, color);
  cairo_set_line_width (cr, self->data.n_levels > 2 ? 1.0 : 1.4);
  for (guint i = 0; i < self->data.n_levels; i++)
    draw_line (frame, cr, self->data.levels[i]);
}

/* Names of levels, where they are the two of one scale, and of thresholds that stand free of them.
 */
static void
draw_names (const Frame *frame, const FxuClusterSheet *self, cairo_t *cr, const FxuPalette *palette)
{
  double em = frame->letters.size, threshold = self->data.threshold;
  double level = 0.0;

  fxu_palette_set_source (palette, cr, FXU_HUE_FIXED);
  for (guint i = 0; i < self->data.n_levels && self->data.n_levels <= 2; i++)
    {
      level = MAX (level, fabs (self->data.levels[i]));
      draw_name (frame, cr, self->data.levels[i], self->data.levels[i] > 0.0 ? "+α" : "−α");
    }
  if (!(threshold > 0.0) || threshold > frame->y.max ||
      (level > 0.0 && fabs (get_y (frame, threshold) - get_y (frame, level)) < em))
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_MARK);
  draw_name (frame, cr, threshold, "+Δ");
  draw_name (frame, cr, -threshold, "−Δ");
}

/* In place, kernels are told apart. */
static void
draw_kernels (const Frame *frame,
              const FxuClusterSheet *self,
              cairo_t *cr,
              const FxuPalette *palette)
{
  if (self->is_sorted || self->data.kernel < 2 || self->data.kernel * frame->slot < 6.0)
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_set_line_width (cr, 1.0);
  for (gsize i = self->data.kernel; i < self->data.n; i += self->data.kernel)
    {
      double x = floor (frame->left + (double)i * frame->slot) + 0.5;

      cairo_move_to (cr, x, frame->top);
      cairo_line_to (cr, x, frame->top + frame->down);
    }
  cairo_stroke (cr);
}

/* From the value to the weight. */
static void
draw_residual (const Frame *frame,
               cairo_t *cr,
               gsize place,
               double weight,
               double value,
               const FxuPalette *palette)
{
  FxuColor color = fxu_palette_get_category (palette, FXU_CLUSTER_RESIDUAL);

  color.alpha *= 0.75;
  fxu_ink_set_color (cr, color);
  cairo_set_line_width (cr, CLAMP (0.5 * frame->slot, 1.0, 3.0));
  cairo_move_to (cr, get_x (frame, place), get_y (frame, value));
  cairo_line_to (cr, get_x (frame, place), get_y (frame, weight));
  cairo_stroke (cr);
}

static void
draw_weight (const Frame *frame,
             const FxuClusterSheet *self,
             cairo_t *cr,
             gsize place,
             const FxuPalette *palette)
{
  gsize i = fxu_cluster_sheet_at (self, place);
  double weight = self->data.weights[i], value = self->data.values[i];
  double x = get_x (frame, place), half = CLAMP (0.4 * frame->slot, 1.0, 0.5 * frame->letters.size);

  if (!isfinite (weight))
    weight = 0.0;
  draw_residual (frame, cr, place, weight, value, palette);
  fxu_palette_set_source (palette, cr, FXU_HUE_FIXED);
  cairo_set_line_width (cr, 2.0);
  cairo_move_to (cr, x - half, get_y (frame, value));
  cairo_line_to (cr, x + half, get_y (frame, value));
  cairo_stroke (cr);
  cairo_arc (cr, x, get_y (frame, weight), frame->radius, 0.0, 2.0 * G_PI);
  if (self->data.is_kept[i])
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
      cairo_fill (cr);
      return;
    }
  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_fill_preserve (cr);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
}

static void
draw_chosen (const Frame *frame, cairo_t *cr, gsize place, const FxuPalette *palette)
{
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_rectangle (cr,
                   frame->left + (double)place * frame->slot,
                   frame->top,
                   MAX (frame->slot, 1.0),
                   frame->down);
  cairo_fill (cr);
}

static void
draw_weights (const Frame *frame,
              const FxuClusterSheet *self,
              cairo_t *cr,
              gsize place,
              const FxuPalette *palette)
{
  draw_threshold (frame, self, cr, palette);
  if (place < self->data.n)
    draw_chosen (frame, cr, place, palette);
  draw_kernels (frame, self, cr, palette);
  draw_axis (frame, cr, palette);
  draw_levels (frame, self, cr, palette);
  draw_names (frame, self, cr, palette);
  for (gsize i = 0; i < self->data.n; i++)
    draw_weight (frame, self, cr, i, palette);
  fxu_cluster_legend_draw (&frame->letters,
                           cr,
                           frame->left,
                           frame->legend,
                           frame->width - frame->pad,
                           palette);
}

static void
draw_head (const Frame *frame,
           const FxuClusterSheet *self,
           cairo_t *cr,
           gsize place,
           const FxuPalette *palette)
{
  double room = frame->width - 2.0 * frame->pad;
  g_autofree char *reading =
    place < self->data.n ? fxu_cluster_sheet_describe_place (self, place) : NULL;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_BOLD,
                      self->title,
                      frame->pad,
                      frame->title,
                      0.0,
                      room);
  if (reading == NULL)
    fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (&frame->letters,
                      cr,
                      FXU_FACE_SMALL,
                      reading != NULL ? reading : self->caption,
                      frame->pad,
                      frame->caption,
                      0.0,
                      room);
}

void
fxu_cluster_sheet_draw (const FxuClusterSheet *self,
                        cairo_t *cr,
                        double width,
                        double height,
                        gsize place,
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
  if (self->data.n == 0)
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
      draw_head (&frame, self, cr, place, palette);
      if (frame_is_roomy (&frame))
        draw_weights (&frame, self, cr, place, palette);
    }
  cairo_restore (cr);
}
