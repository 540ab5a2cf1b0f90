/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/ink.h"
#include "plot/lettering.h"
#include "precision/health-badge.h"
#include "precision/network-diagram-data.h"

#include <glib/gi18n.h>
#include <math.h>

#define TEXT_SIZE    11.5
#define PAD          14.0
#define INSET        7.0
#define STRIP_HEIGHT 17.0
#define LANE_HEIGHT  26.0 /* above the boxes, for ways around */
#define ARC_RADIUS   9.0
#define INPUT_WIDTH  62.0
#define ARROW        4.0

/* How the rows of the drawing lie. */
typedef struct
{
  double line;                    /* height of a line of text */
  double lane;                    /* middle of the ways around */
  double top, height;             /* of the boxes */
  double small_top, small_height; /* of projections */
  double middle;                  /* where the network's own way runs */
  double total;
} Frame;

static void
make_frame (const FxuNetworkDiagram *self, const FxuLettering *letters, double height, Frame *frame)
{
  double lane;

  frame->line = ceil (fxu_lettering_get_height (letters, FXU_FACE_SMALL)) + 1.0;
  frame->height = 2.0 * INSET + 5.0 * frame->line + 4.0 + self->n_strips * STRIP_HEIGHT;
  frame->small_height = 2.0 * INSET + 4.0 * frame->line;
  lane = self->detours->len == 0 ? 0.0
         : self->has_projections ? frame->small_height + 14.0
                                 : LANE_HEIGHT;
  frame->total = 2.0 * PAD + lane + frame->height + 2.2 * frame->line;
  frame->small_top = PAD + MAX (0.0, floor ((height - frame->total) * 0.4));
  frame->lane = frame->small_top + (self->has_projections ? frame->small_height / 2.0 : 8.0);
  frame->top = frame->small_top + lane;
  frame->middle = floor (frame->top + INSET + 2.5 * frame->line) + 0.5;
}

void
fxu_network_diagram_measure (const FxuNetworkDiagram *self, double *width, double *height)
{
  g_auto (FxuLettering) letters = {0};
  Frame frame;

  g_return_if_fail (self != NULL);

  fxu_lettering_init (&letters, TEXT_SIZE);
  make_frame (self, &letters, 0.0, &frame);
  *width = self->width;
  *height = frame.total;
}

static const FxuBox *
box_at (const FxuNetworkDiagram *self, guint i)
{
  return &g_array_index (self->boxes, FxuBox, i);
}

static void
get_box_rows (const FxuBox *box, const Frame *frame, double *top, double *height)
{
  *top = box->is_projection ? frame->small_top : frame->top;
  *height = box->is_projection ? frame->small_height : frame->height;
}

gboolean
fxu_network_diagram_find (const FxuNetworkDiagram *self,
                          double height,
                          double x,
                          double y,
                          guint *weighted)
{
  g_auto (FxuLettering) letters = {0};
  Frame frame;

  g_return_val_if_fail (self != NULL, FALSE);

  fxu_lettering_init (&letters, TEXT_SIZE);
  make_frame (self, &letters, height, &frame);
  for (guint i = 0; i < self->boxes->len; i++)
    {
      const FxuBox *box = box_at (self, i);
      double top, box_height;

      get_box_rows (box, &frame, &top, &box_height);
      if (box->weighted == FXP_TOPOLOGY_NONE || x < box->x || x > box->x + box->width || y < top ||
          y > top + box_height)
        continue;
      *weighted = box->weighted;
      return TRUE;
    }
  return FALSE;
}

