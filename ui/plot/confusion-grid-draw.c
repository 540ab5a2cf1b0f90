/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "plot/confusion-grid-data.h"
#include "plot/ink.h"
#include "plot/lettering.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/* Names take at most this share of the drawing's sides. */
#define NAME_SHARE 0.26
#define CELL_MAX   64.0
/* Cells that are smaller stand without a gap between them. */
#define GAPPED_MIN      8.0
#define COUNT_SCALE_MIN 0.7

/* Where the cells lie. */
typedef struct
{
  double left, top, cell;
  double name_width, name_height; /* room beside and above the cells; 0: no names */
  double reading;                 /* baseline of its first line */
  double line;
} Frame;

static double
measure_names (const FxuConfusionGrid *self, const FxuLettering *letters)
{
  double most = 0.0;
  char number[16];

  for (guint i = 0; i < self->n_classes; i++)
    most =
      MAX (most,
           fxu_lettering_measure (letters,
                                  FXU_FACE_SMALL,
                                  fxu_confusion_grid_get_name (self, i, number, sizeof number)));
  return most;
}

static void
make_frame (const FxuConfusionGrid *self,
            const FxuLettering *letters,
            double width,
            double height,
            Frame *frame)
{
  double pad = floor (0.6 * letters->size);
  double line = ceil (fxu_lettering_get_height (letters, FXU_FACE_SMALL));
  double title = ceil (1.2 * fxu_lettering_get_height (letters, FXU_FACE_NORMAL));
  double above = pad + title + 1.2 * line;
  double below = 2.4 * line + pad;
  double left = pad + 1.2 * line;
  double names = measure_names (self, letters) + 0.4 * letters->size;
  double side = MIN (width - left - pad, height - above - below);
  double beside = MIN (names, NAME_SHARE * side);
  double cell;

  *frame = (Frame){.line = line};
  cell = MIN ((width - left - beside - pad), (height - above - beside - below)) / self->n_classes;
  if (cell >= 0.9 * line)
    {
      frame->name_width = beside;
      frame->name_height = names <= cell ? line : beside;
      cell = MIN ((width - left - beside - pad), (height - above - frame->name_height - below)) /
             self->n_classes;
    }
  else
    cell = side / self->n_classes;
  frame->cell = MIN (cell, CELL_MAX);
  if (frame->cell >= 1.0)
    frame->cell = floor (frame->cell);
  frame->left = floor (left + frame->name_width);
  frame->top = floor (above + frame->name_height);
  frame->reading =
    frame->top + frame->cell * self->n_classes + 0.5 * line + letters->ascents[FXU_FACE_SMALL];
}

gboolean
fxu_confusion_grid_find (const FxuConfusionGrid *self,
                         double width,
                         double height,
                         double x,
                         double y,
                         guint *label,
                         guint *predicted)
{
  g_auto (FxuLettering) letters = {0};
  Frame frame;

  g_return_val_if_fail (self != NULL, FALSE);

  if (self->n_classes == 0)
    return FALSE;
  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, height));
  make_frame (self, &letters, width, height, &frame);
  x = floor ((x - frame.left) / frame.cell);
  y = floor ((y - frame.top) / frame.cell);
  if (!(x >= 0.0 && x < self->n_classes && y >= 0.0 && y < self->n_classes))
    return FALSE;
  *label = (guint)y;
  *predicted = (guint)x;
  return TRUE;
}

/* Counts as shares of their label, on a root scale, since few mistakes are as frequent as what is
 * right; differences by the greatest of them. */
static FxuColor
get_ground (const FxuConfusionGrid *self,
            guint label,
            guint predicted,
            gint64 most,
            const FxuPalette *palette)
{
  double value = (double)fxu_confusion_grid_get_value (self, label, predicted);

  if (self->kind == FXU_MAP_DIFFERENCE)
    {
      double share = most > 0 ? sqrt (fabs (value) / (double)most) : 0.0;

      return fxu_palette_get_signed (palette, value < 0.0 ? -share : share);
    }
  if (self->totals[label] == 0)
    return fxu_palette_get_amount (palette, 0.0);
  return fxu_palette_get_amount (palette, sqrt (value / (double)self->totals[label]));
}

