/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/dot-chart-data.h"
#include "plot/ink.h"
#include "plot/lettering.h"
#include "plot/limit-line.h"
#include "plot/reference-line.h"

#include <math.h>

#define TICKS_MAX_WANTED 6

/* Where the parts of a drawing lie. */
typedef struct
{
  FxuLettering letters;
  double width, height;
  double pad;
  double left, top, across, down; /* plot area */
  double title_baseline, legend_baseline;
  double column; /* width of one place */
  FxuTick ticks[FXU_TICKS_MAX];
  guint n_ticks;
} Frame;

static void
frame_clear (Frame *self)
{
  fxu_lettering_clear (&self->letters);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frame, frame_clear)

static double
measure_tick_labels (const Frame *self)
{
  double widest = 0.0;

  for (guint i = 0; i < self->n_ticks; i++)
    if (self->ticks[i].is_major)
      widest =
        MAX (widest, fxu_lettering_measure (&self->letters, FXU_FACE_SMALL, self->ticks[i].label));
  return widest;
}

static void
frame_init (Frame *self, const FxuDotChart *chart, double width, double height)
{
  double em, row;

  fxu_lettering_init (&self->letters, fxu_lettering_choose_size (width, height));
  em = self->letters.size;
  row = fxu_lettering_get_height (&self->letters, FXU_FACE_SMALL);
  self->width = width;
  self->height = height;
  self->pad = 0.6 * em;
  self->title_baseline = self->pad + 0.9 * em;
  self->legend_baseline = self->title_baseline + 1.2 * row;
  self->top = self->legend_baseline + 0.6 * row;
  self->down = height - self->top - 1.4 * row - self->pad;
  self->n_ticks = fxu_scale_make_ticks (&chart->y,
                                        (guint)CLAMP (self->down / (3.0 * em), 2, TICKS_MAX_WANTED),
                                        self->ticks);
  self->left = self->pad + measure_tick_labels (self) + 0.5 * em;
  self->across = width - self->left - self->pad;
  self->column = chart->n_places > 0 ? self->across / chart->n_places : self->across;
}

static gboolean
frame_is_roomy (const Frame *self)
{
  return self->across >= 8.0 && self->down >= 8.0;
}

/* Kinds stand side by side; joined ones, whose values are often the same, a little. */
static double
get_x (const Frame *self, const FxuDotChart *chart, guint place, guint kind)
{
  double middle = self->left + (place + 0.5) * self->column;
  double em = self->letters.size;
  guint n = chart->kinds->len;
  double apart =
    chart->is_joined ? MIN (self->column * 0.5 / n, 0.7 * em) : MIN (self->column * 0.7 / n, em);

  return middle + (kind - (n - 1.0) / 2.0) * apart;
}

static double
get_y (const Frame *self, const FxuDotChart *chart, double value)
{
  double position = fxu_scale_get_position (&chart->y, value);

  return self->top + self->down * (1.0 - CLAMP (position, 0.0, 1.0));
}

gboolean
fxu_dot_chart_find (const FxuDotChart *self, double width, double height, double x, guint *place)
{
  g_auto (Frame) frame = {0};
  double at;

  g_return_val_if_fail (self != NULL && place != NULL, FALSE);

  if (self->is_empty || !(width > 0.0 && height > 0.0))
    return FALSE;
  frame_init (&frame, self, width, height);
  at = (x - frame.left) / frame.column;
  if (!frame_is_roomy (&frame) || !(at >= 0.0 && at < self->n_places))
    return FALSE;
  *place = (guint)at;
  return TRUE;
}

static void
draw_axis (const Frame *frame, const FxuDotChart *self, const FxuPalette *palette, cairo_t *cr)
{
  double em = frame->letters.size;
  double below = INFINITY;

  cairo_set_line_width (cr, 1.0);
  for (guint i = 0; i < frame->n_ticks; i++)
    {
      double y = floor (get_y (frame, self, frame->ticks[i].value)) + 0.5;

      if (!frame->ticks[i].is_major)
        continue;
      fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
      cairo_move_to (cr, frame->left, y);
      cairo_line_to (cr, frame->left + frame->across, y);
      cairo_stroke (cr);
      if (below - y < 1.05 * em)
        continue;
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&frame->letters,
                          cr,
                          FXU_FACE_SMALL,
                          frame->ticks[i].label,
                          frame->left - 0.45 * em,
                          y + 0.32 * em,
                          1.0,
                          INFINITY);
      below = y;
    }
}

/* Where the name of a place begins and ends, within the drawing. */
static void
find_name (const Frame *frame, const FxuDotChart *self, guint place, double *left, double *right)
{
  double width = fxu_lettering_measure (&frame->letters, FXU_FACE_SMALL, self->places[place]);
  double x = frame->left + (place + 0.5) * frame->column - width / 2.0;

  *left = MAX (MIN (x, frame->width - 1.0 - width), 0.0);
  *right = *left + width;
}