static void
add_round_box (cairo_t *cr, double x, double y, double width, double height, double radius)
{
  cairo_new_sub_path (cr);
  cairo_arc (cr, x + width - radius, y + radius, radius, -G_PI / 2.0, 0.0);
  cairo_arc (cr, x + width - radius, y + height - radius, radius, 0.0, G_PI / 2.0);
  cairo_arc (cr, x + radius, y + height - radius, radius, G_PI / 2.0, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

static void
draw_arrow_head (cairo_t *cr, double x, double y, double dx, double dy)
{
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x - ARROW * dx - ARROW * dy, y - ARROW * dy - ARROW * dx);
  cairo_line_to (cr, x - ARROW * dx + ARROW * dy, y - ARROW * dy + ARROW * dx);
  cairo_close_path (cr);
  cairo_fill (cr);
}

static void
draw_arrow (cairo_t *cr, double from, double to, double y)
{
  cairo_move_to (cr, from, y);
  cairo_line_to (cr, to - ARROW, y);
  cairo_stroke (cr);
  draw_arrow_head (cr, to, y, 1.0, 0.0);
}

/* Between neighbours on the network's own way. */
static void
draw_way (const FxuNetworkDiagram *self, const Frame *frame, cairo_t *cr)
{
  double from = PAD + INPUT_WIDTH;

  for (guint i = 0; i < self->boxes->len; i++)
    {
      const FxuBox *box = box_at (self, i);

      if (box->is_projection)
        continue;
      draw_arrow (cr, from, box->x, frame->middle);
      from = box->x + box->width;
    }
}

/* Up behind the box it leaves, along above the block, and down to where it is added. */
static void
draw_detour (const FxuNetworkDiagram *self,
             const FxuDetour *detour,
             const Frame *frame,
             cairo_t *cr)
{
  const FxuBox *end = box_at (self, (guint)detour->to);
  double from = PAD + INPUT_WIDTH;
  double to = floor (end->x + end->width - 2.2 * ARC_RADIUS) + 0.5;
  double lane = floor (frame->lane) + 0.5;
  double from_x;

  if (detour->from >= 0)
    from = box_at (self, (guint)detour->from)->x + box_at (self, (guint)detour->from)->width;
  from_x = floor (from + 8.0) + 0.5;
  cairo_move_to (cr, from_x, frame->middle);
  cairo_line_to (cr, from_x, lane + ARC_RADIUS);
  cairo_arc (cr, from_x + ARC_RADIUS, lane + ARC_RADIUS, ARC_RADIUS, G_PI, 1.5 * G_PI);
  if (detour->projection >= 0)
    {
      const FxuBox *projection = box_at (self, (guint)detour->projection);

      cairo_line_to (cr, projection->x - ARROW, lane);
      cairo_stroke (cr);
      draw_arrow_head (cr, projection->x, lane, 1.0, 0.0);
      cairo_move_to (cr, projection->x + projection->width, lane);
    }
  cairo_line_to (cr, to - ARC_RADIUS, lane);
  cairo_arc (cr, to - ARC_RADIUS, lane + ARC_RADIUS, ARC_RADIUS, -G_PI / 2.0, 0.0);
  cairo_line_to (cr, to, frame->top - ARROW);
  cairo_stroke (cr);
  draw_arrow_head (cr, to, frame->top, 0.0, 1.0);
}

static void
draw_line (const FxuLettering *letters,
           cairo_t *cr,
           FxuFace face,
           const char *text,
           const FxuBox *box,
           double baseline)
{
  fxu_lettering_draw (letters,
                      cr,
                      face,
                      text,
                      box->x + INSET,
                      baseline,
                      0.0,
                      box->width - 2.0 * INSET);
}

static void
draw_facts (const FxuBox *box,
            const FxuLettering *letters,
            const Frame *frame,
            cairo_t *cr,
            double top,
            const FxuPalette *palette)
{
  g_autofree char *shape = fxp_shape_to_string (&box->size.output);
  g_autofree char *work = fxu_network_diagram_count_to_string (box->size.n_multiplies);
  g_autofree char *parameters = fxu_network_diagram_count_to_string (box->size.n_parameters);
  /* translators: multiply-accumulates of one sample, very short */
  g_autofree char *work_text = g_strdup_printf (_ ("%s MAC"), work);
  /* translators: number of weights and biases, very short */
  g_autofree char *parameters_text = g_strdup_printf (_ ("%s param."), parameters);
  double baseline = top + INSET + letters->ascents[FXU_FACE_SMALL];

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  draw_line (letters, cr, FXU_FACE_BOLD, box->name, box, baseline);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  if (box->brief != NULL)
    draw_line (letters, cr, FXU_FACE_SMALL, box->brief, box, baseline + frame->line);
  if (!box->is_projection)
    draw_line (letters, cr, FXU_FACE_SMALL, shape, box, baseline + 2.0 * frame->line);
  if (box->weighted == FXP_TOPOLOGY_NONE)
    return;
  baseline += (box->is_projection ? 2.0 : 3.0) * frame->line;
  draw_line (letters, cr, FXU_FACE_SMALL, work_text, box, baseline);
  draw_line (letters, cr, FXU_FACE_SMALL, parameters_text, box, baseline + frame->line);
}

static void
draw_strips (const FxuBox *box,
             const FxuLettering *letters,
             const Frame *frame,
             cairo_t *cr,
             const FxuPalette *palette)
{
  double y = frame->top + frame->height - INSET + 2.0 - box->n_strips * STRIP_HEIGHT;
  double sag = (STRIP_HEIGHT - 2.0 - frame->line) / 2.0 + letters->ascents[FXU_FACE_SMALL];

  for (guint i = 0; i < box->n_strips; i++, y += STRIP_HEIGHT)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_GRID);
      add_round_box (cr, box->x + 4.0, y, box->width - 8.0, STRIP_HEIGHT - 2.0, 3.0);
      cairo_fill (cr);
      fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          box->strips[i],
                          box->x + box->width / 2.0,
                          y + sag,
                          0.5,
                          box->width - 12.0);
    }
}