static gint64
find_most (const FxuConfusionGrid *self)
{
  gint64 most = 0;

  for (guint y = 0; y < self->n_classes; y++)
    for (guint x = 0; x < self->n_classes; x++)
      most = MAX (most, ABS (fxu_confusion_grid_get_value (self, y, x)));
  return most;
}

/* Smaller where it would not fit, or not at all where it could not be read. */
static void
draw_count (const FxuLettering *letters,
            const Frame *frame,
            cairo_t *cr,
            const char *text,
            double x,
            double y)
{
  double width = fxu_lettering_measure (letters, FXU_FACE_SMALL, text);
  double scale = MIN (1.0, (frame->cell - 2.0) / width);

  if (scale < COUNT_SCALE_MIN)
    return;
  cairo_save (cr);
  cairo_translate (cr, x, y);
  cairo_scale (cr, scale, scale);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      text,
                      0.0,
                      letters->ascents[FXU_FACE_SMALL] - frame->line / 2.0,
                      0.5,
                      INFINITY);
  cairo_restore (cr);
}

static void
draw_cells (const FxuConfusionGrid *self,
            const FxuLettering *letters,
            const Frame *frame,
            cairo_t *cr,
            const FxuPalette *palette)
{
  double gap = frame->cell >= GAPPED_MIN ? 1.0 : 0.0;
  gint64 most = find_most (self);

  for (guint y = 0; y < self->n_classes; y++)
    for (guint x = 0; x < self->n_classes; x++)
      {
        gint64 value = fxu_confusion_grid_get_value (self, y, x);
        FxuColor ground = get_ground (self, y, x, most, palette);
        double left = frame->left + x * frame->cell;
        double top = frame->top + y * frame->cell;
        char text[24];

        /* Where there is nothing the cell can still be seen. */
        if (value == 0 && gap > 0.0)
          ground = fxu_palette_mix (ground, palette->hues[FXU_HUE_GRID], 0.4);
        fxu_ink_set_color (cr, ground);
        cairo_rectangle (cr, left, top, frame->cell - gap, frame->cell - gap);
        cairo_fill (cr);
        if (value == 0 || frame->cell < frame->line)
          continue;
        g_snprintf (text,
                    sizeof text,
                    self->kind == FXU_MAP_DIFFERENCE ? "%+" G_GINT64_FORMAT : "%" G_GINT64_FORMAT,
                    value);
        fxu_ink_set_color (cr, fxu_palette_get_text_on (ground));
        draw_count (letters,
                    frame,
                    cr,
                    text,
                    left + (frame->cell - gap) / 2.0,
                    top + (frame->cell - gap) / 2.0);
      }
}

static void
draw_names (const FxuConfusionGrid *self,
            const FxuLettering *letters,
            const Frame *frame,
            cairo_t *cr,
            const FxuPalette *palette)
{
  double half = (frame->cell - frame->line) / 2.0 + letters->ascents[FXU_FACE_SMALL];
  gboolean upright = frame->name_height <= frame->line;
  double space = 0.3 * letters->size;
  char number[16];

  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  for (guint i = 0; i < self->n_classes && frame->name_width > 0.0; i++)
    {
      const char *name = fxu_confusion_grid_get_name (self, i, number, sizeof number);

      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          name,
                          frame->left - space,
                          frame->top + i * frame->cell + half,
                          1.0,
                          frame->name_width - space);
      if (upright)
        {
          fxu_lettering_draw (letters,
                              cr,
                              FXU_FACE_SMALL,
                              name,
                              frame->left + (i + 0.5) * frame->cell,
                              frame->top - 0.35 * letters->size,
                              0.5,
                              frame->cell);
          continue;
        }
      cairo_save (cr);
      cairo_translate (cr, frame->left + i * frame->cell + half, frame->top - space);
      cairo_rotate (cr, -G_PI / 2.0);
      fxu_lettering_draw (letters,
                          cr,
                          FXU_FACE_SMALL,
                          name,
                          0.0,
                          0.0,
                          0.0,
                          frame->name_height - space);
      cairo_restore (cr);
    }
}