static void
draw_chosen (const Frame *frame, guint chosen, const FxuPalette *palette, cairo_t *cr)
{
  FxuColor ground = palette->hues[FXU_HUE_GRID];

  ground.alpha *= 0.5;
  fxu_ink_set_color (cr, ground);
  cairo_rectangle (cr,
                   frame->left + chosen * frame->column,
                   frame->top,
                   frame->column,
                   frame->down);
  cairo_fill (cr);
}

/* Names that would touch one before them are left out; those that would touch the chosen one's make
 * room for it. */
static void
draw_places (const Frame *frame,
             const FxuDotChart *self,
             guint chosen,
             const FxuPalette *palette,
             cairo_t *cr)
{
  double baseline = frame->top + frame->down + 1.1 * frame->letters.size;
  double gap = 0.5 * frame->letters.size;
  double taken = -INFINITY, chosen_left = INFINITY, chosen_right = INFINITY;

  if (chosen < self->n_places)
    {
      draw_chosen (frame, chosen, palette, cr);
      find_name (frame, self, chosen, &chosen_left, &chosen_right);
    }
  for (guint place = 0; place < self->n_places; place++)
    {
      double left, right;

      find_name (frame, self, place, &left, &right);
      if (place != chosen &&
          (left < taken || (right + gap > chosen_left && left < chosen_right + gap)))
        continue;
      fxu_palette_set_source (palette, cr, place == chosen ? FXU_HUE_TEXT : FXU_HUE_DIM);
      fxu_lettering_draw (&frame->letters,
                          cr,
                          FXU_FACE_SMALL,
                          self->places[place],
                          left,
                          baseline,
                          0.0,
                          INFINITY);
      taken = right + gap;
    }
}

/* Over the stems and under the values. */
static void
draw_limit (const Frame *frame, const FxuDotChart *self, const FxuPalette *palette, cairo_t *cr)
{
  double right = frame->left + frame->across;
  double y;

  if (isnan (self->limit) || (self->log_y && self->limit <= 0.0))
    return;
  y = floor (get_y (frame, self, self->limit)) + 0.5;
  fxu_limit_line_draw (cr, frame->left, right, y, palette);
  fxu_limit_line_draw_label (&frame->letters,
                             cr,
                             self->limit_label,
                             frame->left,
                             right,
                             y,
                             frame->top,
                             palette);
}

/* Where the axis can show it. */
static void
draw_reference (const Frame *frame, const FxuDotChart *self, const FxuPalette *palette, cairo_t *cr)
{
  if (!isnan (self->reference) && (!self->log_y || self->reference > 0.0))
    fxu_reference_line_draw (&frame->letters,
                             cr,
                             self->reference_label,
                             frame->left,
                             frame->left + frame->across,
                             get_y (frame, self, self->reference),
                             frame->top,
                             palette);
}

/* Whether the axis can show it. */
static gboolean
has_height (const FxuDotChart *self, double value)
{
  return isfinite (value) && (!self->log_y || value > 0.0);
}

static void
draw_stems (const Frame *frame, const FxuDotChart *self, const FxuPalette *palette, cairo_t *cr)
{
  fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
  cairo_set_line_width (cr, 1.5);
  for (guint place = 0; place < self->n_places; place++)
    for (guint kind = 0; kind < self->kinds->len; kind++)
      {
        double value = fxu_dot_chart_get_value (self, place, kind);
        double x = get_x (frame, self, place, kind);

        if (!has_height (self, value))
          continue;
        cairo_move_to (cr, x, frame->top + frame->down);
        cairo_line_to (cr, x, get_y (frame, self, value));
      }
  cairo_stroke (cr);
}

/* What the axis cannot show points beyond its edge. */
static void
draw_flag (const Frame *frame, double x, gboolean is_above, cairo_t *cr)
{
  double size = 0.55 * frame->letters.size;
  double y = is_above ? frame->top : frame->top + frame->down;
  double base = is_above ? y + size : y - size;

  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x - 0.7 * size, base);
  cairo_line_to (cr, x + 0.7 * size, base);
  cairo_close_path (cr);
  cairo_fill (cr);
}

/* Above a value, or below it at the upper edge, where the legend is. */
static void
draw_cross (const Frame *frame,
            double x,
            double y,
            double radius,
            const FxuPalette *palette,
            cairo_t *cr)
{
  double gap = 2.4 * radius, size = 1.8 * radius;
  gboolean has_room = y - gap - size / 2.0 >= frame->top;

  fxu_palette_set_source (palette, cr, FXU_HUE_OVER);
  fxu_ink_draw_verdict (cr, FALSE, x, has_room ? y - gap : y + gap, size);
}