static void
draw_box (const FxuNetworkDiagram *self,
          const FxuBox *box,
          const FxuLettering *letters,
          const Frame *frame,
          cairo_t *cr,
          const FxuPalette *palette)
{
  gboolean is_selected = box->weighted == self->selected;
  FxuColor ground = palette->hues[FXU_HUE_SURFACE];
  double top, height;

  get_box_rows (box, frame, &top, &height);
  if (is_selected)
    ground = fxu_palette_mix (ground, palette->hues[FXU_HUE_OK], 0.16);
  add_round_box (cr, box->x + 0.5, top + 0.5, box->width - 1.0, height - 1.0, 6.0);
  fxu_ink_set_color (cr, ground);
  cairo_fill_preserve (cr);
  if (is_selected)
    fxu_palette_set_source (palette, cr, FXU_HUE_OK);
  else
    fxu_ink_set_color (cr,
                       fxu_palette_mix (palette->hues[FXU_HUE_GRID],
                                        palette->hues[FXU_HUE_DIM],
                                        0.5));
  cairo_set_line_width (cr, is_selected ? 2.0 : 1.0);
  cairo_stroke (cr);

  draw_facts (box, letters, frame, cr, top, palette);
  if (box->weighted != FXP_TOPOLOGY_NONE)
    fxu_health_badge_draw (cr,
                           box->verdict.health,
                           box->verdict.predicted,
                           box->x + box->width - INSET - FXU_HEALTH_BADGE_SIZE,
                           top + INSET,
                           palette);
  if (!box->is_projection)
    draw_strips (box, letters, frame, cr, palette);
}

static void
draw_input (const FxuNetworkDiagram *self,
            const FxuLettering *letters,
            const Frame *frame,
            cairo_t *cr,
            const FxuPalette *palette)
{
  g_autofree char *shape = fxp_shape_to_string (&self->input);
  double end = PAD + INPUT_WIDTH - 5.0;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_BOLD,
                      _ ("input"),
                      end,
                      frame->middle - 0.15 * frame->line,
                      1.0,
                      INPUT_WIDTH);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      shape,
                      end,
                      frame->middle + 0.85 * frame->line,
                      1.0,
                      INPUT_WIDTH);
}

static void
draw_total (const FxuNetworkDiagram *self,
            const FxuLettering *letters,
            const Frame *frame,
            cairo_t *cr,
            const FxuPalette *palette)
{
  g_autofree char *work = fxu_network_diagram_count_to_string (self->n_multiplies);
  g_autofree char *parameters = fxu_network_diagram_count_to_string (self->n_parameters);
  /* translators: of the whole network */
  g_autofree char *text =
    g_strdup_printf (_ ("%s multiply-accumulates per sample · %s parameters"), work, parameters);

  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      text,
                      PAD,
                      frame->top + frame->height + 1.6 * frame->line,
                      0.0,
                      INFINITY);
}

void
fxu_network_diagram_draw (const FxuNetworkDiagram *self,
                          cairo_t *cr,
                          double width,
                          double height,
                          const FxuPalette *palette)
{
  g_auto (FxuLettering) letters = {0};
  Frame frame;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_lettering_init (&letters, TEXT_SIZE);
  if (self->boxes->len == 0)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&letters,
                          cr,
                          FXU_FACE_NORMAL,
                          _ ("No network"),
                          width / 2.0,
                          height / 2.0,
                          0.5,
                          width);
      return;
    }

  make_frame (self, &letters, height, &frame);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  cairo_set_line_width (cr, 1.2);
  draw_way (self, &frame, cr);
  for (guint i = 0; i < self->detours->len; i++)
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_MARK);
      cairo_set_line_width (cr, 1.5);
      draw_detour (self, &g_array_index (self->detours, FxuDetour, i), &frame, cr);
    }
  draw_input (self, &letters, &frame, cr, palette);
  for (guint i = 0; i < self->boxes->len; i++)
    draw_box (self, box_at (self, i), &letters, &frame, cr, palette);
  draw_total (self, &letters, &frame, cr, palette);
}