/* What stands on which side. */
static void
draw_axes (const FxuConfusionGrid *self,
           const FxuLettering *letters,
           const Frame *frame,
           cairo_t *cr,
           const FxuPalette *palette)
{
  double side = frame->cell * self->n_classes;

  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      /* translators: heading of the columns of a confusion matrix */
                      _ ("taken for"),
                      frame->left + side / 2.0,
                      frame->top - frame->name_height - 0.4 * letters->size,
                      0.5,
                      side);
  cairo_save (cr);
  cairo_translate (cr,
                   frame->left - frame->name_width - 0.4 * letters->size,
                   frame->top + side / 2.0);
  cairo_rotate (cr, -G_PI / 2.0);
  /* translators: heading of the rows of a confusion matrix: what the samples really are */
  fxu_lettering_draw (letters, cr, FXU_FACE_SMALL, _ ("label"), 0.0, 0.0, 0.5, side);
  cairo_restore (cr);
}

static void
draw_chosen (const FxuConfusionGrid *self,
             const Frame *frame,
             cairo_t *cr,
             const FxuPalette *palette)
{
  double inset = frame->cell >= GAPPED_MIN ? 0.5 : -1.5;

  if (self->label == G_MAXUINT)
    return;
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  cairo_set_line_width (cr, 2.0);
  cairo_rectangle (cr,
                   frame->left + self->predicted * frame->cell - 0.5 + inset,
                   frame->top + self->label * frame->cell - 0.5 + inset,
                   frame->cell - 2.0 * inset,
                   frame->cell - 2.0 * inset);
  cairo_stroke (cr);
}

static void
draw_reading (const FxuConfusionGrid *self,
              const FxuLettering *letters,
              const Frame *frame,
              cairo_t *cr,
              double width,
              const FxuPalette *palette)
{
  double pad = floor (0.6 * letters->size);
  g_autofree char *pair = NULL;
  g_autofree char *count = NULL;
  guint label = 0, predicted = 0;

  if (!fxu_confusion_grid_find_read (self, &label, &predicted))
    return;
  pair = fxu_confusion_grid_describe_pair (self, label, predicted);
  count = fxu_confusion_grid_describe_count (self, label, predicted);
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      pair,
                      pad,
                      frame->reading,
                      0.0,
                      width - 2.0 * pad);
  fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
  fxu_lettering_draw (letters,
                      cr,
                      FXU_FACE_SMALL,
                      count,
                      pad,
                      frame->reading + frame->line,
                      0.0,
                      width - 2.0 * pad);
}

void
fxu_confusion_grid_draw (const FxuConfusionGrid *self,
                         cairo_t *cr,
                         double width,
                         double height,
                         const FxuPalette *palette)
{
  g_auto (FxuLettering) letters = {0};
  double pad, baseline;
  Frame frame;

  g_return_if_fail (self != NULL);
  g_return_if_fail (cr != NULL);
  g_return_if_fail (palette != NULL);

  fxu_palette_set_source (palette, cr, FXU_HUE_SURFACE);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  fxu_lettering_init (&letters, fxu_lettering_choose_size (width, height));
  if (!fxu_confusion_grid_has_values (self))
    {
      fxu_palette_set_source (palette, cr, FXU_HUE_DIM);
      fxu_lettering_draw (&letters,
                          cr,
                          FXU_FACE_NORMAL,
                          self->n_classes == 0 ? _ ("No test yet") : _ ("No float twin"),
                          width / 2.0,
                          height / 2.0,
                          0.5,
                          width - 4.0);
      return;
    }

  make_frame (self, &letters, width, height, &frame);
  if (frame.cell <= 0.0)
    return;
  pad = floor (0.6 * letters.size);
  baseline = pad + letters.ascents[FXU_FACE_NORMAL];
  fxu_palette_set_source (palette, cr, FXU_HUE_TEXT);
  fxu_lettering_draw (&letters,
                      cr,
                      FXU_FACE_BOLD,
                      self->kind == FXU_MAP_DIFFERENCE ? _ ("Fixed minus float")
                                                       : _ ("What is taken for what"),
                      pad,
                      baseline,
                      0.0,
                      width - 2.0 * pad);
  draw_axes (self, &letters, &frame, cr, palette);
  draw_names (self, &letters, &frame, cr, palette);
  draw_cells (self, &letters, &frame, cr, palette);
  draw_chosen (self, &frame, cr, palette);
  draw_reading (self, &letters, &frame, cr, width, palette);
}