static void
draw_value (const Frame *frame,
            const FxuDotChart *self,
            guint place,
            guint kind,
            const FxuPalette *palette,
            cairo_t *cr)
{
  double value = fxu_dot_chart_get_value (self, place, kind);
  double x = get_x (frame, self, place, kind);
  double radius = CLAMP (frame->column * 0.2, 2.0, 0.36 * frame->letters.size);
  double y;

  if (isnan (value))
    return;
  fxu_ink_set_color (cr, fxu_palette_get_category (palette, kind));
  if (!has_height (self, value))
    {
      draw_flag (frame, x, value > 0.0, cr);
      return;
    }
  y = get_y (frame, self, value);
  fxu_ink_add_marker (cr, kind, x, y, radius);
  if (isnan (self->limit) || value <= self->limit)
    {
      cairo_fill (cr);
      return;
    }
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
  draw_cross (frame, x, y, radius, palette, cr);
}

static void
draw_line (const Frame *frame,
           const FxuDotChart *self,
           guint kind,
           const FxuPalette *palette,
           cairo_t *cr)
{
  gboolean is_down = FALSE;

  for (guint place = 0; place < self->n_places; place++)
    {
      double value = fxu_dot_chart_get_value (self, place, kind);

      /* A place without one, as a shared tensor's, is passed over. */
      if (!has_height (self, value))
        continue;
      if (is_down)
        cairo_line_to (cr, get_x (frame, self, place, kind), get_y (frame, self, value));
      else
        cairo_move_to (cr, get_x (frame, self, place, kind), get_y (frame, self, value));
      is_down = TRUE;
    }
  fxu_ink_set_color (cr, fxu_palette_get_category (palette, kind));
  cairo_set_line_width (cr, 1.5);
  cairo_stroke (cr);
}

/* Title, unit beside or below it, and below them the kinds; with a chosen place, its values. */
static void
draw_head (const Frame *frame,
           const FxuDotChart *self,
           guint chosen,
           const FxuPalette *palette,
           cairo_t *cr)
{
  const FxuLettering *letters = &frame->letters;
  double em = letters->size, x = frame->pad;
  double end = frame->width - frame->pad;
  const char *unit = chosen < self->n_places ? self->places[chosen] : self->y_label;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  x += fxu_lettering_draw (letters,
                           cr,
                           FXU_FACE_BOLD,
                           self->title,
                           x,
                           frame->title_baseline,
                           0.0,
                           end - x);
  x += 0.7 * em;
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  if (x + fxu_lettering_measure (letters, FXU_FACE_SMALL, unit) <= end)
    {
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          unit,
                          x,
                          frame->title_baseline,
                          0.0,
                          end - x);
      x = frame->pad;
    }
  else
    {
      x = frame->pad;
      x += em + fxu_lettering_draw (letters,
                                    cr,
                                    FXU_FACE_SMALL,
                                    unit,
                                    x,
                                    frame->legend_baseline,
                                    0.0,
                                    end - x);
    }
  for (guint kind = 0; kind < self->kinds->len && !self->is_empty; kind++)
    {
      const char *label = g_ptr_array_index (self->kinds, kind);
      double value = chosen < self->n_places ? fxu_dot_chart_get_value (self, chosen, kind) : NAN;
      g_autofree char *reading = isnan (value) ? NULL : fxu_scale_format_reading (value);
      g_autofree char *text =
        reading != NULL ? g_strdup_printf ("%s %s", label, reading) : g_strdup (label);

      if (!fxu_dot_chart_has_kind (self, kind))
        continue;
      if (x + em + fxu_lettering_measure (letters, FXU_FACE_SMALL, text) > end)
        break;
      fxu_ink_set_color (cr, fxu_palette_get_category (palette, kind));
      fxu_ink_add_marker (cr, kind, x + 0.4 * em, frame->legend_baseline - 0.3 * em, 0.32 * em);
      cairo_fill (cr);
      fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
      x += em + fxu_lettering_draw (letters,
                                    cr,
                                    FXU_FACE_SMALL,
                                    text,
                                    x + em,
                                    frame->legend_baseline,
                                    0.0,
                                    end - x - em);
      x += em;
    }
}

static void
draw_values (const Frame *frame,
             const FxuDotChart *self,
             guint chosen,
             const FxuPalette *palette,
             cairo_t *cr)
{
  draw_axis (frame, self, palette, cr);
  draw_places (frame, self, chosen, palette, cr);
  if (!self->is_joined)
    draw_stems (frame, self, palette, cr);
  draw_limit (frame, self, palette, cr);
  draw_reference (frame, self, palette, cr);
  for (guint kind = 0; kind < self->kinds->len; kind++)
    {
      if (self->is_joined)
        draw_line (frame, self, kind, palette, cr);
      for (guint place = 0; place < self->n_places; place++)
        draw_value (frame, self, place, kind, palette, cr);
    }
}

void
fxu_dot_chart_draw (const FxuDotChart *self,
                    cairo_t *cr,
                    double width,
                    double height,
                    guint place,
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
  draw_head (&frame, self, place, palette, cr);
  if (self->is_empty)
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
  else if (frame_is_roomy (&frame))
    draw_values (&frame, self, place, palette, cr);
  cairo_restore (cr);
}
